"""The arrays of a panel that go with bars: daily ones, minutes, and the facts of their days."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from datalake.asked.context import DAILY_BARS
from datalake.calendar import close_times, dates_to_ints, next_sessions, previous_sessions
from datalake.layout import Grid, Kind, delisted_on, lay_out
from datalake.panels.facts import Known, carry_close, clean_factors, listed_sessions, special_treatment
from datalake.panels.minutes import fill_days, over_minutes
from datalake.panels.packing import Array
from datalake.panels.panel import DAILY, DECIDING, PanelSpec
from datalake.periods import Periods
from datalake.reading import Days, Reader, places
from datalake.tables import DAILY_BASIC_FIELDS
from datalake.versions import Dataset, Instrument
from engine.arrays import Flags, Integers
from engine.market import FAR

_BARS = dict.fromkeys(("open", "high", "low", "close", "pre_close"), Kind(np.int32)) | dict.fromkeys(("volume", "amount"), Kind(np.int64))


class Axis(NamedTuple):
    days: Days
    """(T,) the panel's sessions."""
    sessions: npt.NDArray[np.int32]
    window_start: int
    told: Days
    """(T,) the newest session whose daily figures are out when a session's bars are seen: a daily bar is seen at the close, when its own
    are; minute bars are seen before, and know those of the session before."""
    own_start: int = 0
    """The first session whose bars signals are computed on; those before it are there for the daily bars beside others."""
    periods: Periods | None = None
    """The weeks or months that signals are computed on, by rows."""

    @property
    def span(self) -> tuple[int, int]:
        return int(self.sessions[0]), int(self.sessions[-1])

    def minutes_start(self, spec: PanelSpec) -> int:
        """The first session that has minute bars: the window's where only orders meet them."""
        return self.window_start if spec.execution_frequency else self.own_start

    @property
    def window(self) -> tuple[int, int]:
        """The window's first and last session."""
        return int(self.sessions[self.window_start]), int(self.sessions[-1])


class Stocks(NamedTuple):
    """Those that stay."""

    codes: tuple[str, ...]
    instruments: list[Instrument]
    names: pl.DataFrame | None
    """Rows of namechange; None: the dataset lacks them."""


def bars_and_facts(
    reader: Reader, spec: PanelSpec, axis: Axis, stocks: Stocks, member: Flags, bars: tuple[dict[str, Array], dict[str, Array]]
) -> dict[str, Array]:
    """Every array that goes with bars, from the raw daily and minute bars."""
    daily, minutes = bars
    facts = _facts_of_days(reader.dataset, axis, stocks) | {"member": member}
    factors = factors_of(reader, axis.days, stocks.codes)
    limits = _limits(reader, axis, stocks.codes)
    fields = _fields(reader, spec, axis, stocks.codes)
    if not minutes:
        return {"times": close_times(axis.sessions), **facts, **_priced(daily, factors, limits), **fields}
    start = axis.minutes_start(spec)
    last = carry_close(daily["close"].copy(), daily["open"] > 0)[start - 1] if start else None
    filled = fill_days(_rows(daily, start), minutes, last)
    days = facts | _priced({name: np.concatenate([array[:start], filled[name]]) for name, array in daily.items()}, factors, limits)
    beside = {"times": close_times(axis.sessions), **facts, **_priced(daily, factors, limits)}
    if spec.execution_frequency:
        days["member"] = np.concatenate([member[:1], member[:-1]])  # minute bars come before the day's own close
        out = over_minutes(_rows(days, start), minutes, axis.sessions[start:], spec.execution_frequency, last)
        return out | {DECIDING + name: array for name, array in (beside | fields).items()}
    out = over_minutes(_rows(days | fields, start), minutes, axis.sessions[start:], spec.frequency, last)
    if DAILY_BARS not in spec.fields:
        return out
    beside["member"] = np.concatenate([member[1:], member[-1:]])  # what the next session's minutes know is known at a day's close
    beside["adj_factor"] = days["adj_factor"]  # one scale for both, also where minutes make up for a daily bar
    beside |= _fields(reader, spec, axis._replace(told=axis.days), stocks.codes)
    return out | {DAILY + name: array for name, array in beside.items()}


def daily_bars(reader: Reader, axis: Axis, codes: tuple[str, ...]) -> dict[str, Array]:
    """(T, N) bars of the codes, 0 where there is none. Bars on days that are no sessions, or after a delisting, are not seen, and a row
    without volume (some vendors write a suspended day so) is none."""
    grid = Grid(axis.days, codes, delisted_on(reader.dataset, axis.days, codes))
    if not reader.has("bars_1d"):
        return grid.empty(_BARS)
    rows = reader.portions("bars_1d", ["ts_code", "trade_date", *_BARS], axis.span, codes, pl.col("volume") > 0)
    return lay_out(rows, "trade_date", grid, _BARS)


def _rows(arrays: Mapping[str, Array], start: int) -> dict[str, Array]:
    return {name: array[start:] for name, array in arrays.items()}


class Factors(NamedTuple):
    """What adjustment factors are made of beside bars; None: the dataset has no such table."""

    vendor: Integers | None
    """(T, N) millionths, 0 where there is none."""
    recorded: Known | None
    """(T, N) where a dividend record has its ex-date."""


def factors_of(reader: Reader, days: Days, codes: tuple[str, ...]) -> Factors:
    """An ex-date that is no session is the next session's."""
    vendor = values_of(reader, "adj_factor", ["adj_factor"], days, codes, np.int64, 0).get("adj_factor")
    if not reader.has("dividends"):
        return Factors(vendor, None)
    first, last = (int(day) for day in dates_to_ints(days[[0, -1]]))
    paid = (pl.col("stk_div").fill_null(0) > 0) | (pl.col("cash_div_tax").fill_null(0) > 0)
    rows = reader.rows("dividends", (first, last), codes).filter(paid).select("ex_date", "ts_code").collect()
    recorded = np.zeros((len(days), len(codes)), dtype=np.bool_)
    recorded[places(rows, "ex_date", days, codes)] = True
    return Factors(vendor, recorded)


def _limits(reader: Reader, axis: Axis, codes: tuple[str, ...]) -> dict[str, Array]:
    """The vendor's limit prices of each day, 0 where it gives none; empty where the dataset has none at all."""
    return values_of(reader, "limits", ["limit_up", "limit_down"], axis.days, codes, np.int32, 0)


def _priced(bars: Mapping[str, Array], factors: Factors, limits: Mapping[str, Array]) -> dict[str, Array]:
    """Daily bars as a Market holds them, with their factors and limits."""
    has_bar = bars["open"] > 0
    out = dict(bars) | {"close": carry_close(bars["close"].copy(), has_bar), "low": np.where(has_bar, bars["low"], np.int32(FAR))}
    out["adj_factor"] = clean_factors(has_bar, out["close"], out["pre_close"], *factors)
    return out | {name: np.where(has_bar, limit, np.int32(0)) for name, limit in limits.items()}


def _facts_of_days(dataset: Dataset, axis: Axis, stocks: Stocks) -> dict[str, Array]:
    """What holds on each day, with a bar or without."""
    shape = (len(axis.days), len(stocks.codes))
    plain = np.zeros(shape, dtype=np.uint8)
    return {
        "sessions": axis.sessions,
        "previous_session": previous_sessions(dataset.catalog.sessions, axis.sessions),
        "next_session": next_sessions(dataset.catalog.sessions, axis.sessions),
        "limit_up": np.zeros(shape, dtype=np.int32),
        "limit_down": np.zeros(shape, dtype=np.int32),
        "listed_sessions": listed_sessions(stocks.instruments, axis.days, dataset.catalog.sessions),
        "is_st": plain if stocks.names is None else special_treatment(stocks.names, axis.days, stocks.codes),
    }


def _fields(reader: Reader, spec: PanelSpec, axis: Axis, codes: tuple[str, ...]) -> dict[str, Array]:
    """float64 facts by name: daily_basic's in its units."""
    basics = [name for name in spec.fields if name in {column.name for column in DAILY_BASIC_FIELDS}]
    found = values_of(reader, "daily_basic", basics, axis.told, codes, np.float64, float("nan")) if basics else {}
    return {f"field:{name}": array for name, array in sorted(found.items())}


def values_of(
    reader: Reader, table: str, columns: list[str], days: Days, codes: tuple[str, ...], dtype: Any, empty: float
) -> dict[str, Array]:
    """(T, N) of some columns of a daily table on each of the days; nothing where the dataset lacks the table."""
    if not reader.has(table):
        return {}
    first, last = (int(day) for day in dates_to_ints(days[[0, -1]]))
    rows = reader.portions(table, ["ts_code", "trade_date", *columns], (first, last), codes)
    return lay_out(rows, "trade_date", Grid(days, codes), dict.fromkeys(columns, Kind(dtype, empty)))
