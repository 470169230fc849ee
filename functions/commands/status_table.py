"""The platform's state as lines of at most 80 columns: figures first, then who computes."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from functions.commands.screen import SHANGHAI
from functions.stores.watching import PlatformStatus, Worker

MOST_WORKERS = 20
"""Lines; the slowest first, because who is stuck matters."""
BAR = 10
_BESIDES = re.compile(r"_?(queue|dead_?letters)$", re.IGNORECASE)


def shown(found: PlatformStatus, now: datetime) -> RenderableType:
    rest = len(found.workers) - MOST_WORKERS
    more = [Text(f"and {rest} more workers", style="dim")] if rest > 0 else []
    return Group(
        Text(f"LiangHu · {now.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} Shanghai", style="bold"), _figures(found), *_workers(found), *more
    )


class _Line(NamedTuple):
    name: str
    text: str
    is_bad: bool = False


def _figures(found: PlatformStatus) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for line in _lines(found):
        table.add_row(line.name, Text(line.text, style="red" if line.is_bad else ""))
    return table


def _lines(found: PlatformStatus) -> Iterator[_Line]:
    asked, blocks, hour, outbox = found.submissions, found.blocks, found.last_hour, found.outbox
    pace, waits = found.last_minute.combinations / 60, (found.oldest_wait_seconds, found.oldest_single_wait_seconds)
    engines = [f"{each.engine_version[:8]} {each.leased} leased, {each.waiting} waiting" for each in found.engines]
    yield _Line("submissions", f"{asked.open} open, {asked.to_plan} to plan, {asked.to_aggregate} to sum up")
    yield _Line("people", f"{found.owners.waiting} wait, {found.owners.computing} are computed for")
    yield _Line("blocks", f"{blocks.ready} ready, {blocks.leased} leased, {blocks.waiting} wait for data, {blocks.computed} their turn")
    yield _Line("held back", f"{blocks.backing_off} after a failure, {blocks.overdue} whose worker fell silent", blocks.overdue > 0)
    yield _Line("combinations", f"{found.combinations_waiting:,} wait; {pace:,.1f} a second in the last minute")
    yield _Line("oldest wait", "; of single runs ".join(map(_seconds, waits)))
    failed = f"{hour.failed_runs} runs failed, {hour.failed_blocks} blocks given up, {hour.dead_letters} buried"
    yield _Line("last hour", f"{hour.retries} retries, {failed}", hour.failed_blocks > 0)
    published = f"the oldest {_seconds(outbox.oldest_seconds)}; {outbox.published_last_minute} published in a minute"
    yield _Line("events", f"{outbox.waiting} to publish, {published}")
    dead = {name: depth for name, depth in found.queues.items() if "dead" in name.lower()}
    yield _depths("queues", {name: depth for name, depth in found.queues.items() if name not in dead})
    yield _depths("dead letters", dead)
    yield _Line("engines", "; ".join(engines) or "—")


def _depths(name: str, queues: Mapping[str, int | None]) -> _Line:
    """Names without what the line says already: `PlanQueue` and `plan_queue` are the plan."""
    told = [f"{_BESIDES.sub('', each).lower() or 'block'} {'?' if depth is None else depth}" for each, depth in queues.items()]
    return _Line(name, ", ".join(told) or "nobody said where they are", None in queues.values())


def _workers(found: PlatformStatus) -> list[RenderableType]:
    if not found.workers:
        return [Text("nobody computes", style="dim")]
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("worker", max_width=24, no_wrap=True, overflow="ellipsis")
    for name in ("block", "kind", "runs", "try", "since", "lease"):
        table.add_column(name, justify="left" if name == "kind" else "right", no_wrap=True)
    table.add_column("done", no_wrap=True)
    for each in found.workers[:MOST_WORKERS]:
        cells = each.worker or "?", str(each.block), each.kind, f"{each.runs:,}", str(each.attempt), _seconds(each.seconds)
        table.add_row(*cells, _seconds(max(0.0, each.lease_seconds)), _bar(each), style="red" if each.lease_seconds < 0 else "")
    return [table]


def _bar(worker: Worker) -> str:
    full = worker.progress * BAR // 100
    return f"{'█' * full}{'·' * (BAR - full)} {worker.progress:>2}%"


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "—"
    if seconds < 100:
        return f"{max(0.0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6_000 else f"{seconds / 3600:.0f} h"
