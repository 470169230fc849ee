"""Every error that the lake raises: where, what, and what to do. Foreign errors are translated in the file that calls the foreigner."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `field` is the JSON path of the input (context.window.end) or the part of the lake (bars_1d.close)."""

    field: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class DataError(Exception):
    """Root of the lake's errors: carries every problem that was found, not only the first."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class ContextError(DataError):
    """A universe, window, frequency or field that the dataset cannot serve."""


@dataclass(frozen=True)
class PlacedProblem(Problem):
    """A problem of a text, and where in it; None: nobody knows."""

    line: int | None = None
    column: int | None = None


class QueryError(ContextError):
    """A question in SQL that is none, that may not be asked, or that asks for too much."""


class UnknownDatasetError(DataError):
    """A dataset version that the lake does not hold."""


class ImportRefusedError(DataError):
    """Files that are not written because they cannot be read or rows of them are bad."""


class BackupError(ImportRefusedError):
    """A backup that is damaged, that is none, or that does not fit what is there."""


class StorageError(DataError):
    """The object store or the disk did not do what was asked."""


class MissingObjectError(StorageError):
    """An object that is not there."""


class CorruptObjectError(StorageError):
    """An object that is there and is not what it should be."""


class UpstreamError(DataError):
    """Tushare did not answer, or not with data."""


class UnreachableError(UpstreamError):
    """No answer, or one that says that the server is in trouble: trying again may help."""


class RateError(UpstreamError):
    """Tushare was called too often: waiting so many `seconds` helps."""

    def __init__(self, problems: Problem | Sequence[Problem], seconds: float = 60.0) -> None:
        super().__init__(problems)
        self.seconds = seconds


class ForbiddenError(UpstreamError):
    """The account may not call this interface: waiting does not help."""


class TokenError(UpstreamError):
    """Tushare does not know the token."""


def did_you_mean(word: str, known: Sequence[str]) -> str | None:
    """A hint naming the nearest known word, if one is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else None
