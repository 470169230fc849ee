"""The bars of an index by days, weeks or months, as strategies see those of its days."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from datalake.asked.context import INDEX_BARS
from datalake.calendar import ints_to_dates
from datalake.errors import ContextError, Problem
from datalake.explore.profile import Profile
from datalake.frequencies import DAILY, PERIODS
from datalake.panels.other_bars import reference_arrays
from datalake.panels.panel import PanelSpec
from datalake.panels.periods import period_bars
from datalake.panels.references import reference
from datalake.panels.with_bars import Axis
from datalake.periods import Periods, whole_periods
from datalake.reading import Reader
from engine.market import Market

_BY_ROW = (
    "times", "sessions", "open", "high", "low", "close", "pre_close", "volume", "amount", "adj_factor", "limit_up", "limit_down",
    "listed_sessions", "member", "is_st",
)  # fmt: skip


def index_market(reader: Reader, profile: Profile, span: tuple[int, int], frequency: str) -> Market:
    """(T, 1) from the bar before the first of the span's days (YYYYMMDD), where there is one, to the last bar that ends in it.

    Without a reference price, factors or limits. ContextError for minutes, and where no week or month ends in the span.
    """
    if frequency not in (DAILY, *PERIODS):
        raise ContextError(
            Problem("frequency", f"of the index {profile.ts_code} there are bars of days, weeks and months", "1d, 1w or 1mo")
        )
    calendar = np.array(reader.dataset.catalog.sessions, dtype=np.int32)
    first, after = int(np.searchsorted(calendar, span[0])), int(np.searchsorted(calendar, span[1], side="right"))
    if frequency == DAILY:
        return _days(reader, profile.ts_code, calendar[max(first - 1, 0) : after])
    found = whole_periods(calendar, frequency, profile.bars.first, min(span[1], profile.bars.last))
    inside = max(int(np.searchsorted(found.last, first)) - 1, 0)
    periods = Periods(found.first[inside:], found.last[inside:])
    if not len(periods.last) or periods.last[-1] < first:
        raise ContextError(Problem("window", f"no {PERIODS[frequency]} of {profile.ts_code} ends in it", "begin earlier, or end later"))
    days = _days(reader, profile.ts_code, calendar[periods.first[0] : periods.last[-1] + 1])
    rows = Periods(periods.first - periods.first[0], periods.last - periods.first[0])
    bars: dict[str, Any] = period_bars({name: getattr(days, name) for name in _BY_ROW}, rows)
    return replace(days, frequency=frequency, **bars)


def _days(reader: Reader, code: str, sessions: npt.NDArray[np.int32]) -> Market:
    days = ints_to_dates(sessions)
    spec = PanelSpec.of(reader.dataset, [code], (int(sessions[0]), int(sessions[-1])), 0, DAILY, [f"{INDEX_BARS}{code}"])
    return reference(reader.dataset.version, code, reference_arrays(reader, spec, Axis(days, sessions, 0, days)))
