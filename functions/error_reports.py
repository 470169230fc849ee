"""Unexpected errors to Sentry, if a DSN is set: types and places in the code, never values, texts or requests."""

from typing import TYPE_CHECKING, Any

import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration

from functions.settings import Settings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def start_error_reports(settings: Settings, release: str, **options: Any) -> None:
    """Once a cold start. What logs.log_failure tells is reported; local variables, bodies and messages may hold a strategy's text."""
    if dsn := settings.sentry_dsn.get_secret_value():
        sentry_sdk.init(
            dsn=dsn,
            release=release,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            before_send=_without_texts,
            integrations=[LoggingIntegration(event_level=None)],
            **options,
        )


def _without_texts(event: "Event", hint: "Hint") -> "Event":
    for error in event.get("exception", {}).get("values", []):
        error["value"] = ""
    for unwanted in ("extra", "request", "breadcrumbs"):
        event.pop(unwanted, None)  # type: ignore[misc]
    return event
