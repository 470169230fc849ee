"""Rows in Tushare's shape as frames: the lake's column names, every value parsed in Tushare's unit or known to be unreadable."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from datalake.errors import ImportRefusedError, Problem
from datalake.rows.mapping import TUSHARE, Dialect, follows, matched, of_column
from datalake.rows.units import ratio
from datalake.tables import Column, Table

UNREADABLE = "unreadable:"
"""Prefix of the flag columns that say where a value was there and could not be read."""

ROW, FILE = "file row", "file"
"""Where each row came from; rows count from 1, without a CSV's head."""

SHANGHAI = "Asia/Shanghai"

_Reader = Callable[[pl.Series, str], pl.Series]
"""Texts and a form of them: the values, null where the form does not fit."""


class _Parsed(NamedTuple):
    values: pl.Series
    unreadable: pl.Series | None
    """None: every value that was there could be read."""


def parse(raw: pl.DataFrame, table: Table, path: Path, dialect: Dialect = TUSHARE) -> pl.DataFrame:
    """Columns of the table in Tushare's units: numbers float64 (null where missing or no number), dates, texts; flags; file and row.

    `raw` may say itself where its rows come from (FILE, ROW); otherwise they are those of `path`, in order. Raises ImportRefusedError for
    columns that are missing, or of a type that holds no such value.
    """
    sources = matched(table, raw.columns, str(path), dialect)
    parsed: dict[str, pl.Series] = {}
    problems: list[Problem] = []
    for column in table.columns:
        if column.name not in sources:
            if not follows(table, column):
                parsed |= _columns(column, _Parsed(pl.repeat(None, raw.height, dtype=_type(column), eager=True), None))
            continue
        try:
            parsed |= _columns(column, _of_this_world(_read(column, raw[sources[column.name]], dialect)))
        except pl.exceptions.PolarsError:
            dtype = raw.schema[sources[column.name]]
            problems.append(
                Problem(str(path), f"column {sources[column.name]!r} is of type {dtype}, which {column.name} cannot be read from")
            )
    if problems:
        raise ImportRefusedError(problems)
    rows = pl.DataFrame(parsed)
    if "trade_date" in table.names and "trade_date" not in parsed:
        local = pl.col("time").dt.convert_time_zone(SHANGHAI).dt.date()
        rows = rows.with_columns(local.alias("trade_date"), pl.lit(False).alias(UNREADABLE + "trade_date"))
    if ROW in raw.columns:
        return rows.with_columns(raw[ROW], raw[FILE])
    return rows.with_row_index(ROW, 1).with_columns(pl.lit(path.name).alias(FILE))


def _columns(column: Column, parsed: _Parsed) -> dict[str, pl.Series]:
    """The values and their flag."""
    flag = parsed.unreadable
    if flag is None:
        flag = pl.repeat(False, len(parsed.values), dtype=pl.Boolean, eager=True)
    return {column.name: parsed.values.alias(column.name), UNREADABLE + column.name: flag.alias(UNREADABLE + column.name)}


def _type(column: Column) -> pl.DataType:
    if pa.types.is_date(column.type):
        return pl.Date()
    if pa.types.is_timestamp(column.type):
        return pl.Datetime("us", "UTC")
    return pl.String() if pa.types.is_string(column.type) else pl.Float64()


def _read(column: Column, raw: pl.Series, dialect: Dialect) -> _Parsed:
    if isinstance(raw.dtype, pl.Categorical | pl.Enum):
        raw = raw.cast(pl.String)
    if pa.types.is_string(column.type):
        text = raw.cast(pl.String).str.strip_chars()
        return _Parsed(text.set(text == "", None) if (text == "").any() else text, None)
    if pa.types.is_date(column.type):
        return _dates(raw)
    if pa.types.is_timestamp(column.type):
        return _times(raw)
    return _numbers(raw, column, ratio(column, of_column(dialect.units, column)))


def _of_this_world(parsed: _Parsed) -> _Parsed:
    """Dates of years that nobody can write with four digits (a column of another kind, a damaged file) are unreadable."""
    values, unreadable = parsed
    if not values.dtype.is_temporal() or values.is_empty():
        return parsed
    strange = ~values.dt.year().is_between(1, 9999).fill_null(True)
    if not strange.any():
        return parsed
    return _Parsed(values.set(strange, None), strange if unreadable is None else strange | unreadable)


def _numbers(raw: pl.Series, column: Column, unit: tuple[int, int]) -> _Parsed:
    """What is neither null nor an empty text is there; nor NaN, a frame's way to lack a value, where it may be missing."""
    if raw.dtype.is_temporal() or raw.dtype == pl.Boolean:
        raise pl.exceptions.InvalidOperationError(f"{raw.dtype} is no number")
    values = raw.cast(pl.Float64, strict=False)
    if raw.dtype == pl.String and values.null_count() > raw.null_count():  # some may only have blanks around them
        raw = _without_blanks(raw)
        values = raw.cast(pl.Float64, strict=False)
    finite = values.is_finite()
    there = raw.is_not_null()
    if not column.required:
        there &= ~values.is_nan().fill_null(False)
    if not finite.all() or values.null_count():
        values = values.set(~finite.fill_null(False), None)
        unreadable = there & values.is_null()
    else:
        unreadable = None
    times, over = unit
    return _Parsed(values if times == 1 and over == 1 else values * times / over, unreadable)


def _without_blanks(raw: pl.Series) -> pl.Series:
    """Null where nothing is left."""
    text = raw.str.strip_chars()
    return text.set((text == "").fill_null(False), None)


def _dates(raw: pl.Series) -> _Parsed:
    dtype = raw.dtype
    if isinstance(dtype, pl.Date):
        return _Parsed(raw, None)
    if isinstance(dtype, pl.Datetime):
        return _Parsed((raw.dt.convert_time_zone(SHANGHAI) if dtype.time_zone else raw).dt.date(), None)
    text = raw if dtype == pl.String else _whole(raw).cast(pl.String)
    return _first_form(text, raw, lambda value, form: value.str.to_date(form, strict=False), _DATE_FORMS)


def _times(raw: pl.Series) -> _Parsed:
    """UTC. Times without a zone are the exchange's."""
    dtype = raw.dtype
    if isinstance(dtype, pl.Datetime):
        moments = raw.cast(pl.Datetime("us", dtype.time_zone))
        return _Parsed(moments.dt.convert_time_zone("UTC") if dtype.time_zone else _from_shanghai(moments), None)
    text = raw if dtype == pl.String else _whole(raw).cast(pl.String)
    found = _first_form(text, raw, lambda value, form: value.str.to_datetime(form, strict=False, time_unit="us"), _TIME_FORMS)
    return found._replace(values=_from_shanghai(found.values))


def _whole(raw: pl.Series) -> pl.Series:
    """20240131 and 20240131.0 as a whole number; null for what is none."""
    if not raw.dtype.is_numeric():
        raise pl.exceptions.InvalidOperationError(f"{raw.dtype} is no date")
    return raw.cast(pl.Int64, strict=False)


def _first_form(text: pl.Series, raw: pl.Series, read: _Reader, forms: tuple[str, ...]) -> _Parsed:
    """By the first form that fits; the later ones are only tried where values are left."""
    values = read(text, forms[0])
    if values.null_count() == raw.null_count():
        return _Parsed(values, None)
    text = _without_blanks(text)
    for form in forms:
        left = values.is_null()
        if values.null_count() == text.null_count():
            break
        values = values.zip_with(~left, read(text, form))
    there = raw.is_not_null() & text.is_not_null() if raw.dtype == pl.String else raw.is_not_null()
    return _Parsed(values, there & values.is_null())


_DATE_FORMS = ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S")
_TIME_FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y%m%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y%m%d%H%M%S",
)


def _from_shanghai(moments: pl.Series) -> pl.Series:
    return moments.dt.replace_time_zone(SHANGHAI, ambiguous="null", non_existent="null").dt.convert_time_zone("UTC")
