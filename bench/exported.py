"""A generated market as the files that Tushare's users have: prices in CNY, volumes in hands, amounts in thousand CNY."""

from pathlib import Path

import numpy as np
import polars as pl

from engine.market import Market, has_bar

LI = 1_000
MILLION = 1_000_000


def exported(market: Market, folder: Path) -> dict[str, Path]:
    """Table to file: the calendar, and daily bars with their factors; a suspended day has no row."""
    frames = {"trade_cal": _calendar(market), "bars_1d": _bars(market)}
    files = {table: folder / f"{table}.parquet" for table in frames}
    for table, frame in frames.items():
        frame.write_parquet(files[table])
    return files


def _calendar(market: Market) -> pl.DataFrame:
    days = market.sessions.astype(str)
    return pl.DataFrame({"exchange": ["SSE"] * days.size, "cal_date": days, "is_open": np.ones(days.size, np.int64)})


def _bars(market: Market) -> pl.DataFrame:
    rows, stocks = np.nonzero(has_bar(market))
    prices = {name: getattr(market, name)[rows, stocks] / LI for name in ("open", "high", "low", "close", "pre_close")}
    return pl.DataFrame(
        {
            "ts_code": np.array(market.codes)[stocks],
            "trade_date": market.sessions[rows].astype(str),
            **prices,
            "vol": market.volume[rows, stocks] / 100,
            "amount": market.amount[rows, stocks] / (1_000 * LI),
            "adj_factor": market.adj_factor[rows, stocks] / MILLION,
        }
    )
