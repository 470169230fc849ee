"""Each finding is brought by one change of a result in which nothing is found, and not by the change that is just smaller."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from engine.doctor.examine import CHECKS, examine
from engine.market import Benchmark, Market
from engine.simulation.outcome import CODE, KIND, Kind, Phase, Reason, Reject
from engine.terms import Conditions, Terms
from tests.engine.made_results import CASH, CODES, LOSS, MEMBERS, PRICE, Made, Trip, event, quiet_market, trips


def found(made: Made, context: Mapping[str, Any] = MEMBERS) -> set[str]:
    return {finding.code for finding in examine(made.result(), context)}


def test_nothing_is_found_in_a_sound_result() -> None:
    assert examine(Made().result(), MEMBERS) == ()


# ------------------------------------------------------------------------------------------------- one change brings one finding


def market_with(cells: list[tuple[int, int]], market: Market | None = None, **values: int) -> Market:
    """Some (bar, stock) have other facts."""
    market = market or quiet_market()
    changed = {name: getattr(market, name).copy() for name in values}
    for cell in cells:
        for name, value in values.items():
            changed[name][cell] = value
    return replace(market, **changed)


def entries(count: int) -> list[tuple[int, int]]:
    return [(trip.entry, trip.stock) for trip in trips()[:count]]


def exits(count: int) -> list[tuple[int, int]]:
    return [(int(trip.exit or 0), trip.stock) for trip in trips()[:count]]


def first_earns(earns: int) -> tuple[Trip, ...]:
    return (replace(trips()[0], earns=earns), *trips()[1:])


def open_at_end(earns: int) -> tuple[Trip, ...]:
    return (*trips(), Trip(1, 280, None, earns))


def costing(fees: int) -> Made:
    """Trips that earn 4,000,000 li after fees of so many."""
    return Made(tallies={"commission": fees})


def with_conditions(**values: Any) -> Made:
    return Made(terms=Terms(initial_cash=CASH, max_positions=3, conditions=Conditions(**values)))


def refused(reject: Reject, count: int) -> Made:
    """80 fills beside them."""
    return Made(refusals={reject: count})


def gaps(*rows: int) -> Made:
    closes = np.linspace(4000.0, 4400.0, 301)
    closes[list(rows)] = np.nan
    return Made(market=replace(quiet_market(), benchmark=Benchmark("000300.SH", closes)))


def crowd(sessions: int, stocks: int) -> Made:
    codes = [f"{600000 + k}.SH" for k in range(stocks)]
    return Made(market=quiet_market(sessions, codes))


def in_one_month(later: int) -> Made:
    """Trips that earn nothing together; 2021-03 brings 2,000,000 li, 2021-05 so much, and 2021-10 takes 500,000."""
    return Made(trips=trips(win=-LOSS), earned={45: 2_000_000, 90: later, 200: -500_000})


ALL = {"universe": {"all": True}}
FROM = {"universe": {"all": True}, "datasource_version": "import:v1"}
"""A lake's dataset."""
LIST = {"universe": ["000001.SZ", "600000.SH"]}
BREAKER = event(Kind.BREAKER, 285, phase=Phase.MARK, code=Reason.MAX_DRAWDOWN)
DAILY = event(Kind.BREAKER, 285, phase=Phase.MARK, code=Reason.DAILY_LOSS)
SHORT = trips(count=38, every=3)


def empty_on(session: int, stocks: int) -> Made:
    """So many of the stocks are no members on one session."""
    return Made(market=market_with([(session, stock) for stock in range(stocks)], member=0))


def short(got: int) -> dict[str, Any]:
    return {"warm_up": {"wanted": 60, "got": got}}


def told(stocks: int, years: float) -> dict[str, Any]:
    """What a lake says that knows of no delisted stock."""
    return {"survivors": {"stocks": stocks, "years": years}}


@dataclass(frozen=True)
class Pair:
    code: str
    brings: Made
    spares: Made
    """Just below the threshold, or what does not count."""
    beside: frozenset[str]
    """What else the change brings of necessity."""
    context: Mapping[str, Any]
    spared: Mapping[str, Any]
    """The context of the second."""


def pair(code: str, brings: Made, spares: Made, beside: str = "", context: Mapping[str, Any] = MEMBERS, **spared: Any) -> Pair:
    return Pair(code, brings, spares, frozenset(beside.split()), context, spared or context)


def beside(code: str) -> Made:
    """A market with one more code, which never has a bar."""
    market = quiet_market(codes=[*CODES, code])
    return Made(market=market_with([(bar, len(CODES)) for bar in range(300)], market, open=0, volume=0))


NAMED = {"universe": {"any": [{"codes": [*CODES, "688981.SH"]}, {"index": "000300.SH"}]}}
GONE = {"code": "000005.SZ", "reason": "delisted", "date": "2019-08-01"}


PAIRS = (
    pair("CANNOT_TRADE", Made(), Made(), context=NAMED, universe={"any": [{"codes": CODES}, {"all": True}]}),
    pair("CANNOT_TRADE", beside("688981.SH"), Made(market=quiet_market(codes=[*CODES, "688981.SH"])), context=NAMED),
    pair("CANNOT_TRADE", Made(), Made(), "SURVIVORSHIP", {"universe": {"from": ["000005.SZ"], "where": ""}}, universe=["000063.SZ"]),
    pair("EMPTY_UNIVERSE", empty_on(7, 6), empty_on(7, 5)),
    pair("SHORT_WARM_UP", Made(), Made(), context=MEMBERS | short(59), **MEMBERS | short(60)),
    pair("TODAYS_INDUSTRIES", Made(), Made(), context=MEMBERS | {"todays_industries": ["bank", "cars"]}, **MEMBERS),
    pair("NO_TRADES", Made(trips=(), refusals={Reject.NO_CASH: 7}), Made()),
    pair("TOO_SHORT", Made(market=quiet_market(121), trips=SHORT), Made(market=quiet_market(122), trips=SHORT)),
    pair("TOO_FEW_TRADES", Made(trips=trips(29)), Made(trips=trips(30))),
    pair("OPEN_AT_END", Made(trips=open_at_end(4_001)), Made(trips=open_at_end(4_000))),
    pair("BREAKER", Made(events=(BREAKER,)), Made(events=(DAILY,))),
    pair("IDLE_CASH", Made(stats={"exposure": 0.299}), Made(stats={"exposure": 0.3})),
    pair("IDLE_CASH", Made(stats={"exposure": 0.01}), Made(stats={"exposure": None})),
    pair("ONE_STOCK", Made(trips=first_earns(2_101)), Made(trips=first_earns(2_100))),
    pair("ONE_STOCK", Made(trips=trips(loss=-196)), Made(trips=trips(loss=-194))),
    pair("ONE_TRADE", Made(trips=first_earns(5_701)), Made(trips=first_earns(5_700)), beside="ONE_STOCK"),
    pair("ONE_MONTH", in_one_month(200_000), in_one_month(800_000)),
    pair("FILLS_AT_LIMIT", Made(market=market_with(entries(2), limit_up=PRICE)), Made(market=market_with(entries(1), limit_up=PRICE))),
    pair(
        "FILLS_AT_LIMIT",
        Made(market=market_with(exits(2), limit_down=PRICE + 500)),
        Made(market=market_with(exits(2), limit_up=PRICE - 100)),
    ),
    pair("FILLS_AT_LIMIT", Made(market=market_with(exits(2), limit_down=10_500)), Made(market=market_with(entries(9), limit_down=PRICE))),
    pair("LARGE_IN_VOLUME", Made(market=market_with(entries(5), volume=9_999)), Made(market=market_with(entries(5), volume=10_000))),
    pair("LARGE_IN_VOLUME", Made(market=market_with(entries(5), volume=9_999)), Made(market=market_with(entries(4), volume=9_999))),
    pair("LARGE_IN_VOLUME", Made(market=market_with(entries(1), volume=1_999)), Made(market=market_with(entries(1), volume=2_000))),
    pair(
        "MORE_THAN_TRADED",
        Made(market=market_with(entries(1), volume=999)),
        Made(market=market_with(entries(1), volume=10_000)),
    ),
    pair("MANY_REFUSALS", refused(Reject.LIMIT_UP, 81), refused(Reject.LIMIT_UP, 80)),
    pair("MANY_REFUSALS", refused(Reject.BELOW_LOT, 900), refused(Reject.POSITION_CAP, 900)),
    pair("OPTIMISTIC_FILL", with_conditions(fill="close"), with_conditions(fill="vwap")),
    pair("RULES_OFF", with_conditions(t_plus_one=False), with_conditions(dividend_tax=False)),
    pair("RULES_OFF", with_conditions(price_limits=False, lots=False), with_conditions(stamp_duty=1)),
    pair("RULES_OFF", with_conditions(actions="cash", dividend_tax=False), with_conditions(actions="cash")),
    pair("RULES_OFF", Made(terms=Terms(CASH, 3, commission=0)), Made(terms=Terms(CASH, 3, commission=1))),
    pair("DELISTED", Made(events=(event(Kind.DELISTED, 299, 0, 0, 0),)), Made(events=(event(Kind.RENAMED, 299, 0, 0, 0),))),
    pair("COSTS", costing(1_714_286), costing(1_714_285)),
    pair(
        "COSTS", Made(trips=trips(loss=-301), tallies={"commission": 20_001}), Made(trips=trips(loss=-301), tallies={"commission": 20_000})
    ),
    pair(
        "THIN_EDGE", Made(tallies={"bought": 2_000_000_001, "sold": 2_000_000_000}), Made(tallies={"bought": 2 * 10**9, "sold": 2 * 10**9})
    ),
    pair("ABSURD_RETURN", Made(stats={"annual_return": 3.01}), Made(stats={"annual_return": 3.0})),
    pair("ABSURD_RETURN", Made(stats={"sharpe": 5.01}), Made(stats={"sharpe": 5.01, "volatility": 0.05})),
    pair("BEYOND_LIMITS", Made(earned={200: 223_000_000}), Made(earned={200: 222_000_000}), beside="ONE_MONTH"),
    pair("TOO_MANY_WINS", Made(tallies={"wins": 37}), Made(tallies={"wins": 36})),
    pair(
        "SURVIVORSHIP",
        Made(market=quiet_market(245), trips=trips(every=6)),
        Made(market=quiet_market(244), trips=trips(every=6)),
        context=LIST,
    ),
    pair("SURVIVORSHIP", Made(), Made(), context={"universe": {"codes": ["600000.SH"]}}, **ALL),
    pair(
        "SURVIVORSHIP",
        Made(),
        Made(),
        context={"universe": {"any": [{"rank": "pe", "top": 3, "within": {"codes": CODES}}, CODES]}},
        universe={"any": [CODES, {"index": "000300.SH"}]},
    ),
    pair("NO_DELISTED_STOCKS", crowd(305, 1_200), crowd(305, 1_199), context=ALL),
    pair("NO_DELISTED_STOCKS", crowd(305, 1_200), crowd(305, 1_200), context={"universe": {"rank": "amount", "top": 50}}, **MEMBERS),
    pair("NO_DELISTED_STOCKS", Made(), Made(), context=FROM | told(1_500, 1.0), **FROM | told(1_499, 1.0)),
    pair("NO_DELISTED_STOCKS", Made(), crowd(305, 1_200), context=FROM | MEMBERS | told(300, 5.0), **FROM | ALL),
    pair("NO_DELISTED_STOCKS", Made(), Made(), context=FROM | {"universe": {"rank": "pe", "top": 2}} | told(9_999, 3.0), **FROM | MEMBERS),
    pair("BENCHMARK_GAP", gaps(3, 4, 9), Made()),
    pair("BENCHMARK_GAP", gaps(0), Made()),
    pair("NO_BENCHMARK", Made(market=replace(quiet_market(), benchmark=None)), Made()),
    pair("LIKE_BENCHMARK", Made(stats={"beta": 0.96, "tracking_error": 0.02}), Made(stats={"beta": 0.94, "tracking_error": 0.02})),
    pair("LIKE_BENCHMARK", Made(stats={"beta": 1.0, "tracking_error": 0.01}), Made(stats={"beta": 1.0, "tracking_error": 0.021})),
)


@pytest.mark.parametrize("each", PAIRS, ids=lambda each: each.code)
def test_a_change_brings_the_finding_and_a_smaller_one_does_not(each: Pair) -> None:
    assert found(each.brings, each.context) - each.beside == {each.code}
    assert found(each.spares, each.spared) - each.beside == set()


def test_every_check_has_its_pair() -> None:
    """LOOK_AHEAD is tried on trades in test_doctor_runs.py."""
    codes = [check.code for check in CHECKS]
    assert len(set(codes)) == len(codes)
    assert {each.code for each in PAIRS} | {"LOOK_AHEAD"} == set(codes)


# ------------------------------------------------------------------------------------------------- figures and words


def figures(made: Made, code: str, context: Mapping[str, Any] = MEMBERS) -> Mapping[str, float | int | str]:
    return next(finding.figures for finding in examine(made.result(), context) if finding.code == code)


def test_figures_are_those_of_the_result() -> None:
    assert figures(Made(trips=trips(29)), "TOO_FEW_TRADES") == {"trades": 29}
    assert figures(Made(events=(BREAKER,)), "BREAKER") == {"since": "2022-02-07", "after": 14, "share": 14 / 300}
    assert figures(refused(Reject.LIMIT_UP, 120), "MANY_REFUSALS")["refused"] == 120
    assert figures(refused(Reject.LIMIT_UP, 120), "MANY_REFUSALS")["share"] == pytest.approx(0.6)
    costs = figures(costing(6_000_000), "COSTS")
    assert costs == {"fees": 6_000.0, "before": 10_000.0, "share": pytest.approx(0.6), "pnl": 4_000.0}
    unrealised = figures(Made(trips=open_at_end(12_000)), "OPEN_AT_END")
    assert unrealised == {"positions": 1, "unrealised": 12_000.0, "pnl": 16_000.0, "share": 0.75}
    assert figures(in_one_month(200_000), "ONE_MONTH")["month"] == "2021-03"
    beyond = figures(Made(earned={200: 300_000_000, 210: 400_000_000}), "BEYOND_LIMITS")
    assert (beyond["sessions"], beyond["date"]) == (2, "2021-10-25")
    assert beyond["widest"] == pytest.approx(110 / 90 - 1)


def test_where_no_order_was_refused_a_most_frequent_reason_was_told() -> None:
    silent, refused = (examine(Made(trips=(), refusals=counts).result(), MEMBERS)[0].text for counts in ({}, {Reject.NO_CASH: 7}))
    assert silent.zh.startswith("整个区间没有一笔买入，也没有委托被拒。") and "no order was refused." in silent.en
    assert "委托被拒 7 次，最多的原因：资金不足。" in refused.zh and "orders were refused (7), most often: " in refused.en


def test_one_trade_was_told_in_the_plural() -> None:
    assert any("Closed trades: 1, fewer than 30." in finding.text.en for finding in examine(Made(trips=trips(1)).result(), MEMBERS))


def test_the_one_that_earned_it_is_named() -> None:
    made = Made(trips=first_earns(5_701))
    stock, trade = figures(made, "ONE_STOCK"), figures(made, "ONE_TRADE")
    assert (stock["ts_code"], stock["earned"], stock["pnl"]) == ("000001.SZ", 5_701.0 + 6 * 300, 9_401.0)
    assert (trade["ts_code"], trade["earned"], trade["rest"]) == ("000001.SZ", 5_701.0, 3_700.0)


def test_who_chose_a_few_stocks_is_not_told_that_one_earned_most() -> None:
    few = Made(market=quiet_market(codes=["000001.SZ", "000002.SZ", "000063.SZ", "600000.SH"]))
    wins = replace(few, trips=tuple(Trip(k % 4, 7 * k + 1, 7 * k + 4, 600 if k % 4 == 0 else -100) for k in range(40)))
    assert found(wins) == set()


def test_a_wider_board_allows_more_in_a_session() -> None:
    codes = ["000001.SZ", "000002.SZ", "000063.SZ", "300750.SZ", "600519.SH", "601318.SH"]
    leap = Made(market=quiet_market(codes=codes), earned={200: 300_000_000})
    assert "BEYOND_LIMITS" not in found(leap)
    main = replace(leap, trips=tuple(replace(trip, stock=trip.stock % 3) for trip in trips()))
    assert "BEYOND_LIMITS" in found(main)


def test_gaps_of_the_benchmark_are_told_as_ranges() -> None:
    assert figures(gaps(3, 4, 9), "BENCHMARK_GAP") == {
        "benchmark": "000300.SH",
        "sessions": 3,
        "ranges": "2021-01-06..2021-01-07 (2), 2021-01-14..2021-01-14 (1)",
    }
    assert figures(gaps(0), "BENCHMARK_GAP")["ranges"] == "the reference before the window"
    assert str(figures(gaps(1, 3, 5, 7, 9), "BENCHMARK_GAP")["ranges"]).endswith("and 2 more ranges")


def test_funds_and_orders_from_outside_are_no_hindsight() -> None:
    funds = ["159915.SZ", "510050.SH", "510300.SH", "510500.SH", "512880.SH", "588000.SH"]
    assert found(Made(market=quiet_market(codes=funds)), {"universe": funds}) == set()
    made = Made().result()
    log = made.outcome.events
    assert log is not None
    ordered = log.copy()
    ordered[ordered[:, KIND] == Kind.BUY, CODE] = Reason.ORDER
    assert examine(replace(made, outcome=replace(made.outcome, events=ordered)), LIST) == ()
    assert [finding.code for finding in examine(made, LIST)] == ["SURVIVORSHIP"]


def test_codes_that_cannot_trade_are_told_with_their_reasons() -> None:
    gone = [f"60{number:04d}.SH" for number in range(1, 8)]
    later = {"code": gone[0], "reason": "listed_later", "date": "2023-02-01"}
    context = {"universe": {"kind": "codes", "codes": [*CODES, GONE["code"], *gone]}, "cannot_trade": [GONE, later]}
    seen = figures(Made(), "CANNOT_TRADE", context)
    assert (seen["codes"], seen["named"]) == (8, 14)
    assert str(seen["told"]).startswith("000005.SZ (delisted on 2019-08-01), 600001.SH (listed on 2023-02-01), 600002.SH (no bar in the")
    assert str(seen["told"]).endswith(" and 3 more")


def test_sessions_without_a_universe_are_counted_by_the_day() -> None:
    market = quiet_market()
    late = replace(market, member=np.where(np.arange(300)[:, None] < 12, 0, market.member).astype(np.uint8))
    assert figures(Made(market=late), "EMPTY_UNIVERSE") == {"sessions": 12, "of": 300, "first": "2021-01-04", "last": "2021-01-19"}
    hourly = replace(late, sessions=np.repeat(market.sessions[:75], 4))
    assert figures(Made(market=hourly, trips=()), "EMPTY_UNIVERSE")["sessions"] == 3


def test_a_short_window_is_no_reason_to_doubt_its_annual_return() -> None:
    short = Made(market=quiet_market(121), trips=SHORT, stats={"annual_return": 40.0, "sharpe": 9.0})
    assert found(short) == {"TOO_SHORT"}


def test_the_gravest_come_first() -> None:
    made = Made(trips=trips(29), market=market_with(entries(1), volume=900), stats={"exposure": 0.1, "sharpe": 6.0})
    severities = [finding.severity for finding in examine(made.result(), MEMBERS)]
    assert severities == ["serious", "serious", "warning", "info"]


@pytest.mark.parametrize("each", PAIRS, ids=lambda each: each.code)
def test_words_are_filled_in_both_languages_and_travel_as_json(each: Pair) -> None:
    for finding in examine(each.brings.result(), each.context):
        for words in (finding.title, finding.text):
            assert not set("{}") & set(words.zh + words.en)
            assert any("一" <= letter <= "鿿" for letter in words.zh)
            assert not any("一" <= letter <= "鿿" for letter in words.en)
        for value in finding.figures.values():
            assert not isinstance(value, np.generic)
        told = json.loads(json.dumps(finding.to_json(), allow_nan=False))
        assert set(told) == {"code", "severity", "figures", "title", "text"}


# ------------------------------------------------------------------------------------------------- little or nothing to read


@pytest.mark.parametrize("each", PAIRS, ids=lambda each: each.code)
def test_a_run_that_was_not_recorded_is_examined_by_its_figures(each: Pair) -> None:
    whole, bare = found(each.brings, each.context), found(replace(each.brings, is_recorded=False), each.context)
    assert bare <= whole
    assert whole - bare <= {"ONE_STOCK", "ONE_TRADE", "BREAKER", "DELISTED", "FILLS_AT_LIMIT", "LARGE_IN_VOLUME", "MORE_THAN_TRADED"}


@pytest.mark.parametrize("sessions", [0, 1, 2])
@pytest.mark.parametrize("is_recorded", [True, False])
def test_hardly_a_curve(sessions: int, is_recorded: bool) -> None:
    nothing = dict.fromkeys(("annual_return", "sharpe", "volatility", "exposure", "beta", "tracking_error"))
    made = Made(market=quiet_market(sessions), trips=(), stats=nothing, is_recorded=is_recorded)
    assert found(made) == {"NO_TRADES", "TOO_SHORT"}
    assert found(made, {}) == {"NO_TRADES", "TOO_SHORT"}
    assert found(made, {"universe": None}) == {"NO_TRADES", "TOO_SHORT"}


def test_an_account_that_lost_everything() -> None:
    assert "ONE_MONTH" not in found(Made(earned={100: -CASH - 4_000_000}))


def test_the_doctor_loads_no_compiler() -> None:
    code = "import sys, engine.doctor.examine; sys.exit('numba' in sys.modules or 'engine.compiled' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
