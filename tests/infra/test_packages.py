"""Packages unpacked as the platform does it: what a function finds there, and that it finds nothing else."""

import os
import shutil
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.local.errors import StackError
from infra.local.packages import describe, described, unpack
from infra.local.processes import Children
from infra.local.runtime import Environment, Invocation, Place
from infra.local.template import Function, PackageSpec, Template
from tests.infra.packaged import read_only

HANDLER = """
import os, sys
import shared
from importlib import import_module

def look(event, context):
    found = {}
    for name in event["modules"]:
        try:
            found[name] = import_module(name).__file__
        except ImportError as error:
            found[name] = None
    refused = {}
    for folder in event["folders"]:
        try:
            with open(os.path.join(folder, "written"), "w"):
                pass
        except OSError as error:
            refused[folder] = type(error).__name__
    return {"found": found, "refused": refused, "path": sys.path, "cwd": os.getcwd(), "shared": shared.NAME,
            "kernels": os.environ.get("NUMBA_CACHE_DIR"), "time": os.stat(__file__).st_mtime}
"""
SPECS = {
    "Looker": PackageSpec("out/packages/looker.zip", ("out/packages/common-layer.zip", "out/packages/numeric-layer.zip")),
    "Plain": PackageSpec("out/packages/looker.zip", ("out/packages/common-layer.zip",)),
    "Image": PackageSpec(None, ()),
}


def made(file: Path, members: Mapping[str, str]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6)), text)


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "tables-image/contents").mkdir(parents=True)
    made(folder / "looker.zip", {"rooms/__init__.py": "", "rooms/looker.py": HANDLER})
    made(folder / "common-layer.zip", {"python/shared.py": "NAME = 'layer'"})
    made(folder / "numeric-layer.zip", {"python/numeric.py": "", "kernels/index": ""})
    (folder / "tables-image/contents/looker.py").write_text(HANDLER)
    (folder / "tables-image/contents/shared.py").write_text("NAME = 'image'")
    (folder / "tables-image/Dockerfile").write_text("FROM somewhere\nCOPY contents/ ${LAMBDA_TASK_ROOT}/\n")
    return folder


def look(place: Place, children: Children, tmp_path: Path, handler: str = "rooms.looker.look", **event: list[str]) -> Invocation:
    function = Function("Looker", handler, 10.0, 128, {"NUMBA_CACHE_DIR": "/of/the/template"}, (), ())
    environment = Environment(function, children, {}, read_only(place), tmp_path / "log")
    found = environment.invoke({"modules": [], "folders": [], **event})
    environment.stop()
    assert found.error is None, (tmp_path / "log").read_text()
    return found


def test_a_function_finds_its_package_its_layers_and_the_runtime_and_nothing_of_ours(
    packages: Path, children: Children, tmp_path: Path
) -> None:
    place = unpack(packages, tmp_path / "unpacked", SPECS)["Looker"]
    ours = ["functions", "engine", "infra", "tests", "yaml", "moto", "pytest", "boto3", "numpy"]
    told = look(place, children, tmp_path, modules=["shared", "numeric", "rooms", "awslambdaric", "sqlite3", *ours]).payload
    assert {name for name, file in told["found"].items() if file} == {"shared", "numeric", "rooms", "awslambdaric", "sqlite3"}
    assert told["cwd"] == str(place.folder)
    assert told["shared"] == "layer"
    assert told["kernels"].endswith("/kernels") and "numeric-layer-" in told["kernels"]
    assert not [folder for folder in told["path"] if "site-packages" in folder or "dist-packages" in folder]
    assert told["time"] == time.mktime((2001, 2, 3, 4, 5, 6, 0, 0, -1))


def test_a_function_without_the_layer_has_neither_its_modules_nor_its_kernels(packages: Path, children: Children, tmp_path: Path) -> None:
    place = unpack(packages, tmp_path / "unpacked", SPECS)["Plain"]
    told = look(place, children, tmp_path, modules=["numeric"]).payload
    assert told["found"] == {"numeric": None}
    assert told["kernels"] == "/of/the/template"


def test_what_the_image_holds_is_run_from_where_its_dockerfile_copies_it(packages: Path, children: Children, tmp_path: Path) -> None:
    place = unpack(packages, tmp_path / "unpacked", SPECS)["Image"]
    assert look(place, children, tmp_path, "looker.look").payload["shared"] == "image"


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root writes everywhere, and `setpriv` is not here")
def test_a_package_cannot_be_written(packages: Path, children: Children, tmp_path: Path) -> None:
    place = unpack(packages, tmp_path / "unpacked", SPECS)["Looker"]
    folders = [
        str(place.folder),
        str(place.folder / "rooms"),
        *place.variables["PYTHONPATH"].split(":"),
        place.variables["NUMBA_CACHE_DIR"],
    ]
    told = look(place, children, tmp_path, folders=[*folders, str(tmp_path)]).payload
    assert told["refused"] == dict.fromkeys(folders, "PermissionError")
    assert not list(place.folder.rglob("__pycache__"))


def test_what_was_unpacked_stays_and_what_nobody_uses_goes(packages: Path, tmp_path: Path) -> None:
    into = tmp_path / "unpacked"
    first = unpack(packages, into, SPECS)
    assert unpack(packages, into, SPECS) == first
    made(packages / "looker.zip", {"rooms/__init__.py": "", "rooms/looker.py": HANDLER + "# newer"})
    second = unpack(packages, into, SPECS)
    assert second["Looker"].folder != first["Looker"].folder
    assert not first["Looker"].folder.exists()
    assert second["Image"] == first["Image"]
    (into / "half.new").mkdir()
    unpack(packages, into, SPECS)
    assert not (into / "half.new").exists()


@pytest.mark.parametrize("missing", ["looker.zip", "numeric-layer.zip", "tables-image/Dockerfile"])
def test_a_package_that_is_not_there_is_told(packages: Path, tmp_path: Path, missing: str) -> None:
    (packages / missing).unlink()
    with pytest.raises(StackError, match=missing) as told:
        unpack(packages, tmp_path / "unpacked", SPECS)
    assert "make build" in told.value.hint


def test_a_dockerfile_without_a_copy_to_the_task_folder_is_told(packages: Path, tmp_path: Path) -> None:
    (packages / "tables-image/Dockerfile").write_text("FROM somewhere\nCOPY contents/ /elsewhere/\n")
    with pytest.raises(StackError, match="copies nothing"):
        unpack(packages, tmp_path / "unpacked", SPECS)


def test_another_process_is_told_everything_of_a_function(tmp_path: Path) -> None:
    function = Function("Looker", "rooms.looker.look", 10.0, 128, {"A": "B"}, (), ())
    place = Place(tmp_path, ("python", "-S"), {"PYTHONPATH": "x"})
    describe(tmp_path / "api/function.json", function, place, {"AWS_REGION": "y"})
    assert described(tmp_path / "api/function.json") == (function, place, {"AWS_REGION": "y"})


def test_the_template_says_of_what_packages_a_function_is_made() -> None:
    text = """
Resources:
  Common: {Type: 'AWS::Serverless::LayerVersion', Properties: {ContentUri: out/packages/common-layer.zip}}
  One: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: out/packages/one.zip, Layers: [!Ref Common]}}
  Two: {Type: 'AWS::Serverless::Function', Properties: {PackageType: Image}}
"""
    assert Template(text, {}).packages() == {
        "One": PackageSpec("out/packages/one.zip", ("out/packages/common-layer.zip",)),
        "Two": PackageSpec(None, ()),
    }
