import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg

from functions.jobs.desk import Desk
from functions.stores.requests import Requests


def test_idempotency_keys(requests: Requests, desk: Desk, user: str, new_user: Callable[[], str], admin: psycopg.Connection) -> None:
    key = str(uuid.uuid4())
    assert requests.begin_idempotent(user, key, "a").state == "new"
    assert requests.begin_idempotent(user, key, "a").state == "running"
    assert requests.begin_idempotent(user, key, "b").state == "other"
    assert requests.begin_idempotent(new_user(), key, "b").state == "new"
    requests.drop_idempotent(user, key)
    assert requests.begin_idempotent(user, key, "b").state == "new"
    requests.finish_idempotent(user, key, 201, b"\x00bytes")
    assert requests.begin_idempotent(user, key, "b").body == b"\x00bytes"
    requests.drop_idempotent(user, key)
    assert requests.begin_idempotent(user, key, "b").state == "done", "a stored answer is not dropped"
    admin.execute("update public.idempotency set created_at = now() - interval '25 hours'")
    assert requests.begin_idempotent(user, key, "c").state == "new"


def test_a_key_whose_call_died_is_free_after_a_minute(requests: Requests, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    key = str(uuid.uuid4())
    assert requests.begin_idempotent(user, key, "a").state == "new"
    admin.execute("update public.idempotency set created_at = now() - interval '61 seconds'")
    assert requests.begin_idempotent(user, key, "a").state == "new"


def test_a_key_that_was_just_given_back_was_called_another_requests(
    requests: Requests, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    key = str(uuid.uuid4())
    assert requests.begin_idempotent(user, key, "a").state == "new"
    with ThreadPoolExecutor(1) as pool:
        with admin.transaction():
            admin.execute("select from public.idempotency for update")
            second = pool.submit(requests.begin_idempotent, user, key, "a")
            while not admin.execute("select 1 from pg_locks where not granted").fetchone():
                time.sleep(0.01)
            admin.execute("delete from public.idempotency")
        assert second.result().state == "new"


def test_requests_are_counted_a_user_and_window(requests: Requests, desk: Desk, user: str, new_user: Callable[[], str]) -> None:
    remaining = [requests.take_request(user, 2, 86400)[0] for _ in range(4)]
    assert remaining == [1, 0, -1, -2]
    left, reset_at = requests.take_request(new_user(), 2, 86400)
    assert left == 1
    assert reset_at.timestamp() % 86400 == 0
