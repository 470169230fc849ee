"""`lianghu data`: what the lake holds, and ways to put more into it."""

from pathlib import Path
from typing import Annotated

import typer

from functions.settings import settings

# Commands import what they need when they run, as in cli.py.
# ruff: noqa: PLC0415

data_app = typer.Typer(help="What the lake holds, and ways to put more into it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out instead of refusing all")]


@data_app.command("status")
def status(as_json: AsJson = False) -> None:
    """What the lake holds."""
    from functions.commands.data import show_status

    raise typer.Exit(show_status(settings(), as_json))


@data_app.command("sample")
def sample(as_json: AsJson = False) -> None:
    """Make the synthetic sample market."""
    from functions.commands.data import make_sample

    raise typer.Exit(make_sample(settings(), as_json))


@data_app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Parquet or CSV in Tushare's shape")],
    table: Annotated[str, typer.Option(help="bars_1d, adj_factor, daily_basic, index_1d, trade_cal ...")],
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Add files to the dataset "import", with a quality report."""
    from functions.commands.data_import import import_files

    raise typer.Exit(import_files(settings(), table, files, skip_bad, as_json))


@data_app.command("sync")
def sync(
    start: Annotated[str, typer.Option(help="First day")],
    end: Annotated[str, typer.Option(help="Last day")],
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Fetch what is missing from Tushare (TUSHARE_TOKEN)."""
    from functions.commands.data_sync import sync_tushare

    raise typer.Exit(sync_tushare(settings(), start, end, skip_bad, as_json))


@data_app.command("versions")
def versions(
    source: Annotated[str | None, typer.Argument(help="sample, import or tushare; omitted: all")] = None, as_json: AsJson = False
) -> None:
    """Every published version, oldest first: when, how much, and what came in."""
    from functions.commands.data_versions import show_versions

    raise typer.Exit(show_versions(settings(), source, as_json))


@data_app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="A", help="A version like import:v3; a source alone: its newest and the one before")],
    new: Annotated[str | None, typer.Argument(metavar="B", help="Omitted: the newest of the source")] = None,
    as_json: AsJson = False,
) -> None:
    """What is different between two versions: rows added, removed and changed, by table, code and column."""
    from functions.commands.data_versions import show_diff

    raise typer.Exit(show_diff(settings(), old, new, as_json))
