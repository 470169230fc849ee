"""The prices that every contestant is given: a generated market without bonus issues, which only one of them would understand."""

from pathlib import Path

import numpy as np

from bench.generated import generated_market
from bench.stored import packed
from engine.market import has_bar

LI = 1_000.0


def write(folder: Path, stocks: int, bars: int) -> None:
    """market.panel for us, prices.npz for the others; the same prices."""
    market = generated_market(bars, stocks, bonus_issues=False)
    known = has_bar(market)
    closes = market.close / LI
    prices = {name: np.where(known, getattr(market, name) / LI, closes) for name in ("open", "high", "low")}
    dates = np.array([f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in market.sessions.astype(str)], "datetime64[D]")
    (folder / "market.panel").write_bytes(packed(market))
    others = {"volume": market.volume.astype(np.float64), "has_bar": known, "dates": dates, "codes": np.array(market.codes)}
    np.savez(folder / "prices.npz", allow_pickle=False, **prices, close=closes, **others)
