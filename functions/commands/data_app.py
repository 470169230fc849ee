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
    files: Annotated[list[Path], typer.Argument(help="Parquet or CSV in Tushare's shape, or folders of them")],
    table: Annotated[str, typer.Option(help="bars_1d, bars_5m, adj_factor, daily_basic, index_1d, trade_cal ...")],
    names: Annotated[list[str] | None, typer.Option("--map", metavar="COLUMN=NAME", help="vol=成交量: what the files call it")] = None,
    units: Annotated[list[str] | None, typer.Option("--unit", metavar="COLUMN=UNIT", help="vol=shares, amount=cny, open=fen ...")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, write nothing")] = False,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Add files to the dataset "import", with a quality report. All of them come in, or none."""
    from functions.commands.data_import import Choice, import_files

    choice = Choice(table, tuple(files), tuple(names or ()), tuple(units or ()), dry_run, skip_bad)
    raise typer.Exit(import_files(settings(), choice, as_json))


@data_app.command("sync")
def sync(  # noqa: PLR0913, PLR0917  the options of a command
    start: Annotated[str | None, typer.Option(help="First day, like 2016-01-04; omitted: goes on from what is there")] = None,
    end: Annotated[str | None, typer.Option(help="Last day; omitted: today")] = None,
    index: Annotated[list[str] | None, typer.Option(help="Keep this index, with its members, too; may come again")] = None,
    minutes: Annotated[str | None, typer.Option(help="Minute bars of these codes: with commas, or @file")] = None,
    frequency: Annotated[list[str] | None, typer.Option(help="Of the minute bars: 1m, 5m (omitted), 15m, 30m, 60m; may come again")] = None,
    again: Annotated[int, typer.Option(min=0, max=250, help="Fetch so many of the newest sessions once more, for corrections")] = 0,
    refetch: Annotated[str | None, typer.Option(help="Fetch these sessions once more, like 2024-01-02..2024-01-31")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this interface, like daily_basic; may come again")] = None,
    workers: Annotated[int, typer.Option(min=1, max=32, help="Calls at the same time")] = 4,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Fetch what is missing from Tushare (TUSHARE_TOKEN). May be stopped and started again at any time."""
    from functions.commands.data_sync import Choice, sync_tushare

    choice = Choice(start, end, tuple(index or ()), minutes, tuple(frequency or ()), again, refetch, tuple(only or ()))
    raise typer.Exit(sync_tushare(settings(), choice, workers, skip_bad, as_json))


@data_app.command("check")
def check(
    version: Annotated[str | None, typer.Argument(metavar="VERSION", help="Like import:v3; omitted: the newest of all")] = None,
    as_json: AsJson = False,
) -> None:
    """What was found when a version came in, and what all its rows say now. Exit code 1 where there are errors."""
    from functions.commands.data_check import check_version

    raise typer.Exit(check_version(settings(), version, as_json))


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


@data_app.command("export")
def export(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Like import:v3; a source alone: its newest")],
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="A new .tar file, a folder, or s3://bucket/key")],
    as_json: AsJson = False,
) -> None:
    """Write a version into one file, byte for byte: a backup."""
    from functions.commands.data_backup import export_version

    raise typer.Exit(export_version(settings(), version, to, as_json))


@data_app.command("restore")
def restore(
    file: Annotated[str, typer.Argument(metavar="FILE", help="What `data export` wrote: a path or s3://bucket/key")],
    into: Annotated[str | None, typer.Option(metavar="LAKE_URL", help="Another lake than LAKE_URL")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a version back from a backup. Everything is checked first; what is there already stays."""
    from functions.commands.data_backup import restore_version

    raise typer.Exit(restore_version(settings(), file, into, as_json))


@data_app.command("compact")
def compact(
    source: Annotated[str | None, typer.Argument(help="sample, import or tushare; omitted: all")] = None, as_json: AsJson = False
) -> None:
    """Put the many small files of daily increments together, as a new version with the same rows."""
    from functions.commands.data_upkeep import compact_sources

    raise typer.Exit(compact_sources(settings(), source, as_json))


@data_app.command("vacuum")
def vacuum(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be deleted")] = False,
    older_than: Annotated[float, typer.Option("--older-than", metavar="HOURS", min=0, help="Files that are younger stay")] = 24,
    panels: Annotated[bool, typer.Option("--panels", help="Panels, too, of an older program or of versions that are gone")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete files that no published version needs; every version stays readable."""
    from functions.commands.data_upkeep import sweep

    raise typer.Exit(sweep(settings(), older_than, panels, dry_run, as_json))


@data_app.command("query")
def query(
    sql: Annotated[str | None, typer.Argument(help="One SELECT, or @file; omitted: which tables and columns there are")] = None,
    dataset: Annotated[str | None, typer.Option(help="A version like import:v3, or a source; omitted: the newest")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows; omitted: 100 on the screen, else all")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long it may take")] = 120,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on standard output")] = False,
    parquet: Annotated[Path | None, typer.Option(metavar="FILE", help="Into this file")] = None,
) -> None:
    """Ask in SQL over the tables of a version: prices and money in CNY; as they are stored under raw. Nothing can be changed."""
    from functions.commands.data_query import Choice
    from functions.commands.data_query import query as run

    raise typer.Exit(run(settings(), Choice(sql, dataset, limit, seconds, as_json, as_csv, parquet)))


@data_app.command("rankings")
def rankings(  # noqa: PLR0913, PLR0917  the options of a command
    by: Annotated[
        str, typer.Argument(metavar="FIELD", help='amount, total_mv, return_20 ..., or an expression: "roc(close, 20) / natr(14)"')
    ],
    on: Annotated[str | None, typer.Option("--date", help="One session, like 2024-12-31; omitted: the newest")] = None,
    start: Annotated[str | None, typer.Option(help="First day of several sessions; omitted: that of the data")] = None,
    end: Annotated[str | None, typer.Option(help="Last day; omitted: that of the data")] = None,
    top: Annotated[int, typer.Option(min=0, max=100_000, help="So many of each session; 0: everybody who has a value")] = 30,
    lowest: Annotated[bool, typer.Option("--lowest", help="The least values first")] = False,
    boards: Annotated[str | None, typer.Option(help="Among these: main,chinext,star,bse,fund; omitted: all stocks, no funds")] = None,
    dataset: Annotated[str | None, typer.Option(help="Like import:v3; omitted: the newest of all")] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Only CSV on standard output")] = False,
) -> None:
    """The first stocks of a session by a stored figure, by the return of 1 to 250 sessions, or by any expression."""
    from functions.commands.data_rankings import Wanted, show_ranking

    among = tuple(board.strip() for board in (boards or "").split(",") if board.strip())
    wanted = Wanted(by, top, lowest, among, on, start, end, dataset)
    raise typer.Exit(show_ranking(settings(), wanted, as_json, as_csv))


@data_app.command("show")
def show(  # noqa: PLR0913, PLR0917  the options of a command
    code: Annotated[str, typer.Argument(metavar="CODE", help="A stock, fund or index, like 600519.SH")],
    start: Annotated[str | None, typer.Option(help="First day, like 2024-01-02")] = None,
    end: Annotated[str | None, typer.Option(help="Last day; omitted: the last with a bar")] = None,
    frequency: Annotated[str, typer.Option(help="1d, minutes like 5m, 1w or 1mo")] = "1d",
    adjust: Annotated[
        str, typer.Option(help="none: as traded; back: as strategies see it; forward: in the scale of the last bar")
    ] = "none",
    last: Annotated[int | None, typer.Option(min=1, max=100_000, help="So many bars; omitted: 30, on a page 250")] = None,
    dataset: Annotated[str | None, typer.Option(help="A version like import:v3, or a source; omitted: the newest")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with the candlesticks there")] = None,
    picture: Annotated[bool, typer.Option(help="Candlesticks in the terminal, too")] = True,
    as_json: AsJson = False,
) -> None:
    """Who a code is, and its bars with candlesticks: limits, ex-dates, suspensions and ST are marked."""
    from functions.commands.data_show import Choice
    from functions.commands.data_show import show as run

    raise typer.Exit(run(settings(), Choice(code, start, end, frequency, adjust, last, dataset, html, as_json, picture)))


@data_app.command("cache")
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Take all of them away; they are fetched again when they are needed")] = False,
    as_json: AsJson = False,
) -> None:
    """Which panels this machine keeps on its disk, and how often they were found in memory, there, or in the store."""
    from functions.commands.data_cache import show_cache

    raise typer.Exit(show_cache(settings(), clear, as_json))
