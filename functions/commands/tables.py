"""Tables that people bring, read as texts: CSV in UTF-8 or GB 18030, or Parquet."""

from pathlib import Path

import numpy as np

from engine.errors import OrdersError
from engine.orders.lines import Table, column_of
from engine.orders.table import MOST_ROWS
from functions.commands.failures import CommandError
from functions.signals.tables import decoded, table_of_csv

LARGEST_FILE = 512 * 2**20


def read_table(file: Path) -> Table:
    """CommandError where there is no such file, or it is no table."""
    return _parquet(file) if is_parquet(file) else _csv(file)


def is_parquet(file: Path) -> bool:
    """CommandError where it is nothing that could be a table."""
    if file.is_dir():
        raise CommandError(f"{file} is a folder, not a table")
    try:
        with file.open("rb") as stream:
            head = stream.read(4)
        size = file.stat().st_size
    except FileNotFoundError as error:
        raise CommandError(f"there is no file {file}") from error
    if size > LARGEST_FILE:
        raise CommandError(f"{file} has {size:,} bytes; a table has at most {LARGEST_FILE:,}")
    if head[:4] == b"PK\x03\x04":
        raise CommandError(f"{file} is a workbook of a spreadsheet", "save the sheet as CSV")
    return head == b"PAR1"


def csv_text(file: Path) -> str:
    """CommandError where it is no text."""
    try:
        return decoded(file.read_bytes())
    except OrdersError as error:
        raise _in_file(file, error) from error


def _csv(file: Path) -> Table:
    try:
        return table_of_csv(csv_text(file))
    except OrdersError as error:
        raise _in_file(file, error) from error


def _in_file(file: Path, error: OrdersError) -> CommandError:
    problem = error.problems[0]
    return CommandError(f"{file}, {problem.field}: {problem.message}", problem.hint or "")


def _parquet(file: Path) -> Table:
    import polars as pl  # noqa: PLC0415  the other commands do without

    try:
        frame = pl.read_parquet(file, n_rows=MOST_ROWS + 1)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CommandError(f"{file} cannot be read as Parquet: {str(error).splitlines()[0]}") from error
    if frame.height > MOST_ROWS:
        raise CommandError(f"{file} has more than {MOST_ROWS:,} rows", "run it in parts")
    columns = {}
    for series in frame:
        if isinstance(series.dtype, pl.Datetime) and series.dtype.time_zone:
            series = series.dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)  # noqa: PLW2901
        try:
            texts = series.cast(pl.String)
        except pl.exceptions.PolarsError:
            continue  # a column of lists or structures, which no order has
        columns[series.name] = column_of((text or "").strip() for text in texts.to_list())
    return Table(columns, np.arange(1, frame.height + 1))
