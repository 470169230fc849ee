"""raptorbt's side: signals are arrays made by NumPy, each mean once; single stocks as one batch, portfolios one after the other.

It knows neither price limits nor T+1 nor a volume cap, and its portfolio fills at the bar of the signal itself: it looks ahead.
"""

from pathlib import Path
from typing import Any

import numpy as np
import raptorbt  # type: ignore[import-not-found]  # it lives in the peers' environment

from bench.peers.turns import BUYING, CASH, LOT, SELLING, SLIPPAGE, SLOTS, Way, mean_of, prices, take_turns
from bench.strategies import grid_of

RULES: dict[str, Any] = {"fees": (BUYING + SELLING) / 2, "slippage": SLIPPAGE, "fill_timing": "next_bar_open", "periods_per_year": 244.0}


def prepare(workload: str, folder: Path, combinations: int) -> Way:
    arrays = prices(folder)
    times = arrays["dates"].astype("datetime64[ns]").astype(np.int64)
    grid = grid_of(workload, combinations)
    return _singles(arrays, times, grid) if workload == "W1" else _portfolios(arrays, times, grid)


def _signals(close: Any, grid: list[dict[str, Any]]) -> Any:
    """One combination after the other: where the short mean comes to lie above the long one, and where it ceases to."""
    means = {window: mean_of(close, window) for window in sorted({window for each in grid for window in each.values()})}
    for each in grid:
        above = means[each["ma_short"]] > means[each["ma_long"]]
        entries, exits = np.zeros(above.shape, bool), np.zeros(above.shape, bool)
        entries[each["ma_long"] :] = above[each["ma_long"] :] & ~above[each["ma_long"] - 1 : -1]
        exits[each["ma_long"] :] = ~above[each["ma_long"] :] & above[each["ma_long"] - 1 : -1]
        yield entries, exits


def _column(arrays: dict[str, Any], stock: int) -> list[Any]:
    return [np.ascontiguousarray(arrays[name][:, stock]) for name in ("open", "high", "low", "close", "volume")]


def _singles(arrays: dict[str, Any], times: Any, grid: list[dict[str, Any]]) -> Way:
    bars, lots = _column(arrays, 0), raptorbt.InstrumentConfig(lot_size=float(LOT))
    rules = raptorbt.BacktestConfig(initial_capital=CASH, **RULES)

    def way() -> dict[str, Any]:
        items = [
            raptorbt.BatchSingleItem(str(k), entries, exits, instrument_config=lots)
            for k, (entries, exits) in enumerate(_signals(bars[3], grid))
        ]
        found = [result.metrics for _, result in raptorbt.batch_single_backtest(times, *bars, items, rules)]
        return _told(found[0])

    return way


def _portfolios(arrays: dict[str, Any], times: Any, grid: list[dict[str, Any]]) -> Way:
    codes = [str(code) for code in arrays["codes"]]
    bars = [_column(arrays, stock) for stock in range(len(codes))]
    lots = {code: raptorbt.InstrumentConfig(lot_size=float(LOT)) for code in codes}
    rules = raptorbt.BacktestConfig(initial_capital=CASH, max_positions=SLOTS, **RULES)

    def one(entries: Any, exits: Any) -> Any:
        by_stock = np.ascontiguousarray(entries.T), np.ascontiguousarray(exits.T)
        rows = [(times, *bars[i], by_stock[0][i], by_stock[1][i], 1, 1.0, code) for i, code in enumerate(codes)]
        return raptorbt.run_portfolio_backtest(rows, rules, "equal_weight", lots).metrics

    def way() -> dict[str, Any]:
        found = [one(*signals) for signals in _signals(arrays["close"], grid)]
        return _told(found[0])

    return way


def _told(metrics: Any) -> dict[str, Any]:
    return {"return": metrics.total_return_pct / 100, "trades": metrics.total_trades}


if __name__ == "__main__":
    take_turns(prepare)
