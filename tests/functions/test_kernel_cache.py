"""Kept kernels: found by content wherever they lie, kept where that is possible, told of when they are missing, never another engine's."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functions.compiler import COMPILER, CPU_TARGET, MARK
from functions.identity import engine_version
from tests.layers.read_only import read_only

KERNELS = """
from engine.compiled import kernel


@kernel
def half(x):
    return x // 2


@kernel
def twice(x):
    return half(x) * 4
"""
ASKED = """
import json
from functions.kernel_cache import tell_of_compiling
told = []
tell_of_compiling(told.append)
from small import twice
print(json.dumps([twice(21), told]))
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "small.py").write_text(KERNELS)
    return folder


def asked(sources: Path, kernels: Path, before: tuple[str, ...] = ()) -> Any:
    """What a new process computes with kernels of its own, and which of them it had to compile."""
    variables = {
        **COMPILER,
        "NUMBA_CACHE_DIR": str(kernels),
        "PYTHONPATH": str(sources),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/nonexistent",
    }
    command = [*before, sys.executable, "-c", ASKED]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_compiled_is_found_by_another_process_on_another_path_with_new_times(sources: Path, tmp_path: Path) -> None:
    assert asked(sources, tmp_path / "kernels") == [40, ["small.twice"]], "what it calls is a part of it"
    assert {path.name for path in (tmp_path / "kernels").iterdir()} == {"small"}
    there, moved = tmp_path / "elsewhere" / "code", tmp_path / "elsewhere" / "opt"
    shutil.copytree(sources, there)
    shutil.copytree(tmp_path / "kernels", moved)
    for path in (*there.rglob("*"), *moved.rglob("*")):
        os.utime(path, (315_532_800, 315_532_800))
    before = files(moved)
    assert asked(there, moved) == [40, []]
    assert files(moved) == before


def test_a_changed_source_is_compiled_anew(sources: Path, tmp_path: Path) -> None:
    asked(sources, tmp_path / "kernels")
    times = (sources / "small.py").stat()
    (sources / "small.py").write_text(KERNELS.replace("* 4", "* 6"))
    os.utime(sources / "small.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert asked(sources, tmp_path / "kernels") == [60, ["small.twice"]], "of the same size and age"
    assert asked(sources, tmp_path / "kernels") == [60, []]


def test_a_kernel_that_lacks_in_a_folder_that_nobody_can_write_is_compiled_all_the_same(sources: Path, tmp_path: Path) -> None:
    kernels = tmp_path / "kernels"
    kernels.mkdir()
    before = tuple(read_only(kernels))
    assert asked(sources, kernels, before) == [40, ["small.twice"]]
    assert files(kernels) == {}


def test_kernels_of_another_engine_are_neither_used_nor_touched(sources: Path, tmp_path: Path) -> None:
    kernels = tmp_path / "kernels"
    asked(sources, kernels)
    (kernels / MARK).write_text("0123456789abcdef")
    before = files(kernels)
    assert asked(sources, kernels) == [40, ["small.twice"]]
    assert files(kernels) == before
    (kernels / MARK).write_text(engine_version(CPU_TARGET))
    assert asked(sources, kernels) == [40, []]


def test_kernels_of_another_engine_get_no_others_beside_them(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("0123456789abcdef")
    variables = {**COMPILER, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "layers.bake"], env=os.environ | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "has the kernels of the engine 0123456789abcdef" in done.stderr
    assert list(files(tmp_path)) == [MARK]


WORKER = """
from functions import metrics, worker
metrics.serve_as("worker")
worker.begin()
from small import twice
assert twice(21) == 40
"""


def test_a_worker_tells_of_a_kernel_that_lacks_in_its_log_and_as_a_metric(sources: Path, tmp_path: Path) -> None:
    """The platform makes an alarm of it: the layer does not fit the engine."""
    variables = {**COMPILER, "NUMBA_CACHE_DIR": str(tmp_path / "kernels"), "PYTHONPATH": str(sources), "STAGE": "dev"}
    done = subprocess.run([sys.executable, "-c", WORKER], env=os.environ | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    error, metric = (json.loads(line) for line in done.stdout.splitlines())
    assert (error["level"], error["kernel"]) == ("ERROR", "small.twice")
    assert error["message"] == "a kernel is not in the layer, so it is compiled now"
    assert (metric["Compilations"], metric["service"], metric["stage"]) == ([1.0], "worker", "dev")
