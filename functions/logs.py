"""One structured logger for all doors, with the keys that let one follow a request to its blocks and runs."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from aws_lambda_powertools import Logger

from functions.error_reports import report
from functions.settings import settings


@cache
def logger() -> Logger:
    """JSON lines on standard output. Never log a strategy's source, a token or a key."""
    return Logger(service="lianghu", level=settings().log_level.upper(), utc=True)


def log_failure(message: str, error: BaseException, **extra: object) -> None:
    """Where it failed and with what kind of error. Its text stays out: it may quote a strategy, a row or an address with a password."""
    frames = [f"{frame.name} {frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    cause = type(error.__cause__).__name__ if error.__cause__ else None
    report(error)
    logger().error(message, extra={"error": type(error).__name__, "cause": cause, "frames": frames, **extra})


@contextmanager
def log_keys(**keys: object) -> Iterator[None]:
    """request_id, user_id, grid_id ... on every line written inside (in this thread or task); an empty one is taken away."""
    log = logger()
    before = log.thread_safe_get_current_keys()
    log.thread_safe_append_keys(**{key: str(value) for key, value in keys.items() if value not in (None, "")})
    log.thread_safe_remove_keys([key for key, value in keys.items() if value in (None, "") and key in before])
    try:
        yield
    finally:
        log.thread_safe_clear_keys()
        log.thread_safe_append_keys(**before)
