"""Baked kernels are all there is to compile: a process that finds them compiles nothing, whatever it runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.indicators.catalog import FUNCTIONS, other_bars
from engine.language import compile_strategy
from functions.compiler import MARK
from layers.bake import everything


def test_every_function_is_called() -> None:
    texts = everything()
    assert all(f" {row.name}(" in "".join(texts) for row in FUNCTIONS if row.group != other_bars.GROUP)
    warnings = [warning for text in texts for warning in compile_strategy(text, {}).warnings]
    assert not [warning for warning in warnings if "never used" in warning.message]


@pytest.mark.slow
def test_nothing_is_left_to_compile(tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-m", "layers.bake"], env=environment, check=True)
    assert (tmp_path / MARK).exists()
    done = subprocess.run([sys.executable, "-m", "tests.layers.compiling"], env=environment, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert {case: row["compiled"] for case, row in told.items() if row["compiled"]} == {}
    assert [case for case, row in told.items() if not row["purchases"] and not case.startswith("template")] == [], "nothing was traded"
