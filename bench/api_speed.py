"""The API over a full Postgres: submitting 10,000 combinations, pages of 10,000 runs by a metric, 50 clients that ask for a state."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import jwt
import psycopg

from bench.api_clients import Call, ask, crowd_of, milliseconds
from bench.crowd import Crowd, gather, one_of, settle
from bench.stored import HOME
from bench.workload import Figures, Size
from datalake.sample import build_sample
from functions.api.auth import AUDIENCE
from infra.local import postgres
from infra.local.aws import free_port
from infra.local.migrate import migrate

SECRET = "of this measurement alone, more than thirty-two bytes"
SUPABASE = "http://127.0.0.1:9"
CLIENTS = 50
POLL_SECONDS = 1.0
"""A client that waits for a grid asks about once a second (functions.client.waiting)."""
PAGES = ("stats.sharpe", "-stats.max_dd", "params.ma_long", "position", "-created_at")


class Platform(NamedTuple):
    port: int
    admin: psycopg.Connection
    server: int
    """The API's process."""


def run(size: Size) -> Figures:
    """`combinations` of a submission, and as many runs to page through, among `stocks` thousand runs of others."""
    HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME.absolute(), prefix="api-") as folder, platform(Path(folder)) as up:
        gather(up.admin, Crowd(users=max(1, size.stocks // 4), strategies=10, grids=10, runs=40))
        (user,) = gather(up.admin, Crowd(1, 1, 1, size.combinations))
        settle(up.admin)
        headers = authorised(user)
        # In this order: the pages are of the one backtest that there is, the states of what was submitted last.
        pages = _pages(up, user, headers, size)
        return {"submitting": _submitting(up, headers, size), "pages": pages, "states": _states(up, headers, size)}


@contextmanager
def platform(folder: Path) -> Iterator[Platform]:
    """Postgres with our schema, and the API beside it."""
    lake = (folder / "lake").as_uri()
    build_sample(lake)
    database = postgres.start(folder / "postgres")
    try:
        migrate(database.url_admin)
        told = {
            "DATABASE_URL": database.url_login,
            "SUPABASE_URL": SUPABASE,
            "SUPABASE_JWT_SECRET": SECRET,
            "LAKE_URL": lake,
            "RESULTS_URL": (folder / "results").as_uri(),
            "RATE_LIMIT_REQUESTS": "1000000000",
            "LIANGHU_HOME": str(folder),
        }
        port = free_port()
        command = [sys.executable, "-m", "bench.api_server", str(port)]
        # Its log goes to a file, as that of the stack does: a line for each request would fill a pipe that nobody reads.
        with (folder / "api.log").open("w") as log, subprocess.Popen(command, env={**os.environ, **told}, stdout=log, stderr=log) as api:
            try:
                _wait_for(port, api)
                with psycopg.connect(database.url_admin, autocommit=True) as admin:
                    yield Platform(port, admin, api.pid)
            finally:
                api.terminate()
    finally:
        database.stop()


def _wait_for(port: int, api: "subprocess.Popen[bytes]") -> None:
    while api.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise ValueError(f"the API ended with exit code {api.returncode}")


def authorised(user: str) -> dict[str, str]:
    claims = {"sub": user, "aud": AUDIENCE, "iss": f"{SUPABASE}/auth/v1", "exp": int(time.time()) + 86400}
    return {"Authorization": f"Bearer {jwt.encode(claims, SECRET, 'HS256')}"}


def _submitting(up: Platform, headers: dict[str, str], size: Size) -> Figures:
    """Each answer after all of its runs are queued, as the database says at once."""
    context = {"universe": {"all": True}, "window": {"start": "2024-01-02", "end": "2024-12-31"}}
    made = Call(
        "POST", "/api/backtests", headers, json.dumps({"strategyRef": {"template": "dual-moving-average"}, "context": context}).encode()
    )
    backtest = json.loads(ask(up.port, [made], 201)[0].body)["backtest_id"]
    spec = {"ma_short": {"start": 2, "stop": 101, "step": 1}, "ma_long": {"start": 102, "stop": 201, "step": 1}}
    body = json.dumps({"mode": "grid", "gridSpec": spec, "max_evals": size.combinations}).encode()
    took, cpu = [], []
    for _ in range(size.rounds):
        before = _cpu_seconds(up.server)
        call = Call("POST", f"/api/backtests/{backtest}/runs", {**headers, "Idempotency-Key": str(uuid4())}, body)
        (answer,) = ask(up.port, [call], 202)
        cpu.append(_cpu_seconds(up.server) - before)
        took.append(answer.seconds)
        grid = json.loads(answer.body)["grid_id"]
        queued = up.admin.execute("select count(*) from public.backtest_runs where grid_id = %s and status = 'queued'", (grid,)).fetchone()
        if queued != (size.combinations,):
            raise ValueError(f"{queued} of {size.combinations} runs are queued")
    return {
        "combinations": size.combinations,
        "seconds_min": round(min(took), 4),
        "seconds_median": round(statistics.median(took), 4),
        "api_cpu_seconds_min": round(min(cpu), 3),
        "rounds": len(took),
    }


def _pages(up: Platform, user: str, headers: dict[str, str], size: Size) -> Figures:
    """The first page of fifty (or of half of them), and the one after it, in several orders."""
    backtest = one_of(up.admin, "backtests", user)
    told: Figures = {"runs": size.combinations}
    for sort in PAGES:
        path = f"/api/backtests/{backtest}/runs?sort={sort}&limit={min(50, size.combinations // 2)}"
        first = ask(up.port, [Call("GET", path, headers)] * max(3, size.rounds), 200)
        cursor = json.loads(first[0].body)["next_cursor"]
        after = ask(up.port, [Call("GET", f"{path}&cursor={cursor}", headers)] * max(3, size.rounds), 200)
        told[sort] = milliseconds([answer.seconds for answer in (*first, *after)])
    return told


def _states(up: Platform, headers: dict[str, str], size: Size) -> Figures:
    """Of the newest submission, all of whose runs wait."""
    row = up.admin.execute("select g.id, g.backtest_id from public.grids g order by g.created_at desc limit 1").fetchone()
    assert row is not None
    grid, backtest = row
    run = up.admin.execute("select id from public.backtest_runs where grid_id = %s order by position limit 1", (grid,)).fetchone()
    assert run is not None
    base = f"/api/backtests/{backtest}"
    told: Figures = {}
    for name, path in (("run", f"{base}/runs/{run[0]}"), ("grid", f"{base}/grids/{grid}")):
        for way, pause in (("polling", POLL_SECONDS), ("closed loop", 0.0)):
            before = _cpu_seconds(up.server)
            found, took = crowd_of(up.port, Call("GET", path, headers), CLIENTS, size.seconds / 4, pause)
            found["api_cpu_milliseconds_a_request"] = round((_cpu_seconds(up.server) - before) * 1000 / len(took), 2)
            told[f"{name}, {way}"] = found
    return told


def _cpu_seconds(process: int) -> float:
    """User and system time so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
