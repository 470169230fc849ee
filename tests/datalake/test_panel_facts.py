"""Adjustment factors, one stock at a time; listings against their slow twin."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalake.panels.facts import clean_factors, listed_now, listed_sessions
from datalake.versions import Instrument

ONE = 1_000_000


@pytest.mark.parametrize(
    ("bars", "vendor", "recorded", "factors"),
    [
        # bars are (pre_close, close) or None
        ([(100, 100), (50, 51), (51, 52)], None, [], [ONE, 2 * ONE, 2 * ONE]),
        ([(100, 100), (50, 51), (51, 52)], [3 * ONE, 6 * ONE, 6 * ONE + 100], [], [3 * ONE, 6 * ONE, 6 * ONE]),
        ([(100, 100), (50, 51), (51, 52)], [3 * ONE, 3 * ONE, 6 * ONE], [], [3 * ONE, 6 * ONE, 6 * ONE]),
        ([(100, 100), None, (50, 51)], [ONE, 0, 2 * ONE], [], [ONE, ONE, 2 * ONE]),
        ([(100, 100), None, (104, 110)], [ONE, ONE, ONE], [], [ONE, ONE, ONE]),
        ([(100, 100), None, (50, 51)], [ONE, ONE, ONE], [1], [ONE, ONE, 2 * ONE]),
        ([(100, 100), (100, 101), (101, 102)], [ONE, ONE + 400, ONE + 500], [1], [ONE, ONE + 400, ONE + 400]),
        ([(100, 100), (100, 101), (101, 102)], [ONE, ONE + 400, ONE + 500], [], [ONE, ONE, ONE]),
        ([(100, 100), None, (100, 101)], [ONE, 0, ONE + 400], [1], [ONE, ONE, ONE + 400]),
        ([None, (100, 100), (100, 101)], [0, ONE, ONE + 400], [0, 1], [ONE, ONE, ONE]),
        ([(100, 100), (100, 101), (101, 102)], None, [1], [ONE, ONE, ONE]),
    ],
    ids=[
        "by the prices", "by the vendor", "a vendor that is a day late", "inside a suspension", "missing days are no ex-date",
        "a record inside missing days", "too small for the price", "a wobble", "too small and inside a suspension", "before the first bar",
        "too small, and no vendor",
    ],
)  # fmt: skip
def test_factors_move_on_ex_dates_only(bars: list, vendor: list[int] | None, recorded: list[int], factors: list[int]):
    def column(values: list, dtype: type) -> np.ndarray:
        return np.array(values, dtype=dtype)[:, None]

    has_bar = column([bar is not None for bar in bars], np.bool_)
    carried, last = [], 0
    for bar in bars:
        last = bar[1] if bar else last
        carried.append(last)
    pre_close = column([bar[0] if bar else 0 for bar in bars], np.int32)
    told = column([row in recorded for row in range(len(bars))], np.bool_) if recorded else None
    given = None if vendor is None else column(vendor, np.int64)
    assert clean_factors(has_bar, column(carried, np.int32), pre_close, given, told)[:, 0].tolist() == factors


def stock(listed: date | None, delisted: date | None) -> Instrument:
    days = (int(f"{day:%Y%m%d}") if day else 0 for day in (listed, delisted))
    return Instrument("000001.SZ", "", "", "main", *days)


DAYS = st.none() | st.dates(date(2019, 12, 20), date(2020, 3, 20))


@given(
    spells=st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=5),
    calendar=st.sets(st.dates(date(2020, 1, 1), date(2020, 2, 20)), min_size=1, max_size=30).map(sorted),
    skipped=st.integers(0, 29),
    bars=st.integers(0, 2**32),
)
def test_listings_equal_a_stock_by_stock_twin(spells, calendar, skipped, bars):
    sessions, days = [int(f"{day:%Y%m%d}") for day in calendar], calendar[min(skipped, len(calendar) - 1) :]
    stocks = [stock(*spell) for spell in spells]
    has_bar = np.random.default_rng(bars).random((len(days), len(stocks))) < 0.3
    axis = np.array(days, dtype="datetime64[D]")
    age, now = listed_sessions(stocks, axis, sessions), listed_now(stocks, axis, has_bar)
    assert age.dtype == np.int32 and now.dtype == np.bool_
    for column, (listed, delisted) in enumerate(spells):
        before = 0 if listed is None or listed >= calendar[0] else int(np.busday_count(listed, calendar[0]))
        for row, day in enumerate(days):
            known = [each for each in calendar if listed and listed <= each <= day]
            assert age[row, column] == (len(known) + before if known else 0)
            begun = bool(has_bar[: row + 1, column].any()) if listed is None else day >= listed
            assert now[row, column] == (begun and (delisted is None or day < delisted))
