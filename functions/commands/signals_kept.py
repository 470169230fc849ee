"""`lianghu signals`: the tables of orders and weights that the platform keeps."""

import csv
import sys
from uuid import UUID

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.words import Words
from functions.api.signal_shapes import SignalsTable
from functions.client import Client, ClientError
from functions.commands.connection import client
from functions.commands.failures import OK, CommandError
from functions.commands.outside import Outside, tell_uploaded, upload_of
from functions.commands.screen import notes, said, show_table, write_json
from functions.settings import Settings

COUNTS = (Words("行数", "rows"), Words("股票", "stocks"))
HEADS = (Words("名称", "name"), Words("种类", "kind"), *COUNTS, Words("日期", "dates"))
WHERE = "`lianghu signals list` has their names and ids"


def upload(settings: Settings, outside: Outside, name: str | None, as_json: bool) -> int:
    sent = upload_of(outside, name or outside.file.name)
    with client(settings) as api:
        made = api.create_signals(**sent)
    tell_uploaded(made.unused, [f"{row.field}: {row.message}" for row in made.warnings])
    if as_json:
        write_json(made.model_dump(mode="json"))
    else:
        told = f"{made.name}: {made.rows:,} rows of {made.codes:,} stocks, {made.first} to {made.last} ({made.signal_id})"
        notes.print(told, markup=False, soft_wrap=True)
    return OK


def show_list(settings: Settings, name: str, as_json: bool) -> int:
    """Newest first."""
    with client(settings) as api:
        rows = list(api.signals(name))
    if as_json:
        write_json({"items": [row.model_dump(mode="json") for row in rows]})
        return OK
    if not rows:
        notes.print("no table is kept: lianghu signals upload --orders FILE")
        return OK
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for head in HEADS:
        table.add_column("\n".join(said(head)), no_wrap=True, justify="right" if head in COUNTS else "left")
    for row in rows:
        place = f"{row.first} – {row.last}"
        table.add_row(f"{escape(row.name)}\n[dim]{row.signal_id}[/]", row.kind, f"{row.rows:,}", f"{row.codes:,}", place)
    show_table(table)
    return OK


def show_one(settings: Settings, given: str, as_json: bool) -> int:
    """The table as CSV on standard output, so that it can be kept as a file."""
    with client(settings) as api:
        table = api.signals_table(named_signals(api, given))
    if as_json:
        write_json(table.model_dump(mode="json"))
    else:
        _write(table)
    return OK


def delete(settings: Settings, given: str) -> int:
    with client(settings) as api:
        api.delete_signals(named_signals(api, given))
    notes.print(f"deleted: {given}; results that refer to it keep their rows", markup=False, soft_wrap=True)
    return OK


def named_signals(api: Client, given: str) -> str:
    """The id of a table that is named by it or by its name, which several may share."""
    try:
        signals_id = str(UUID(given))
    except ValueError:
        found = [row.signal_id for row in api.signals(given) if row.name == given]
        if len(found) > 1:
            raise CommandError(f"{len(found)} tables are called {given!r}", "name one by its id: " + ", ".join(found[:5])) from None
        if not found:
            raise CommandError(f"there is no table {given!r}", WHERE) from None
        return found[0]
    try:
        return api.signals_facts(signals_id).signal_id
    except ClientError as error:
        if error.code != "NOT_FOUND":
            raise
        raise CommandError(f"there is no table {signals_id}", WHERE) from error


def _write(table: SignalsTable) -> None:
    if table.csv is not None:
        sys.stdout.write(table.csv if table.csv.endswith("\n") else f"{table.csv}\n")
        return
    rows = table.rows or []
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
