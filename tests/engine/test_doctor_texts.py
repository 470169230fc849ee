"""What the doctor says where its words used to say something else than its figures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.doctor.examine import CHECKS, examine
from engine.doctor.finding import Finding
from engine.market import Benchmark
from engine.words import Words
from tests.engine.made_results import MEMBERS, Made, Trip, dates, quiet_market, trips

LIST = {"universe": {"codes": ["600000.SH"]}}


def finding(made: Made, code: str, context: Mapping[str, Any] = MEMBERS) -> Finding:
    return next(each for each in examine(made.result(), context) if each.code == code)


def found_words(code: str) -> Words:
    return next(check.found for check in CHECKS if check.code == code)


def test_more_than_traded_does_not_count_times_of_the_volume_twice() -> None:
    """568 fills above the volume read as "568 times more was filled than the whole bar traded"."""
    thin = replace(quiet_market(), volume=np.full((300, 6), 500, np.int64))
    told = finding(Made(market=thin), "MORE_THAN_TRADED")
    assert f"in {told.figures['count']} cases, in the worst 2.0 times" in told.text.en


def test_a_missing_reference_is_told_beside_the_sessions() -> None:
    closes = np.linspace(4000.0, 4400.0, 301)
    closes[0] = np.nan
    told = finding(Made(market=replace(quiet_market(), benchmark=Benchmark("000300.SH", closes))), "BENCHMARK_GAP")
    assert told.figures["sessions"] == 0
    assert "lacks closes (sessions of the window: 0): the reference before the window." in told.text.en
    assert "（区间内 0 个交易日）：区间前的参考价。" in told.text.zh
    closes[5] = np.nan
    told = finding(Made(market=replace(quiet_market(), benchmark=Benchmark("000300.SH", closes))), "BENCHMARK_GAP")
    day = f"{dates(5)[-1]}"
    assert f"(sessions of the window: 1): {day[:4]}-{day[4:6]}-{day[6:]}" in told.text.en and "区间内 1 个交易日" in told.text.zh


def test_one_of_a_kind_is_not_told_in_the_plural() -> None:
    """ "Only 1 closed trades", "The same 1 stocks", "1 open positions hold"."""
    market = quiet_market(codes=["600000.SH"])
    one = Made(market=market, trips=(Trip(0, 1, 4, 300), Trip(0, 6, None, 900)))
    texts = " ".join(each.text.en for each in examine(one.result(), LIST))
    assert "Closed trades: 1," in texts and "Open positions (1) hold" in texts and "Stocks in the list: 1" in texts


def test_after_a_breaker_nothing_is_said_of_what_is_still_held() -> None:
    """A stock locked at its lower limit cannot be sold: not "空仓"."""
    assert "空仓" not in found_words("BREAKER").zh and "没有买入" in found_words("BREAKER").zh


def test_no_delisting_is_told_of_the_universe_and_not_of_all_data() -> None:
    """A ranking's panel holds those who were ever ranked; where no lake tells, the doctor does not see the rest."""
    assert "universe" in found_words("NO_DELISTED_STOCKS").en and "数据" not in found_words("NO_DELISTED_STOCKS").zh


def test_money_that_the_volume_cap_keeps_out_is_among_the_reasons_of_idle_cash() -> None:
    told = finding(Made(trips=trips(), stats={"exposure": 0.1}), "IDLE_CASH")
    assert "volume_cap" in told.text.en and "volume_cap" in told.text.zh
