"""Whether the lake has the day that the exchanges closed: asked in the evening, by a schedule of its own."""

from typing import NamedTuple

from datalake.calendar import iso, to_date
from datalake.lake import Lake
from datalake.upstream.ingest import known
from datalake.versions import newest_of

BARS = "bars_1d"
SATURDAY = 6


class Timeliness(NamedTuple):
    """Of a lake, on a day."""

    late: bool
    why: str
    version: str
    """The newest one; empty: there is none."""


def timeliness(lake: Lake, source: str, today: int) -> Timeliness:
    """`today` (YYYYMMDD) is over. A day that the calendar does not reach counts as a session unless it is a weekend's: where nothing has
    come in for so long that even the calendar ended, somebody should know."""
    newest = newest_of(lake.store, source)
    version = newest.version if newest else ""
    sessions = known(lake, source).sessions
    last = newest.tables[BARS].last if newest and BARS in newest.tables else 0
    if last >= today:
        return Timeliness(False, f"its bars reach {iso(last)}", version)
    if today not in sessions:
        if sessions and sessions[-1] > today:
            return Timeliness(False, f"{iso(today)} is no session", version)
        if to_date(today).isoweekday() >= SATURDAY:
            return Timeliness(False, f"{iso(today)} is a weekend's", version)
    unknown = "" if today in sessions else ", and the calendar does not know the day"
    return Timeliness(True, f"its bars reach {iso(last)}{unknown}" if last else f"it has no bars{unknown}", version)
