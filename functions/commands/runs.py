"""`lianghu runs`: what was run before."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.words import Words
from functions.api.answers import BacktestShown, RunShown
from functions.client import Client
from functions.commands.connection import client
from functions.commands.failures import OK
from functions.commands.screen import BY_ID, Row, figure, in_line, minute, notes, ranked_title, runs_table, said, show_table, write_json
from functions.commands.submit import ranked
from functions.reports.universe_words import universe_words
from functions.settings import Settings

HEADS = (Words("回测", "backtest"), Words("策略 股票池", "strategy, universe"), Words("最高收益", "best return"))


def show_backtests(settings: Settings, limit: int, as_json: bool) -> int:
    """The newest backtests, each with its best run."""
    with client(settings) as api:
        rows = [(backtest, _best(api, backtest)) for backtest in api.backtests(limit)]
    if as_json:
        items = [backtest.model_dump(mode="json") | {"best": best and best.model_dump(mode="json")} for backtest, best in rows]
        write_json({"items": items})
        return OK
    if not rows:
        notes.print("nothing was run yet: lianghu run FILE, lianghu grid FILE, lianghu demo")
        return OK
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    heads = ["\n".join(said(head)) for head in HEADS]
    table.add_column(heads[0], no_wrap=True)
    table.add_column(heads[1], overflow="ellipsis", no_wrap=True)
    table.add_column(heads[2], justify="right", no_wrap=True)
    for backtest, best in rows:
        window = backtest.context["window"]
        place = f"{minute(backtest.created_at)[5:]} · {backtest.context['datasource_version']} · {window['start']} – {window['end']}"
        table.add_row(
            f"{backtest.backtest_id}\n[dim]{place}[/]",
            f"{escape(backtest.strategy.name)}\n[dim]{_universe(backtest.context)}[/]",
            figure((best.stats or {}).get("return"), "percent") if best else "—",
        )
    show_table(table)
    return OK


def show_runs(settings: Settings, backtest_id: str, sort: str, top: int, as_json: bool) -> int:
    """The runs of one backtest, sorted by any metric."""
    with client(settings) as api:
        runs = list(api.runs(backtest_id, sort=f"-stats.{sort}"))
    rows = ranked([Row(run.params, run.stats, run.status, run.content_hash, run.run_id) for run in runs], sort)
    if as_json:
        write_json({"items": [run.model_dump(mode="json") for run in runs]})
        return OK
    runs_table(rows, ranked_title(len(rows), sort), top, naming=BY_ID, ranked_by=sort)
    return OK


def _best(api: Client, backtest: BacktestShown) -> RunShown | None:
    return next(api.runs(backtest.backtest_id, status="succeeded", sort="-stats.return"), None)


def _universe(context: Mapping[str, Any]) -> str:
    universe = context.get("universe")
    if universe is None:
        return "the strategy's"
    if isinstance(universe, list):
        return f"{len(universe)} codes" if len(universe) > 3 else ", ".join(universe)
    words = universe_words(universe)
    return escape(in_line(words) if words else str(universe))
