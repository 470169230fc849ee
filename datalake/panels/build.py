"""Build a panel: from the tables of a pinned dataset version to one object of aligned arrays."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.asked.benchmark import check_benchmark
from datalake.asked.context import DAILY_BARS, PAST_MEMBERS, check_context
from datalake.calendar import ints_to_dates
from datalake.errors import ContextError, Problem, UnknownDatasetError
from datalake.frequencies import DAILY as DAYS
from datalake.frequencies import MINUTES, bars_a_session, bars_of, finest_of, source_of
from datalake.lake import Lake, reading
from datalake.panels.benchmark_closes import benchmark_closes
from datalake.panels.facts import Known, listed_now
from datalake.panels.listings import action_arrays, code_changes, industries_of, linked, listing_arrays
from datalake.panels.members import Members
from datalake.panels.membership import resolve_members
from datalake.panels.minutes import fill_days, minute_bars
from datalake.panels.nobody import nobody_belongs, nobody_trades
from datalake.panels.other_bars import index_codes, reference_arrays
from datalake.panels.packing import Array, poured
from datalake.panels.panel import DAILY, DECIDING, FORMAT, PanelSpec
from datalake.panels.periods import decided_by_periods, periods_of
from datalake.panels.with_bars import Axis, Stocks, bars_and_facts, daily_bars
from datalake.periods import Periods
from datalake.reading import Reader
from datalake.versions import Dataset, resolve
from engine.arrays import Flags


def build_panel(lake: Lake, spec: PanelSpec) -> memoryview:
    """The panel's bytes: the same for the same spec, whoever builds it."""
    dataset = resolve(lake.store, spec.dataset)
    if dataset.snapshot != spec.snapshot:
        raise UnknownDatasetError(Problem("context.datasource_version", f"{spec.dataset} of this lake is not the one that was asked for"))
    problems = check_context(dataset, spec.universe, (spec.start, spec.end), spec.frequency, spec.fields, spec.execution_frequency)
    problems += check_benchmark(dataset, spec.benchmark)
    if problems:
        raise ContextError(problems)
    with reading(f"the tables of {spec.dataset}"):
        return poured(*_assembled(Reader(lake, dataset), spec))


def _assembled(reader: Reader, spec: PanelSpec) -> tuple[dict[str, Any], dict[str, Array]]:
    """Header and arrays of a panel that can be built."""
    dataset = reader.dataset
    axis = _axis(dataset, spec)
    changes = code_changes(reader, *axis.window)
    chosen = resolve_members(reader, spec.universe, axis.days, axis.told)
    members = _with_others(chosen, linked(chosen.codes, changes))
    daily = _days(reader, spec, axis, members.codes)
    minutes = _minutes(reader, spec, axis, members.codes)
    kept = _kept(reader, spec, axis, members, daily["open"] > 0, minutes)
    stay = linked((code for code, keep in zip(members.codes, kept.columns, strict=True) if keep), changes)
    columns = np.array([code in stay for code in members.codes], dtype=np.bool_)
    codes = tuple(code for code in members.codes if code in stay)
    flags = np.ascontiguousarray(kept.members[:, columns])
    stocks = _stocks(reader, codes)
    arrays = bars_and_facts(reader, spec, axis, stocks, flags, (_columns(daily, columns), _columns(minutes, columns)))
    if axis.periods:
        arrays = decided_by_periods(arrays, axis.periods, axis.window_start, bool(minutes), DAILY_BARS in spec.fields)
    arrays |= listing_arrays(stocks.instruments, stocks.names, dataset.catalog.sessions, axis.window[1])
    arrays |= action_arrays(reader, codes, (spec.start, spec.end), changes)
    arrays |= reference_arrays(reader, spec, axis)
    if spec.benchmark:
        arrays["benchmark"] = benchmark_closes(reader, spec.benchmark, axis.window)
    deciding = _bars_before(spec, axis)
    header = {
        "kind": "panel",
        "format": FORMAT,
        "spec": spec.to_json(),
        "dataset": spec.dataset,
        "frequency": spec.execution_frequency or spec.frequency,
        "window_start": 0 if spec.execution_frequency else deciding,
        "codes": list(codes),
        "boards": [row.board for row in stocks.instruments],
        "industries": industries_of(reader, stocks.instruments, axis.window[0]),
        "fields": _fields_in(arrays, ""),
        "decided_by": None,
        "references": index_codes(spec),
        "daily": None,
        "benchmark": spec.benchmark,
        "warm_up": {"wanted": spec.warm_up, "got": deciding},
        "left_out": sorted(set(chosen.codes) - set(codes)),
    }
    if spec.execution_frequency:
        header["decided_by"] = {"frequency": spec.frequency, "window_start": deciding, "fields": _fields_in(arrays, DECIDING)}
    if DAILY_BARS in spec.fields:
        header["daily"] = {"frequency": "1d", "window_start": axis.window_start, "fields": _fields_in(arrays, DAILY)}
    return header, arrays


def _fields_in(arrays: Iterable[str], prefix: str) -> list[str]:
    return sorted(name.removeprefix(f"{prefix}field:") for name in arrays if name.startswith(f"{prefix}field:"))


def _axis(dataset: Dataset, spec: PanelSpec) -> Axis:
    """The window's sessions and, as far as the data goes back, `warm_up` more before them; yet more of daily bars beside minute ones."""
    calendar = np.array(dataset.catalog.sessions, dtype=np.int32)
    start, after = np.searchsorted(calendar, spec.start), np.searchsorted(calendar, spec.end, side="right")
    periods = periods_of(dataset, spec)
    oldest = np.searchsorted(calendar, _first_day(dataset, spec.frequency))
    own = min(start, periods.first[0]) if periods else max(start - -(-spec.warm_up // bars_a_session(spec.frequency)), oldest)
    first = own
    if DAILY_BARS in spec.fields:
        first = min(own, max(own - spec.further - 1, np.searchsorted(calendar, _first_day(dataset, DAYS))))
    days = ints_to_dates(calendar[first:after])
    before = ints_to_dates(calendar[first - 1 : first]) if first else days[:1] - 1
    told = np.append(before, days[:-1]) if spec.frequency in MINUTES else days
    by_row = Periods(periods.first - first, periods.last - first) if periods else None
    return Axis(days, calendar[first:after], int(start - first), told, int(own - first), by_row)


def _bars_before(spec: PanelSpec, axis: Axis) -> int:
    """Bars that signals are computed on, before the window's first."""
    if axis.periods:
        return int(np.searchsorted(axis.periods.last, axis.window_start))
    return (axis.window_start - axis.own_start) * bars_a_session(spec.frequency)


def _first_day(dataset: Dataset, frequency: str) -> int:
    """Of the bars, which the context has been checked to have."""
    bars = bars_of(dataset, frequency)
    if bars is None:
        raise ContextError(Problem("context.frequency", f"{dataset.version} has no bars of frequency {frequency!r}"))
    return bars.first


def _days(reader: Reader, spec: PanelSpec, axis: Axis, codes: tuple[str, ...]) -> dict[str, Array]:
    """The daily bars; where the dataset has none they are made from minutes. A panel that asks for minutes alone makes its own days."""
    daily = daily_bars(reader, axis, codes)
    if source_of(reader.dataset, DAYS) == DAYS or (spec.frequency in MINUTES and DAILY_BARS not in spec.fields):
        return daily
    return fill_days(daily, minute_bars(reader, DAYS, axis.sessions, codes))


def _minutes(reader: Reader, spec: PanelSpec, axis: Axis, codes: tuple[str, ...]) -> dict[str, Array]:
    """The bars of the finest frequency where that is minutes: of every session, or of the window's where only orders meet them."""
    finest = spec.execution_frequency or spec.frequency
    return minute_bars(reader, finest, axis.sessions[axis.minutes_start(spec) :], codes) if finest in MINUTES else {}


def _columns(arrays: dict[str, Array], kept: npt.NDArray[np.bool_]) -> dict[str, Array]:
    """Where all are kept they are the same arrays."""
    return arrays if kept.all() else {name: array.compress(kept, axis=1) for name, array in arrays.items()}


def _with_others(members: Members, codes: set[str]) -> Members:
    """The members among more codes, who are never members."""
    everyone = tuple(sorted(codes))
    if everyone == members.codes:
        return members
    flags = np.zeros((len(members.bits), len(everyone)), dtype=np.uint8)
    flags[:, np.searchsorted(everyone, members.codes)] = members.flags
    return Members.of(everyone, flags)


class _Kept(NamedTuple):
    columns: npt.NDArray[np.bool_]
    """(N,) who stays in the panel: members that have a bar on some day of the window, or of the warm-up where that is asked for."""
    members: Flags
    """(T, N) membership, only while listed."""


def _kept(reader: Reader, spec: PanelSpec, axis: Axis, chosen: Members, has_bar: Known, minutes: Mapping[str, Array]) -> _Kept:
    traded = has_bar[axis.window_start :]
    if minutes:
        by_day = (minutes["open"] > 0).reshape(-1, bars_a_session(spec.execution_frequency or spec.frequency), len(chosen.codes))
        traded = np.logical_or.reduce(by_day, axis=1)
        if not spec.execution_frequency:
            has_bar = np.concatenate([has_bar[: axis.own_start], traded])
            traded = has_bar[axis.window_start :]
    instruments = [reader.dataset.catalog.by_code[code] for code in chosen.codes]
    members = chosen.flags & listed_now(instruments, axis.days, has_bar)
    window = slice(axis.window_start, None)
    if not members[window].any():
        raise nobody_belongs(reader, spec.universe, (spec.start, spec.end))
    columns: Known = np.logical_or.reduce(members[window]) & np.logical_or.reduce(traded)
    if not columns.any():
        listed = [code for code, is_one in zip(chosen.codes, np.logical_or.reduce(members[window]).tolist(), strict=True) if is_one]
        source = source_of(reader.dataset, finest_of(spec.frequency, spec.execution_frequency))
        raise nobody_trades(reader, listed, (spec.start, spec.end), f"bars_{source}")
    if PAST_MEMBERS in spec.fields:
        columns |= np.logical_or.reduce((members > 0) & has_bar)
    return _Kept(columns, members.astype(np.uint8))


def _stocks(reader: Reader, codes: tuple[str, ...]) -> Stocks:
    names = reader.rows("namechange", codes=codes).collect() if reader.has("namechange") else None
    return Stocks(codes, [reader.dataset.catalog.by_code[code] for code in codes], names)
