"""What goes wrong between a client and the API: the API's own errors, and answers that are none of its."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx


class ClientError(Exception):
    """An answer that is an error; none at all, or one of somebody else (code "UNREACHABLE"); or a wait that took too long ("TIMED_OUT")."""

    def __init__(self, code: str, message: str, problems: Sequence[Mapping[str, Any]] = (), request_id: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.problems, self.request_id = code, message, tuple(problems), request_id


def error_of(answer: httpx.Response) -> ClientError:
    """What an answer that is no success says; Supabase Auth has a shape of its own."""
    request_id = answer.headers.get("X-Request-Id", "")
    try:
        said = answer.json()
        if isinstance(said.get("msg"), str) and "error_code" in said and answer.status_code < 500:
            return ClientError("RATE_LIMITED" if answer.status_code == 429 else "UNAUTHORIZED", said["msg"], (), request_id)
        error = said["error"]
        return ClientError(error["code"], error["message"], error.get("details", {}).get("problems", ()), request_id)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ClientError("UNREACHABLE", f"{answer.url} answered {answer.status_code}", (), request_id)
