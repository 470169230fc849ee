"""Every line of the simulation is run by a test, and as plain Python it gives the bytes that it gives when compiled.

A kernel that the compiler has turned into machine code cannot be watched. With NUMBA_DISABLE_JIT=1 it is the Python that it is written
as: its lines can be counted, and NumPy's integers warn where compiled ones overflow in silence; here such a warning is an error.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numba import config

from engine.compiled import array_at, first_bit
from engine.errors import MarketError
from engine.simulation.days import days
from engine.simulation.events import events, fills, refusals
from engine.simulation.holdings import positions
from engine.simulation.outcome import Interrupted, Kind, Outcome, Reject
from engine.simulation.placed import orders
from engine.simulation.run import Signals, simulate, simulate_block, simulate_script
from engine.simulation.script import script_of
from engine.simulation.tape import prepare
from engine.simulation.trades import trades
from engine.terms import ONE, Conditions, Terms
from tests.engine.flat_markets import flat_market
from tests.engine.random_markets import Case, pack, padded, random_case
from tests.engine.random_orders import played, script_case
from tests.engine.test_simulation_twin import check

ROOT = Path(__file__).parents[2]
SEEDS = range(24)
MAKERS = (random_case, script_case)
WATCHED = (
    "test_simulation_coverage.py",
    "test_simulation_door.py",
    "test_simulation_door_facts.py",
    "test_simulation_ledgers.py",
    "test_simulation_parts.py",
    "test_simulation_quiet.py",
    "test_simulation_readers.py",
    "test_rules.py",
)
PLAIN = {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "error::RuntimeWarning"}
DAYS = [20240102, 20240103, 20240104, 20240105]
TERMS = Terms(initial_cash=10**9, max_positions=1)

compiled = pytest.mark.skipif(config.DISABLE_JIT, reason="is one of those that start a process without the compiler")


def python(*arguments: str) -> str:
    """What a fresh process without the compiler prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PLAIN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@compiled
def test_every_line_is_run(tmp_path: Path) -> None:
    settings, data, report = tmp_path / "settings", tmp_path / "data", tmp_path / "report.json"
    settings.write_text("[report]\nexclude_lines = (?!)\n")  # a comment excuses no line
    coverage = ("-m", "coverage")
    tests = [f"tests/engine/{name}" for name in WATCHED]
    quiet = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "error::RuntimeWarning", "--hypothesis-seed=0")
    python(*coverage, "run", f"--rcfile={settings}", f"--data-file={data}", "--source=engine/simulation", "-m", "pytest", *quiet, *tests)
    python(*coverage, "json", f"--rcfile={settings}", f"--data-file={data}", "-q", "-o", str(report))
    found = json.loads(report.read_text())["files"]
    assert set(found) == {path.relative_to(ROOT).as_posix() for path in (ROOT / "engine" / "simulation").glob("*.py")}
    missing = {name: file["missing_lines"] for name, file in found.items() if file["missing_lines"]}
    assert not missing, "\n".join(f"{name}: no test runs the lines {lines}" for name, lines in missing.items())


@compiled
def test_plain_python_gives_the_bytes_of_compiled_kernels() -> None:
    told = python("-c", "from tests.engine.test_simulation_coverage import digests; print(*digests())")
    assert told.split() == digests()


def digests() -> list[str]:
    cases = [make(seed) for seed in SEEDS for make in MAKERS]
    return [digest(outcome) for case in cases for outcome in (played(case), *block_of(case))]


def digest(outcome: Outcome) -> str:
    found = hashlib.sha256(outcome.equity.tobytes())
    found.update(repr((outcome.tallies, outcome.cash, outcome.receivable, outcome.holdings)).encode())
    found.update(b"" if outcome.events is None else outcome.events.tobytes())
    return found.hexdigest()


def block_of(case: Case) -> list[Outcome]:
    """The case and its mirror in one block, in tiles."""
    wishes = [case.signals, replace(case, entry=case.exit, exit=case.entry).signals]
    return simulate_block(prepare(case.market, case.terms.conditions), wishes, [case.terms] * 2, tile=7)


@pytest.mark.skipif(not config.DISABLE_JIT, reason="compiled, the two are instructions for kernels only")
def test_instructions_have_twins_in_plain_python() -> None:
    assert [first_bit(np.uint64(word)) for word in (1, 12, 2**63)] == [0, 2, 63]
    numbers = np.arange(6, dtype=np.float64)
    found = array_at(np.uint64(numbers.ctypes.data), 2, 3, numbers.reshape(3, 2))
    assert found.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    found[1, 2] = 9.0
    assert numbers[5] == 9.0
    assert array_at(np.uint64(numbers.ctypes.data), 0, 3, numbers).shape == (0, 3)


# ---------------------------------------------------------------------- what is watched, and the places that random markets seldom reach


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_agrees_with_its_twin_and_adds_up(seed: int, make: Callable[[int], Case]) -> None:
    case = make(seed)
    check(case)
    outcome = played(case)
    found, tallies, still_open = trades(outcome, case.market), outcome.tallies, positions(outcome, case.market)
    assert len(found) == tallies.trades
    assert len(fills(outcome, case.market)) == tallies.buys + tallies.sells
    assert len(refusals(outcome, case.market)) == sum(tallies.refusals)
    assert sum(each.value for each in fills(outcome, case.market)) == tallies.turnover
    earned = sum(trade.pnl for trade in found) + sum(position.pnl for position in still_open)
    assert outcome.equity[-1] - case.terms.initial_cash == earned
    assert [day.equity for day in days(outcome, case.market)][-1:] == outcome.equity[-1:].tolist()
    assert sum(order.filled for order in orders(outcome, case.market)) <= sum(each.shares for each in fills(outcome, case.market))


def test_forty_candidates_are_bought_by_rank() -> None:
    """More than a run of insertions, so runs are merged: one with a right neighbour, one without, and ties."""
    market = flat_market([f"{600000 + k}.SH" for k in range(40)], DAYS)
    rank = np.random.default_rng(0).integers(0, 9, market.shape).astype(float)
    entry = np.ones(market.shape, bool)
    outcome = simulate(prepare(market), Signals(pack(entry), pack(~entry), padded(rank)), TERMS, record=True)
    asked = [event.stock for event in events(outcome) if event.bar == 1 and event.kind in (Kind.BUY, Kind.REFUSED_BUY)]
    assert asked == sorted(range(40), key=lambda i: (-rank[0, i], i))
    assert outcome.tallies.refusals[Reject.POSITION_CAP] == 3 * 39


def test_a_reverse_split_may_leave_nothing() -> None:
    """100 shares become 100 / 1,000: the fraction is paid, the position is closed."""
    market = flat_market(["600001.SH"], DAYS)
    market.adj_factor[2:] = 1_000
    for name in ("pre_close", "open", "high", "low", "close"):
        getattr(market, name)[2:] = 1_000_000
    market.pre_close[2] = 1_000_000
    entry = np.array([[True], [False], [False], [False]])
    signals = Signals(pack(entry), pack(~entry), padded(np.zeros(market.shape)))
    outcome = simulate(prepare(market), signals, replace(TERMS, initial_cash=10**7))
    assert outcome.tallies.trades == 1
    assert outcome.holdings == ()


def test_a_block_stops_where_its_checkpoint_says_so() -> None:
    tape, signals = prepare(flat_market(["600001.SH"], DAYS)), quiet()
    assert simulate_block(tape, [], []) == []
    with pytest.raises(Interrupted):
        simulate_block(tape, [signals], [TERMS], checkpoint=lambda share: False)
    with pytest.raises(MarketError, match="1 for 2 terms"):
        simulate_block(tape, [signals], [TERMS] * 2)
    with pytest.raises(ValueError, match="not recorded"):
        next(events(simulate(tape, signals, TERMS)))


def test_a_recorded_run_that_is_stopped_hands_out_what_it_has() -> None:
    case = random_case(1)
    tape = prepare(case.market, case.terms.conditions)
    whole, read = simulate(tape, case.signals, case.terms, record=True), list[int]()
    with pytest.raises(Interrupted) as stop:
        simulate(tape, case.signals, case.terms, record=True, checkpoint=lambda share: False)
    so_far = stop.value.so_far
    assert so_far is not None and so_far.events is not None and whole.events is not None
    lived = len(so_far.equity)
    assert lived > 0 and so_far.equity.tolist() == whole.equity[:lived].tolist()
    assert so_far.events.tolist() == whole.events[: len(so_far.events)].tolist()
    assert len(list(events(replace(so_far, reading=read.append)))) == sum(read) == len(so_far.events)


def test_a_market_of_nothing_and_times_that_stand_still_are_refused() -> None:
    market = flat_market(["600001.SH"], DAYS)
    with pytest.raises(MarketError, match="not a panel of bars by stocks"):
        prepare(replace(market, close=market.close[:0]))
    with pytest.raises(MarketError, match="each later than the one before"):
        prepare(replace(market, times=np.zeros_like(market.times)))


def test_orders_that_fit_no_window_are_refused_with_every_problem() -> None:
    tape, none = prepare(flat_market(["600001.SH"], DAYS)), (np.zeros((0, 8), np.int64), np.zeros((0, 3), np.int64))
    with pytest.raises(MarketError) as error:
        script_of(np.zeros((1, 7), np.int64), np.array([[2, 0, ONE], [1, 0, ONE]]), len(DAYS))
    assert [problem.field for problem in error.value.problems] == ["orders", "targets"]
    wrong = np.array([[0, 1, 100, 0, 0, 0, 0, 0], [0, 0, 0, 0, -1, 0, 0, 1]]), np.array([[0, -2, ONE + 1]])
    with pytest.raises(MarketError) as error:
        simulate_script(tape, script_of(*wrong, len(DAYS) - 1), TERMS)
    assert [problem.field for problem in error.value.problems] == ["orders", "targets", *3 * ["orders"], *2 * ["targets"]]
    assert simulate_script(tape, script_of(*none, len(DAYS)), TERMS).cash == TERMS.initial_cash


@pytest.mark.parametrize("tile", [1, 7, 32])
def test_lots_may_outgrow_their_room_in_the_middle_of_a_run(tile: int) -> None:
    """A hundred shares a day for forty days are forty lots of one position; each combination is the same alone."""
    days = [20240000 + month * 100 + day for month in (1, 2) for day in range(1, 26)]
    market = flat_market(["600001.SH", "600002.SH"], days)
    market.volume[:] = 1_000
    dividend = [20240220, 0, 0, 1_000_000, 20240221, 0]
    market = replace(market, actions=replace(market.actions, dividends=np.array([dividend])))
    tape = prepare(market, Conditions(actions="cash"))
    entry, exit_ = np.zeros(market.shape, bool), np.zeros(market.shape, bool)
    entry[0], exit_[-2] = True, True
    signals = Signals(pack(entry), pack(exit_), padded(np.zeros(market.shape)))
    terms = [
        replace(TERMS, max_positions=slots, initial_cash=cash, volume_cap=ONE // 10, keep_rest=True, conditions=tape.conditions)
        for slots, cash in ((1, 10**8), (2, 10**8), (1, 10**7), (2, 2 * 10**8))
    ]
    block = simulate_block(tape, [signals] * len(terms), terms, tile=tile)
    for outcome, each in zip(block, terms, strict=True):
        alone = simulate(tape, signals, each)
        assert outcome.equity.tobytes() == alone.equity.tobytes()
        assert outcome.tallies == alone.tallies
    bought = 100 * len([day for day in days[1:] if day < dividend[0]])
    assert block[0].tallies.dividends == bought * 1_000
    assert block[0].tallies.tax == 100 * 100  # of the first hundred shares, which were held for more than a month


def test_a_bar_may_tell_more_than_the_log_holds() -> None:
    """Two and a half thousand sales of what nobody holds on one day: the log grows, and every one is told and refused."""
    tape, count = prepare(flat_market(["600001.SH"], DAYS)), 2_500
    sales = np.zeros((count, 8), np.int64)
    sales[:, 0], sales[:, 2], sales[:, 7] = 1, -100, np.arange(count)
    outcome = simulate_script(tape, script_of(sales, np.zeros((0, 3), np.int64), len(DAYS)), TERMS)
    told = Counter(event.kind for event in events(outcome) if event.bar == 1)
    assert (told[Kind.PLACED], told[Kind.REFUSED_SELL]) == (count, count)
    assert outcome.tallies.refusals[Reject.NOT_SELLABLE] == count


def quiet() -> Signals:
    nothing = np.zeros((len(DAYS), 1), bool)
    return Signals(pack(nothing), pack(nothing), padded(np.zeros((len(DAYS), 1))))
