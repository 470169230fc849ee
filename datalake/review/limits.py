"""The limits that the market's rules give for bars, by the engine's own rows: they have one home."""

import numpy as np
import polars as pl

from datalake.calendar import dates_to_ints, to_int
from datalake.panels.facts import SPECIAL, listed_sessions, special_treatment
from datalake.panels.listings import LEAVING, delisting_starts
from datalake.reading import places, spread
from datalake.review.beside import Beside
from datalake.versions import Instrument
from engine.arrays import Flags, Prices
from engine.market import Actions, Listings, Market, board_of
from engine.simulation.limits import price_limits


def ruled_limits(beside: Beside, bars: pl.DataFrame) -> pl.DataFrame:
    """The bars (ts_code, trade_date, pre_close in li ...) with limit_up and limit_down in li: FAR and 0 where there is no limit.

    Where a fund's percent is not known, the wider one is taken; where a listing date is not, no session is a first one.
    """
    if bars.is_empty():
        return bars
    codes = bars["ts_code"].unique().sort().to_list()
    days = bars["trade_date"].unique().sort().to_numpy()
    where = places(bars, "trade_date", days, codes)
    market = _market(beside, codes, days, spread(bars["pre_close"], where, (len(days), len(codes)), np.int32))
    up, down = price_limits(market)
    return bars.with_columns(limit_up=pl.Series(up[where]), limit_down=pl.Series(down[where]))


def _market(beside: Beside, codes: list[str], days: np.ndarray, pre_close: Prices) -> Market:
    """Only what the limits look at is filled in."""
    shape = pre_close.shape
    sessions = dates_to_ints(days)
    instruments = _instruments(beside, codes)
    ages, special, leaving = _facts(beside, instruments, days, sessions)
    nothing, whole = np.zeros(shape, np.int32), np.zeros(shape, np.int64)
    return Market(
        frequency="1d", dataset="", times=np.zeros(shape[0], np.int64), sessions=sessions, window_start=0,
        codes=tuple(codes), boards=tuple(row.board for row in instruments),
        open=nothing, high=nothing, low=nothing, close=nothing, pre_close=pre_close, volume=whole, amount=whole, adj_factor=whole,
        limit_up=nothing, limit_down=nothing, member=np.zeros(shape, np.uint8), is_st=special, listed_sessions=ages, fields={},
        listings=Listings(("",) * shape[1], np.zeros(shape[1], np.uint8), leaving, np.zeros(shape[1], np.int32)), actions=Actions.none(),
    )  # fmt: skip


def _facts(beside: Beside, instruments: list[Instrument], days: np.ndarray, sessions: Prices) -> tuple[Prices, Flags, Prices]:
    """Listed sessions (T, N), special treatment (T, N), the first session of the delisting period (N,)."""
    codes = [row.ts_code for row in instruments]
    calendar = _calendar(beside, sessions)
    ages = listed_sessions(instruments, days, calendar)
    if not beside.has("namechange"):
        return ages, np.zeros(ages.shape, np.uint8), np.zeros(len(codes), np.int32)
    names = beside.whole("namechange")
    marked = names.filter(pl.col("name").str.contains(f"{SPECIAL.pattern}|{LEAVING.pattern}"))["ts_code"].unique()
    names = names.filter(pl.col("ts_code").is_in(marked.implode()))
    return ages, special_treatment(names, days, codes), delisting_starts(names, codes, calendar)


def _calendar(beside: Beside, sessions: Prices) -> list[int]:
    if not beside.has("trade_cal"):
        return [int(day) for day in sessions]
    opened = beside.whole("trade_cal").filter(pl.col("is_open") == 1)["cal_date"].unique().sort()
    return [int(day) for day in dates_to_ints(opened.to_numpy())]


def _instruments(beside: Beside, codes: list[str]) -> list[Instrument]:
    known = {}
    if beside.has("instruments"):
        rows = beside.whole("instruments").select("ts_code", "list_date", "limit_percent").iter_rows()
        known = {code: (to_int(listed) if listed else 0, percent) for code, listed, percent in rows}
    found = []
    for code in codes:
        listed, percent = known.get(code, (0, None))
        board = board_of(code)
        wide = board == "fund" and percent in (None, 20)
        found.append(Instrument(code, "", "fund_20" if wide else board, "", listed, 0))
    return found
