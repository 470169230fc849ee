"""Bring the dataset "tushare" up to date: ask what is missing with a few threads, commit it lot by lot, publish once at the end.

Stops and goes on anywhere: an answer is a staged piece before the next question is put, and a piece is committed or it still waits.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace

from datalake.calendar import is_day
from datalake.errors import ContextError, ForbiddenError, Problem, UpstreamError
from datalake.finding import BadRowsError, Finding, together
from datalake.interfaces import INTERFACES
from datalake.lake import Lake
from datalake.storing.deferred import bring, publish_brought, remember, waiting
from datalake.storing.pieces import Piece
from datalake.upstream.asking import Crew, Outcome, Stop
from datalake.upstream.ingest import SOURCE, BadAnswerError, Upstream, known, today_in_shanghai
from datalake.upstream.wanted import CALENDAR, GATE, Key, Task, Wish, by_session, missing, outlook

LOT = 600
"""Pieces between two commits. It bounds memory; a crash costs at most the answers that are under way."""
MOST_BAD = 20
"""Answers with bad rows after which the sync stops: something is wrong with all of them."""

Progress = Callable[[int, int, str], None]
"""Questions done, questions to do, the one just answered."""


@dataclass(frozen=True)
class SyncReport:
    """What a sync brought."""

    dataset: str
    """The version that holds it; empty: none was published, because the sync was stopped or no session is out yet."""
    fetched: int
    """Sessions that came now."""
    there: int
    """Sessions of the range that were there before."""
    empty: tuple[int, ...]
    """Sessions of the range for which Tushare has no bars yet; they are asked for again next time."""
    answers: int
    rows: Mapping[str, int]
    """By table: how many came in."""
    findings: tuple[Finding, ...]
    """Rows that were left out or taken away, by kind; warnings; what the account may not fetch."""
    left: int = 0
    """Questions that were not put, because the sync was stopped."""


def sync(  # noqa: PLR0913  the door to the command line: everything after the wish is a setting with a default
    lake: Lake,
    upstream: Upstream,
    wish: Wish,
    progress: Progress = lambda done, total, text: None,
    *,
    workers: int = 4,
    skip_bad: bool = False,
    stop: Stop | None = None,
    today: int = 0,
) -> SyncReport:
    """Fetch what is missing of the wish and publish it. A wish without a start (0) goes on from the first session that is there.

    Ctrl-C ends it in order: calls under way are finished, what came is committed, nothing is published, `left` says how much remains.
    BadAnswerError after everything else was fetched and committed, and nothing is published, where rows are bad or contradict others,
    unless `skip_bad` leaves bad ones out and takes the others as they are. Errors of Tushare end it at once (but for a list, an index or
    minutes whose answer is no good: these are told); what came waits, staged, for the next sync.
    """
    today = today or today_in_shanghai()
    run = _Run(lake, upstream, checked(lake, wish, today), progress, workers, skip_bad, stop or Stop(), today)
    try:
        run.commit(waiting(lake, SOURCE))
        run.fetch_all()
    except KeyboardInterrupt:
        run.commit(waiting(lake, SOURCE))
        return run.report(publish=False)
    if run.bad:
        raise BadAnswerError("", 0, together(run.bad))
    return run.report(publish=True)


def checked(lake: Lake, wish: Wish, today: int) -> Wish:
    """The wish with a start; ContextError where its days make no sense."""
    given = [("start", wish.start), ("end", wish.end), *(("refetch", day) for day in wish.refetch or ())]
    wrong = [Problem(name, f"there is no day {day}", "write it like 2024-12-31") for name, day in given if day and not is_day(day)]
    unknown = [name for name in sorted(wish.interfaces or ()) if name not in INTERFACES]
    wrong += [Problem("interfaces", f"no interface {name!r} is known", f"one of {', '.join(INTERFACES)}") for name in unknown]
    if wrong:
        raise ContextError(wrong)
    if not wish.start:
        out = known(lake, SOURCE).out
        if not out:
            raise ContextError(Problem("start", "nothing is there to go on from", "the first sync needs --start, like --start 2016-01-04"))
        wish = replace(wish, start=min(out))
    if wish.start > min(wish.end, today):
        hint = "start must not lie after end or in the future"
        raise ContextError(Problem("window", f"there is nothing to fetch from {wish.start} to {min(wish.end, today)}", hint))
    return wish


@dataclass
class _Run:
    """One sync: what was asked and what came of it. Only the main thread writes here."""

    lake: Lake
    upstream: Upstream
    wish: Wish
    progress: Progress
    workers: int
    skip_bad: bool
    stop: Stop
    today: int
    tried: set[Key] = field(default_factory=set)
    barred: dict[str, str] = field(default_factory=dict)
    """Interfaces that the account may not use, and why."""
    bad: list[Finding] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    late: list[Task] = field(default_factory=list)
    failed: dict[Task, UpstreamError] = field(default_factory=dict)
    before: frozenset[int] = frozenset()
    """Sessions that were out before."""
    answers: int = 0
    done: int = 0

    def fetch_all(self) -> None:
        """Ask and plan anew until nothing is missing; then commit, with whatever another process has staged."""
        self._leave_out_what_needs_more_points()
        self.before = known(self.lake, SOURCE).out
        crew = Crew(self.lake, self.upstream, self.workers, self.skip_bad, self.stop, self.today, self.barred)
        while tasks := self._missing():
            total = self.done + self._left()
            with closing(crew.ask(by_session(tasks))) as outcomes:
                for outcome in outcomes:
                    allowed = len(self.barred)
                    self._take(outcome)
                    if len(self.barred) > allowed:
                        total = self.done + self._left()
                    self.progress(self.done, max(total, self.done), f"{outcome.task.interface} {outcome.task.part}")
                    if len(self.pieces) >= LOT:
                        self.commit(self.pieces)
            self.tried.update(task.key for task in tasks)  # also those that were left out because of others
        self.commit(waiting(self.lake, SOURCE))

    def commit(self, pieces: Iterable[Piece]) -> None:
        try:
            for table, count in bring(self.lake, SOURCE, list(pieces), accept=self.skip_bad).items():
                self.rows[table] = self.rows.get(table, 0) + count
        except BadRowsError as error:
            self.bad += error.findings
        self.pieces = []

    def report(self, *, publish: bool) -> SyncReport:
        now = known(self.lake, SOURCE)
        window = {day for day in now.sessions if self.wish.start <= day <= min(self.wish.end, self.today)}
        told = self._told()
        came = len(now.out - self.before)
        published = None
        if publish:
            remember(self.lake, SOURCE, told)
            note = {"start": self.wish.start, "end": self.wish.end, "sessions": came, "rows": self.rows}
            published = publish_brought(self.lake, SOURCE, note) if now.out else None
        return SyncReport(
            dataset=published.dataset.version if published else "",
            fetched=came,
            there=len(window & self.before),
            empty=tuple(sorted(int(task.part) for task in self.late if task.interface == GATE)),
            answers=self.answers,
            rows=self.rows,
            findings=published.findings if published else together(told),
            left=0 if publish else self._left(),
        )

    def _missing(self) -> list[Task]:
        return missing(self.wish, known(self.lake, SOURCE), self.today, self.tried, self.barred)

    def _left(self) -> int:
        return outlook(self.wish, known(self.lake, SOURCE), self.today, self.tried, self.barred)

    def _leave_out_what_needs_more_points(self) -> None:
        limits = self.upstream.limits
        for row in INTERFACES.values():
            if self.wish.wants(row.name) and not limits.allows(row):
                told = f"needs {row.points} points, TUSHARE_POINTS says {limits.points}"
                self._bar(row.name, ForbiddenError(Problem(row.name, told, "set it to the account's points, or not at all")))

    def _bar(self, interface: str, error: ForbiddenError) -> None:
        if interface in (CALENDAR, GATE):
            raise error
        self.barred.setdefault(interface, str(error))

    def _take(self, outcome: Outcome) -> None:
        task, piece, error = outcome
        self.tried.add(task.key)
        self.done += 1
        if piece:
            self.pieces.append(piece)
            self.answers += 1
        elif isinstance(error, ForbiddenError):
            self._bar(task.interface, error)
        elif isinstance(error, BadAnswerError):
            self.bad += error.findings
            if len(self.bad) >= MOST_BAD:
                raise BadAnswerError("", 0, together(self.bad))
        elif type(error) is UpstreamError and INTERFACES[task.interface].by != "day" and task.interface != CALENDAR:
            self.failed[task] = error  # a list, an index, minutes: no session is the worse for it
            if len(self.failed) >= MOST_BAD:
                raise error
        elif error:
            raise error
        elif task.interface == CALENDAR:
            raise UpstreamError(Problem(CALENDAR, f"Tushare has no calendar {task.part}", "check --start and --end"))
        else:
            self.late.append(task)

    def _told(self) -> list[Finding]:
        """What the version tells besides its rows."""
        told = [
            Finding("not_allowed", "warning", 1, "interface that the account may not use", (why,), INTERFACES[name].table)
            for name, why in self.barred.items()
        ]
        for task, error in self.failed.items():
            table = INTERFACES[task.interface].table_of(task.part)
            message = "answer that could not be had; it is asked for again next time"
            told.append(Finding("not_fetched", "warning", 1, message, (f"{task.part}: {error}",), table))
        for task in self.late:
            if task.interface != GATE and not INTERFACES[task.interface].allows_empty(task.part):
                message = "answer without rows, which will be asked for again"
                table = INTERFACES[task.interface].table_of(task.part)
                told.append(Finding("no_rows", "warning", 1, message, (f"{task.interface} {task.part}",), table))
        return told
