"""What a catalogue must know of each partition of bars, kept by the names of its files: a new day does not read ten years again.

An outline is a cache: it can be deleted, and is made anew.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence

import polars as pl

from datalake.lake import Lake, at_version, files_by_part, scan_files
from datalake.objects import exists, get, put_new
from datalake.tables import TABLES, Table

FORMAT = 1
"""Raised when the same files would give another outline."""

EDGES = {
    "ts_code": pl.String(),
    "first_day": pl.Date(),
    "first_pre_close": pl.Int32(),
    "last_close": pl.Int32(),
    "moved": pl.List(pl.Date()),
}
"""One row a code: where its bars of the partition begin and end, and the days inside it on which the reference price was not the last
close. (Minute bars have no reference price: it is null, and nothing moved.)"""


def outline(lake: Lake, source: str, table: str, version: int) -> pl.DataFrame:
    """EDGES of every partition of a table of bars, with its `part`, in the order of the partitions."""
    shape = TABLES[table]
    found = [
        _kept(lake, shape, uris).select(pl.lit(part).alias("part"), *EDGES)
        for part, uris in files_by_part(at_version(lake, source, table, version), shape).items()
    ]
    return pl.concat([pl.DataFrame(schema={"part": pl.Int32(), **EDGES}), *found])


def codes_in(edges: pl.DataFrame) -> list[str]:
    codes: list[str] = edges["ts_code"].unique().sort().to_list()
    return codes


def ex_dates(edges: pl.DataFrame) -> pl.DataFrame:
    """ts_code, trade_date of every bar whose reference price differs from the code's last close, also from one partition to the next."""
    inside = edges.select("ts_code", pl.col("moved").alias("trade_date")).explode("trade_date").drop_nulls()
    before = pl.col("last_close").shift(1).over("ts_code", order_by="part")
    across = edges.filter(pl.col("first_pre_close") != before).select("ts_code", trade_date="first_day")
    return pl.concat([inside, across]).unique().sort("ts_code", "trade_date")


def outline_key(uris: Sequence[str]) -> str:
    """Where the outline of a partition is, which has these files."""
    names = "\n".join([str(FORMAT), *(uri.rsplit("/", 1)[-1] for uri in uris)])  # Delta gives every file a name of its own
    return f"outlines/{hashlib.sha256(names.encode()).hexdigest()}.parquet"


def _kept(lake: Lake, table: Table, uris: list[str]) -> pl.DataFrame:
    key = outline_key(uris)
    if exists(lake.store, key):
        return pl.read_parquet(get(lake.store, key))
    made = _made(scan_files(lake, uris, table), table)
    buffer = io.BytesIO()
    made.write_parquet(buffer)
    put_new(lake.store, key, buffer.getvalue())
    return made


def _made(rows: pl.LazyFrame, table: Table) -> pl.DataFrame:
    has_reference = "pre_close" in table.names
    order = table.key[-1]
    reference = pl.col("pre_close") if has_reference else pl.lit(None, pl.Int32)
    names = dict.fromkeys(("ts_code", "trade_date", order, "close"))
    bars = rows.select(*names, reference.alias("pre_close")).sort("ts_code", order)
    moved: Mapping[str, pl.Expr] = {"is_moved": pl.col("pre_close") != pl.col("close").shift(1).over("ts_code")}
    return (
        bars.with_columns(**moved)
        .group_by("ts_code", maintain_order=True)
        .agg(
            first_day=pl.col("trade_date").first(),
            first_pre_close=pl.col("pre_close").first(),
            last_close=pl.col("close").last(),
            moved=pl.col("trade_date").filter(pl.col("is_moved")),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in EDGES.items())
        .collect()
    )
