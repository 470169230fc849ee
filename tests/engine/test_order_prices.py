"""Prices of orders: whole ticks in the money of their own day, never worse than what was written, shared over a grid, never ahead."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.arrays import Prices
from engine.crew import Crew
from engine.indicators import prices
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals, wishes
from engine.language import Graph, Outputs, compile_strategy
from engine.market import Market
from engine.simulation.state import Signals
from tests.engine.panels import first_sessions, own_bars_of, random_market

SIDES = {"buy_limit": floor, "buy_stop": ceil, "sell_limit": ceil, "sell_stop": floor}
"""How each price is rounded."""


def order(price: str, name: str = "buy_limit") -> str:
    side, kind = name.split("_")
    return f'name: x\nuniverse: {{all: true}}\nentry: close > open\nexit: close < open\nexecution: {{{side}: {{{kind}: "{price}"}}}}\n'


def computed(market: Market, text: str) -> Signals:
    program, graph = compile_strategy(text), Graph()
    return next(signals(own_bars(market), graph, [program.outputs(graph, {})]))


def price_of(market: Market, price: str, name: str = "buy_limit") -> Prices:
    found: Prices = getattr(computed(market, order(price, name)), name)
    assert (found.dtype, found.shape) == (np.int32, (market.shape[0], 64))
    return found


def ticks_of(market: Market) -> list[int]:
    return [1 if board == "fund" else 10 for board in market.boards]


def whole_ticks(li: Fraction, tick: int, rounded: object, near: Fraction) -> int:
    """The slow twin: in exact fractions."""
    nearest = floor(li / tick + Fraction(1, 2))
    if abs(li / tick - nearest) > max(near, Fraction(1, 10**6)):
        nearest = ceil(li / tick) if rounded is ceil else floor(li / tick)
    return nearest * tick if 0 < nearest * tick <= 10**9 else 0


def with_factors(market: Market, seed: int) -> Market:
    """Factors as vendors have them: of many digits, below and far above one, moving on the ex-dates that the market has."""
    random = np.random.default_rng(seed)
    start = np.exp(random.uniform(-1.5, 4.0, market.shape[1]))
    return replace(market, adj_factor=np.maximum((market.adj_factor * start).astype(np.int64), 1))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", SIDES)
def test_adjusted_levels_are_prices_of_their_day_also_after_ex_dates(name: str, seed: int) -> None:
    """From the traded prices and factors alone: the extreme of the last bars, in the money of the last of them."""
    market = with_factors(random_market(seed, sessions=60, stocks=6, ex_dates=0.08), seed)
    function, field = ("lowest(low, 7)", market.low) if "stop" not in name else ("highest(high, 7)", market.high)
    found, ex_dates = price_of(market, function, name), 0
    for stock, tick in enumerate(ticks_of(market)):
        rows = own_bars_of(market, stock)
        for k, row in enumerate(rows):
            expected = 0
            if k >= 6:
                factor = int(market.adj_factor[row, stock])
                levels = [Fraction(int(field[r, stock]) * int(market.adj_factor[r, stock]), factor) for r in rows[k - 6 : k + 1]]
                level = min(levels) if field is market.low else max(levels)
                expected = whole_ticks(level, tick, SIDES[name], Fraction(10_000, factor * tick))
                ex_dates += level.denominator > 1
            assert found[row, stock] == expected
    assert ex_dates


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("field", ["open", "high", "low", "close"])
def test_todays_prices_come_back_to_the_li(field: str, name: str, seed: int) -> None:
    """Adjusted prices are rounded; brought back they must not slip a tick to either side."""
    market = with_factors(random_market(seed, sessions=50, stocks=8, ex_dates=0.05), seed)
    expected = np.where(market.open > 0, getattr(market, field), 0)
    np.testing.assert_array_equal(price_of(market, field, name)[:, :8], expected)
    np.testing.assert_array_equal(price_of(market, f"raw_{field}", name)[:, :8], expected)


def test_a_session_without_a_bar_and_columns_beyond_the_last_stock_have_no_price() -> None:
    market = random_market(3, holes=0.3)
    found = price_of(market, "raw_close")
    assert ((found[:, :5] == 0) == (market.open == 0)).all()
    assert not found[:, 5:].any()


RATIOS = [("0.98", Fraction(98, 100)), ("1.02", Fraction(102, 100)), ("0.9", Fraction(9, 10)), ("1.1", Fraction(11, 10)),
          ("0.7", Fraction(7, 10)), ("1.005", Fraction(1005, 1000)), ("3", Fraction(3))]  # fmt: skip


@pytest.mark.parametrize(("tick", "rounds_up"), list(product([1, 10], [False, True])))
@pytest.mark.parametrize(("written", "ratio"), RATIOS)
def test_binary_fractions_never_cost_a_tick(written: str, ratio: Fraction, tick: int, rounds_up: bool) -> None:
    """Every price up to 300 yuan times a ratio that no binary fraction is: the tick that decimal arithmetic gives."""
    li = np.arange(1, 300_001, dtype=np.int64) * 1 if tick == 1 else np.arange(10, 300_010, 10)
    out = np.empty(li.size)
    offsets, ticks = np.array([0, li.size]), np.array([tick])
    prices._whole_ticks(offsets, ticks, np.zeros(0), li / 1_000.0 * float(written), rounds_up, out)
    exact = li * ratio.numerator, ratio.denominator * tick
    expected = (-(-exact[0] // exact[1]) if rounds_up else exact[0] // exact[1]) * tick
    np.testing.assert_array_equal(out, expected)


def closing(*li: int) -> Market:
    """A market without holes in which the first stock closes so in row 20 and the rows after it."""
    market = random_market(1, holes=0.0, late=0.0)
    close = market.close.copy()
    close[20 : 20 + len(li), 0] = li
    return replace(market, close=close)


def test_ten_yuan_less_two_percent_is_nine_eighty() -> None:
    market = closing(10_000)
    assert price_of(market, "raw_close * 0.98")[20, 0] == 9_800
    assert price_of(market, "raw_close * 0.98", "sell_limit")[20, 0] == 9_800
    market = closing(10_010)
    assert price_of(market, "raw_close * 0.98")[20, 0] == 9_800
    assert price_of(market, "raw_close * 0.98", "sell_limit")[20, 0] == 9_810
    assert price_of(market, "raw_close * 0.98", "buy_stop")[20, 0] == 9_810
    assert price_of(market, "raw_close * 0.98", "sell_stop")[20, 0] == 9_800


def test_funds_have_finer_ticks() -> None:
    market = random_market(1, holes=0.0, late=0.0, stocks=6)
    assert market.boards[5] == "fund"
    market.close[20, 4:6] = 10_010
    found = price_of(market, "raw_close * 0.9999")[20]
    assert (found[4], found[5]) == (10_000, 10_008)


NO_PRICES = ["raw_close - raw_close", "raw_close - 1000000", "raw_close / 0.000001", "raw_close / 100000000", "ref(raw_close, 100)",
             "raw_close / (volume - volume)", "-raw_close / (volume - volume)", "(raw_close - raw_close) / (volume - volume)",
             "if_else(close > 0, 0, raw_close)"]  # fmt: skip


@pytest.mark.parametrize("price", NO_PRICES)
def test_what_is_no_price_is_no_order(price: str) -> None:
    assert not price_of(random_market(1), price).any()


def test_a_million_yuan_is_the_most() -> None:
    market = closing(500_000_000, 500_000_010)
    assert price_of(market, "raw_close * 2")[20:22, 0].tolist() == [10**9, 0]
    assert price_of(market, "raw_close * 1.9999999999", "buy_stop")[20:22, 0].tolist() == [10**9, 0]


@settings(max_examples=50, deadline=None)
@given(
    some.lists(some.floats(0, 1e6) | some.floats(allow_nan=False), min_size=1, max_size=20),
    some.integers(1, 10**10),
    some.sampled_from([1, 10]),
    some.booleans(),
    some.booleans(),
)
def test_any_number_is_its_slow_twin(values: list[float], factor: int, tick: int, adjusted: bool, rounds_up: bool) -> None:
    out, x = np.empty(len(values)), np.array(values)
    units = np.full(x.size if adjusted else 0, 10_000 / factor)
    prices._whole_ticks(np.array([0, x.size]), np.array([tick]), units, x, rounds_up, out)
    near = Fraction(10_000, factor * tick) if adjusted else Fraction(0)
    for value, found in zip(values, out, strict=True):
        if np.isfinite(value):
            li = Fraction(value) * (Fraction(10_000, factor) if adjusted else 1_000)
            count, slack = li / tick, Fraction(1, 10**7)
            border = abs(abs(count - floor(count + Fraction(1, 2))) - max(near, Fraction(1, 10**6)))
            if border > slack and abs(count - floor(count) - Fraction(1, 2)) > slack and li <= 2 * 10**9:
                assert found == whole_ticks(li, tick, ceil if rounds_up else floor, near)
        assert found == 0 or (0 < found <= 10**9 and found % tick == 0)


def test_without_prices_there_are_none() -> None:
    market = random_market(2)
    plain = computed(market, order("raw_close").split("execution")[0])
    priced = computed(market, order("raw_close", "sell_stop"))
    for name in SIDES:
        assert getattr(plain, name).shape[0] == 0
        assert (getattr(priced, name).shape[0] > 0) == (name == "sell_stop")


GRID = """
name: grid
universe: {all: true}
params: {n: {default: 5, min: 2, max: 20}, dip: {default: 0.02, min: 0.0, max: 0.2}}
let: {floor: "lowest(low, n)"}
entry: close > sma(close, n)
exit: close < floor
execution: {buy: {limit: raw_close * (1 - dip)}, sell: {stop: floor}}
"""


def test_a_grid_shares_prices_that_are_equal() -> None:
    program, graph = compile_strategy(GRID), Graph()
    combinations = [{"n": n, "dip": dip} for n, dip in product((3, 5, 8), (0.01, 0.02))]
    outputs = [program.outputs(graph, each) for each in combinations]
    assert sum(node.op == "order_price" for node in graph.nodes) == 5
    assert sum(node.op == "lowest" for node in graph.nodes) == 3
    _, wanted = next(wishes(own_bars(random_market(4)), graph, np.array(outputs), Crew(1)))
    limits, stops = (wanted.addresses[:, Outputs._fields.index(name)].tolist() for name in ("buy_limit", "sell_stop"))
    assert limits == limits[:2] * 3 and len(set(limits)) == 2
    assert stops == [each for each in stops[::2] for _ in range(2)] and len(set(stops)) == 3
    found = list(signals(own_bars(random_market(4)), graph, outputs))
    for one, output in zip(found, outputs, strict=True):
        alone = next(signals(own_bars(random_market(4)), graph, [output]))
        for together, expected in zip(one, alone, strict=True):
            np.testing.assert_array_equal(together, expected)


@pytest.mark.parametrize("seed", range(3))
def test_prices_look_at_no_later_bar(seed: int) -> None:
    market = with_factors(random_market(seed, sessions=64, warm_up=12, ex_dates=0.08), seed)
    text = GRID.replace("sell: {stop", 'sell: {limit: "highest(high, 9) - std(close, 4)", stop')
    whole = computed(market, text)
    for count in (13, 14, 31, 50, 63):
        cut = computed(first_sessions(market, count), text)
        for name in ("buy_limit", "sell_limit", "sell_stop"):
            np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name)[:count])


def test_outputs_without_prices_are_those_of_before() -> None:
    assert Outputs(1, 2, 3) == (1, 2, 3, -1, -1, -1, -1, -1)
