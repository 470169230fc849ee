"""What is frozen of a run when it is shared: figures, curve, months and perhaps trades, and the page without the run's id."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from datalake.calendar import iso
from datalake.errors import CorruptObjectError, Problem
from functions.api.share_shapes import Part, SharedMonth, SharedRun
from functions.jobs.columns import TABLES, rows_of
from functions.jobs.curves import from_statistics
from functions.jobs.results import Results
from functions.stores.files import ToldRun

MOST_TRADES = 1000
CONTEXT = ("frequency", "window", "datasource_version", "initial_cash", "benchmark", "costs", "execution")
PLAIN_RULES = frozenset({"index", "industry", "industries", "boards", "all", "rank", "top", "bottom", "lag", "lowest", "field", "kind"})
"""Keys of universes that name no stock and combine no conditions."""


def snapshot_of(run: ToldRun, results: Results, title: str, include: list[Part], created_at: datetime, expires_at: datetime) -> SharedRun:
    """Of a run with its full account. MissingObjectError, CorruptObjectError: the store lost some of it."""
    statistics = results.get_artifact(run.artifacts["statistics_path"])
    wealth = from_statistics(statistics, int(run.context.get("initial_cash", 1_000_000)))
    trades = rows_of(results.get_artifact(run.artifacts["trades_path"]), TABLES["trades"])
    return SharedRun(
        title=title or run.strategy_name,
        strategy_name=run.strategy_name,
        created_at=created_at,
        expires_at=expires_at,
        synthetic=str(run.context.get("datasource_version", "")).split(":", maxsplit=1)[0] == "sample",
        context={"universe": told_universe(run.context.get("universe"))} | {key: run.context.get(key) for key in CONTEXT},
        params=dict(run.params),
        stats=dict(run.stats or {}),
        sessions=[iso(day) for day in wealth.sessions],
        equity=list(wealth.equity),
        drawdown=list(wealth.drawdown),
        benchmark_code=wealth.benchmark_code or None,
        benchmark=list(wealth.benchmark) or None,
        months=_months(statistics),
        trades=trades[:MOST_TRADES] if "trades" in include else None,
        trade_count=len(trades),
        has_report="report" in include,
    )


def told_universe(universe: Any) -> dict[str, Any] | None:
    """What a stranger is told of it: see SharedRun.context."""
    if isinstance(universe, list):
        return {"codes": len(universe)}
    if not isinstance(universe, Mapping):
        return None
    if isinstance(universe.get("codes"), list):
        return {"codes": len(universe["codes"])}
    return dict(universe) if universe.keys() <= PLAIN_RULES else None


def page_of(run: ToldRun, results: Results) -> bytes:
    """The page as its owner sees it, without the ids by which the owner's things are called."""
    page = results.get_artifact(run.artifacts["report_path"])
    for identity in (run.id, run.backtest_id, run.grid_id):
        page = page.replace(identity.encode(), "—".encode())
    return page


def _months(statistics: bytes) -> list[SharedMonth]:
    try:
        return [
            SharedMonth(
                month=f"{row['year']:04d}-{row['month']:02d}", value=row["value"], benchmark=row["benchmark"], sessions=row["sessions"]
            )
            for row in json.loads(statistics)["monthly"]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptObjectError(Problem("results", "a run's statistics are damaged")) from error
