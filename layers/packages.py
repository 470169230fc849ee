"""Puts packages together from prepared parts: the layers, a zip of each function, the image's folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from layers.archive import Part
from layers.contents import ROOT, data_files, source_files
from layers.plan import Plan
from layers.prepared import copy_files, prepare_ours
from layers.rows import COMMON, FUNCTIONS, IMAGE, LAYERS, NAMED

MODULES, KERNELS = "python", "kernels"
"""Folders of a layer: Lambda lays them below /opt, and /opt/python is on Python's path."""
OURS, NAMES, BAKED = "ours", "names", "kernels"
"""Parts that are no libraries."""


@dataclass(frozen=True)
class Workshop:
    """`libraries` are the prepared distributions; `folder` is for what is put together."""

    plan: Plan
    libraries: Mapping[str, Path]
    folder: Path

    @cached_property
    def zips(self) -> tuple[str, ...]:
        return *(layer.name for layer in LAYERS), *(row.name for row in FUNCTIONS)

    def parts(self, package: str, kernels: Path | None = None) -> list[Part]:
        """Of a zip or the image. Without `kernels` a layer for them has none."""
        layers = {layer.name: layer for layer in LAYERS}
        below = MODULES if package in layers else ""
        parts = [Part(name, self.libraries[name], below) for name in sorted(self.plan.holds[package])]
        if package in (COMMON, IMAGE):
            parts.append(Part(NAMES, self.names, below))
        if package not in layers:
            parts.append(Part(OURS, self.ours(package)))
        elif layers[package].kernels and kernels:
            parts.append(Part(BAKED, kernels, KERNELS))
        return parts

    def ours(self, package: str) -> Path:
        """Modules of ours in a function's zip or the image, and what they read."""
        folder = self.folder / package
        if not folder.exists():
            modules = self.plan.needs[package].modules
            prepare_ours(source_files(modules), data_files(modules), folder)
            _name("lianghu", tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"], folder)
        return folder

    @cached_property
    def names(self) -> Path:
        """The metadata of libraries that are named by everybody."""
        folder = self.folder / NAMES
        for name in NAMED:
            files = {file.relative_to(self.libraries[name]).as_posix(): file for file in self.libraries[name].glob("*.dist-info/METADATA")}
            copy_files(files, folder)
        return folder

    @property
    def baking(self) -> tuple[Path, list[Path]]:
        """Modules of ours and libraries of the function whose layer holds the kernels."""
        layers = {layer.name for layer in LAYERS if layer.kernels}
        name = next(row.name for row in FUNCTIONS if layers & set(row.layers))
        return self.ours(name), [self.libraries[each] for each in sorted(self.plan.needs[name].distributions)]


def _name(name: str, version: str, folder: Path) -> None:
    """What importlib.metadata reads the version from."""
    file = folder / f"{name}-{version}.dist-info/METADATA"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
