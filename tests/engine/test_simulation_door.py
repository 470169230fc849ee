"""What kernels take for granted is verified at the door, with every problem named."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.errors import MarketError, RulesError
from engine.simulation.day_actions import BOTTOM, TOP
from engine.simulation.run import Signals, simulate
from engine.simulation.tape import prepare
from engine.terms import ONE, Conditions, Terms
from tests.engine.flat_markets import flat_market

DAYS = [20240102, 20240103, 20240104]
TERMS = Terms(initial_cash=10**9, max_positions=2)


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


def quiet(rows: int, words: int) -> Signals:
    return Signals(np.zeros((rows, words), np.uint64), np.zeros((rows, words), np.uint64), np.zeros((rows, 64 * words)))
