"""Folders that nobody can write, not even root: mounted read-only where the system allows it."""

import os
import subprocess
from pathlib import Path

import pytest

MOUNT = 'for folder in $FOLDERS; do mount --bind "$folder" "$folder" && mount -o remount,ro,bind "$folder" || exit 77; done; exec "$@"'


def read_only(*folders: Path) -> list[str]:
    """Words before a command that cannot write into the folders (without spaces in their names). It skips the test where there are none."""
    if os.geteuid() != 0:
        for path in (path for folder in folders for path in (folder, *folder.rglob("*"))):
            path.chmod(path.stat().st_mode & ~0o222)
        return []
    words = ["unshare", "--mount", "env", f"FOLDERS={' '.join(map(str, folders))}", "sh", "-c", MOUNT, "sh"]
    try:
        allowed = subprocess.run([*words, "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("root can write everywhere, and a read-only mount needs util-linux and the right to mount")
    return words
