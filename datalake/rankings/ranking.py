"""A ranking in memory: one compact array of places, looked up in nanoseconds by kernels and from Python. Only NumPy."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.rankings.spec import RankingSpec

Places = npt.NDArray[np.uint16]

NOBODY = 0xFFFF
"""In `places`: fewer stocks had a value that day."""
_DAYS_A_YEAR = 12 * 31


class Ranked(NamedTuple):
    """One place of one session."""

    place: int
    """From 1."""
    ts_code: str
    value: float
    """As it is stored: money and prices in li."""


@dataclass(frozen=True)
class Ranking:
    """T sessions by D places, D as deep as the spec says (or as deep as there are values)."""

    spec: RankingSpec
    sessions: npt.NDArray[np.int32]
    """(T,) YYYYMMDD, ascending. A session of which nothing is stored has a row with nobody."""
    codes: tuple[str, ...]
    """(C,) ascending: everyone who has a place on some session."""
    places: Places
    """(T, D) of each place the number of its code, NOBODY behind the last one."""
    values: npt.NDArray[np.float64]
    """(T, D), NaN behind the last one."""

    def top(self, day: int, count: int | None = None) -> tuple[str, ...]:
        """The codes of the first `count` places of a session (YYYYMMDD), the first one first; none on other days."""
        row = row_of(self._row_view, self.first_year, day)
        if row < 0:
            return ()
        found = self.places[row, :count].tolist()
        return tuple([self.codes[number] for number in found if number != NOBODY])

    def at(self, day: int, place: int) -> str | None:
        """The code on a place (from 1) of a session; None: nobody, or no session of this ranking."""
        number = number_at(self._place_view, row_of(self._row_view, self.first_year, day), place)
        return self.codes[number] if number != NOBODY else None

    def place_of(self, day: int, code: str) -> int:
        """The place (from 1) of a code on a session; 0: it has none."""
        row = row_of(self._row_view, self.first_year, day)
        pattern = self._patterns.get(code)
        if row < 0 or pattern is None:
            return 0
        wide = self._row_bytes
        held = bytes(self._byte_view[row * wide : row * wide + wide])  # bytes are searched faster than numbers
        found = held.find(pattern)
        while found & 1:  # (of -1, too) half of one number and half of the next: no place
            if found < 0:
                return 0
            found = held.find(pattern, found + 1)
        return int(found) // 2 + 1

    def ranked(self, day: int, count: int | None = None) -> list[Ranked]:
        """The first places of a session with their values."""
        row = row_of(self._row_view, self.first_year, day)
        if row < 0:
            return []
        pairs = zip(self.places[row, :count].tolist(), self.values[row, :count].tolist(), strict=True)
        return [Ranked(place, self.codes[number], value) for place, (number, value) in enumerate(pairs, 1) if number != NOBODY]

    @cached_property
    def first_year(self) -> int:
        return int(self.sessions[0]) // 10_000 if len(self.sessions) else 0

    @cached_property
    def rows(self) -> npt.NDArray[np.int32]:
        """The row of each day from January 1 of the first year on, every month 31 days long; -1: no session. For row_of."""
        if not len(self.sessions):
            return np.zeros(0, dtype=np.int32)
        years = int(self.sessions[-1]) // 10_000 - self.first_year + 1
        found = np.full(years * _DAYS_A_YEAR, -1, dtype=np.int32)
        found[[_slot(int(day), self.first_year) for day in self.sessions]] = np.arange(len(self.sessions))
        return found

    @property
    def nbytes(self) -> int:
        """Of its arrays."""
        return self.sessions.nbytes + self.places.nbytes + self.values.nbytes + self.rows.nbytes

    @cached_property
    def _row_view(self) -> memoryview:
        return self.rows.data  # a number of a memoryview is Python's at once, NumPy's takes its time

    @cached_property
    def _place_view(self) -> memoryview:
        return self.places.data

    @cached_property
    def _byte_view(self) -> memoryview:
        return self.places.data.cast("B")

    @cached_property
    def _row_bytes(self) -> int:
        return int(self.places.strides[0])

    @cached_property
    def _patterns(self) -> dict[str, bytes]:
        return {code: number.to_bytes(2, "little") for number, code in enumerate(self.codes)}


def row_of(rows: Any, first_year: int, day: int) -> int:
    """The row of a day (YYYYMMDD) in a ranking's arrays; -1: it is no session of it. `rows` is Ranking.rows. Numba can compile it."""
    month_day = day % 10_000
    month, in_month = month_day // 100, month_day % 100
    if month < 1 or month > 12 or in_month < 1 or in_month > 31:
        return -1
    slot = (day // 10_000 - first_year) * _DAYS_A_YEAR + (month - 1) * 31 + in_month - 1
    if slot < 0 or slot >= len(rows):
        return -1
    row: int = rows[slot]
    return row


def number_at(places: Any, row: int, place: int) -> int:
    """The number of the code on a place (from 1) of a row; NOBODY where there is none. Numba can compile it."""
    if row < 0 or place < 1 or place > places.shape[1]:
        return NOBODY
    number: int = places[row, place - 1]
    return number


def place_in(places: Any, row: int, number: int) -> int:
    """The place (from 1) of a code, by its number, in a row; 0: it has none. Numba can compile it."""
    if row >= 0:
        for column in range(places.shape[1]):
            if places[row, column] == number:
                return column + 1
    return 0


def _slot(day: int, first_year: int) -> int:
    return (day // 10_000 - first_year) * _DAYS_A_YEAR + (day // 100 % 100 - 1) * 31 + day % 100 - 1
