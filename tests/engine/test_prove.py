"""The proof that nothing looks ahead: it holds for what the engine computes, and finds a peek into the future where one is put."""

from dataclasses import replace

import numpy as np
import pytest

from engine.first_bars import first_bars
from engine.language import Program, compile_strategy
from engine.market import Market
from engine.prove import choose_cuts, decided_on, prove
from tests.engine.panels import first_sessions, random_market
from tests.peeking import peek

SIGNALS = compile_strategy(
    "name: x\nlet: {fast: 'sma(close, 3)'}\nentry: cross_above(fast, sma(close, 8))\nexit: close < ref(close, 2)\nrank: roc(close, 4)\n"
    "execution: {buy: {limit: raw_close * 0.99}}\n"
)
ROTATION = compile_strategy("name: x\nselect: {top: 2, by: 'rsi(close, 4)', every: week, keep_within: 3}\n")


@pytest.mark.parametrize("program", [SIGNALS, ROTATION], ids=["signals", "rotation"])
def test_what_the_engine_computes_looks_at_nothing_ahead(program: Program) -> None:
    market = random_market(1, sessions=80, stocks=70, warm_up=20, members=0.9)
    cuts = choose_cuts(market, 6, 1)
    proof = prove(program, market, {}, cuts)
    assert proof.holds and proof.cuts == cuts and {"entry", "exit", "rank"} <= set(proof.outputs)
    assert proof.cells == sum(cuts) * 70 * len(proof.outputs)
    assert ("buy_limit" in proof.outputs) == (program is SIGNALS)


def test_a_peek_is_found_at_its_first_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    market = random_market(2, sessions=60, stocks=3, warm_up=10, holes=0, late=0)
    peek(monkeypatch, "roc")
    proof = prove(SIGNALS, market, {}, [30, 40])
    found = proof.first
    assert not proof.holds and found is not None
    # the last bar that was left is the only one whose next bar is gone: of the first cut and the first stock
    assert (found.output, found.row, found.last_bar, found.code) == ("rank", 29, 29, market.codes[0])
    assert found.session == int(market.sessions[29]) and found.whole != found.cut


def test_a_peek_that_reaches_a_set_of_stocks_is_found_by_its_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    market = random_market(3, sessions=60, stocks=70, warm_up=10, holes=0, late=0)
    peek(monkeypatch, "cross_above")
    proof = prove(SIGNALS, market, {}, list(range(20, 60)))
    assert proof.first is not None and proof.first.output == "entry"
    assert {proof.first.whole, proof.first.cut} == {0, 1} and proof.first.code in market.codes


def test_cuts_are_spread_over_the_window_and_the_last_bar_is_always_cut_off() -> None:
    market = random_market(4, sessions=100, warm_up=20)
    cuts = choose_cuts(market, 9, 7)
    assert cuts == choose_cuts(market, 9, 7) != choose_cuts(market, 9, 8)
    assert len(cuts) == 9 and cuts[-1] == 99 and min(cuts) > 20
    assert all(any(low < cut <= low + 20 for cut in cuts) for low in range(20, 100, 20)), "none of five stretches is left out"
    assert choose_cuts(market, 1, 1) == (99,)
    assert choose_cuts(replace(market, window_start=97), 9, 1) == (98, 99)
    assert choose_cuts(replace(market, window_start=99), 9, 1) == ()


def test_a_cut_within_the_warm_up_would_move_the_window_and_is_refused() -> None:
    market = random_market(5, sessions=30, warm_up=10)
    for count in (0, 10, 31):
        with pytest.raises(ValueError, match="a cut leaves more"):
            prove(SIGNALS, market, {}, [count])
    assert prove(SIGNALS, market, {}, [11, 30]).holds


def test_cutting_is_what_the_look_ahead_sweep_does() -> None:
    market = random_market(6, sessions=30, warm_up=10)
    ours, theirs = first_bars(market, 17), first_sessions(market, 17)
    for name, value in vars(theirs).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(ours, name), value, err_msg=name)
    assert ours.shape == (17, market.shape[1]) and ours.fields["pe"].shape == ours.shape


def test_other_bars_are_cut_by_the_clock() -> None:
    """What an index or a day was is known when its bar has ended, and not before."""
    market, index = random_market(7, sessions=30, warm_up=10), random_market(8, sessions=30, stocks=1, warm_up=10)
    found = first_bars(replace(market, references={"000300.SH": index}), 12)
    assert found.references["000300.SH"].shape[0] == 12
    earlier = replace(index, times=index.times + 60_000)
    assert first_bars(replace(market, references={"000300.SH": earlier}), 12).references["000300.SH"].shape[0] == 11


def test_signals_of_finer_orders_are_those_of_the_deciding_bars() -> None:
    market = random_market(9, sessions=30, warm_up=10)
    outer: Market = replace(market, decided_by=random_market(9, sessions=25, warm_up=10))
    assert decided_on(outer).shape[0] == 25 and decided_on(market) is market
    assert prove(SIGNALS, outer, {}, choose_cuts(outer, 3, 1)).cuts[-1] == 24
