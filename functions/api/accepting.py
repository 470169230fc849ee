"""`Accept`: version 1 of the API is what there is, and the default; who wants only something else is told so."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from functions.errors import ApiError

VERSION_1 = "application/vnd.backtest.v1+json"
ANSWERED = (
    VERSION_1,
    "application/json",
    "text/html",
    "text/csv",
    "text/plain",
    "application/vnd.apache.parquet",
    "application/octet-stream",
)
"""What calls answer with. Which of them is decided by the call and its `format`; errors are always JSON."""


class Accepting:
    """An answer 406 where the caller's `Accept` leaves nothing that this API says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            accept = ", ".join(Headers(scope=scope).getlist("accept"))
            if accept.strip() and not acceptable(accept):
                raise ApiError(
                    "INVALID_INPUT",
                    f"Accept: this API answers {VERSION_1} (the default) and application/json; some calls text/html, text/csv, text/plain "
                    "or application/vnd.apache.parquet",
                    {"field": "Accept", "acceptable": list(ANSWERED)},
                    status=406,
                )
        await self._app(scope, receive, send)


def acceptable(accept: str) -> bool:
    """Whether one of ANSWERED is wanted: of several ranges that a type is in, the most exact one decides; q=0 refuses."""
    ranges = [_read(part) for part in accept.split(",")]
    for offered in ANSWERED:
        matching = [(place, weight) for name, weight in ranges if (place := _matches(name, offered))]
        if matching and max(matching)[1] > 0:
            return True
    return False


def _read(part: str) -> tuple[str, float]:
    """A range and its weight; parameters other than q are not looked at, and a weight that is none refuses."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            return name, _weight(value.strip())
    return name, 1.0


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _matches(name: str, offered: str) -> int:
    """0: not; the more, the more exactly."""
    if name == offered:
        return 3
    if name == offered.partition("/")[0] + "/*":
        return 2
    return 1 if name == "*/*" else 0
