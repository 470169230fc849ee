"""Small random markets that obey Market's conventions: holes, late listings, early ends, suspensions, ex-dates, ties on the tick."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers, Prices
from engine.market import FAR, Actions, Listings, Market, board_of

Bools = npt.NDArray[np.bool_]

TICK = 10
START = date(2020, 6, 1)
SEASONED = 500
"""Sessions since the listing of a stock that the panel begins with."""
CODES = ("000001.SZ", "000002.SZ", "000063.SZ", "300001.SZ", "300750.SZ", "510300.SH", "600000.SH", "600519.SH", "601318.SH", "688001.SH")


def random_market(
    seed: int,
    sessions: int = 60,
    stocks: int = 5,
    warm_up: int = 10,
    *,
    holes: float = 0.05,
    late: float = 0.3,
    ex_dates: float = 0.01,
    members: float = 1.0,
) -> Market:
    """`late` is the share of stocks that are listed inside the panel; `members` the share of cells inside the universe."""
    random = np.random.default_rng(seed)
    *days, after = _weekdays(sessions + 1)
    shape = (sessions, stocks)
    listed = np.where(random.random(stocks) < late, random.integers(0, max(1, sessions // 2), stocks), 0)
    ends = np.where(random.random(stocks) < late / 3, random.integers(max(1, sessions // 2), sessions + 1, stocks), sessions)
    rows = np.arange(sessions)[:, None]
    bars = (rows >= listed) & (rows < ends) & (random.random(shape) >= holes)
    codes = _codes(stocks)
    facts = {name: np.zeros(shape, np.int32) for name in ("open", "high", "low", "close", "pre_close")}
    facts["low"][:] = FAR
    adj_factor = np.full(shape, 1_000_000, np.int64)
    for stock in range(stocks):
        _walk(random, bars[:, stock], random.random(sessions) < ex_dates, stock, facts, adj_factor)
    volume = np.where(bars, random.integers(1, 5_000, shape) * 100, 0).astype(np.int64)
    middle = (facts["high"].astype(np.int64) + np.where(bars, facts["low"], 0)) // 2
    pe = np.where(random.random(shape) < 0.1, np.nan, np.round(random.normal(20.0, 10.0, shape), 2))
    return Market(
        frequency="1d",
        dataset="random:v1",
        times=np.array([_close_of(day) for day in days], np.int64),
        sessions=np.array([_number(day) for day in days], np.int32),
        previous_session=np.array([0, *(_number(day) for day in days[:-1])], np.int32),
        next_session=np.array([_number(day) for day in (*days[1:], after)], np.int32),
        window_start=min(warm_up, sessions - 1),
        codes=codes,
        boards=tuple(board_of(code) for code in codes),
        open=facts["open"],
        high=facts["high"],
        low=facts["low"],
        close=facts["close"],
        pre_close=facts["pre_close"],
        volume=volume,
        amount=volume * middle,
        adj_factor=adj_factor,
        limit_up=np.zeros(shape, np.int32),
        limit_down=np.zeros(shape, np.int32),
        member=(random.random(shape) < members).astype(np.uint8),
        is_st=(random.random(shape) < 0.02).astype(np.uint8),
        listed_sessions=np.maximum(rows - np.where(listed == 0, -SEASONED, listed) + 1, 0).astype(np.int32),
        fields={"pe": pe},
        listings=Listings.plain(stocks),
        actions=Actions.none(),
    )


def own_bars_of(market: Market, stock: int) -> Integers:
    """The rows of the sessions on which the stock has a bar."""
    return np.nonzero(market.open[:, stock] > 0)[0]


def first_sessions(market: Market, count: int) -> Market:
    """The same market with everything after its first `count` bars cut off."""
    cut: dict[str, Any] = {
        name: np.ascontiguousarray(value[:count]) for name, value in vars(market).items() if isinstance(value, np.ndarray)
    }
    fields = {name: np.ascontiguousarray(values[:count]) for name, values in market.fields.items()}
    return replace(market, window_start=min(market.window_start, count - 1), fields=fields, **cut)


def _walk(
    random: np.random.Generator,
    has_bar: Bools,
    ex_date: Bools,
    stock: int,
    facts: dict[str, Prices],
    adj_factor: Integers,
) -> None:
    """One stock's prices: small steps on a coarse grid, so that averages tie often; an ex-date divides the price and lifts the factor."""
    last, factor = 0, 1_000_000
    for row in range(has_bar.size):
        if last and ex_date[row]:
            reference = max(TICK, last * int(random.choice([10, 7, 5])) // 10 // TICK * TICK)
            factor = factor * last // reference
            last = reference
        adj_factor[row, stock] = factor
        facts["close"][row, stock] = last
        if not has_bar[row]:
            continue
        reference = last or int(random.integers(300, 3_000)) * TICK
        steps = max(1, reference // TICK // 40)
        open_, close = (max(TICK, reference + int(random.integers(-steps, steps + 1)) * TICK) for _ in range(2))
        facts["open"][row, stock], facts["close"][row, stock], facts["pre_close"][row, stock] = open_, close, reference
        facts["high"][row, stock] = max(open_, close) + int(random.integers(0, 3)) * TICK
        facts["low"][row, stock] = max(TICK, min(open_, close) - int(random.integers(0, 3)) * TICK)
        last = close


def _weekdays(count: int) -> list[date]:
    days = (START + timedelta(days=offset) for offset in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _close_of(day: date) -> int:
    """15:00 in Shanghai is 07:00 UTC."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000 + 7 * 3_600_000


def _codes(count: int) -> tuple[str, ...]:
    more = (f"{600_600 + extra}.SH" for extra in range(max(0, count - len(CODES))))
    return tuple(sorted((*CODES[:count], *more)))
