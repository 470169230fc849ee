"""`lianghu keys`: API keys for programs, made, listed and revoked."""

from collections.abc import Sequence
from typing import get_args

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.words import Words
from functions.api.key_shapes import KeyScope, KeyShown
from functions.commands.connection import client
from functions.commands.failures import OK, CommandError
from functions.commands.screen import day, in_line, minute, notes, output, show_rows, write_json
from functions.settings import Settings

ONCE = Words("密钥只显示这一次，请保存。", "The key is shown this once: keep it.")
NONE = Words("没有密钥。", "There are no keys.")
NEVER, NOT_YET = Words("永不", "never"), Words("从未", "not yet")
HEADS = (
    Words("编号", "id"),
    Words("名称", "name"),
    Words("权限", "scopes"),
    Words("有效期至", "until"),
    Words("最近使用", "last used"),
)


def create(settings: Settings, name: str, scopes: Sequence[str], days: int | None, requests: int | None, as_json: bool) -> int:
    """The key alone goes to standard output, so that it can be kept by a pipe."""
    with client(settings) as api:
        made = api.create_key(name, scopes_of(scopes), days, requests)
    if as_json:
        write_json(made.model_dump(mode="json"))
    else:
        output.print(made.key, markup=False, soft_wrap=True)
        notes.print(f"{in_line(ONCE)} {made.key_id}", markup=False, soft_wrap=True)
    return OK


def scopes_of(given: Sequence[str]) -> list[str]:
    """Each once. CommandError for one that there is not."""
    known = get_args(KeyScope)
    unknown = [scope for scope in given if scope not in known]
    if unknown:
        raise CommandError(f"--scope {unknown[0]}: there is no such scope", f"of {', '.join(known)}")
    return list(dict.fromkeys(given))


def show(settings: Settings, as_json: bool) -> int:
    """Newest first, expired ones too."""
    with client(settings) as api:
        rows = list(api.keys())
    show_rows(rows, as_json, _table, NONE)
    return OK


def revoke(settings: Settings, key_id: str, as_json: bool) -> int:
    """The next request with it is refused."""
    with client(settings) as api:
        api.revoke_key(key_id)
    if as_json:
        write_json({"revoked": key_id})
    else:
        output.print(f"the key {key_id} opens nothing any more", markup=False)
    return OK


def _table(rows: Sequence[KeyShown]) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for head in HEADS:
        table.add_column(in_line(head), no_wrap=head is HEADS[0])
    for row in rows:
        until = day(row.expires_at) if row.expires_at else in_line(NEVER)
        used = minute(row.last_used_at) if row.last_used_at else in_line(NOT_YET)
        table.add_row(row.key_id, escape(_plain(row.name)), ", ".join(row.scopes), until, used)
    return table


def _plain(name: str) -> str:
    """A name may hold what a terminal would obey."""
    return "".join(letter for letter in name if letter.isprintable())
