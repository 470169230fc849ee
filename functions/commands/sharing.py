"""`lianghu share`: links to a frozen picture of a run, made, listed and taken away."""

from collections.abc import Sequence
from typing import cast

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.words import Words
from functions.api.share_shapes import Part, ShareShown
from functions.client import Client
from functions.commands.connection import client
from functions.commands.failures import OK, CommandError
from functions.commands.named import ended_run
from functions.commands.screen import day, in_line, notes, output, said, show_rows, write_json
from functions.settings import Settings

PARTS = ("trades", "report")
ONCE = Words("链接只显示这一次，请保存。", "The link is shown this once: keep it.")
PAGE = Words("网页：", "As a page to read:")
NONE = Words("没有分享链接。", "There are no links.")
HEADS = (
    Words("编号", "id"),
    Words("标题", "title"),
    Words("内容", "includes"),
    Words("浏览", "views"),
    Words("有效期至", "until"),
)


def share(settings: Settings, given: str, days: int, title: str, include: Sequence[str], as_json: bool) -> int:
    """Makes a link. Waits for a run that goes on, and for the account of a grid's cell."""
    unknown = [part for part in include if part not in PARTS]
    if unknown:
        raise CommandError(f"--include {unknown[0]}: there is no such part", f"of {', '.join(PARTS)}")
    with client(settings) as api:
        run = ended_run(api, given)
        with notes.status("the run's account is being prepared"):
            api.artifact(run.run_id, "trades")
        made = api.create_share(run.run_id, days=days, title=title, include=cast(Sequence[Part], include))
        link = f"{api.url.rstrip('/')}{made.path}"
    if as_json:
        write_json({**made.model_dump(mode="json"), "url": link, "report_url": f"{link}/report" if "report" in made.include else None})
    else:
        output.print(link, markup=False, soft_wrap=True)
        if "report" in made.include:
            notes.print(f"{in_line(PAGE)} {link}/report", markup=False, soft_wrap=True)
        notes.print(f"{in_line(ONCE)} {made.share_id} · {day(made.expires_at)}", markup=False, soft_wrap=True)
    return OK


def show_shares(settings: Settings, given: str, as_json: bool) -> int:
    """Links of a run, newest first, with their views."""
    with client(settings) as api:
        rows = list(api.shares(given))
    show_rows(rows, as_json, _table, NONE)
    return OK


def revoke(settings: Settings, given: str, share_id: str, as_json: bool) -> int:
    """The link works no more."""
    with client(settings) as api:
        _revoked(api, given, share_id)
    if as_json:
        write_json({"revoked": share_id})
    else:
        output.print(f"the link {share_id} works no more", markup=False)
    return OK


def _revoked(api: Client, given: str, share_id: str) -> None:
    """Also by the beginning of its id, where it is the only one."""
    meant = [row.share_id for row in api.shares(given) if row.share_id.startswith(share_id)]
    if len(meant) != 1:
        hint = f"`lianghu share {given} --list` lists them"
        raise CommandError(f"{'no link' if not meant else 'more than one link'} of this run is called {share_id}", hint)
    api.delete_share(given, meant[0])


def _table(rows: Sequence[ShareShown]) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for head in HEADS:
        table.add_column("\n".join(said(head)), no_wrap=True)
    for row in rows:
        until = day(row.expires_at) if row.revoked_at is None else f"[dim]revoked {day(row.revoked_at)}[/]"
        table.add_row(row.share_id, escape(row.title) or "—", ", ".join(row.include) or "—", str(row.views), until)
    return table
