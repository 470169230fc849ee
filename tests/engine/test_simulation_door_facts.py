"""What a market knows beside its bars is verified at the door, too: each test is something that went wrong behind it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.errors import MarketError
from engine.market import FAR, Market
from engine.simulation.tape import prepare
from engine.terms import Conditions
from tests.engine.flat_markets import flat_market

DAYS = [20240102, 20240103, 20240104]
CODES = ["000001.SZ", "600001.SH"]


def market_of(dividends: Any = (), code_changes: Any = (), **listings: Any) -> Market:
    market = flat_market(CODES, DAYS)
    rows = {"dividends": np.array(dividends, np.int64).reshape(-1, 6), "code_changes": np.array(code_changes, np.int64).reshape(-1, 3)}
    return replace(market, actions=replace(market.actions, **rows), listings=replace(market.listings, **listings))


def silence(market: Market, rows: slice, column: int) -> None:
    for name in ("open", "high", "pre_close", "volume"):
        getattr(market, name)[rows, column] = 0
    market.low[rows, column] = FAR


def problems_of(market: Market) -> list[str]:
    with pytest.raises(MarketError) as error:
        prepare(market)
    return [str(problem) for problem in error.value.problems]


def test_listings_of_other_lengths_and_types_are_all_told() -> None:
    wrong = market_of(industries=("bank",), same_day=np.zeros(2, bool), delist_date=np.zeros(2, np.int64))
    fields = [problem.partition(":")[0] for problem in problems_of(wrong)]
    assert fields == ["listings.industries", "listings.same_day", "listings.delist_date"]


def test_the_sessions_around_every_row_are_told_or_of_none() -> None:
    market, some = flat_market(CODES, DAYS), np.array(DAYS[1:], np.int32)
    told = problems_of(replace(market, previous_session=some, next_session=some))
    assert told == [f"{name}_session: must be int32 (3,), is int32 (2,)" for name in ("previous", "next")]
    prepare(replace(market, next_session=np.append(some, np.int32(0))))


def test_same_day_is_a_flag_or_more_could_be_sold_than_is_held() -> None:
    told = problems_of(market_of(same_day=np.array([0, 2], np.uint8), delisting_from=np.array([20240230, 0], np.int32)))
    assert "same_day: must be 0 or 1: 600001.SH" in told[0]
    assert "delisting_from: is no day YYYYMMDD, or 0: 000001.SZ" in told[1]


def test_bars_after_the_delisting_are_refused_because_one_of_the_two_is_wrong() -> None:
    """Else a position would be closed while its stock trades on."""
    market = market_of(delist_date=np.array([0, 20240103], np.int32))
    assert "600001.SH is delisted from 20240103 on, and has 2 bars after that" in problems_of(market)[0]
    silence(market, slice(1, None), 1)
    prepare(market)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([20240103, 2, 0, 1, 0, 0], "names no column of 2"),
        ([20240103, 0, -1, 0, 0, 0], "a bonus that is not from 0"),
        ([20240103, 0, 10**9, 0, 0, 0], "a bonus that is not from 0"),
        ([20240103, 0, 0, -5, 0, 0], "cash that is not from 0"),
        ([20240103, 0, 0, 10**15, 0, 0], "cash that is not from 0"),
        ([20240230, 0, 0, 1, 0, 0], "has no ex-date YYYYMMDD"),
        ([0, 0, 0, 1, 0, 0], "has no ex-date YYYYMMDD"),
        ([20240103, 0, 0, 1, 20241301, 0], "has no pay date YYYYMMDD"),
        ([20240103, 0, 1, 0, 0, 20240132], "has no listing date YYYYMMDD"),
    ],
)
def test_absurd_dividends_are_refused(row: list[int], message: str) -> None:
    assert message in problems_of(market_of([[20240103, 1, 0, 1, 0, 0], row]))[0]


def test_records_ascend() -> None:
    rows = [[20240104, 0, 0, 1, 0, 0], [20240103, 0, 0, 1, 0, 0]]
    assert problems_of(market_of(rows)) == ["actions.dividends: must ascend by date, then stock"]


def test_records_of_another_shape_are_refused() -> None:
    market = market_of()
    told = problems_of(replace(market, actions=replace(market.actions, dividends=np.zeros((1, 5), np.int64))))
    assert told == ["actions.dividends: must be int64 (X, 6), is int64 (1, 5)"]


def test_cash_above_ten_times_the_price_is_no_dividend() -> None:
    """10.00 a share; its money would outgrow int64 on large holdings."""
    prepare(market_of([[20240103, 0, 0, 100 * 10**6, 0, 0]]), Conditions(actions="cash"))
    with pytest.raises(MarketError, match=r"000001.SZ pays 100.000001 a share on 20240103, and was worth 10"):
        prepare(market_of([[20240103, 0, 0, 100 * 10**6 + 1, 0, 0]]), Conditions(actions="cash"))


def test_a_factor_that_the_price_does_not_follow_is_refused() -> None:
    """Shares would grow a million-fold at half the price."""
    market = market_of()
    market.adj_factor[2, 1] = 10**12
    market.pre_close[2, 1] = market.open[2, 1] = market.low[2, 1] = 5_000
    assert "holdings of 600001.SH would be worth 500000 times as much on 20240104" in problems_of(market)[0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[20240103, 0, 0]], "changes a code into itself"),
        ([[20240103, 0, 2]], "names no column of 2"),
        ([[20240230, 0, 1]], "has no date YYYYMMDD"),
        ([[20240103, 0, 1], [20240104, 0, 1]], "has the old code of an earlier row"),
        ([[20240103, 0, 1], [20240104, 0, 1]], "has the new code of an earlier row"),
        ([[20240104, 0, 1], [20240103, 1, 0]], "must ascend by date"),
    ],
)
def test_absurd_changes_of_codes_are_refused(rows: Any, message: str) -> None:
    assert message in "; ".join(problems_of(market_of(code_changes=rows)))


def test_two_columns_of_one_company_that_both_trade_are_refused() -> None:
    """Both could be held, and one position cannot become two."""
    market = market_of(code_changes=[[20240103, 0, 1]])
    told = problems_of(market)
    assert "000001.SZ becomes 600001.SH on 20240103, and 000001.SZ has 2 bars from that day" in told[0]
    assert "600001.SH has 1 bars before that day" in told[1]
    silence(market, slice(1, None), 0)
    silence(market, slice(0, 1), 1)
    market.close[0, 1] = 0
    prepare(market)


def test_a_deciding_market_that_is_another_one_is_refused() -> None:
    market = market_of()
    other = replace(flat_market([CODES[0]], DAYS[::-1]), decided_by=market, window_start=-1, times=np.zeros(3, np.int64))
    fields = [problem.partition(":")[0] for problem in problems_of(replace(market, decided_by=other))]
    assert fields == [f"decided_by{name}" for name in ("", ".codes", ".close", ".window_start")]
    other = replace(flat_market(CODES, DAYS[::-1]), times=np.zeros(3, np.int64))
    fields = [problem.partition(":")[0] for problem in problems_of(replace(market, decided_by=other))]
    assert fields == ["decided_by.times", "decided_by.sessions"]
    empty = replace(other, close=other.close[:0])
    assert "decided_by.close: is not a panel of bars by stocks" in problems_of(replace(market, decided_by=empty))[0]


def test_a_session_that_has_no_bar_does_not_decide_at_an_earlier_one() -> None:
    """Else the last bar of the day before would know that session's close."""
    days = flat_market(CODES, DAYS)
    bars = flat_market(CODES, [DAYS[0], DAYS[2]])
    market = replace(bars, frequency="240m", times=days.times[[0, 2]].copy(), decided_by=days)
    assert prepare(market).bars.decides.tolist() == [0, 2]
    late = replace(days, times=np.array([0, 1, 9]))
    assert prepare(replace(bars, times=np.array([0, 5]), decided_by=late)).bars.decides.tolist() == [0, 2]
    assert prepare(replace(bars, times=np.array([0, 10]), decided_by=late)).bars.decides.tolist() == [0, -1]
