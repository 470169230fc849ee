"""One question to Tushare after the other: what the lake lacks, and an answer as a checked piece that waits to be folded in."""

import io
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from datalake.calendar import to_date, to_int
from datalake.errors import MissingObjectError
from datalake.finding import EXAMPLES, BadRowsError, Finding
from datalake.interfaces import INTERFACES, Interface
from datalake.lake import Lake, current, reading, rows_at
from datalake.objects import get
from datalake.rows.normalize import normalize
from datalake.rows.parsing import parse
from datalake.rows.quality import find
from datalake.storing.pieces import Origin, Piece, stage, staged
from datalake.tables import TABLES
from datalake.upstream.throttle import Limits, Throttle
from datalake.upstream.tushare import Client, Patience, fetch
from datalake.upstream.wanted import CALENDAR, GATE, Answer, Key, Known, Task, Wish, missing

SOURCE = "tushare"
FRESH = timedelta(days=4)
"""So long an empty answer about a session may mean that the rows are late; an older one is an answer."""
_ATTEMPTS = 5
LOST_ROWS, LOST_SHARE = 2, 0.03
"""An answer that lacks more rows than these two allow of those that are stored is not believed."""


@dataclass(frozen=True)
class Upstream:
    """Tushare, and how to ask it."""

    client: Client
    throttle: Throttle
    patience: Patience = field(default_factory=Patience)
    limits: Limits = field(default_factory=Limits)


class BadAnswerError(BadRowsError):
    """Tushare's rows are bad, or gone; nothing of the answer is kept."""

    def __init__(self, table: str, rows: int, findings: Collection[Finding]) -> None:
        super().__init__(table, rows, list(findings))
        self.problems = tuple(replace(problem, hint=None) for problem in self.problems)


def today_in_shanghai() -> int:
    return to_int((datetime.now(UTC) + timedelta(hours=8)).date())


def plan(lake: Lake, source: str, wish: Wish, today: int, tried: Collection[Key] = (), barred: Collection[str] = ()) -> list[Task]:
    """What can be asked for now (`wanted.missing`): ask, and plan anew, until there is nothing. `tried` are the keys of the tasks that
    were asked since the first plan; `barred` the interfaces that the account may not use."""
    return missing(wish, known(lake, source), today, tried, barred)


def known(lake: Lake, source: str) -> Known:
    """What is committed or staged, published or not."""
    for _ in range(_ATTEMPTS):
        try:
            return _known(lake, source)
        except MissingObjectError:  # another sync folded a piece in while it was read: its rows are in the table now
            continue
    return _known(lake, source)


def _known(lake: Lake, source: str) -> Known:
    waiting = [(piece, piece.origin) for piece in staged(lake, source) if piece.origin]
    answers = {(origin.interface, origin.part): Answer(origin.through, 0) for _, origin in waiting}
    days = [pl.read_parquet(io.BytesIO(get(lake.store, piece.key))).lazy() for piece, origin in waiting if origin.interface == CALENDAR]
    fetched, calendar = current(lake, source, "fetches"), current(lake, source, "trade_cal")
    with reading("what was fetched before"):
        if fetched is not None:
            for interface, part, through, rows in rows_at(lake, fetched, TABLES["fetches"]).collect().iter_rows():
                answers[interface, part] = Answer(to_int(through), rows)
        if calendar is not None:
            days.append(rows_at(lake, calendar, TABLES["trade_cal"]))
        opened = {day for rows in days for day in rows.filter(pl.col("is_open") == 1).collect()["cal_date"]}
    return Known(answers, tuple(sorted(to_int(day) for day in opened)))


def fetch_task(lake: Lake, source: str, task: Task, upstream: Upstream, *, skip_bad: bool = False, today: int = 0) -> Piece | None:
    """Ask, check, stage. None: the rows are not out yet, and are to be asked for again another day.

    BadAnswerError, and nothing is staged, where rows are bad (unless `skip_bad` leaves them out) or most of the stored ones are gone.
    """
    row, now = INTERFACES[task.interface], to_date(today or today_in_shanghai())
    raw = fetch(upstream.client, row, task.part, upstream.throttle, upstream.patience, upstream.limits)
    rows, findings = _checked(raw, row, task, skip_bad, now)
    findings += _losses(lake, source, row, task, rows)
    if raw.is_empty() and _late(row, task, now):
        return None
    return stage(lake, source, row.table_of(task.part), rows, Origin(task.interface, task.part, task.through), findings)


def _checked(raw: pl.DataFrame, row: Interface, task: Task, skip_bad: bool, today: date) -> tuple[pl.DataFrame, list[Finding]]:
    """Rows in the lake's units, and what was found."""
    shape = TABLES[row.table_of(task.part)]
    parsed = parse(raw, shape, Path(f"{task.interface} {task.part}"))
    if row.by in ("index_year", "index_month", "code_month"):  # a day that is not over shows bars that will change
        parsed = parsed.filter(pl.col(shape.date).is_null() | (pl.col(shape.date) <= to_date(task.through)))
    findings, wrong = find(parsed, shape, today)
    if wrong.any() and (not skip_bad or wrong.all()):  # where no row is good, something is wrong with all of them
        raise BadAnswerError(shape.name, parsed.height, findings)
    return normalize(parsed.filter(~wrong), shape), list(findings)


def _late(row: Interface, task: Task, today: date) -> bool:
    """Whether an empty answer may be filled later."""
    if row.by != "day":
        return not row.allows_empty(task.part)
    return task.interface == GATE or to_date(int(task.part)) > today - FRESH


def _losses(lake: Lake, source: str, row: Interface, task: Task, rows: pl.DataFrame) -> list[Finding]:
    """Stored rows that this answer would have held and does not: told, and not believed where they are many."""
    delta = current(lake, source, row.table_of(task.part)) if task.before else None
    if delta is None:
        return []
    shape = TABLES[row.table_of(task.part)]
    stored = rows_at(lake, delta, shape).filter(row.covers([task.part]))
    period = task.part.rpartition("_")[2]
    if shape.parts and period.isdecimal():  # skips the files of other years or months
        stored = stored.filter(pl.col(shape.parts) == int(period[: 4 if shape.parts == "year" else 6]))
    with reading(f"the table {shape.name}"):
        before = stored.select(shape.key).collect()
    gone = before.join(rows.select(shape.key), on=shape.key, how="anti", nulls_equal=True).sort(shape.key)
    if gone.height > max(LOST_ROWS, LOST_SHARE * before.height):
        message = f"of {before.height} stored rows that Tushare's answer lacks: too many to be corrections"
        raise BadAnswerError(shape.name, rows.height, [_told("vanished", "error", message, gone, shape.name, task)])
    if gone.is_empty() or row.by == "state":  # there a row that is gone has moved: a stock that was listed is delisted
        return []
    return [_told("removed", "warning", "stored row that Tushare no longer has: taken away", gone, shape.name, task)]


def _told(kind: str, severity: str, message: str, gone: pl.DataFrame, table: str, task: Task) -> Finding:
    shown = [f"{task.interface} {task.part}: " + " ".join(str(value) for value in row) for row in gone.head(EXAMPLES).rows()]
    day = int(task.part) if INTERFACES[task.interface].by == "day" else 0
    return Finding(kind, severity, gone.height, message, tuple(shown), table, day, day)  # type: ignore[arg-type]
