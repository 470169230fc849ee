"""The packages as `make build` makes them, for tests that run from them: built by whoever asks first, and again when something changed.

LIANGHU_TEST_PACKAGES names a folder of packages that is taken as it is.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from layers.kernels import kept_as

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".lianghu"
OUT = KEPT / "tested-packages"
BUILD_SECONDS = 1_500
"""For the time limit of a test that needs packages: the first build fetches wheels and compiles kernels."""


@cache
def built_packages() -> Path:
    """What is made of libraries and kernels is kept, so this takes seconds where only our modules changed, and minutes the first time."""
    if given := os.environ.get("LIANGHU_TEST_PACKAGES"):
        return Path(given)
    OUT.parent.mkdir(exist_ok=True)
    with (OUT.parent / "tested-packages.lock").open("w") as lock:  # the other half of the suite builds the same
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, "-m", "layers.build", "--out", str(OUT)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return OUT


def baked_kernels(folder: Path) -> Path:
    """Every kernel that `layers.bake` compiles, in an empty folder: as the build keeps them; compiled where packages are given."""
    built_packages()
    if (found := KEPT / kept_as(ROOT)).exists():  # copied, because what lacks would be compiled into it, and lack no more
        return shutil.copytree(found, folder, dirs_exist_ok=True)
    subprocess.run([sys.executable, "-m", "layers.bake"], env=os.environ | {"NUMBA_CACHE_DIR": str(folder)}, check=True)
    return folder
