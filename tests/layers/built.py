"""Packages as `make build` makes them, for every test that needs real ones: built once for what they are made of, and kept.

A first build takes some minutes (wheels from the index, kernels from the compiler): give such a test `@pytest.mark.timeout(BUILD_SECONDS)`.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

from layers.build import KEPT
from layers.contents import ROOT
from layers.prepared import kept

BUILD_SECONDS = 1_500
DAY_SECONDS = 86_400
INPUTS = ("requirements.lock", "pyproject.toml", *(f"{name}/**/*.*" for name in ("engine", "datalake", "functions", "layers")))


def built_packages() -> Path:
    """The folder: out/packages of these very sources. Of two test runs at once the second waits for the first."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = kept(KEPT / f"packages-{_digest()}", _build)
        for old in KEPT.glob("packages-*"):
            if old != folder and time.time() - old.stat().st_mtime > DAY_SECONDS:
                shutil.rmtree(old)
        return folder


def _build(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "layers.build", "--out", str(folder)], cwd=ROOT, check=True)


def _digest() -> str:
    digest = hashlib.sha256(sys.version.encode())
    files = {file for pattern in INPUTS for file in ROOT.glob(pattern) if file.is_file() and file.suffix != ".pyc"}
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT).as_posix()}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]
