"""One structured logger for all doors, with the keys that let one follow a request to its blocks and runs."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import sentry_sdk
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from functions.settings import settings


@cache
def logger() -> Logger:
    """JSON lines on standard output. Never log a strategy's source, a token or a key."""
    return Logger(service="lianghu", level=settings().log_level.upper(), utc=True)


def log_failure(message: str, error: BaseException, **extra: object) -> None:
    """Where it failed and with what kind of error. Its text stays out: it may quote a strategy, a row or an address with a password."""
    frames = [f"{frame.name} {frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    cause = type(error.__cause__).__name__ if error.__cause__ else None
    sentry_sdk.capture_exception(error)  # Nothing unless error_reports started it.
    logger().error(message, extra={"error": type(error).__name__, "cause": cause, "frames": frames, **extra})


def log_count(name: str, **dimensions: str) -> None:
    """One more of something, as a line of the log that CloudWatch makes a metric of (its Embedded Metric Format): no call, no waiting."""
    with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace="LiangHu") as metric:
        for key, value in dimensions.items():
            metric.add_dimension(key, value)


@contextmanager
def log_keys(**keys: object) -> Iterator[None]:
    """request_id, grid_id, block_id, run_id ... on every line written inside (in this thread or task); an empty one is taken away."""
    log = logger()
    before = log.thread_safe_get_current_keys()
    log.thread_safe_append_keys(**{key: str(value) for key, value in keys.items() if value not in (None, "")})
    log.thread_safe_remove_keys([key for key, value in keys.items() if value in (None, "") and key in before])
    try:
        yield
    finally:
        log.thread_safe_clear_keys()
        log.thread_safe_append_keys(**before)
