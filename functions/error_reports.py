"""Unexpected errors to Sentry, if a DSN is set: types and places in the code, never values, texts or requests.

Its library is loaded only then: a cold start does not wait for what nobody asked for.
"""

from typing import TYPE_CHECKING, Any

from functions.settings import Settings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


SETTLE_SECONDS = 2.0
"""So long does a function that found errors wait at its end for them to be sent."""


class _Reports:
    started = False
    waiting = False


def start_error_reports(settings: Settings, release: str, **options: Any) -> None:
    """Once a cold start. What logs.log_failure tells is reported; local variables, bodies and messages may hold a strategy's text."""
    dsn = settings.sentry_dsn.get_secret_value()
    if not dsn:
        return
    import sentry_sdk  # noqa: PLC0415  see above

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=settings.stage,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=_without_texts,
        default_integrations=False,  # They look into requests, logs and calls of others, and import whatever is installed.
        **options,
    )
    _Reports.started = True


def report(error: BaseException) -> None:
    """Nothing unless reports were started."""
    if _Reports.started:
        import sentry_sdk  # noqa: PLC0415

        sentry_sdk.capture_exception(error)
        _Reports.waiting = True


def settle() -> None:
    """Sends what was reported: a function that returns is frozen with its threads."""
    if _Reports.waiting:
        import sentry_sdk  # noqa: PLC0415

        _Reports.waiting = False
        sentry_sdk.flush(SETTLE_SECONDS)


def _without_texts(event: "Event", hint: "Hint") -> "Event":
    for error in event.get("exception", {}).get("values", []):
        error["value"] = ""
    for unwanted in ("extra", "request", "breadcrumbs"):
        event.pop(unwanted, None)  # type: ignore[misc]
    return event
