"""What the questions about market data have in common: the dataset, lists with commas, and cursors of lists that are no table."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace

from datalake.calendar import from_iso
from datalake.errors import ContextError, Problem, UnknownDatasetError
from datalake.versions import Dataset
from functions.api.context import known_dataset
from functions.api.market_shapes import OfDays
from functions.errors import ApiError
from functions.wiring import House


def asked_dataset(house: House, name: str | None) -> Dataset:
    """None: the newest. ContextError where the lake has no such version."""
    try:
        return known_dataset(house.lake, name)
    except UnknownDatasetError as error:
        raise ContextError([replace(problem, field="datasource_version") for problem in error.problems]) from error


LAST_DAY = 99_999_999


def days_of(query: OfDays) -> tuple[int, int]:
    """The first and the last day that is meant, YYYYMMDD: 0 and LAST_DAY where nothing is said."""
    if query.start and query.end and query.start > query.end:
        raise ContextError(Problem("start", f"{query.start} lies after the end", f"swap {query.start} and {query.end}?"))
    return from_iso(query.start) if query.start else 0, from_iso(query.end) if query.end else LAST_DAY


def listed(said: str) -> list[str]:
    """ "main, star" as its parts; blanks and empty ones do not count."""
    return [part.strip() for part in said.split(",") if part.strip()]


def write_cursor(place: Sequence[str | int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(place), ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(cursor: str, kinds: Sequence[type]) -> list[str | int]:
    """What was written, if it has these kinds; INVALID_INPUT for anything else. What it says is a place in a list, no permission."""
    try:
        place = json.loads(base64.urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode()))
    except (ValueError, RecursionError) as error:
        raise no_cursor() from error
    if not isinstance(place, list) or [type(value) for value in place] != list(kinds):
        raise no_cursor()
    if any(isinstance(value, int) and abs(value) >= 2**53 for value in place):
        raise no_cursor()
    return place


def no_cursor() -> ApiError:
    return ApiError("INVALID_INPUT", "cursor: this is no cursor of this list", {"field": "cursor"})
