"""Every row of the market rules on both sides of its date, exact half-up limits, and what the door of a window refuses."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.errors import RulesError
from engine.market import FAR, Market
from engine.simulation import rule_rows
from engine.simulation.rules import (
    FEE_BOARDS,
    RULES_VERSION,
    check_bars,
    check_window,
    limits_from,
    price_limits,
    rates_on,
    tax_rates,
    tax_steps,
    terms_of_trade,
)
from engine.terms import ONE, Conditions
from tests.engine.flat_markets import flat_market

CODES = {
    "main": ("000001.SZ", "600001.SH"),
    "chinext": ("300001.SZ",),
    "star": ("688001.SH",),
    "bse": ("830001.BJ",),
    "fund": ("510001.SH",),
    "fund_20": ("588001.SH",),
}
FREE = (float("inf"), 0.0)
OWN_FEES = Conditions(stamp_duty=5_000, transfer_fee=100)
"""Leaves the dates of duties and transfer fees out of the question."""
CASH = replace(OWN_FEES, actions="cash")
TABLES = {
    name: getattr(rule_rows, name)
    for name in (
        "PRICE_LIMITS",
        "ST_LIMITS",
        "LISTING_LIMITS",
        "DELISTING_LIMITS",
        "STAMP_DUTIES",
        "TRANSFER_FEES",
        "DIVIDEND_TAXES",
        "LOTS",
    )
}


def day_of(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


def number(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def day_before(day: int) -> int:
    return number(day_of(day) - timedelta(days=1))


def days_from(first: int, count: int) -> list[int]:
    return [number(day_of(first) + timedelta(days=k)) for k in range(count)]


def market_on(code: str, days: list[int], **facts: Any) -> Market:
    """100.00 yuan all the time."""
    made = flat_market([code], days, price=100_000, **facts)
    return replace(made, boards=("fund_20",)) if code in CODES["fund_20"] else made


def percents_of(limits: tuple[Any, Any]) -> list[tuple[float, float]]:
    """Limits of 100.00 yuan in per cent on each day; infinite and 0 where there are none."""
    return [
        (float("inf") if u == FAR else u / 1000 - 100, d if d == 0 else 100 - d / 1000)
        for u, d in zip(limits[0][:, 0], limits[1][:, 0], strict=True)
    ]


def percents(code: str, days: list[int], **facts: Any) -> list[tuple[float, float]]:
    return percents_of(price_limits(market_on(code, days, **facts)))


def of_a_listing(code: str, day: int) -> list[tuple[float, float]]:
    """The limits of the first six sessions of what is listed on a day; the panel begins two days earlier."""
    days = [day_before(day_before(day)), day_before(day), *days_from(day, 6)]
    return percents(code, days, listed_sessions=np.array([0, 0, 1, 2, 3, 4, 5, 6]))[2:]


def in_a_delisting_period(code: str, day: int, is_st: int = 0) -> list[tuple[float, float]]:
    """The limits of the first three sessions of a delisting period that begins on a day, and of the session before."""
    market = market_on(code, [day_before(day), *days_from(day, 3)], is_st=is_st)
    market.listings.delisting_from[0] = day
    return percents_of(price_limits(market))


def rates(code: str, day: int) -> list[int]:
    board = market_on(code, [day]).boards[0]
    found: list[int] = rates_on(np.array([day], np.int32))[0, FEE_BOARDS.index(board)].tolist()
    return found


def is_served(code: str, day: int, conditions: Conditions) -> bool:
    """Whether a window with bars of the code may start on a day."""
    market = market_on(code, [day])
    try:
        check_window(day, set(market.boards), conditions)
        check_bars(market)
    except RulesError:
        return False
    return True


PROBES: dict[str, Callable[[str, int], Any]] = {
    "PRICE_LIMITS": lambda code, day: percents(code, [day])[0],
    "ST_LIMITS": lambda code, day: percents(code, [day], is_st=1)[0],
    "LISTING_LIMITS": of_a_listing,
    "DELISTING_LIMITS": in_a_delisting_period,
    "STAMP_DUTIES": lambda code, day: rates(code, day)[:2],
    "TRANSFER_FEES": lambda code, day: rates(code, day)[2],
    "DIVIDEND_TAXES": lambda code, day: is_served(code, day, CASH),
    "LOTS": lambda code, day: is_served(code, day, OWN_FEES),
}

CHANGES: list[tuple[str, str, int, Any, Any]] = [
    ("PRICE_LIMITS", "000001.SZ", 19961216, FREE, (10, 10)),
    ("PRICE_LIMITS", "600001.SH", 19961216, FREE, (10, 10)),
    ("PRICE_LIMITS", "300001.SZ", 20091030, FREE, (10, 10)),
    ("PRICE_LIMITS", "300001.SZ", 20200824, (10, 10), (20, 20)),
    ("PRICE_LIMITS", "688001.SH", 20190722, FREE, (20, 20)),
    ("PRICE_LIMITS", "830001.BJ", 20211115, FREE, (30, 30)),
    ("PRICE_LIMITS", "510001.SH", 19961216, FREE, (10, 10)),
    ("PRICE_LIMITS", "588001.SH", 19961216, FREE, (10, 10)),
    ("PRICE_LIMITS", "588001.SH", 20200824, (10, 10), (20, 20)),
    ("ST_LIMITS", "000001.SZ", 19980422, (10, 10), (5, 5)),
    ("ST_LIMITS", "600001.SH", 19980422, (10, 10), (5, 5)),
    ("ST_LIMITS", "000001.SZ", 20260706, (5, 5), (10, 10)),
    ("ST_LIMITS", "600001.SH", 20260706, (5, 5), (10, 10)),
    ("ST_LIMITS", "300001.SZ", 20091030, FREE, (5, 5)),
    ("ST_LIMITS", "300001.SZ", 20200824, (5, 5), (20, 20)),
    # Before the limits began, a stock's second session fell under them when it was listed on the day before.
    ("LISTING_LIMITS", "000001.SZ", 19961216, [FREE] + 5 * [(10, 10)], [FREE] + 5 * [(10, 10)]),
    ("LISTING_LIMITS", "600001.SH", 19961216, [FREE] + 5 * [(10, 10)], [FREE] + 5 * [(10, 10)]),
    ("LISTING_LIMITS", "600001.SH", 20131213, [FREE] + 5 * [(10, 10)], [(44, 36)] + 5 * [(10, 10)]),
    ("LISTING_LIMITS", "000001.SZ", 20140613, [FREE] + 5 * [(10, 10)], [(44, 36)] + 5 * [(10, 10)]),
    # The second session of what was listed on the day before falls under a new rule that is for new listings only.
    ("LISTING_LIMITS", "000001.SZ", 20230410, [(44, 36)] + 5 * [(10, 10)], 5 * [FREE] + [(10, 10)]),
    ("LISTING_LIMITS", "600001.SH", 20230410, [(44, 36)] + 5 * [(10, 10)], 5 * [FREE] + [(10, 10)]),
    ("LISTING_LIMITS", "300001.SZ", 20091030, [FREE] + 5 * [(10, 10)], [FREE] + 5 * [(10, 10)]),
    ("LISTING_LIMITS", "300001.SZ", 20140613, [FREE] + 5 * [(10, 10)], [(44, 36)] + 5 * [(10, 10)]),
    ("LISTING_LIMITS", "300001.SZ", 20200824, [(44, 36)] + 5 * [(20, 20)], 5 * [FREE] + [(20, 20)]),
    ("LISTING_LIMITS", "688001.SH", 20190722, [FREE] + 5 * [(20, 20)], 5 * [FREE] + [(20, 20)]),
    ("LISTING_LIMITS", "830001.BJ", 20211115, [FREE] + 5 * [(30, 30)], [FREE] + 5 * [(30, 30)]),
    ("DELISTING_LIMITS", "000001.SZ", 20201231, 4 * [(10, 10)], [(10, 10), FREE, (10, 10), (10, 10)]),
    ("DELISTING_LIMITS", "600001.SH", 20201231, 4 * [(10, 10)], [(10, 10), FREE, (10, 10), (10, 10)]),
    ("DELISTING_LIMITS", "300001.SZ", 20201231, 4 * [(20, 20)], [(20, 20), FREE, (20, 20), (20, 20)]),
    ("DELISTING_LIMITS", "688001.SH", 20201231, 4 * [(20, 20)], [(20, 20), FREE, (20, 20), (20, 20)]),
    ("DELISTING_LIMITS", "830001.BJ", 20211115, [FREE, FREE, (30, 30), (30, 30)], [FREE, FREE, (30, 30), (30, 30)]),
    ("STAMP_DUTIES", "000001.SZ", 20050124, [0, 0], [10_000, 10_000]),
    ("STAMP_DUTIES", "600001.SH", 20050124, [0, 0], [10_000, 10_000]),
    ("STAMP_DUTIES", "000001.SZ", 20070530, [10_000, 10_000], [30_000, 30_000]),
    ("STAMP_DUTIES", "600001.SH", 20070530, [10_000, 10_000], [30_000, 30_000]),
    ("STAMP_DUTIES", "000001.SZ", 20080424, [30_000, 30_000], [10_000, 10_000]),
    ("STAMP_DUTIES", "600001.SH", 20080424, [30_000, 30_000], [10_000, 10_000]),
    ("STAMP_DUTIES", "000001.SZ", 20080919, [10_000, 10_000], [0, 10_000]),
    ("STAMP_DUTIES", "600001.SH", 20080919, [10_000, 10_000], [0, 10_000]),
    *(("STAMP_DUTIES", code, 20080919, [0, 0], [0, 10_000]) for code in ("300001.SZ", "688001.SH", "830001.BJ")),
    *(
        ("STAMP_DUTIES", code, 20230828, [0, 10_000], [0, 5_000])
        for code in ("000001.SZ", "600001.SH", "300001.SZ", "688001.SH", "830001.BJ")
    ),
    *(("TRANSFER_FEES", code, 20150801, 0, 200) for code in ("000001.SZ", "600001.SH", "300001.SZ", "688001.SH")),
    *(("TRANSFER_FEES", code, 20220429, 200, 100) for code in ("000001.SZ", "600001.SH", "300001.SZ", "688001.SH")),
    ("TRANSFER_FEES", "830001.BJ", 20211115, 0, 250),
    ("TRANSFER_FEES", "830001.BJ", 20220429, 250, 100),
    ("DIVIDEND_TAXES", "600001.SH", 20150908, False, True),
    *(("LOTS", code, 20060701, False, True) for code in ("000001.SZ", "600001.SH", "510001.SH", "588001.SH")),
    ("LOTS", "300001.SZ", 20091030, False, True),
    ("LOTS", "688001.SH", 20190722, False, True),
    ("LOTS", "830001.BJ", 20211115, False, True),
]
"""Table, code, the first day, what was the case on the day before, what is on the day."""


@pytest.mark.parametrize(("table", "code", "since", "before", "after"), CHANGES)
def test_a_rule_changes_on_its_date(table: str, code: str, since: int, before: Any, after: Any) -> None:
    probe = PROBES[table]
    assert (probe(code, day_before(since)), probe(code, since)) == (before, after)


def codes_of(row: Any) -> list[str]:
    """Those that a row is for: of every board of it, and of both exchanges where it names none."""
    if not hasattr(row, "board") and not hasattr(row, "boards"):
        return list(CODES["main"][1:])
    boards = row.boards if hasattr(row, "boards") else (row.board,)
    return [code for board in boards for code in CODES[board] if code.endswith(getattr(row, "exchange", ""))]


def test_no_row_is_without_a_test_on_both_sides_of_its_date() -> None:
    rows = {(name, code, number(row.since)) for name, table in TABLES.items() for row in table for code in codes_of(row)}
    assert rows == {(name, code, since) for name, code, since, _, _ in CHANGES}


def test_every_table_is_walked() -> None:
    """A new table of rows belongs into TABLES."""
    found = {name for name, value in vars(rule_rows).items() if isinstance(value, tuple) and value and hasattr(value[0], "source")}
    assert found == set(TABLES)


@pytest.mark.parametrize(("code", "percent"), [("688001.SH", 20), ("830001.BJ", 30)])
def test_st_changes_nothing_on(code: str, percent: int) -> None:
    assert percents(code, [20240104], is_st=1) == [(percent, percent)]


def test_an_unknown_listing_has_ordinary_limits() -> None:
    assert percents("600001.SH", [20240104], listed_sessions=0) == [(10, 10)]


def test_funds_have_no_free_sessions() -> None:
    assert of_a_listing("510001.SH", 20230410) == 6 * [(10, 10)]


def test_in_a_delisting_period_st_changes_nothing() -> None:
    assert in_a_delisting_period("600001.SH", 20210104, is_st=1) == [(5, 5), FREE, (10, 10), (10, 10)]


def test_a_delisting_period_that_began_before_the_rule_follows_the_usual_ones() -> None:
    assert in_a_delisting_period("600001.SH", 20201230, is_st=1) == 4 * [(5, 5)]


def test_a_delisting_period_that_began_before_the_bars_is_behind_its_free_session() -> None:
    market = market_on("600001.SH", [20210105, 20210106], is_st=1)
    market.listings.delisting_from[0] = 20210104
    assert percents_of(price_limits(market)) == 2 * [(10, 10)]


def test_minute_bars_of_a_delisting_periods_first_session_are_all_free() -> None:
    market = market_on("600001.SH", [20201230, 20201231, 20201231, 20210104, 20210104])
    market.listings.delisting_from[0] = 20201231
    assert percents_of(price_limits(market)) == [(10, 10), FREE, FREE, (10, 10), (10, 10)]
    assert percents_of(limits_from(market, 2)) == [FREE, (10, 10), (10, 10)]


def exact_limit(reference: int, percent: int, tick: int) -> int:
    """In decimal fractions of a yuan, as the exchanges' rules put it."""
    yuan, step = Decimal(reference) / 1000, Decimal(tick) / 1000
    ticks = (yuan * (100 + percent) / 100 / step).quantize(Decimal(1), ROUND_HALF_UP)
    return int(ticks * tick)


@given(
    st.integers(1, 200_000),
    st.sampled_from(
        [
            ("600001.SH", {}, 10, 10),
            ("600001.SH", {"is_st": 1}, 5, 5),
            ("600001.SH", {"listed_sessions": 1}, 44, 36),
            ("300001.SZ", {}, 10, 10),
            ("688001.SH", {}, 20, 20),
            ("510001.SH", {}, 10, 10),
            ("588001.SH", {}, 10, 10),
        ]
    ),
)
def test_limits_are_half_up_to_the_tick(ticks: int, kind: tuple[str, dict[str, int], int, int]) -> None:
    code, facts, up_percent, down_percent = kind
    tick = 1 if code.startswith("5") else 10
    market = market_on(code, [20200103], **facts)
    market.pre_close[:] = ticks * tick
    found = [int(limit[0, 0]) for limit in price_limits(market)]
    assert found == [exact_limit(ticks * tick, up_percent, tick), exact_limit(ticks * tick, -down_percent, tick)]


@given(st.integers(1, 200_000), st.sampled_from([("300001.SZ", 20), ("588001.SH", 20), ("830001.BJ", 30)]))
def test_wide_limits_are_half_up_to_the_tick(ticks: int, kind: tuple[str, int]) -> None:
    code, percent = kind
    tick = 1 if code.startswith("5") else 10
    market = market_on(code, [20240104])
    market.pre_close[:] = ticks * tick
    assert [int(limit[0, 0]) for limit in price_limits(market)] == [exact_limit(ticks * tick, sign * percent, tick) for sign in (1, -1)]


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


def test_the_vendors_limits_win_in_sessions_that_the_rules_leave_free() -> None:
    market = flat_market(["600001.SH", "688001.SH"], [20240104, 20240105], price=10_000, listed_sessions=np.array([1, 2]))
    market.listings.delisting_from[0] = 20240104
    market.limit_up[:] = 12_000
    market.limit_down[:, 1] = 8_000
    up, down = price_limits(market)
    assert up.tolist() == 2 * [[12_000, 12_000]]
    assert down.tolist() == [[0, 8_000], [9_000, 8_000]]


def test_no_bar_has_no_limits() -> None:
    market = flat_market(["600001.SH"], [20240104], price=10_000)
    market.open[0, 0] = market.pre_close[0, 0] = 0
    assert [int(limit[0, 0]) for limit in price_limits(market)] == [FAR, 0]


@pytest.mark.parametrize("code", ["510001.SH", "588001.SH"])
def test_funds_pay_neither_duty_nor_transfer_fee(code: str) -> None:
    for row in (*rule_rows.STAMP_DUTIES, *rule_rows.TRANSFER_FEES):
        assert rates(code, number(row.since)) == [0, 0, 0]


def test_lots_and_ticks() -> None:
    trade = terms_of_trade(("main", "chinext", "star", "bse", "fund", "fund_20"))
    assert trade.tick.tolist() == [10, 10, 10, 10, 1, 1]
    assert trade.lot.tolist() == [100, 100, 200, 100, 100, 100]
    assert trade.step.tolist() == [100, 100, 1, 1, 100, 100]
    assert trade.fee_class.tolist() == [0, 1, 2, 3, 4, 5]


# -------------------------------------------------------------------------------------------------------------------- dividend tax


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def slow_steps(days: list[date], months: int) -> list[int]:
    return [next(bought for bought, day in enumerate(days) if months_later(day, months) >= sold) for sold in days] + [len(days)]


@given(st.lists(st.tuples(st.dates(date(2015, 9, 8), date(2021, 3, 31)), st.integers(1, 3)), min_size=1, unique_by=lambda pair: pair[0]))
@example([(date(2016, 1, 29), 1), (date(2016, 2, 29), 2), (date(2017, 2, 28), 1), (date(2017, 3, 1), 1)])
def test_tax_steps_are_those_of_a_calendar(sessions: list[tuple[date, int]]) -> None:
    """With as many bars a session as there happen to be."""
    sessions = sorted(sessions)
    days = [day for day, _ in sessions]
    month, year = tax_steps(np.array([number(day) for day, bars in sessions for _ in range(bars)], np.int32))
    assert month.dtype == year.dtype == np.int64
    assert month.tolist() == slow_steps(days, 1)
    assert year.tolist() == slow_steps(days, 12)


@pytest.mark.parametrize(
    ("bought", "last_day_of_a_month", "last_day_of_a_year"),
    [
        (20170108, 20170208, 20180108),  # the clearing house's own example
        (20170128, 20170228, 20180128),
        (20170131, 20170228, 20180131),
        (20160131, 20160229, 20170131),
        (20160229, 20160329, 20170228),  # bought on a leap day
        (20150930, 20151030, 20160930),
        (20161231, 20170131, 20171231),
    ],
)
def test_a_month_and_a_year_end_on_the_same_day_of_the_month_or_its_last(
    bought: int, last_day_of_a_month: int, last_day_of_a_year: int
) -> None:
    days = days_from(bought, 800)
    month, year = tax_steps(np.array(days, np.int32))
    assert [days[k] for k in range(800) if month[k] == 0][-1] == last_day_of_a_month
    assert [days[k] for k in range(800) if year[k] == 0][-1] == last_day_of_a_year
    assert (month[-1], year[-1]) == (800, 800)


def test_tax_rates() -> None:
    assert tax_rates() == (ONE // 5, ONE // 10)


# ------------------------------------------------------------------------------------------------------------------------- windows


def test_a_window_before_the_rules_is_refused_with_the_earliest_date() -> None:
    check_window(20150801, {"main", "chinext"})
    with pytest.raises(RulesError, match=r"board chinext begin on 2015-08-01.*board main begin on 2015-08-01"):
        check_window(20150731, {"main", "chinext"})


@pytest.mark.parametrize(
    ("conditions", "earliest"),
    [
        (Conditions(), 20150801),
        (Conditions(transfer_fee=0), 20060701),
        (Conditions(stamp_duty=0), 20150801),
        (Conditions(stamp_duty=0, transfer_fee=0, price_limits=False), 20060701),
        (Conditions(actions="cash"), 20150908),
        (Conditions(actions="cash", dividend_tax=False), 20150801),
        (Conditions(actions="cash", transfer_fee=0), 20150908),
    ],
)
def test_a_window_may_start_as_early_as_the_rules_that_its_conditions_need(conditions: Conditions, earliest: int) -> None:
    check_window(earliest, {"main"}, conditions)
    with pytest.raises(RulesError, match=f"{day_of(earliest)}"):
        check_window(day_before(earliest), {"main"}, conditions)


def test_a_window_with_dividend_tax_is_refused_by_the_name_of_the_rule() -> None:
    with pytest.raises(RulesError, match=r"window.start: the rules of dividend tax begin on 2015-09-08 \(start on 2015-09-08 or later"):
        check_window(20150907, {"main"}, Conditions(actions="cash"))


def test_a_window_may_start_before_a_board_opened_but_its_bars_may_not() -> None:
    check_window(20180102, {"main", "star", "bse"})
    market = flat_market(["688001.SH"], [20190719, 20190722], price=10_000)
    with pytest.raises(RulesError, match=r"688001.SH has bars before board star opened on 2019-07-22"):
        check_bars(market)
    check_bars(replace(market, window_start=1))


def test_every_row_has_a_source_and_ascending_dates() -> None:
    for table in TABLES.values():
        assert all(len(row.source) > 10 for row in table)
    for name in ("PRICE_LIMITS", "ST_LIMITS", "LISTING_LIMITS", "DELISTING_LIMITS"):
        for one, two in pairwise(TABLES[name]):
            assert one.board != two.board or one.since < two.since


def test_a_change_of_rules_needs_a_new_version() -> None:
    """If this fails, a row changed: give RULES_VERSION a new value, and this test the new digest."""
    content = repr([[row[:-1] for row in table] for table in TABLES.values()])
    assert (RULES_VERSION, hashlib.sha256(content.encode()).hexdigest()[:16]) == ("2026-07-06.2", "8b1de0acff4b1a61")


def test_rules_tape_and_events_load_without_the_compiler() -> None:
    """The API and the ingest may import them; engine.simulation.run is the only door to numba."""
    names = "rules, limits, tape, outcome, events, door"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; from engine.simulation import {names}; sys.exit('numba' in sys.modules)"], check=False
    )
    assert done.returncode == 0
