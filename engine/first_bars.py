"""What of a market was known when one of its bars ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.market import Benchmark, Market
from engine.pulse import SILENT, Pulse


def first_bars(market: Market, count: int, pulse: Pulse = SILENT) -> Market:
    """What of a market was known when its bar number `count` ended."""
    changes: dict[str, Any] = {}
    for name, value in vars(market).items():
        if isinstance(value, np.ndarray):
            changes[name] = np.ascontiguousarray(value[:count])
            pulse.did()
    changes["fields"] = {}
    for name, values in market.fields.items():
        changes["fields"][name] = np.ascontiguousarray(values[:count])
        pulse.did()
    now = int(market.times[count - 1])
    changes |= {name: _known_by(value, now, pulse) for name, value in vars(market).items() if isinstance(value, Market)}
    references: Mapping[str, Market] = getattr(market, "references", {})
    if references:
        changes["references"] = {code: _known_by(bars, now, pulse) for code, bars in references.items()}
    start = min(market.window_start, count - 1)
    if market.benchmark is not None:
        sessions = np.unique(market.sessions[start:count]).size
        changes["benchmark"] = Benchmark(market.benchmark.code, market.benchmark.closes[: sessions + 1].copy())
    return replace(market, window_start=start, **changes)


def _known_by(market: Market, now: int, pulse: Pulse) -> Market:
    """Other bars that had ended by then; one at least, because a market has bars."""
    return first_bars(market, max(1, int(np.searchsorted(market.times, now, side="right"))), pulse)
