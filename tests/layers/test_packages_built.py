"""The packages as `make build` makes them: their sizes, that nothing is left to compile, that nothing that was cut away is missed."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from functions.compiler import COMPILER
from layers.contents import ROOT
from layers.rows import FUNCTIONS, NUMERIC
from layers.sizes import LIMIT
from tests.built import built_packages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # where nobody has built packages yet

OPENED = """
import sys
import numpy
matrix = numpy.random.default_rng(1).normal(size=(200, 200))
left, values, right = numpy.linalg.svd(matrix)
assert numpy.allclose(left @ numpy.diag(values) @ right, matrix)
numpy.fft.rfft(matrix), numpy.ma.is_masked(matrix)
import boto3
for service in ("events", "s3", "secretsmanager", "sqs", "sts"):
    boto3.client(service, region_name="ap-east-1")
from aws_lambda_powertools import Tracer
Tracer(service="x", patch_modules=("boto3",))
import sentry_sdk
sentry_sdk.init(dsn="http://a@127.0.0.1:9/1", default_integrations=False)
import psycopg
assert psycopg.pq.__impl__ == "binary"
from importlib.metadata import version
assert version("numba") and version("llvmlite") and version("lianghu")
print(sys.modules["boto3"].__file__)
"""
"""What libraries open late: files by name, services, integrations."""


@pytest.fixture(scope="module")
def packages() -> Path:
    return built_packages()


@pytest.fixture(scope="module")
def sizes(packages: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((packages / "sizes.json").read_text())
    return told


def opened(packages: Path, folder: Path, *names: str) -> list[Path]:
    for name in names:
        with zipfile.ZipFile(packages / f"{name}.zip") as archive:
            archive.extractall(folder / name)
    return [folder / name for name in names]


def test_every_function_is_within_its_budget(packages: Path, sizes: dict[str, Any]) -> None:
    assert sizes["over_budget"] == []
    for row in FUNCTIONS:
        unzipped = 0
        for name in (row.name, *row.layers):
            with zipfile.ZipFile(packages / f"{name}.zip") as archive:
                unzipped += sum(entry.file_size for entry in archive.infolist())
        assert unzipped == sizes["functions"][row.name]["unzipped"] <= sizes["functions"][row.name]["budget"] <= LIMIT


def test_baked_kernels_of_the_layer_are_all_that_python_calls(packages: Path, tmp_path: Path) -> None:
    """Those that only kernels call are not in it; and no path of this machine is."""
    (layer,) = opened(packages, tmp_path, NUMERIC)
    environment = os.environ | COMPILER | {"NUMBA_CACHE_DIR": str(layer / "kernels")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.layers.compiling"], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    assert {case: row["compiled"] for case, row in json.loads(done.stdout).items() if row["compiled"]} == {}
    files = [file for file in (layer / "kernels").rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 8 * 2**20
    assert not [file for file in files if str(ROOT).encode() in file.read_bytes()]


def test_nothing_that_libraries_open_late_was_cut_away(packages: Path, tmp_path: Path) -> None:
    task, common = opened(packages, tmp_path, "sweeper", "common-layer")
    path = os.pathsep.join(map(str, (task, common / "python")))
    environment = {"PATH": os.defpath, "PYTHONPATH": path, "HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-S", "-s", "-c", OPENED], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(common)


def test_libraries_are_bytecode_and_ours_has_its_sources_with_it(packages: Path) -> None:
    with zipfile.ZipFile(packages / "worker.zip") as archive:
        names = set(archive.namelist())
    assert {"functions/worker.py", f"functions/__pycache__/worker.{sys.implementation.cache_tag}.pyc", "jinja2/__init__.pyc"} <= names
    assert {"engine/simulation/loop.py", "functions/kernel_cache.py"} <= names
    with zipfile.ZipFile(packages / "common-layer.zip") as archive:
        assert not [name for name in archive.namelist() if name.endswith((".py", ".pyi", ".h"))]


def test_arm64_has_every_wheel_and_is_within_the_budget(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "layers.build", "--architecture", "arm64", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "sizes-arm64.json").read_text())
    assert [file.name for file in tmp_path.iterdir()] == ["sizes-arm64.json"], "kernels of another processor cannot be compiled here"
    platforms = {tag.rpartition("-")[2] for tags in told["wheels"].values() for tag in tags}
    assert "any" in platforms and {name for name in platforms if not name.endswith("_aarch64")} == {"any"}
    assert told["wheels"]["numba"] and all("cp311" in tag or sys.version_info[:2] != (3, 11) for tag in told["wheels"]["numba"])
    assert all(row["unzipped"] <= row["budget"] for row in told["functions"].values())
