"""Small tables for the tests."""

from datetime import date

import polars as pl

from datalake.frames import conform
from datalake.lake import Lake, scan
from datalake.tables import TABLES
from datalake.versions import resolve


def bars(*rows: tuple[str, date, int]) -> pl.DataFrame:
    """Flat daily bars of (code, day, price in li)."""
    columns = {"ts_code": [row[0] for row in rows], "trade_date": [row[1] for row in rows]}
    for name in ("open", "high", "low", "close", "pre_close"):
        columns[name] = pl.Series([row[2] for row in rows], dtype=pl.Int32)
    columns["volume"] = [100] * len(rows)
    columns["amount"] = [100 * row[2] for row in rows]
    return conform(pl.DataFrame(columns), TABLES["bars_1d"])


def daily(**changes: object) -> pl.DataFrame:
    """Four rows as Tushare's `daily` writes them; `changes` replace whole columns."""
    columns: dict[str, object] = {
        "ts_code": ["000001.SZ", "000001.SZ", "600519.SH", "600519.SH"],
        "trade_date": ["20200102", "20200103", "20200102", "20200103"],
        "open": [16.65, 16.94, 1128.0, 1117.0],
        "high": [16.95, 17.31, 1145.06, 1117.0],
        "low": [16.55, 16.92, 1116.0, 1076.9],
        "close": [16.87, 17.18, 1130.0, 1078.56],
        "pre_close": [16.45, 16.87, 1183.0, 1130.0],
        "vol": [1530231.87, 1116194.81, 148099.16, 130318.78],
        "amount": [2571196.482, 1914495.474, 16696841.0, 14266383.0],
    }
    return pl.DataFrame(columns | changes)


def stored(lake: Lake, table: str = "bars_1d") -> pl.DataFrame:
    """A table of the newest import, in the order of its key."""
    dataset = resolve(lake.store, "import")
    return scan(lake, "import", table, dataset.tables[table].delta_version).collect().sort(TABLES[table].key)
