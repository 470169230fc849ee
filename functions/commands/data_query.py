"""`lianghu data query`: a question in SQL over the tables of a version."""

from pathlib import Path
from typing import NamedTuple

from rich.table import Table

from datalake.explore.query import Bounds, asked
from datalake.explore.views import RAW, Shown, shown, stored
from datalake.lake import Lake
from datalake.tables import TABLES
from datalake.versions import Dataset, resolve
from functions.commands.failures import OK, CommandError
from functions.commands.query_answers import MOST, show_answer, write_csv, write_json_answer, write_parquet
from functions.commands.screen import notes, show_table, write_json
from functions.settings import Settings
from functions.wiring import House

EXAMPLE = "select * from bars_1d where ts_code = '600519.SH'"


class Choice(NamedTuple):
    """What was typed."""

    sql: str | None
    dataset: str | None
    limit: int | None
    seconds: float
    as_json: bool
    as_csv: bool
    parquet: Path | None


def query(settings: Settings, choice: Choice) -> int:
    if sum((choice.as_json, choice.as_csv, choice.parquet is not None)) > 1:
        raise CommandError("--json, --csv and --parquet are three ways to give one answer", "choose one of them")
    lake = Lake(settings.lake_url, House(settings).object_options)
    dataset = resolve(lake.store, choice.dataset)
    if choice.sql is None:
        return _show_columns(dataset, choice.as_json)
    with asked(lake, dataset, _statement(choice.sql), Bounds(choice.seconds)) as answer:
        if choice.parquet:
            write_parquet(answer, choice.limit or MOST, choice.parquet)
        elif choice.as_csv:
            write_csv(answer, choice.limit or MOST)
        elif choice.as_json:
            write_json_answer(dataset, answer, choice.limit)
        else:
            show_answer(dataset, answer, choice.limit)
    return OK


def _statement(typed: str) -> str:
    """What was typed, or what the file after @ holds."""
    if not typed.startswith("@"):
        return typed
    try:
        return Path(typed[1:]).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CommandError(f"there is no file {typed[1:]}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{typed[1:]} is no text in UTF-8") from error


def _show_columns(dataset: Dataset, as_json: bool) -> int:
    """What can be asked for, where nothing was."""
    names = [name for name in TABLES if name in dataset.tables]
    if as_json:
        found = {
            name: {
                "rows": dataset.tables[name].rows,
                "columns": [_as_json(row) for row in shown(TABLES[name])],
                RAW: [_as_json(row) for row in stored(TABLES[name])],
            }
            for name in names
        }
        write_json({"dataset": dataset.version, "tables": found})
        return OK
    for name in names:
        table = Table(title=f"{name} · {dataset.tables[name].rows:,} rows", title_justify="left", header_style="bold")
        for heading in ("column", "type", "unit", f"{RAW}.{name}"):
            table.add_column(heading)
        for row, kept in zip(shown(TABLES[name]), stored(TABLES[name]), strict=False):  # stored may have the folder's year besides
            same = (row.type, row.unit) == (kept.type, kept.unit)
            table.add_row(row.name, row.type, row.unit, "" if same else f"{kept.type} {kept.unit}")
        show_table(table)
    notes.print(f"{dataset.version} · ask like: {EXAMPLE}", style="dim", markup=False)
    return OK


def _as_json(row: Shown) -> dict[str, str]:
    return {"name": row.name, "type": row.type, "unit": row.unit}
