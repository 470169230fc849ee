"""The simulation held against the platform: the same load on the stack of this machine and simulated, with one worker and with two.

How long blocks, accounts, plans and summaries take is measured with grids that are alone; what then is told of many people at once is not
fitted to anything. Last, two workers of which one is made slow, with second attempts and without.
"""

import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, LiteralString

import numpy as np
import psycopg

from bench.homes import new_home
from bench.rush import person, submissions_of, submitted
from bench.stored import stored_market
from bench.strategies import dual_moving_average
from bench.whole_stack import BUSY, imported
from bench.workload import Figures, Size
from functions.client import Client
from functions.scale.model import AT_ONCE, Crew, Limits, Load, Scenario, Times
from functions.scale.outcome import Waits, waits
from functions.scale.people import dealt
from functions.scale.simulate import simulate
from infra.local import postgres
from infra.local.stack import RunningStack, run_stack

PEOPLE = 10
SEEDS = range(1, 11)
LOOK_SECONDS = 0.2
SLOWED = 0.05
"""The share of a slow worker's time in which it may work."""
SPECULATION = 2.0
LATE_BLOCKS = 10

BLOCKS = """
    select b.kind, b.last_position - b.first_position, b.spent_ms / 1000.0
    from public.run_blocks b where b.grid_id = any(%s) and b.decides and b.status = 'done'
"""
GRIDS = """
    select g.runs, extract(epoch from g.planned_at - g.created_at)::float8,
        extract(epoch from g.aggregated_at - g.ready_at)::float8,
        extract(epoch from g.started_at - g.created_at)::float8, extract(epoch from g.aggregated_at - g.created_at)::float8,
        (select count(*) from public.run_blocks b where b.grid_id = g.id and b.decides), extract(epoch from g.created_at)::float8
    from public.grids g where g.id = any(%s)
"""
TAIL = """
    select extract(epoch from max(b.finished_at) - min(b.claimed_at))::float8,
        extract(epoch from max(b.finished_at) - percentile_disc(0.75) within group (order by b.finished_at))::float8, count(*),
        (select count(*) from public.second_attempts s join public.run_blocks d on d.id = s.block_id where d.grid_id = b.grid_id)
    from public.run_blocks b where b.grid_id = %s and b.decides group by b.grid_id
"""
WORKERS = "select distinct worker from public.run_blocks where worker is not null"
"""Named by machine, process and a word of its own (functions/worker.py)."""


def run(size: Size) -> Figures:
    """`combinations` of the largest grid, `rounds` of each grid that is alone."""
    stored_market(size.stocks, size.bars)
    told: Figures = {}
    for workers, name in ((1, "one worker"), (2, "two workers")):
        with _stack(size, workers) as parts:
            told[name] = _checked(size, workers, *parts)
    return told | {"one of two workers is slow": slow_ones(size)}


def slow_ones(size: Size) -> Figures:
    """On fewer stocks, so that a slow block is slow beside a short one."""
    few, told = size._replace(stocks=max(20, size.stocks // 5)), {}
    stored_market(few.stocks, few.bars)
    for speculation, name in ((0, "without second attempts"), (SPECULATION, "with second attempts")):
        with _stack(few, 2, speculation) as parts:
            told[name] = _with_a_slow_one(few, *parts)
    return told


@contextmanager
def _stack(size: Size, workers: int, speculation: float = 0) -> Iterator[tuple[RunningStack, psycopg.Connection, Mapping[str, Any]]]:
    with new_home("scale", WORKERS=workers, WORKER_THREADS=1, SPECULATION=speculation) as (settings, folder):
        context = imported(settings, folder, size)
        with run_stack(settings) as stack:
            url = postgres.url(folder / "postgres", postgres.ADMIN, stack.database_port)
            with psycopg.connect(url, autocommit=True) as admin:
                yield stack, admin, context


def _checked(size: Size, workers: int, stack: RunningStack, admin: psycopg.Connection, context: Mapping[str, Any]) -> Figures:
    crews = (Crew("single", 0.4, 1), Crew("small grid", 0.5, 36), Crew("grid", 0.1, size.combinations))
    times = _alone(person(stack, "alone", context)[0], admin, context, size)
    people = [(crew, *person(stack, f"{crew.name.replace(' ', '-')}-{n}", context)) for n, crew in enumerate(dealt(crews, PEOPLE))]
    with ThreadPoolExecutor(len(people)) as pool:
        grids = submissions_of(admin, list(pool.map(lambda each: submitted(each[0].combinations, *each[1:]), people)))
    _until_summed(admin, grids, size.seconds)
    rows = admin.execute(GRIDS, (grids,)).fetchall()
    measured = {
        "seconds": max(row[6] + row[4] for row in rows) - min(row[6] for row in rows),
        "blocks": sum(row[5] for row in rows),
        "began": waits([row[3] for row in rows]),
        "ended": waits([row[4] for row in rows]),
    }
    limits = Limits(workers=workers, ramp=AT_ONCE, planners=1, aggregators=1, postgres_cores=os.cpu_count() or 1)
    load = Load(PEOPLE, crews, stocks=size.stocks, sessions=size.bars)
    outcomes = [simulate(Scenario(load, limits, times, seed, warm=workers)) for seed in SEEDS]
    simulated = {
        "seconds": statistics.mean(each.seconds for each in outcomes),
        "blocks": outcomes[0].counts["blocks"],
        "began": _mean([each.began["all"] for each in outcomes]),
        "ended": _mean([each.ended["all"] for each in outcomes]),
    }
    return {
        "people": PEOPLE,
        "combinations": sum(crew.combinations for crew, *_ in people),
        "alone": {name: round(getattr(times, name), 5) for name in ("block", "run", "account", "plan", "sum", "sum_run", "spread")},
        **{name: _beside(measured[name], simulated[name]) for name in measured},
    }


def _alone(client: Client, admin: psycopg.Connection, context: Mapping[str, Any], size: Size) -> Times:
    """Grids of three sizes and single runs, when nothing else is to be done; each with another sum of money, so that all are computed."""
    grids: list[str] = []
    for number in range(1 + size.rounds):
        for place, combinations in enumerate((1, 36, size.combinations // 2, size.combinations)):
            cash = {**context, "initial_cash": 10_000_000 + 10 * number + place}
            backtest = client.create_backtest({"code": dual_moving_average(slots=50)}, cash)
            grids += submissions_of(admin, [submitted(combinations, client, backtest)])
            _until_summed(admin, grids[-1:], size.seconds)
            _until_idle(admin, size.seconds)
    grids = grids[4:]  # the first of each met a cold platform
    blocks = admin.execute(BLOCKS, (grids,)).fetchall()
    cells = np.array([(1, runs, float(spent)) for kind, runs, spent in blocks if kind == "cells"])
    (block, run), *_ = np.linalg.lstsq(cells[:, :2], cells[:, 2], rcond=None)
    rows = admin.execute(GRIDS, (grids,)).fetchall()
    many = np.array([(1, row[0], row[2]) for row in rows if row[0] > 1])
    (sum_, sum_run), *_ = np.linalg.lstsq(many[:, :2], many[:, 2], rcond=None)
    told = np.array([row[2] for row in rows if row[0] == 1])
    return Times(
        block=max(0.001, float(block)),
        run=max(1e-6, float(run)),
        run_cells=size.stocks * size.bars,
        account=statistics.mean(float(spent) for kind, _, spent in blocks if kind == "ledgers"),
        spread=float(np.std(np.log(cells[:, 2] / np.maximum(1e-3, cells[:, :2] @ [block, run])))),
        plan=statistics.mean(row[1] for row in rows),
        sum=max(float(np.mean(told)), float(sum_)),
        sum_run=max(0.0, float(sum_run)),
        late=0,
        silent=0,
        loud=0,
        core=1,
        submit=0,
        submit_run=0,
        trip=0.001,
    )


def _with_a_slow_one(size: Size, stack: RunningStack, admin: psycopg.Connection, context: Mapping[str, Any]) -> Figures:
    """Grids of some blocks each, of which the slow worker gets its share."""
    whole, tails, second, blocks = [], [], 0, 0
    client = person(stack, "anybody", context)[0]
    _until_idle(admin, size.seconds)
    for number in range(1 + size.rounds):
        backtest = client.create_backtest({"code": dual_moving_average(slots=50)}, {**context, "initial_cash": 20_000_000 + number})
        names = sorted(name for (name,) in admin.execute(WORKERS).fetchall())
        with _slowed(int(names[0].rsplit("-", 2)[1]) if number else None):
            grid = submitted(LATE_BLOCKS * size.combinations, client, backtest)
            _until_summed(admin, [grid], size.seconds)
        _until_idle(admin, size.seconds)
        row = admin.execute(TAIL, (grid,)).fetchone()
        if number and row:
            whole.append(row[0])
            tails.append(row[1])
            blocks, second = row[2], second + row[3]
    return {
        "blocks": blocks,
        "seconds_of_computing": [round(each, 2) for each in whole],
        "seconds_after_three_quarters": [round(each, 2) for each in tails],
        "second_attempts": second,
    }


@contextmanager
def _slowed(pid: int | None) -> Iterator[None]:
    """A process that works for a share of the time, like one on a machine that others use."""
    over = threading.Event()

    def slow(pid: int) -> None:
        while not over.wait(SLOWED * LOOK_SECONDS):
            os.kill(pid, signal.SIGSTOP)
            time.sleep((1 - SLOWED) * LOOK_SECONDS)
            os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=slow, args=(pid,)) if pid else None
    if thread:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if thread:
            thread.join()


def _until_summed(admin: psycopg.Connection, grids: Sequence[str], seconds: float) -> None:
    _until(admin, "select count(*) from public.grids where id = any(%s) and aggregated_at is null", (list(grids),), seconds)


def _until_idle(admin: psycopg.Connection, seconds: float) -> None:
    """Without the accounts that nobody waits for, which would take the workers longer than all the rest."""
    admin.execute("update public.run_blocks set status = 'cancelled', finished_at = now() where not decides and status = 'ready'")
    _until(admin, BUSY, (), seconds)


def _until(admin: psycopg.Connection, query: LiteralString, values: tuple[Any, ...], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while admin.execute(query, values).fetchone() != (0,):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the stack did not come to rest within {seconds:g} seconds")
        time.sleep(LOOK_SECONDS)


def _mean(found: Sequence[Waits]) -> Waits:
    return Waits(*(statistics.mean(values) for values in zip(*found, strict=True)))


def _beside(measured: Any, simulated: Any) -> Figures:
    if isinstance(measured, Waits):
        return {name: _beside(getattr(measured, name), getattr(simulated, name)) for name in ("mean", "p50", "p95")}
    return {
        "measured": round(float(measured), 2),
        "simulated": round(float(simulated), 2),
        "error": round(float(simulated) / float(measured) - 1, 3) if measured else None,
    }
