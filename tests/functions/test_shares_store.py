"""Shares and noted files in the database itself: who sees which rows, whatever a function is asked for."""

import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from functions.errors import ApiError
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.records import RunResult, StoredFile
from functions.jobs.store import Store
from functions.stores.files import Files
from functions.stores.shares import NewShare, Shares
from tests.functions.submissions import ENGINE, results_of, submit_grid


@pytest.fixture
def shares(database: Database) -> Shares:
    return Shares(database)


@pytest.fixture
def run_id(store: Store, desk: Desk, user: str) -> str:
    """Finished."""
    _, submitted = submit_grid(store, desk, user, 2, 2)
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids))
    return submitted.run_ids[0]


def new(run_id: str, token: str, days: float = 30) -> NewShare:
    now = datetime.now(UTC)
    hashed = hashlib.sha256(token.encode()).digest()
    return NewShare(str(uuid4()), run_id, "title", ("trades",), hashed, "shares/x/run.json", None, now, now + timedelta(days=days))


def test_the_token_opens_one_share_and_counts(shares: Shares, user: str, run_id: str) -> None:
    tokens = [secrets.token_urlsafe(24) for _ in range(3)]
    for token in tokens:
        shares.create(user, new(run_id, token))
    hashed = hashlib.sha256(tokens[1].encode()).digest()
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: shares.open(hashed, counts=True), range(80)))
    assert all(share and share.title == "title" for share in opened)
    assert shares.open(hashed, counts=False)
    rows, following = shares.list_shares(user, run_id)
    assert sorted(row.views for row in rows) == [0, 0, 80] and following is None
    assert shares.open(bytes(32), counts=True) is None and shares.open(b"", counts=True) is None


def test_a_stranger_reads_no_table_whatever_is_set(database: Database, shares: Shares, user: str, run_id: str) -> None:
    token = secrets.token_urlsafe(24)
    shares.create(user, new(run_id, token))
    hashed = hashlib.sha256(token.encode()).hexdigest()
    for query in (
        "select * from public.shares",
        "update public.shares set views = 0",
        "select lianghu.create_share(null,null,'','{}','','','',now(),now())",
    ):
        with pytest.raises(errors.InsufficientPrivilege), database.as_stranger() as connection:
            connection.execute("select set_config('lianghu.token_hash', %s, true)", (hashed,))
            connection.execute(query)


def test_others_see_neither_shares_nor_files(
    database: Database, shares: Shares, user: str, new_user: Callable[[], str], run_id: str
) -> None:
    share = new(run_id, "token")
    shares.create(user, share)
    other = new_user()
    assert shares.list_shares(other, run_id) == ([], None) and shares.revoke(other, run_id, share.id) is None
    with pytest.raises(ApiError, match="no finished run"):
        shares.create(other, new(run_id, "another"))
    with database.as_user(other) as connection:
        for table in ("shares", "artifacts"):
            assert connection.execute(f"select count(*) as n from public.{table}").fetchone() == {"n": 0}  # type: ignore[arg-type]
    for table in ("shares", "artifacts"):
        with pytest.raises(errors.InsufficientPrivilege), database.as_user(user) as connection:
            connection.execute(f"delete from public.{table}")  # type: ignore[arg-type]
        with pytest.raises(errors.InsufficientPrivilege), database.as_worker() as connection:
            connection.execute(f"select * from public.{table}")  # type: ignore[arg-type]


def test_a_share_must_end_within_a_year(shares: Shares, user: str, run_id: str) -> None:
    for days in (367, 0, -1):
        with pytest.raises(ApiError):
            shares.create(user, new(run_id, f"token {days}", days))
    with pytest.raises(ApiError):
        shares.create(user, replace(new(run_id, "x"), run_id=str(uuid4())))


def test_a_loop_that_shares_is_stopped(shares: Shares, admin: psycopg.Connection, user: str, run_id: str) -> None:
    admin.execute(
        """insert into public.shares (id, owner, run_id, includes, token_hash, snapshot_path, expires_at)
        select gen_random_uuid(), %s, %s, '{}', sha256(('many' || n)::bytea), 'shares/x', now() + interval '1 day'
        from generate_series(1, 1000) n""",
        (user, run_id),
    )
    with pytest.raises(ApiError, match="1000 live shares"):
        shares.create(user, new(run_id, "one more"))
    admin.execute("update public.shares set revoked_at = now() where id = (select id from public.shares where owner = %s limit 1)", (user,))
    shares.create(user, new(run_id, "one more"))


def test_only_files_that_a_run_names_are_noted(
    database: Database, store: Store, desk: Desk, user: str, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    """Whatever a worker reports: files of somebody else's run, or others than the run's artifacts, are nobody's."""
    victim = new_user()
    _, theirs = submit_grid(store, desk, victim, 1, 1, mode="single")
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids))
    _, mine = submit_grid(store, desk, user, 1, 1, mode="single")
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None and task.run_ids == mine.run_ids
    good = StoredFile("trades_path", "artifacts/a/trades.csv", 3, "0" * 64)
    files = (good, replace(good, key="orders_path"), replace(good, path="elsewhere"))
    reported = RunResult(mine.run_ids[0], {"return": 0.1}, "h", {"trades_path": good.path}, files=files)
    foreign = RunResult(theirs.run_ids[0], {"return": 0.1}, "h", {"trades_path": good.path}, files=(good,))
    assert desk.complete_block(task.block_id, task.attempt, [reported, foreign]).accepted
    rows = admin.execute("select run_id::text, owner::text, key, path from public.artifacts where path in ('elsewhere', %s)", (good.path,))
    assert rows.fetchall() == [(mine.run_ids[0], user, "trades_path", good.path)]
    found = Files(database).artifact(user, mine.run_ids[0], "trades_path")
    assert found is not None and found.file is not None and (found.file.bytes, found.has_account) == (3, True)
    missing = Files(database).artifact(user, mine.run_ids[0], "orders_path")
    assert missing is not None and missing.path is None and missing.file is None
    assert Files(database).artifact(victim, mine.run_ids[0], "trades_path") is None and Files(database).artifact(user, "x", "y") is None
