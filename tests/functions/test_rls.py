"""Who may see and change what, tried with plain SQL: the database refuses, not only our code."""

import uuid
from collections.abc import Callable

import psycopg
import pytest
from psycopg import errors, sql

from functions.errors import ApiError
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.store import Store
from functions.stores.strategies import Strategies
from tests.functions.submissions import ENGINE, make_submission, results_of, submit_grid

OWNED = ("strategies", "strategy_versions", "backtests", "grids", "backtest_runs", "run_blocks", "metrics")
HIDDEN = ("outbox", "idempotency", "rate_limits")
INGEST_TABLE = "vendor_calls"
"""Of nobody: it holds no row of a user."""
INGEST_FUNCTIONS = ("take_call('daily', 1, 61)", "hold_calls('daily', 1)")
WORKER_FUNCTIONS = (
    "claim_block('w', 'engine-1', 30)",
    "complete_block(1, 1, '[]', 0)",
    "release_block(1, 1, '{}', false)",
    "heartbeat(1, 1, 1, 30, 0)",
    "panel_ready(gen_random_uuid(), 'x')",
    "claim_aggregate(gen_random_uuid(), 30)",
    "extend_aggregate(gen_random_uuid(), 1, 30)",
    "release_aggregate(gen_random_uuid(), 1)",
    "count_trials(gen_random_uuid())",
    "finish_grid(gen_random_uuid(), 1, '{}', '{}')",
    "sweep('x')",
    "dead_blocks(10)",
    "mark_buried('{1}')",
    "take_events(10)",
)
INNER_FUNCTIONS = (
    "emit(gen_random_uuid(), 'succeeded', '{}')",
    "close_blocks(gen_random_uuid(), 1)",
    "cancel_rest(gen_random_uuid(), 'user')",
    "add_ledger(gen_random_uuid(), 1::smallint)",
    "expire_leases()",
    "plain_summary(null)",
)


@pytest.fixture
def submission(store: Store, desk: Desk, user: str) -> tuple[str, str, str]:
    """Backtest, grid and first run of `user`, with a finished block."""
    backtest_id, submitted = submit_grid(store, desk, user)
    task = desk.claim_block("w", ENGINE, 30)
    assert task is not None
    desk.complete_block(task.block_id, task.attempt, results_of(task.run_ids))
    return backtest_id, submitted.grid_id, submitted.run_ids[0]


@pytest.mark.parametrize("table", OWNED)
def test_a_user_sees_own_rows_only(
    database: Database, submission: tuple[str, str, str], user: str, new_user: Callable[[], str], table: str
) -> None:
    query = sql.SQL("select count(*) as rows from public.{}").format(sql.Identifier(table))
    other = new_user()
    for who, sees in ((user, True), (other, False), (None, False)):
        with database.as_user(who) as connection:
            row = connection.execute(query).fetchone()
            assert row is not None
            assert (row["rows"] > 0) is sees


@pytest.mark.parametrize("table", HIDDEN)
def test_no_user_reads_the_platforms_tables(database: Database, submission: object, user: str, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(user) as connection:
        connection.execute(sql.SQL("select * from public.{}").format(sql.Identifier(table)))


@pytest.mark.parametrize("table", [*OWNED, *HIDDEN])
@pytest.mark.parametrize("statement", ["update public.{} set {} = {}", "delete from public.{}", "insert into public.{} default values"])
def test_not_even_the_owner_writes_a_table(database: Database, submission: object, user: str, table: str, statement: str) -> None:
    column = sql.Identifier("owner")
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(user) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(table), column, column))


@pytest.mark.parametrize(
    "change",
    [
        "update public.backtest_runs set status = 'succeeded'",
        "update public.backtest_runs set stats = '{\"return\": 9}'",
        "update public.grids set summary = '{}'",
        "update public.run_blocks set status = 'done'",
        "update public.strategy_versions set source = 'another'",
        "truncate public.backtest_runs",
    ],
)
def test_users_forge_no_results(database: Database, submission: object, user: str, change: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(user) as connection:
        connection.execute(change)


@pytest.mark.parametrize("call", [*WORKER_FUNCTIONS, *INNER_FUNCTIONS, *INGEST_FUNCTIONS])
def test_users_do_not_work(database: Database, user: str, call: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(user) as connection:
        connection.execute(f"select lianghu.{call}")


def test_somebody_elses_things_are_unknown(
    store: Store, strategies: Strategies, desk: Desk, submission: tuple[str, str, str], user: str, new_user: Callable[[], str]
) -> None:
    backtest_id, grid_id, run_id = submission
    other = new_user()
    assert strategies.get_backtest(other, backtest_id) is None
    assert store.get_grid(other, grid_id) is None
    assert store.get_run(other, backtest_id, run_id) is None
    assert store.get_run(other, None, run_id) is None
    strategy = backtest.strategy if (backtest := strategies.get_backtest(user, backtest_id)) else None
    assert strategy is not None and strategies.get_strategy_version(user, strategy.strategy_id, strategy.version) == strategy
    assert strategies.get_strategy_version(other, strategy.strategy_id, strategy.version) is None
    assert store.list_runs(other, backtest_id) == ([], None)
    assert store.cancel_run(other, backtest_id, run_id) == "unknown"
    assert store.cancel_grid(other, grid_id) == "unknown"
    assert store.request_ledger(other, run_id) is False


def test_nobody_submits_to_somebody_elses_backtest(
    store: Store, desk: Desk, submission: tuple[str, str, str], user: str, new_user: Callable[[], str]
) -> None:
    with pytest.raises(ApiError) as error:
        store.submit(new_user(), make_submission(submission[0]))
    assert error.value.code == "NOT_FOUND"
    assert len(store.list_runs(user, submission[0])[0]) == 6


def test_nobody_uses_somebody_elses_strategy(strategies: Strategies, desk: Desk, user: str, new_user: Callable[[], str]) -> None:
    version = strategies.create_strategy_version(user, "mine", "x", "x")
    other = new_user()
    for attempt in (
        lambda: strategies.create_backtest(other, version.id, {}),
        lambda: strategies.create_strategy_version(other, "theirs", "y", "y", version.strategy_id),
    ):
        with pytest.raises(ApiError) as error:
            attempt()
        assert error.value.code == "NOT_FOUND"


@pytest.mark.parametrize(
    "call",
    [
        "create_strategy('n', 's', 'i', '{}')",
        "pin_strategy('n', 's', 'i')",
        "create_signals('orders', 'n', 's', 'i', '{}')",
        "cancel_grid(gen_random_uuid())",
        "admit(1, 60)",
        "begin_idempotent(gen_random_uuid(), 'h')",
    ],
)
def test_nobody_signed_in_does_nothing(database: Database, call: str) -> None:
    with pytest.raises(ApiError) as error, database.as_user(None) as connection:
        connection.execute(f"select lianghu.{call}")
    assert error.value.code == "UNAUTHORIZED"


@pytest.mark.parametrize("table", [*OWNED, *HIDDEN])
@pytest.mark.parametrize("statement", ["select * from public.{}", "delete from public.{}", "update public.{} set owner = owner"])
def test_a_worker_reads_and_writes_no_table(database: Database, submission: object, table: str, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedColumn)), database.as_worker() as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(table)))


def test_a_worker_submits_and_cancels_nothing(database: Database, submission: tuple[str, str, str]) -> None:
    calls = (f"cancel_grid('{submission[1]}')", "create_backtest(gen_random_uuid(), '{}', '')", *INNER_FUNCTIONS, *INGEST_FUNCTIONS)
    for call in calls:
        with pytest.raises(errors.InsufficientPrivilege), database.as_worker() as connection:
            connection.execute(f"select lianghu.{call}")


@pytest.mark.parametrize("statement", ["select * from public.{}", "delete from public.{}", "insert into public.{} values ('daily')"])
def test_nobody_sees_or_changes_the_pace_of_the_ingest(database: Database, user: str, statement: str) -> None:
    query = sql.SQL(statement).format(sql.Identifier(INGEST_TABLE))
    for transaction in (database.as_user(user), database.as_worker(), database.as_ingest()):
        with pytest.raises(errors.InsufficientPrivilege), transaction as connection:
            connection.execute(query)


def test_the_ingest_asks_for_calls_and_can_do_nothing_else(database: Database, submission: object, user: str) -> None:
    with database.as_ingest() as connection:
        for call in INGEST_FUNCTIONS:
            connection.execute(f"select lianghu.{call}")
    others = (f"lianghu.{call}" for call in (*WORKER_FUNCTIONS, *INNER_FUNCTIONS, "admit(1, 60)", "cancel_grid(gen_random_uuid())"))
    for what in (*(f"select {call}" for call in others), *(f"select * from public.{table}" for table in (*OWNED, *HIDDEN))):
        with pytest.raises(errors.InsufficientPrivilege), database.as_ingest() as connection:
            connection.execute(what)


def test_the_login_alone_does_nothing(servers: object, submission: object, database: Database) -> None:
    with psycopg.connect(servers.login) as connection:  # type: ignore[attr-defined]
        for statement in (
            "select * from public.backtest_runs",
            "select lianghu.sweep('x')",
            "select lianghu.admit(1, 60)",
            "select lianghu.hold_calls('x', 1)",
        ):
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)


def test_no_role_leaks_into_the_next_transaction(database: Database, user: str) -> None:
    with database.as_user(user):
        pass
    with database._pool.connection() as connection:
        row = connection.execute("select current_user as who, current_setting('request.jwt.claims', true) as claims").fetchone()
    assert row is not None
    assert (row["who"], row["claims"] or "") == ("lianghu_login", "")


def test_anonymous_visitors_see_nothing(servers: object, submission: object) -> None:
    with psycopg.connect(servers.login) as connection:  # type: ignore[attr-defined]
        for table in (*OWNED, *HIDDEN):
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute("set local role anon")
                connection.execute(sql.SQL("select * from public.{}").format(sql.Identifier(table)))


def test_supabase_grants_no_sequence_to_users(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        """select c.relname, has_sequence_privilege(r.role, c.oid, 'usage, select, update')
        from pg_class c, unnest(array['anon', 'authenticated']) r (role)
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'"""
    ).fetchall()
    assert rows and not any(granted for _, granted in rows), rows


def test_every_function_is_owned_by_a_role_that_bypasses_nothing_and_pins_its_search_path(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        """select p.proname, o.rolname, o.rolbypassrls or o.rolsuper, p.proconfig, p.prosecdef,
            has_function_privilege('public', p.oid, 'execute'), p.prokind
        from pg_proc p join pg_roles o on o.oid = p.proowner where p.pronamespace = 'lianghu'::regnamespace"""
    ).fetchall()
    for name, owner, bypasses, settings, definer, public, kind in rows:
        assert not public, name
        if kind == "p":  # what migrations call, with the rights of whoever migrates
            assert not definer, name
            continue
        assert owner == "lianghu_states", name
        assert not bypasses, name
        if definer:
            assert settings == ['search_path=""'], name


def test_state_functions_see_only_the_rows_of_who_calls(
    admin: psycopg.Connection, submission: tuple[str, str, str], user: str, new_user: Callable[[], str]
) -> None:
    """Policies hold for the functions' own role, too: with a user's claims it is shown that user's rows alone."""
    for who, sees in ((user, True), (new_user(), False)):
        with admin.transaction():
            admin.execute("select set_config('request.jwt.claims', json_build_object('sub', %s::text)::text, true)", (who,))
            admin.execute("set local role lianghu_states")
            for table in ("backtest_runs", "grids", "run_blocks", "outbox"):
                row = admin.execute(sql.SQL("select count(*) > 0 from public.{}").format(sql.Identifier(table))).fetchone()
                assert row == (sees,), table


def test_a_run_that_has_ended_stays_so_whoever_asks(admin: psycopg.Connection, submission: tuple[str, str, str]) -> None:
    for status in ("queued", "running", "failed", "cancelled"):
        with pytest.raises(psycopg.DatabaseError, match="cannot become"):
            admin.execute("update public.backtest_runs set status = %s where id = %s", (status, uuid.UUID(submission[2])))


def test_row_level_security_is_forced_on_every_table(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "select relname, relrowsecurity, relforcerowsecurity from pg_class"
        " where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert len(rows) > 9
    assert [name for name, enabled, forced in rows if not (enabled and forced)] == []
