"""`lianghu strategy save`, `list`, `show`, `rename`, `delete`, `versions`: the strategies that the platform keeps."""

import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.language import compile_strategy
from engine.words import Words
from functions.api.strategy_shapes import StrategyListed
from functions.client import Client, ClientError
from functions.commands.connection import client
from functions.commands.failures import OK, CommandError
from functions.commands.inputs import strategy_text
from functions.commands.screen import day, figure, minute, notes, said, show_table, write_json
from functions.settings import Settings

VERSION, CHANGED = Words("版本", "version"), Words("修改", "changed")
WHERE = "`lianghu strategy list` has their names and ids"


def save(settings: Settings, file: Path, name: str | None, tags: Sequence[str], as_json: bool) -> int:
    """A new strategy, or a new version of the one with this name."""
    code = strategy_text(file)
    name = name or compile_strategy(code).name
    with client(settings) as api:
        known = _of_name(api, name)
        if known is None:
            api.create_strategy(code, name, tags)
        else:
            api.create_version(known.strategy_id, code)
            if tags:
                api.change_strategy(known.strategy_id, tags=tags)
        saved = _of_name(api, name)
    if saved is None:
        raise CommandError(f"the strategy {name!r} was deleted meanwhile")
    is_new = known is None or saved.version != known.version
    if as_json:
        write_json(saved.model_dump(mode="json") | {"is_new": is_new})
    else:
        words = "saved" if is_new else "says the same as what is there"
        notes.print(f"{name}, version {saved.version}: {words} ({saved.strategy_id})", markup=False, soft_wrap=True)
    return OK


def show_list(settings: Settings, name: str, tag: str, as_json: bool) -> int:
    """The kept strategies, newest first."""
    with client(settings) as api:
        rows = list(api.strategies(name, tag))
    if as_json:
        write_json({"items": [row.model_dump(mode="json") for row in rows]})
        return OK
    if not rows:
        notes.print("no strategy is kept: lianghu strategy save FILE")
        return OK
    table = _table(
        Words("名称 版本", "name, version"), Words("标签", "tags"), Words("运行", "runs"), Words("最高收益", "best return"), CHANGED
    )
    for row in rows:
        best = figure(row.summary.best_return, "percent")
        name, tags = f"{escape(row.name)} · {row.version}\n[dim]{row.strategy_id}[/]", escape("\n".join(row.tags))
        table.add_row(name, tags, f"{row.summary.runs:,}", best, day(row.changed_at))
    show_table(table)
    return OK


def show_one(settings: Settings, given: str, version: int | None, as_json: bool) -> int:
    """The text on standard output, so that it can be kept as a file."""
    with client(settings) as api:
        strategy_id = named_strategy(api, given)
        if version is not None:
            found = api.strategy_version(strategy_id, version)
            code, told = found.code, found.model_dump(mode="json")
        else:
            newest = api.strategy(strategy_id)
            code, told = newest.code, newest.model_dump(mode="json")
    if as_json:
        write_json(told)
    else:
        sys.stdout.write(code if code.endswith("\n") else f"{code}\n")
    return OK


def show_versions(settings: Settings, given: str, as_json: bool) -> int:
    with client(settings) as api:
        rows = list(api.strategy_versions(named_strategy(api, given)))
    if as_json:
        write_json({"items": [row.model_dump(mode="json") for row in rows]})
        return OK
    table = _table(VERSION, Words("时间", "when"), Words("标识", "identity"))
    for row in rows:
        table.add_row(str(row.version), minute(row.created_at), row.identity[:16])
    show_table(table)
    return OK


def rename(settings: Settings, given: str, name: str | None, tags: Sequence[str] | None) -> int:
    """Another name, other tags, or both."""
    with client(settings) as api:
        changed = api.change_strategy(named_strategy(api, given), name, tags)
    notes.print(f"{changed.name}: {', '.join(changed.tags) or 'no tags'}", markup=False, soft_wrap=True)
    return OK


def delete(settings: Settings, given: str) -> int:
    with client(settings) as api:
        api.delete_strategy(named_strategy(api, given))
    notes.print(f"deleted: {given}; results that refer to it keep their text", markup=False, soft_wrap=True)
    return OK


def named_strategy(api: Client, given: str) -> str:
    """The id of a strategy that is named by it or by its name."""
    try:
        strategy_id = str(UUID(given))
    except ValueError:
        found = _of_name(api, given)
        if found is None:
            raise CommandError(f"there is no strategy {given!r}", WHERE) from None
        return found.strategy_id
    try:
        return api.strategy(strategy_id).strategy_id
    except ClientError as error:
        if error.code != "NOT_FOUND":
            raise
        raise CommandError(f"there is no strategy {strategy_id}", WHERE) from error


def _of_name(api: Client, name: str) -> StrategyListed | None:
    return next((row for row in api.strategies(name) if row.name == name), None)


def _table(*heads: Words) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for head in heads:
        table.add_column("\n".join(said(head)), no_wrap=True)
    return table
