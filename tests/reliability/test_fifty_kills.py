"""SIGKILL to the whole platform, Postgres included, at fifty random instants: nobody's submission is lost, and no run ends twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from datalake.objects import local_folder, open_store
from datalake.panels.cache import PanelCache
from datalake.panels.panel import object_key
from functions.jobs.results import Results
from infra.local import guard
from infra.local.aws import free_port
from tests.reliability.children import ALONE, ROOT
from tests.reliability.invariants import broken, unfinished
from tests.reliability.people import Person, Users, bearer_of, rest, submitted
from tests.reliability.servers import OwnPostgres
from tests.reliability.truth import Truth

KILLS = 50
SEED = 20_261_122
LIFE_SECONDS = (0.2, 2.0)
"""How long a platform may live."""


class Mortal:
    """The process that platforms are forked from, and the one that lives."""

    def __init__(self, process: "subprocess.Popen[str]", order: Mapping[str, Any]) -> None:
        self._process, self._order = process, order
        self.url = f"http://127.0.0.1:{order['port']}"
        self._pid = 0

    def start(self) -> None:
        self._pid = self._tell(self._order)

    def warm_up(self, panel: Path, task: Mapping[str, Any]) -> None:
        self._tell({"panel": str(panel), "task": task})

    def stop(self) -> None:
        """The platform and its threads, with all that they were doing."""
        os.kill(self._pid, signal.SIGKILL)
        while guard.birth(self._pid) is not None:
            time.sleep(0.005)

    def wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/api/health").is_success:
                    return
            assert time.monotonic() < deadline, "the platform does not start"
            time.sleep(0.05)

    def _tell(self, order: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline()))


@contextmanager
def mortal_in(folder: Path, login: str, lake_url: str) -> Iterator[Mortal]:
    folder.mkdir()
    environment = {**os.environ, **ALONE, "PYTHONPATH": str(ROOT), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    command = [sys.executable, "-m", "tests.reliability.mortal", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    made = Mortal(process, {"login": login, "lake": lake_url, "port": free_port()})
    try:
        yield made
    finally:
        with suppress(ProcessLookupError):
            made.stop()
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_platform_is_killed_at_fifty_random_instants(lake_url: str, tmp_path: Path) -> None:
    instants, folder = random.Random(SEED), tmp_path / "platform"
    postgres = OwnPostgres(tmp_path / "postgres")
    try:
        with mortal_in(folder, postgres.login, lake_url) as platform:
            platform.start()
            platform.wait()
            users = Users([Person(bearer_of(postgres.new_user()), lambda: platform.url) for _ in range(3)])
            try:
                with postgres.connected() as admin:
                    rest(lambda: [] if _first(admin) else ["no panel yet"], 60)
                    platform.warm_up(*_warmth(_first(admin), lake_url))
                for _ in range(KILLS):
                    for kill in instants.sample((platform.stop, postgres.kill), 2):
                        kill()
                    postgres.start_again()
                    platform.start()
                    time.sleep(instants.uniform(*LIFE_SECONDS))
            finally:
                users.stop()
            with postgres.connected() as admin:
                rest(lambda: unfinished(admin), 180)
                results = Results(open_store(f"file://{folder}/results"))
                truth = Truth(PanelCache(open_store(lake_url), tmp_path / "panels"))
                assert broken(admin, results, truth) == []
                assert sorted(submitted(admin)) == sorted(users.promised), "a submission that was promised is lost, or was made twice"
                ended = dict(admin.execute("select status, count(*) from public.backtest_runs group by 1").fetchall())
    finally:
        postgres.stop()
    assert ended["succeeded"] > 20 * ended.get("failed", 0), ended
    assert len(users.promised) == users.submissions >= 10, "enough was going on"


def _first(admin: "psycopg.Connection[Any]") -> dict[str, Any] | None:
    query = """select g.panel_key, v.source, t.context from public.grids g join public.backtests t on t.id = g.backtest_id
        join public.strategy_versions v on v.id = t.strategy_version_id where g.panel_key is not null limit 1"""
    return admin.cursor(row_factory=dict_row).execute(query).fetchone()


def _warmth(row: dict[str, Any] | None, lake_url: str) -> tuple[Path, dict[str, Any]]:
    """A panel's file and a block on it."""
    lake = local_folder(lake_url)
    assert row is not None and lake is not None
    task = {
        "block_id": 0,
        "attempt": 1,
        "grid_id": "",
        "owner": "",
        "run_ids": ["", ""],
        "combinations": [{"ma_short": 3}, {"ma_short": 4}],
    }
    return lake / object_key(row["panel_key"]), task | row
