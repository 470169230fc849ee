"""What people see: results on standard output, everything else on standard error, so that output can be piped."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from engine.words import Words
from functions.reports.figures import number, percent, signed_percent
from functions.reports.shown import show

output = Console(highlight=False)
notes = Console(stderr=True, highlight=False)
SHANGHAI = ZoneInfo("Asia/Shanghai")
Shown = TypeVar("Shown", bound=BaseModel)

SYNTHETIC = "合成样本数据 · synthetic sample data: an invented market, no real stock is in it"
DISCLAIMER = "仅供研究，不构成投资建议 · for research only, not investment advice"


class Row(NamedTuple):
    """A run in a table."""

    params: Mapping[str, float | int]
    stats: Mapping[str, float | int | None] | None
    status: str
    content_hash: str | None
    run_id: str | None = None
    reused_from: str | None = None
    """The run that this one was answered with."""

    def to_json(self) -> dict[str, Any]:
        return self._asdict()


COLUMNS = (
    ("return", Words("收益", "return"), "percent"),
    ("annual_return", Words("年化", "annual"), "percent"),
    ("max_dd", Words("最大回撤", "max drawdown"), "plain percent"),
    ("sharpe", Words("夏普", "Sharpe"), "number"),
    ("trades", Words("交易", "trades"), "count"),
)


def write_json(value: Any) -> None:
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    json.dump(value, sys.stdout, ensure_ascii=not unicode, indent=2, allow_nan=False)
    sys.stdout.write("\n")


MORE = Words(
    "最好的 {most} 组，共 {count} 组；--top 显示更多，--json 给出全部。", "The best {most} of {count}; --top shows more, --json all."
)
RANKED = Words("{count} 组，按{metric}排名", "{count} runs by {metric}")


def ranked_title(count: int, metric: str) -> str:
    """What a ranking is headed by."""
    name = show(metric, None).label
    return " · ".join(said(Words(RANKED.zh.format(count=count, metric=name.zh), RANKED.en.format(count=count, metric=name.en))))


class Naming(NamedTuple):
    """What a run is called in the last column."""

    label: Words
    of: Callable[[Row], str]


BY_CONTENT = Naming(Words("内容", "content"), lambda row: (row.content_hash or "")[:8] if row.status == "succeeded" else _status(row))
BY_ID = Naming(Words("编号", "id"), lambda row: (row.run_id or "") if row.status == "succeeded" else f"{row.run_id} {_status(row)}")


def _status(row: Row) -> str:
    return f"[yellow]{row.status}[/]"


def runs_table(
    rows: Sequence[Row], title: str, most: int, first: Sequence[str] = (), naming: Naming = BY_CONTENT, ranked_by: str = "return"
) -> None:
    """The first rows, with their rank; `first` are the parameters that come first. What they are ranked by is shown in any case."""
    output.print(title, style="italic", markup=False, soft_wrap=True)
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("#", justify="right", min_width=3)
    names = list(rows[0].params) if rows else []
    names.sort(key=lambda parameter: first.index(parameter) if parameter in first else len(first))
    for parameter in names:
        table.add_column(parameter, justify="right", no_wrap=True)
    for _, label, _ in COLUMNS:
        table.add_column("\n".join(said(label)), justify="right", no_wrap=True)
    others = [ranked_by] if ranked_by not in [key for key, _, _ in COLUMNS] else []
    for key in others:
        table.add_column("\n".join(said(show(key, None).label)), justify="right", no_wrap=True)
    table.add_column("\n".join(said(naming.label)), no_wrap=True)
    for rank, row in enumerate(rows[:most], start=1):
        stats = row.stats or {}
        cells = [figure(stats.get(key), kind) for key, _, kind in COLUMNS] + [show(key, stats.get(key)).text for key in others]
        values = [f"{row.params[parameter]:g}" for parameter in names]
        table.add_row(str(rank), *values, *cells, naming.of(row))
    show_table(table)
    if len(rows) > most:
        notes.print(in_line(MORE.filled(most=most, count=f"{len(rows):,}")))


def show_table(table: Table) -> None:
    """Whole, however narrow the terminal is: a line that goes on below can be read, a figure that is cut cannot."""
    needed = Measurement.get(output, output.options.update(max_width=1000), table).maximum
    Console(highlight=False, width=max(output.width, needed)).print(table)


def show_rows(rows: Sequence[Shown], as_json: bool, table: Callable[[Sequence[Shown]], Table], none: Words) -> None:
    """A list of the API: as JSON, as a table, or that there is nothing."""
    if as_json:
        write_json({"items": [row.model_dump(mode="json") for row in rows]})
    elif rows:
        show_table(table(rows))
    else:
        notes.print(in_line(none))


def minute(moment: datetime) -> str:
    """By the clocks of Shanghai, where the sessions beside it are; 2024-01-02 09:35."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def day(moment: datetime) -> str:
    """By the calendar of Shanghai."""
    return minute(moment)[:10]


class Speech:
    """In which languages this process talks."""

    language: Literal["zh", "en", "both"] = "both"


def said(words: Words) -> tuple[str, ...]:
    """The languages that are spoken, Chinese first; once where the two say the same."""
    chosen = words if Speech.language == "both" else (getattr(words, Speech.language),)
    return tuple(dict.fromkeys(chosen))


def in_line(words: Words) -> str:
    """What is said, as one line."""
    return " ".join(said(words))


def figure(value: float | int | None, kind: str) -> str:
    """As in a report. Red rises and green falls; the sign says it too."""
    if value is None:
        return "—"
    if kind == "percent":
        colour = "red" if value > 0 else "green" if value < 0 else "default"
        return f"[{colour}]{signed_percent(value)}[/]"
    if kind == "plain percent":
        return percent(value)
    return number(value)


class Bar:
    """A progress bar of things that get done."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def at(self, done: float, text: str | None = None, total: float | None = None) -> None:
        self._progress.update(self._task, completed=done, description=text, total=total)


@contextmanager
def bar(text: str, total: int) -> Iterator[Bar]:
    """Live, with the time that is left; on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(40),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=notes) as progress:
        yield Bar(progress, progress.add_task(text, total=total))
