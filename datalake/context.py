"""Whether a dataset can serve a backtest: universe, window, frequency and fields, all problems at once. Light: the API asks this."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from typing import Literal

from datalake.calendar import is_day, to_date
from datalake.errors import ContextError, Problem, did_you_mean
from datalake.universe import FIELD, read_universe
from datalake.universe_checks import check_universe, stocks_only
from datalake.versions import Dataset

PAST_MEMBERS = "past_members"
"""Wish of a strategy that compares the stocks of a day: a panel that holds also those who are members in the warm-up only."""
INDEX_BARS = "index:"
"""Beginning of the wish for an index's daily bars; its code follows."""
DAILY_BARS = "daily"
"""Wish for the stocks' daily bars beside minute ones."""
ALWAYS = ("adj_factor", "member", PAST_MEMBERS)
"""Asked for by nobody who could be refused."""

_SOURCES = {"is_st": "namechange", "listed_sessions": "instruments"}
_WORDS = {"listed_sessions": "listed_days"}
"""What a strategy calls it."""
EXECUTION = "strategy.execution.frequency"
DIVIDENDS = "strategy.costs.dividends"
_TOLD, _TOLD_OF = 9, 10
"""The share of ex-dates that must have a record."""
_DAYS_A_YEAR = 365.25
_LONGEST_HOLIDAY = 12
"""Days: how far a window may start before the first known session without missing one."""


def check_context(
    dataset: Dataset,
    universe: object,
    window: tuple[int, int],
    frequency: str = "1d",
    fields: Collection[str] = (),
    execution_frequency: str = "",
) -> list[Problem]:
    """Everything that is wrong. `window` holds the first and the last day, YYYYMMDD; an empty execution_frequency is the other one."""
    finest = execution_frequency or frequency
    problems = [*_window(dataset, window, frequency), *_fields(dataset, fields), *_execution(dataset, window, frequency, finest)]
    if DAILY_BARS in fields:
        problems += _daily(dataset, window, frequency)
    try:
        wanted = read_universe(universe)
    except ContextError as error:
        return [*problems, *error.problems]
    if wanted.kind == "rank" and wanted.lag == 0 and frequency != "1d":
        problems.append(Problem(f"{FIELD}.lag", "is 0, and what a day's ranking is made of is known after its last minute", "lag: 1"))
    return [*problems, *check_universe(dataset, wanted, window, dataset.catalog.bars.get(finest))]


def resolve_actions(dataset: Dataset, window: tuple[int, int]) -> Literal["cash", "reinvest"]:
    """How corporate actions are settled where nobody says it: "cash" where the dataset's dividend records cover the window.

    They do where, in each calendar year that the window touches, nine of ten ex-dates have a record. An ex-date shows in the daily bars:
    its reference price differs from the last close. Rights issues have no record, so not all of them can be asked for.
    """
    if "dividends" not in dataset.tables or not dataset.catalog.ex_dates:
        return "reinvest"
    return "cash" if all(told * _TOLD_OF >= seen * _TOLD for seen, told in _ex_dates(dataset, window).values()) else "reinvest"


def check_actions(dataset: Dataset, window: tuple[int, int]) -> Iterator[Problem]:
    """What stands against dividends in cash where somebody asked for them: an ex-date without a record loses its dividend.

    A single one may be a rights issue. A year without any record is a year whose records are missing.
    """
    hint = "leave it out, then they are reinvested where they are not known, or import dividends"
    if "dividends" not in dataset.tables:
        yield Problem(DIVIDENDS, f"is cash, and {dataset.version} has no dividend records", hint)
        return
    silent = [year for year, (seen, told) in sorted(_ex_dates(dataset, window).items()) if seen and not told]
    if silent:
        yield Problem(DIVIDENDS, f"is cash, and {dataset.version} has no dividend record of {', '.join(silent)}", hint)


def _ex_dates(dataset: Dataset, window: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """By calendar year that the window touches: how many ex-dates there are, and how many have a record."""
    first, last = (day // 10_000 for day in window)
    return {year: counts for year, counts in dataset.catalog.ex_dates.items() if first <= int(year) <= last}


def survivors(dataset: Dataset, start: int) -> dict[str, float]:
    """Of a dataset that knows of no delisted stock: how many `stocks` it has, and the `years` from a window's first day to its last bar,
    in which some of them should have been delisted. Nothing of a dataset that knows of one, or has no stocks."""
    catalog = dataset.catalog
    stocks = stocks_only(catalog)
    if not stocks or not catalog.bars or any(row.delist_date for row in stocks):
        return {}
    days = (to_date(max(bars.last for bars in catalog.bars.values())) - to_date(start)).days
    return {"stocks": len(stocks), "years": round(days / _DAYS_A_YEAR, 2)}


def _window(dataset: Dataset, window: tuple[int, int], frequency: str) -> Iterator[Problem]:
    start, end = window
    catalog = dataset.catalog
    for name, day in (("start", start), ("end", end)):
        if not is_day(day):
            yield Problem(f"context.window.{name}", f"there is no day {_iso(day)}")
            return
    if start > end:
        yield Problem("context.window", f"it ends ({_iso(end)}) before it starts ({_iso(start)})", "exchange start and end")
        return
    bars = catalog.bars.get(frequency)
    if bars is None:
        known = ", ".join(catalog.bars) or "no bars at all"
        yield Problem("context.frequency", f"{dataset.version} has no bars of frequency {frequency!r}", f"it has {known}")
        return
    inside = bisect_right(catalog.sessions, end) - bisect_left(catalog.sessions, start)
    beyond = bisect_right(catalog.sessions, end) > bisect_right(catalog.sessions, bars.last)
    if end > bars.last and (beyond or end > catalog.sessions[-1]):
        yield Problem("context.window.end", f"{_iso(end)} lies beyond the data", f"{dataset.version} ends on {_iso(bars.last)}")
    skipped = bisect_left(catalog.sessions, start) < bisect_left(catalog.sessions, bars.first)
    if skipped or (to_date(bars.first) - to_date(start)).days > _LONGEST_HOLIDAY:
        yield Problem("context.window.start", f"{_iso(start)} lies before the data", f"{dataset.version} starts on {_iso(bars.first)}")
    elif inside == 0 and end <= bars.last:
        yield Problem("context.window", f"there is no session from {_iso(start)} to {_iso(end)}", "the exchange was closed")


def _execution(dataset: Dataset, window: tuple[int, int], frequency: str, finest: str) -> Iterator[Problem]:
    """What stands against orders that meet finer bars than the signals'."""
    if finest == frequency:
        return
    if frequency != "1d":
        message = f"orders cannot meet {finest} bars where signals are computed on {frequency} bars"
        yield Problem(EXECUTION, message, "leave it out, or use frequency 1d")
        return
    if finest not in dataset.catalog.bars:
        known = ", ".join(dataset.catalog.bars) or "no bars at all"
        yield Problem(EXECUTION, f"{dataset.version} has no bars of frequency {finest!r}", f"it has {known}")
        return
    told = {problem.field for problem in _window(dataset, window, frequency)}
    for problem in _window(dataset, window, finest):
        if problem.field not in told:
            yield Problem(problem.field, f"{problem.message} (the {finest} bars that orders are to meet)", problem.hint)


def _fields(dataset: Dataset, fields: Collection[str]) -> Iterator[Problem]:
    catalog = dataset.catalog
    for name in sorted(set(fields) - {*ALWAYS, DAILY_BARS} - set(catalog.fields)):
        table = _SOURCES.get(name, "index_1d" if name.startswith(INDEX_BARS) else "daily_basic")
        near = did_you_mean(name, catalog.fields)
        hint = near if near and name not in _SOURCES else f"it would come from the table {table}"
        word = _WORDS.get(name, name)
        yield Problem(f"strategy.{word}", f"the strategy uses {word}, which {dataset.version} does not have", hint)


def _daily(dataset: Dataset, window: tuple[int, int], frequency: str) -> Iterator[Problem]:
    """What stands against daily bars beside those of the strategy."""
    field = f"strategy.{DAILY_BARS}"
    if frequency == "1d":
        message = "the strategy looks at daily bars beside its own, and its own are daily"
        yield Problem(field, message, "write the expression without daily(...), or use a frequency of minutes")
        return
    if "1d" not in dataset.catalog.bars:
        yield Problem(field, f"the strategy looks at daily bars, which {dataset.version} does not have", "import bars_1d")
        return
    told = {problem.field for problem in _window(dataset, window, frequency)}
    for problem in _window(dataset, window, "1d"):
        if problem.field not in told:
            yield Problem(problem.field, f"{problem.message} (the daily bars that the strategy looks at)", problem.hint)


def _iso(day: int) -> str:
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
