"""Every row of the market rules on both sides of its date, exact half-up limits, and what the door of a window refuses."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RulesError
from engine.market import FAR
from engine.simulation import rule_rows
from engine.simulation.rules import FEE_BOARDS, RULES_VERSION, check_bars, check_window, price_limits, rates_on, terms_of_trade
from tests import naive
from tests.engine.flat_markets import flat_market

CODE = {"main": "600001.SH", "chinext": "300001.SZ", "star": "688001.SH", "bse": "830001.BJ", "fund": "510001.SH"}


def number(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def around(since: date) -> list[int]:
    """The day before a date, and the date."""
    return [number(since - timedelta(days=1)), number(since)]


def percents(board: str, days: list[int], **facts: Any) -> list[tuple[float, float]]:
    """Limits of 100.00 yuan in per cent on each day; infinite and 0 where there are none."""
    market = flat_market([CODE[board]], days, price=100_000, **facts)
    up, down = price_limits(market)
    return [
        (float("inf") if u == FAR else u / 1000 - 100, d if d == 0 else 100 - d / 1000) for u, d in zip(up[:, 0], down[:, 0], strict=True)
    ]


@pytest.mark.parametrize(
    ("board", "since", "before", "after"),
    [("chinext", date(2020, 8, 24), 10, 20)],
)
def test_limit_changes_on_its_date(board: str, since: date, before: int, after: int) -> None:
    assert percents(board, around(since)) == [(before, before), (after, after)]


@pytest.mark.parametrize(("board", "since", "percent"), [(row.board, row.since, row.percent) for row in rule_rows.PRICE_LIMITS])
def test_each_limit_begins_on_its_date(board: str, since: date, percent: int) -> None:
    before, on = percents(board, around(since))
    assert on == (percent, percent)
    assert before != on


@pytest.mark.parametrize(
    ("board", "since", "before", "after"),
    [
        ("main", date(1998, 4, 22), 10, 5),
        ("main", date(2026, 7, 6), 5, 10),
        ("chinext", date(2020, 8, 24), 5, 20),
    ],
)
def test_st_limit_changes_on_its_date(board: str, since: date, before: int, after: int) -> None:
    assert percents(board, around(since), is_st=1) == [(before, before), (after, after)]


@pytest.mark.parametrize(("board", "percent"), [("star", 20), ("bse", 30)])
def test_st_changes_nothing_on(board: str, percent: int) -> None:
    assert percents(board, [20240104], is_st=1) == [(percent, percent)]


FREE = (float("inf"), 0.0)


@pytest.mark.parametrize(
    ("board", "listed", "expected"),
    [
        ("main", 20140613, [(44, 36)] + 5 * [(10, 10)]),
        ("main", 20230409, [(44, 36)] + 5 * [(10, 10)]),  # its second session falls under the new rule, which is for new listings only
        ("main", 20230410, 5 * [FREE] + [(10, 10)]),
        ("chinext", 20200823, [(44, 36)] + 5 * [(20, 20)]),
        ("chinext", 20200824, 5 * [FREE] + [(20, 20)]),
        ("star", 20190722, 5 * [FREE] + [(20, 20)]),
        ("bse", 20211115, [FREE] + 5 * [(30, 30)]),
        ("fund", 20230410, 6 * [(10, 10)]),
    ],
)
def test_first_sessions_of_a_listing(board: str, listed: int, expected: list[tuple[float, float]]) -> None:
    first = date(listed // 10_000, listed // 100 % 100, listed % 100)
    days = [number(first + timedelta(days=k - 2)) for k in range(8)]
    ages = np.array([0, 0, 1, 2, 3, 4, 5, 6])
    assert percents(board, days, listed_sessions=ages)[2:] == expected


def test_an_unknown_listing_has_ordinary_limits() -> None:
    assert percents("main", [20240104], listed_sessions=0) == [(10, 10)]


@given(
    st.integers(1, 20_000),
    st.sampled_from([("main", 0), ("main", 1), ("star", 0), ("bse", 0), ("fund", 0)]),
)
def test_limits_are_half_up_to_the_tick(ticks: int, kind: tuple[str, int]) -> None:
    board, is_st = kind
    tick = 1 if board == "fund" else 10
    market = flat_market([CODE[board]], [20240104], price=ticks * tick, is_st=is_st)
    rate = Fraction({"main": 5 if is_st else 10, "star": 20, "bse": 30, "fund": 10}[board], 100)
    exact = [naive.half_up(Fraction(ticks * tick, 1000) * (1 + sign * rate), Fraction(tick, 1000)) * 1000 for sign in (1, -1)]
    assert [int(limit[0, 0]) for limit in price_limits(market)] == exact


def test_ties_that_binary_floats_get_wrong() -> None:
    """5.35 x 1.1 = 5.885 exactly, so 5.89; in binary floats it lies below."""
    assert round(5.35 * 1.1, 2) == 5.88
    assert price_limits(flat_market(["600001.SH"], [20240104], price=5350))[0][0, 0] == 5890


def test_the_vendors_limits_win_where_there_are_any() -> None:
    market = flat_market(["600001.SH"], [20240104, 20240105], price=10_000)
    market.limit_up[1, 0] = 12_000
    up, down = price_limits(market)
    assert up[:, 0].tolist() == [11_000, 12_000]
    assert down[:, 0].tolist() == [9_000, 9_000]


def test_no_bar_has_no_limits() -> None:
    market = flat_market(["600001.SH"], [20240104], price=10_000)
    market.open[0, 0] = market.pre_close[0, 0] = 0
    assert [int(limit[0, 0]) for limit in price_limits(market)] == [FAR, 0]


def rates(board: str, day: int) -> list[int]:
    found: list[int] = rates_on(np.array([day], np.int32))[0, FEE_BOARDS.index(board)].tolist()
    return found


@pytest.mark.parametrize("board", ["main", "chinext", "star", "bse"])
def test_stamp_duty_halves_on_2023_08_28(board: str) -> None:
    assert [rates(board, day)[:2] for day in (20230827, 20230828)] == [[0, 10_000], [0, 5_000]]


def test_stamp_duty_is_the_sellers_since_2008_09_19() -> None:
    assert rates("main", 20080919)[:2] == [0, 10_000]


@pytest.mark.parametrize(
    ("board", "since", "before", "after"),
    [
        ("main", date(2015, 8, 1), 0, 200),
        ("main", date(2022, 4, 29), 200, 100),
        ("bse", date(2021, 11, 15), 0, 250),
        ("bse", date(2022, 4, 29), 250, 100),
    ],
)
def test_transfer_fee_changes_on_its_date(board: str, since: date, before: int, after: int) -> None:
    assert [rates(board, day)[2] for day in around(since)] == [before, after]


def test_funds_pay_neither_duty_nor_transfer_fee() -> None:
    assert rates("fund", 20240104) == [0, 0, 0]


def test_lots_and_ticks() -> None:
    trade = terms_of_trade(("main", "chinext", "star", "bse", "fund"))
    assert trade.tick.tolist() == [10, 10, 10, 10, 1]
    assert trade.lot.tolist() == [100, 100, 200, 100, 100]
    assert trade.step.tolist() == [100, 100, 1, 1, 100]


def test_a_window_before_the_rules_is_refused_with_the_earliest_date() -> None:
    check_window(20150801, {"main", "chinext"})
    with pytest.raises(RulesError, match=r"board chinext begin on 2015-08-01.*board main begin on 2015-08-01"):
        check_window(20150731, {"main", "chinext"})


def test_a_window_may_start_before_a_board_opened_but_its_bars_may_not() -> None:
    check_window(20180102, {"main", "star", "bse"})
    market = flat_market(["688001.SH"], [20190719, 20190722], price=10_000)
    with pytest.raises(RulesError, match=r"688001.SH has bars before board star opened on 2019-07-22"):
        check_bars(market)
    check_bars(replace(market, window_start=1))


def test_every_row_has_a_source_and_ascending_dates() -> None:
    tables = (rule_rows.PRICE_LIMITS, rule_rows.ST_LIMITS, rule_rows.LISTING_LIMITS, rule_rows.STAMP_DUTIES, rule_rows.TRANSFER_FEES)
    for table in tables:
        assert all(len(row.source) > 10 for row in table)
    for limits in tables[:3]:
        for one, two in pairwise(limits):
            assert one.board != two.board or one.since < two.since


def test_a_change_of_rules_needs_a_new_version() -> None:
    """If this fails, a row changed: give RULES_VERSION a new value, and this test the new digest."""
    tables = (
        rule_rows.PRICE_LIMITS,
        rule_rows.ST_LIMITS,
        rule_rows.LISTING_LIMITS,
        rule_rows.STAMP_DUTIES,
        rule_rows.TRANSFER_FEES,
        rule_rows.LOTS,
    )
    content = repr([[row[:-1] for row in table] for table in tables])
    assert (RULES_VERSION, hashlib.sha256(content.encode()).hexdigest()[:16]) == ("2026-07-06.1", "4bd91ad2e2207f2e")


def test_rules_tape_and_events_load_without_the_compiler() -> None:
    """The API and the ingest may import them; engine.simulation.run is the only door to numba."""
    names = "rules, tape, outcome, events, door"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; from engine.simulation import {names}; sys.exit('numba' in sys.modules)"], check=False
    )
    assert done.returncode == 0
