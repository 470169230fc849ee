"""What each function needs: the closure of its imports, and the libraries that these need in turn."""

import sys
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import grimp
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from layers.errors import BuildError
from layers.rows import DATA, HIDDEN, IMAGE_ALSO, IMAGE_MODULES, OURS
from layers.target import Target

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Needs:
    """Of a function: modules of ours, and distributions by their canonical names."""

    modules: frozenset[str]
    distributions: frozenset[str]


def needs_of(modules: Iterable[str], target: Target, also: Iterable[str] = ()) -> Needs:
    ours, others = _closure(modules)
    return Needs(frozenset(ours), frozenset(_with_requirements([*_distributions(others), *also], target)))


def image_needs(target: Target) -> Needs:
    return needs_of(IMAGE_MODULES, target, IMAGE_ALSO)


def source_files(modules: Iterable[str]) -> dict[str, Path]:
    """Where each module's source lies, by its path in a package."""
    files = {}
    for module in modules:
        stem = Path(*module.split("."))
        path = stem / "__init__.py" if (ROOT / stem / "__init__.py").exists() else stem.with_suffix(".py")
        files[path.as_posix()] = ROOT / path
    return files


def data_files(modules: Iterable[str]) -> dict[str, Path]:
    """What these modules read, by its path in a package."""
    wanted = set(modules)
    found = {file for row in DATA if row.module in wanted for pattern in row.patterns for file in ROOT.glob(pattern)}
    return {file.relative_to(ROOT).as_posix(): file for file in found}


@cache
def _graph() -> grimp.ImportGraph:
    """Imports inside functions are in it, too; those for type checkers alone are not."""
    return grimp.build_graph(*OURS, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None)


def _closure(modules: Iterable[str]) -> tuple[set[str], set[str]]:
    """(modules of ours, other packages). Importing a module runs the packages around it first."""
    graph, ours, others, waiting = _graph(), set[str](), set[str](), deque(modules)
    while waiting:
        module = waiting.popleft()
        if module in ours or module in others:
            continue
        if module not in graph.modules:
            raise BuildError(f"there is no module {module}", "correct its row in layers/rows.py")
        if graph.is_module_squashed(module):
            others.add(module)
            continue
        ours.add(module)
        waiting.extend(graph.find_modules_directly_imported_by(module))
        if "." in module:
            waiting.append(module.rpartition(".")[0])
    return ours, others - sys.stdlib_module_names


def _distributions(packages: Iterable[str]) -> set[str]:
    known, found = _providers(), set()
    for package in packages:
        names = known.get(package, [])
        if len(names) != 1 or names == ["lianghu"]:
            told = ", ".join(names) or "none"
            raise BuildError(f"a function imports {package}, which is to come from one library of the lock; found: {told}")
        found.add(names[0])
    return found


@cache
def _providers() -> Mapping[str, list[str]]:
    return {package: sorted({canonicalize_name(name) for name in names}) for package, names in metadata.packages_distributions().items()}


def _with_requirements(names: Iterable[str], target: Target) -> set[str]:
    found, waiting = set[str](), deque(names)
    while waiting:
        name = waiting.popleft()
        if name in found:
            continue
        found.add(name)
        waiting.extend(_requirements(name, target))
        waiting.extend(row.needs for row in HIDDEN if row.distribution == name)
    return found


def _requirements(name: str, target: Target) -> list[str]:
    """What the installed distribution says it needs on the target; it is the lock's (see layers.wheels)."""
    environment = {**default_environment(), **target.markers}
    told = map(Requirement, metadata.requires(name) or [])
    return [canonicalize_name(row.name) for row in told if row.marker is None or row.marker.evaluate(environment)]  # type: ignore[arg-type]
