"""Weeks and months: which are whole, and their bars beside a slow twin that goes through the days one by one."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalake.calendar import to_date, to_int
from datalake.frames import conform
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.panels.periods import period_bars
from datalake.periods import Periods, whole_periods
from datalake.tables import TABLES
from datalake.versions import Dataset
from engine.market import FAR, Market
from engine.simulation.tape import prepare
from tests.datalake.cut_lake import cut, whole, written

PRICES = ("open", "high", "low", "pre_close")
FREQUENCIES = ("1w", "1mo")


def built(lake: Lake, spec: PanelSpec) -> Market:
    return to_market(*unpack(build_panel(lake, spec)))


def weeks_or_months(days: Iterable[date], frequency: str) -> dict[tuple[int, int], list[date]]:
    out: dict[tuple[int, int], list[date]] = {}
    for day in days:
        out.setdefault(day.isocalendar()[:2] if frequency == "1w" else (day.year, day.month), []).append(day)
    return out


def slow_periods(calendar: Sequence[date], frequency: str, first: date, last: date) -> list[tuple[date, date]]:
    """First and last session of each whole period: no weekday of it but 1 January lies outside of what is known."""
    out = []
    for name, days in weeks_or_months(calendar, frequency).items():
        around = [calendar[0] - timedelta(k) for k in range(1, 32)] + [calendar[-1] + timedelta(k) for k in range(1, 32)]
        unknown = [day for day in around if weeks_or_months([day], frequency) == {name: [day]}]
        missing = [day for day in unknown if day.weekday() < 5 and (day.month, day.day) != (1, 1)]
        if first <= days[0] and days[-1] <= last and not missing:
            out.append((days[0], days[-1]))
    return out


@st.composite
def calendars(draw: st.DrawFn) -> list[date]:
    start = date(2019, 12, 1) + timedelta(draw(st.integers(0, 60)))
    days = [start + timedelta(k) for k in range(draw(st.integers(1, 100)))]
    closed = draw(st.sets(st.sampled_from(days), max_size=40))
    return [day for day in days if day.weekday() < 5 and day not in closed and (day.month, day.day) != (1, 1)]


@given(calendar=calendars(), frequency=st.sampled_from(FREQUENCIES), edges=st.tuples(st.integers(-5, 110), st.integers(-5, 110)))
def test_whole_periods_equal_their_slow_twin(calendar: list[date], frequency: str, edges: tuple[int, int]):
    begin = calendar[0] if calendar else date(2020, 1, 1)
    first, last = (begin + timedelta(edge) for edge in sorted(edges))
    found = whole_periods([to_int(day) for day in calendar], frequency, to_int(first), to_int(last))
    named = [(calendar[one], calendar[other]) for one, other in zip(found.first.tolist(), found.last.tolist(), strict=True)]
    assert named == (slow_periods(calendar, frequency, first, last) if calendar else [])


@given(calendar=calendars(), frequency=st.sampled_from(FREQUENCIES), left=st.integers(0, 100))
def test_what_is_not_known_yet_changes_no_whole_period(calendar: list[date], frequency: str, left: int):
    """Cut off after some session, the calendar has the same periods up to there; the last one perhaps not yet."""
    days = [to_int(day) for day in calendar]
    everything = whole_periods(days, frequency, 20190101, 20991231)
    then = whole_periods(days[:left], frequency, 20190101, 20991231)
    assert then.last.tolist() == everything.last.tolist()[: len(then.last)]
    assert then.first.tolist() == everything.first.tolist()[: len(then.first)]
    assert len(then.last) >= (everything.last < left).sum() - 1


def test_the_years_first_week_and_month_are_whole_without_new_years_day():
    days = [20180102, 20180103, 20180104, 20180105, 20180108]  # 1 January 2018 was a Monday
    assert whole_periods(days, "1w", 20180101, 20180131) == Periods(np.array([0]), np.array([3]))
    assert whole_periods(days[1:], "1w", 20180101, 20180131).last.size == 0, "2 January may be missing"
    assert whole_periods([], "1w", 20180101, 20180131).last.size == 0


def half_up(price: int, over: int, under: int) -> int:
    return min(max(1, int(Fraction(price * over, under) + Fraction(1, 2))), FAR - 1)


def slow_bars(days: Any, rows: Sequence[int], stock: int) -> dict[str, int]:
    """The bar of one stock from its days in a period, `rows`."""
    last = rows[-1]
    scale = int(days["adj_factor"][last][stock])
    bars = [row for row in rows if days["open"][row][stock] > 0]
    out = {"close": int(days["close"][last][stock]), "volume": 0, "amount": 0, "open": 0, "high": 0, "low": FAR, "pre_close": 0}
    for row in bars:
        price = {name: half_up(int(days[name][row][stock]), int(days["adj_factor"][row][stock]), scale) for name in PRICES}
        if row == bars[0]:
            out |= {"open": price["open"], "pre_close": price["pre_close"]}
        out |= {"high": max(out["high"], price["high"]), "low": min(out["low"], price["low"])}
        out |= {name: out[name] + int(days[name][row][stock]) for name in ("volume", "amount")}
    return out


def assert_twins(found: Any, days: Any, periods: Sequence[Sequence[int]]) -> None:
    for place, rows in enumerate(periods):
        for stock in range(days["open"].shape[1]):
            expected = slow_bars(days, rows, stock)
            assert {name: int(found[name][place][stock]) for name in expected} == expected, (place, stock)


@st.composite
def some_days(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[int]]]:
    """Days of three stocks with suspensions and factors that step, and how they are cut into periods."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=6))
    lead, tail = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    shape = lead + sum(lengths) + tail, 3
    there = random.random(shape) < draw(st.sampled_from([0.3, 0.9, 1.0]))
    largest = draw(st.sampled_from([3, 20_000, 10**8]))
    sides = np.sort(random.integers(1, largest + 1, (*shape, 4)), axis=2)
    step = np.where(there & (random.random(shape) < 0.2), random.integers(1, 4_000_000, shape), 1_000_000)
    factor = np.ones(shape, np.int64) * draw(st.sampled_from([1_000_000, 7, 10**12]))
    for row in range(1, shape[0]):
        factor[row] = np.maximum(factor[row - 1] * step[row] // 1_000_000, 1)
    close = np.where(there, sides[..., 1], 0)
    for row in range(1, shape[0]):
        close[row] = np.where(there[row], close[row], close[row - 1])
    days = {
        "open": np.where(there, sides[..., 2], 0).astype(np.int32),
        "high": np.where(there, sides[..., 3], 0).astype(np.int32),
        "low": np.where(there, sides[..., 0], FAR).astype(np.int32),
        "close": close.astype(np.int32),
        "pre_close": np.where(there, random.integers(1, largest + 1, shape), 0).astype(np.int32),
        "volume": np.where(there, random.integers(1, 10**9, shape), 0),
        "amount": np.where(there, random.integers(1, 10**12, shape), 0),
        "adj_factor": factor,
        "member": random.integers(0, 2, shape).astype(np.uint8),
        "field:pe": random.random(shape),
        "sessions": np.arange(shape[0], dtype=np.int32),
    }
    ends = np.cumsum([lead, *lengths]).tolist()
    return days, [list(range(one, other)) for one, other in pairwise(ends)]


@settings(max_examples=150, deadline=None)
@given(case=some_days())
def test_bars_of_periods_equal_their_slow_twin(case: tuple[dict[str, Any], list[list[int]]]):
    days, rows = case
    periods = Periods(np.array([each[0] for each in rows]), np.array([each[-1] for each in rows]))
    found = period_bars(days, periods)
    assert_twins(found, days, rows)
    for name in ("adj_factor", "member", "field:pe", "sessions"):
        np.testing.assert_array_equal(found[name], days[name][periods.last], name)
    assert {name: array.dtype for name, array in found.items()} == {name: array.dtype for name, array in days.items()}
    assert all(array.flags.c_contiguous for array in found.values())


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_a_panel_of_periods_is_made_of_the_panel_of_days(sample_lake: Lake, sample: Dataset, sample_market: Market, frequency: str):
    """The whole sample, stocks and funds: ST, delistings, ex-dates and the weeks of the National Day."""
    codes, fields = list(sample_market.codes), ["is_st", "listed_sessions", "pe"]
    market = built(sample_lake, PanelSpec.of(sample, codes, (20180102, 20241231), 0, frequency, fields))
    days = vars(sample_market)
    found = market.decided_by
    assert found is not None and (market.frequency, found.frequency, market.window_start) == ("1d", frequency, 0)
    assert found.codes == market.codes == sample_market.codes
    calendar = [to_date(day) for day in sample_market.sessions.tolist()]
    expected = slow_periods([to_date(day) for day in sample.catalog.sessions], frequency, calendar[0], calendar[-1])
    rows = [[row for row, day in enumerate(calendar) if first <= day <= last] for first, last in expected]
    assert [to_date(day) for day in found.sessions.tolist()] == [last for _, last in expected]
    assert_twins(vars(found), days, rows)
    ends = [each[-1] for each in rows]
    for name in ("times", "previous_session", "next_session", "adj_factor", "member", "is_st", "listed_sessions", "limit_up", "limit_down"):
        np.testing.assert_array_equal(getattr(found, name), days[name][ends], name)
    np.testing.assert_array_equal(found.fields["pe"], sample_market.fields["pe"][ends])
    assert ((found.adj_factor[1:] != found.adj_factor[:-1]) & (found.open[1:] > 0)).any() and (found.open == 0).any()
    decides = prepare(market).bars.decides
    assert np.flatnonzero(decides >= 0).tolist() == ends and decides[ends].tolist() == list(range(len(ends)))
    for name in ("open", "close", "pre_close", "volume", "is_st"):
        np.testing.assert_array_equal(getattr(market, name), days[name], name)
    assert not market.fields


def test_warm_up_counts_periods_and_begins_with_the_first_session_of_one(sample_lake: Lake, sample: Dataset):
    def shapes(start: int, end: int, warm_up: int, frequency: str = "1w") -> tuple[int, list[int], int]:
        market = built(sample_lake, PanelSpec.of(sample, {"all": True}, (start, end), warm_up, frequency))
        assert market.decided_by is not None
        return market.decided_by.window_start, market.decided_by.sessions.tolist(), int(market.sessions[0])

    assert shapes(20241009, 20241101, 2) == (2, [20240927, 20240930, 20241011, 20241018, 20241025, 20241101], 20241009)
    assert shapes(20241009, 20241031, 0) == (0, [20241011, 20241018, 20241025], 20241009), "a week that has begun before, none that goes on"
    assert shapes(20241011, 20241018, 0) == (0, [20241011, 20241018], 20241011), "the last session of a week is the window's first"
    assert shapes(20180115, 20180126, 50) == (2, [20180105, 20180112, 20180119, 20180126], 20180115), "no further than the data"
    assert shapes(20241115, 20241231, 1, "1mo") == (1, [20241031, 20241129, 20241231], 20241115)


def test_data_that_begin_inside_a_week_trade_before_its_first_bar(sample_rows: dict[str, pl.DataFrame], tmp_path: Path):
    """On Wednesday, 2020-01-08: that week has no bar, and its days are there."""
    lake = Lake(f"file://{tmp_path}/lake")
    tables = {name: sample_rows[name] for name in ("bars_1d", "instruments", "trade_cal")}
    tables["bars_1d"] = tables["bars_1d"].filter(pl.col("trade_date") >= date(2020, 1, 8))
    dataset = written(lake, tables)
    market = built(lake, PanelSpec.of(dataset, ["009001.SZ"], (20200108, 20200123), 5, "1w"))
    assert market.decided_by is not None and market.decided_by.sessions.tolist() == [20200117, 20200123]
    assert market.sessions[:4].tolist() == [20200108, 20200109, 20200110, 20200113] and market.decided_by.window_start == 0


def test_the_same_bars_with_any_warm_up(sample_lake: Lake, sample: Dataset):
    codes = [row.ts_code for row in sample.catalog.instruments]
    short, long = (built(sample_lake, PanelSpec.of(sample, codes, (20240102, 20240628), count, "1w")).decided_by for count in (4, 60))
    assert short is not None and long is not None
    rows = slice(long.window_start - 4, None)
    for name in ("open", "high", "low", "pre_close", "volume", "amount", "sessions", "member"):
        np.testing.assert_array_equal(getattr(short, name), getattr(long, name)[rows], name)


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_cutting_the_future_off_changes_no_bar_of_a_period(sample_rows: dict[str, pl.DataFrame], tmp_path: Path, frequency: str):
    tables = whole(sample_rows)
    tables["trade_cal"] = conform(tables["trade_cal"], TABLES["trade_cal"])
    days = (date(2023, 3, 15), date(2023, 6, 30), date(2023, 10, 9))
    lakes = [Lake(f"file://{tmp_path}/{place}") for place in range(4)]
    known = [written(lake, rows) for lake, rows in zip(lakes, [tables, *(cut(tables, day) for day in days)], strict=True)]
    codes = [row.ts_code for row in known[1].catalog.instruments]
    markets = []
    for lake, dataset, day in zip(lakes, known, [date(2023, 12, 29), *days], strict=True):
        spec = PanelSpec.of(dataset, codes, (20230103, to_int(day)), 6, frequency, ["is_st", "pe"])
        markets.append(built(lake, spec).decided_by)
    now, *then = markets
    assert now is not None
    for market, day in zip(then, days, strict=True):
        assert market is not None and to_date(int(market.sessions[-1])) <= day
        columns = [now.codes.index(code) for code in market.codes]
        count = len(market.sessions)
        assert market.sessions.tolist() == now.sessions[:count].tolist() and count >= (now.sessions <= to_int(day)).sum()
        for name in ("open", "high", "low", "close", "pre_close", "volume", "amount", "adj_factor", "is_st", "member"):
            np.testing.assert_array_equal(getattr(market, name), getattr(now, name)[:count, columns], name)


def test_weekly_signals_and_minute_orders(sample_lake: Lake, sample: Dataset):
    codes, window = list(sample.catalog.bars["5m"].codes), (20241111, 20241220)
    both = built(sample_lake, PanelSpec.of(sample, codes, window, 4, "1w", ["daily"], "15m").reaching(3))
    alone = built(sample_lake, PanelSpec.of(sample, codes, window, 0, "15m"))
    weeks = built(sample_lake, PanelSpec.of(sample, codes, window, 4, "1w")).decided_by
    assert both.decided_by is not None and weeks is not None and both.frequency == "15m"
    for name in ("times", "open", "close", "pre_close", "volume"):
        np.testing.assert_array_equal(getattr(both, name), getattr(alone, name), name)
    for name in ("times", "open", "high", "low", "close", "pre_close", "volume", "adj_factor"):
        np.testing.assert_array_equal(getattr(both.decided_by, name), getattr(weeks, name), name)
    daily = both.decided_by.daily
    assert daily is not None and daily.frequency == "1d" and both.daily is None
    first = sample.catalog.sessions.index(int(daily.sessions[0]))
    assert sample.catalog.sessions[first + 4] == 20241014, "three sessions and one more before the first week's first"
    ends = np.flatnonzero(prepare(both).bars.decides >= 0)
    assert (both.times[ends] == weeks.times[weeks.window_start :]).all()


@pytest.mark.parametrize(
    "universe", [{"rank": "amount", "top": 8, "lag": 0}, {"rank": "total_mv", "top": 5, "lag": 2}, {"index": "009300.SH"}]
)
def test_members_of_a_week_are_those_of_its_last_session(sample_lake: Lake, sample: Dataset, universe: dict[str, Any]):
    """A ranking of the day itself is known when the week is over."""
    window = (20230103, 20231229)
    weeks = built(sample_lake, PanelSpec.of(sample, universe, window, 0, "1w")).decided_by
    days = built(sample_lake, PanelSpec.of(sample, universe, window, 0))
    assert weeks is not None and weeks.codes == days.codes and (weeks.member.sum(axis=1) > 0).all()
    rows = np.searchsorted(days.sessions, weeks.sessions)
    np.testing.assert_array_equal(weeks.member, days.member[rows])
    assert (weeks.member != weeks.member[0]).any()


def test_without_a_whole_period_there_is_no_bar(sample_market: Market):
    none = np.zeros(0, np.int64)
    found = period_bars({name: value for name, value in vars(sample_market).items() if isinstance(value, np.ndarray)}, Periods(none, none))
    assert {len(array) for array in found.values()} == {0} and found["open"].shape == (0, sample_market.shape[1])
