"""`lianghu admin measures | feedback`: how the product is used, and what people say of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.table import Table

from engine.words import Words
from functions.commands.failures import OK, CommandError
from functions.commands.operator import operator
from functions.commands.screen import SHANGHAI, in_line, minute, output, show_table, write_json
from functions.settings import Settings

DAYS = 30


class Measure(NamedTuple):
    """A row: a figure of `lianghu.measures`, or the share of one in another."""

    words: Words
    room: str
    figure: str
    part_of: str | None = None


MEASURES = (
    Measure(Words("提交的回测", "submissions"), "submissions", "submitted"),
    Measure(Words("回测完成率", "completed, of those that ended"), "submissions", "completed", "ended"),
    Measure(Words("平均回测用时（秒）", "mean seconds of a completed one"), "submissions", "mean_seconds"),
    Measure(Words("平均等待（秒）", "mean seconds of waiting"), "submissions", "mean_wait_seconds"),
    Measure(Words("等待的 95 分位（秒）", "95th percentile of waiting, seconds"), "submissions", "p95_wait_seconds"),
    Measure(Words("用户", "people"), "people", "all"),
    Measure(Words("新用户", "new ones"), "people", "new"),
    Measure(Words("月度活跃用户", "active within the last 30 days"), "people", "seen_within_30_days"),
    Measure(Words("提交过回测的用户", "who submitted"), "people", "submitting"),
    Measure(Words("完成三次以上回测的用户", "with three completed or more"), "people", "with_3_completed"),
    Measure(Words("7 日留存", "back after 7 days, of the new"), "people", "of_them_back_after_7_days", "seen_for_a_week_or_longer_ago"),
    Measure(Words("配额用尽率", "used up a quota, of who submitted this month"), "quotas", "exhausted", "submitting_this_month"),
)


def show_measures(settings: Settings, start: str | None, end: str | None, as_json: bool) -> int:
    last = _day(end) if end else datetime.now(SHANGHAI).date()
    first = _day(start) if start else last - timedelta(days=DAYS - 1)
    if first > last:
        raise CommandError(f"the range starts on {first}, after it ends on {last}")
    with operator(settings) as here:
        found = here.platform.measures(first, last)
    if as_json:
        write_json({"from": first.isoformat(), "to": last.isoformat(), **found})
        return OK
    output.print(f"{first} – {last}", style="italic")
    table = Table(box=SIMPLE_HEAD, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    for measure in MEASURES:
        table.add_row(in_line(measure.words), _value(measure, found))
    for event in found["events"]:
        table.add_row(" ".join(part for part in (event["event"], event["subject"]) if part), f"{event['count']:,}")
    for kind, messages in {**{f"plan {plan}": people for plan, people in found["plans"].items()}, **_feedback_rows(found)}.items():
        table.add_row(kind, f"{messages:,}")
    show_table(table)
    return OK


def show_feedback(settings: Settings, limit: int, as_json: bool) -> int:
    with operator(settings) as here:
        rows = here.platform.feedback(limit)
    if as_json:
        write_json({"items": [vars(row) | {"created_at": row.created_at.isoformat()} for row in rows]})
        return OK
    for row in rows:
        place = f" · {row.page}" if row.page else ""
        output.print(f"{minute(row.created_at)} · {row.kind}{place} · {row.user_id}", style="dim", markup=False, soft_wrap=True)
        output.print(row.message, markup=False, soft_wrap=True)
    if not rows:
        output.print("nobody has said anything yet")
    return OK


def _value(measure: Measure, found: Mapping[str, Any]) -> str:
    figures = found[measure.room]
    value = figures[measure.figure]
    if measure.part_of:
        whole = figures[measure.part_of]
        return f"{value / whole:.1%} ({value:,} / {whole:,})" if whole else "—"
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _feedback_rows(found: Mapping[str, Any]) -> dict[str, int]:
    return {f"feedback: {kind}": messages for kind, messages in found["feedback"].items()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is no day", "like 2026-11-01") from error
