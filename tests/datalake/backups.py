"""Lakes that are backed up, and what of them is compared."""

import hashlib
from datetime import date
from pathlib import Path

from datalake.lake import Lake, scan
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.versions import Dataset
from tests.datalake.rows import bars

CODES = ["000001.SZ", "600519.SH"]
DAYS = [date(2023, 12, 28), date(2023, 12, 29), date(2024, 1, 2), date(2024, 1, 3)]


def add(lake: Lake, *days: date, price: int = 10_000) -> Dataset:
    """A version more: bars of these days."""
    rows = bars(*((code, day, price) for code in CODES for day in days))
    return publish_tables(lake, "import", {"bars_1d": merge(lake, "import", "bars_1d", rows)}, {})


def three(lake: Lake) -> list[Dataset]:
    """Days come in, and some are corrected: files of the first version are no part of the third."""
    return [add(lake, *DAYS[:3]), add(lake, DAYS[3]), add(lake, DAYS[2], price=11_000)]


def closes(lake: Lake, dataset: Dataset) -> list[tuple[object, ...]]:
    rows = scan(lake, dataset.source, "bars_1d", dataset.tables["bars_1d"].delta_version)
    return rows.select("ts_code", "trade_date", "close").sort("ts_code", "trade_date").collect().rows()


def tree(folder: Path) -> dict[str, str]:
    """What the objects of a lake hold; its caches and signs apart, and what a killed process had not yet given its name (#)."""
    files = (file for file in folder.rglob("*") if file.is_file())
    found = {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    return {name: text for name, text in found.items() if not name.startswith(("outlines/", "restoring/")) and "#" not in name}


def folder_of(lake: Lake) -> Path:
    return Path(lake.url.removeprefix("file://"))
