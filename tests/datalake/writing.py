"""A process of its own that writes to a lake, or reads it, for test_writers.py. Prints one JSON line for each thing it did.

python -m tests.datalake.writing write URL OPTIONS NAME STEPS      merges and publishes so many times
python -m tests.datalake.writing read URL OPTIONS NAME STEPS       reads the newest version until so many were seen
"""

import json
import sys
import time
from datetime import date, timedelta

import polars as pl

from datalake.errors import UnknownDatasetError
from datalake.frames import conform
from datalake.lake import Lake, scan
from datalake.storing.compaction import compact
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset, resolve
from tests.datalake.rows import bars

FIRST = date(2019, 12, 20)
SHARED = "shared"
"""A code that every writer writes to: the last one of a day counts."""


def step_rows(name: str, step: int) -> list[tuple[str, date, int]]:
    """Two days of a code of its own (days come again, with other prices), and a day of the one that all share."""
    days = [FIRST + timedelta(days=(step + more) % 25) for more in (0, 7)]
    return [*((name, day, step + 1) for day in days), (SHARED, days[0], step + 1)]


def factors_of(rows: pl.DataFrame) -> pl.DataFrame:
    return conform(rows.select("ts_code", "trade_date", adj_factor=pl.col("close").cast(pl.Int64)), TABLES["adj_factor"])


def write(lake: Lake, name: str, steps: int) -> None:
    for step in range(steps):
        rows = bars(*step_rows(name, step))
        written = {"adj_factor": merge(lake, "import", "adj_factor", factors_of(rows))}
        written["bars_1d"] = merge(lake, "import", "bars_1d", rows)
        say(step=step, version=publish_tables(lake, "import", written, {"writer": name, "step": step}).version)
        if step % 7 == 6:
            say(compacted=compact(lake, "import").dataset)


def read(lake: Lake, versions: int) -> None:
    """Ends with the version of that number."""
    number = 0
    while number < versions:
        try:
            newest = resolve(lake.store, "import")
        except UnknownDatasetError:
            time.sleep(0.01)
            continue
        if newest.number < number:
            raise SystemExit(f"version {newest.number} after version {number}")
        if newest.number > number:
            problem = wrong(lake, newest)
            if problem:
                raise SystemExit(f"{newest.version}: {problem}")
            say(seen=newest.number)
        number = newest.number


def wrong(lake: Lake, dataset: Dataset) -> str:
    """What a version has that none may have: other rows than it says, a key twice, bars without their factors, codes without bars."""
    rows = {name: scan(lake, "import", name, table.delta_version).collect() for name, table in dataset.tables.items()}
    for name, frame in rows.items():
        if frame.height != dataset.tables[name].rows:
            return f"{name} has {frame.height} rows and says {dataset.tables[name].rows}"
        if frame.select(TABLES[name].key).is_duplicated().any():
            return f"{name} has a key twice"
    alone = rows["bars_1d"].join(rows["adj_factor"], on=["ts_code", "trade_date"], how="anti")
    if alone.height:
        return f"bars without factors: {alone.select('ts_code', 'trade_date').rows()}"
    codes = sorted(set(rows["bars_1d"]["ts_code"]))
    if codes != [row.ts_code for row in dataset.catalog.instruments]:
        return f"the catalogue says {[row.ts_code for row in dataset.catalog.instruments]} and bars have {codes}"
    return ""


def say(**words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main(what: str, url: str, options: str, name: str, steps: str) -> None:
    lake = Lake(url, json.loads(options))
    if what == "write":
        write(lake, name, int(steps))
    else:
        read(lake, int(steps))


if __name__ == "__main__":
    main(*sys.argv[1:])
