"""What is stored of a run against what was computed again: where the two differ first, part by part. Pure."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Literal, NamedTuple

Figure = float | int | None
LONGEST = 10_000
"""Characters of a line that the platform may have written."""
Part = Literal["equity", "account", "trades", "positions", "orders", "refusals", "events", "tallies", "stats", "content_hash"]

TABLES: tuple[Part, ...] = ("equity", "account", "trades", "positions", "orders", "refusals", "events")
"""Each a file of a run: equity.csv, account.csv ..."""
TALLIES = (
    "bought_yuan", "sold_yuan", "commission_yuan", "duty_yuan", "transfer_yuan", "tax_yuan", "dividends_yuan", "fractions_yuan",
    "delisted_yuan", "fills", "refusals",
)  # fmt: skip
"""The account's columns that add up to the run's tallies."""


class Difference(NamedTuple):
    part: Part
    place: str
    """The bar and the column, the tally, the statistic."""
    stored: Figure | str
    computed: Figure | str
    """Empty on the side that has nothing there."""


@dataclass(frozen=True)
class Side:
    """A run as one of the two has it."""

    content_hash: str
    stats: Mapping[str, Figure]
    files: Mapping[str, bytes]
    """By their names; what the platform does not keep is not compared."""


def differences(stored: Side, computed: Side) -> list[Difference]:
    """The first cell at which each file differs, and all tallies; then all statistics that do. Empty: the same."""
    found: list[Difference] = []
    for part in TABLES:
        if (name := f"{part}.csv") in stored.files:
            there, here = _rows(stored.files[name]), _rows(computed.files[name])
            found += [*_first_cell(part, there, here), *(_tallies(there, here) if part == "account" else ())]
    found += _stats(stored.stats, computed.stats)
    if stored.content_hash != computed.content_hash:
        found.append(Difference("content_hash", "", stored.content_hash, computed.content_hash))
    return found


def _first_cell(part: Part, stored: Sequence[list[str]], computed: Sequence[list[str]]) -> Iterator[Difference]:
    """A file may also end early, or have other columns."""
    header = computed[0]
    dates = [row[0] for row in computed]
    for number, (there, here) in enumerate(zip_longest(stored, computed)):
        if there == here:
            continue
        if there is None or here is None:
            yield Difference(part, f"line {number + 1}", ",".join(there or ()), ",".join(here or ()))
            return
        cells = list(zip_longest(there, here, fillvalue=""))
        column = next(place for place, (theirs, ours) in enumerate(cells) if theirs != ours)
        within = header.index("time") if "time" in header and dates.count(here[0]) > 1 else 0
        name = header[column] if column < len(header) else f"column {column + 1}"
        yield Difference(part, f"{here[within] if number else 'header'} {name}", *cells[column])
        return


def _tallies(stored: Sequence[list[str]], computed: Sequence[list[str]]) -> Iterator[Difference]:
    there, here = _totals(stored), _totals(computed)
    for name in TALLIES:
        if there.get(name) != here.get(name):
            yield Difference("tallies", name, there.get(name, ""), here.get(name, ""))


def _totals(rows: Sequence[list[str]]) -> dict[str, str]:
    """Exact sums of the columns that there are; a column in which something is no number has none."""
    found = {}
    for column, name in enumerate(rows[0] if rows else ()):
        cells = [row[column] if column < len(row) else "" for row in rows[1:]]
        if name in TALLIES and all(cell.removeprefix("-").replace(".", "", 1).isdecimal() for cell in cells):
            found[name] = str(sum(map(Decimal, cells), Decimal()))
    return found


def _stats(stored: Mapping[str, Figure], computed: Mapping[str, Figure]) -> Iterator[Difference]:
    for key in dict.fromkeys([*computed, *stored]):
        there, here = stored.get(key, ""), computed.get(key, "")
        if there != here:
            yield Difference("stats", key, there, here)


def _rows(data: bytes) -> list[list[str]]:
    """Whatever the bytes are; a line as it stands where quotes or its length make it no row of a table."""
    lines = data.decode("utf-8", errors="replace").splitlines()
    return [next(csv.reader([line])) if '"' in line and len(line) < LONGEST else line.split(",") for line in lines]
