"""`lianghu data rankings`: the first stocks of a day by a stored figure, a return, or any expression of the language."""

import re
import sys
from dataclasses import dataclass

import numpy as np
import polars as pl
from rich.table import Table
from rich.text import Text

from datalake.errors import ContextError, Problem
from datalake.lake import Lake
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.frame import to_frame
from datalake.rankings.ranking import Ranking
from datalake.rankings.spec import RankingSpec, check_ranking, field_problem
from datalake.rankings.stored import Span
from datalake.tables import TABLES
from datalake.versions import Dataset, resolve
from engine.indicators.catalog import FIELD
from functions.commands.failures import OK, CommandError
from functions.commands.harmless import harmless_frame
from functions.commands.inputs import typed_day
from functions.commands.screen import notes, output, show_table, write_json
from functions.reports.figures import day as shown_day
from functions.settings import Settings
from functions.wiring import House

ROWS_SHOWN = 300
"""Of a table on the screen; JSON and CSV have all."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Wanted:
    """What was typed."""

    by: str
    """A field, or an expression."""
    top: int
    """0: everybody who has a value."""
    lowest: bool
    boards: tuple[str, ...]
    on: str | None
    start: str | None
    end: str | None
    dataset: str | None

    @property
    def spec(self) -> RankingSpec:
        return RankingSpec.of(self.by, self.top, lowest=self.lowest, boards=self.boards)


def show_ranking(settings: Settings, wanted: Wanted, as_json: bool, as_csv: bool) -> int:
    if as_json and as_csv:
        raise CommandError("--json and --csv cannot both stand on standard output", "leave one")
    house = House(settings)
    lake = Lake(settings.lake_url, house.object_options)
    dataset = resolve(lake.store, wanted.dataset)
    unknown = [problem for problem in check_ranking(dataset, RankingSpec("amount", boards=wanted.boards)) if problem.field == "boards"]
    if unknown:
        raise ContextError(unknown)
    span = _span(dataset, wanted)
    if _is_stored(dataset, wanted.by):
        with notes.status(f"ranking by {wanted.by}"):
            ranking = ensure_ranking(lake, dataset, wanted.spec, span)
    else:
        from functions.commands.expression_ranking import rank_by_expression  # noqa: PLC0415  loads the compiled engine

        ranking = rank_by_expression(house, dataset, wanted.by, wanted.spec, span)
    found = to_frame(ranking, span, wanted.top or None)
    names = {row.ts_code: row.name for row in dataset.catalog.instruments}
    found = found.with_columns(name=pl.col("ts_code").replace_strict(names, return_dtype=pl.String))
    found = found.select("trade_date", "place", "ts_code", "name", "value")
    if as_csv:
        sys.stdout.write(harmless_frame(found).write_csv())
    elif as_json:
        write_json(_as_json(dataset, wanted, ranking, span, found))
    else:
        _tell(dataset, wanted, ranking, span, found)
    return OK


def _is_stored(dataset: Dataset, by: str) -> bool:
    """A name, unless the language alone knows it. A figure that the dataset lacks is none of the language's."""
    is_figure = by in TABLES["daily_basic"].schema.names
    return bool(_NAME.fullmatch(by)) and (by not in FIELD or is_figure or field_problem(dataset, by, "field") is None)


def _span(dataset: Dataset, wanted: Wanted) -> Span:
    """The sessions that are asked for: one, or from the first to the last; the newest where nothing is said."""
    if wanted.on and (wanted.start or wanted.end):
        raise CommandError("--date names one session, --start and --end several", "leave one of them out")
    bars = dataset.catalog.bars.get("1d")
    if bars is None:
        raise ContextError(Problem("datasource_version", f"{dataset.version} has no daily bars to rank", "import bars_1d"))
    sessions = [day for day in dataset.catalog.sessions if bars.first <= day <= bars.last]
    if wanted.on:
        return _session(dataset, sessions, typed_day("--date", wanted.on))
    if not wanted.start and not wanted.end:
        return sessions[-1], sessions[-1]
    first = typed_day("--start", wanted.start) if wanted.start else sessions[0]
    last = typed_day("--end", wanted.end) if wanted.end else sessions[-1]
    if first > last:
        raise ContextError(Problem("end", f"{shown_day(last)} is before {shown_day(first)}", "exchange start and end"))
    for name, day in (("start", first), ("end", last)):
        if not bars.first <= day <= bars.last:
            have = f"{dataset.version} has {shown_day(bars.first)} to {shown_day(bars.last)}"
            raise ContextError(Problem(name, f"{shown_day(day)} lies {'before' if day < bars.first else 'beyond'} the data", have))
    if not any(first <= day <= last for day in sessions):
        raise ContextError(Problem("start", f"there is no session from {shown_day(first)} to {shown_day(last)}", "the exchange was closed"))
    return first, last


def _session(dataset: Dataset, sessions: list[int], day: int) -> Span:
    if day in sessions:
        return day, day
    before = max((session for session in sessions if session < day), default=sessions[0])
    have = f"{dataset.version} has {shown_day(sessions[0])} to {shown_day(sessions[-1])}"
    if not sessions[0] <= day <= sessions[-1]:
        raise ContextError(Problem("date", f"{shown_day(day)} lies {'before' if day < sessions[0] else 'beyond'} the data", have))
    raise ContextError(Problem("date", f"{shown_day(day)} is no session", f"the one before is {shown_day(before)}"))


def _as_json(dataset: Dataset, wanted: Wanted, ranking: Ranking, span: Span, found: pl.DataFrame) -> dict[str, object]:
    ranked: dict[str, list[dict[str, object]]] = {
        shown_day(int(day)): [] for day in ranking.sessions[(ranking.sessions >= span[0]) & (ranking.sessions <= span[1])]
    }
    for session, place, code, name, value in found.iter_rows():
        ranked[session.isoformat()].append({"place": place, "ts_code": code, "name": name, "value": value})
    return {
        "dataset": dataset.version,
        "by": wanted.by,
        "order": "lowest" if wanted.lowest else "highest",
        "boards": list(wanted.spec.boards),
        "sessions": [{"session": session, "ranked": rows} for session, rows in ranked.items()],
    }


def _tell(dataset: Dataset, wanted: Wanted, ranking: Ranking, span: Span, found: pl.DataFrame) -> None:
    among = f" · {', '.join(wanted.spec.boards)}" if wanted.spec.boards else ""
    which = "lowest" if wanted.lowest else "highest"
    several = span[0] != span[1]
    days = f"{shown_day(span[0])} to {shown_day(span[1])}" if several else shown_day(span[0])
    output.print(f"{dataset.version} · {days} · {which} {wanted.by}{among}", style="italic", markup=False, soft_wrap=True)
    table = Table(header_style="bold")
    for name, justify in (("session", "left"), ("place", "right"), ("ts_code", "left"), ("name", "left"), (wanted.by, "right")):
        if several or name != "session":
            table.add_column(Text(name), justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for session, place, code, name, value in found.head(ROWS_SHOWN).iter_rows():
        cells = (str(place), code, Text(name), _figure(value, wanted.by))
        table.add_row(*((session.isoformat(), *cells) if several else cells))
    show_table(table)
    if not found.height:
        output.print("nobody has a value then", markup=False)
    if found.height > ROWS_SHOWN:
        notes.print(f"the first {ROWS_SHOWN} of {found.height:,} rows; --json and --csv have all")
    sessions = np.count_nonzero((ranking.sessions >= span[0]) & (ranking.sessions <= span[1]))
    nobody = int(sessions) - found["trade_date"].n_unique()
    if several and nobody:
        notes.print(f"{nobody} sessions have nobody with a value")


def _figure(value: float, by: str) -> str:
    if by in ("amount", "volume"):
        return f"{value:,.0f}"
    return f"{value:+.2%}" if RankingSpec(by).sessions else f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
