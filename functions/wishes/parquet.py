"""A table of a run's account as Parquet with exact types: money as decimals, days as dates, times as UTC, texts as they were."""

import hashlib
import io

import polars as pl

from datalake.errors import CorruptObjectError, Problem
from functions.jobs.columns import HELD, TABLES, Columns, Meaning
from functions.jobs.results import parquet_path
from functions.logs import logger
from functions.wiring import House
from functions.wishes.shapes import ParquetWish

TYPES: dict[Meaning, pl.DataType] = {
    "day": pl.Date(),
    "time": pl.Datetime("ms", "UTC"),
    "text": pl.String(),
    "yuan": pl.Decimal(38, 3),
    "rate": pl.Float64(),
    "count": pl.Int64(),
}


def make_parquet(wish: ParquetWish, house: House) -> None:
    """CorruptObjectError where the CSV file is not the one that was noted: its Parquet would be another table."""
    data = house.results.get_artifact(wish.path)
    if hashlib.sha256(data).hexdigest() != wish.sha256:
        raise CorruptObjectError(Problem("results", f"{wish.path} is not what it was when it was written"))
    kind = wish.path.rpartition("/")[2].removesuffix(".csv")
    made = parquet_of(data, TABLES[kind])
    house.results.put_parquet(parquet_path(wish.path, wish.sha256), made)
    logger().info("parquet made", extra={"table": kind, "bytes": len(made)})


def parquet_of(data: bytes, columns: Columns) -> bytes:
    """The same CSV gives the same bytes. An empty cell is null. CorruptObjectError where a cell is not what its column says."""
    try:
        table = pl.read_csv(io.BytesIO(data), infer_schema=False).select(
            _typed(name, columns.get(name, "text")) for name in pl.read_csv(io.BytesIO(data), n_rows=0).columns
        )
    except pl.exceptions.PolarsError as error:
        raise CorruptObjectError(Problem("results", "a run's table is damaged")) from error
    out = io.BytesIO()
    table.write_parquet(out, compression="zstd", statistics=True)
    return out.getvalue()


def _typed(name: str, meaning: Meaning) -> pl.Expr:
    cell = pl.col(name)
    if meaning == "text":
        return pl.when(cell.str.contains(HELD)).then(cell.str.slice(1)).otherwise(cell)
    if meaning == "time":
        return cell.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="ms", time_zone="UTC")
    if meaning == "yuan":
        return cell.str.to_decimal(scale=3).cast(TYPES[meaning])
    return cell.str.to_date("%Y-%m-%d") if meaning == "day" else cell.cast(TYPES[meaning])
