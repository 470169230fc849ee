"""People in Postgres: profiles, what is used of a plan, counts, feedback; and an operator whose role nobody else can take."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import errors

from functions.errors import ApiError
from functions.jobs.database import Database
from functions.product_events import PageEvent, PlatformEvent
from functions.stores.people import People, Quota, QuotaKind
from tests.functions.conftest import Servers

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def people(database: Database) -> People:
    return People(database)


@pytest.fixture
def no_counts(admin: psycopg.Connection) -> Iterator[None]:
    admin.execute("truncate public.product_events")
    yield
    admin.execute("truncate public.product_events")


def counts(admin: psycopg.Connection) -> dict[tuple[str, str], int]:
    rows = admin.execute("select event, subject, sum(count)::int from public.product_events group by 1, 2").fetchall()
    return {(event, subject): count for event, subject, count in rows}


def a_grid(admin: psycopg.Connection, owner: str, *, runs: int, spent_ms: int = 0, created_at: datetime | None = None) -> None:
    """A submission that did not pass through the API."""
    (strategy,) = (
        admin.execute("insert into public.strategies (owner, name) values (%s, %s) returning id", (owner, uuid.uuid4().hex)).fetchone()
        or ()
    )
    (version,) = (
        admin.execute(
            "insert into public.strategy_versions (strategy_id, owner, version, source, identity) values (%s, %s, 1, 'x', '') returning id",
            (strategy, owner),
        ).fetchone()
        or ()
    )
    (backtest,) = (
        admin.execute(
            "insert into public.backtests (owner, strategy_version_id, context) values (%s, %s, '{}') returning id", (owner, version)
        ).fetchone()
        or ()
    )
    admin.execute(
        """insert into public.grids (id, owner, backtest_id, mode, spec, panel, engine_version, rules_version, family, open_blocks, runs,
            spent_ms, created_at)
        values (%s, %s, %s, 'grid', '{}', '{}', 'e', 'r', 'f', 0, %s, %s, %s)""",
        (uuid.uuid4(), owner, backtest, runs, spent_ms, created_at or datetime.now(UTC)),
    )


def test_the_first_request_makes_a_profile_and_each_day_dates_it(database: Database, admin: psycopg.Connection, user: str) -> None:
    def touch() -> tuple[object, ...]:
        with database.as_user(user) as connection:
            row = connection.execute("select * from lianghu.touch_profile(%s)", (user,)).fetchone()
        assert row is not None
        return tuple(row.values())

    today = datetime.now(SHANGHAI).date()
    assert touch() == (uuid.UUID(user), "free", False, today, today)
    week_ago = today - timedelta(days=7)
    admin.execute("update public.profiles set first_seen = %s, last_seen = %s where owner = %s", (week_ago, week_ago, user))
    assert touch() == (uuid.UUID(user), "free", False, week_ago, today)
    (before,) = admin.execute("select xmin::text from public.profiles where owner = %s", (user,)).fetchone() or ()
    touch()
    assert admin.execute("select xmin::text from public.profiles where owner = %s", (user,)).fetchone() == (before,), "written again"


def test_many_first_requests_at_once_make_one_profile(people: People, admin: psycopg.Connection, user: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        plans = list(pool.map(lambda _: people.allowance(user).plan, range(16)))
    assert plans == ["free"] * 16
    assert admin.execute("select count(*) from public.profiles where owner = %s", (user,)).fetchone() == (1,)


def test_nobody_makes_or_sees_the_profile_of_somebody_else(database: Database, user: str, new_user: Callable[[], str]) -> None:
    other = new_user()
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(other) as connection:
        connection.execute("select lianghu.touch_profile(%s)", (user,))
    People(database).allowance(user)
    with database.as_user(other) as connection:
        assert connection.execute("select * from public.profiles").fetchall() == []
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(user) as connection:
        connection.execute("update public.profiles set plan = 'pro'")


def test_an_account_that_was_deleted_is_told_so(people: People, admin: psycopg.Connection, user: str) -> None:
    people.allowance(user)
    admin.execute("delete from auth.users where id = %s", (user,))
    assert admin.execute("select count(*) from public.profiles where owner = %s", (user,)).fetchone() == (0,)
    with pytest.raises(ApiError) as refused:
        people.allowance(user)
    assert refused.value.code == "UNAUTHORIZED"


def test_what_is_used_is_that_of_this_month_in_shanghai(people: People, admin: psycopg.Connection, user: str, new_user: object) -> None:
    now = datetime.now(SHANGHAI)
    month = datetime(now.year, now.month, 1, tzinfo=SHANGHAI)
    a_grid(admin, user, runs=300, spent_ms=1500)
    a_grid(admin, user, runs=40, spent_ms=2000, created_at=month)
    a_grid(admin, user, runs=5000, spent_ms=9_000_000, created_at=month - timedelta(microseconds=1))
    a_grid(admin, new_user(), runs=7)  # type: ignore[operator]
    admin.execute("insert into public.strategies (owner, name, hidden_at) values (%s, 'deleted', now())", (user,))
    admin.execute("insert into public.strategies (owner, name, kind) values (%s, 'signals', 'orders')", (user,))
    allowance = people.allowance(user)
    used = {quota.kind.name: (quota.used, quota.left) for quota in allowance.quotas}
    assert used == {"combinations": (340, 19_660), "compute_seconds": (3.5, 3596.5), "strategies": (3, 47), "shares": (0, 10)}
    following = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=SHANGHAI)
    assert allowance.month_ends == following
    assert allowance.hints() == ()


def test_a_quota_that_is_nearly_used_up_gives_a_hint_and_blocks_nothing(people: People, admin: psycopg.Connection, user: str) -> None:
    a_grid(admin, user, runs=9000)
    a_grid(admin, user, runs=7000)
    hint = "16,000 of 20,000 combinations submitted this month are used (plan free); nothing is blocked"
    assert people.allowance(user).hints() == (hint,)
    a_grid(admin, user, runs=10_000)
    allowance = people.allowance(user)
    assert [quota.left for quota in allowance.quotas if quota.kind.name == "combinations"] == [0]
    admin.execute("update public.profiles set plan = 'pro' where owner = %s", (user,))
    assert people.allowance(user).hints() == ()


def test_a_quota_of_nothing_is_used_up() -> None:
    assert Quota(QuotaKind("x", False, "x"), 0, 0).left == 0


def test_uses_are_counted_by_day_event_and_subject_even_at_once(
    people: People, admin: psycopg.Connection, no_counts: None, user: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: people.record(PageEvent.PRICING_VIEWED), range(40)))
    people.record(PageEvent.INTENT, "pro")
    people.count(PlatformEvent.TEMPLATE_USED, "dual-moving-average")
    assert counts(admin) == {("pricing_viewed", ""): 40, ("intent", "pro"): 1, ("template_used", "dual-moving-average"): 1}
    columns = admin.execute("select column_name from information_schema.columns where table_name = 'product_events'").fetchall()
    assert {name for (name,) in columns} == {"day", "event", "subject", "count"}, "of nobody"


def test_many_subjects_do_not_fill_the_table(people: People, admin: psycopg.Connection, no_counts: None) -> None:
    for number in range(230):
        people.record(PlatformEvent.TEMPLATE_USED, f"t{number}")
    found = counts(admin)
    assert len(found) == 201
    assert found["template_used", "others"] == 30


def test_a_use_that_cannot_be_counted_harms_nobody(people: People, caplog: pytest.LogCaptureFixture) -> None:
    people.count(PlatformEvent.TEMPLATE_USED, "not a subject")
    with pytest.raises(ApiError, match="violates check"):
        people.record(PlatformEvent.TEMPLATE_USED, "not a subject")
    unreachable = Database("postgresql://nobody@127.0.0.1:1/nothing", timeout=0.2)
    People(unreachable).count(PlatformEvent.SHARE_VIEWED)
    unreachable.close()
    assert [record.getMessage() for record in caplog.records if record.name == "lianghu"] == ["a use was not counted"] * 2


def test_feedback_is_kept_for_the_operator_alone(people: People, database: Database, admin: psycopg.Connection, user: str) -> None:
    found = people.give_feedback(user, "idea", "更多的热力图", "/runs/")
    assert admin.execute("select kind, message, page from public.feedback where id = %s", (found,)).fetchone() == (
        "idea", "更多的热力图", "/runs/",
    )  # fmt: skip
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(user) as connection:
        connection.execute("select * from public.feedback")


def test_one_person_gives_a_bounded_amount_of_feedback(people: People, user: str, new_user: Callable[[], str]) -> None:
    for _ in range(20):
        people.give_feedback(user, "other", "x")
    with pytest.raises(ApiError) as refused:
        people.give_feedback(user, "other", "x")
    assert (refused.value.code, refused.value.headers) == ("RATE_LIMITED", {"Retry-After": "3600"})
    people.give_feedback(new_user(), "other", "x")


OPERATORS_FUNCTIONS = (
    "set_plan(gen_random_uuid(), 'pro')",
    "set_read_only(gen_random_uuid(), true)",
    "people('{}')",
    "list_feedback(10)",
    "read_config()",
    "change_config('notices', '[]')",
    "measures('2026-01-01', '2026-12-31')",
)


@pytest.mark.parametrize("call", OPERATORS_FUNCTIONS)
def test_users_strangers_and_workers_do_not_administer(database: Database, user: str, call: str) -> None:
    for transaction in (database.as_user(user), database.as_stranger(), database.as_worker(), database.as_ingest()):
        with pytest.raises(errors.InsufficientPrivilege), transaction as connection:
            connection.execute(f"select lianghu.{call}")


def test_the_functions_login_cannot_become_the_operator(servers: Servers) -> None:
    with psycopg.connect(servers.login) as connection:
        for statement in (
            "set role lianghu_operator",
            "set local role lianghu_operator",
            "select set_config('role', 'lianghu_operator', true)",
        ):
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)


def test_the_operator_reads_no_table(admin: psycopg.Connection) -> None:
    tables = [name for (name,) in admin.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()]
    assert len(tables) > 12
    admin.execute("set role lianghu_operator")
    try:
        for table in tables:
            for statement in (f"select * from public.{table}", f"delete from public.{table}"):
                with pytest.raises(errors.InsufficientPrivilege):
                    admin.execute(statement)
    finally:
        admin.execute("reset role")
