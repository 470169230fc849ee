"""The packages as `make build` makes them, for tests that run from them: built by whoever asks first, and again when something changed.

LIANGHU_TEST_PACKAGES names a folder of packages that is taken as it is.
"""

import fcntl
import os
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


def baked_kernels(elsewhere: Path) -> Path:
    """Every kernel that `layers.bake` compiles: as the build keeps them; where packages are given, compiled into a folder."""
    built_packages()
    if (found := KEPT / kept_as(ROOT)).exists():
        return found
    subprocess.run([sys.executable, "-m", "layers.bake"], env=os.environ | {"NUMBA_CACHE_DIR": str(elsewhere)}, check=True)
    return elsewhere
