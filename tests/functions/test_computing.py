"""What is left of a block that was told to stop: what was finished, with the very bytes that it would have had."""

import sys
from collections.abc import Callable, Sequence
from itertools import count
from traceback import walk_stack
from typing import Any

import pytest

from datalake.objects import get, open_store, sizes
from engine.market import Market
from engine.simulation import run
from functions import computing
from functions.computing import Unfinished, compute
from functions.jobs.records import BlockTask, Params, RunResult
from functions.jobs.results import Results
from tests.engine.panels import random_market

SOURCE = """
name: in and out
universe: {from: {all: true}}
params:
  n: {default: 3, min: 2, max: 1000}
entry: close > sma(close, n)
exit: close < sma(close, n)
portfolio: {max_positions: 3}
"""
CONTEXT: dict[str, Any] = {"initial_cash": 100_000.0, "frequency": "1d"}
GRID = [{"n": n} for n in range(2, 302)]


@pytest.fixture(scope="module")
def market() -> Market:
    return random_market(7, sessions=120, stocks=100)


@pytest.fixture
def results(folder_url: str) -> Results:
    return Results(open_store(folder_url))


def task(combinations: Sequence[Params], kind: Any = "cells") -> BlockTask:
    run_ids = tuple(f"run-{number}" for number in range(len(combinations)))
    return BlockTask(1, 1, kind, "grid", "owner", "panel", SOURCE, CONTEXT, run_ids, tuple(combinations))


def stopped_at(share: float) -> Any:
    return lambda done: done < share


def computed(market: Market, results: Results, block: BlockTask, share: float = 2.0) -> list[RunResult]:
    return compute(block, market, results, "engine-1", stopped_at(share))


@pytest.mark.parametrize("share", [0.0, 0.6, 0.8, 0.99])
def test_of_a_block_that_is_told_to_stop_the_finished_combinations_can_be_kept(market: Market, results: Results, share: float) -> None:
    whole = {result.run_id: result for result in computed(market, results, task(GRID))}
    with pytest.raises(Unfinished) as stop:
        computed(market, results, task(GRID), share)
    kept = stop.value.keep()
    assert len(kept) < len(GRID) and (len(kept) > 0) == (share > 0.0), "batches that were traded to their end"
    assert [result.run_id for result in kept] == sorted((result.run_id for result in kept), key=lambda each: int(each[4:]))
    for result in kept:
        assert not result.partial
        assert (result.stats, result.content_hash) == (whole[result.run_id].stats, whole[result.run_id].content_hash)
        stored = results.get_equity(result.artifacts["cells_path"], result.content_hash or "")
        whole_ones = results.get_equity(whole[result.run_id].artifacts["cells_path"], result.content_hash or "")
        assert [array.tolist() for array in stored] == [array.tolist() for array in whole_ones]


def test_nothing_is_stored_before_somebody_asks_for_it(market: Market, results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease may be lost to another worker, who stores what it computes itself."""
    stored: list[object] = []
    monkeypatch.setattr(Results, "put_cells", lambda self, owner, cells: stored.append(cells) or "key")
    with pytest.raises(Unfinished) as stop:
        computed(market, results, task(GRID), 0.6)
    assert not stored
    assert stop.value.keep() and len(stored) == 1


def test_a_bad_combination_still_fails_alone_where_the_block_is_told_to_stop(
    market: Market, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated = computing.evaluate_as_it_comes

    def breaking(program: Any, market: Market, combinations: Sequence[Params], *rest: Any) -> Any:
        if {"n": 3} in combinations:
            raise ValueError("no figures for three")
        return evaluated(program, market, combinations, *rest)

    monkeypatch.setattr(computing, "evaluate_as_it_comes", breaking)
    with pytest.raises(Unfinished) as stop:
        computed(market, results, task(GRID[:10]), 0.55)
    kept = stop.value.keep()
    assert [result.run_id for result in kept] == [f"run-{number}" for number in range(5)]
    assert [result.error is not None for result in kept] == [False, True, False, False, False]


# ----------------------------------------------------------------------------------------------------------- a run that is recorded


@pytest.fixture
def short_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LONE_TILE", 10)


def stopped_in(stage: str, after: int) -> Callable[[float], bool]:
    """Says stop when it is asked for the `after`-th time inside a function of that name."""
    asked = count(1)

    def checkpoint(_: float) -> bool:
        names = {frame.f_code.co_name for frame, _ in walk_stack(sys._getframe(1))}
        return stage not in names or next(asked) < after

    return checkpoint


def stopped_run(market: Market, results: Results, checkpoint: Callable[[float], bool]) -> list[RunResult]:
    with pytest.raises(Unfinished) as stop:
        compute(task([{"n": 4}], "ledgers"), market, results, "engine-1", checkpoint)
    assert not sizes(results.objects, ""), "nothing is stored before somebody asks"
    kept: list[RunResult] = stop.value.keep()
    return kept


@pytest.mark.usefixtures("short_tiles")
def test_a_run_that_is_told_to_stop_has_its_account_so_far(market: Market, results: Results) -> None:
    (kept,) = stopped_run(market, results, stopped_in("simulate", 3))
    assert kept.partial and kept.stats is None and kept.content_hash is None and kept.error is None and kept.curve is None
    assert all("/run-0/partial-1/" in path for path in kept.artifacts.values())
    assert set(kept.artifacts) >= {"equity_curve_path", "events_path", "trades_path", "positions_path", "logs_path"}
    assert "report_path" not in kept.artifacts, "a judgement of half a run is none"
    (whole,) = computed(market, results, task([{"n": 4}], "ledgers"))
    for name in ("equity_curve_path", "events_path"):
        part, all_of_it = (get(results.objects, each.artifacts[name]).decode() for each in (kept, whole))
        assert all_of_it.startswith(part) and 1 < part.count("\n") < all_of_it.count("\n")
    assert get(results.objects, kept.artifacts["equity_curve_path"]).count(b"\n") == 31
    log = get(results.objects, kept.artifacts["logs_path"]).decode()
    assert "stopped after: 30 of 110 bars" in log and "content hash" not in log
    assert "content hash" in get(results.objects, whole.artifacts["logs_path"]).decode()
    assert {file.path for file in kept.files}.isdisjoint(file.path for file in whole.files)


@pytest.mark.parametrize("stage", ["ledger_files", "proof", "report_of"])
def test_a_run_that_is_stopped_after_its_last_bar_has_all_of_its_account(market: Market, results: Results, stage: str) -> None:
    """What takes long after the last bar may be interrupted, too."""
    (kept,) = stopped_run(market, results, stopped_in(stage, 2))
    (whole,) = computed(market, results, task([{"n": 4}], "ledgers"))
    assert kept.partial and kept.stats is None and kept.content_hash is None
    for name in ("equity_curve_path", "trades_path", "refusals_path", "account_path", "positions_path"):
        assert get(results.objects, kept.artifacts[name]) == get(results.objects, whole.artifacts[name])


def test_a_run_that_is_stopped_before_its_first_bars_leaves_nothing(market: Market, results: Results) -> None:
    assert stopped_run(market, results, lambda _: False) == []


def test_of_several_runs_those_before_the_one_that_is_stopped_are_kept_whole(market: Market, results: Results) -> None:
    block = task([{"n": 4}, {"n": 5}, {"n": 6}], "ledgers")
    with pytest.raises(Unfinished) as stop:
        computed(market, results, block, 0.67)
    first, second, *rest = stop.value.keep()
    assert first.stats and first.content_hash and second.stats and not first.partial and not second.partial
    assert all(each.partial for each in rest)


def test_what_is_told_of_a_run_grows_from_nothing_to_all_and_does_not_wait_at_the_end(market: Market, results: Results) -> None:
    shares: list[float] = []
    compute(task([{"n": 4}], "ledgers"), market, results, "engine-1", lambda share: shares.append(share) is None)
    assert shares == sorted(shares) and shares[0] < 0.1 and 0.9 < shares[-1] <= 1.0
    assert sum(0.2 < share < 0.99 for share in shares) > 10
