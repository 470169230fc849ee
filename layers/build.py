"""`python -m layers.build`: makes every package that template.yaml names, into out/packages.

A function's zip holds what its imports reach of ours, and those libraries that its layers do not have. What is made of a library, and the
kernels of an engine's version, are kept below .lianghu from one build to the next.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console

from layers.archive import pack
from layers.contents import ROOT
from layers.elf import folder_needs
from layers.errors import BuildError
from layers.image import write_image
from layers.kernels import baked
from layers.packages import Workshop
from layers.plan import planned
from layers.prepared import prepare_libraries
from layers.progress import Steps, show
from layers.rows import IMAGE, NAMED
from layers.sizes import Size, as_json
from layers.target import ARCHITECTURES, DEPLOYED, Target, target
from layers.wheels import Wheel, fetch, read_lock

OUT, KEPT = ROOT / "out/packages", ROOT / ".lianghu"
PACKED = "x86_64"
"""The one architecture whose kernels can be compiled here."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m layers.build", description="Makes the packages that template.yaml names.")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder that they are written to")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where wheels, prepared libraries and kernels are kept")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=PACKED, help="arm64: wheels and sizes alone, nothing is packed")
    asked = parser.parse_args(arguments)
    console = Console(stderr=True)
    try:
        with Steps(console) as steps:
            told = build(target(asked.architecture), asked.out.absolute(), asked.kept.absolute(), steps)
    except BuildError as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        return 1
    show(told, console)
    for line in told["over_budget"]:
        console.print(line, style="red", markup=False, highlight=False)
    if told["python"] != DEPLOYED:
        console.print(_other_python(told["python"], asked.architecture), style="yellow", markup=False, highlight=False)
        return min(len(told["over_budget"]), 1)
    for name, needs in told["too_new"].items():
        console.print(f"{name} needs {needs}, which Lambda does not have", style="red", markup=False, highlight=False)
    return min(len(told["over_budget"]) + len(told["too_new"]), 1)


def _other_python(version: str, architecture: str) -> str:
    what = "packages are" if architecture == PACKED else f"sizes of {architecture} are of wheels"
    then = "they run here, and are not deployed" if architecture == PACKED else "what would be deployed has other ones"
    return (
        f"These {what} for Python {version}, and template.yaml says {DEPLOYED}: {then}. "
        f"`make build` takes a python{DEPLOYED} that it finds on the path or with pyenv, or the one that CLOUD_PYTHON names."
    )


def build(target: Target, out: Path, kept: Path, steps: Steps) -> dict[str, Any]:
    """Everything into `out`; returns what sizes.json says."""
    with steps.step("what each function imports"):
        plan = planned(target)
    names = plan.distributions | set(NAMED)
    with steps.step(f"{len(names)} wheels"):
        wheels = fetch(names, read_lock((ROOT / "requirements.lock").read_text(), target), kept / "wheels" / target.name, target)
    with steps.step("libraries, trimmed and compiled", len(wheels)) as done:
        libraries = prepare_libraries(wheels, kept / "libraries" / target.name, done)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(plan, libraries, Path(folder))
        sizes = packed(workshop, target, out, kept, steps) if target.architecture.name == PACKED else measured(workshop)
        told = as_json(sizes, **_told_of(workshop, wheels, target))
    name = "sizes.json" if target.architecture.name == PACKED else f"sizes-{target.architecture.name}.json"
    (out / name).write_text(json.dumps(told, indent=2) + "\n")
    return told


def packed(workshop: Workshop, target: Target, out: Path, kept: Path, steps: Steps) -> dict[str, Size]:
    if platform.machine() != ARCHITECTURES[PACKED].machine:
        raise BuildError(
            f"kernels are compiled for {PACKED}, and this machine is {platform.machine()}", "build where the functions could run"
        )
    with steps.step("kernels"):
        kernels = baked(*workshop.baking, kept, workshop.folder / "kernels")
    with steps.step("zips", len(workshop.zips)) as done, ThreadPoolExecutor(os.cpu_count()) as pool:

        def one(name: str) -> tuple[str, Size]:
            size = pack(workshop.parts(name, kernels), out / f"{name}.zip")
            done()
            return name, size

        sizes = dict(pool.map(one, workshop.zips))
    with steps.step("the image's folder"):
        write_image(workshop.parts(IMAGE), out / IMAGE, target)
    return sizes | measured(workshop, IMAGE)


def measured(workshop: Workshop, *names: str) -> dict[str, Size]:
    """Unpacked; without kernels."""
    return {name: Size({part.name: part.size for part in workshop.parts(name)}) for name in names or (*workshop.zips, IMAGE)}


def _told_of(workshop: Workshop, wheels: Mapping[str, Wheel], target: Target) -> dict[str, Any]:
    """What is to know besides sizes: for what the packages are, and what of them is newer than the platform (see layers/target.py)."""
    zipped = sorted(frozenset().union(*(workshop.plan.holds[name] for name in workshop.zips)))
    glibc = {name: folder_needs(workshop.libraries[name]) for name in zipped}
    return {
        "architecture": target.architecture.name,
        "python": target.python.version,
        "runtime": target.python.runtime,
        "too_new": {name: f"glibc 2.{minor}" for name, minor in glibc.items() if minor > target.python.glibc},
        "wheels": {name: wheel.tags for name, wheel in sorted(wheels.items())},
    }


if __name__ == "__main__":
    sys.exit(main())
