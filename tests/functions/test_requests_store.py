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
    requests.finish_idempotent(user, key, 201, b"\x00bytes", "text/csv")
    stored = requests.begin_idempotent(user, key, "b")
    assert (stored.status, stored.body, stored.content_type) == (201, b"\x00bytes", "text/csv")
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
