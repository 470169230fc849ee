from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datalake.calendar import (
    close_times,
    dates_to_ints,
    from_iso,
    ints_to_dates,
    iso,
    iso_or_none,
    next_sessions,
    previous_sessions,
    to_date,
    to_int,
)

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(st.lists(DAYS, min_size=1, max_size=20))
def test_dates_and_integers_agree(days: list[date]):
    numbers = [int(day.strftime("%Y%m%d")) for day in days]
    assert [to_int(day) for day in days] == numbers
    assert [to_date(number) for number in numbers] == days
    assert ints_to_dates(numbers).tolist() == days
    assert dates_to_ints(np.array(days, dtype="datetime64[D]")).tolist() == numbers


@given(DAYS)
def test_days_are_written_and_read(day: date):
    assert iso(to_int(day)) == day.isoformat() == iso_or_none(to_int(day))
    assert from_iso(day.isoformat()) == from_iso(f"{day:%Y%m%d}") == to_int(day)


def test_no_day_has_no_text_and_what_is_none_is_written_all_the_same():
    assert iso_or_none(0) is None and iso(20240231) == "2024-02-31" and from_iso("2024-02-31") == 20240231


@given(DAYS)
def test_a_daily_bar_ends_at_three_in_shanghai(day: date):
    close = datetime(day.year, day.month, day.day, 15, tzinfo=timezone(timedelta(hours=8))).astimezone(UTC)
    assert close_times([to_int(day)]).tolist() == [int(close.timestamp() * 1000)]


def test_the_sessions_around_a_day_are_the_calendars_and_not_the_panels():
    calendar = (20240102, 20240103, 20240105, 20240108)
    assert next_sessions(calendar, np.array([20240102, 20240103, 20240105], np.int32)).tolist() == [20240103, 20240105, 20240108]
    assert next_sessions(calendar, np.array([20240105, 20240108], np.int32)).tolist() == [20240108, 0]
    assert previous_sessions(calendar, np.array([20240102, 20240103, 20240105], np.int32)).tolist() == [0, 20240102, 20240103]
    assert next_sessions((), np.array([20240105], np.int32)).tolist() == [0]
