"""Fifty people who submit at the same moment, through the API of a platform with two workers: how long everybody waits in the queue."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg

from bench.homes import new_home
from bench.stored import stored_market
from bench.strategies import dual_moving_average
from bench.whole_stack import WORKERS, imported
from bench.workload import Figures, Size
from functions.client import Client
from functions.settings import Settings
from infra.local import postgres
from infra.local.stack import RunningStack, run_stack

PASSWORD = "of-this-measurement-alone"
LOOK_SECONDS = 0.5


class Crew(NamedTuple):
    """People who want the same."""

    name: str
    people: int
    combinations: int
    """1: a single run, with its full account."""


MIX = (
    Crew("single", 20, 1),
    Crew("small grid", 25, 36),
    Crew("grid", 4, 1_000),
    Crew("large grid", 1, 10_000),
)
"""Of fifty: most try one setting or the grid of the tutorial; five sweep, and one of those as much as one may."""

WAITS = """
    select g.id, extract(epoch from g.started_at - g.created_at)::float8, extract(epoch from g.finished_at - g.created_at)::float8
    from public.grids g where g.id = any(%s)
"""
RUN_WAITS = """
    select percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from r.started_at - r.created_at)),
        avg(extract(epoch from r.started_at - r.created_at)), count(*), count(*) filter (where r.status <> 'succeeded')
    from public.backtest_runs r where r.grid_id = any(%s) and r.started_at is not null
"""
LEFT = "select count(*) from public.grids where id = any(%s) and ready_at is null"


def run(size: Size) -> Figures:
    """`combinations` of the largest grid; the others in proportion. Ends with the last run, or after `seconds`."""
    stored_market(size.stocks, size.bars)
    with new_home("rush", WORKERS=WORKERS) as home:
        return _measured(*home, size)


def _measured(settings: Settings, home: Path, size: Size) -> Figures:
    context = imported(settings, home, size)
    crews = [crew._replace(combinations=max(1, crew.combinations * size.combinations // 10_000)) for crew in MIX]
    with run_stack(settings) as stack, psycopg.connect(postgres.url(home / "postgres", postgres.ADMIN, stack.database_port)) as admin:
        admin.autocommit = True
        people = [(crew, *person(stack, f"{crew.name.replace(' ', '-')}-{n}", context)) for crew in crews for n in range(crew.people)]
        _warmed(stack, context)
        began = time.perf_counter()
        with ThreadPoolExecutor(len(people)) as pool:
            asked = list(pool.map(lambda each: submitted(each[0].combinations, *each[1:]), people))
        submitting = time.perf_counter() - began
        grids = submissions_of(admin, asked)
        last = waited(admin, grids, size.seconds)
        waits = {str(grid): (wait, whole) for grid, wait, whole in admin.execute(WAITS, (grids,)).fetchall()}
        every = admin.execute(RUN_WAITS, (grids,)).fetchone()
    told: Figures = {
        "people": len(people),
        "workers": WORKERS,
        "combinations": sum(crew.people * crew.combinations for crew in crews),
        "submitted_in_seconds": _short(submitting),
        "all_ended_after_seconds": None if last is None else _short(last),
        "until_a_submission_began": _waits([wait for wait, _ in waits.values()]),
        "until_a_run_began": _of_runs(every),
    }
    for crew in crews:
        own = [waits[grid] for grid, (each, *_) in zip(grids, people, strict=True) if each.name == crew.name]
        told[crew.name] = {
            "people": crew.people,
            "combinations": crew.combinations,
            "until_it_began": _waits([wait for wait, _ in own]),
            "until_it_ended": _waits([whole for _, whole in own]),
        }
    return told


def person(stack: RunningStack, name: str, context: Mapping[str, Any]) -> tuple[Client, str]:
    """With an account and a backtest of the same strategy."""
    body = {"email": f"{name}@example.com", "password": PASSWORD}
    answer = httpx.post(f"{stack.url}/auth/v1/signup", json=body, timeout=60)
    client = Client(stack.url, answer.raise_for_status().json()["access_token"])
    return client, client.create_backtest({"code": dual_moving_average(slots=50)}, dict(context))


def _warmed(stack: RunningStack, context: Mapping[str, Any]) -> None:
    """Both workers have the panel: a platform that fifty people use is not cold."""
    client, backtest = person(stack, "earlier", context)
    grid = client.submit_grid(backtest, {"ma_short": [3, 4], "ma_long": [30, 40]})
    client.wait_grid(backtest, str(grid.grid_id), timeout_seconds=120)


def submitted(combinations: int, client: Client, backtest: str) -> str:
    """The grid's id; 1: the single run's."""
    if combinations == 1:
        return client.submit_single(backtest, {"ma_short": 5, "ma_long": 30})
    shorts = min(100, combinations)
    spec = {"ma_short": list(range(3, 3 + shorts)), "ma_long": list(range(104, 104 + -(-combinations // shorts)))}
    return str(client.submit_grid(backtest, spec).grid_id)


def submissions_of(admin: psycopg.Connection[Any], asked: Sequence[str]) -> list[str]:
    """Of grids and single runs as `submitted` tells them, in their order: a single run is a submission of its own, too."""
    query = "select id::text, grid_id::text from public.backtest_runs where id = any(%s)"
    known = dict(admin.execute(query, (list(asked),)).fetchall())
    return [known.get(each, each) for each in asked]


def waited(admin: psycopg.Connection, grids: Sequence[str], seconds: float) -> float | None:
    """How long it took until every run had ended; None: it takes longer than we wait."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        if admin.execute(LEFT, (grids,)).fetchone() == (0,):
            return time.perf_counter() - began
        time.sleep(LOOK_SECONDS)
    return None


def _of_runs(row: tuple[Any, ...] | None) -> Figures:
    if row is None:
        raise ValueError("no run was begun")
    (median, ninety_fifth), mean, runs, others = row
    return {"runs": runs, "not_succeeded": others, "mean": _short(mean), "p50": _short(median), "p95": _short(ninety_fifth)}


def _waits(seconds: Sequence[float | None]) -> Figures:
    """Who has not begun (or ended) is counted apart: their wait is longer than all of these."""
    known = sorted(each for each in seconds if each is not None)
    if not known:
        return {"still": len(seconds)}
    return {
        "mean": _short(sum(known) / len(known)),
        "p50": _short(known[len(known) // 2]),
        "p95": _short(known[min(len(known) - 1, int(len(known) * 0.95))]),
        "longest": _short(known[-1]),
        "still": len(seconds) - len(known),
    }


def _short(seconds: float) -> float:
    return round(float(seconds), 2)
