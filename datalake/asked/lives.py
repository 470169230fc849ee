"""Which codes are listed at some time of a window, and why the others are not. Light: the API asks this."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Literal, NamedTuple

from datalake.calendar import iso
from datalake.versions import Dataset


class Unlisted(NamedTuple):
    """A code that nobody can trade in a window."""

    ts_code: str
    reason: Literal["delisted", "listed_later"]
    """Before the window, or after it."""
    day: int
    """YYYYMMDD: the first day without listing, or the day of the listing."""

    def __str__(self) -> str:
        return f"{self.ts_code} was {'delisted' if self.reason == 'delisted' else 'listed'} on {iso(self.day)}"

    def to_json(self) -> dict[str, str]:
        return {"code": self.ts_code, "reason": self.reason, "date": iso(self.day)}


def unlisted(dataset: Dataset, codes: Iterable[str], window: tuple[int, int]) -> list[Unlisted]:
    """Of codes that the dataset knows those that are not listed on any session of the window (first and last day, YYYYMMDD), ascending.

    Where a date is not known (0) the code counts as listed.
    """
    sessions = dataset.catalog.sessions
    first, after = bisect_left(sessions, window[0]), bisect_right(sessions, window[1])
    start, end = (sessions[first], sessions[after - 1]) if first < after else window
    found = []
    for code in sorted(set(codes)):
        row = dataset.catalog.by_code.get(code)
        if row and row.delist_date and row.delist_date <= start:
            found.append(Unlisted(code, "delisted", row.delist_date))
        elif row and row.list_date > end:
            found.append(Unlisted(code, "listed_later", row.list_date))
    return found


def told(dataset: Dataset, codes: Iterable[str], window: tuple[int, int], most: int = 3) -> str:
    """The first few of the unlisted ones, in words; "" where there is none."""
    found = unlisted(dataset, codes, window)
    return "; ".join([*map(str, found[:most]), *([f"and {len(found) - most} more"] if len(found) > most else [])])
