"""From which day on a universe can have members at all, by the tables that it is taken from. Light: the API asks this."""

from bisect import bisect_left
from collections.abc import Iterator

from datalake.asked.universe import FIELD
from datalake.asked.universe_checks import RANK_FIELDS
from datalake.calendar import iso
from datalake.errors import Problem
from datalake.versions import Dataset
from engine.universe import Universe


def check_begun(dataset: Dataset, universe: Universe, window: tuple[int, int]) -> Iterator[Problem]:
    """What stands against a universe all of whose parts begin after the window's last day (YYYYMMDD)."""
    begins = [(part, known_from(dataset, part)) for part in universe.parts or (universe,)]
    if all(first > window[1] for _, first in begins):
        why = "; ".join(f"{what_begins(part)} from {iso(first)} on" for part, first in begins)
        yield Problem(FIELD, f"the universe is empty on every day of the window: {why}", "a later window, or another universe")


def known_from(dataset: Dataset, universe: Universe) -> int:
    """The first day (YYYYMMDD) on which its table can say who belongs to it; 0: no table says when. Of a union: nothing.

    The lists of one index, or one industry, may begin later than their table.
    """
    if universe.kind == "rank":
        return _after(dataset, _first(dataset, table_of(universe)), universe.lag)
    tables = {"index": "index_members", "industry": "industries"}
    return _first(dataset, tables[universe.kind]) if universe.kind in tables else 0


def what_begins(universe: Universe) -> str:
    """What is there from known_from on."""
    if universe.kind == "rank":
        return f"{universe.field} of {universe.lag} sessions before is known"
    return f"there are members of {universe.index}" if universe.kind == "index" else f"stocks of {', '.join(universe.industries)} are known"


def table_of(universe: Universe) -> str:
    """Of a rank: where its figures are."""
    is_traded = universe.field in RANK_FIELDS or universe.field.startswith("return_")
    return "bars_1d" if is_traded else "daily_basic"


def _first(dataset: Dataset, table: str) -> int:
    version = dataset.tables.get(table)
    return version.first if version else 0


def _after(dataset: Dataset, day: int, count: int) -> int:
    """So many sessions later; 0 where the calendar does not know it."""
    sessions = dataset.catalog.sessions
    place = bisect_left(sessions, day) + count
    return sessions[place] if day and place < len(sessions) else 0
