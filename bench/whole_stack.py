"""W6: the combinations of W3 through the whole platform on this machine, beside the engine alone on the same panel, phase by phase."""

import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from bench.exported import exported
from bench.homes import new_home
from bench.measuring import race, taken
from bench.stored import stored_market
from bench.strategies import dual_moving_average
from bench.workload import Figures, Size
from datalake.files.imports import import_table
from functions.commands import local
from functions.commands.connection import client_of
from functions.commands.demo_real import peak_memory
from functions.settings import Settings
from infra.local import postgres
from infra.local.stack import run_stack

WORKERS = 2
"""As many as the engine alone has threads."""
INITIAL_CASH = 10_000_000
"""CNY."""

LOOK_SECONDS = 0.2
BUSY = "select count(*) from public.run_blocks where status in ('ready', 'leased')"

PHASES = """
    select extract(epoch from g.planned_at - g.created_at), extract(epoch from min(b.claimed_at) - g.planned_at),
           extract(epoch from max(b.finished_at) - min(b.claimed_at)), extract(epoch from g.aggregated_at - max(b.finished_at)),
           extract(epoch from g.aggregated_at - g.created_at), count(*), g.spent_ms / 1000.0
    from public.grids g join public.run_blocks b on b.grid_id = g.id and b.decides
    where g.id = any(%s) group by g.id order by g.created_at
"""
PHASE_NAMES = ("planned", "first_claim", "last_block", "aggregated", "in_the_database", "blocks", "computed_by_all_workers")


def run(size: Size) -> Figures:
    """The first grid meets cold workers and no panel; the others, each with another sum of money, find both."""
    stored_market(size.stocks, size.bars)
    with new_home("stack", WORKERS=WORKERS) as home:
        return _measured(*home, size)


def _measured(settings: Settings, home: Path, size: Size) -> Figures:
    context = imported(settings, home, size)
    spec = _grid(size.combinations)
    with (
        run_stack(settings) as stack,
        client_of(stack) as api,
        psycopg.connect(postgres.url(home / "postgres", postgres.ADMIN, stack.database_port), autocommit=True) as admin,
    ):
        hashes: list[str | None] = []

        def through(cash: int) -> tuple[str, float]:
            """The grid's id, and the seconds from the request to the last run's success and the summary."""
            backtest_id = api.create_backtest({"code": dual_moving_average(slots=50)}, {**context, "initial_cash": cash})
            grids: list[str] = []

            def whole() -> None:
                grids.append(str(api.submit_grid(backtest_id, spec).grid_id))
                api.wait_grid(backtest_id, grids[0])

            seconds = race({"": whole}, size._replace(rounds=1))[""].wall[0]
            runs = list(api.runs(backtest_id, grid_id=grids[0]))
            best = max(runs, key=lambda each: (each.stats or {}).get("return") or -1.0)
            api.artifact(str(best.run_id), "report")
            _until_idle(admin)  # the accounts of the others among the best keep the workers busy, on a whole market for long
            hashes[:] = [each.content_hash for each in runs]
            return grids[0], seconds

        grids = [through(INITIAL_CASH + number) for number in range(1 + size.rounds)]
        memory = peak_memory(stack) / 1e6
    alone = _alone({**context, "initial_cash": INITIAL_CASH + size.rounds}, spec, settings, size, hashes)
    rows = _phases(home, [grid for grid, _ in grids])
    warm = [seconds for _, seconds in grids[1:]]
    return {
        "cold": {"seconds": round(grids[0][1], 3), **rows[0]},
        "warm": {"seconds_min": round(min(warm), 3), "seconds_median": round(statistics.median(warm), 3), "rounds": len(warm)},
        "warm, the quickest": rows[1 + warm.index(min(warm))],
        "the engine alone": alone,
        "overhead": round(min(warm) / alone["seconds_min"] - 1, 3),
        "peak_memory_of_a_worker_mb": round(memory, 1),
    }


def _until_idle(admin: psycopg.Connection) -> None:
    while admin.execute(BUSY).fetchone() != (0,):
        time.sleep(LOOK_SECONDS)


def imported(settings: Settings, home: Path, size: Size) -> Mapping[str, Any]:
    """The generated market as a dataset; the context of its backtests."""
    market = stored_market(size.stocks, size.bars)
    dataset = ""
    for table, file in exported(market, home).items():
        dataset = import_table(settings.lake_url, table, [file]).dataset
    first, last = (f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in market.sessions[[0, -1]].astype(str))
    return {"window": {"start": first, "end": last}, "datasource_version": dataset}


def _grid(count: int) -> dict[str, list[int]]:
    """20 short means, and as many long ones as make the count."""
    return {"ma_short": list(range(3, 23)), "ma_long": list(range(30, 30 + 2 * max(count // 20, 1), 2))}


def _alone(context: Mapping[str, Any], spec: Mapping[str, Any], settings: Settings, size: Size, hashes: list[str | None]) -> Figures:
    """In this process, with as many threads as there were workers, and with the same bytes."""
    from engine.evaluate import evaluate_block, evaluate_grid  # noqa: PLC0415  loads the compiled engine

    plan = local.prepare({"code": dual_moving_average(slots=50)}, context, {"mode": "grid", "gridSpec": spec}, settings)
    cells = evaluate_block(plan.program, plan.market, plan.combinations, plan.initial_cash)
    if [cell.content_hash for cell in cells] != hashes:
        raise ValueError("the platform's results are not the engine's")
    del cells
    every = {
        "": lambda: taken(evaluate_grid(plan.program, plan.market, plan.combinations, plan.initial_cash, threads=WORKERS)),
    }
    return race(every, size)[""].figures(len(plan.combinations))


def _phases(home: Path, grids: list[str]) -> list[Figures]:
    """Seconds of each phase, as the database has noted them; the platform has stopped."""
    server = postgres.start(home / "postgres")
    try:
        with psycopg.connect(server.url_admin) as connection:
            rows = connection.execute(PHASES, (grids,)).fetchall()
    finally:
        server.stop()
    return [{name: round(float(value), 3) for name, value in zip(PHASE_NAMES, row, strict=True)} for row in rows]
