"""vectorbt's side: a few combinations at a time are blocks of columns, signals by its own means, trades at the next open in lots.

It knows neither price limits nor T+1 nor a volume cap; its slots are a fixed sum each, and an exit on a suspended day is lost.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import vectorbt as vbt  # type: ignore[import-not-found]  # it lives in the peers' environment

from bench.peers.turns import BUYING, CASH, LOT, SELLING, SLIPPAGE, SLOTS, Way, prices, take_turns
from bench.strategies import grid_of

COLUMNS = 1_200
"""Stocks times combinations at a time: more are slower here, and take gigabytes."""


def prepare(workload: str, folder: Path, combinations: int) -> Way:
    arrays = prices(folder)
    days = pd.DatetimeIndex(arrays["dates"])
    close = pd.DataFrame(arrays["close"], index=days, columns=arrays["codes"])
    opening = np.where(arrays["has_bar"], arrays["open"], np.nan)
    grid = grid_of(workload, combinations)
    at_once = max(COLUMNS // close.shape[1], 1)
    ways = [_many(close, opening, grid[k : k + at_once], shares=workload != "W1") for k in range(0, len(grid), at_once)]
    _many(close.iloc[:60], opening[:60], grid[:2], shares=workload != "W1")()  # its kernels are compiled

    def every() -> dict[str, Any]:
        found: list[dict[str, Any]] = [way() for way in ways]
        return found[0]

    return every


def _many(close: Any, opening: Any, grid: list[dict[str, Any]], shares: bool) -> Way:
    """`shares`: the stocks of a combination share one cash pool; else there is one stock, and all of it goes into it."""

    def way() -> dict[str, Any]:
        fast = vbt.MA.run(close, window=[each["ma_short"] for each in grid], short_name="fast", run_unique=True)
        slow = vbt.MA.run(close, window=[each["ma_long"] for each in grid], short_name="slow", run_unique=True)
        entries = fast.ma_crossed_above(slow).vbt.fshift(1, fill_value=False).to_numpy()
        exits = fast.ma_crossed_below(slow).vbt.fshift(1, fill_value=False).to_numpy()
        del fast, slow
        closes: Any = close.iloc[:, 0]
        prices_of_orders: Any = pd.Series(opening[:, 0], index=close.index)
        pool: dict[str, Any] = {"size": np.inf}
        if shares:
            closes = pd.DataFrame(np.tile(close.to_numpy(), (1, len(grid))), index=close.index)
            prices_of_orders = np.tile(opening, (1, len(grid)))
            groups = np.repeat(np.arange(len(grid)), close.shape[1])
            pool = {"size": CASH / SLOTS, "size_type": "value", "cash_sharing": True, "group_by": groups, "call_seq": "auto"}
        held = vbt.Portfolio.from_signals(
            closes,
            entries,
            exits,
            price=prices_of_orders,
            fees=np.where(exits, SELLING, BUYING),
            slippage=SLIPPAGE,
            size_granularity=LOT,
            init_cash=CASH,
            freq="1D",
            **pool,
        )
        figures = held.total_return(), held.max_drawdown(), held.sharpe_ratio(), held.trades.count()
        return {"return": float(np.ravel(figures[0])[0]), "trades": int(np.ravel(figures[3])[0])}

    return way


if __name__ == "__main__":
    take_turns(prepare)
