"""What the engine alone says of every run that succeeded, for whoever wants results exact to the byte. Loads the compiled engine."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg

from datalake.panels.cache import PanelCache
from engine.evaluate import Result, evaluate_block
from engine.results import Cell
from functions.jobs.ledger import ledger_files
from functions.jobs.records import BlockTask
from functions.jobs.results import PATHS, Results
from functions.recorders import Rules, recorder_of

_SUCCEEDED = """
    select r.id::text, r.grid_id::text, r.owner::text, r.backtest_id::text, r.params, r.stats, r.content_hash, r.artifacts,
        coalesce(g.panel_key, (
            -- All of a submission may have been there before, or all that it got before it was cancelled: then it has no panel of its own.
            -- Equal identities mean equal panels.
            select o.panel_key from public.grids o join public.backtest_runs q on q.grid_id = o.id
            where q.owner = r.owner and q.identity = r.identity and o.panel_key is not null limit 1
        )) as panel_key, s.kind, v.source, t.context
    from public.backtest_runs r
    join public.grids g on g.id = r.grid_id
    join public.backtests t on t.id = r.backtest_id
    join public.strategy_versions v on v.id = t.strategy_version_id
    join public.strategies s on s.id = v.strategy_id
    where r.status = 'succeeded' order by r.backtest_id, r.grid_id, r.position
"""
_TABLES = ("equity.csv", "account.csv", "trades.csv", "positions.csv", "orders.csv", "refusals.csv", "events.csv")
"""The files that the run's name is not in."""


class Truth:
    """Computes each combination once, however often it is asked for."""

    def __init__(self, panels: PanelCache, accounts: int = 12) -> None:
        """`accounts`: of so many runs with a full account every table is compared, too."""
        self._panels, self._accounts = panels, accounts
        self._cells: dict[tuple[str, str, str], Cell] = {}

    def differences(self, admin: psycopg.Connection[Any], results: Results) -> list[str]:
        """A line for each run whose hash, figures, curve or tables are not the engine's own."""
        with admin.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            runs = cursor.execute(_SUCCEEDED).fetchall()
        together = defaultdict(list)
        for run in runs:
            together[run["backtest_id"], run["panel_key"]].append(run)
        found, left = [], self._accounts
        for some in together.values():
            self._learn(some)
            for run in some:
                found += self._differs(run, results)
                if "trades_path" in run["artifacts"] and left > 0:
                    left -= 1
                    found += self._account_differs(run, results)
        return found

    def _learn(self, runs: list[dict[str, Any]]) -> None:
        new = {_name(run): run for run in runs if _name(run) not in self._cells}
        if not new:
            return
        first = next(iter(new.values()))
        recorder, market = recorder_of(_task(first)), self._panels.load(first["panel_key"]).market
        if isinstance(recorder, Rules):
            cells: Iterable[Cell] = evaluate_block(recorder.program, market, [run["params"] for run in new.values()], recorder.initial_cash)
        else:
            cells = [recorder.record(market, run["params"], None).cell for run in new.values()]
        self._cells.update(zip(new, cells, strict=True))

    def _differs(self, run: dict[str, Any], results: Results) -> list[str]:
        cell = self._cells[_name(run)]
        found = []
        if (run["content_hash"], run["stats"]) != (cell.content_hash, cell.stats):
            found.append(f"a run's figures are not the engine's: {run['id']} {run['params']} {run['content_hash']} {cell.content_hash}")
        path = run["artifacts"].get("cells_path")
        if path and results.get_equity(path, run["content_hash"])[1].tolist() != cell.equity.tolist():
            found.append(f"a run's curve is not the engine's: {run['id']}")
        return found

    def _account_differs(self, run: dict[str, Any], results: Results) -> list[str]:
        market = self._panels.load(run["panel_key"]).market
        result: Result = recorder_of(_task(run)).record(market, run["params"], None)
        keys: Mapping[str, str] = {name: key for key, name in PATHS.items()}
        return [
            f"a table is not the engine's: {run['artifacts'][keys[name]]}"
            for name, data in ledger_files(result, {}).items()
            if name in _TABLES and results.get_artifact(run["artifacts"][keys[name]]) != data
        ]


def _name(run: dict[str, Any]) -> tuple[str, str, str]:
    return run["backtest_id"], run["panel_key"], json.dumps(run["params"])


def _task(run: dict[str, Any]) -> BlockTask:
    """As a worker would get it."""
    return BlockTask(
        block_id=0,
        attempt=1,
        kind="ledgers",
        grid_id=run["grid_id"],
        owner=run["owner"],
        panel_key=run["panel_key"],
        source=run["source"],
        context=run["context"],
        strategy_kind=run["kind"],
    )
