"""`lianghu keys`: the options of its commands."""

from typing import Annotated

import typer

from functions.settings import settings

# Commands import what they need when they run, as in cli.py.
# ruff: noqa: PLC0415

keys_app = typer.Typer(help="API keys, for programs that call the platform in your name.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output")]


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="To tell it from the others")],
    scope: Annotated[list[str] | None, typer.Option(help="read, run, strategies or share; may come again; omitted: read and run")] = None,
    days: Annotated[int | None, typer.Option(help="Until it expires; omitted: never")] = None,
    requests: Annotated[int | None, typer.Option(help="At most so many requests in a window")] = None,
    as_json: AsJson = False,
) -> None:
    """A new key, shown this once. Use it as LIANGHU_TOKEN, or in the header Authorization: Bearer KEY."""
    from functions.commands.keys import create as make

    raise typer.Exit(make(settings(), name, scope or ["read", "run"], days, requests, as_json))


@keys_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Newest first; without their secrets, which nobody knows any more."""
    from functions.commands.keys import show

    raise typer.Exit(show(settings(), as_json))


@keys_app.command("revoke")
def revoke(key: Annotated[str, typer.Argument(metavar="KEY_ID", help="As `lianghu keys list` shows it")], as_json: AsJson = False) -> None:
    """At once: the next request with it is refused."""
    from functions.commands.keys import revoke as take_back

    raise typer.Exit(take_back(settings(), key, as_json))
