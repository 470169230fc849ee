"""`python -m layers.bake`: compiles every kernel into NUMBA_CACHE_DIR, so that no function and no user ever waits for the compiler.

It runs one strategy that calls every function of the catalogue on a tiny market, and one whose orders have prices, as a single run and as
a grid. Whatever else a run may be (dividends in cash, minute bars, orders from a table) is another branch of the same kernels, and never
another type of arguments; tests/layers holds that. The environment is that of functions.compiler (NUMBA_CPU_NAME and so on), which must be
the same where the kernels are used.
"""

import os
import pickletools
import sys
import time
from pathlib import Path

import numpy as np

from engine.evaluate import evaluate, evaluate_block
from engine.indicators.catalog import FUNCTIONS, Argument, Function, other_bars
from engine.language import compile_strategy
from engine.market import FAR, Actions, Listings, Market
from functions.compiler import MARK
from functions.identity import engine_version

BARS, STOCKS = 96, 70
INITIAL_CASH = 1_000_000_000
LISTING = "# File: "
"""How the text begins that Numba keeps for people."""
EMPTY = b"\x8c\x00"
"""An empty text, pickled."""

OPERANDS = {"series": ("close", "volume"), "value": ("close", "open"), "truth": ("close > open",)}
EVERYTHING = """
name: everything of a group
params: {{n: {{default: 3, min: 2, max: 5}}}}
universe: {{all: true}}
let:
{calls}
entry: (close + open) * 2 / 3 - low > -high and not (close == open or close != low) and {truths}
exit: cross_below(close, sma(close, n))
rank: {numbers}
portfolio: {{max_positions: 5}}
risk: {{stop_loss: 0.05, take_profit: 0.2, trailing_stop: 0.1, max_holding: 9, max_drawdown: 0.5, daily_loss: 0.2}}
execution: {{slippage: {{bps: 5}}, volume_cap: 0.1}}
"""
ROTATION = """
name: rotation
params: {n: {default: 3, min: 2, max: 5}}
universe: {all: true}
select: {top: 5, by: "roc(close, n)", every: week, keep_within: 7}
execution: {buy: {limit: raw_close}, sell: {limit: high}}
"""
WEIGHTS = """
name: weights
params: {n: {default: 3, min: 2, max: 5}}
universe: {all: true}
select: {top: 5, by: "roc(close, n)", every: week, keep_within: 7, weight: inverse_volatility(n)}
"""


def main() -> None:
    """Exit code 1: the folder has the kernels of another engine, which are not mixed with these."""
    began, version = time.perf_counter(), engine_version(os.environ["NUMBA_CPU_NAME"])
    mark = Path(os.environ["NUMBA_CACHE_DIR"]) / MARK
    if mark.exists() and mark.read_text() != version:
        sys.exit(f"{mark.parent} has the kernels of the engine {mark.read_text()}, this is {version}: name an empty folder")
    bake()
    leave_out_listings(mark.parent)
    mark.write_text(version)
    sys.stdout.write(f"kernels compiled in {time.perf_counter() - began:.1f} s\n")


def bake() -> None:
    market = tiny_market()
    for text in (*everything(), ROTATION, WEIGHTS):
        program = compile_strategy(text, {})
        evaluate(program, market, {}, INITIAL_CASH)
        evaluate_block(program, market, [{"n": n} for n in (2, 3, 4)], INITIAL_CASH)


def leave_out_listings(folder: Path) -> None:
    """Beside its machine code Numba keeps each kernel's source with its types, for people: a fifth of all bytes, and with the path of this
    machine in it."""
    for file in folder.rglob("*.nbc"):
        file.write_bytes(without_listing(file.read_bytes()))


def without_listing(pickled: bytes) -> bytes:
    """The same value with an empty text instead. It is not loaded: what is written again would depend on what this process holds."""
    steps = list(pickletools.genops(pickled))
    begins = [begin or 0 for *_, begin in steps]
    kept = []
    for (step, value, _), begin, end in zip(steps, begins, [*begins[1:], len(pickled)], strict=True):
        if isinstance(value, str) and value.startswith(LISTING):
            kept.append(EMPTY)
        elif step.name != "FRAME":  # the length of what follows, which need not be told
            kept.append(pickled[begin:end])
    return b"".join(kept)


def everything() -> list[str]:
    """Strategies in which every function of the catalogue is called, one for each group: a text may hold only so many names.

    Functions that look at other bars have no kernels of their own.
    """
    groups = dict.fromkeys(row.group for row in FUNCTIONS if row.group != other_bars.GROUP)
    return [_calling([row for row in FUNCTIONS if row.group == group]) for group in groups]


def _calling(rows: list[Function]) -> str:
    names = {f"x{k}": row for k, row in enumerate(rows)}
    return EVERYTHING.format(
        calls="\n".join(f"  {name}: {_call(row)}" for name, row in names.items()),
        truths=" and ".join(["close > 0", *(name for name, row in names.items() if row.result == "truth")]),
        numbers=" + ".join(["close", *(name for name, row in names.items() if row.result == "number")]),
    )


def _call(row: Function) -> str:
    operands = {kind: iter(texts) for kind, texts in OPERANDS.items()}

    def argument(each: Argument) -> str:
        return next(operands[each.kind]) if each.kind in operands else "n" if each.kind == "whole" else "0.5"

    return f"{row.name}({', '.join(argument(each) for each in row.arguments)})"


def tiny_market() -> Market:
    """Waves with holes: enough for every kernel to have something to do. Days of 2020, as if all were weekdays."""
    t, i = np.arange(BARS)[:, None], np.arange(STOCKS)[None, :]
    close = (10_000 + 30 * ((7 * t + 3 * i) % 41) + 10 * ((t * i) % 13)).astype(np.int32)
    has_bar = (t + i) % 17 > 0
    days = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-01-01") + BARS)
    zeros, ones = np.zeros((BARS, STOCKS), np.int32), np.ones((BARS, STOCKS), np.uint8)
    for row in range(1, BARS):
        close[row] = np.where(has_bar[row], close[row], close[row - 1])
    before = np.vstack([close[:1], close[:-1]])
    return Market(
        frequency="1d",
        dataset="tiny",
        times=days.astype("datetime64[ms]").astype(np.int64),
        sessions=np.array([int(str(day).replace("-", "")) for day in days], np.int32),
        window_start=10,
        codes=tuple(f"{600000 + k}.SH" for k in range(STOCKS)),
        boards=("main",) * STOCKS,
        open=np.where(has_bar, close, 0).astype(np.int32),
        high=np.where(has_bar, close + 50, 0).astype(np.int32),
        low=np.where(has_bar, close - 50, FAR).astype(np.int32),
        close=close,
        pre_close=np.where(has_bar, before, 0).astype(np.int32),
        volume=np.where(has_bar, 1_000_000, 0).astype(np.int64),
        amount=np.where(has_bar, 1_000_000 * close.astype(np.int64), 0),
        adj_factor=np.full((BARS, STOCKS), 1_000_000, np.int64),
        limit_up=zeros,
        limit_down=zeros.copy(),
        member=ones,
        is_st=np.zeros((BARS, STOCKS), np.uint8),
        listed_sessions=np.full((BARS, STOCKS), 1_000, np.int32),
        fields={},
        listings=Listings.plain(STOCKS),
        actions=Actions.none(),
    )


if __name__ == "__main__":
    main()
