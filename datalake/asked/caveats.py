"""What a backtest's context says of its dataset before anything is computed: who cannot trade, what the data lack. Light: the API asks."""

from bisect import bisect_left
from typing import Any

from datalake.asked.lives import unlisted
from datalake.asked.universe_checks import stocks_only
from datalake.calendar import to_date
from datalake.frequencies import PERIODS, bars_a_session, bars_of
from datalake.periods import whole_periods
from datalake.versions import Dataset
from engine.universe import Universe


def caveats(dataset: Dataset, universe: Universe, window: tuple[int, int], frequency: str, look_back: int) -> dict[str, Any]:
    """By key of the context, only what there is to say; for a context that check_context finds nothing wrong with.

    `cannot_trade`: the named codes that are not listed in the window, with the reason. `warm_up`: the bars `wanted` before the window and
    those that the calendar and the range of the data have (`got`), where these are fewer. `survivors`: see there.
    `todays_industries`: those of the universe, where nothing is known of their past.
    """
    named = {code for part in universe.walk() for code in part.codes}
    found: dict[str, Any] = {"cannot_trade": [row.to_json() for row in unlisted(dataset, named, window)]}
    got = warm_up(dataset, window[0], frequency, look_back)
    if got < look_back:
        found["warm_up"] = {"wanted": look_back, "got": got}
    if "industries" not in dataset.tables:
        found["todays_industries"] = sorted({name for part in universe.walk() for name in part.industries})
    found["survivors"] = survivors(dataset, window[0])
    return {key: value for key, value in found.items() if value}


def warm_up(dataset: Dataset, start: int, frequency: str, wanted: int) -> int:
    """How many bars of a frequency there are before a window's first day (YYYYMMDD), but no more than are wanted."""
    bars, sessions = bars_of(dataset, frequency), dataset.catalog.sessions
    if bars is None:
        return 0
    here = bisect_left(sessions, start)
    if frequency in PERIODS and here:
        return min(wanted, len(whole_periods(sessions, frequency, bars.first, sessions[here - 1]).last))
    return min(wanted, max(here - bisect_left(sessions, bars.first), 0) * bars_a_session(frequency))


def survivors(dataset: Dataset, start: int) -> dict[str, float]:
    """Of a dataset that knows of no delisted stock: how many `stocks` it has, and the `years` from a window's first day to its last bar,
    in which some of them should have been delisted. Nothing of a dataset that knows of one, or has no stocks."""
    catalog = dataset.catalog
    stocks = stocks_only(catalog)
    if not stocks or not catalog.bars or any(row.delist_date for row in stocks):
        return {}
    days = (to_date(max(bars.last for bars in catalog.bars.values())) - to_date(start)).days
    return {"stocks": len(stocks), "years": round(days / _DAYS_A_YEAR, 2)}


_DAYS_A_YEAR = 365.25
