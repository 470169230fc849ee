"""What a strategy may ask of the calendar: Python's own calendar says the same."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from engine.errors import StrategyError
from engine.indicators import compute
from engine.indicators.bars import own_bars
from engine.indicators.calendar import NUMBERS, TRUTHS
from engine.indicators.catalog import FIELDS
from engine.language import Graph, compile_strategy
from engine.market import Market
from tests.engine.flat_markets import flat_market
from tests.engine.panels import random_market

DAYS = [20240130, 20240131, 20240201, 20240229, 20240301, 20241231, 20250102]


def field(market: Market, name: str) -> list[float]:
    """The field of the market's first stock."""
    bars, graph = own_bars(market), Graph()
    found: list[float] = compute.values(bars, graph, graph.add(name))[: bars.offsets[1]].tolist()
    return found


def calendar(days: list[int], before: int = 0, after: int = 0) -> Market:
    around = np.array([before, *days, after], np.int32)
    return replace(flat_market(["600001.SH", "600002.SH"], days), previous_session=around[:-2].copy(), next_session=around[2:].copy())


def test_every_field_of_the_calendar_is_in_the_catalogue_and_shared_by_all_stocks() -> None:
    assert {row.name for row in FIELDS if row.is_shared} == NUMBERS.keys() | TRUTHS.keys()


@pytest.mark.parametrize("seed", range(3))
def test_dates_are_those_of_pythons_calendar(seed: int) -> None:
    market = random_market(seed, sessions=60, stocks=3, holes=0.2)
    own = [date.fromisoformat(str(market.sessions[row])) for row in np.nonzero(market.open[:, 0])[0]]
    assert field(market, "weekday") == [day.isoweekday() for day in own]
    for name in ("day", "month", "year"):
        assert field(market, name) == [getattr(day, name) for day in own]


def test_months_begin_and_end_with_the_exchange_and_not_with_the_panel() -> None:
    market = calendar(DAYS, 20240129, 20250103)
    assert field(market, "is_month_start") == [0, 0, 1, 0, 1, 1, 1]
    assert field(market, "is_month_end") == [0, 1, 0, 1, 1, 1, 0]
    assert field(calendar(DAYS[1:3], 20231229, 20240301), "is_month_start") == [1, 1]
    assert field(calendar(DAYS[:1], 20240129, 20240131), "is_month_end") == [0]


def test_where_the_calendar_ends_no_month_does() -> None:
    assert field(calendar([20240131]), "is_month_start") == field(calendar([20240131]), "is_month_end") == [0]
    assert field(flat_market(["600001.SH"], DAYS), "is_month_end") == [0] * 7


def test_a_stock_without_a_bar_on_the_last_session_has_no_month_end() -> None:
    """Own bars: the calendar is the exchange's, the bars are the stock's."""
    market = calendar(DAYS, 20240129, 20250103)
    market.open[1, 0] = 0
    assert field(market, "is_month_end") == [0, 0, 1, 1, 1, 0]


def test_minutes_are_those_of_the_clock_in_shanghai() -> None:
    """01:35 UTC is 9:35; a daily bar ends at 15:00."""
    hour = 3_600_000
    times = np.array([hour + 35 * 60_000, 5 * hour + 5 * 60_000, 7 * hour], np.int64) + 86_400_000 * 19_000
    market = replace(flat_market(["600001.SH"], [20220108] * 3), frequency="5m", times=times)
    assert field(market, "minute") == [575.0, 785.0, 900.0]
    assert set(field(random_market(1), "minute")) == {900.0}


def test_nobody_ranks_stocks_by_what_they_share() -> None:
    with pytest.raises(StrategyError, match="must be a field that stocks can be ranked by"):
        compile_strategy("name: dates\nuniverse: {rank: month, top: 3}\nentry: is_month_end and weekday < 5\nexit: close < open\n")


def test_sessions_since_the_listing_have_another_name() -> None:
    with pytest.raises(StrategyError, match="listed_days"):
        compile_strategy("name: dates\nentry: sessions_since_listing > 60\nexit: close < open\n")
