"""What kernels take for granted is verified at the door, with every problem named."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.errors import MarketError, RulesError
from engine.simulation.day_actions import BOTTOM, TOP
from engine.simulation.door import MOST_STOCKS, check_market
from engine.simulation.run import Signals, simulate, simulate_script
from engine.simulation.script import script_of
from engine.simulation.tape import Tape, prepare
from engine.terms import ONE, Conditions, Terms
from tests.engine.flat_markets import flat_market

DAYS = [20240102, 20240103, 20240104]
TERMS = Terms(initial_cash=10**9, max_positions=2)
UNLIMITED = Conditions(price_limits=False)


def messages(error: Any) -> str:
    return str(error.value)


def test_a_sound_market_passes() -> None:
    tape = prepare(flat_market(["000001.SZ", "600001.SH"], DAYS))
    assert (tape.rows, tape.stocks) == (3, 64)


def test_wrong_types_shapes_and_layouts_are_all_told() -> None:
    market = flat_market(["000001.SZ", "600001.SH"], DAYS)
    bad = replace(
        market,
        open=market.open.astype(np.int64),  # type: ignore[arg-type]
        high=np.asfortranarray(market.high),
        volume=market.volume[:2],
        codes=("000001.SZ",),
        window_start=3,
    )
    with pytest.raises(MarketError) as error:
        prepare(bad)
    assert {problem.field for problem in error.value.problems} == {"open", "high", "volume", "codes", "window_start"}
    assert "must be int32 (3, 2), is int64 (3, 2)" in messages(error)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("low", 10_001, "does not lie below open"),
        ("high", 9_999, "does not lie above open"),
        ("pre_close", 0, "pre_close: is missing"),
        ("volume", -1, "volume: is negative"),
        ("volume", 2 * 10**15, "too large"),
        ("adj_factor", 0, "adj_factor: is not positive"),
        ("open", 0, "no bar"),
        ("high", 1_000_000_001, "is above 1,000,000,000 li"),
        ("limit_up", -1, "limit_up: is negative"),
    ],
)
def test_impossible_cells_are_named(name: str, value: int, message: str) -> None:
    market = flat_market(["000001.SZ", "600001.SH"], DAYS)
    getattr(market, name)[1, 1] = value
    with pytest.raises(MarketError) as error:
        prepare(market)
    assert message in messages(error)
    assert "600001.SH on 20240103" in messages(error)


def test_days_and_codes_ascend_and_boards_are_known() -> None:
    market = flat_market(["000001.SZ", "600001.SH"], DAYS)
    bad = replace(market, sessions=market.sessions[::-1].copy(), codes=("600001.SH", "000001.SZ"), boards=("main", "index"))
    with pytest.raises(MarketError) as error:
        prepare(bad)
    assert [problem.field for problem in error.value.problems] == ["sessions", "codes", "boards"]
    assert "an index cannot be traded" in messages(error)


@pytest.mark.parametrize(("days", "message"), [([20240102, 20240102], "comes twice"), ([20240229, 20240230], "20240230 is no day")])
def test_days_that_no_calendar_has_or_that_come_twice_are_refused(days: list[int], message: str) -> None:
    with pytest.raises(MarketError, match=message):
        prepare(flat_market(["600001.SH"], days))


def test_more_columns_than_positions_can_be_numbered_are_refused() -> None:
    codes = [f"{number:06d}.SH" for number in range(MOST_STOCKS + 1)]
    assert "at most 32,704 can be held" in str(check_market(flat_market(codes, DAYS[:1]))[0])


def test_amounts_and_members_of_another_shape_are_refused_before_anything_is_computed_from_them() -> None:
    market = flat_market(["600001.SH"], DAYS)
    with pytest.raises(MarketError) as error:
        prepare(replace(market, amount=market.amount[:1], member=market.member.astype(bool), window_start=0.5))  # type: ignore[arg-type]
    assert [problem.field for problem in error.value.problems] == ["window_start", "amount", "member"]


def test_conditions_that_nobody_plays_by_are_all_told() -> None:
    wrong = Conditions(fill="open", actions="sell", lots=2, stamp_duty=ONE, transfer_fee=-1)  # type: ignore[arg-type]
    with pytest.raises(RulesError) as error:
        prepare(flat_market(["600001.SH"], DAYS), wrong)
    assert [problem.field.removeprefix("terms.") for problem in error.value.problems] == [
        "fill",
        "actions",
        "lots",
        "stamp_duty",
        "transfer_fee",
    ]


def test_terms_of_an_unknown_kind_are_told_by_their_names() -> None:
    wrong = replace(TERMS, sizing="all", slippage_model="luck", keep_rest=1, max_holding=True)  # type: ignore[arg-type]
    with pytest.raises(RulesError) as error:
        simulate(prepare(flat_market(["600001.SH"], DAYS)), quiet(3, 1), wrong)
    assert [problem.field.removeprefix("terms.") for problem in error.value.problems[:3]] == ["sizing", "slippage_model", "keep_rest"]
    assert "one of equal, amount, shares, percent" in messages(error)
    assert "True is not a whole number" in messages(error)


def test_prices_of_signals_are_prices() -> None:
    """A negative limit would buy shares and be paid for it."""
    tape, signals = prepare(flat_market(["600001.SH"], DAYS)), quiet(3, 1)
    with pytest.raises(MarketError, match=r"signals.buy_limit: must be from 0 to 1,000,000,000 li, and some are -10"):
        simulate(tape, signals._replace(buy_limit=np.full((3, 64), -10, np.int32)), TERMS)
    with pytest.raises(MarketError, match=r"signals\.sell_stop"):
        simulate(tape, signals._replace(sell_stop=np.full((3, 64), 2**31 - 1, np.int32)), TERMS)


def test_weights_of_signals_are_shares_of_equity() -> None:
    """All of a row or nothing of it: kernels ask its first place whether the row wants anything."""
    tape, signals, weight = prepare(flat_market(["600001.SH"], DAYS)), quiet(3, 1), np.full((3, 64), -1, np.int32)
    assert simulate(tape, signals._replace(weight=weight.copy()), TERMS).tallies.buys == 0
    with pytest.raises(MarketError, match=r"signals.weight: must be from -1 to 10,000,000, and some are 10000001"):
        simulate(tape, signals._replace(weight=np.full((3, 64), ONE + 1, np.int32)), TERMS)
    weight[1, 1] = 0
    with pytest.raises(MarketError, match=r"signals.weight: is -1 in some places of a row only"):
        simulate(tape, signals._replace(weight=weight), TERMS)


@pytest.mark.parametrize(
    ("orders", "targets", "message"),
    [
        ([[0, 0, -(2**63), 0, 0, 0, 0, 0]], [], "has shares that are not 1 to"),
        ([[0, 0, 100, 10, 0, 10, 0, 0]], [], "an exact price beside a limit"),
        ([[0, 0, 100, 0, 0, 0, 7, 0]], [], "rests neither for the day"),
        ([], [[0, 0, ONE // 2], [0, 0, ONE // 2]], "row 1 names a stock of this bar once more"),
    ],
)
def test_a_script_that_says_two_things_is_refused(orders: Any, targets: Any, message: str) -> None:
    tape = prepare(flat_market(["600001.SH"], DAYS))
    script = script_of(np.array(orders, np.int64).reshape(-1, 8), np.array(targets, np.int64).reshape(-1, 3), 3)
    with pytest.raises(MarketError, match=message):
        simulate_script(tape, script, TERMS)


def test_a_script_that_was_laid_out_by_hand_is_not_believed() -> None:
    tape, order = prepare(flat_market(["600001.SH"], DAYS)), np.array([[0, 0, 100, 0, 0, 0, 0, 0]])
    script = script_of(order, np.zeros((0, 3), np.int64), 3)
    with pytest.raises(MarketError, match="are laid out for 5 rows, and there are 1"):
        simulate_script(tape, script._replace(order_at=np.array([0, 1, 1, 5])), TERMS)
    with pytest.raises(MarketError, match=r"orders: must be int64 \(X, 8\)"):
        simulate_script(tape, script._replace(orders=order.astype(np.int32)), TERMS)


def test_a_window_before_the_rules_is_refused() -> None:
    with pytest.raises(RulesError, match="begin on 2015-08-01"):
        prepare(flat_market(["600001.SH"], [20140102, 20140103]))


def test_warm_up_may_lie_before_the_rules() -> None:
    prepare(replace(flat_market(["600001.SH"], [20150731, 20150803]), window_start=1))


def test_impossible_terms_are_all_told() -> None:
    tape = prepare(flat_market(["600001.SH"], DAYS))
    with pytest.raises(RulesError) as error:
        simulate(tape, quiet(3, 1), replace(TERMS, initial_cash=0, max_positions=40_000, stop_loss=ONE, slippage=-1))
    assert [problem.field for problem in error.value.problems] == [
        "terms.initial_cash",
        "terms.max_positions",
        "terms.slippage",
        "terms.stop_loss",
    ]


def test_terms_and_tape_agree_on_what_orders_meet() -> None:
    tape = prepare(flat_market(["600001.SH"], DAYS), Conditions(fill="vwap"))
    with pytest.raises(RulesError, match=r"terms\.fill: 'next_open', and the tape is prepared for 'vwap'"):
        simulate(tape, quiet(3, 1), TERMS)


def test_signals_of_another_shape_are_refused() -> None:
    tape = prepare(flat_market(["600001.SH"], DAYS))
    with pytest.raises(MarketError, match=r"signals.entry: must be a C-contiguous writable uint64 \(3, 1\)"):
        simulate(tape, quiet(2, 1), TERMS)


def test_read_only_arrays_are_copied_not_compiled_anew() -> None:
    market = flat_market([f"{600000 + k}.SH" for k in range(64)], DAYS)
    market.open.flags.writeable = False
    assert prepare(market).bars.open.flags.writeable


def test_cumulative_factors_beyond_exact_arithmetic_take_the_nearest_ratio() -> None:
    """A factor of 5,000 with six decimals: numerator x denominator passes 2**62."""
    market = flat_market(["600001.SH"], DAYS)
    market.adj_factor[:2], market.adj_factor[2] = 5_000_000_001, 10_000_000_007
    market.pre_close[2] = market.open[2] = market.low[2] = 5_000
    row = prepare(market).bars.action_rows[0]
    assert int(row[TOP]) * int(row[BOTTOM]) < 2**62
    assert row[TOP] / row[BOTTOM] == pytest.approx(10_000_000_007 / 5_000_000_001, rel=1e-9)


def test_a_day_that_the_data_lack_was_a_split() -> None:
    """10.00, a hole, then a pre_close of 5.00 under the same factor: the stock fell, nobody got shares."""
    market = flat_market(["600001.SH"], DAYS)
    market.pre_close[2] = market.open[2] = market.low[2] = 5_000
    assert len(prepare(market).bars.action_rows) == 0


def test_a_ratio_that_nothing_can_express_is_refused() -> None:
    market = flat_market(["600001.SH"], DAYS)
    market.adj_factor[:2], market.adj_factor[2] = 2**62, 1
    market.pre_close[2] = market.open[2] = market.low[2] = 5_000
    with pytest.raises(MarketError, match=r"shares of 600001.SH cannot be multiplied by 1 / \d+ on 20240104"):
        prepare(market)


def test_enormous_cash_does_not_overflow() -> None:
    """The largest account, one slot: an order of ten billion yuan less fees, sold the day after, loses its fees and nothing else."""
    market = flat_market(["600001.SH"], DAYS, price=1_000)
    signals = quiet(3, 1)
    signals.entry[0], signals.exit[1] = 1, 1
    outcome = simulate(prepare(market), signals, Terms(initial_cash=10**13, max_positions=1, commission=30_000))
    assert outcome.tallies.bought == outcome.tallies.sold > 9.9 * 10**12
    assert outcome.cash == 10**13 - outcome.tallies.fees
    assert outcome.tallies.commission == 2 * (outcome.tallies.bought * 3 // 10_000) * 10


def rising(prices: list[int]) -> tuple[Tape, Signals]:
    """A stock without limits: it is bought on the first bar and sold at the last but one's close."""
    market = flat_market(["600001.SH"], [20240102 + k for k in range(len(prices))])
    for name in ("open", "high", "low", "close", "pre_close"):
        getattr(market, name)[:, 0] = prices
    signals = quiet(len(prices), 1)
    signals.entry[0], signals.exit[len(prices) - 2] = 1, 1
    return prepare(market, UNLIMITED), signals


def test_fees_of_a_sale_of_ten_trillion_yuan_are_exact() -> None:
    """Value x rate does not fit int64: the duty was off by a thousand million yuan."""
    tape, signals = rising([1_000, 1_000, 1_000_000, 1_000_000])
    terms = Terms(initial_cash=10**13, max_positions=1, commission=0, commission_minimum=0, conditions=UNLIMITED)
    tallies = simulate(tape, signals, terms).tallies
    assert tallies.sold > 9 * 10**15
    assert tallies.duty == (tallies.sold * 5_000 // ONE + 5) // 10 * 10
    assert tallies.transfer == (tallies.bought * 100 // ONE + 5) // 10 * 10 + (tallies.sold * 100 // ONE + 5) // 10 * 10


def test_an_account_that_outgrows_exact_money_says_so() -> None:
    """A million-fold of ten billion yuan overflowed in silence."""
    tape, signals = rising([1_000, 1_000, 30_000, 900_000, 27_000_000, 810_000_000, 810_000_000])
    terms = Terms(initial_cash=10**13, max_positions=1, conditions=UNLIMITED)
    with pytest.raises(MarketError, match="the account outgrows 288 trillion yuan by 20240107"):
        simulate(tape, signals, terms)


def quiet(rows: int, words: int) -> Signals:
    return Signals(np.zeros((rows, words), np.uint64), np.zeros((rows, words), np.uint64), np.zeros((rows, 64 * words)))
