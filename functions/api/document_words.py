"""The words of the OpenAPI document that belong to no single route: groups of calls, parameters, headers, examples of errors."""

from typing import Any

from functions.api.examples import REQUEST

VERSION_1 = "application/vnd.backtest.v1+json"

DESCRIPTION = """Backtests of rule-based strategies on Chinese A-shares.

Errors always have the shape of `ErrorAnswer`: `error.code` for programs, `error.message` for people, `error.details.problems` with every
single thing that is wrong. Lists come in pages: `limit` and `cursor` go in, `items` and `next_cursor` come out, null at the end. Times are
UTC; dates of sessions are Shanghai's. Writes may carry an `Idempotency-Key`: sent again within 24 hours they happen once. docs/api.md
shows every call with curl."""

TAGS = {
    "backtests": "A strategy in a context: both are pinned here, and many runs may stand on them.",
    "runs": "One parameter set, or a grid of them: submitted, looked at, cancelled.",
    "grids": "What a grid comes to: progress, summary, heatmap, and whether its best may be believed.",
    "artifacts": "What a run leaves behind: curve, account, trades, logs, report.",
    "shares": "Frozen snapshots of a run behind a link.",
    "metrics": "What the keys of a run's stats mean.",
    "strategies": "Texts with immutable versions.",
    "templates": "Strategies to start from.",
    "language": "What a strategy's text may say, and what is wrong with one.",
    "signals": "Orders and target weights from outside.",
    "market": "Market data: datasets, instruments, sessions, indices, bars, rankings.",
    "me": "Who calls, and what is used and left.",
    "keys": "API keys.",
    "message clients": "Programs that send their calls as messages to a queue; docs/messages.md.",
    "feedback": "What you want to tell us.",
    "product events": "Counts of what people look at; nothing about who.",
    "health": "Whether the platform stands.",
}

PARAMETERS = {
    "backtest_id": "Of `POST /api/backtests`",
    "run_id": "One of the `run_ids` of a submission",
    "grid_id": "Of a grid's submission",
    "strategy_id": "A strategy of one's own",
    "version": "A version: of a strategy a whole number from 1, of a dataset its name or its source",
    "signal_id": "Of an upload of orders or weights",
    "share_id": "Of a share of one's own",
    "key_id": "Of an API key; the part of it between `lh_` and the next `_`",
    "client_id": "Of a message client of one's own",
    "token": "Of a share's link",
    "kind": "Which of the files",
    "limit": "Items of a page",
    "cursor": "`next_cursor` of the page before; omitted: the first page",
    "status": "Only runs in this state",
    "start": "The first day, like 2020-01-02",
    "end": "The last day, like 2021-12-31",
}
"""Of parameters whose routes do not say it."""

DONE = {
    "200": "As asked for",
    "201": "Made",
    "202": "Taken; it goes on by itself",
    "204": "Done; nothing more to say",
}
"""By status, where a route has no words of its own."""


def _header(description: str, schema: dict[str, Any], example: Any, *, required: bool = True) -> dict[str, Any]:
    return {"description": description, "required": required, "schema": schema, "example": example}


_WHOLE = {"type": "integer", "minimum": 0}
HEADERS: dict[str, Any] = {
    "X-Request-Id": _header("The request's name in the logs: the caller's own, if one was sent", {"type": "string"}, REQUEST),
    "X-RateLimit-Limit": _header("Requests that are allowed in a window", _WHOLE, 600),
    "X-RateLimit-Remaining": _header("How many of them are left", _WHOLE, 599),
    "X-RateLimit-Reset": _header("When the window ends: Unix seconds", _WHOLE, 1795298760),
    "Retry-After": _header("When to ask again: seconds", _WHOLE, 1),
    "Retry-After-sometimes": _header("When to ask again: seconds; only where waiting helps", _WHOLE, 1, required=False),
    "ETag": _header(
        "Names these bytes; sent again as If-None-Match it saves them",
        {"type": "string"},
        '"d906eed3463036052e2603459cdaaf1f544e3e77e04d1aeba9f739f3d5fdec4c"',
        required=False,
    ),
    "Content-Range": _header("Which bytes of how many", {"type": "string"}, "bytes 0-1023/52431"),
    "Location": _header(
        "Where the file is, for a few minutes", {"type": "string", "format": "uri"}, "https://bucket.example.com/trades.csv?..."
    ),
}


def _offered(name: str, description: str, schema: dict[str, Any], example: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema, "example": example}


REQUEST_HEADERS: dict[str, Any] = {
    "Accept": _offered(
        "Accept",
        f"The API's version: `{VERSION_1}`, which is also the default. Another version is answered 406",
        {"type": "string", "enum": [VERSION_1, "application/json", "*/*"], "default": VERSION_1},
        VERSION_1,
    ),
    "X-Request-Id": _offered(
        "X-Request-Id",
        "A name for this request; the answer and the logs carry it. Omitted: one is made",
        {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,100}$"},
        REQUEST,
    ),
    "Idempotency-Key": _offered(
        "Idempotency-Key",
        "For 24 hours the same key with the same request gives the first successful answer again, byte for byte, and nothing happens twice",
        {"type": "string", "format": "uuid"},
        "0c6f5f0e-7f5c-4a8e-9d55-0a6c2f0a3d11",
    ),
    "Range": _offered("Range", "A part of the file", {"type": "string", "pattern": "^bytes=[0-9]+-[0-9]*$"}, "bytes=0-1023"),
    "If-None-Match": _offered("If-None-Match", "An ETag: 304 without a body where nothing has changed", {"type": "string"}, '"..."'),
}


def _error(code: str, message: str, **details: Any) -> dict[str, Any]:
    return {"summary": code, "value": {"error": {"code": code, "message": message, "details": details}}}


def _field(code: str, field: str, message: str, hint: str | None = None) -> dict[str, Any]:
    problem = {"field": field, "message": message, "hint": hint}
    return _error(code, f"{field}: {message}", field=field, problems=[problem])


ERROR_EXAMPLES: dict[str, dict[str, Any]] = {
    "400": {"no JSON": _error("INVALID_INPUT", "the body is no JSON: Expecting ',' delimiter at line 1, column 17")},
    "401": {"no token": _error("UNAUTHORIZED", "send a token: Authorization: Bearer <access token>")},
    "403": {"scope": _error("FORBIDDEN", "this API key may not do that: it lacks the scope 'run'", scope="run")},
    "404": {"unknown": _error("NOT_FOUND", f"there is no run {REQUEST}")},
    "406": {"version": _error("INVALID_INPUT", f"Accept: this API answers {VERSION_1} (the default) and application/json", field="Accept")},
    "408": {"slow": _error("INVALID_INPUT", "the body did not arrive in time")},
    "409": {"ended": _error("CONFLICT", "this run has ended and cannot be cancelled any more")},
    "413": {"large": _error("INVALID_INPUT", "the request's body is larger than 1024 KiB")},
    "414": {"long": _error("INVALID_INPUT", "the address is longer than 8 KiB")},
    "415": {"packed": _error("INVALID_INPUT", "Content-Encoding: send the body as it is, not packed", field="Content-Encoding")},
    "416": {"part": _error("INVALID_INPUT", "Range: the file has 52431 bytes", field="Range")},
    "422": {
        "problems": _field("INVALID_INPUT", "context.window", "starts after it ends", "swap 2021-12-31 and 2020-01-02?"),
    },
    "429": {"limit": _error("RATE_LIMITED", "more than 600 requests in 60 seconds; try again in 12 s")},
    "431": {"large": _error("INVALID_INPUT", "the headers are larger than 32 KiB")},
    "500": {"ours": _error("INTERNAL_ERROR", "something went wrong here; the log has the reason under this request's id")},
    "502": {"upstream": _error("UPSTREAM_ERROR", "the database does not answer")},
    "504": {"late": _error("UPSTREAM_ERROR", "this took too long; ask again with the same Idempotency-Key, or look in a moment")},
}
