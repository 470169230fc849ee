"""Traces in X-Ray, where it is on: calls of AWS by boto3, and the parts of the work with the ids by which they are found.

X-Ray's library is loaded with the first call that is sampled, so whoever is not traced does not wait for it. Nothing of what was said or
computed goes into a trace: names, times, ids, and that something failed.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from functions.settings import settings

HEADER = "_X_AMZN_TRACE_ID"
"""Where the runtime says, before every call, which trace it belongs to. Not a setting, because it changes while the process lives; X-Ray's
library and the logger read it, too."""
MESSAGE_HEADER = "AWSTraceHeader"
"""Of a message, whose sender was traced: SQS makes it of the header that X-Ray's library puts into the request."""


@contextmanager
def traced(name: str, **ids: object) -> Iterator[None]:
    """A part of the trace that can be found by its ids (annotations); empty ones are left out."""
    if not _sampled():
        yield
        return
    recorder = _recorder()
    part = recorder.begin_subsegment(name)
    _annotate(part, ids)
    try:
        yield
    except BaseException:
        part.add_fault_flag()  # An exception's words may quote anything, so they are told by nobody.
        raise
    finally:
        recorder.end_subsegment()


def annotate(**ids: object) -> None:
    """More ids of the part that is under way in this thread."""
    if _sampled() and (part := _recorder().current_subsegment()):
        _annotate(part, ids)


@contextmanager
def followed(attributes: Mapping[str, Any]) -> Iterator[None]:
    """What is done belongs to the trace of who sent the message with these attributes, and so do the lines of the log.

    The platform gives every call by a queue a trace of its own, and links it to those of the messages: then nobody would see a submission
    as one.
    """
    header = attributes.get(MESSAGE_HEADER)
    if not header or not settings().aws_xray_daemon_address:
        yield
        return
    own = os.environ.get(HEADER, "")
    part = _recorder().get_trace_entity() if _sampled() else None
    os.environ[HEADER] = str(header)
    try:
        yield
    finally:
        os.environ[HEADER] = own
        if part:
            _recorder().set_trace_entity(part)  # the library forgets what was under way in another trace


def _sampled() -> bool:
    return "Sampled=1" in os.environ.get(HEADER, "") and bool(settings().aws_xray_daemon_address)


def _annotate(part: Any, ids: Mapping[str, object]) -> None:
    for key, value in ids.items():
        if value not in (None, ""):
            part.put_annotation(key, str(value))


@cache
def _recorder() -> Any:
    from aws_lambda_powertools import Tracer  # noqa: PLC0415  see above

    return Tracer(patch_modules=("boto3",)).provider
