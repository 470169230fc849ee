"""`lianghu`: the command line. Exit codes: 0 ok, 1 a run failed, 2 bad input, 3 platform or connection, 130 interrupted."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from functions.commands.admin_app import admin_app
from functions.commands.data_app import data_app
from functions.commands.environment import prepare_environment
from functions.commands.failures import BAD_INPUT, INTERRUPTED, OK, CommandError, Failure, failure
from functions.commands.inputs import UNIVERSE_FORMS, Where
from functions.commands.keys_app import keys_app
from functions.commands.message_clients_app import message_clients_app
from functions.commands.screen import Speech, notes, write_json
from functions.commands.signals_app import signals_app
from functions.commands.strategy_app import strategy_app
from functions.settings import Settings

# Commands import what they need when they run: `lianghu runs` should not wait for polars and the compiler.
# ruff: noqa: PLC0415

app = typer.Typer(help="量湖 LiangHu: backtests of rule-based strategies on Chinese A-shares.", no_args_is_help=True, add_completion=False)
app.add_typer(data_app, name="data")
app.add_typer(strategy_app, name="strategy")
app.add_typer(signals_app, name="signals")
app.add_typer(keys_app, name="keys")
app.add_typer(message_clients_app, name="message-clients")
app.add_typer(admin_app, name="admin")

File = Annotated[Path, typer.Argument(help="A strategy: a YAML text")]
AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output")]
Local = Annotated[bool, typer.Option("--local", help="In this process, without the platform; the same bytes")]
Anew = Annotated[bool, typer.Option("--anew", help="Compute also what you have computed before")]
Report = Annotated[Path | None, typer.Option(help="Write the (best) run's report page there")]
GridPage = Annotated[Path | None, typer.Option("--grid-report", help="Write the page about the whole grid there")]
Account = Annotated[Path | None, typer.Option(help="Write the (best) run's account day by day there, as CSV")]
Ledger = Annotated[
    Path | None,
    typer.Option(help="Write the (best) run's trades, orders, refusals, positions, events, account, equity and log into this folder"),
]
Universe = Annotated[str | None, typer.Option(help=UNIVERSE_FORMS)]
Start = Annotated[str | None, typer.Option(help="First day, like 2019-01-02; omitted: the data's first")]
End = Annotated[str | None, typer.Option(help="Last day; omitted: the data's last")]
Dataset = Annotated[str | None, typer.Option(help="A version like sample:v1, or a source; omitted: the newest")]
Cash = Annotated[int | None, typer.Option(help="Initial cash, CNY; omitted: 1,000,000")]
Frequency = Annotated[str, typer.Option(help="Of the bars that signals are made on: 1d, minutes like 5m or 15m, weeks 1w, months 1mo")]
Packages = Annotated[
    Path | None,
    typer.Option(file_okay=False, exists=True, help="Run every function from its package in this folder, which `make build` makes"),
]
Benchmark = Annotated[
    str | None, typer.Option(help="An index, stock or fund to compare with, or none; omitted: 000300.SH, or the data's first index")
]


@app.callback()
def options(debug: Annotated[bool, typer.Option("--debug", envvar="LIANGHU_DEBUG", help="Show where an error comes from")] = False) -> None:
    _State.debug = debug


@app.command()
def up(packages: Packages = None) -> None:
    """The whole platform on this machine, until Ctrl-C."""
    from functions.commands.stack import up as run

    _end(run, _State.settings, packages)


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the platform up until Ctrl-C")] = False,
    packages: Packages = None,
    as_json: AsJson = False,
) -> None:
    """A 6 x 6 grid on the synthetic sample market, through the whole platform."""
    from functions.commands.demo import demo as run

    _end(run, _State.settings, keep, as_json, packages)


@app.command()
def status(
    once: Annotated[bool, typer.Option("--once", help="Show it once instead of watching")] = False,
    every: Annotated[float, typer.Option(min=0.2, max=60, help="Seconds between two looks")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """What the platform does now: queues, workers, waits, failures. Needs what `lianghu admin` needs."""
    from functions.commands.status import status as watch

    _end(watch, _State.settings, once, as_json, every)


@app.command("demo-real")
def demo_real(
    folder: Annotated[Path | None, typer.Option(envvar="LIANGHU_REAL_DATA", help="A folder of real bars")] = None, as_json: AsJson = False
) -> None:
    """A 100-combination grid on real bars, through the whole platform, with measurements."""
    from functions.commands.demo_real import demo_real as run

    _end(run, _State.settings, folder, as_json)


@app.command()
def run(  # noqa: PLR0913, PLR0917  the options of a command
    file: Annotated[
        Path | None, typer.Argument(help="A strategy: a YAML text. With --orders or --weights only settings: costs, execution, risk, rules")
    ] = None,
    param: Annotated[list[str] | None, typer.Option(help="name=value; may come again")] = None,
    orders: Annotated[
        Path | None,
        typer.Option(
            help="Trade these orders: CSV or Parquet with time, ts_code, shares (negative: sell), perhaps side, limit, stop, price"
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(help="Follow these portfolios: CSV or Parquet with time, ts_code, weight (0 to 1; the rest is cash)"),
    ] = None,
    universe: Universe = None,
    start: Start = None,
    end: End = None,
    dataset: Dataset = None,
    cash: Cash = None,
    frequency: Frequency = "1d",
    benchmark: Benchmark = None,
    local: Local = False,
    anew: Anew = False,
    report: Report = None,
    account: Account = None,
    ledger: Ledger = None,
    as_json: AsJson = False,
) -> None:
    """One backtest: of a strategy file, or of a table of orders or weights.

    A table's stocks are the universe, its days the window if --start and --end say nothing.

    An order meets the bar of its day; with minute bars, the first one that begins at or after its time.
    """
    from functions.commands.kept import How
    from functions.commands.submit import run_file

    where = Where(universe, start, end, dataset, cash, frequency, benchmark)
    how = How(local, as_json, report, account, ledger, anew=anew)
    if orders or weights:
        from functions.commands.outside import Outside, run_table

        if param:
            raise CommandError("--param has no meaning here: a table has no parameters")
        _end(run_table, Outside(orders, weights, file), where, how, _State.settings)
    if file is None:
        raise CommandError("nothing to run", "name a strategy file, or a table: --orders FILE or --weights FILE")
    _end(run_file, file, param or [], where, how, _State.settings)


@app.command()
def grid(  # noqa: PLR0913, PLR0917  the options of a command
    file: File,
    grid: Annotated[list[str], typer.Option(help='"name=5,10,20" or "name=first:last:step"; once for each parameter')],
    universe: Universe = None,
    start: Start = None,
    end: End = None,
    dataset: Dataset = None,
    cash: Cash = None,
    frequency: Frequency = "1d",
    benchmark: Benchmark = None,
    max_evals: Annotated[int | None, typer.Option(help="Only the first so many valid combinations")] = None,
    sort: Annotated[str, typer.Option(help="The metric to rank by")] = "return",
    top: Annotated[int, typer.Option(help="Rows to show")] = 20,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what it would take: combinations, time, cost")] = False,
    local: Local = False,
    anew: Anew = False,
    report: Report = None,
    grid_report: GridPage = None,
    account: Account = None,
    ledger: Ledger = None,
    as_json: AsJson = False,
) -> None:
    """Every combination of parameter values, ranked."""
    from functions.commands.kept import How
    from functions.commands.submit import run_grid

    where = Where(universe, start, end, dataset, cash, frequency, benchmark)
    how = How(local, as_json, report, account, ledger, grid_report, sort, top, dry_run=dry_run, anew=anew)
    _end(run_grid, file, grid, where, how, _State.settings, max_evals)


@app.command()
def estimate(  # noqa: PLR0913, PLR0917  the options of a command
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[STRATEGY]", help="A strategy, whose data are looked up unless --stocks or --sessions say them"),
    ] = None,
    grid: Annotated[list[str] | None, typer.Option(help='With a strategy: "name=5,10,20" or "name=first:last:step"')] = None,
    combinations: Annotated[int | None, typer.Option(help="Without a strategy: so many; omitted: 1,000")] = None,
    stocks: Annotated[int | None, typer.Option(help="That each combination reads; omitted: 300")] = None,
    sessions: Annotated[int | None, typer.Option(help="Of the window; omitted: 2,500, which are ten years")] = None,
    universe: Universe = None,
    start: Annotated[str | None, typer.Option("--from", "--start", help="With a strategy: the first day, like 2019-01-02")] = None,
    end: Annotated[str | None, typer.Option("--to", "--end", help="The last day")] = None,
    dataset: Dataset = None,
    workers: Annotated[int | None, typer.Option(help="At the same time, at most; omitted: 50, as in template.yaml")] = None,
    memory: Annotated[int | None, typer.Option(help="MB of a worker; omitted: 3,008, as in template.yaml")] = None,
    region: Annotated[str | None, typer.Option(help="ap-southeast-1, ap-northeast-1, ap-east-1 or us-east-1; omitted: AWS_REGION")] = None,
    arm: Annotated[bool, typer.Option("--arm", help="Functions on arm64")] = False,
    accounts: Annotated[int | None, typer.Option(help="Prepared for the best of each grid; omitted: 3, as in template.yaml")] = None,
    month: Annotated[str | None, typer.Option(help="A month instead: users=1000,combinations=100000,days=21,requests=200")] = None,
    as_json: AsJson = False,
) -> None:
    """What combinations, or a month, would take and cost in the cloud. Nothing is computed."""
    from functions.commands.estimate import estimate as run
    from functions.commands.estimate_asked import Options

    options = Options(combinations, stocks, sessions, workers, memory, region, arm, month, accounts)
    _end(run, file, grid or [], Where(universe, start, end, dataset), options, _State.settings, as_json)


@app.command()
def runs(
    backtest: Annotated[str | None, typer.Option(help="The runs of this backtest")] = None,
    sort: Annotated[str, typer.Option(help="The metric to sort its runs by")] = "return",
    top: Annotated[int, typer.Option(help="Rows to show")] = 20,
    as_json: AsJson = False,
) -> None:
    """What was run before."""
    from functions.commands.runs import show_backtests, show_runs

    if backtest:
        _end(show_runs, _State.settings, backtest, sort, top, as_json)
    _end(show_backtests, _State.settings, top, as_json)


@app.command()
def report(
    name: Annotated[str, typer.Argument(metavar="ID", help="A run or a grid")],
    output: Annotated[Path | None, typer.Option(help="The file; omitted: report-, the id's beginning, .html")] = None,
    is_opened: Annotated[bool, typer.Option("--open", help="Show it in the browser")] = False,
    as_json: AsJson = False,
) -> None:
    """The report of a run or a grid as a page to keep, mail and print."""
    from functions.commands.report import save_report

    _end(save_report, _State.settings, name, output, is_opened, as_json)


@app.command()
def compare(
    run_ids: Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids of 2 to 20 runs, of any backtests")],
    curves: Annotated[
        Path | None, typer.Option(help="Write equity, drawdown and benchmark by session there, as CSV; -: standard output")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Runs side by side: what differs among them, and their figures."""
    from functions.commands.side_by_side import compare as run

    _end(run, _State.settings, run_ids, curves, as_json)


@app.command()
def download(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id")],
    kind: Annotated[list[str] | None, typer.Option(help="Only these: equity, trades, report, ...; may come again")] = None,
    output: Annotated[Path | None, typer.Option(help="The folder; omitted: run-, and the id's beginning")] = None,
    table_format: Annotated[str, typer.Option("--format", help="Of tables: csv or parquet")] = "csv",
    as_json: AsJson = False,
) -> None:
    """The files of a run: tables, log, report, statistics, findings."""
    from functions.commands.downloading import download as fetch

    _end(fetch, _State.settings, run, kind or [], output, table_format, as_json)


@app.command()
def share(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id")],
    days: Annotated[int, typer.Option(help="How long the link works, 1 to 365", min=1, max=365)] = 30,
    title: Annotated[str, typer.Option(help="Shown above it; omitted: the strategy's name")] = "",
    include: Annotated[list[str] | None, typer.Option(help="Beside figures and curve: trades, report; may come again")] = None,
    is_listed: Annotated[bool, typer.Option("--list", help="List the run's links instead")] = False,
    revoke: Annotated[str | None, typer.Option(metavar="SHARE", help="Take this link away instead: its id, or how it begins")] = None,
    as_json: AsJson = False,
) -> None:
    """A link to a frozen picture of a run, without the strategy's text: for whoever has it, until it expires or is taken away."""
    from functions.commands import sharing

    if is_listed:
        _end(sharing.show_shares, _State.settings, run, as_json)
    if revoke:
        _end(sharing.revoke, _State.settings, run, revoke, as_json)
    _end(sharing.share, _State.settings, run, days, title, include or [], as_json)


@app.command()
def verify(run: Annotated[str, typer.Argument(metavar="RUN", help="Its id")], as_json: AsJson = False) -> None:
    """Computes a run once more in this process, from the strategy, the data and the context that it pins, and compares.

    Exit code 0: every part is the same; 1: it is not, and where is told.
    """
    from functions.commands.verify import verify as compare

    _end(compare, _State.settings, run, as_json)


@app.command()
def me(as_json: AsJson = False) -> None:
    """Who one is on the platform, and what is used of the plan."""
    from functions.commands.me import show_me

    _end(show_me, _State.settings, as_json)


@app.command()
def feedback(
    message: Annotated[str, typer.Argument(help="What you want to tell whoever runs the platform")],
    kind: Annotated[str, typer.Option(help="problem, idea, question or other")] = "other",
    as_json: AsJson = False,
) -> None:
    """Tell whoever runs the platform something."""
    from functions.commands.feedback import give_feedback

    _end(give_feedback, _State.settings, message, kind, as_json)


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # A terminal without Chinese shows question marks instead of an error.
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """The exit code. Errors become words on standard error, or with --json an object on standard output."""
    try:
        _State.debug = False
        _State.settings = prepare_environment()
        Speech.language = _State.settings.language
        code = app(arguments, prog_name="lianghu", standalone_mode=False) or OK
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads has enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001  the last line: whatever falls becomes words and an exit code
        return _tell(error, "--json" in arguments)


class _State:
    """What the options before a command say to it."""

    debug = False
    settings: Settings


def _end(command: Callable[..., int], *arguments: Any) -> None:
    raise typer.Exit(command(*arguments))


def _tell(error: Exception, as_json: bool) -> int:
    if _State.debug:
        notes.print_exception()
    usage = getattr(error, "format_message", None)  # typer's own: an unknown option, a missing argument
    found = Failure(BAD_INPUT, "INVALID_INPUT", usage(), (), _help_of(error)) if usage else failure(error)
    if as_json:
        write_json(found.to_json())
    else:
        for line in found.lines():
            notes.print(line, style="red", markup=False, soft_wrap=True)
    return found.exit_code


def _help_of(error: Exception) -> str:
    """Of the command that was meant, as far as it was understood."""
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'lianghu'} --help"


if __name__ == "__main__":
    main()
