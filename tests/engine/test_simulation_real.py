"""The rules on real rows: nearly the whole market of 341 sessions lies inside its computed limits, and a run over it adds up."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.market import FAR, Actions, Listings, Market, board_of
from engine.simulation.outcome import Kind
from engine.simulation.rules import price_limits
from engine.simulation.run import Signals, simulate
from engine.simulation.tape import prepare
from engine.terms import ONE, Terms
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
        amount=np.zeros(shape, np.int64),
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


def test_every_bar_lies_inside_its_limits_but_33(market: Market) -> None:
    """32 listing days at +44%, and 601975.SH on its return on 2019-01-08."""
    up, down = price_limits(market)
    above, below = market.high > up, (market.open > 0) & (market.low < down)
    assert int(above.sum()) == 32
    assert (market.high[above] == (market.pre_close[above].astype(np.int64) * 144 + 500) // 1000 * 10).all()
    assert [(market.codes[i], int(market.sessions[t])) for t, i in np.argwhere(below & ~above)] == [("601975.SH", 20190108)]


def test_listing_days_lie_inside_the_limits_of_a_listing(market: Market) -> None:
    outside = (market.open > 0) & (market.high > price_limits(market)[0])
    market.listed_sessions[outside] = 1
    up, down = price_limits(market)
    market.listed_sessions[:] = 0
    assert int(((market.open > 0) & ((market.high > up) | (market.low < down))).sum()) == 1


def test_a_run_over_the_whole_market_adds_up(market: Market) -> None:
    """Buy what rose most over five sessions, all rules on: conservation at every bar, and no fill on a blocked side."""
    close = market.close.astype(float)
    rank = np.full(market.shape, np.nan)
    rank[5:] = np.where(close[:-5] > 0, close[5:] / np.where(close[:-5] > 0, close[:-5], 1), np.nan)
    rose, bar = rank > 1.1, market.open > 0
    signals = Signals(pack(rose & bar), pack(rank < 0.97), padded(rank))
    terms = Terms(
        initial_cash=10**10,
        max_positions=50,
        slippage=5_000,
        volume_cap=ONE // 100,
        keep_rest=True,
        stop_loss=800_000,
        take_profit=2_500_000,
        trailing_stop=1_000_000,
        max_holding=20,
    )
    outcome = simulate(prepare(market), signals, terms, record=True)
    assert outcome.events is not None
    t = outcome.tallies
    assert t.trades > 500
    assert outcome.cash == terms.initial_cash - t.bought - t.fees + t.sold + t.fractions
    up, down = price_limits(market)
    bar_row, kind, stock, price = outcome.events[:, 0], outcome.events[:, 2], outcome.events[:, 3], outcome.events[:, 6]
    buys, sells = kind == Kind.BUY, kind == Kind.SELL
    assert (market.open[bar_row[buys], stock[buys]] < up[bar_row[buys], stock[buys]]).all()
    assert (price[sells] >= down[bar_row[sells], stock[sells]]).all()
    assert (market.high[bar_row[sells], stock[sells]] > down[bar_row[sells], stock[sells]]).all()
