"""From whatever went wrong to words, a hint and an exit code. A traceback never reaches a user, unless LIANGHU_DEBUG asks for it."""

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datalake.errors import ContextError, DataError, ImportRefusedError, UnknownDatasetError
from engine.errors import EngineError
from functions.client import ClientError
from functions.errors import ApiError
from infra.local.errors import StackError

OK, RUN_FAILED, BAD_INPUT, PLATFORM, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes. 1: the input was fine and a run failed; 2: something about the input; 3: the platform, the connection, the disk."""

ROWS_SHOWN = 30
IN_THE_FILE = "strategyRef.code."
"""The API's path to what the user knows as the strategy file."""
THEIRS = ("INVALID_INPUT", "NOT_FOUND", "CONFLICT")
"""Codes of what the sender can mend."""


class CommandError(Exception):
    """What a command itself has to say: the problem, and what to do about it."""

    def __init__(self, message: str, hint: str = "", code: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code


@dataclass(frozen=True)
class Failure:
    """Ready to be shown."""

    exit_code: int
    code: str
    message: str
    problems: tuple[Mapping[str, Any], ...] = ()
    """Each with field, message and perhaps hint, line, column."""
    hint: str = ""

    def lines(self) -> list[str]:
        rows = [_line(problem) for problem in self.problems[:ROWS_SHOWN]] or [self.message]
        if len(self.problems) > ROWS_SHOWN:
            rows.append(f"and {len(self.problems) - ROWS_SHOWN} more")
        return rows + ([self.hint] if self.hint else [])

    def to_json(self) -> dict[str, Any]:
        details = {"problems": [dict(problem) for problem in self.problems]} | ({"hint": self.hint} if self.hint else {})
        return {"error": {"code": self.code, "message": self.message, "details": details}}


def failure(error: BaseException) -> Failure:
    """Errors that nobody has thought of exit as the platform's: they are ours, not the user's."""
    for kinds, words in _WORDS:
        if isinstance(error, kinds):
            return words(error)
    message = f"something unexpected happened: {type(error).__name__}: {error}"
    return Failure(PLATFORM, "INTERNAL_ERROR", message, (), "LIANGHU_DEBUG=1 shows where")


def _of_command(error: CommandError) -> Failure:
    return Failure(error.code, "INVALID_INPUT" if error.code == BAD_INPUT else "FAILED", error.message, (), error.hint)


def _of_api(error: ApiError) -> Failure:
    """The API's own checks, made in this process."""
    theirs = error.code in THEIRS
    return Failure(BAD_INPUT if theirs else PLATFORM, error.code, str(error), tuple(error.details.get("problems", ())))


def _of_input(error: EngineError | DataError) -> Failure:
    return Failure(BAD_INPUT, "INVALID_INPUT", str(error), _rows(error.problems))


def _of_lake(error: DataError) -> Failure:
    return Failure(PLATFORM, "UPSTREAM_ERROR", str(error), _rows(error.problems))


def _of_stack(error: StackError) -> Failure:
    return Failure(PLATFORM, "STACK", error.problem, (), error.hint)


def _of_system(error: OSError) -> Failure:
    place = f" ({error.filename})" if error.filename else ""
    hint = "free some space and try again" if error.errno == errno.ENOSPC else ""
    return Failure(PLATFORM, "SYSTEM", f"{error.strerror or error}{place}", (), hint)


def _of_client(error: ClientError) -> Failure:
    hint = {
        "UNAUTHORIZED": "set LIANGHU_TOKEN to an access token or an API key of this address",
        "UNREACHABLE": "is the platform up? `lianghu up` starts it on this machine; LIANGHU_URL names another one",
        "INTERNAL_ERROR": f"request {error.request_id} in the logs says more" if error.request_id else "",
    }.get(error.code, "")
    return Failure(BAD_INPUT if error.code in THEIRS else PLATFORM, error.code, error.message, error.problems, hint)


_WORDS: tuple[tuple[Any, Callable[[Any], Failure]], ...] = (
    (CommandError, _of_command),
    (ClientError, _of_client),
    (ApiError, _of_api),
    ((EngineError, ContextError, UnknownDatasetError, ImportRefusedError), _of_input),
    (DataError, _of_lake),
    (StackError, _of_stack),
    (OSError, _of_system),
)
"""The first row that fits."""


def _rows(problems: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    keys = ("field", "message", "hint", "line", "column")
    return tuple({key: value for key in keys if (value := getattr(problem, key, None)) is not None} for problem in problems)


def _line(problem: Mapping[str, Any]) -> str:
    field = str(problem.get("field", "")).removeprefix(IN_THE_FILE)
    place = f"{field} (line {problem['line']}, column {problem['column']})" if problem.get("line") else field
    hint = f" ({problem['hint']})" if problem.get("hint") else ""
    return f"{place}: {problem['message']}{hint}".removeprefix(": ")
