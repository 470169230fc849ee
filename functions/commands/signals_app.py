"""`lianghu signals`: tables of orders and weights on the platform."""

from pathlib import Path
from typing import Annotated

import typer

from functions.settings import settings

# Commands import what they need when they run, as in cli.py.
# ruff: noqa: PLC0415

signals_app = typer.Typer(help="Tables of orders or target weights that the platform keeps.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output")]
Signals = Annotated[str, typer.Argument(metavar="SIGNALS", help="A name, or an id")]


@signals_app.command("upload")
def upload(
    settings_file: Annotated[Path | None, typer.Argument(metavar="[SETTINGS]", help="A YAML of costs, execution, risk, rules")] = None,
    orders: Annotated[Path | None, typer.Option(help="CSV or Parquet with time, ts_code, shares, perhaps side, limit, stop, price")] = None,
    weights: Annotated[Path | None, typer.Option(help="CSV or Parquet with time, ts_code, weight")] = None,
    name: Annotated[str | None, typer.Option(help="Omitted: the file's")] = None,
    as_json: AsJson = False,
) -> None:
    """Checks a table and keeps it; the same table under the same name is kept once."""
    from functions.commands.outside import Outside
    from functions.commands.signals_kept import upload as run

    raise typer.Exit(run(settings(), Outside(orders, weights, settings_file), name, as_json))


@signals_app.command("list")
def list_(name: Annotated[str, typer.Option(help="Only those whose names begin like this")] = "", as_json: AsJson = False) -> None:
    """What is kept, newest first."""
    from functions.commands.signals_kept import show_list

    raise typer.Exit(show_list(settings(), name, as_json))


@signals_app.command("show")
def show(signals: Signals, as_json: AsJson = False) -> None:
    """A table as CSV; with --json its settings, too."""
    from functions.commands.signals_kept import show_one

    raise typer.Exit(show_one(settings(), signals, as_json))


@signals_app.command("delete")
def delete(signals: Signals) -> None:
    """Out of the list; the rows stay while results refer to them."""
    from functions.commands.signals_kept import delete as run

    raise typer.Exit(run(settings(), signals))
