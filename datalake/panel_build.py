"""Build a panel: from the tables of a pinned dataset version to one object of aligned arrays."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from datalake.arrays import Array, pack
from datalake.calendar import close_times, dates_to_ints, ints_to_dates
from datalake.context import check_context
from datalake.errors import ContextError, Problem, UnknownDatasetError
from datalake.lake import Lake, reading
from datalake.membership import resolve_members
from datalake.objects import put_new
from datalake.panel import FORMAT, PanelSpec, has_panel, object_key
from datalake.panel_facts import carry_close, clean_factors, listed_now, listed_sessions, special_treatment
from datalake.panel_minutes import MINUTES, bars_a_session, fill_days, minute_bars, over_minutes
from datalake.reading import Days, Reader, places, spread
from datalake.tables import DAILY_BASIC_FIELDS
from datalake.universe import FIELD
from datalake.versions import Dataset, Instrument, resolve
from engine.arrays import Flags
from engine.market import FAR


def ensure_panel(lake: Lake, spec: PanelSpec) -> str:
    """The key of the spec's panel, which is built and put if it is not there. Two builders at once make the same bytes."""
    if not has_panel(lake.store, spec.key):
        put_new(lake.store, object_key(spec.key), build_panel(lake, spec))
    return spec.key


def build_panel(lake: Lake, spec: PanelSpec) -> bytes:
    """The panel's bytes: the same for the same spec, whoever builds it."""
    dataset = resolve(lake.store, spec.dataset)
    if dataset.snapshot != spec.snapshot:
        raise UnknownDatasetError(Problem("context.datasource_version", f"{spec.dataset} of this lake is not the one that was asked for"))
    problems = check_context(dataset, spec.universe, (spec.start, spec.end), spec.frequency, spec.fields)
    if problems:
        raise ContextError(problems)
    with reading(f"the tables of {spec.dataset}"):
        return pack(*_assembled(Reader(lake, dataset), spec))


def _assembled(reader: Reader, spec: PanelSpec) -> tuple[dict[str, Any], dict[str, Array]]:
    """Header and arrays of a panel that can be built."""
    dataset = reader.dataset
    axis = _axis(dataset, spec)
    members = resolve_members(reader, spec.universe, axis.days, axis.told)
    daily = _daily_bars(reader, axis, members.codes)
    minutes: dict[str, Array] = {}
    traded: npt.NDArray[np.bool_] = daily["open"] > 0
    if spec.frequency in MINUTES:
        minutes = minute_bars(reader, spec.frequency, axis.sessions, members.codes)
        daily = fill_days(daily, minutes)
        traded = np.logical_or.reduce((minutes["open"] > 0).reshape(len(axis.days), -1, len(members.codes)), axis=1)
    kept = _kept(reader, axis, members.codes, members.flags, traded)
    codes = tuple(code for code, keep in zip(members.codes, kept.columns, strict=True) if keep)
    arrays = _facts(reader, spec, axis, codes, _columns(daily, kept.columns))
    arrays["member"] = np.ascontiguousarray(kept.members[:, kept.columns])
    if minutes:
        arrays = over_minutes(arrays, _columns(minutes, kept.columns), axis.sessions, spec.frequency)
    window_start = axis.window_start * bars_a_session(spec.frequency)
    instruments = [dataset.catalog.by_code[code] for code in codes]
    header = {
        "kind": "panel",
        "format": FORMAT,
        "spec": spec.to_json(),
        "dataset": spec.dataset,
        "frequency": spec.frequency,
        "window_start": window_start,
        "codes": list(codes),
        "boards": [row.board for row in instruments],
        "fields": sorted(name.removeprefix("field:") for name in arrays if name.startswith("field:")),
        "warm_up": {"wanted": spec.warm_up, "got": window_start},
        "left_out": sorted(set(members.codes) - set(codes)),
    }
    return header, arrays


class _Axis(NamedTuple):
    days: Days
    """(T,) the panel's sessions."""
    sessions: npt.NDArray[np.int32]
    window_start: int
    told: Days
    """(T,) the newest session whose daily figures are out when a session's bars are seen: a daily bar is seen at the close, when its own
    are; minute bars are seen before, and know those of the session before."""

    @property
    def span(self) -> tuple[int, int]:
        return int(self.sessions[0]), int(self.sessions[-1])


def _axis(dataset: Dataset, spec: PanelSpec) -> _Axis:
    """The window's sessions and, as far as the data goes back, `warm_up` more before them."""
    calendar = np.array(dataset.catalog.sessions, dtype=np.int32)
    start, after = np.searchsorted(calendar, spec.start), np.searchsorted(calendar, spec.end, side="right")
    oldest = np.searchsorted(calendar, dataset.catalog.bars[spec.frequency].first)
    first = max(start - -(-spec.warm_up // bars_a_session(spec.frequency)), oldest)
    days = ints_to_dates(calendar[first:after])
    before = ints_to_dates(calendar[first - 1 : first]) if first else days[:1] - 1
    told = np.append(before, days[:-1]) if spec.frequency in MINUTES else days
    return _Axis(days, calendar[first:after], int(start - first), told)


_PRICES = ("open", "high", "low", "close", "pre_close")


def _daily_bars(reader: Reader, axis: _Axis, codes: tuple[str, ...]) -> dict[str, Array]:
    """(T, N) bars of the codes, 0 where there is none; bars on days that are no sessions are not seen."""
    wanted = ["ts_code", "trade_date", *_PRICES, "volume", "amount"]
    if not reader.has("bars_1d"):
        empty = np.zeros((len(axis.days), len(codes)), dtype=np.int64)
        return {name: empty.astype(np.int32) for name in _PRICES} | {name: empty.copy() for name in ("volume", "amount")}
    rows = reader.rows("bars_1d", axis.span, codes).select(wanted).collect()
    rows = rows.filter(pl.Series(np.isin(rows["trade_date"].to_numpy(), axis.days)))
    where, shape = places(rows, "trade_date", axis.days, codes), (len(axis.days), len(codes))
    bars = {name: spread(rows[name], where, shape, np.int32) for name in _PRICES}
    return bars | {name: spread(rows[name], where, shape, np.int64) for name in ("volume", "amount")}


def _columns(arrays: dict[str, Array], kept: npt.NDArray[np.bool_]) -> dict[str, Array]:
    return {name: np.ascontiguousarray(array[:, kept]) for name, array in arrays.items()}


class _Kept(NamedTuple):
    columns: npt.NDArray[np.bool_]
    """(N,) who stays in the panel: members that have a bar on some day of the window."""
    members: Flags
    """(T, N) membership, only while listed."""


def _kept(reader: Reader, axis: _Axis, codes: tuple[str, ...], flags: Flags, has_bar: npt.NDArray[np.bool_]) -> _Kept:
    instruments = [reader.dataset.catalog.by_code[code] for code in codes]
    members = flags & listed_now(instruments, axis.days, has_bar)
    window = slice(axis.window_start, None)
    if not members[window].any():
        message = "the universe is empty on every day of the window"
        raise ContextError(Problem(FIELD, message, "widen the window or choose other stocks"))
    columns: npt.NDArray[np.bool_] = np.logical_or.reduce(members[window]) & np.logical_or.reduce(has_bar[window])
    if not columns.any():
        raise ContextError(Problem("context.window", "no stock of the universe has a bar in the window"))
    return _Kept(columns, members.astype(np.uint8))


def _facts(reader: Reader, spec: PanelSpec, axis: _Axis, codes: tuple[str, ...], bars: dict[str, Array]) -> dict[str, Array]:
    """Every array of the Market but `member`, from the raw bars of the codes that stay."""
    shape = (len(axis.days), len(codes))
    has_bar = bars["open"] > 0
    instruments: list[Instrument] = [reader.dataset.catalog.by_code[code] for code in codes]
    bars["close"] = carry_close(bars["close"], has_bar)
    bars["low"] = np.where(has_bar, bars["low"], np.int32(FAR))
    arrays: dict[str, Array] = {"times": close_times(axis.sessions), "sessions": axis.sessions, **bars}
    vendor = _values(reader, "adj_factor", ["adj_factor"], axis.days, codes, np.int64, 0)
    arrays["adj_factor"] = clean_factors(has_bar, bars["close"], bars["pre_close"], vendor.get("adj_factor", np.zeros(shape, np.int64)))
    arrays["limit_up"] = np.zeros(shape, dtype=np.int32)
    arrays["limit_down"] = np.zeros(shape, dtype=np.int32)
    arrays["listed_sessions"] = listed_sessions(instruments, axis.days, reader.dataset.catalog.sessions)
    names = reader.rows("namechange", codes=codes).collect() if reader.has("namechange") else None
    arrays["is_st"] = np.zeros(shape, dtype=np.uint8) if names is None else special_treatment(names, axis.days, codes)
    return arrays | _fields(reader, spec, axis, codes)


def _fields(reader: Reader, spec: PanelSpec, axis: _Axis, codes: tuple[str, ...]) -> dict[str, Array]:
    """float64 facts by name: daily_basic's in its units, an index's close in points on every column."""
    basics = [name for name in spec.fields if name in {column.name for column in DAILY_BASIC_FIELDS}]
    found = _values(reader, "daily_basic", basics, axis.told, codes, np.float64, float("nan")) if basics else {}
    for name in spec.fields:
        if name.startswith("index:"):
            index = (name.removeprefix("index:"),)
            li = _values(reader, "index_1d", ["close"], axis.told, index, np.float64, float("nan"))["close"]
            found[name] = np.repeat(li / 1000.0, len(codes), axis=1)
    return {f"field:{name}": array for name, array in sorted(found.items())}


def _values(
    reader: Reader, table: str, columns: list[str], days: Days, codes: tuple[str, ...], dtype: Any, empty: float
) -> dict[str, Array]:
    """(T, N) of some columns of a daily table on each of the days; nothing where the dataset lacks the table."""
    if not reader.has(table):
        return {}
    first, last = (int(day) for day in dates_to_ints(days[[0, -1]]))
    rows = reader.rows(table, (first, last), codes).select("ts_code", "trade_date", *columns).collect()
    rows = rows.filter(pl.Series(np.isin(rows["trade_date"].to_numpy(), days)))
    where, shape = places(rows, "trade_date", days, codes), (len(days), len(codes))
    return {name: spread(rows[name], where, shape, dtype, empty) for name in columns}
