"""Baked kernels are all there is to compile: a process that finds them compiles nothing, whatever it runs."""

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from engine.indicators.catalog import FUNCTIONS, other_bars
from engine.language import compile_strategy
from functions.compiler import COMPILER, CPU_TARGET, MARK
from functions.identity import engine_version
from layers.bake import everything, without_listing
from tests.built import BUILD_SECONDS, baked_kernels
from tests.layers.read_only import read_only

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a layer's kernels, before those are thrown away that only kernels call."""
    return baked_kernels(tmp_path_factory.mktemp("kernels"))


def test_every_function_is_called() -> None:
    texts = everything()
    assert all(f" {row.name}(" in "".join(texts) for row in FUNCTIONS if row.group != other_bars.GROUP)
    warnings = [warning for text in texts for warning in compile_strategy(text, {}).warnings]
    assert not [warning for warning in warnings if "never used" in warning.message]


@pytest.mark.parametrize("length", [0, 300, 70_000])
def test_a_kernel_is_kept_without_its_listing(length: int) -> None:
    same = "the same text twice"
    kept: tuple[Any, ...] = (
        b"code" * 50_000,
        {"a": [same, 1.5, None]},
        "# File: /home/somebody/loop.py" + "x" * length,
        (same, "# a comment"),
    )
    assert pickle.loads(without_listing(pickle.dumps(kept, 4))) == (*kept[:2], "", kept[3])


@pytest.mark.slow
@pytest.mark.timeout(BUILD_SECONDS)
def test_nothing_is_left_to_compile(baked: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(baked)}
    assert (baked / MARK).read_text() == engine_version(CPU_TARGET)
    ours = [os.fsencode(place) for place in (ROOT, f"{tempfile.gettempdir()}/")]
    assert [file.name for file in baked.rglob("*.nbc") if any(place in file.read_bytes() for place in ours)] == [], (
        "no path of this machine"
    )
    done = subprocess.run([sys.executable, "-m", "tests.layers.compiling"], env=environment, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert {case: row["compiled"] for case, row in told.items() if row["compiled"]} == {}
    assert [case for case, row in told.items() if not row["purchases"] and not case.startswith("template")] == [], "nothing was traded"


@pytest.mark.slow
@pytest.mark.timeout(BUILD_SECONDS)
def test_a_worker_compiles_nothing_where_it_is_deployed(baked: Path, tmp_path: Path) -> None:
    """The code on another path and with new times, everything read-only, no home, nothing of this environment."""
    task, opt = tmp_path / "task", tmp_path / "opt"
    for name in ("engine", "datalake", "functions", "layers", "tests/layers"):
        shutil.copytree(ROOT / name, task / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(baked, opt)
    for path in (*task.rglob("*"), *opt.rglob("*")):
        os.utime(path, (315_532_800, 315_532_800))
    environment = {**COMPILER, "NUMBA_CACHE_DIR": str(opt), "PYTHONPATH": str(task), "HOME": "/nonexistent", "PATH": os.defpath}
    command = [*read_only(task, opt), sys.executable, "-m", "tests.layers.blocks"]
    told = json.loads(subprocess.run(command, env=environment, cwd=task, check=True, stdout=subprocess.PIPE).stdout)
    assert Path(told["engine"]).is_relative_to(task)
    assert told["compiled"] == []
    assert told["found"]["a grid"] == [["cells_path"]] * 2
    assert "trades_path" in told["found"]["a single run"][0]
