"""One structured logger for all doors, with the keys that let one follow a request to its blocks and runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from aws_lambda_powertools import Logger

from functions.settings import settings


@cache
def logger() -> Logger:
    """JSON lines on standard output. Never log a strategy's source, a token or a key."""
    return Logger(service="lianghu", level=settings().log_level.upper(), utc=True)


@contextmanager
def log_keys(**keys: object) -> Iterator[None]:
    """request_id, grid_id, block_id, run_id ... on every line that is written inside (in this thread or task)."""
    log = logger()
    before = log.thread_safe_get_current_keys()
    log.thread_safe_append_keys(**{key: str(value) for key, value in keys.items() if value not in (None, "")})
    try:
        yield
    finally:
        log.thread_safe_clear_keys()
        log.thread_safe_append_keys(**before)
