"""From a strategy's text to cells: against a twin of the whole path in plain Python, and cell by cell the bytes of single runs."""

from dataclasses import replace
from itertools import count, product
from math import isnan, nan, sqrt
from pathlib import Path
from threading import Lock, active_count

import numpy as np
import pytest

from engine.errors import MarketError, ParameterError, RulesError
from engine.evaluate import Cell, Interrupted, evaluate, evaluate_block, evaluate_grid
from engine.language import Program, compile_strategy
from engine.market import Market
from engine.results import content_hash
from tests import naive
from tests import naive_indicators as indicators
from tests.engine.panels import first_sessions, own_bars_of, random_market
from tests.engine.random_markets import Case, in_words, yuan

TEMPLATES = Path(__file__).parents[2] / "engine" / "templates"
CASH = 500_000_000

DUAL = """
name: dual-moving-average
params:
  ma_short: {default: 3, min: 2, max: 10}
  ma_long: {default: 8, min: 3, max: 20}
require: [ma_short < ma_long]
universe: {all: true}
let: {fast: "sma(close, ma_short)", slow: "sma(close, ma_long)"}
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 4)
portfolio: {max_positions: 3}
risk: {stop_loss: 0.04, max_holding: 15}
execution: {slippage: {bps: 5}, volume_cap: 0.1}
costs: {commission: 0.0003, minimum: 5}
"""
GRID = [{"ma_short": short, "ma_long": long} for short, long in product((2, 3, 5), (7, 8, 12))]


def same(one: Cell, other: Cell) -> None:
    assert one.params == other.params
    assert one.equity.tobytes() == other.equity.tobytes()
    assert one.tallies == other.tallies
    assert one.stats == other.stats
    assert one.content_hash == other.content_hash


# ------------------------------------------------------------------------------------------------- the whole path in plain Python


def twin_signals(market: Market, short: int, long: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(T, N) entry, exit and rank, stock by stock and bar by bar."""
    entry, exit_, rank = np.zeros(market.shape, bool), np.zeros(market.shape, bool), np.full(market.shape, nan)
    for stock in range(market.shape[1]):
        rows = own_bars_of(market, stock)
        exact = [int(market.close[row, stock]) * int(market.adj_factor[row, stock]) for row in rows]
        close = [float(value // 10_000 + (value % 10_000 >= 5_000)) for value in exact]
        fast, slow = indicators.sma(close, short), indicators.sma(close, long)
        member = market.member[rows, stock] == 1
        entry[rows, stock] = np.array(indicators.cross_above(fast, slow), bool) & member
        exit_[rows, stock] = indicators.cross_below(fast, slow)
        rank[rows, stock] = indicators.roc(close, 4)
    return entry, exit_, rank


def twin_figures(equity: list[float], cash: float) -> dict[str, float | None]:
    points = [cash, *equity]
    returns = [points[k + 1] / points[k] - 1.0 for k in range(len(equity))]
    mean = sum(returns) / len(returns)
    deviation = sqrt(sum((each - mean) ** 2 for each in returns) / (len(returns) - 1))
    downside = sqrt(sum(min(each, 0.0) ** 2 for each in returns) / len(returns))
    return {
        "pnl": equity[-1] - cash,
        "return": equity[-1] / cash - 1.0,
        "annual_return": (equity[-1] / cash) ** (244 / len(equity)) - 1.0,
        "volatility": deviation * sqrt(244),
        "sharpe": mean / deviation * sqrt(244) if deviation else None,
        "sortino": mean / downside * sqrt(244) if downside else None,
        "max_dd": min(points[k] / max(points[: k + 1]) - 1.0 for k in range(len(points))),
    }


@pytest.mark.parametrize("seed", range(8))
def test_the_whole_path_is_its_twin_in_plain_python(seed: int) -> None:
    market = random_market(seed, sessions=90, stocks=9, warm_up=25, ex_dates=0.02, members=0.9)
    program = compile_strategy(DUAL)
    for params, cell in zip(GRID, evaluate_block(program, market, GRID, CASH), strict=True):
        entry, exit_, rank = twin_signals(market, params["ma_short"], params["ma_long"])
        terms = program.terms(params, CASH)
        equity = []
        for account in naive.run(in_words(Case(market, entry, exit_, rank, terms))):
            equity.append(account.equity)
        assert [yuan(value) for value in cell.equity] == equity
        assert cell.tallies.trades == account.sums["trades"]
        assert yuan(cell.tallies.fees) == account.sums["commission"] + account.sums["duty"] + account.sums["transfer"]
        for key, value in twin_figures([float(each) for each in equity], CASH / 1000).items():
            assert cell.stats[key] == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), key


def test_the_twin_was_kept_busy() -> None:
    """The markets of the test above make trades, refusals and differing cells; an idle comparison would prove nothing."""
    market = random_market(0, sessions=90, stocks=9, warm_up=25, ex_dates=0.02, members=0.9)
    cells = evaluate_block(compile_strategy(DUAL), market, GRID, CASH)
    assert sum(cell.tallies.trades for cell in cells) > 50
    assert len({cell.content_hash for cell in cells}) == len(cells)


# ------------------------------------------------------------------------------------------------- a cell is a single run


def grid_of(program: Program) -> list[dict[str, float | int]]:
    """Defaults, and each parameter moved towards both of its bounds, where the strategy allows it."""
    defaults = {parameter.name: parameter.default for parameter in program.parameters}
    found: list[dict[str, float | int]] = [defaults]
    for parameter in program.parameters:
        for bound in (parameter.min, parameter.max):
            middle = (parameter.default + bound) / 2
            moved = {**defaults, parameter.name: round(middle) if parameter.is_integer else middle}
            if moved not in found and program.allows(moved):
                found.append(moved)
    return found


@pytest.mark.parametrize("name", ["dual-moving-average", "bollinger-reversion", "momentum-rotation"])
def test_cells_are_single_runs_byte_for_byte(name: str) -> None:
    text = (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")
    program = compile_strategy(text, {"universe": {"all": True}})
    market = random_market(7, sessions=260, stocks=70, warm_up=130, members=0.95)
    combinations = grid_of(program)
    alone = [evaluate(program, market, params, CASH).cell for params in combinations]
    assert len(combinations) >= 3
    assert any(cell.tallies.buys for cell in alone)
    for threads in (1, 2):
        for block in (len(combinations), 3):
            cells = []
            for first in range(0, len(combinations), block):
                cells += evaluate_block(program, market, combinations[first : first + block], CASH, threads=threads)
            for one, other in zip(alone, cells, strict=True):
                same(one, other)


def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.evaluate.BATCH", 16)
    monkeypatch.setattr("engine.evaluate.BATCH_CELLS", 0)


def test_more_combinations_than_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    small_batches(monkeypatch)
    combinations = [{"ma_short": short, "ma_long": long} for short, long in product(range(2, 8), range(9, 15))]
    assert len(combinations) > 2 * 16
    program, market = compile_strategy(DUAL), random_market(3, sessions=60, stocks=6, warm_up=20)
    one, two = (evaluate_block(program, market, combinations, CASH, threads=threads) for threads in (1, 3))
    for params, cell, other in zip(combinations, one, two, strict=True):
        same(cell, other)
        same(cell, evaluate(program, market, params, CASH).cell)


@pytest.mark.parametrize("threads", [1, 3])
def test_cells_come_while_the_rest_is_not_computed(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a grid of any size needs the memory of a few batches."""
    small_batches(monkeypatch)
    combinations = [{"ma_short": short, "ma_long": long} for short, long in product(range(2, 9), range(9, 20))] * 6
    program, market = compile_strategy(DUAL), random_market(3, sessions=60, stocks=6, warm_up=20)
    done: list[float] = []
    cells = evaluate_grid(program, market, combinations, CASH, lambda share: done.append(share) is None, threads)
    assert not any(done), "the market is laid out, and nothing is computed"
    first = next(cells)
    while_one, nodes = done[-1], 0.1
    assert 0 < while_one <= nodes + (1 + 2 * threads) * 16 / len(combinations)
    same(first, evaluate(program, market, combinations[0], CASH).cell)
    assert len(list(cells)) == len(combinations) - 1
    assert done[-1] == 1.0


def test_cells_that_nobody_takes_leave_no_thread_behind() -> None:
    market, before = random_market(3, sessions=60, stocks=6, warm_up=20), active_count()
    cells = evaluate_grid(compile_strategy(DUAL), market, GRID * 20, CASH, threads=2)
    next(cells)
    cells.close()
    assert active_count() == before


def test_what_is_wrong_is_told_before_the_first_cell_is_asked_for() -> None:
    with pytest.raises(ParameterError, match="ma_shrot"):
        evaluate_grid(compile_strategy(DUAL), random_market(3, sessions=30), [{"ma_shrot": 3}], CASH)


def test_a_run_brings_its_ledger_and_its_market() -> None:
    market = random_market(1, sessions=90, stocks=9, warm_up=25)
    result = evaluate(compile_strategy(DUAL), market, {}, CASH)
    assert result.market is market
    assert result.outcome.events is not None
    assert result.outcome.equity.tobytes() == result.cell.equity.tobytes()
    assert result.cell.params == {"ma_short": 3, "ma_long": 8}
    assert result.cell.equity.size == 90 - 25


def test_no_future_reaches_the_equity() -> None:
    """The first half of a run is the run of the first half."""
    market = random_market(4, sessions=90, stocks=9, warm_up=25)
    whole = evaluate(compile_strategy(DUAL), market, {}, CASH).cell.equity
    half = evaluate(compile_strategy(DUAL), first_sessions(market, 60), {}, CASH).cell.equity
    assert whole[: half.size].tobytes() == half.tobytes()


# ------------------------------------------------------------------------------------------------- the hash


def test_the_hash_sees_every_part() -> None:
    cell = evaluate(compile_strategy(DUAL), random_market(1, sessions=60, stocks=9, warm_up=25), {}, CASH).cell
    assert cell.content_hash == content_hash(cell.equity.astype(">i8"), cell.tallies, dict(reversed(cell.stats.items())))
    changed = cell.equity.copy()
    changed[-1] += 1
    refused = (*cell.tallies.refusals[:-1], cell.tallies.refusals[-1] + 1)
    others = {
        content_hash(changed, cell.tallies, cell.stats),
        content_hash(cell.equity, cell.tallies._replace(wins=cell.tallies.wins + 1), cell.stats),
        content_hash(cell.equity, cell.tallies._replace(refusals=refused), cell.stats),
        content_hash(cell.equity, cell.tallies, {**cell.stats, "sharpe": 0.123}),
        content_hash(cell.equity, cell.tallies, {**cell.stats, "sharpe": None, "calmar": 9.0}),
        cell.content_hash,
    }
    assert len(others) == 6


# ------------------------------------------------------------------------------------------------- checkpoints and bad input


def test_checkpoint_hears_the_share_that_is_done_one_at_a_time() -> None:
    heard: list[float] = []
    busy = Lock()

    def listen(share: float) -> bool:
        assert busy.acquire(blocking=False)
        heard.append(share)
        busy.release()
        return True

    market = random_market(3, sessions=60, stocks=6, warm_up=20)
    evaluate_block(compile_strategy(DUAL), market, GRID, CASH, checkpoint=listen, threads=2)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("after", [0, 3, 12])
def test_a_checkpoint_stops_all_threads(threads: int, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    small_batches(monkeypatch)
    calls = count()
    market = random_market(3, sessions=60, stocks=6, warm_up=20)
    before = active_count()
    with pytest.raises(Interrupted):
        evaluate_block(compile_strategy(DUAL), market, GRID * 40, CASH, lambda _share: next(calls) < after, threads)
    assert active_count() == before


def test_bad_parameters_are_refused_before_anything_is_computed() -> None:
    market = random_market(3, sessions=30)
    with pytest.raises(ParameterError, match="ma_shrot"):
        evaluate_block(compile_strategy(DUAL), market, [{"ma_shrot": 3}], CASH)
    with pytest.raises(ParameterError):
        evaluate(compile_strategy(DUAL), market, {"ma_short": 9, "ma_long": 8}, CASH)


def test_a_market_that_is_none_is_refused() -> None:
    market = random_market(3, sessions=30)
    with pytest.raises(MarketError, match="high"):
        evaluate(compile_strategy(DUAL), replace(market, high=market.low), {}, CASH)
    with pytest.raises(RulesError):
        evaluate(compile_strategy(DUAL), market, {}, 0)


def test_no_combinations_no_cells() -> None:
    assert evaluate_block(compile_strategy(DUAL), random_market(3, sessions=30), [], CASH) == []


def test_nothing_to_trade_gives_a_flat_curve() -> None:
    """A market without a single bar of the universe: cash stays, and no figure is invented."""
    market = random_market(3, sessions=30, members=0.0)
    cell = evaluate(compile_strategy(DUAL), market, {}, CASH).cell
    assert set(cell.equity.tolist()) == {CASH}
    assert (cell.stats["trades"], cell.stats["return"], cell.stats["sharpe"]) == (0, 0.0, None)
    assert not any(isinstance(value, float) and isnan(value) for value in cell.stats.values())


def test_a_market_without_a_single_bar() -> None:
    cell = evaluate(compile_strategy(DUAL), random_market(3, sessions=30, holes=1.0), {}, CASH).cell
    assert set(cell.equity.tolist()) == {CASH}
