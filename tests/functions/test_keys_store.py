"""Admission and API keys in Postgres: one call says who it is, what they may and what is left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from functions.api.key_text import NewKey, hash_of, key_id_of, new_key
from functions.errors import ApiError
from functions.jobs.database import Database
from functions.stores.keys import Keys, Limits

DAY = Limits(5, 5, 86400)


@pytest.fixture
def keys(database: Database, desk: object) -> Keys:
    return Keys(database)


def make(keys: Keys, user: str, days: int | None = None, requests: int | None = None) -> NewKey:
    made = new_key()
    keys.create(user, made.key_id, made.key_hash, "k", ["read", "run"], days, requests)
    return made


def test_a_key_is_written_as_it_is_read() -> None:
    made = new_key()
    assert made.text.startswith("lh_") and key_id_of(made.text) == made.key_id and hash_of(made.text) == made.key_hash
    assert len({new_key().text for _ in range(100)}) == 100
    for wrong in ("", "lh_", made.text[:-1], made.text + "x", made.text.upper(), made.text.replace("_", "-"), made.text + "\n"):
        assert key_id_of(wrong) is None


def test_persons_are_counted_and_get_a_profile_with_their_first_request(
    keys: Keys, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    user = new_user()
    first = keys.admit(user, DAY)
    assert (first.owner, first.key_id, first.scopes, first.read_only, first.limit, first.remaining) == (user, None, None, False, 5, 4)
    assert first.reset_at.timestamp() % 86400 == 0
    assert admin.execute("select plan from public.profiles where owner = %s", (user,)).fetchone() == ("free",)
    assert [keys.admit(user, DAY).remaining for _ in range(6)] == [3, 2, 1, 0, -1, -2]
    assert keys.admit(new_user(), DAY).remaining == 4
    admin.execute("update public.profiles set read_only = true where owner = %s", (user,))
    assert keys.admit(user, DAY).read_only


def test_a_new_window_begins_at_nothing(keys: Keys, user: str, admin: psycopg.Connection) -> None:
    keys.admit(user, DAY)
    admin.execute("update public.rate_limits set window_start = window_start - interval '1 day'")
    assert keys.admit(user, DAY).remaining == 4


def test_a_key_is_its_owner_with_less(keys: Keys, user: str) -> None:
    made = make(keys, user)
    admitted = keys.admit_key(made.key_id, made.key_hash, DAY)
    assert admitted is not None
    assert (admitted.owner, admitted.key_id, admitted.scopes) == (user, made.key_id, ("read", "run"))


def test_the_tighter_limit_of_user_and_key_is_told(keys: Keys, user: str) -> None:
    wide, narrow = make(keys, user), make(keys, user, requests=2)

    def left(key: NewKey, limits: Limits = DAY) -> tuple[int, int]:
        admitted = keys.admit_key(key.key_id, key.key_hash, limits)
        assert admitted is not None
        return admitted.limit, admitted.remaining

    assert left(narrow) == (2, 1)
    assert left(wide) == (5, 3), "the user's: two requests in all"
    assert left(narrow) == (2, 0)
    assert left(narrow) == (2, -1)
    assert left(wide) == (5, 0)
    assert keys.admit(user, DAY).remaining == -1
    assert left(wide, Limits(100, 3, 86400)) == (3, 0), "the platform's limit of a key, after three with it"
    assert left(narrow, Limits(100, 50, 86400))[0] == 2, "a key's own limit makes the platform's smaller, never larger"


def test_unknown_foreign_expired_and_revoked_keys_are_the_same(
    keys: Keys, user: str, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    mine, other = make(keys, user, days=1), make(keys, new_user())
    assert keys.admit_key(mine.key_id, other.key_hash, DAY) is None
    assert keys.admit_key(new_key().key_id, mine.key_hash, DAY) is None
    assert keys.admit_key(mine.key_id, mine.key_hash, DAY) is not None
    admin.execute("update public.api_keys set expires_at = now() where id = %s", (mine.key_id,))
    assert keys.admit_key(mine.key_id, mine.key_hash, DAY) is None
    assert not keys.revoke(user, other.key_id)
    assert keys.admit_key(other.key_id, other.key_hash, DAY) is not None
    assert keys.revoke(user, mine.key_id) and not keys.revoke(user, mine.key_id)


def test_the_last_use_is_written_once_a_minute(keys: Keys, user: str, admin: psycopg.Connection) -> None:
    made = make(keys, user)

    def last() -> object:
        return keys.list(user, 10, None)[0][0].last_used_at

    assert last() is None
    keys.admit_key(made.key_id, made.key_hash, DAY)
    first = last()
    keys.admit_key(made.key_id, made.key_hash, DAY)
    assert first is not None and last() == first
    admin.execute("update public.api_keys set last_used_at = last_used_at - interval '61 seconds'")
    keys.admit_key(made.key_id, made.key_hash, DAY)
    assert last() >= first  # type: ignore[operator]


def test_twenty_live_keys_are_the_most_even_at_once(keys: Keys, user: str, new_user: Callable[[], str], admin: psycopg.Connection) -> None:
    for _ in range(18):
        make(keys, user)

    def attempt(_: int) -> str:
        try:
            return make(keys, user).key_id
        except ApiError as error:
            assert error.code == "CONFLICT"
            return ""

    with ThreadPoolExecutor(6) as pool:
        made = [key for key in pool.map(attempt, range(6)) if key]
    assert len(made) == 2
    make(keys, new_user())
    admin.execute("update public.api_keys set expires_at = now() where id = %s", (made[0],))
    assert attempt(0), "an expired one leaves its place"
    admin.execute("update public.api_keys set expires_at = now() - interval '31 days' where id = %s", (made[0],))
    assert keys.revoke(user, made[1]) and attempt(0)
    assert made[0] not in {key.id for key in keys.list(user, 100, None)[0]}, "and is forgotten in the end"


def test_an_account_that_is_gone_takes_its_keys_along(keys: Keys, user: str, admin: psycopg.Connection) -> None:
    made = make(keys, user)
    keys.admit_key(made.key_id, made.key_hash, DAY)
    admin.execute("delete from auth.users where id = %s", (user,))
    assert keys.admit_key(made.key_id, made.key_hash, DAY) is None
    with pytest.raises(ApiError) as caught:
        keys.admit(user, DAY)
    assert caught.value.code == "UNAUTHORIZED"


def test_nobody_reads_a_hash_or_anothers_key(keys: Keys, database: Database, user: str, new_user: Callable[[], str]) -> None:
    make(keys, user)
    with pytest.raises(errors.InsufficientPrivilege), database.as_user(user) as connection:
        connection.execute("select key_hash from public.api_keys")
    assert keys.list(new_user(), 10, None) == ([], None)
    with pytest.raises(errors.InsufficientPrivilege), database.as_stranger() as connection:
        connection.execute("select id from public.api_keys")


def test_showing_a_key_opens_nothing_else(keys: Keys, database: Database, user: str, admin: psycopg.Connection) -> None:
    """Whoever could run SQL as a stranger and names a hash that is not theirs sees no row through any function for strangers."""
    made = make(keys, user)
    with database.as_stranger() as connection:
        connection.execute("select set_config('lianghu.shown_key', %s, true)", (made.key_hash.hex(),))
        row = connection.execute("select * from lianghu.admit_key(%s, %s, 5, 5, 60)", (made.key_id, b"\0" * 32)).fetchone()
        assert row is None


def test_the_pages_of_keys(keys: Keys, user: str) -> None:
    made = [make(keys, user).key_id for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        items, cursor = keys.list(user, 2, cursor)
        seen += [item.id for item in items]
        if cursor is None:
            break
    assert seen == made[::-1]


def test_many_requests_at_once_are_all_counted(keys: Keys, user: str) -> None:
    made = make(keys, user)
    limits = Limits(1000, 1000, 86400)

    def ask(number: int) -> int:
        admitted = keys.admit(user, limits) if number % 2 else keys.admit_key(made.key_id, made.key_hash, limits)
        assert admitted is not None
        return admitted.remaining

    with ThreadPoolExecutor(8) as pool:
        left = list(pool.map(ask, range(200)))
    assert min(left) == 800


def test_a_request_from_before_the_window_began_the_count_of_it_anew(user: str, desk: object, admin: psycopg.Connection) -> None:
    """It had waited for the row while the window began: then a user's limit held for nobody at the edge of a window."""

    def count(start: str) -> int:
        row = admin.execute("select lianghu.count_request(%s, %s, %s::timestamptz)", (user, user, start)).fetchone()
        assert row is not None
        return int(row[0])

    before, after, wrong_clock = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "2026-01-02T00:00:00Z"
    with admin.transaction():
        admin.execute("select set_config('request.jwt.claims', %s, true)", (f'{{"sub": "{user}"}}',))
        assert [count(start) for start in (before, before, after, before, after)] == [1, 2, 1, 2, 3]
        assert [count(start) for start in (wrong_clock, after, after)] == [1, 1, 2], "a clock that was put back locks nobody out"


def test_admission_is_one_message_there_and_back(servers: Any, user: str, desk: object, tmp_path: Path) -> None:
    """The protocol itself is written down: what goes to the server (F) are one question and nothing else."""
    database = Database(servers.login, size=1)
    keys = Keys(database)
    made = make(keys, user)
    log = tmp_path / "protocol"
    try:
        for ask in (lambda: keys.admit(user, DAY), lambda: keys.admit_key(made.key_id, made.key_hash, DAY)):
            ask()
            with log.open("w") as traced:
                with database._pool.connection() as connection:
                    connection.pgconn.trace(traced.fileno())  # type: ignore[no-untyped-call]
                ask()
                with database._pool.connection() as connection:
                    connection.pgconn.untrace()  # type: ignore[no-untyped-call]
            sent = [line for line in log.read_text().splitlines() if "\tF\t" in line]
            assert len(sent) == 1 and "\tQuery\t" in sent[0], sent
    finally:
        database.close()


def test_a_question_leaves_no_role_behind(database: Database, keys: Keys, user: str) -> None:
    made = make(keys, user)
    keys.admit(user, DAY)
    keys.admit_key(made.key_id, made.key_hash, DAY)
    with database._pool.connection() as connection:
        row = connection.execute(
            """select current_user as who, current_setting('request.jwt.claims', true) as claims,
                current_setting('lianghu.shown_key', true) as shown, current_setting('synchronous_commit') as commit"""
        ).fetchone()
    assert row is not None
    assert (row["who"], row["claims"] or "", row["shown"] or "", row["commit"]) == ("lianghu_login", "", "", "off"), "off: the tests' own"


def test_a_question_holds_no_more_than_its_values(keys: Keys, user: str) -> None:
    """Literals are quoted: a user's id comes from a token, but this must not be what keeps SQL out."""
    for wild in ("'); drop table public.api_keys; --", "\\'; select 1; --", "$$"):
        with pytest.raises(errors.InvalidTextRepresentation):
            keys.admit_key(wild, b"\0" * 32, DAY)
    assert keys.list(user, 1, None) == ([], None), "the table is there"
