"""Whether a window lies in what the calendar and the bars both know, and holds a session. Light: the API asks this."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta

from datalake.calendar import is_day, iso, to_date
from datalake.errors import Problem
from datalake.versions import Bars, Dataset

WINDOW = "context.window"
LONGEST_HOLIDAY = 12
"""Days: how far a window may start before the first session that is known, without certainly missing one."""
_NO_HOLIDAY = 31
"""Days between two sessions that are more than any holiday (20 in 1999): there the calendar lacks something."""


def check_days(window: tuple[int, int]) -> Iterator[Problem]:
    """What is wrong with the first and the last day (YYYYMMDD) by themselves."""
    start, end = window
    for name, day in (("start", start), ("end", end)):
        if not is_day(day):
            yield Problem(f"{WINDOW}.{name}", f"there is no day {iso(day)}")
            return
    if start > end:
        yield Problem(WINDOW, f"it ends ({iso(end)}) before it starts ({iso(start)})", "exchange start and end")


def check_range(dataset: Dataset, window: tuple[int, int], bars: Bars) -> Iterator[Problem]:
    """What stands against a window of real days, on bars of one frequency.

    It may begin and end on days that are closed, even beside the data's edges. A session counts where the calendar and the range of the
    bars both have it: bars of days that the calendar does not name are never seen.
    """
    sessions = dataset.catalog.sessions
    known = sessions[bisect_left(sessions, bars.first) : bisect_right(sessions, bars.last)]
    if not known:
        message = (
            f"the bars of {dataset.version} are of {iso(bars.first)} to {iso(bars.last)}, and its calendar has no session of that time"
        )
        yield Problem(WINDOW, message, _IMPORT)
        return
    start, end = window
    late = end > known[-1] and _misses(sessions, known[-1], end)
    early = start < known[0] and _begins_before(sessions, start, known[0])
    if late:
        why = f" with its calendar; {_IMPORT}" if bars.last > sessions[-1] else ""
        yield Problem(f"{WINDOW}.end", f"{iso(end)} lies beyond the data", f"{dataset.version} ends on {iso(known[-1])}{why}")
    if early:
        why = f" with its calendar; {_IMPORT}" if bars.first < sessions[0] else ""
        yield Problem(f"{WINDOW}.start", f"{iso(start)} lies before the data", f"{dataset.version} starts on {iso(known[0])}{why}")
    if not late and not early and bisect_left(known, start) == bisect_right(known, end):
        around = (*known[: bisect_left(known, start)][-1:], *known[bisect_right(known, end) :][:1])
        hint = f"the exchange was closed; beside it are {' and '.join(map(iso, around))}"
        if len(around) == 2 and (to_date(around[1]) - to_date(around[0])).days > _NO_HOLIDAY:
            hint = f"the calendar has none between {iso(around[0])} and {iso(around[1])}; {_IMPORT}"
        yield Problem(WINDOW, f"there is no session from {iso(start)} to {iso(end)}", hint)


_IMPORT = "import a calendar (trade_cal) of all years of the bars"


def _misses(sessions: tuple[int, ...], last: int, end: int) -> bool:
    """Whether a session lies, or may lie, after the last one that is known and not after the end."""
    if bisect_right(sessions, end) > bisect_right(sessions, last):
        return True
    return end > sessions[-1] and _may_be_open(to_date(sessions[-1]), to_date(end))


def _begins_before(sessions: tuple[int, ...], start: int, first: int) -> bool:
    """Whether a session is known between, or the days are too many for a holiday."""
    return bisect_left(sessions, start) < bisect_left(sessions, first) or (to_date(first) - to_date(start)).days > LONGEST_HOLIDAY


def _may_be_open(after: date, until: date) -> bool:
    """Whether a day after one and until another may be a session: a weekday that is not New Year's Day."""
    days = min((until - after).days, LONGEST_HOLIDAY)
    between = (after + timedelta(days=number) for number in range(1, days + 1))
    return any(day.weekday() < 5 and (day.month, day.day) != (1, 1) for day in between)
