"""Adjustment factors, one stock at a time."""

import numpy as np
import pytest

from datalake.panels.facts import clean_factors

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
