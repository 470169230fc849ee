"""Which windows a dataset serves, against a slow twin and by hand; warm-up over holidays and at the data's beginning."""

from collections.abc import Sequence
from datetime import date, timedelta
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from datalake.asked.caveats import caveats, warm_up
from datalake.asked.context import check_context
from datalake.asked.lives import unlisted
from datalake.asked.universe import read_universe
from datalake.asked.windows import LONGEST_HOLIDAY, check_range
from datalake.calendar import to_date, to_int
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.versions import Bars, Catalog, Dataset, Instrument, TableVersion
from engine.market import Market

DAY = timedelta(days=1)
STOCK = Instrument("600000.SH", "", "main", "", 19991110, 0)


def having(sessions: Sequence[int], first: int, last: int, *rows: Instrument) -> Dataset:
    """A dataset of daily bars from one day to another."""
    dataset = Dataset("import:v1", "import", 1, "", "", {"bars_1d": TableVersion(1, 1, first, last, "")}, "")
    dataset.__dict__["catalog"] = Catalog(rows or (STOCK,), tuple(sessions), {}, (), {"1d": Bars(first, last, ())})
    return dataset


def weekdays(first: date, last: date) -> list[int]:
    days = [first + DAY * number for number in range((last - first).days + 1)]
    return [to_int(day) for day in days if day.weekday() < 5]


def fields_of(dataset: Dataset, window: tuple[int, int]) -> list[str]:
    return [problem.field for problem in check_range(dataset, window, dataset.catalog.bars["1d"])]


# ------------------------------------------------------------------------------------------------- windows


def slow_fields(dataset: Dataset, window: tuple[int, int]) -> list[str]:
    """Day by day."""
    sessions, bars = dataset.catalog.sessions, dataset.catalog.bars["1d"]
    known = [day for day in sessions if bars.first <= day <= bars.last]
    if not known:
        return ["context.window"]
    start, end = (to_date(day) for day in window)
    days = [start + DAY * number for number in range((end - start).days + 1)]
    after = [to_date(known[-1]) + DAY * number for number in range(1, (end - to_date(known[-1])).days + 1)]
    may_be_open = [day for day in after if day.weekday() < 5 and (day.month, day.day) != (1, 1)]
    late = any(to_int(day) in sessions for day in after) or any(to_int(day) > sessions[-1] for day in may_be_open)
    before = [start + DAY * number for number in range(max((to_date(known[0]) - start).days, 0))]
    early = any(to_int(day) in sessions for day in before) or len(before) > LONGEST_HOLIDAY
    wrong = [f"context.window.{name}" for name, is_wrong in (("end", late), ("start", early)) if is_wrong]
    nothing = not any(to_int(day) in known for day in days)
    return wrong or (["context.window"] if nothing else [])


days = st.integers(0, 60).map(lambda number: date(2019, 12, 2) + DAY * number)


@given(st.sets(days, min_size=1), days, st.integers(0, 60), days, st.integers(0, 60))
@example({date(2019, 12, 31)}, date(2019, 12, 31), 0, date(2019, 12, 30), 3)
@example({date(2019, 12, 12), date(2019, 12, 13)}, date(2019, 12, 12), 0, date(2019, 12, 14), 1)
@example({date(2019, 12, 2), date(2020, 1, 31)}, date(2019, 12, 10), 20, date(2019, 12, 10), 5)
def test_windows_are_refused_as_day_by_day(open_days: set[date], first: date, length: int, start: date, beyond: int):
    weekday = [day for day in open_days if day.weekday() < 5] or [date(2019, 12, 2)]
    dataset = having(sorted(map(to_int, weekday)), to_int(first), to_int(first + DAY * length))
    window = to_int(start), to_int(start + DAY * beyond)
    assert fields_of(dataset, window) == slow_fields(dataset, window)


@pytest.mark.parametrize(
    ("window", "field", "said"),
    [
        ((10101, 20231231), "context.window.start", "0001-01-01 lies before the data (import:v1 starts on 2020-01-02)"),
        ((20200102, 99991231), "context.window.end", "9999-12-31 lies beyond the data (import:v1 ends on 2023-12-29)"),
        ((20230230, 20230630), "context.window.start", "there is no day 2023-02-30"),
        ((20230101, 20231301), "context.window.end", "there is no day 2023-13-01"),
        ((0, 20231301), "context.window.start", "there is no day 0000-00-00"),
        ((20230102, 20220103), "context.window", "it ends (2022-01-03) before it starts (2023-01-02)"),
        ((20240102, 20240102), "context.window.end", "2024-01-02 lies beyond the data (import:v1 ends on 2023-12-29)"),
        ((20230701, 20230702), "context.window", "the exchange was closed; beside it are 2023-06-30 and 2023-07-03"),
    ],
)
def test_a_window_of_strange_days_is_refused_with_what_there_is(window: tuple[int, int], field: str, said: str):
    dataset = having(weekdays(date(2020, 1, 2), date(2023, 12, 29)), 20200102, 20231229)
    (problem,) = check_context(dataset, ["600000.SH"], window)
    assert problem.field == field and said in str(problem)


def test_the_day_whose_bars_are_not_in_yet_is_refused_though_the_calendar_has_it():
    dataset = having(weekdays(date(2020, 1, 2), date(2024, 12, 31)), 20200102, 20240613)
    assert fields_of(dataset, (20240603, 20240613)) == []
    assert fields_of(dataset, (20240614, 20240614)) == fields_of(dataset, (20240603, 20240614)) == ["context.window.end"]


def test_a_weekend_after_the_last_bar_of_data_without_a_calendar_was_refused():
    """It is no session whoever does not know the calendar; the Monday after it may be one."""
    dataset = having(weekdays(date(2020, 1, 2), date(2023, 12, 29)), 20200102, 20231229)
    assert fields_of(dataset, (20230601, 20231231)) == fields_of(dataset, (20230601, 20240101)) == []
    assert fields_of(dataset, (20230601, 20240102)) == ["context.window.end"]


def test_a_calendar_that_begins_after_the_bars_cut_the_window_without_a_word():
    """Bars since 1999, a calendar since 2005: a window from 2003 on silently began in 2005, and one in 2003 was called a holiday."""
    dataset = having(weekdays(date(2005, 1, 4), date(2020, 12, 31)), 19991110, 20200930)
    for window in ((20030102, 20061229), (20030102, 20031231)):
        (problem,) = check_range(dataset, window, dataset.catalog.bars["1d"])
        assert problem.field == "context.window.start" and "starts on 2005-01-04 with its calendar; import a calendar" in str(problem)


def test_a_calendar_that_ends_before_the_bars_cut_the_window_without_a_word():
    dataset = having(weekdays(date(2005, 1, 4), date(2019, 12, 31)), 20050104, 20200930)
    (problem,) = check_range(dataset, (20190102, 20200630), dataset.catalog.bars["1d"])
    assert problem.field == "context.window.end" and "ends on 2019-12-31 with its calendar" in str(problem)


def test_a_hole_in_the_calendar_was_called_a_holiday():
    years = weekdays(date(2018, 1, 2), date(2018, 12, 28)) + weekdays(date(2020, 1, 2), date(2020, 12, 31))
    dataset = having(years, 20180102, 20201231)
    (problem,) = check_range(dataset, (20190301, 20190628), dataset.catalog.bars["1d"])
    assert problem.hint == (
        "the calendar has none between 2018-12-28 and 2020-01-02; import a calendar (trade_cal) of all years of the bars"
    )


def test_thousands_of_unknown_codes_are_told_soon_and_not_one_by_one():
    rows = [STOCK._replace(ts_code=f"{number:06d}.SZ") for number in range(5000)]
    dataset = having(weekdays(date(2020, 1, 2), date(2020, 12, 31)), 20200102, 20201231, *rows)
    began = process_time()
    problems = check_context(dataset, [f"{number:06d}.SH" for number in range(600_000, 605_000)], (20200102, 20201231))
    assert process_time() - began < 5
    assert len(problems) == 21 and problems[-1].message == "and 4980 more unknown codes"


@pytest.mark.parametrize("sessions", [[], weekdays(date(2005, 1, 4), date(2010, 12, 31))])
def test_bars_without_any_session_of_their_time_are_told(sessions: list[int]):
    dataset = having(sessions, 20150105, 20200930)
    (problem,) = check_context(dataset, ["600000.SH"], (20160104, 20161230))
    assert problem.field == "context.window" and "its calendar has no session of that time" in str(problem)


# ------------------------------------------------------------------------------------------------- warm-up


CODE = "009001.SZ"


def panel_of(lake: Lake, dataset: Dataset, window: tuple[int, int], wanted: int, frequency: str = "1d") -> tuple[Market, dict[str, int]]:
    """With its header's own words about the warm-up."""
    header, arrays = unpack(build_panel(lake, PanelSpec.of(dataset, [CODE], window, wanted, frequency)))
    return to_market(header, arrays), header["warm_up"]


@pytest.mark.parametrize(
    ("start", "wanted", "before"),
    [
        # the Spring Festival of 2020, which was made longer: closed from 2020-01-24 to 2020-02-02
        (20200203, 3, [20200121, 20200122, 20200123]),
        (20200127, 2, [20200122, 20200123]),
        # the National Day of 2020 with the Mid-Autumn Festival: closed from 2020-10-01 to 2020-10-08
        (20201009, 2, [20200929, 20200930]),
        (20201001, 1, [20200930]),
        (20191008, 4, [20190925, 20190926, 20190927, 20190930]),
    ],
)
def test_warm_up_reaches_back_over_the_longest_holidays(sample_lake: Lake, sample: Dataset, start: int, wanted: int, before: list[int]):
    market, told = panel_of(sample_lake, sample, (start, start // 10_000 * 10_000 + 1231), wanted)
    assert market.sessions[:wanted].tolist() == before and market.window_start == wanted
    assert market.sessions[wanted] >= start and told == {"wanted": wanted, "got": wanted}
    assert warm_up(sample, start, "1d", wanted) == wanted


def test_warm_up_of_minutes_reaches_back_over_a_weekend_by_whole_sessions(sample_lake: Lake, sample: Dataset):
    market, told = panel_of(sample_lake, sample, (20241118, 20241120), 50, "5m")
    assert market.window_start == 96 and told == {"wanted": 50, "got": 96}
    assert sorted(set(market.sessions[:96].tolist())) == [20241114, 20241115]


@pytest.mark.parametrize(
    ("start", "frequency", "wanted", "got"),
    [
        (20180102, "1d", 60, 0),
        (20180101, "1d", 60, 0),
        (20180110, "1d", 60, 6),
        (20180110, "1d", 6, 6),
        (20180112, "1d", 0, 0),
        (20241105, "5m", 240, 96),
        (20241105, "5m", 96, 96),
        (20241105, "15m", 240, 32),
        (20180115, "1w", 26, 2),
        (20180117, "1w", 26, 2),
        (20180301, "1mo", 12, 2),
        (20180331, "1mo", 12, 3),
    ],
)
def test_fewer_bars_than_wanted_are_counted_as_the_panel_counts_them(
    sample_lake: Lake, sample: Dataset, start: int, frequency: str, wanted: int, got: int
):
    window = start, 20241129 if frequency.endswith("m") else 20180629
    assert warm_up(sample, start, frequency, wanted) == got
    _, told = panel_of(sample_lake, sample, window, wanted, frequency)
    assert told["wanted"] == wanted and min(told["got"], wanted) == got
    found = caveats(sample, read_universe([CODE]), window, frequency, wanted)
    assert found == ({"warm_up": {"wanted": wanted, "got": got}} if got < wanted else {})


# ------------------------------------------------------------------------------------------------- listings


OLD = Instrument("600001.SH", "", "main", "", 19980122, 20200106)
"""Its last session is Friday, 2020-01-03."""
YOUNG = Instrument("600002.SH", "", "main", "", 20200110, 0)
UNKNOWN = Instrument("600003.SH", "", "main", "", 0, 0)


@pytest.mark.parametrize(
    ("window", "found"),
    [
        ((20200101, 20200105), ["600002.SH was listed on 2020-01-10"]),
        ((20200103, 20200110), []),
        ((20200104, 20200112), ["600001.SH was delisted on 2020-01-06"]),
        ((20200106, 20200109), ["600001.SH was delisted on 2020-01-06", "600002.SH was listed on 2020-01-10"]),
        ((20200104, 20200105), ["600002.SH was listed on 2020-01-10"]),
    ],
)
def test_who_is_listed_on_no_session_of_a_window(window: tuple[int, int], found: list[str]):
    dataset = having(weekdays(date(2019, 1, 2), date(2020, 12, 31)), 20190102, 20201231, OLD, YOUNG, UNKNOWN, STOCK)
    codes = ["600003.SH", "600002.SH", "600001.SH", "600000.SH", "999999.SH"]
    assert [str(row) for row in unlisted(dataset, codes, window)] == found


def test_the_others_are_traded_where_some_cannot_be_and_the_context_says_who(sample: Dataset):
    window = 20240102, 20240628
    universe = read_universe([CODE, "609011.SH", "009013.SZ"])
    assert check_context(sample, universe, window) == []
    gone = {row.ts_code: row.delist_date for row in sample.catalog.instruments if row.delist_date}
    assert caveats(sample, universe, window, "1d", 20) == {
        "cannot_trade": [
            {"code": code, "reason": "delisted", "date": to_date(gone[code]).isoformat()} for code in ("009013.SZ", "609011.SH")
        ]
    }
