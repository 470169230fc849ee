"""DuckDB's errors in our words, with their place in the statement."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from datalake.errors import PlacedProblem, Problem, QueryError, StorageError
from datalake.explore.views import STORED
from datalake.explore.wall import FIELD, refused

HINTS = (
    (re.compile(r"invalid date field|(?:INTEGER|BIGINT) -> DATE|type DATE and type (?:INTEGER|BIGINT)"), "days are written '2024-01-31'"),
    (re.compile(r"source column ts_code"), "codes are texts: '600519.SH'"),
    (
        re.compile(r'^Binder Error: Referenced column "[\w.]+" was not found because the FROM clause is missing'),
        "texts stand in single quotes",
    ),
)
"""What people mean who are told so; the first that fits."""
_BROKEN = re.compile(rf"reading the stream registered as '{STORED}(\w+)' failed: (.*)", re.DOTALL)
_PLACE = re.compile(r"\n\s*LINE (\d+): (.*)\n(\s*)\^")
_NEAR = re.compile(r"\s*(?:Did you mean|Candidate bindings:) ?(.*)")


@contextmanager
def told(text: str, seconds: float, memory_mb: int) -> Iterator[None]:
    """Around everything that asks DuckDB. The statement begins in the second line of `text`, whatever stands before it."""
    try:
        yield
    except TimeoutError as error:
        raise refused(f"there was no answer within {seconds:g} seconds", "ask for fewer days, codes or columns, or allow more") from error
    except duckdb.OutOfMemoryException as error:
        hint = "ask for fewer days, codes or columns, or group them"
        raise refused(f"the answer needs more than {memory_mb:,} MB of memory", hint) from error
    except duckdb.Error as error:
        if broken := _BROKEN.search(str(error)):
            raise StorageError(Problem(broken[1], f"cannot read it: {broken[2].splitlines()[0][:300]}")) from error
        raise QueryError(_problem(str(error), text)) from error


def _problem(said: str, text: str) -> PlacedProblem:
    """DuckDB's message, without what it quotes of the statement."""
    place = _PLACE.search(said)
    words = said[: place.start()] if place else said
    near = _NEAR.search(words)
    hint = f"did you mean {near[1].strip().rstrip('?').replace(STORED, '')}?" if near else None
    message = " ".join((words[: near.start()] if near else words).split())[:500]
    hint = hint or next((meant for pattern, meant in HINTS if pattern.search(message)), None)
    lines = text.split("\n")
    if place is None or not 1 < int(place[1]) <= len(lines):
        return PlacedProblem(FIELD, message, hint)
    return PlacedProblem(FIELD, message, hint, int(place[1]) - 1, _column(place, lines[int(place[1]) - 1]))


def _column(place: re.Match[str], line: str) -> int | None:
    """Where the mark stands in the line, of which DuckDB may quote only a part."""
    quoted, mark = place[2], len(place[3]) - len(f"LINE {place[1]}: ")
    part = quoted.removeprefix("...").removesuffix("...")
    begin = line.find(part)
    if not part or begin < 0:
        return None
    return begin + mark - (len(quoted) - len(quoted.removeprefix("..."))) + 1
