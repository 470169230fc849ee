"""A grid through the whole platform on this machine beside what `lianghu estimate` says of it: counts must be equal, seconds are near."""

import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from bench.homes import new_home
from bench.stored import stored_market
from bench.strategies import dual_moving_average
from bench.whole_stack import BUSY, INITIAL_CASH, LOOK_SECONDS, WORKERS, imported
from bench.workload import Figures, Size
from functions.commands.connection import client_of
from functions.scale.figures import figure
from functions.scale.measured import measured
from functions.scale.work import Market, Work, grid
from functions.settings import Settings
from infra.local import postgres
from infra.local.stack import run_stack

HAPPENED = """
    select count(*) filter (where b.decides), count(*) filter (where b.kind = 'ledgers'),
        coalesce(sum(b.spent_ms) filter (where b.decides), 0) / 1000.0, coalesce(sum(b.spent_ms) filter (where not b.decides), 0) / 1000.0
    from public.run_blocks b where b.grid_id = %s
"""
CALLS = "select funcname, calls::int from pg_stat_user_functions where funcname in ('claim_block', 'complete_block', 'ended_runs')"
EVENTS = "select count(*) from public.outbox where body ->> 'grid_id' = %s"
WARMING = 2
"""Grids before, until both workers have the market and their kernels."""
TELLING_SECONDS = 12.0
"""A connection that nobody uses tells what it counted after ten."""


def run(size: Size) -> Figures:
    """The panel is made and the workers are warm before; the grid runs alone."""
    stored_market(size.stocks, size.bars)
    with new_home("counted", WORKERS=WORKERS, WORKER_THREADS=1) as home:
        return _measured(*home, size)


def _measured(settings: Settings, home: Path, size: Size) -> Figures:
    context = imported(settings, home, size)
    shorts, longs = list(range(3, 23)), list(range(30, 30 + 2 * max(size.combinations // 20, 1), 2))
    with (
        run_stack(settings) as stack,
        client_of(stack) as api,
        psycopg.connect(postgres.url(home / "postgres", postgres.ADMIN, stack.database_port), autocommit=True) as admin,
    ):
        text, spec = {"code": dual_moving_average(slots=50)}, {"ma_short": shorts, "ma_long": longs}
        for cash in range(WARMING):
            earlier = api.create_backtest(text, {**context, "initial_cash": INITIAL_CASH + 1 + cash})
            api.wait_grid(earlier, str(api.submit_grid(earlier, spec).grid_id))
            _until_idle(admin)
        backtest = api.create_backtest(text, {**context, "initial_cash": INITIAL_CASH})
        admin.execute("alter system set track_functions = 'all'")
        admin.execute("select pg_reload_conf()")
        before, rows, worked = _disk(admin), _account_rows(admin), _worked(home)
        began = time.perf_counter()
        grid_id = str(api.submit_grid(backtest, spec).grid_id)
        api.wait_grid(backtest, grid_id)
        wall, until = time.perf_counter() - began, _worked(home) - worked
        _until_idle(admin)
        accounts = time.perf_counter() - began - wall
        worked = _worked(home) - worked
        time.sleep(TELLING_SECONDS)
        row = _one(admin, HAPPENED, grid_id)
        calls: dict[str, int] = dict(admin.execute(CALLS).fetchall())
        events = _one(admin, EVENTS, grid_id)[0]
        rows = _account_rows(admin) - rows
        grown = _disk(admin) - before - rows
        stored = sum(file.stat().st_size for file in (home / "results").rglob("*.cells")) if (home / "results").exists() else 0
    market = Market(size.stocks, size.bars)
    work = grid(len(shorts) * len(longs), market, WORKERS)
    told = seconds_here(work, market)
    return {
        "combinations": work.combinations,
        "counts": {
            "blocks": _beside(work.blocks, row[0]),
            "accounts": _beside(work.accounts, row[1]),
            "events": _beside(work.events, events),
            "completions": _beside(work.completions, calls["complete_block"]),
            "claims, those that find nothing among them": _beside(work.claims + work.idle_claims, calls["claim_block"]),
            "pages of runs that are read": _beside(work.readings, calls["ended_runs"]),
        },
        "seconds": {
            "cells, all workers": _beside(told.cells, float(row[2])),
            "accounts, all workers": _beside(told.accounts, float(row[3])),
            "cells, processor time": _beside(told.cells, until),
            "accounts, processor time": _beside(told.accounts, worked - until),
            "until the summary": _beside(told.until_the_summary, wall),
            "accounts after it": _beside(told.accounts / WORKERS, accounts),
        },
        "bytes_of_a_run_in_postgres": round(grown / work.combinations),
        "bytes_of_an_account_in_postgres": round(rows / work.accounts),
        "bytes_of_all_cells": stored,
    }


class Here(NamedTuple):
    """Seconds of one core each, but for the last, which is of the clock."""

    cells: float
    accounts: float
    until_the_summary: float


def seconds_here(work: Work, market: Market) -> Here:
    """What the estimate is made of, of a core as it was measured, without a cloud around it."""
    known, around = measured(), figure("around").typical
    cells = work.blocks * known.besides(market) + work.combinations * (known.run(market) + around)
    accounts = work.accounts * known.account(market) * figure("best").typical
    summing = figure("summing").typical + work.combinations * figure("summing_run").typical
    return Here(cells, accounts, figure("planning").typical + cells / WORKERS + summing)


def _until_idle(admin: psycopg.Connection) -> None:
    while admin.execute(BUSY).fetchone() != (0,):
        time.sleep(LOOK_SECONDS)


def _worked(home: Path) -> float:
    """Seconds of the processor that the workers of this stack have had; Linux alone tells."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            about = (process / "environ").read_bytes().split(b"\0")
            if b"AWS_LAMBDA_FUNCTION_NAME=WorkerFunction" in about and any(str(home).encode() in each for each in about):
                ticks += sum(int(field) for field in (process / "stat").read_text().rpartition(")")[2].split()[11:13])
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def _account_rows(admin: psycopg.Connection) -> int:
    return int(_one(admin, "select pg_total_relation_size('public.equity_curves') + pg_total_relation_size('public.artifacts')")[0])


def _disk(admin: psycopg.Connection) -> int:
    return int(_one(admin, "select pg_database_size(current_database())")[0])


def _one(admin: psycopg.Connection, query: Any, *values: object) -> tuple[Any, ...]:
    row = admin.execute(query, values).fetchone()
    if row is None:
        raise ValueError("Postgres answered nothing")
    return row


def _beside(estimated: float, happened: float) -> Figures:
    return {
        "estimated": float(f"{estimated:.4g}"),
        "happened": float(f"{happened:.4g}"),
        "times": round(happened / estimated, 2) if estimated else None,
    }
