"""`lianghu message-clients`: the options of its commands."""

from typing import Annotated

import typer

from functions.settings import settings

# Commands import what they need when they run, as in cli.py.
# ruff: noqa: PLC0415

message_clients_app = typer.Typer(help="Programs that send their calls as signed messages to a queue.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output")]
Id = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="As `lianghu message-clients list` shows it")]


@message_clients_app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="To tell it from the others")],
    reply_queue: Annotated[str, typer.Option(metavar="ARN", help="The queue that answers go to; its name begins with lianghu-replies-")],
    scope: Annotated[list[str] | None, typer.Option(help="read, run, strategies or share; may come again; omitted: read and run")] = None,
    window: Annotated[int, typer.Option(help="Seconds that a message may be old and still be answered")] = 900,
    as_json: AsJson = False,
) -> None:
    """A new client and its key, shown this once."""
    from functions.commands.message_clients import create as make

    raise typer.Exit(make(settings(), name, scope or ["read", "run"], reply_queue, window, as_json))


@message_clients_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Newest first; without their keys, which are shown once."""
    from functions.commands.message_clients import show

    raise typer.Exit(show(settings(), as_json))


@message_clients_app.command("confirm")
def confirm(client: Id, code: Annotated[str, typer.Argument(help="What was sent to its reply queue")], as_json: AsJson = False) -> None:
    """Shows that the reply queue is read by its client; from now on messages are answered."""
    from functions.commands.message_clients import confirm as tell

    raise typer.Exit(tell(settings(), client, code, as_json))


@message_clients_app.command("rotate")
def rotate(
    client: Id, overlap: Annotated[int, typer.Option(help="Seconds that the key before stays good, too")] = 86_400, as_json: AsJson = False
) -> None:
    """The next key, shown this once."""
    from functions.commands.message_clients import rotate as turn

    raise typer.Exit(turn(settings(), client, overlap, as_json))


@message_clients_app.command("revoke")
def revoke(client: Id, as_json: AsJson = False) -> None:
    """At once: its next message is not answered."""
    from functions.commands.message_clients import revoke as take_back

    raise typer.Exit(take_back(settings(), client, as_json))
