"""Answers to questions in SQL: as a table on the screen, as JSON or CSV on standard output, or in a Parquet file."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from rich.table import Table
from rich.text import Text

from datalake.explore.query import Answer
from datalake.versions import Dataset
from functions.commands.failures import CommandError
from functions.commands.harmless import harmless_column
from functions.commands.screen import SYNTHETIC, notes, output, show_table, write_json
from functions.jobs.columns import held

ON_SCREEN = 100
"""Rows that are shown where nobody says how many."""
MOST_JSON = 1_000_000
"""Rows: JSON is made as a whole."""
MOST = 2**62
"""Rows: all."""


def show_answer(dataset: Dataset, answer: Answer, most: int | None) -> None:
    limit = most or ON_SCREEN
    table = Table(header_style="bold")
    for field in answer.schema:
        table.add_column(Text(field.name), justify="right" if _is_number(field.type) else "left", no_wrap=True)
    rows = 0
    for batch in _first(answer, limit + 1):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            rows += 1
            if rows <= limit:
                table.add_row(*(Text(_cell(value)) for value in row))
    show_table(table)
    if rows > limit:
        notes.print(f"the first {limit:,} rows; --limit shows more, --csv and --parquet give all", style="yellow")
    notes.print(f"{dataset.version} · {min(rows, limit):,} row{'s' * (rows != 1)}", style="dim")
    if dataset.source == "sample":
        notes.print(SYNTHETIC, style="yellow")


def write_json_answer(dataset: Dataset, answer: Answer, limit: int | None) -> None:
    rows: list[list[Any]] = []
    for batch in _first(answer, limit or MOST_JSON + 1):
        rows += [[_plain(value) for value in row] for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)]
    if limit is None and len(rows) > MOST_JSON:
        raise CommandError(f"the answer has more than {MOST_JSON:,} rows", "--csv and --parquet give all, --limit fewer")
    names = _unique(answer.schema.names)
    columns = [{"name": name, "type": str(field.type)} for name, field in zip(names, answer.schema, strict=True)]
    write_json({"dataset": dataset.version, "columns": columns, "rows": [dict(zip(names, row, strict=True)) for row in rows]})


def write_csv(answer: Answer, limit: int) -> None:
    """With a header, UTF-8, as the rows come. No text begins like a formula: see functions.jobs.columns.held."""
    sys.stdout.flush()
    try:
        with pacsv.CSVWriter(
            sys.stdout.buffer, _flat_schema(answer.schema), write_options=pacsv.WriteOptions(quoting_style="needed")
        ) as writer:
            for batch in _first(answer, limit):
                writer.write_batch(_flat(batch))
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_parquet(answer: Answer, limit: int, file: Path) -> None:
    """Beside and renamed: whoever is interrupted leaves no half of a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside, rows, names = file.with_name(f".{file.name}.{os.getpid()}"), 0, _unique(answer.schema.names)
    schema = pa.schema([field.with_name(name) for name, field in zip(names, answer.schema, strict=True)])
    try:
        with pq.ParquetWriter(beside, schema, compression="zstd") as writer:
            for batch in _first(answer, limit):
                writer.write_batch(batch.rename_columns(names))
                rows += batch.num_rows
        beside.replace(file)
    except pa.ArrowNotImplementedError as error:
        raise CommandError(f"the answer cannot be written as Parquet: {error}", "cast the column to text: x::varchar") from error
    finally:
        beside.unlink(missing_ok=True)
    output.print(f"{rows:,} row{'s' * (rows != 1)}: {file}", markup=False, soft_wrap=True)


def _first(answer: Answer, rows: int) -> Iterator[pa.RecordBatch]:
    """The first rows; what is left is never computed."""
    left = rows
    while left > 0 and (batch := next(answer.batches, None)) is not None:
        yield batch.slice(0, left)
        left -= batch.num_rows


def _unique(names: Sequence[str]) -> list[str]:
    """a, a, b becomes a, a_1, b: nobody's column is lost."""
    found: list[str] = []
    for name in names:
        ways = (name if number == 0 else f"{name}_{number}" for number in count())
        found.append(next(way for way in ways if way not in found and (way == name or way not in names)))
    return found


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(_plain(value)) if isinstance(value, list | dict | bytes) else str(value)


def _plain(value: Any) -> Any:
    """For JSON: decimals are numbers, days and times ISO texts; what is no number is null."""
    if isinstance(value, Decimal):
        return float(value) if int(value.as_tuple().exponent) else int(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if value is None or isinstance(value, bool | int | str):
        return value
    return [_plain(each) for each in value] if isinstance(value, Iterable) and not isinstance(value, bytes) else _text_of(value)


def _text_of(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _flat_schema(schema: pa.Schema) -> pa.Schema:
    """What CSV can hold: lists and the like become texts."""
    return pa.schema([pa.field(held(field.name), field.type if _is_flat(field.type) else pa.string()) for field in schema])


def _flat(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        column
        if _is_flat(column.type)
        else pa.array([None if value is None else _text(value) for value in column.to_pylist()], pa.string())
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays([harmless_column(column) for column in columns], schema=_flat_schema(batch.schema))


def _text(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False) if isinstance(value, list | dict) else str(_plain(value))


def _is_flat(kind: pa.DataType) -> bool:
    times = pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None)
    return bool(_is_number(kind) or times or pa.types.is_string(kind) or pa.types.is_boolean(kind))
