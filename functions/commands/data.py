"""`lianghu data`: what the lake holds, and ways to put more into it."""

from rich.table import Table

from datalake.frequencies import frequencies_of, told
from datalake.sample import build_sample
from datalake.status import LakeStatus, status
from functions.commands.failures import OK
from functions.commands.screen import SYNTHETIC, notes, output, write_json
from functions.reports.figures import day
from functions.settings import Settings
from functions.wiring import House


def show_status(settings: Settings, as_json: bool) -> int:
    found = status(settings.lake_url, House(settings).object_options)
    if as_json:
        write_json(_as_json(found))
        return OK
    if not found.sources:
        notes.print("the lake is empty: `lianghu data sample` makes a synthetic market, `data import` and `data sync` bring real bars")
    for source in found.sources:
        title = f"{source.newest.version} · {source.title} · {len(source.versions)} version{'s' * (len(source.versions) > 1)}"
        table = Table(title=title, title_justify="left", header_style="bold")
        for name, justify in (("table", "left"), ("rows", "right"), ("first", "right"), ("last", "right"), ("MB", "right")):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        for row in source.tables:
            dates = (day(row.first), day(row.last)) if row.first else ("", "")
            table.add_row(row.name, f"{row.rows:,}", *dates, f"{row.bytes / 1e6:.1f}")
        output.print(table)
        output.print(f"backtests on {told(source.newest)}", markup=False)
    kept = f"{found.panels} panels, {found.panel_bytes / 1e6:.1f} MB · rankings, {found.ranking_bytes / 1e6:.1f} MB"
    output.print(f"{found.url} · {kept}", style="dim", markup=False)
    return OK


def make_sample(settings: Settings, as_json: bool) -> int:
    with notes.status("making the sample market"):
        dataset = build_sample(settings.lake_url, House(settings).object_options)
    if as_json:
        write_json({"dataset": dataset.version})
    else:
        output.print(f"{dataset.version}: {len(dataset.catalog.instruments)} instruments, {len(dataset.catalog.sessions)} sessions")
        output.print(SYNTHETIC, style="yellow")
    return OK


def _as_json(found: LakeStatus) -> dict[str, object]:
    return {
        "url": found.url,
        "panels": found.panels,
        "panel_bytes": found.panel_bytes,
        "ranking_bytes": found.ranking_bytes,
        "sources": [
            {
                "source": source.source,
                "title": source.title,
                "newest": source.newest.version,
                "frequencies": frequencies_of(source.newest),
                "versions": list(source.versions),
                "tables": [
                    {"name": row.name, "rows": row.rows, "first": row.first, "last": row.last, "bytes": row.bytes} for row in source.tables
                ],
            }
            for source in found.sources
        ],
    }
