"""What leaves for Sentry: that and where something failed, and not one word of a user's."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from functions.error_reports import start_error_reports
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
    sentry_sdk.get_global_scope().set_client(None)


def events(kept: Kept) -> list[Any]:
    return [json.loads(item.payload.get_bytes()) for envelope in kept.envelopes for item in envelope.items if item.type == "event"]


def test_an_error_is_reported_without_any_value(kept: Kept) -> None:
    start_error_reports(Settings(sentry_dsn="https://key@example.com/1"), "0.1.0", transport=kept)
    try:
        source = SECRET
        raise ValueError(f"cannot read {source}")
    except ValueError as error:
        log_failure("a block failed", error)
    sentry_sdk.flush()
    (event,) = events(kept)
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert event["exception"]["values"][0]["stacktrace"]["frames"][-1]["function"] == "test_an_error_is_reported_without_any_value"
    assert event["release"] == "0.1.0"
    assert "cross_above" not in json.dumps(event)


def test_without_a_dsn_nothing_is_started(kept: Kept) -> None:
    start_error_reports(Settings(sentry_dsn=""), "0.1.0", transport=kept)
    log_failure("nobody hears this", ValueError(SECRET))
    assert not kept.envelopes
    assert not sentry_sdk.is_initialized()
