"""Compiles the kernels from the very files that are packed, by the very libraries; once for each version of the engine."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from functions.compiler import COMPILER, CPU_TARGET
from functions.identity import engine_version
from layers.errors import BuildError
from layers.prepared import copy_files, kept

HERE = Path(__file__).parent
BAKER = ("__init__.py", "bake.py")


def baked(ours: Path, libraries: Iterable[Path], cache: Path) -> Path:
    """The folder of compiled kernels; `ours` are the modules of the function that uses them."""
    return kept(cache / f"kernels-baked-{engine_version(CPU_TARGET)}-{_recipe(ours)}", lambda folder: _bake(folder, ours, libraries, cache))


def _bake(folder: Path, ours: Path, libraries: Iterable[Path], cache: Path) -> None:
    """In a process that can import nothing else but Python's own library."""
    baker = kept(cache / f"baker-{_recipe(ours)}", lambda made: copy_files({f"layers/{name}": HERE / name for name in BAKER}, made))
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(map(str, (baker, ours, *libraries))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NUMBA_CACHE_DIR": str(folder),
        **COMPILER,
    }
    done = subprocess.run(
        [sys.executable, "-S", "-s", "-P", "-m", "layers.bake"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"the kernels cannot be compiled from what is packed:\n{done.stderr.strip()[-4000:]}")


def _recipe(ours: Path) -> str:
    """Short hash of what decides them besides the engine's version."""
    digest = hashlib.sha256(sys.version.encode())
    for file in [*(HERE / name for name in BAKER), *sorted(ours.glob("functions/kernel_cache.py"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]
