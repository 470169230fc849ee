"""A generated market of any size for the benchmarks: random walks on the 0.01 grid with suspensions and bonus issues."""

import numpy as np

from engine.market import FAR, Actions, Listings, Market

SESSIONS_A_YEAR = 244


def generated_market(bars: int, stocks: int, seed: int = 7, suspended: float = 0.01, bonus_issues: bool = True) -> Market:
    """Deterministic by seed. A share of the cells is suspended; every stock has one 10-for-2 bonus issue a year, or none at all."""
    random = np.random.default_rng(seed)
    steps = random.normal(0.0003, 0.022, (bars, stocks))
    bonus = _bonus_days(random, bars, stocks) & bonus_issues
    has_bar = random.random((bars, stocks)) >= suspended
    has_bar[0] = True
    close = np.zeros((bars, stocks), np.int64)
    open_, high, low, pre_close = (np.zeros((bars, stocks), np.int64) for _ in range(4))
    factor = np.full((bars, stocks), 1_000_000, np.int64)
    last, adjust = random.integers(500, 5_000, stocks) * 10, np.full(stocks, 1_000_000, np.int64)
    for t in range(bars):
        ex = bonus[t] & has_bar[t]
        reference = np.where(ex, (last * 10 // 12 + 5) // 10 * 10, last)
        adjust = np.where(ex, adjust * last // reference, adjust)
        up, down = (reference // 10 * 110 + 50) // 100 * 10, (reference // 10 * 90 + 50) // 100 * 10
        gap, body = 1 + steps[t] * 0.3, 1 + steps[t]
        spread = 1 + np.abs(random.normal(0, 0.008, (2, stocks)))
        open_[t] = np.clip(np.rint(reference * gap / 10) * 10, down, up)
        close[t] = np.clip(np.rint(reference * body / 10) * 10, down, up)
        high[t] = np.clip(np.rint(np.maximum(open_[t], close[t]) * spread[0] / 10) * 10, 0, up)
        low[t] = np.clip(np.rint(np.minimum(open_[t], close[t]) / spread[1] / 10) * 10, down, FAR)
        pre_close[t] = reference
        last = np.maximum(np.where(has_bar[t], close[t], last), 100)
        close[t], factor[t] = last, adjust
        high[t] = np.maximum(high[t], last)  # above the least price, where the clip has left it below
    volume = random.integers(10_000, 2_000_000, (bars, stocks)) * 100 * has_bar
    blank = ~has_bar
    open_[blank] = high[blank] = pre_close[blank] = 0
    low[blank] = FAR
    return Market(
        frequency="1d", dataset=f"generated:{seed}", times=_times(bars), sessions=_dates(bars), window_start=0,
        codes=tuple(f"{600000 + i}.SH" for i in range(stocks)), boards=("main",) * stocks,
        open=_prices(open_), high=_prices(high), low=_prices(low), close=_prices(close), pre_close=_prices(pre_close),
        volume=volume.astype(np.int64), amount=volume * np.where(has_bar, close, 0), adj_factor=factor,
        limit_up=np.zeros((bars, stocks), np.int32), limit_down=np.zeros((bars, stocks), np.int32),
        member=np.ones((bars, stocks), np.uint8), is_st=np.zeros((bars, stocks), np.uint8),
        listed_sessions=np.full((bars, stocks), 1000, np.int32), fields={}, listings=Listings.plain(stocks), actions=Actions.none(),
    )  # fmt: skip


def _bonus_days(random: np.random.Generator, bars: int, stocks: int) -> np.ndarray:
    days = np.zeros((bars, stocks), bool)
    for year in range(0, bars, SESSIONS_A_YEAR):
        at = year + random.integers(1, SESSIONS_A_YEAR, stocks)
        inside = at < bars
        days[at[inside], np.nonzero(inside)[0]] = True
    return days


def _dates(bars: int) -> np.ndarray:
    weekdays = np.busday_offset("2016-01-04", np.arange(bars), roll="forward")
    return np.array([int(str(day).replace("-", "")) for day in weekdays], np.int32)


def _times(bars: int) -> np.ndarray:
    weekdays = np.busday_offset("2016-01-04", np.arange(bars), roll="forward")
    return weekdays.astype("datetime64[ms]").astype(np.int64) + 7 * 3_600_000


def _prices(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array.astype(np.int32))
