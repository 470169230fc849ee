"""Tushare-shaped files as frames: Parquet or CSV in, the lake's column names out, every value parsed or known to be unreadable."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa

from datalake.errors import ImportRefusedError, Problem, did_you_mean
from datalake.tables import Column, Table

UNREADABLE = "unreadable:"
"""Prefix of the flag columns that say where a value was there and could not be read."""

ROW, FILE = "file row", "file"
"""Where each row came from; rows count from 1, without a CSV's head."""

_FAILURES = (pl.exceptions.PolarsError, pa.ArrowException, OSError, UnicodeDecodeError, ValueError)


def read_file(path: Path) -> pl.DataFrame:
    """The file's columns as they are; a CSV's are all texts."""
    if not path.is_file():
        raise ImportRefusedError(Problem(str(path), "there is no such file"))
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return pl.read_parquet(path)
        if path.suffix.lower() == ".csv":
            _check_head(path)
            return pl.read_csv(path, infer_schema=False)
    except _FAILURES as error:
        line = (str(error).strip().splitlines() or ["unreadable"])[0][:200]
        raise ImportRefusedError(Problem(str(path), f"malformed file: {line}", "Parquet or CSV with a head line was expected")) from error
    raise ImportRefusedError(Problem(str(path), f"unknown kind of file {path.suffix!r}", "give .parquet or .csv"))


def _check_head(path: Path) -> None:
    """polars reads any bytes as one strange column."""
    with path.open("rb") as file:
        head = file.readline(65_536)
    try:
        text = head.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ImportRefusedError(Problem(str(path), "the file is not UTF-8 text", "save it as CSV with UTF-8")) from error
    if text and "," not in text:
        raise ImportRefusedError(Problem(str(path), "no comma separates its columns", f"its head line is {text[:60]!r}"))


def parse(raw: pl.DataFrame, table: Table, path: Path) -> pl.DataFrame:
    """Columns of the table in Tushare's units: numbers float64 (null where missing or no number), dates, texts; flags; file and row."""
    problems: list[Problem] = []
    wanted: list[pl.Expr] = []
    for column in table.columns:
        name = _source(column, raw.columns)
        if name is None:
            if column.name == "trade_date" and table.parts == "month":
                continue  # minute bars: it follows from the time
            if column.required:
                missing = column.tushare_name
                hint = did_you_mean(missing, raw.columns) or f"it has {_listed(raw.columns)}"
                problems.append(Problem(str(path), f"column {missing!r} is missing", hint))
            wanted += [pl.lit(None, dtype=_parsed_type(column)).alias(column.name), pl.lit(False).alias(UNREADABLE + column.name)]
            continue
        value = _value(column, name, raw.schema[name])
        wanted += [value.alias(column.name), (_present(column, name, raw.schema[name]) & value.is_null()).alias(UNREADABLE + column.name)]
    if problems:
        raise ImportRefusedError(problems)
    parsed = raw.lazy().select(*wanted).with_row_index(ROW, 1).with_columns(pl.lit(path.name).alias(FILE)).collect()
    if "trade_date" in table.names and "trade_date" not in parsed.columns:
        local = pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.date()
        parsed = parsed.with_columns(local.alias("trade_date"), pl.lit(False).alias(UNREADABLE + "trade_date"))
    return parsed


def _source(column: Column, names: Sequence[str]) -> str | None:
    """The file's column: by Tushare's name, or by ours where the unit is the same. (A column `volume` could be hands or shares.)"""
    for name in (column.tushare_name, column.name):
        if name in names and not (name == "volume" and column.tushare_name == "vol"):
            return name
    return None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")


def _parsed_type(column: Column) -> pl.DataType:
    if pa.types.is_date(column.type):
        return pl.Date()
    if pa.types.is_timestamp(column.type):
        return pl.Datetime("us", "UTC")
    return pl.String() if pa.types.is_string(column.type) else pl.Float64()


def _present(column: Column, name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether the file has a value there: neither null nor an empty text, nor NaN (a frame's way to lack one) where it may be missing."""
    there = pl.col(name).is_not_null()
    if dtype.is_float() and not column.required:
        return there & pl.col(name).is_not_nan()
    return there & (pl.col(name).str.strip_chars() != "") if dtype == pl.String else there


def _value(column: Column, name: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(name).str.strip_chars() if dtype == pl.String else pl.col(name)
    if pa.types.is_string(column.type):
        text = value.cast(pl.String)
        return pl.when(text == "").then(None).otherwise(text)
    if pa.types.is_date(column.type):
        return _date(value, dtype)
    if pa.types.is_timestamp(column.type):
        return _time(value, dtype)
    number = value.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _date(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Date):
        return value
    if isinstance(dtype, pl.Datetime):
        return value.dt.date()
    if dtype.is_numeric():
        return value.cast(pl.Int64, strict=False).cast(pl.String).str.to_date("%Y%m%d", strict=False)
    text = value.cast(pl.String)
    return pl.coalesce(text.str.to_date("%Y%m%d", strict=False), text.str.to_date("%Y-%m-%d", strict=False))


def _time(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """UTC. Times without a zone are the exchange's."""
    if isinstance(dtype, pl.Datetime):
        moment = value.cast(pl.Datetime("us", dtype.time_zone))
        return moment.dt.convert_time_zone("UTC") if dtype.time_zone else _from_shanghai(moment)
    text = value.cast(pl.String)
    return _from_shanghai(pl.coalesce(text.str.to_datetime(form, strict=False, time_unit="us") for form in _TIME_FORMS))


_TIME_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y%m%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


def _from_shanghai(moment: pl.Expr) -> pl.Expr:
    return moment.dt.replace_time_zone("Asia/Shanghai", ambiguous="null", non_existent="null").dt.convert_time_zone("UTC")
