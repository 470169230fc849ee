"""`lianghu data compact` and `vacuum`: fewer and larger files, and none that no version needs."""

from datetime import timedelta

from rich.table import Table

from datalake.lake import Lake
from datalake.storing.compaction import Compacted, compact
from datalake.storing.vacuum import vacuum
from datalake.versions import list_versions
from functions.commands.failures import OK
from functions.commands.screen import notes, output, show_table, write_json
from functions.settings import Settings
from functions.wiring import House


def compact_sources(settings: Settings, source: str | None, as_json: bool) -> int:
    lake = Lake(settings.lake_url, House(settings).object_options)
    found: list[Compacted] = []
    for name in [source] if source else sorted({dataset.source for dataset in list_versions(lake.store)}):
        with notes.status(f"compacting {name}"):
            found.append(compact(lake, name))
    if as_json:
        write_json([{"dataset": row.dataset, "tables": {name: files._asdict() for name, files in row.tables.items()}} for row in found])
        return OK
    for row in found:
        if not row.tables:
            output.print(f"{row.dataset}: nothing to do", markup=False)
        for name, files in row.tables.items():
            output.print(f"{row.dataset}: {name} has {files.after:,} files instead of {files.before:,}, with the same rows", markup=False)
    if not found:
        output.print("the lake is empty: nothing to do")
    return OK


def sweep(settings: Settings, hours: float, panels: bool, dry_run: bool, as_json: bool) -> int:
    lake = Lake(settings.lake_url, House(settings).object_options)
    with notes.status("looking for what no version needs"):
        found = vacuum(lake, timedelta(hours=hours), panels=panels, dry_run=dry_run)
    files, size = sum(row.files for row in found.swept), sum(row.bytes for row in found.swept)
    if as_json:
        swept = [row._asdict() for row in found.swept]
        write_json({"dry_run": dry_run, "files": files, "bytes": size, "swept": swept, "told": list(found.told)})
        return OK
    for line in found.told:
        notes.print(line, style="yellow", markup=False, soft_wrap=True)
    if found.swept:
        table = Table(header_style="bold")
        for name, justify in (("what", "left"), ("files", "right"), ("MB", "right")):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        for row in found.swept:
            table.add_row(row.what, f"{row.files:,}", f"{row.bytes / 1e6:.1f}")
        show_table(table)
    verb = "would be deleted" if dry_run else "deleted"
    output.print(f"{files:,} files, {size / 1e6:.1f} MB {verb}; every published version stays readable", markup=False)
    return OK
