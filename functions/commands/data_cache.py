"""`lianghu data cache`: which panels this machine keeps on its disk, and how often they were found where."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from datalake.errors import CorruptObjectError
from datalake.panels.counts import Counts
from datalake.panels.disk import OnDisk, PanelFiles
from datalake.panels.packing import Header, outline_of
from functions.commands.failures import OK
from functions.commands.screen import output, show_table, write_json
from functions.reports.figures import day
from functions.settings import Settings

SHOWN = 20
"""--json has all."""
LAYERS = {
    "memory": "in the memory of the process that asked",
    "disk": "on this machine's disk",
    "store": "fetched from the store",
}
"""Of panels that are loaded to compute on them."""
PLANS = {"found": "was in the store already", "built": "built, because it was not"}
"""Of panels that are to be in the store before anybody loads them."""


def show_cache(settings: Settings, clear: bool, as_json: bool) -> int:
    folder, limit = settings.data_cache_dir, settings.data_cache_mb * 2**20
    counts = Counts(folder)
    files = PanelFiles(folder, limit, counts)
    found = [_told(folder, each) for each in reversed(files.files())]
    if clear:
        files.clear()
    size, counted = sum(row["bytes"] for row in found), counts.read()
    rates = {name: rate for group in (LAYERS, PLANS) for name, rate in _rates(counted, group).items()}
    if as_json:
        told = {"folder": str(folder), "cleared": clear, "files": len(found), "bytes": size, "limit_bytes": limit}
        write_json(told | {"counts": counted, "rates": rates, "panels": found})
        return OK
    if clear:
        words = f"{folder}: {len(found):,} panels, {size / 1e6:,.1f} MB taken away; they are fetched again when they are needed"
        output.print(words, markup=False, soft_wrap=True)
        return OK
    if found:
        show_table(_table(found[:SHOWN]))
    more = f", {len(found) - SHOWN:,} more than are shown" if len(found) > SHOWN else ""
    output.print(f"{folder}: {len(found):,} panels, {size / 1e6:,.1f} of {limit / 1e6:,.0f} MB{more}", markup=False, soft_wrap=True)
    for title, group in (("loaded to compute on", LAYERS), ("asked for by a plan", PLANS)):
        output.print(f"{title}: {sum(counted[name] for name in group):,}", markup=False)
        for name, words in group.items():
            output.print(f"  {counted[name]:>9,} {_percent(rates[name]):>6}  {words}", markup=False)
    if counted["spoiled"]:
        spoiled = f"{counted['spoiled']:,} files of this disk were not what had been written, and were fetched again"
        output.print(spoiled, style="yellow", markup=False)
    return OK


def _told(folder: Path, each: OnDisk) -> dict[str, Any]:
    """A file with what its header says; nothing where it says nothing any more."""
    header = _header(folder / f"{each.key}.panel")
    spec = header.get("spec") or {}
    told = {name: spec.get(name) for name in ("dataset", "frequency", "start", "end")}
    used = datetime.fromtimestamp(each.used, UTC).isoformat(timespec="seconds")
    return {"key": each.key, "bytes": each.bytes, "used_at": used, **told, "stocks": len(header.get("codes") or ())}


def _header(file: Path) -> Header:
    try:
        with file.open("rb") as opened:

            def read(start: int, length: int) -> bytes:
                opened.seek(start)
                return opened.read(min(length, file.stat().st_size))

            return outline_of(read).header
    except (CorruptObjectError, FileNotFoundError):
        return {}


def _rates(counted: Mapping[str, int], group: Mapping[str, str]) -> dict[str, float | None]:
    total = sum(counted[name] for name in group)
    return {name: counted[name] / total if total else None for name in group}


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(header_style="bold")
    right = {"stocks", "MB"}
    for name in ("panel", "dataset", "frequency", "stocks", "first", "last", "MB", "last used (UTC)"):
        table.add_column(name, justify="right" if name in right else "left")
    for row in rows:
        told = (row["dataset"] or "?", row["frequency"] or "?", f"{row['stocks']:,}", day(row["start"] or 0), day(row["end"] or 0))
        table.add_row(row["key"][:12], *told, f"{row['bytes'] / 1e6:,.1f}", row["used_at"][:19].replace("T", " "))
    return table
