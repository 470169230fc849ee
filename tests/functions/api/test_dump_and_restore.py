"""The commands of docs/operations.md, "Postgres: dump and restore", as they are written there, while a grid runs."""

import os
import re
import subprocess
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from functions.jobs.desk import Desk
from functions.wiring import House
from infra.local import postgres
from infra.local.binaries import find_binaries
from infra.local.migrate import MIGRATIONS, NAME, migrate
from infra.local.postgres import Postgres
from tests.functions.submissions import ENGINE, results_of, submit_grid

ROOT = Path(__file__).parents[3]
SECTION = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("\n## Postgres: dump and restore\n")[1].split("\n## ")[0]
DUMP, PUSH, RESTORE = re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)
ClientOf = Callable[[House, str | None], TestClient]


def run(block: str, old: Postgres, new: Postgres, folder: Path) -> str:
    path = f"{find_binaries()}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "OLD": old.url("postgres"), "NEW": new.url("postgres")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def rows_of(server: Postgres) -> dict[str, list[Any]]:
    """Every row of every table that is dumped, as text."""
    with psycopg.connect(server.url_admin) as admin:
        names = [
            name for (name,) in admin.execute("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
        ]
        tables = [f"public.{name}" for name in names if name != "rate_limits"] + ["auth.users"]
        return {table: admin.execute(f"select t::text from {table} t order by 1").fetchall() for table in tables}


@pytest.mark.slow
def test_a_dump_while_a_grid_runs_comes_back_whole(tmp_path: Path, make_house: Callable[..., House], client_of: ClientOf) -> None:
    old = postgres.start(tmp_path / "old")
    new = postgres.start(tmp_path / "new")
    try:
        migrate(old.url_admin)
        with psycopg.connect(old.url_admin, autocommit=True) as admin:
            insert = "insert into auth.users (email, encrypted_password) values (%s, '') returning id"
            users = [str(row[0]) for name in "ab" if (row := admin.execute(insert, (f"{name}@x",)).fetchone())]
        house = make_house(database_url=old.url_login)
        api = client_of(house, users[0])
        key = api.post("/api/keys", json={"name": "k", "scopes": ["read"]}).json()["key"]
        store, desk = house.store, Desk(house.database)
        backtest, first = submit_grid(store, desk, users[0], 6, 2)
        finish(desk, 3)
        finished_run = f"/api/backtests/{backtest}/runs/{first.run_ids[0]}"
        shown = api.get(finished_run).json()
        _, running = submit_grid(store, desk, users[1], 400, 1)
        ended = threading.Event()

        def work() -> None:
            finish(desk, 399)
            ended.set()

        worker = threading.Thread(target=work)
        worker.start()
        run(DUMP, old, new, tmp_path)
        assert not ended.is_set(), "the grid still ran when the dump was done"
        assert "supabase --workdir infra db push" in PUSH
        migrate(new.url_admin)  # as role postgres, each file once, in order: what Supabase's CLI does
        assert "ERROR" not in run(RESTORE, old, new, tmp_path)
        worker.join()
        check_restored(old, new, running.grid_id)

        after = make_house(database_url=new.url_login)
        assert client_of(after, users[0]).get(finished_run).json() == shown, "the API answers the same"
        assert client_of(after, users[1]).get(finished_run).status_code == 404, "and only to its owner"
        keyed = client_of(after, None)
        keyed.headers["Authorization"] = f"Bearer {key}"
        assert keyed.get(finished_run).status_code == 200, "API keys go on"
        go_on(new, after, users[1], running.run_ids)
    finally:
        new.stop()
        old.stop()


def finish(desk: Desk, blocks: int) -> None:
    for _ in range(blocks):
        task = desk.claim_block("w", ENGINE, 30)
        assert task is not None
        desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids))


def check_restored(old: Postgres, new: Postgres, grid_id: str) -> None:
    """What had ended before the dump is the same row for row; the grid that ran is whole in itself, at one moment."""
    before, after = rows_of(old), rows_of(new)
    assert set(before) == set(after)
    moving = {"public.grids", "public.backtest_runs", "public.run_blocks", "public.outbox", "public.metrics", "public.artifacts"}
    for table in set(before) - moving:
        assert before[table] == after[table], table
    assert len(after["public.backtest_runs"]) == len(before["public.backtest_runs"]) == 406
    with psycopg.connect(new.url_admin) as admin:
        done, left, open_blocks = admin.execute(
            """select count(*) filter (where b.status = 'done'), count(*) filter (where b.status in ('ready', 'leased')), min(g.open_blocks)
            from public.run_blocks b join public.grids g on g.id = b.grid_id where g.id = %s""",
            (grid_id,),
        ).fetchone()  # type: ignore[misc]
        assert done + left == 400 and left == open_blocks > 0
        (succeeded,) = admin.execute(
            "select count(*) from public.backtest_runs where grid_id = %s and status = 'succeeded'", (grid_id,)
        ).fetchone()  # type: ignore[misc]
        assert succeeded == done, "a run has succeeded where its block was done, and nowhere else"
        forced = admin.execute(
            """select bool_and(relrowsecurity and relforcerowsecurity) from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r'"""
        ).fetchone()
        assert forced == (True,)
        roles = {name for (name,) in admin.execute("select rolname from pg_roles where rolname like 'lianghu%'")}
        assert {"lianghu_worker", "lianghu_states", "lianghu_ingest", "lianghu_operator", "lianghu_login"} <= roles


def go_on(new: Postgres, house: House, user: str, run_ids: tuple[str, ...]) -> None:
    """The grid ends on the new server: a lease of a worker of the old one runs out, new ids do not collide with old ones."""
    with psycopg.connect(new.url_admin, autocommit=True) as admin:
        admin.execute("update public.run_blocks set lease_until = now() - interval '1 second', not_before = now() where status = 'leased'")
    desk = Desk(house.database)
    desk.sweep(ENGINE)
    with psycopg.connect(new.url_admin, autocommit=True) as admin:
        admin.execute("update public.run_blocks set not_before = now()")
    while task := desk.claim_block("w", ENGINE, 30):
        assert desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids)).accepted
    for run_id in run_ids[::40]:
        found = house.store.get_run(user, None, run_id)
        assert found is not None and found.status == "succeeded"
    submit_grid(house.store, desk, user, 2, 1)
    finish(desk, 2)


def test_the_folder_is_one_that_supabases_cli_understands() -> None:
    """As far as one can see without the CLI: where things are, how they are called, and which keys its configuration knows."""
    config = tomllib.loads((MIGRATIONS.parent / "config.toml").read_text(encoding="utf-8"))
    assert config["project_id"] == "lianghu" and MIGRATIONS.parent.name == "supabase"
    assert "lianghu" not in config["api"]["schemas"], "no REST gateway offers the functions of the platform"
    assert set(config) <= {"project_id", "api", "db", "studio", "auth", "realtime", "storage", "edge_runtime", "analytics", "inbucket"}
    assert set(config["db"]) <= {"port", "shadow_port", "major_version", "pooler", "migrations", "seed"}
    assert config["db"]["pooler"]["pool_mode"] == "transaction" and not config["db"]["seed"]["enabled"]
    ports = [part["port"] for part in (config["api"], config["db"], config["db"]["pooler"], config["studio"])]
    assert len({*ports, config["db"]["shadow_port"]}) == 5
    files = sorted(MIGRATIONS.glob("*"))
    names = [NAME.fullmatch(file.name) for file in files]
    assert all(names), [file.name for file, name in zip(files, names, strict=True) if not name]
    versions = [name[1] for name in names if name]
    assert versions == sorted(set(versions)), "each version once"
