"""Baked kernels are all there is to compile: a process that finds them compiles nothing, whatever strategy it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.indicators.catalog import FUNCTIONS
from engine.language import compile_strategy
from layers.bake import MARK, everything

RUN = """
import sys
from numba.core import event

class Compiling(event.Listener):
    count = 0
    def on_start(self, event): self.count += 1
    def on_end(self, event): pass

compiling = Compiling()
event.register("numba:compile", compiling)
from engine.evaluate import evaluate, evaluate_block
from engine.language import compile_strategy
from functions.templates import templates
from layers.bake import tiny_market
for text in templates().values():
    program = compile_strategy(text, {})
    defaults = {row.name: row.default for row in program.parameters}
    evaluate(program, tiny_market(), defaults, 10**9)
    evaluate_block(program, tiny_market(), [defaults] * 2, 10**9, threads=2)
print(compiling.count)
"""


def test_every_function_is_called() -> None:
    text = everything()
    assert all(f"{row.name}(" in text for row in FUNCTIONS)
    assert not [warning for warning in compile_strategy(text, {}).warnings if "never used" in warning.message]


@pytest.mark.slow
def test_nothing_is_left_to_compile(tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-m", "layers.bake"], env=environment, check=True)
    assert (tmp_path / MARK).exists()
    done = subprocess.run([sys.executable, "-c", RUN], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "0"
