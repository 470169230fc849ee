"""Schedules of the template, in the words of EventBridge: rate(1 minute), cron(30 18 ? * MON-FRI *)."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from infra.local.errors import StackError
from infra.local.template import Schedule

UNITS = {"minute": 60, "hour": 3600, "day": 86400}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
"""As EventBridge counts them, from 1."""
FIELDS = ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, MONTHS), (1, 7, DAYS), (1970, 2199, ()))


def next_time(schedule: Schedule, after: datetime) -> datetime:
    """The first time later than `after` (aware) at which the schedule fires."""
    kind, _, words = schedule.expression.rstrip(")").partition("(")
    if kind == "rate" and (match := re.fullmatch(r"(\d+) (minute|hour|day)s?", words)):
        return after + timedelta(seconds=int(match[1]) * UNITS[match[2]])
    if kind == "cron" and len(words.split()) == 6:
        return _next_cron(words.split(), after.astimezone(ZoneInfo(schedule.timezone))).astimezone(UTC)
    raise StackError(
        f"the local stack does not understand the schedule {schedule.expression}", "write rate(5 minutes) or cron(30 18 ? * MON-FRI *)"
    )


class Clock:
    """Calls an action whenever a schedule fires; a slow action delays the next one and is never doubled."""

    def __init__(self, schedule: Schedule, action: Callable[[], None]) -> None:
        self._schedule, self._action = schedule, action
        self._stopped = threading.Event()
        next_time(schedule, datetime.now(UTC))  # An expression that we do not understand is told at the start.
        self._thread = threading.Thread(target=self._run, name=schedule.expression, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while True:
            due = next_time(self._schedule, datetime.now(UTC))
            if self._stopped.wait((due - datetime.now(UTC)).total_seconds()):
                return
            self._action()


def _next_cron(words: list[str], after: datetime) -> datetime:
    minutes, hours, days, months, weekdays, years = (_values(word, *field) for word, field in zip(words, FIELDS, strict=True))
    day = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while day.year <= max(years):
        weekday = day.isoweekday() % 7 + 1
        if not (day.year in years and day.month in months and day.day in days and weekday in weekdays):
            day = (day + timedelta(days=1)).replace(hour=0, minute=0)
        elif day.hour not in hours:
            day = (day + timedelta(hours=1)).replace(minute=0)
        elif day.minute not in minutes:
            day += timedelta(minutes=1)
        else:
            return day
    raise StackError(f"the schedule cron({' '.join(words)}) never fires")


def _values(word: str, low: int, high: int, names: tuple[str, ...]) -> set[int]:
    """The numbers that one field allows: * ? 5 1,15 MON-FRI 0/15 10-20/2."""

    def number(text: str) -> int:
        return names.index(text) + 1 if text in names else int(text)

    found: set[int] = set()
    for part in word.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin = low if first in ("*", "?") else number(first)
        end = number(last) if last else high if step or first in ("*", "?") else begin
        found |= set(range(begin, end + 1, int(step or 1)))
    return found
