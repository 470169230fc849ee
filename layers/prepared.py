"""Parts of packages, ready to be packed: libraries trimmed and compiled, kept from one build to the next; modules of ours."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from layers import bytecode, elf, trim
from layers.errors import BuildError
from layers.wheels import Wheel

LAYERS_PREFIX, FUNCTION_PREFIX = "/opt/python", "/var/task"
"""Where Lambda lays them, which is what tracebacks show."""
UNUSED_DAYS = 14
"""Each change of a wheel, of Python or of how libraries are prepared leaves hundreds of megabytes behind."""


def prepare_libraries(wheels: Mapping[str, Wheel], cache: Path, done: Callable[[], None]) -> dict[str, Path]:
    """A folder of each; `done` hears of every one. Those below `cache` that no build has used lately are taken away."""

    def one(wheel: Wheel) -> tuple[str, Path]:
        def make(folder: Path) -> None:
            trim.unpack(wheel, folder)
            compile_all(folder, "bytecode", LAYERS_PREFIX)

        folder = kept(cache / f"{wheel.name}-{wheel.version}-{_recipe(wheel.digest)}", make)
        os.utime(folder)
        done()
        return wheel.name, folder

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(pool.map(one, wheels.values()))
    _forget_unused(cache)
    return found


def _forget_unused(cache: Path) -> None:
    """By time, not by what this build used: another one may be going on, of another Python."""
    for folder in cache.iterdir():
        if folder.stat().st_mtime < time.time() - UNUSED_DAYS * 86_400:
            shutil.rmtree(folder, ignore_errors=True)


def prepare_ours(modules: Mapping[str, Path], data: Mapping[str, Path], folder: Path) -> None:
    """Modules with their bytecode, and what they read, into `folder`; both by their path in the package.

    A source that is only read gets no bytecode.
    """
    copy_files(modules, folder)
    compile_all(folder, "sources", FUNCTION_PREFIX)
    copy_files(data, folder)


def copy_files(files: Mapping[str, Path], folder: Path) -> None:
    for path, source in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / path)


def compile_all(folder: Path, kind: str, prefix: str) -> None:
    """`kind` as in layers/bytecode.py; `prefix` is where the platform will lay the folder."""
    command = [sys.executable, "-X", "no_debug_ranges", "-S", "-s", "-P", str(Path(bytecode.__file__)), kind, str(folder), prefix]
    done = subprocess.run(command, env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False)  # noqa: S603  paths of ours
    if done.returncode:
        raise BuildError(f"a module cannot be compiled: {' '.join(done.stderr.split())[-500:]}")


def kept(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, made where it is not there yet. It appears as a whole; of two who make it at once, one is in vain."""
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder.parent))
    try:
        make(fresh)
        fresh.chmod(0o755)
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _recipe(*told: str) -> str:
    """Short hash of all that decides how a library is prepared."""
    digest = hashlib.sha256(sys.version.encode())
    for module in (trim, elf, bytecode):
        digest.update(Path(str(module.__file__)).read_bytes())
    for word in told:
        digest.update(word.encode())
    return digest.hexdigest()[:16]
