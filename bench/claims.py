"""Postgres as the workers ask it, in a platform full of finished work: claims, heartbeats and completions, by how many ask at once."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from bench.api_clients import milliseconds
from bench.crowd import Crowd, gather, settle
from bench.stored import HOME
from bench.workload import Figures, Size
from engine.statistics.metrics import METRICS
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.records import BlockTask, RunResult
from infra.local import postgres
from infra.local.migrate import migrate

ENGINE = "bench"
LARGEST_GRID = 10_000
LEASE_SECONDS = 600.0
AT_ONCE = (1, 4, 16)
"""Connections. A worker of the platform has one while it asks, and none while it computes."""
WORKERS = 1_000
BLOCK_SECONDS = 5.0
"""What a block takes on the whole market (plan.py cuts them below ten)."""
BEATS_A_SECOND = 1.0
STATS = {metric.key: 0.1234567890123 for metric in METRICS}

_WAITING = """
    with people as (
        select b.owner, b.id, row_number() over () as n from public.backtests b where b.owner = any(%(users)s)
    ), made as (
        insert into public.grids (
            id, owner, backtest_id, mode, spec, panel, panel_key, engine_version, rules_version, family, open_blocks, runs, planned_at
        )
        select gen_random_uuid(), p.owner, p.id, 'grid', '{}', '{}', 'panels/p', %(engine)s, 'rules-1', 'f', %(blocks)s::int,
            %(blocks)s::int * %(runs)s::int, now()
        from people p returning id, owner, backtest_id
    ), ran as (
        insert into public.backtest_runs (id, owner, backtest_id, grid_id, position, params, identity)
        select gen_random_uuid(), m.owner, m.backtest_id, m.id, n, json_build_object('ma_short', n %% 100, 'ma_long', n / 100), md5(n::text)
        from made m, generate_series(0, %(blocks)s::int * %(runs)s::int - 1) n
    )
    insert into public.run_blocks (grid_id, owner, kind, decides, first_position, last_position, status, priority, engine_version)
    select m.id, m.owner, 'cells', true, n * %(runs)s::int, (n + 1) * %(runs)s::int, 'ready', 5, %(engine)s
    from made m, generate_series(0, %(blocks)s::int - 1) n
"""


def run(size: Size) -> Figures:
    """`stocks` thousand runs of others; up to `combinations` blocks wait, of up to ten times `bars` people; `seconds` a measurement."""
    HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME.absolute(), prefix="claims-") as folder, _full(Path(folder), size) as server:
        told: Figures = {"runs_of_others": size.stocks * 1000}
        for people, runs in ((1, 1), (1, 100), (size.bars, 100), (10 * size.bars, 1)):
            told[f"{people} wait, blocks of {runs}"] = _cycles(server, size, people, runs)
        return told | _scaled(told[f"{size.bars} wait, blocks of 100"])


@contextmanager
def _full(folder: Path, size: Size) -> Iterator[postgres.Postgres]:
    server = postgres.start(folder / "postgres")
    try:
        migrate(server.url_admin)
        with psycopg.connect(server.url_admin, autocommit=True) as admin:
            gather(admin, Crowd(users=max(1, size.stocks // 4), strategies=10, grids=10, runs=40))
            settle(admin)
        yield server
    finally:
        server.stop()


def _cycles(server: postgres.Postgres, size: Size, people: int, runs: int) -> Figures:
    """The same work, by 1, 4 and 16 connections at once; the blocks that wait are made anew for each."""
    told: Figures = {}
    for connections in AT_ONCE:
        _let_wait(server, people, min(LARGEST_GRID // runs, max(1, size.combinations // people)), runs)
        database = Database(server.url_login, size=connections)
        desk = Desk(database)
        try:
            told[f"{connections} at once"] = _asked(desk, server.pid, connections, size.seconds)
        finally:
            database.close()
    return told


def _let_wait(server: postgres.Postgres, people: int, blocks: int, runs: int) -> None:
    with psycopg.connect(server.url_admin, autocommit=True) as admin:
        admin.execute("delete from public.grids where engine_version = %s", (ENGINE,))
        users = gather(admin, Crowd(people, 1, 0, 0))
        admin.execute(_WAITING, {"users": users, "engine": ENGINE, "blocks": blocks, "runs": runs})
        for table in ("grids", "backtest_runs", "run_blocks", "outbox", "metrics"):
            admin.execute(psycopg.sql.SQL("vacuum (analyze) public.{}").format(psycopg.sql.Identifier(table)))


def _asked(desk: Desk, server: int, connections: int, seconds: float) -> Figures:
    """Everybody claims; then everybody's blocks are kept; then they are completed. Nothing is computed."""
    tasks: list[BlockTask] = []

    def claim() -> bool:
        task = desk.claim_block(f"worker-{uuid4()}", ENGINE, LEASE_SECONDS)
        if task:
            tasks.append(task)
        return task is not None

    told = {"claims": _loop(claim, connections, server, seconds)}
    looked, kept, done = iter(tasks), iter(tasks), iter(tasks)  # shared by threads: each step of theirs is one of the interpreter's
    told["glances"] = _loop(lambda: _beat(desk, looked, 0), connections, server, seconds / 4)
    told["heartbeats that write"] = _loop(lambda: _beat(desk, kept, 1), connections, server, seconds / 4)
    results = {task.block_id: _results(task) for task in tasks}

    def complete() -> bool:
        task = next(done, None)
        return task is not None and desk.complete_block(task.block_id, task.attempt, results[task.block_id]).accepted

    told["completions"] = _loop(complete, connections, server, seconds)
    return told


def _beat(desk: Desk, tasks: Iterator[BlockTask], step: int) -> bool:
    """A glance notes nothing new and writes nothing; what has come on writes."""
    task = next(tasks, None)
    if task is not None:
        desk.heartbeat(task.block_id, task.attempt, step, LEASE_SECONDS)
    return task is not None


def _loop(ask: Callable[[], bool], connections: int, server: int, seconds: float) -> Figures:
    """Until it says that nothing is left, or so many seconds have gone."""
    took: list[float] = []
    began, cpu = time.perf_counter(), _cpu_seconds(server)

    def caller(_: int) -> None:
        while time.perf_counter() - began < seconds:
            start = time.perf_counter()
            if not ask():
                return
            took.append(time.perf_counter() - start)

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(caller, range(connections)))
    lasted = time.perf_counter() - began
    return {
        "a_second": round(len(took) / lasted, 1),
        "postgres_cpu_milliseconds": round((_cpu_seconds(server) - cpu) * 1000 / max(1, len(took)), 3),
        **milliseconds(took),
    }


def _scaled(told: Figures) -> Figures:
    """What a thousand workers would ask, in cores of Postgres, by the processor time that each question takes here."""
    cost = {
        name: statistics.median(told[f"{at_once} at once"][name]["postgres_cpu_milliseconds"] for at_once in AT_ONCE)
        for name in ("claims", "glances", "completions")
    }
    blocks = WORKERS / BLOCK_SECONDS
    cores = (blocks * (cost["claims"] + cost["completions"]) + WORKERS * BEATS_A_SECOND * cost["glances"]) / 1000
    return {
        f"{WORKERS} workers": {
            "seconds_of_a_block": BLOCK_SECONDS,
            "claims_a_second": blocks,
            "heartbeats_a_second": WORKERS * BEATS_A_SECOND,
            "postgres_cores": round(cores, 2),
            "milliseconds_of_processor": cost,
        }
    }


def _results(task: BlockTask) -> list[RunResult]:
    return [RunResult(run_id, STATS, f"hash-{run_id}", {"cells_path": "cells/x"}) for run_id in task.run_ids]


def _cpu_seconds(server: int) -> float:
    """Of the server and all of its processes, those that have ended too."""
    ticks = 0
    for process in [server, *_children(server)]:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        ticks += sum(int(field) for field in fields[11:13])
        if process == server:
            ticks += sum(int(field) for field in fields[13:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(server: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{server}/task/{server}/children").read_text().split()]
