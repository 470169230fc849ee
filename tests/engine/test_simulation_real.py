"""The rules on real rows: nearly the whole market of 341 sessions lies inside its computed limits, and runs over it keep every rule."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.market import FAR, Actions, Listings, Market, board_of
from engine.simulation.events import events
from engine.simulation.outcome import Kind, Outcome, Phase, Reject
from engine.simulation.rules import price_limits
from engine.simulation.run import Signals, simulate
from engine.simulation.tape import prepare
from engine.terms import ONE, Conditions, Terms
from tests.engine.random_markets import pack, padded

FOLDER = os.environ.get("LIANGHU_REAL_DATA")
FILE = Path(FOLDER or ".") / "bars_1d_market_2018_2020.parquet"
pytestmark = pytest.mark.skipif(not FOLDER or not FILE.exists(), reason="LIANGHU_REAL_DATA does not name a folder with real bars")


@pytest.fixture(scope="module")
def market() -> Market:
    """Every code of the file; listing dates and ST are unknown here."""
    import polars as pl

    frame = pl.read_parquet(FILE)
    days, codes = frame["trade_date"].unique().sort(), frame["ts_code"].unique().sort()
    t = frame["trade_date"].rank("dense").to_numpy() - 1
    i = frame["ts_code"].rank("dense").to_numpy() - 1
    shape = len(days), len(codes)

    def panel(name: str, scale: int, dtype: Any, empty: int = 0) -> Any:
        made = np.full(shape, empty, dtype)
        made[t, i] = np.rint(frame[name].to_numpy() * scale)
        return made

    close = panel("close", 1000, np.int32)
    factor = panel("adj_factor", 10**6, np.int64)
    for row in range(1, shape[0]):
        close[row] = np.where(close[row] > 0, close[row], close[row - 1])
        factor[row] = np.where(factor[row] > 0, factor[row], factor[row - 1])
    return Market(
        frequency="1d",
        dataset="real:v1",
        times=np.arange(shape[0], dtype=np.int64),
        sessions=np.array([int(f"{day:%Y%m%d}") for day in days], np.int32),
        window_start=0,
        codes=tuple(codes),
        boards=tuple(board_of(code) for code in codes),
        open=panel("open", 1000, np.int32),
        high=panel("high", 1000, np.int32),
        low=panel("low", 1000, np.int32, FAR),
        close=close,
        pre_close=panel("pre_close", 1000, np.int32),
        volume=panel("vol", 100, np.int64),
        amount=panel("amount", 10**6, np.int64),
        adj_factor=np.where(factor > 0, factor, 10**6),
        limit_up=np.zeros(shape, np.int32),
        limit_down=np.zeros(shape, np.int32),
        member=np.ones(shape, np.uint8),
        is_st=np.zeros(shape, np.uint8),
        listed_sessions=np.zeros(shape, np.int32),
        fields={},
        listings=Listings.plain(len(codes)),
        actions=Actions.none(),
    )


def outside(market: Market) -> Any:
    """(T, N) bars that traded beyond their computed limits."""
    up, down = price_limits(market)
    return (market.open > 0) & ((market.high > up) | (market.low < down))


def test_every_bar_lies_inside_its_limits_but_33(market: Market) -> None:
    """32 listing days, whose upper limit is 44% above the issue price, and the return of 601975.SH after its suspended listing."""
    first_bars = (market.open > 0).argmax(axis=0)
    listings: set[tuple[str, int]] = set()
    others: set[tuple[str, int]] = set()
    for t, i in np.argwhere(outside(market)).tolist():
        at_its_limit = market.high[t, i] == (int(market.pre_close[t, i]) * 144 + 500) // 1000 * 10
        (listings if t == first_bars[i] and at_its_limit else others).add((market.codes[i], int(market.sessions[t])))
    assert len(listings) == 32
    assert others == {("601975.SH", 20190108)}


def test_listing_days_lie_inside_the_limits_of_a_listing(market: Market) -> None:
    listed = outside(market) & (market.high > price_limits(market)[0])
    market.listed_sessions[listed] = 1
    left = outside(market)
    market.listed_sessions[:] = 0
    assert [(market.codes[i], int(market.sessions[t])) for t, i in np.argwhere(left)] == [("601975.SH", 20190108)]


# ------------------------------------------------------------------------------------------------------------------------- runs


def grown(market: Market, sessions: int) -> Any:
    """Close / close so many sessions ago; NaN where there was none."""
    close = market.close.astype(float)
    ratio = np.full(market.shape, np.nan)
    before = close[:-sessions]
    ratio[sessions:] = np.where(before > 0, close[sessions:] / np.where(before > 0, before, 1), np.nan)
    return ratio


def rising(market: Market) -> Signals:
    rank = grown(market, 5)
    return Signals(pack((rank > 1.1) & (market.open > 0)), pack(rank < 0.97), padded(rank))


def fallen(market: Market) -> Signals:
    rank = grown(market, 10)
    return Signals(pack(rank < 0.85), pack(rank > 1.02), padded(-rank))


def closed_at_the_upper_limit(market: Market) -> Signals:
    """What everybody wants the next morning, and is sold on the first day that it falls: both sides meet their limits."""
    up, _ = price_limits(market)
    rank = grown(market, 3)
    return Signals(pack((market.close == up) & (market.open > 0)), pack(grown(market, 1) < 0.95), padded(rank))


def by_lot(seed: int) -> Callable[[Market], Signals]:
    """Random entries and exits of a random fifth of the stocks."""

    def signals(market: Market) -> Signals:
        rng = np.random.default_rng(seed)
        chosen = rng.random(market.shape[1]) < 0.2
        entry, exit_ = rng.random(market.shape) < 0.05, rng.random(market.shape) < 0.1
        return Signals(pack(entry & chosen), pack(exit_), padded(rng.random(market.shape)))

    return signals


STOPS: dict[str, Any] = {"stop_loss": 800_000, "take_profit": 1_500_000, "trailing_stop": 1_000_000, "max_holding": 20}
RUNS = {
    "rising, 5 bps": (rising, Terms(10**10, 50, slippage=5_000, volume_cap=ONE // 100, keep_rest=True, **STOPS)),
    "fallen, three ticks": (
        fallen,
        Terms(10**9, 30, slippage=3, slippage_model="ticks", volume_cap=ONE // 1000, keep_rest=True, **STOPS),
    ),
    "at the limit, no slippage": (closed_at_the_upper_limit, Terms(10**9, 40, volume_cap=ONE // 200, **STOPS)),
    "at the limit, 1%": (closed_at_the_upper_limit, Terms(10**8, 20, slippage=100_000, volume_cap=ONE // 100, **STOPS)),
    "rising, fills at the close": (
        rising,
        Terms(10**9, 40, slippage=10_000, volume_cap=ONE // 50, conditions=Conditions(fill="close"), **STOPS),
    ),
    "random, part of the range": (
        by_lot(1),
        Terms(10**9, 60, slippage=ONE // 10, slippage_model="range", volume_cap=ONE // 1000, keep_rest=True, **STOPS),
    ),
    "random, impact on the average price": (
        by_lot(2),
        Terms(10**9, 60, slippage=ONE // 10, slippage_model="impact", volume_cap=ONE // 50, conditions=Conditions(fill="vwap"), **STOPS),
    ),
    "random, small lots": (by_lot(3), Terms(10**7, 5, slippage=5_000, volume_cap=ONE // 10_000, keep_rest=True, **STOPS)),
}


@pytest.mark.parametrize("name", RUNS)
def test_no_fill_breaks_a_rule(market: Market, name: str) -> None:
    """Before slippage inside the bar and off the blocked side, after it inside the limits; volume cap, T+1, lots, the sum of all money."""
    signals, terms = RUNS[name][0](market), RUNS[name][1]
    outcome = simulate(prepare(market, terms.conditions), signals, terms, record=True)
    tallies = outcome.tallies
    assert tallies.trades > 100
    assert outcome.cash == terms.initial_cash - tallies.bought - tallies.fees + tallies.sold + tallies.fractions
    assert outcome.equity[-1] == outcome.cash + sum(each.shares * int(market.close[-1, each.stock]) for each in outcome.holdings)
    check_fills(market, terms, outcome)
    if name.startswith("at the limit"):
        assert min(tallies.refusals[Reject.LIMIT_UP], tallies.refusals[Reject.LIMIT_DOWN]) > 10


def test_nothing_is_bought_at_the_close_of_a_bar_that_closed_at_its_upper_limit(market: Market) -> None:
    conditions = Conditions(fill="close")
    outcome = simulate(prepare(market, conditions), closed_at_the_upper_limit(market), Terms(10**9, 40, conditions=conditions))
    assert outcome.tallies.buys == 0
    assert outcome.tallies.refusals[Reject.LIMIT_UP] > 10_000


def check_fills(market: Market, terms: Terms, outcome: Outcome) -> None:
    up, down = price_limits(market)
    taken, trigger = Counter[Any](), {}
    held, bought_today = Counter[int](), Counter[Any]()
    for event in events(outcome):
        cell = event.bar, event.stock
        if event.kind is Kind.EXIT and event.phase is Phase.INTRABAR:
            trigger[cell] = event.price
        if event.kind is Kind.EX_DATE:
            held[event.stock] = event.shares
        if event.kind not in (Kind.BUY, Kind.SELL):
            continue
        before = trigger[cell] if event.phase is Phase.INTRABAR else met(market, cell, terms.conditions.fill)
        assert market.low[cell] <= before <= market.high[cell]
        assert market.volume[cell] > 0
        if event.kind is Kind.BUY:
            assert before < up[cell]
            assert before <= event.price <= up[cell]
            assert event.shares % 100 == 0
            bought_today[cell] += event.shares
            held[event.stock] += event.shares
        else:
            assert before > down[cell]
            assert max(int(down[cell]), 1) <= event.price <= before
            assert event.shares <= held[event.stock] - bought_today[cell]
            held[event.stock] -= event.shares
        assert terms.slippage > 0 or event.price == before
        taken[cell] += event.shares
        assert terms.volume_cap is not None
        assert taken[cell] <= int(market.volume[cell]) * terms.volume_cap // ONE
    assert {each.stock: each.shares for each in outcome.holdings} == {stock: shares for stock, shares in held.items() if shares}


def met(market: Market, cell: tuple[int, int], fill: str) -> int:
    """What a market order meets before slippage; the average is clipped to the bar."""
    if fill == "vwap":
        amount, volume = int(market.amount[cell]), int(market.volume[cell])
        return min(max((2 * amount + volume) // (2 * volume), int(market.low[cell])), int(market.high[cell]))
    return int(market.close[cell] if fill == "close" else market.open[cell])
