"""What leaves for Sentry: that and where something failed, and not one word of a user's."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from functions import error_reports, invocations
from functions.error_reports import settle, start_error_reports
from functions.logs import log_failure
from functions.settings import Settings

SECRET = "entry: cross_above(fast, slow)"


class Kept(Transport):
    """A transport that keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.envelopes: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)


@pytest.fixture
def kept() -> Iterator[Kept]:
    kept = Kept()
    yield kept
    error_reports._Reports.started = error_reports._Reports.waiting = False
    sentry_sdk.get_global_scope().set_client(None)


def events(kept: Kept) -> list[Any]:
    return [json.loads(item.payload.get_bytes()) for envelope in kept.envelopes for item in envelope.items if item.type == "event"]


def test_an_error_is_reported_without_any_value(kept: Kept) -> None:
    start_error_reports(Settings(sentry_dsn="https://key@example.com/1", stage="prod"), "0.1.0", transport=kept)
    try:
        source = SECRET
        raise ValueError(f"cannot read {source}")
    except ValueError as error:
        log_failure("a block failed", error)
    settle()
    (event,) = events(kept)
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert event["exception"]["values"][0]["stacktrace"]["frames"][-1]["function"] == "test_an_error_is_reported_without_any_value"
    assert (event["release"], event["environment"]) == ("0.1.0", "prod")
    assert all("vars" not in frame and "context_line" not in frame for frame in event["exception"]["values"][0]["stacktrace"]["frames"])
    assert not {"request", "breadcrumbs", "extra", "modules", "user"} & event.keys()
    assert "cross_above" not in json.dumps(event)


def test_without_a_dsn_nothing_is_started(kept: Kept) -> None:
    start_error_reports(Settings(sentry_dsn=""), "0.1.0", transport=kept)
    log_failure("nobody hears this", ValueError(SECRET))
    assert not kept.envelopes
    assert not sentry_sdk.is_initialized()


def test_what_a_handler_lets_fall_is_reported_before_the_function_sleeps(kept: Kept) -> None:
    start_error_reports(Settings(sentry_dsn="https://key@example.com/1"), "0.1.0", transport=kept)

    @invocations.serves("sweeper")
    def handle(event: Any, context: Any) -> None:
        raise KeyError(SECRET) from ValueError(SECRET)

    with pytest.raises(KeyError):
        handle({}, None)
    (event,) = events(kept)
    assert [row["type"] for row in event["exception"]["values"]] == ["ValueError", "KeyError"]
    assert "cross_above" not in json.dumps(event)
