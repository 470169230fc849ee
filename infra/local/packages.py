"""Functions from their packages, unpacked as the platform does it: the zip in one folder, each layer in another, all read-only, and nothing
else to import from but the runtime that the platform brings (awslambdaric) and Python's own library.

A zip lies in /var/task there, its layers in /opt, which all functions of one machine would share; here each has folders of its own, and
PYTHONPATH and NUMBA_CACHE_DIR say where they are.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from importlib import metadata
from pathlib import Path, PurePosixPath

from infra.local.errors import StackError
from infra.local.runtime import Place
from infra.local.template import Function, PackageSpec

IMAGE = "tables-image"
"""The folder of what the container image holds, and its Dockerfile."""
RUNTIME = "awslambdaric"
LAYER_MODULES, LAYER_KERNELS = "python", "kernels"
"""Folders in a layer: /opt/python is on the platform's path, /opt/kernels is what the template calls NumbaCacheDir."""
COPY = re.compile(r"^COPY (?P<what>[\w./-]+?)/? (?:\$\{LAMBDA_TASK_ROOT\}|/var/task)/?$", re.MULTILINE)
PYTHON = (getattr(sys, "_base_executable", sys.executable), "-S", "-s")
"""Python without our virtual environment: -S adds no site-packages, -s none of the user's."""
HERE = "{}.{}".format(*sys.version_info)
HINT = "`make build` makes the packages"


def unpack(folder: Path, into: Path, specs: Mapping[str, PackageSpec]) -> dict[str, Place]:
    """Where each function runs, by its name; what lies in `into` of other packages is removed. StackError: a package is not there."""
    if (wanted := python_of(folder)) != HERE:
        raise StackError(
            f"the packages are for Python {wanted}, and this is {HERE}", "`make demo-packages` takes the Python that they need"
        )
    into.mkdir(parents=True, exist_ok=True)
    runtime = _once(into / f"runtime-{metadata.version(RUNTIME)}", _copy_runtime)
    places = {}
    for name, spec in specs.items():
        code = _image(folder, into) if spec.code is None else _zip(folder, into, spec.code)
        layers = [_zip(folder, into, layer) for layer in spec.layers]
        modules = [code, *(layer / LAYER_MODULES for layer in layers), runtime]
        variables = {"PYTHONPATH": os.pathsep.join(map(str, modules))}
        for kernels in (layer / LAYER_KERNELS for layer in layers if (layer / LAYER_KERNELS).exists()):
            variables["NUMBA_CACHE_DIR"] = str(kernels)
        places[name] = Place(code, PYTHON, variables)
    used = {part for place in places.values() for part in place.variables["PYTHONPATH"].split(os.pathsep)}
    for old in into.iterdir():
        if not any(Path(part).is_relative_to(old) for part in used):
            _remove(old)
    return places


def python_of(folder: Path) -> str:
    """Whose bytecode and kernels are in the packages: "3.12". Where nothing says so, this one's."""
    sizes = folder / "sizes.json"
    return str(json.loads(sizes.read_text())["python"]) if sizes.exists() else HERE


def describe(file: Path, function: Function, place: Place, variables: Mapping[str, str]) -> None:
    """For another process that is to run the function; `variables` are the platform's."""
    told = {"function": asdict(function), "folder": str(place.folder), "python": place.python, "place": dict(place.variables)}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told | {"platform": dict(variables)}))


def described(file: Path) -> tuple[Function, Place, dict[str, str]]:
    told = json.loads(file.read_text())
    function = Function(**told["function"] | {"queues": (), "schedules": ()})
    return function, Place(Path(told["folder"]), tuple(told["python"]), told["place"]), told["platform"]


def _zip(folder: Path, into: Path, named: str) -> Path:
    """`named` as in the template: out/packages/api.zip; the folder of packages may lie elsewhere."""
    file = folder / PurePosixPath(named).name
    if not file.exists():
        raise StackError(f"the package {file} is not there", HINT)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    return _once(into / f"{file.stem}-{digest}", lambda target: _extract(file, target))


def _extract(file: Path, target: Path) -> None:
    """With the times that the zip has, as the platform does: Python looks at them where a .pyc says so."""
    with zipfile.ZipFile(file) as archive:
        archive.extractall(target)  # our own, and zipfile lets no name leave the folder
        for row in archive.infolist():
            seconds = time.mktime((*row.date_time, 0, 0, -1))
            os.utime(target / row.filename, (seconds, seconds))


def _image(folder: Path, into: Path) -> Path:
    """What the Dockerfile copies to where the platform looks for the handler."""
    dockerfile = folder / IMAGE / "Dockerfile"
    if not dockerfile.exists():
        raise StackError(f"{dockerfile} is not there", HINT)
    copied = COPY.search(dockerfile.read_text())
    if copied is None:
        raise StackError(f"{dockerfile} copies nothing to ${{LAMBDA_TASK_ROOT}}", "write `COPY <folder> ${LAMBDA_TASK_ROOT}/`")
    contents = folder / IMAGE / copied["what"]
    files = (f"{path.relative_to(contents)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sorted(contents.rglob("*")))
    digest = hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]
    return _once(into / f"{IMAGE}-{digest}", lambda target: shutil.copytree(contents, target))


def _copy_runtime(target: Path) -> None:
    """The runtime and what it stands on, from where they are installed here."""
    for name in _closure(RUNTIME):
        for file in metadata.distribution(name).files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file.locate(), target / file)


def _closure(name: str) -> Iterable[str]:
    found, open_names = set(), [name]
    while open_names:
        found.add(name := open_names.pop())
        needed = (row for row in metadata.requires(name) or () if "extra ==" not in row)
        open_names += [each for row in needed if (each := re.split(r"[^\w.-]", row, maxsplit=1)[0]) not in found]
    return found


def _once(target: Path, make: Callable[[Path], object]) -> Path:
    """Whole or not at all, and read-only afterwards."""
    if not target.exists():
        unfinished = target.with_name(target.name + ".new")
        _remove(unfinished)
        make(unfinished)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        unfinished.rename(target)
    return target


def _remove(folder: Path) -> None:
    if folder.exists():
        for path in (folder, *folder.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(folder)
