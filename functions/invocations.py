"""Around every call of a function: its lines of the log say whose they are, its trace has a part for it, its metrics and errors leave."""

import gc
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from functions import error_reports, metrics
from functions.logs import logger
from functions.needs import look_while_starting
from functions.settings import settings
from functions.tracing import traced

Answer = TypeVar("Answer")
Handler = Callable[[Any, Any], Answer]


class _State:
    began = False
    """The process has served somebody."""


def serves(service: str) -> Callable[[Handler[Answer]], Handler[Answer]]:
    """Makes a handler the one of the function `service` (see metrics.SERVICES), which ends at once where its settings are wrong."""
    gc.freeze()  # what was imported stays, so nobody looks through it
    gc.enable()  # see functions/__init__.py
    look_while_starting(service)

    def wrapping(handle: Handler[Answer]) -> Handler[Answer]:
        @wraps(handle)
        def handle_told(event: Any, context: Any) -> Answer:
            began_cold = begin(service)
            invocation = getattr(context, "aws_request_id", None)
            logger().append_keys(cold_start=began_cold, function_request_id=invocation)
            try:
                with traced(f"## {service}", service=service, cold_start=began_cold):
                    return handle(event, context)
            except Exception as error:
                error_reports.report(error)
                raise
            finally:
                metrics.flush()
                error_reports.settle()

        return handle_told

    return wrapping


def begin(service: str) -> bool:
    """Says who this process is; whether it is its first call, and somebody waited for its start."""
    metrics.serve_as(service)
    logger().append_keys(service=service)
    cold = not _State.began and settings().aws_lambda_initialization_type != "provisioned-concurrency"
    _State.began = True
    if cold:
        metrics.measure(metrics.COLD_STARTS)
    return cold
