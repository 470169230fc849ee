"""`lianghu data versions` and `diff`: what was published when, and what is different between two versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from datalake.errors import did_you_mean
from datalake.lake import Lake
from datalake.storing.diff import Example, TableDiff, diff
from datalake.tables import TABLES
from datalake.versions import Dataset, list_versions, resolve
from functions.commands.failures import OK, CommandError
from functions.commands.screen import notes, output, show_table, write_json
from functions.reports.figures import day
from functions.settings import Settings
from functions.wiring import House

CODES_SHOWN = 10
"""Of each table; --json has all."""


def show_versions(settings: Settings, source: str | None, as_json: bool) -> int:
    lake = Lake(settings.lake_url, House(settings).object_options)
    everything = list_versions(lake.store)
    sources = sorted({dataset.source for dataset in everything})
    if source and source not in sources:
        hint = did_you_mean(source, sources) or (f"the lake has {', '.join(sources)}" if sources else "the lake is empty")
        raise CommandError(f"there is no version of {source!r}", hint)
    found = [dataset for dataset in everything if source in (None, dataset.source)]
    newest = {dataset.source: dataset.version for dataset in found}
    if as_json:
        write_json([_version(dataset) | {"newest": newest[dataset.source] == dataset.version} for dataset in found])
        return OK
    if not found:
        notes.print("the lake is empty: `lianghu data sample` makes a synthetic market, `data import` and `data sync` bring real bars")
        return OK
    table = Table(header_style="bold")
    for name in ("version", "published (UTC)", "tables", "rows", "first", "last", "findings", "what came in"):
        table.add_column(name, justify="right" if name in {"tables", "rows", "findings"} else "left")
    for dataset in found:
        row = _version(dataset)
        mark = " [green]newest[/]" if newest[dataset.source] == dataset.version else ""
        findings = f"{row['findings']:,}" if row["findings"] else ""
        figures = (str(len(dataset.tables)), f"{row['rows']:,}", day(row["first"]), day(row["last"]), findings)
        table.add_row(f"{dataset.version}{mark}", dataset.published_at[:19].replace("T", " "), *figures, _told(dataset.note))
    show_table(table)
    return OK


def show_diff(settings: Settings, old: str, new: str | None, as_json: bool) -> int:
    lake = Lake(settings.lake_url, House(settings).object_options)
    before, after = _two(lake, old, new)
    with notes.status(f"comparing {before.version} with {after.version}"):
        found = diff(lake, before, after)
    if as_json:
        write_json({"old": before.version, "new": after.version, "tables": [row.to_json() for row in found]})
        return OK
    output.print(f"{before.version} → {after.version}", style="bold", markup=False)
    if not found:
        output.print("no row is different")
        return OK
    _show_tables(found)
    for row in found:
        if row.table != "fetches":  # what was asked for is counted above
            _show_rows(row)
    return OK


def _two(lake: Lake, old: str, new: str | None) -> tuple[Dataset, Dataset]:
    """The older and the newer one: a source alone means its newest version, and where nothing else is named, that and the one before."""
    before = resolve(lake.store, old)
    if new is not None:
        return before, resolve(lake.store, new)
    if ":" in old:
        return before, resolve(lake.store, before.source)
    if before.number == 1:
        raise CommandError(f"{before.version} is the only version of {before.source}", "name two versions to compare")
    return resolve(lake.store, f"{before.source}:v{before.number - 1}"), before


def _version(dataset: Dataset) -> dict[str, Any]:
    """The range is that of the bars, where there are any: a calendar reaches into the future."""
    dated = [row for row in dataset.tables.values() if row.first]
    bars = [row for name, row in dataset.tables.items() if row.first and name.startswith(("bars_", "index_1d"))] or dated
    return {
        "version": dataset.version,
        "source": dataset.source,
        "published_at": dataset.published_at,
        "tables": {name: row.rows for name, row in sorted(dataset.tables.items())},
        "rows": sum(row.rows for row in dataset.tables.values()),
        "first": min((row.first for row in bars), default=0),
        "last": max((row.last for row in bars), default=0),
        "findings": sum(finding.count for finding in dataset.findings),
        "note": dict(dataset.note),
    }


def _told(note: Mapping[str, Any]) -> str:
    """A note in a line: what is empty or a list of figures is left to --json."""
    words = []
    for name, value in note.items():
        if isinstance(value, Mapping) or value in ("", None, [], ()):
            continue
        many = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        shown = " ".join(str(one) for one in many[:3]) + (f" and {len(many) - 3} more" if len(many) > 3 else "")
        words.append(f"{name} {shown}")
    return ", ".join(words)


def _show_tables(found: Sequence[TableDiff]) -> None:
    table = Table(header_style="bold")
    for name in ("table", "added", "removed", "changed", "codes", "dates", "first", "last", "columns"):
        table.add_column(name, justify="right" if name in {"added", "removed", "changed", "codes", "dates"} else "left")
    for row in found:
        counts = [f"{count:,}" if count else "" for count in (row.added, row.removed, row.changed, len(row.codes), row.dates)]
        columns = f"only in {row.only_in}" if row.only_in else ", ".join(f"{name} {count:,}" for name, count in row.columns.items())
        table.add_row(row.table, *counts, *(day(value) if value else "" for value in (row.first, row.last)), columns)
    show_table(table)


def _show_rows(row: TableDiff) -> None:
    for example in row.examples:
        output.print(f"{row.table} {_example(row.table, example)}", markup=False, soft_wrap=True)
    if row.codes:
        names = " ".join(code.code for code in row.codes[:CODES_SHOWN])
        more = f" and {len(row.codes) - CODES_SHOWN:,} more (--json has all)" if len(row.codes) > CODES_SHOWN else ""
        output.print(f"{row.table} {TABLES[row.table].key[0]}: {names}{more}", style="dim", markup=False, soft_wrap=True)


def _example(table: str, row: Example) -> str:
    key = " ".join(row.key)
    if not row.column:
        return f"{key}: {row.kind}"
    unit = next(column.unit for column in TABLES[table].columns if column.name == row.column).partition(":")[0]
    return f"{key} {row.column}: {row.old or 'nothing'} → {row.new or 'nothing'}" + (f" {unit}" if unit else "")
