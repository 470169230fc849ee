"""Compiles the kernels from the very files that are packed, by the very libraries; once for each version of the engine."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from functions.compiler import COMPILER, CPU_TARGET
from functions.identity import engine_version
from layers.errors import BuildError
from layers.prepared import copy_files, kept

HERE = Path(__file__).parent
BAKER, CLERK = ("__init__.py", "bake.py"), ("__init__.py", "doors.py")
"""Who compiles, and who throws away what no package needs."""


def baked(ours: Path, libraries: Iterable[Path], cache: Path, folder: Path) -> Path:
    """What a package holds of the compiled kernels, in `folder`; `ours` are the modules of the function that uses them."""
    shutil.copytree(kept(cache / kept_as(ours), lambda made: _run("bake", BAKER, made, ours, libraries)), folder)
    _run("doors", CLERK, folder, ours, libraries)
    return folder


def kept_as(ours: Path) -> str:
    """The name of the folder in which all of them are kept for the next build."""
    return f"kernels-baked-{engine_version(CPU_TARGET)}-{_recipe(ours)}"


def _run(module: str, files: Iterable[str], folder: Path, ours: Path, libraries: Iterable[Path]) -> None:
    """Of this package, over the kernels in `folder`; in a process that can import nothing but what is packed and Python's library."""
    with tempfile.TemporaryDirectory() as tools:
        copy_files({f"layers/{name}": HERE / name for name in files}, Path(tools))
        environment = {
            "PATH": os.defpath,
            "HOME": tools,
            "PYTHONPATH": os.pathsep.join(map(str, (tools, ours, *libraries))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "NUMBA_CACHE_DIR": str(folder),
            **COMPILER,
        }
        command = [sys.executable, "-S", "-s", "-P", "-m", f"layers.{module}"]
        done = subprocess.run(command, cwd=tools, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  words of ours
    if done.returncode:
        raise BuildError(f"layers.{module} fails with what is packed:\n{done.stderr.strip()[-4000:]}")


def _recipe(ours: Path) -> str:
    """Short hash of what decides them besides the engine's version."""
    digest = hashlib.sha256(sys.version.encode())
    for file in [*(HERE / name for name in BAKER), *sorted(ours.glob("functions/kernel_cache.py"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]
