"""What `lianghu estimate` is calibrated with: seconds of a core for cells and for full accounts, by the size of the market."""

import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from bench.measuring import taken
from bench.stored import HOME, stored_market
from bench.strategies import INITIAL_CASH, dual_moving_average, wide_pairs
from bench.workload import Figures, Size
from datalake.objects import open_store
from engine.evaluate import evaluate_grid
from engine.language import compile_strategy
from engine.market import Market
from functions.computing import compute
from functions.jobs.records import BlockTask
from functions.jobs.results import Results

PARTS = (15, 60, 240, 1000)
"""Thousandths of the largest market, whose costs are measured: between them the estimate interpolates."""
FEW = 10
"""One in so many of a block's combinations makes the other length of block: what a block costs besides its runs lies between the two."""
LEDGERS = 2


def run(size: Size) -> Figures:
    """Of one thread, in processor time, because that is what a cloud's share of a processor gives; the least of the rounds."""
    markets = [_of(size, max(2, size.stocks * part // 1000)) for part in PARTS]
    return {"threads": 1, "bars": size.bars, "cpu_seconds_min": sum(each["cpu_seconds_min"] for each in markets), "markets": markets}


def _of(size: Size, stocks: int) -> Figures:
    market = stored_market(stocks, size.bars)
    program = compile_strategy(dual_moving_average(slots=50))
    many = max(2 * FEW, size.combinations * size.stocks // stocks // len(PARTS))
    few = many // FEW

    def cells(runs: int) -> Callable[[], object]:
        return lambda: taken(evaluate_grid(program, market, wide_pairs(runs), INITIAL_CASH))

    long, short = _least(cells(many), size.rounds), _least(cells(few), size.rounds)
    a_run = (long - short) / (many - few)
    with tempfile.TemporaryDirectory(dir=HOME) as folder:
        numbers = count()
        results = Results(open_store(Path(folder).absolute().as_uri()))
        ledger = _least(lambda: _ledger(market, results, next(numbers)), LEDGERS)
        number = next(numbers)
        _ledger(market, results, number)
        files = [file.stat().st_size for file in Path(folder).glob(f"artifacts/*/{number}/*")]
    return {
        "stocks": stocks,
        "combinations": many,
        "cpu_seconds_min": _short(long),
        "seconds_a_run": _short(a_run),
        "seconds_a_block_besides": _short(max(0.0, short - few * a_run)),
        "seconds_an_account": _short(ledger),
        "bytes_of_an_account": sum(files),
        "files_of_an_account": len(files),
    }


def _ledger(market: Market, results: Results, number: int) -> None:
    """Each under an id of its own: what is there already would not be written again."""
    task = BlockTask(
        block_id=number,
        attempt=1,
        kind="ledgers",
        grid_id="grid",
        owner="owner",
        panel_key="panel",
        source=dual_moving_average(slots=50),
        context={"initial_cash": INITIAL_CASH // 1000, "window": {}, "frequency": "1d"},
        run_ids=(str(number),),
        combinations=({"ma_short": 5, "ma_long": 30},),
    )
    reported = compute(task, market, results, "measured", lambda done: True)
    if reported[0].error:
        raise ValueError(f"the account could not be made: {reported[0].error}")


def _least(work: Callable[[], object], rounds: int) -> float:
    """Seconds of the processor; the first call is outside the clock, because it lays the market out."""
    work()
    found = []
    for _ in range(max(1, rounds)):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def _short(seconds: float) -> float:
    return float(f"{seconds:.4g}")
