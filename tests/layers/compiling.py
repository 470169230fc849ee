"""`python -m tests.layers.compiling`: every way of trading, and as JSON what each of them had to compile and how often it bought."""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numba.core import event

from engine.evaluate import evaluate, evaluate_block
from engine.indicators.catalog import FIELDS
from engine.language import compile_strategy
from engine.market import Listings, Market
from engine.orders.evaluate import evaluate_script
from engine.simulation import Outcome
from engine.simulation.script import script_of
from engine.terms import ACTION_MODES, Conditions, Terms
from functions.templates import templates
from layers.bake import INITIAL_CASH, STOCKS, tiny_market

STRATEGY = "name: s\nuniverse: {all: true}\nentry: close > ref(close, 1)\nexit: close < ref(close, 1)\n"
IN_CASH = {"costs": {"dividends": "cash"}}
PRICED = STRATEGY + "execution: {buy: {limit: raw_close}, sell: {stop: low}}"

WAYS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "at the close": (STRATEGY + "execution: {fill: close}", {}),
    "at the average": (STRATEGY + "execution: {fill: vwap, keep_rest: true, volume_cap: 0.0001, slippage: {impact: 0.1}}", {}),
    "purchases at a limit": (STRATEGY + "execution: {buy: {limit: raw_close}}", {}),
    "purchases behind a stop": (STRATEGY + "execution: {buy: {stop: raw_close, time_in_force: gtc}}", {}),
    "sales at a limit": (STRATEGY + "execution: {sell: {limit: low}}", {}),
    "sales at both": (STRATEGY + "execution: {sell: {limit: high, stop: low}}", {}),
    "both sides at a price": (PRICED, {}),
    "dividends in cash, taxed by lots": (STRATEGY, IN_CASH),
    "dividends in cash without tax": (STRATEGY, {"costs": {"dividends": "cash", "dividend_tax": False}}),
    "orders at a price and dividends in cash": (PRICED, IN_CASH),
    "an industry's cap and fixed shares": (
        STRATEGY + "risk: {max_industry_weight: 0.5}\nportfolio: {sizing: {shares: 100}}",
        {},
    ),
    "facts beyond prices": (
        STRATEGY.replace("entry: ", "entry: not is_st and listed_days > 3 and vwap > 0 and amount / volume > 1 and "),
        {},
    ),
    "rules switched off": (STRATEGY + "rules: {lots: false, t_plus_one: false, price_limits: false}", {}),
}


class Compiled(event.Listener):
    """The functions that were compiled since it was last asked."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_start(self, event: event.Event) -> None:
        self.names.append(event.data["dispatcher"].py_func.__qualname__)

    def on_end(self, event: event.Event) -> None:
        pass


def main() -> None:
    compiled = Compiled()
    event.register("numba:compile", compiled)
    told = {}
    for case, outcome in cases():
        told[case] = {"compiled": sorted(compiled.names), "purchases": outcome.tallies.buys}
        compiled.names.clear()
    sys.stdout.write(json.dumps(told))


def cases() -> Any:
    """(case, outcome) of runs alone; each strategy is a grid, too."""
    daily = tiny_market()
    markets = {"daily": daily, "minute": minutes_of(daily)}
    for name, text in templates().items():
        yield f"template {name}", _lived(text, furnished(daily, text), {})
    for frequency, market in markets.items():
        for way, (text, context) in WAYS.items():
            yield f"{way}, on {frequency} bars", _lived(text, market, context)
        yield from _tables(frequency, market)
    yield "stocks that fill whole words", _lived(STRATEGY, in_whole_words(daily), {})


def furnished(market: Market, text: str) -> Market:
    """The same market with the figures and indices that a strategy asks for: its first stock's bars are those of any index."""
    asked = compile_strategy(text, {}).fields
    figures = {row.needs: market.close * 0.001 for row in FIELDS if row.needs in asked and row.kind == "number" and row.needs == row.name}
    columns = {row.name: getattr(market, row.name) for row in fields(market)}
    first = {name: array[:, :1].copy() for name, array in columns.items() if getattr(array, "shape", ())[1:] == (STOCKS,)}
    index = replace(market, codes=market.codes[:1], boards=("index",), listings=Listings.plain(1), **first)
    return replace(market, fields=figures, references={need.removeprefix("index:"): index for need in asked if need.startswith("index:")})


def _lived(text: str, market: Market, context: Mapping[str, Any]) -> Outcome:
    program = compile_strategy(text, context)
    params = {row.name: row.default for row in program.parameters}
    evaluate_block(program, market, [params] * 2, INITIAL_CASH, threads=2)
    return evaluate(program, market, params, INITIAL_CASH).outcome


def _tables(frequency: str, market: Market) -> Any:
    rows = market.shape[0] - market.window_start
    orders = np.array([[2, 0, 100, 0, 0, 0, 0, 1], [2, 1, 100, 20_000, 0, 0, 1, 2], [9, 0, -100, 0, 0, 0, 0, 3]], np.int64)
    targets = np.array([[2, 3, 5_000_000], [9, -1, 0]], np.int64)
    scripts = {"orders": script_of(orders, targets[:0], rows), "weights": script_of(orders[:0], targets, rows)}
    for mode in ACTION_MODES:
        terms = Terms(INITIAL_CASH, 1_000, conditions=Conditions(actions=mode))
        for name, script in scripts.items():
            yield f"{name} from a table, {frequency} bars, {mode}", evaluate_script(terms, market, script).outcome


def minutes_of(daily: Market) -> Market:
    """The same prices as two bars a day, decided by the days."""
    twice = {name: np.repeat(array, 2, axis=0) for name, array in vars(daily).items() if isinstance(array, np.ndarray)}
    times = (daily.times[:, None] + np.array([-2 * 3_600_000, 0])).reshape(-1)
    return replace(daily, **twice | {"times": times, "frequency": "120m", "window_start": 2 * daily.window_start, "decided_by": daily})


def in_whole_words(market: Market) -> Market:
    """64 stocks need no padding, so the kernels get other arrays."""
    columns = {row.name: getattr(market, row.name) for row in fields(market)}
    cut = {name: array[:, :64].copy() for name, array in columns.items() if getattr(array, "shape", ())[1:] == (STOCKS,)}
    return replace(market, codes=market.codes[:64], boards=market.boards[:64], listings=Listings.plain(64), **cut)


if __name__ == "__main__":
    main()
