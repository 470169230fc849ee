"""Whether a dataset can serve a backtest: universe, window, frequency and fields, all problems at once. Light: the API asks this."""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from typing import Literal

from datalake.asked.beginnings import check_begun
from datalake.asked.universe import FIELD, read_universe
from datalake.asked.universe_checks import check_universe
from datalake.asked.windows import check_days, check_range
from datalake.calendar import iso
from datalake.errors import ContextError, Problem, did_you_mean
from datalake.frequencies import DAILY, MINUTES, PERIODS, bars_of, finest_of, told
from datalake.periods import whole_periods
from datalake.versions import Bars, Dataset

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


def check_context(
    dataset: Dataset,
    universe: object,
    window: tuple[int, int],
    frequency: str = "1d",
    fields: Collection[str] = (),
    execution_frequency: str = "",
) -> list[Problem]:
    """Everything that is wrong. `window` holds the first and the last day, YYYYMMDD. Where execution_frequency is empty, orders meet the
    bars of the signals, or those of the day where signals are of weeks or months."""
    finest = finest_of(frequency, execution_frequency)
    problems = [*_window(dataset, window, frequency), *_fields(dataset, fields), *_execution(dataset, window, frequency, finest)]
    if DAILY_BARS in fields:
        problems += _daily(dataset, window, frequency)
    try:
        wanted = read_universe(universe)
    except ContextError as error:
        return [*problems, *error.problems]
    if frequency in MINUTES and any(part.kind == "rank" and part.lag == 0 for part in wanted.walk()):
        problems.append(Problem(f"{FIELD}.lag", "is 0, and what a day's ranking is made of is known after its last minute", "lag: 1"))
    problems += check_universe(dataset, wanted, window, bars_of(dataset, finest))
    return [*problems, *check_begun(dataset, wanted, window)]


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


def _window(dataset: Dataset, window: tuple[int, int], frequency: str) -> Iterator[Problem]:
    problems = list(check_days(window))
    bars = bars_of(dataset, frequency)
    if bars is None:
        problems.append(
            Problem("context.frequency", f"{dataset.version} has no bars of frequency {frequency!r}", f"it has {told(dataset)}")
        )
    elif not problems:
        problems += check_range(dataset, window, bars)
    yield from problems
    if bars and not problems and frequency in PERIODS and not _has_period(dataset, window, frequency, bars):
        name, (start, end) = PERIODS[frequency], window
        message = f"no {name} ends from {iso(start)} to {iso(end)}, and the bar of a {name} is there when it is over"
        yield Problem("context.window", message, f"a window that holds the last session of a whole {name}")


def _has_period(dataset: Dataset, window: tuple[int, int], frequency: str, bars: Bars) -> bool:
    sessions = dataset.catalog.sessions
    periods = whole_periods(sessions, frequency, bars.first, min(window[1], bars.last))
    return bool((periods.last >= bisect_left(sessions, window[0])).any())


def _execution(dataset: Dataset, window: tuple[int, int], frequency: str, finest: str) -> Iterator[Problem]:
    """What stands against orders that meet finer bars than the signals'."""
    if finest == frequency:
        return
    if frequency in MINUTES:
        message = f"orders cannot meet {finest} bars where signals are computed on {frequency} bars"
        yield Problem(EXECUTION, message, "leave it out, or use frequency 1d")
        return
    if bars_of(dataset, finest) is None:
        known = told(dataset, (DAILY, *MINUTES))
        yield Problem(EXECUTION, f"{dataset.version} has no bars of frequency {finest!r}", f"it has {known}")
        return
    yield from _beside(dataset, window, frequency, finest, "that orders are to meet")


def _beside(dataset: Dataset, window: tuple[int, int], frequency: str, other: str, why: str) -> Iterator[Problem]:
    """What stands against the window on other bars, and not on those of the signals."""
    if bars_of(dataset, other) == bars_of(dataset, frequency):
        return
    word = "daily" if other == DAILY else other
    told_already = {problem.field for problem in _window(dataset, window, frequency)}
    for problem in _window(dataset, window, other):
        if problem.field not in told_already:
            yield Problem(problem.field, f"{problem.message} (the {word} bars {why})", problem.hint)


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
    if frequency == DAILY:
        message = "the strategy looks at daily bars beside its own, and its own are daily"
        yield Problem(field, message, "write the expression without daily(...), or use another frequency")
        return
    yield from _beside(dataset, window, frequency, DAILY, "that the strategy looks at")
