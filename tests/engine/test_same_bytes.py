"""The same bytes, whatever computes them: fresh processes, threads, blocks, another order of sets, other instructions, a new compile.

Each way of running is a process of its own, and must really run another way: rows that switch a library's instructions name a probe, a
figure that the engine never computes with and whose bits change by the switch.
"""

import ast
import ctypes
import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba.core.registry import cpu_target

from engine.evaluate import evaluate, evaluate_block
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals, values
from engine.language import Program, compile_strategy
from engine.language.graph import Graph
from functions.compiler import CPU_TARGET, missing_instructions
from tests.engine.panels import random_market
from tests.engine.test_compute import every_node

ROOT = Path(__file__).parents[2]
PROCESSOR = Path("/proc/cpuinfo")
CASH = 3_000_000_000

BANDS = """
name: bands
params: {n: {default: 14, min: 5, max: 30}, width: {default: 1.5, min: 0.5, max: 3}}
universe: {all: true}
let: {lower: "boll_lower(close, n, width)", middle: "ema(close, n)"}
entry: close < lower or rsi(close, n) < 25
exit: close >= middle
rank: std(close, n) / sma(close, n) - rsi(pe, 5) / 100
portfolio: {max_positions: 6, cash_reserve: 0.02}
risk: {stop_loss: 0.05, trailing_stop: 0.08, take_profit: 0.15, max_holding: 12, max_drawdown: 0.6}
execution: {slippage: {impact: 0.3}, volume_cap: 0.2}
costs: {commission: 0.00025, minimum: 5}
"""
CROSSES = """
name: crosses
params: {n: {default: 8, min: 3, max: 12}, width: {default: 0.05, min: 0.01, max: 0.2}}
universe: {all: true}
let: {wave: "macd_hist(vwap, n, 20, 6)", level: "sum(roc(close, n), 5) / (1 + std(volume, n))"}
entry: cross_above(wave, 0) and close > sma(pe, 3) - delta(amount, 2)
exit: cross_below(ema(close, n), sma(vwap, 15))
rank: level * highest(amount, n) / lowest(close, n)
portfolio: {max_positions: 4}
risk: {stop_loss: width}
execution: {slippage: {bps: 7}, volume_cap: 0.1}
"""
ROTATION = """
name: rotation
params: {n: {default: 10, min: 3, max: 20}, width: {default: 4, min: 1, max: 8}}
universe: {all: true}
select: {top: width, by: "sma(close, n) / std(close, n) + ema(pe, n)", every: week, keep_within: 9}
portfolio: {cash_reserve: 0.05}
"""
RESTING = """
name: resting
params: {n: {default: 8, min: 3, max: 12}, width: {default: 0.01, min: 0, max: 0.1}}
universe: {all: true}
entry: roc(close, n) < 0 and std(close, n) > std(close, 20) / 2
exit: rsi(close, n) > 60
rank: rsi(close, n)
portfolio: {max_positions: 5}
risk: {stop_loss: 0.06, max_industry_weight: 0.5}
execution:
  buy: {limit: raw_close * (1 - width), stop: "lowest(low, n)", time_in_force: gtc}
  sell: {limit: "ema(high, n) - 0.1 * std(close, n)"}
  volume_cap: 0.2
costs: {dividends: cash}
"""
GRIDS: tuple[tuple[str, list[dict[str, float | int]]], ...] = (
    (BANDS, [{"n": n, "width": width} for n in (5, 14, 23) for width in (0.7, 1.5)]),
    (CROSSES, [{"n": n, "width": width} for n in (3, 8, 11) for width in (0.03, 0.11)]),
    (RESTING, [{"n": n, "width": width} for n in (3, 8, 11) for width in (0.0, 0.02)]),
    (ROTATION, [{"n": n, "width": width} for n in (3, 10, 19) for width in (2, 6)]),
)


class Told(NamedTuple):
    """What a process says of itself. Equal in all ways of running, but for the probes."""

    target: list[str]
    """Of the machine code: triple, processor, further instructions."""
    nodes: str
    """Every node that a strategy may ask for, over all bars."""
    ranks: str
    """The floats that decide the order of purchases."""
    single: list[str]
    """Content hashes of single runs ..."""
    block: list[str]
    """... of the same combinations as one grid ..."""
    pieces: list[str]
    """... in blocks of four on two threads."""
    probes: dict[str, str]


class Way(NamedTuple):
    name: str
    environment: dict[str, str]
    probe: str = ""
    """What the switch changes, on a processor that has something to switch off."""


# glibc chooses its exp, log, pow and sin by processor; what cannot be fused is computed in other steps and gives other bits.
# Names without "_Usable" since glibc 2.33; a name that a glibc does not know is passed over.
NO_FMA = "glibc.cpu.hwcaps=" + ",".join(f"-{name}{usable}" for name in ("FMA", "FMA4", "AVX2") for usable in ("", "_Usable"))
# What NumPy dispatches to, under the names of 2.4 and before; unknown ones are passed over with a warning.
WIDE = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL"

WAYS = (
    Way("again", {}),
    Way("another order of sets", {"PYTHONHASHSEED": "1"}),
    Way("yet another order of sets", {"PYTHONHASHSEED": "4242"}),
    Way("libm without fused multiplication", {"GLIBC_TUNABLES": NO_FMA}, "libm"),
    Way("numpy without wide registers", {"NPY_DISABLE_CPU_FEATURES": WIDE, "PYTHONWARNINGS": "ignore"}, "numpy"),
    Way("the linear algebra of an old processor", {"OPENBLAS_CORETYPE": "Prescott", "OPENBLAS_NUM_THREADS": "1"}, "blas"),
)

HAS_SWITCHES = PROCESSOR.exists() and CPU_TARGET != "generic" and platform.libc_ver()[0] == "glibc"


def run(environment: dict[str, str]) -> Told:
    command = [sys.executable, "-c", "from tests.engine.test_same_bytes import tell; tell()"]
    fixed = {"PYTHONHASHSEED": "0"}
    done = subprocess.run(command, cwd=ROOT, env=os.environ | fixed | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Told(**json.loads(done.stdout.splitlines()[-1]))


@cache
def reference() -> Told:
    return run({})


def test_there_is_something_to_compare() -> None:
    """Every combination trades in its own way, and often."""
    assert len(set(reference().single)) == sum(len(grid) for _, grid in GRIDS)
    for text, grid in GRIDS:
        cells = evaluate_block(compile_strategy(text), market(), grid, CASH)
        assert min(cell.tallies.trades for cell in cells) > 10


def test_code_is_made_for_one_target() -> None:
    """Not for the processor that happens to be there: its name is part of the engine's version."""
    assert reference().target[1:] == [CPU_TARGET, ""]


def test_a_grid_is_its_single_runs() -> None:
    assert reference().block == reference().single


def test_threads_and_blocks_change_nothing() -> None:
    assert reference().pieces == reference().single


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_another_way_of_running_gives_the_same_bytes(way: Way) -> None:
    if way.probe and not HAS_SWITCHES:
        pytest.skip("the switches are those of glibc on x86-64")
    told = run(way.environment)
    assert told._replace(probes={}) == reference()._replace(probes={})
    if way.probe and not missing_instructions(PROCESSOR.read_text()):
        assert told.probes[way.probe] != reference().probes[way.probe], "the switch switches nothing: the test proves nothing"


@pytest.mark.slow
@pytest.mark.skipif(CPU_TARGET == "generic", reason="only x86-64 has named targets")
@pytest.mark.parametrize("target", ["x86-64"])  # without fused multiplication and wide vectors, so nothing leans on them
def test_a_new_compile_gives_the_same_bytes(target: str, tmp_path: Path) -> None:
    """Also for a processor without fused multiplication and wide registers. More than is promised: there, a target has its own version."""
    told = run({"NUMBA_CPU_NAME": target, "NUMBA_CACHE_DIR": str(tmp_path)})
    assert told.target[1:] == [target, ""]
    assert any(tmp_path.rglob("*.nbc"))
    assert told._replace(probes={}, target=[]) == reference()._replace(probes={}, target=[])


LIBM = {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "power", "cbrt", "hypot", "sin", "cos", "tan", "tanh", "erf"}
REDUCTIONS = {"sum", "fsum", "mean", "average", "std", "var", "prod", "cumsum", "cumprod", "dot", "matmul", "einsum", "convolve", "cov"}
"""Where floats are: the simulation's sums are of integers, exact in any order."""
OURS = ("kernels", "regressions")
JUDGEMENTS = ("diagnosis", "doctor")
"""Rooms that say what to think of results: rounded figures for people, in no hash; an import contract keeps results from seeing them."""


def test_no_result_comes_from_libm_or_from_a_reduction() -> None:
    """By the words of the sources: what the probes change is never called, and the compiler is never asked to be quick about it."""
    found = []
    for path in [path for path in (ROOT / "engine").rglob("*.py") if path.parent.name not in JUDGEMENTS]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and inexact(node, path.parent.name == "simulation"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
            is_product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
            if is_product or (isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel")):
                found.append(f"{path.relative_to(ROOT)}: {ast.unparse(node)}")
    assert not found


def inexact(call: ast.Call, counts: bool) -> bool:
    owner, _, name = ast.unparse(call.func).rpartition(".")
    if name in LIBM:
        return owner in ("np", "math", "")
    return name in REDUCTIONS and owner not in ("", *OURS) and not counts


# -------------------------------------------------------------------------------------------------------- in the process that is started


def tell() -> None:
    programs = [(compile_strategy(text), grid) for text, grid in GRIDS]
    told = Told(
        target=list(cpu_target.target_context.codegen().magic_tuple()),
        nodes=nodes(),
        ranks=digest(array for program, grid in programs for params in grid for array in wishes(program, params)),
        single=[evaluate(program, market(), params, CASH).cell.content_hash for program, grid in programs for params in grid],
        block=[cell.content_hash for program, grid in programs for cell in evaluate_block(program, market(), grid, CASH)],
        pieces=[
            cell.content_hash
            for program, grid in programs
            for first in range(0, len(grid), 4)
            for cell in evaluate_block(program, market(), grid[first : first + 4], CASH, threads=2)
        ],
        probes=probes(),
    )
    sys.stdout.write(json.dumps(told._asdict()) + "\n")


@cache
def market() -> Any:
    return random_market(11, sessions=200, stocks=24, warm_up=70, members=0.95, ex_dates=0.005)


def nodes() -> str:
    graph = Graph()
    wanted = every_node(graph)
    bars = own_bars(market())
    return digest(values(bars, graph, node) for node in wanted)


def wishes(program: Program, params: dict[str, float | int]) -> Iterator[Any]:
    graph = Graph()
    yield from next(signals(own_bars(market()), graph, [program.outputs(graph, program.check_params(params))]))


def digest(arrays: Iterator[Any]) -> str:
    """A NaN counts as one, whatever its sign: processors and compilers give it either."""
    found = hashlib.sha256()
    for array in arrays:
        found.update((np.where(np.isnan(array), np.nan, array) if array.dtype.kind == "f" else array).tobytes())
    return found.hexdigest()


def probes() -> dict[str, str]:
    """Figures whose last bits depend on the processor: what may not be used where a result comes from."""
    x = np.random.default_rng(0).uniform(0.01, 30.0, 20_000)
    power = ctypes.CDLL(None).pow
    power.restype, power.argtypes = ctypes.c_double, [ctypes.c_double, ctypes.c_double]
    square = x[:10_000].reshape(100, 100)
    powers = np.array([power(a, b) for a, b in zip(x.tolist(), x[::-1].tolist(), strict=True)])
    return {"libm": digest(iter([powers])), "numpy": digest(iter([np.exp(x)])), "blas": digest(iter([square @ square]))}
