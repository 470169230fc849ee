"""What of Tushare the lake lacks, as tasks: from a wish, the answers that are there and the calendar. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from datalake.interfaces import INTERFACES, Interface, ends, part_of

CALENDAR, GATE = "trade_cal", "daily"
"""Without these two nothing makes sense. A session is out when the gate has rows for it; before that nothing of it counts."""
EXCHANGE = "SSE"
"""Both exchanges have the same sessions."""
USUAL_INDICES = (
    "000001.SH",
    "000016.SH",
    "000300.SH",
    "000688.SH",
    "000852.SH",
    "000905.SH",
    "000906.SH",
    "399001.SZ",
    "399006.SZ",
)

Key = tuple[str, str]
"""Interface and part."""


@dataclass(frozen=True)
class Wish:
    """What the lake is to hold. Days are YYYYMMDD."""

    start: int
    end: int
    indices: tuple[str, ...] = USUAL_INDICES
    """Wanted beside those that are there."""
    minutes: tuple[str, ...] = ()
    """Codes whose minute bars are wanted."""
    frequencies: tuple[str, ...] = ("5m",)
    """Of the minute bars."""
    again: int = 0
    """So many of the newest sessions that are there are fetched once more, for corrections."""
    refetch: tuple[int, int] | None = None
    """Sessions from one day to another that are fetched once more."""
    interfaces: frozenset[str] | None = None
    """None: all. The calendar comes in any case."""

    def wants(self, interface: str) -> bool:
        return interface == CALENDAR or self.interfaces is None or interface in self.interfaces


class Answer(NamedTuple):
    """One that is there."""

    through: int
    """YYYYMMDD: the last day that it knew."""
    rows: int


class Known(NamedTuple):
    """What the lake knows, published or not."""

    answers: Mapping[Key, Answer]
    sessions: tuple[int, ...]
    """Open days of the calendar, YYYYMMDD ascending; they may lie ahead."""

    @property
    def out(self) -> frozenset[int]:
        """The sessions whose daily bars are there."""
        return frozenset(int(part) for interface, part in self.answers if interface == GATE)


class Task(NamedTuple):
    """A question to Tushare."""

    interface: str
    part: str
    through: int
    """YYYYMMDD: rows of later days are not taken, for they may not be all."""
    before: int = 0
    """Rows of the answer that is there, which this one is to replace."""

    @property
    def key(self) -> Key:
        return self.interface, self.part


def missing(wish: Wish, known: Known, today: int, tried: Collection[Key] = (), barred: Collection[str] = ()) -> list[Task]:
    """What can be asked for now, in the order in which it is best asked; nothing: all is there.

    Three stages: the calendar; by session what the days of the wish and those that are out lack, the daily bars first; and, when no
    session lacks anything, what grows with the sessions: lists, indices, minutes. `tried` was asked for already and is left out;
    of a session whose daily bars were tried in vain nothing is asked. `barred` interfaces are not asked at all.
    """
    for stage in (_calendar, _sessions, _growing):
        found = [
            task
            for task in stage(wish, known, today, tried)
            if task.key not in tried and wish.wants(task.interface) and task.interface not in barred
        ]
        if found:
            return found
    return []


def outlook(wish: Wish, known: Known, today: int, tried: Collection[Key] = (), barred: Collection[str] = ()) -> int:
    """How many questions there will be, if every session is out."""
    count, answers, asked = 0, dict(known.answers), set(tried)
    while tasks := missing(wish, Known(answers, known.sessions), today, asked, barred):
        count += len(tasks)
        answers.update({task.key: Answer(task.through, 1) for task in tasks})
        asked.update(task.key for task in tasks)
    return count


def by_session(tasks: Iterable[Task]) -> list[list[Task]]:
    """Tasks that stand or fall together: those of a session, the daily bars first; every other one by itself."""
    lots: dict[Key, list[Task]] = {}
    for task in tasks:
        lots.setdefault(("", task.part) if INTERFACES[task.interface].by == "day" else task.key, []).append(task)
    return list(lots.values())


def _calendar(wish: Wish, known: Known, today: int, tried: Collection[Key]) -> list[Task]:
    """By year; that of a year that goes on is asked for on every day, because holidays are moved."""
    tasks = []
    for year in range(wish.start // 10_000, min(wish.end, today) // 10_000 + 1):
        part, through = part_of(EXCHANGE, year), min(year * 10_000 + 1231, today)
        if _through(known, CALENDAR, part) < through:
            tasks.append(_task(known, CALENDAR, part, through))
    return tasks


_BY_DAY = tuple(sorted((row.name for row in INTERFACES.values() if row.by == "day"), key=lambda name: name != GATE))


def _sessions(wish: Wish, known: Known, today: int, tried: Collection[Key]) -> list[Task]:
    out = known.out
    once_more = _once_more(wish, out)
    days = out.union(_window(wish, known, today))
    if not wish.wants(GATE):
        days = out
    tasks = []
    for day in sorted(days):
        part = str(day)
        if day not in out and (GATE, part) in tried:
            continue
        for name in _BY_DAY:
            if (name, part) not in known.answers or day in once_more:
                tasks.append(_task(known, name, part, day))
    return tasks


def _growing(wish: Wish, known: Known, today: int, tried: Collection[Key]) -> list[Task]:
    out = known.out
    if not out:
        return []
    horizon, once_more = max(out), _once_more(wish, out)
    tasks = []
    for row in INTERFACES.values():
        for part in _PARTS[row.by](row, wish, known) if row.by in _PARTS else ():
            through, first, last = _reach(part, known, horizon)
            corrected = any(first <= day <= last for day in once_more)
            if through and (_through(known, row.name, part) < through or corrected):
                tasks.append(_task(known, row.name, part, through))
    return tasks


def _reach(part: str, known: Known, horizon: int) -> tuple[int, int, int]:
    """The last day that an answer to the part can know (0: it cannot know any), and the part's first and last day.

    A period whose last session is out is complete, whatever weekend is to come.
    """
    period = part.rpartition("_")[2]
    if not period.isdecimal():
        return horizon, 0, 0
    first, last = (int(day) for day in ends(period))
    ahead = any(horizon < day <= last for day in known.sessions)
    through = last if last <= horizon or (first <= horizon and not ahead) else horizon
    return (through if first <= horizon else 0), first, last


def _task(known: Known, interface: str, part: str, through: int) -> Task:
    answer = known.answers.get((interface, part))
    return Task(interface, part, max(through, answer.through) if answer else through, answer.rows if answer else 0)


def _through(known: Known, interface: str, part: str) -> int:
    answer = known.answers.get((interface, part))
    return answer.through if answer else 0


def _window(wish: Wish, known: Known, today: int) -> list[int]:
    return [day for day in known.sessions if wish.start <= day <= min(wish.end, today)]


def _once_more(wish: Wish, out: Collection[int]) -> frozenset[int]:
    newest = sorted(out)[-wish.again :] if wish.again else ()
    first, last = wish.refetch or (1, 0)
    return frozenset([*newest, *(day for day in out if first <= day <= last)])


def _months(days: Iterable[int]) -> list[int]:
    return sorted({day // 100 for day in days})


def _indices(wish: Wish, known: Known) -> list[str]:
    there = {part.rpartition("_")[0] for interface, part in known.answers if INTERFACES[interface].by in ("index_year", "index_month")}
    return sorted(there.union(wish.indices))


def _by_year(row: Interface, wish: Wish, known: Known) -> list[str]:
    years = sorted({day // 10_000 for day in known.out})
    return [part_of(code, year) for code in _indices(wish, known) for year in years]


def _by_month(row: Interface, wish: Wish, known: Known) -> list[str]:
    """And the month before the first: its list holds until the next one."""
    months = _months(known.out)
    first = months[0] - 1 if months[0] % 100 > 1 else months[0] - 89
    return [part_of(code, month) for code in _indices(wish, known) for month in (first, *months)]


def _minutes(row: Interface, wish: Wish, known: Known) -> list[str]:
    months = _months(day for day in known.out if wish.start <= day <= wish.end)
    return [part_of(code, frequency, month) for month in months for code in wish.minutes for frequency in wish.frequencies]


_PARTS: Mapping[str, Callable[[Interface, Wish, Known], Iterable[str]]] = {
    "whole": lambda row, wish, known: ("all",),
    "state": lambda row, wish, known: row.states,
    "index_year": _by_year,
    "index_month": _by_month,
    "code_month": _minutes,
}
"""The parts of what grows, by how it is asked."""
