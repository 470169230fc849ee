"""Time that passes, queues that are emptied, and a platform that comes to rest by nothing but its sweeper's bells."""

from typing import Any

import psycopg

from tests.functions.platform import Platform
from tests.reliability.invariants import unfinished

TABLES = ("grids", "backtest_runs", "run_blocks", "outbox")
_TIMES = """
    select c.table_name, string_agg(format('%%1$I = %%1$I - make_interval(secs => %%%%(seconds)s)', c.column_name), ', ')
    from information_schema.columns c
    where c.table_schema = 'public' and c.table_name = any(%s) and c.data_type = 'timestamp with time zone' group by c.table_name
"""


def pass_time(admin: psycopg.Connection[Any], seconds: float) -> None:
    """As if all that is written of the life of jobs had been written so much earlier; negative: the clock went back."""
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")
        for table, changes in admin.execute(_TIMES, (list(TABLES),)).fetchall():
            admin.execute(f"update public.{table} set {changes}", {"seconds": seconds})  # type: ignore[arg-type]  the names are ours


def empty_queues(platform: Platform) -> None:
    """Of messages that come later, too: a queue that is made anew has none."""
    for url in platform.urls.values():
        platform.sqs.delete_queue(QueueUrl=url)
        made = platform.sqs.create_queue(QueueName=url.rpartition("/")[2])
        assert made["QueueUrl"] == url


def come_to_rest(platform: Platform, admin: psycopg.Connection[Any], rounds: int = 12) -> int:
    """Minutes until everything has ended, a sweep in each, with no message but the sweeper's. AssertionError: it never does."""
    for minute in range(rounds):
        if not unfinished(admin):
            return minute
        pass_time(admin, 60)
        empty_queues(platform)
        platform.sweep()
        platform.run()
    left = unfinished(admin)
    assert not left, "\n".join(left)
    return rounds
