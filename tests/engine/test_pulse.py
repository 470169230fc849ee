"""Long work is cut into stretches: none is left out, none is done twice, and whoever says stop is heard between them."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path
from time import thread_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.generated import generated_market
from bench.generated_facts import with_facts
from engine import pulse as pulses
from engine.evaluate import Cell, evaluate, evaluate_as_it_comes, evaluate_block
from engine.first_bars import first_bars
from engine.language import compile_strategy
from engine.market import Benchmark, Market
from engine.prove import proved
from engine.pulse import Pulse
from engine.results import Result, Stopped
from engine.simulation import Interrupted, run
from tests.engine.panels import random_market

CASH = 3_000_000_000
SIGNALS = """
name: signals
params: {n: {default: 8, min: 3, max: 40}}
universe: {all: true}
let: {level: "zscore(winsorize(roc(close, n), 3)) + neutralize(rank(std(close, n)))"}
entry: cross_above(close, sma(close, n)) and level > -1
exit: cross_below(close, ema(vwap, n)) or ts_rank(close, n) < 0.2
rank: level
portfolio: {max_positions: 5}
execution: {buy: {limit: raw_close * 0.99}}
"""
ROTATION = """
name: rotation
params: {n: {default: 10, min: 3, max: 40}}
universe: {all: true}
select: {top: 4, by: "rank(sma(close, n) / std(close, n)) + demean(volume)", every: week, keep_within: 9}
"""
WEIGHTS = """
name: weights
params: {n: {default: 10, min: 3, max: 40}}
universe: {all: true}
select: {top: 4, by: "roc(close, n)", weight: "1 / std(close, n)", every: month}
"""
TEXTS = (SIGNALS, ROTATION, WEIGHTS)
GRID = [{"n": n} for n in range(3, 15)]
ENGINE = Path(pulses.__file__).parent

STAGES = (
    ("simulation/tape.py", "prepare"),
    ("simulation/door.py", "_check_cells"),
    ("simulation/limits.py", "limits_from"),
    ("indicators/bars.py", "_layout"),
    ("indicators/bars.py", "take"),
    ("indicators/bars.py", "read"),
    ("indicators/bars.py", "_bar_at"),
    ("indicators/bars.py", "_members"),
    ("indicators/cross_section.py", "_day_by_day"),
    ("indicators/cross_section.py", "_industries_of"),
    ("indicators/selection.py", "select_entry"),
    ("indicators/selection.py", "select_exit"),
    ("indicators/weighting.py", "select_weights"),
    ("indicators/compute.py", "_run"),
    ("indicators/compute.py", "_operate"),
    ("indicators/compute.py", "_by_session"),
    ("indicators/sessions.py", "numbers_by_session"),
    ("indicators/sessions.py", "prices_by_session"),
    ("simulation/run.py", "run"),
    ("first_bars.py", "first_bars"),
)
"""Where time goes on a whole market: each asks at least twice while it works. A new stage is a new row."""


@given(st.integers(0, 500), st.integers(0, 3 * pulses.STRETCH), st.integers(0, 10**6))
def test_stretches_leave_nothing_out_and_none_is_long(size: int, cost: int, work: int) -> None:
    seen: list[float] = []
    pulse = Pulse(lambda share: seen.append(share) is None)
    pulse.begin(0.5, work)
    found = list(pulse.stretches(size, cost, work))
    assert [each for first, end in found for each in range(first, end)] == list(range(size))
    assert all(end - first == 1 or (end - first) * cost <= pulses.STRETCH for first, end in found)
    assert seen == sorted(seen) and len(seen) == len(found)
    assert not size or seen[-1] == (0.5 if work else 0.0)


def test_who_is_not_asked_works_in_one_stretch() -> None:
    assert list(Pulse().stretches(1000, pulses.STRETCH)) == [(0, 1000)]
    Pulse().did(5)


def test_a_stop_is_heard_by_every_thread_that_shares_the_pulse() -> None:
    answers = iter([True, False])
    pulse = Pulse(lambda _: next(answers))
    pulse.did()
    for _ in range(3):  # nobody is asked again
        with pytest.raises(Interrupted):
            pulse.did()


@pytest.fixture
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one thing each, as if everything took long."""
    monkeypatch.setattr(pulses, "STRETCH", 1)


def whole(market: Market) -> list[list[str]]:
    return [[cell.content_hash for cell in evaluate_block(compile_strategy(text), market, GRID, CASH)] for text in TEXTS]


def fresh(seed: int = 5, stocks: int = 70) -> Market:
    market = with_facts(random_market(seed, sessions=90, stocks=stocks, warm_up=20, members=0.9))
    assert market.benchmark is not None
    return replace(market, benchmark=Benchmark(market.benchmark.code, market.benchmark.closes[market.window_start :]))


@pytest.mark.usefixtures("short_stretches")
def test_the_shortest_stretches_give_the_same_bytes() -> None:
    right, market, shares = whole(fresh()), fresh(), list[float]()
    for threads in (1, 2):
        for text, hashes in zip(TEXTS, right, strict=True):
            shares.clear()
            cells = evaluate_block(compile_strategy(text), market, GRID, CASH, lambda share: shares.append(share) is None, threads)
            assert [cell.content_hash for cell in cells] == hashes
            assert shares == sorted(shares) and shares[-1] == 1.0
    for text, hashes in zip(TEXTS, right, strict=True):
        shares.clear()
        alone = evaluate(compile_strategy(text), fresh(), GRID[0], CASH, lambda share: shares.append(share) is None)
        assert alone.cell.content_hash == hashes[0]
        assert shares == sorted(shares) and shares[-1] == 1.0
        shares.clear()
        proof = proved(compile_strategy(text), fresh(), GRID[0], lambda share: shares.append(share) is None)
        assert proof == proved(compile_strategy(text), fresh(), GRID[0])
        assert shares == sorted(shares) and 0.9 < shares[-1] <= 1.0


@pytest.mark.usefixtures("short_stretches")
def test_every_stage_asks_while_it_works() -> None:
    asked: Counter[tuple[str, str]] = Counter()

    def listen(_: float) -> bool:
        frame, found = sys._getframe(1), set[tuple[str, str]]()
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(ENGINE):
                found.add((path.relative_to(ENGINE).as_posix(), frame.f_code.co_name))
            frame = frame.f_back  # type: ignore[assignment]
        asked.update(found)
        return True

    for text in TEXTS:
        program = compile_strategy(text)
        evaluate_block(program, fresh(stocks=6), GRID[:2], CASH, listen)
        evaluate(program, fresh(stocks=6), GRID[0], CASH, listen)
        proved(program, fresh(stocks=6), GRID[0], listen)
    assert {stage: asked[stage] for stage in STAGES if asked[stage] < 2} == {}


@pytest.mark.parametrize("text", TEXTS, ids=["signals", "rotation", "weights"])
@pytest.mark.usefixtures("short_stretches")
def test_who_was_stopped_anywhere_computes_the_same_the_next_time(text: str) -> None:
    """What is kept beside a market must be whole, or not there."""
    program, asks = compile_strategy(text), count()
    right = evaluate(program, fresh(), GRID[0], CASH, lambda _: next(asks) >= 0).cell.content_hash
    market, at = fresh(), 0
    while True:
        at += max(1, at // 3)
        calls = count()
        try:
            found = evaluate(program, market, GRID[0], CASH, lambda _, last=at, calls=calls: next(calls) < last)  # type: ignore[misc]
        except Interrupted:
            continue
        assert found.cell.content_hash == right
        return


def test_whatever_is_done_before_a_stop_is_handed_out() -> None:
    """Combinations that were traded to their end, in whatever order they came."""
    program, market = compile_strategy(SIGNALS), fresh()
    right = evaluate_block(program, market, GRID * 40, CASH)
    came: dict[int, Cell] = {}
    with pytest.raises(Interrupted):
        for number, cell in evaluate_as_it_comes(program, market, GRID * 40, CASH, lambda share: share < 0.7):
            came[number] = cell
    assert 0 < len(came) < len(right)
    assert all(right[number].content_hash == cell.content_hash for number, cell in came.items())


# ----------------------------------------------------------------------------------------------- an account as far as it came


@pytest.mark.parametrize("text", TEXTS, ids=["signals", "rotation", "weights"])
def test_a_stopped_run_has_the_account_of_a_window_that_ends_there(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LONE_TILE", 7)
    program = compile_strategy(text)
    market = fresh(stocks=12)
    for lived in (7, 28, 63):
        result = stopped_after(lived, lambda listen: evaluate(program, market, GRID[0], CASH, listen))
        known = first_bars(market, market.window_start + lived)
        short = evaluate(program, known, GRID[0], CASH)
        assert result.cell.content_hash == short.cell.content_hash
        ours, theirs = result.outcome, short.outcome
        assert ours.equity.size == lived and ours.equity.tolist() == theirs.equity.tolist()
        assert ours.events is not None and theirs.events is not None and ours.events.tolist() == theirs.events.tolist()
        assert (ours.holdings, ours.cash, ours.receivable, ours.tallies) == (
            theirs.holdings,
            theirs.cash,
            theirs.receivable,
            theirs.tallies,
        )
        assert ours.exits is not None and theirs.exits is not None and np.array_equal(ours.exits, theirs.exits)
        assert result.market.sessions.tolist() == known.sessions.tolist()


def stopped_after(bars: int, work: Callable[[Callable[[float], bool]], object]) -> Result:
    lived = count(7, 7)

    def listen(_: float) -> bool:
        frame = sys._getframe(1)
        while frame is not None and not (frame.f_code.co_name == "run" and frame.f_code.co_filename == run.__file__):
            frame = frame.f_back  # type: ignore[assignment]
        return frame is None or next(lived) < bars

    with pytest.raises(Stopped) as stop:
        work(listen)
    return stop.value.result


def test_a_run_that_is_stopped_before_its_first_bars_has_no_account() -> None:
    with pytest.raises(Interrupted) as stop:
        evaluate(compile_strategy(SIGNALS), fresh(), GRID[0], CASH, lambda _: False)
    assert not isinstance(stop.value, Stopped) and stop.value.so_far is None


# ---------------------------------------------------------------------------------------------------------------------- time

STOCKS, BARS = 1000, 2500
MOST = 0.2
"""Of a work's time on the processor, at a fifth of the whole market: a machine's speed and what else it does change both alike. The
longest stretches take a twentieth to a tenth; a stage without a checkpoint takes most of its work's time."""


@pytest.mark.slow
def test_no_stage_takes_long_without_asking() -> None:
    market = with_facts(generated_market(BARS, STOCKS))
    programs: Sequence[str] = TEXTS
    for text in programs:  # compiled before anything is timed
        program = compile_strategy(text)
        evaluate_block(program, fresh(), GRID, CASH, lambda _: True)
        evaluate(program, fresh(), GRID[0], CASH, lambda _: True)
        proved(program, fresh(), GRID[0], lambda _: True)
    for text in programs:
        program = compile_strategy(text)
        for work in (
            lambda listen, program=program: evaluate_block(program, _copy(market), GRID, CASH, listen),
            lambda listen, program=program: evaluate(program, _copy(market), GRID[0], CASH, listen),
            lambda listen, program=program: proved(program, _copy(market), GRID[0], listen),
        ):
            times = [thread_time()]
            work(lambda _, times=times: times.append(thread_time()) is None)  # type: ignore[no-untyped-call, misc]
            times.append(thread_time())
            longest = max(later - earlier for earlier, later in pairwise(times))
            assert longest < MOST * (times[-1] - times[0]), f"{longest:.2f} s of {times[-1] - times[0]:.2f} s without a checkpoint"


def _copy(market: Market) -> Market:
    """Nothing is kept beside it."""
    return first_bars(market, market.shape[0])
