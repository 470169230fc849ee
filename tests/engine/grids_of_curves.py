"""Made-up grids: noise without any edge, and a hill of true edge in the middle of a landscape."""

import numpy as np

from engine.diagnosis.collector import Collector
from engine.diagnosis.diagnose import diagnose

CASH = 1_000_000_000


def equity_of(returns):
    """(P, T) returns -> (P, T) equity in li."""
    return np.round(CASH * np.cumprod(1 + np.asarray(returns, dtype=np.float64), axis=1)).astype(np.int64)


def square(width, height):
    return [{"fast": 5 * i, "slow": 0.5 * j} for i in range(width) for j in range(height)]


def noise(combinations, sessions, seed, market=0.0):
    """`market`: how much of every curve is the same."""
    draw = np.random.default_rng(seed)
    own, common = draw.normal(0, 0.01, (combinations, sessions)), draw.normal(0, 0.01, sessions)
    return np.sqrt(1 - market**2) * own + market * common


def hill(width, height, sessions, seed, edge=0.0025):
    """Noise with an edge a session that is highest in the middle of the landscape and gone three steps away."""
    returns = noise(width * height, sessions, seed, market=0.5)
    i, j = np.divmod(np.arange(width * height), height)
    away = (i - width // 2) ** 2 + (j - height // 2) ** 2
    return returns + (edge * np.exp(-away / 8))[:, None]


def collected(returns, benchmark=None, block=None):
    equity = equity_of(returns)
    collector = Collector(CASH, benchmark)
    for first in range(0, len(equity), block or max(1, len(equity))):
        collector.add(equity[first : first + (block or len(equity))])
    return collector


def diagnosed(returns, params=None, trials=None, **more):
    collector = collected(returns, **more)
    return diagnose(collector, [{"n": k} for k in range(collector.combinations)] if params is None else params, trials)


def told(diagnosis):
    return {indicator.key: indicator for indicator in diagnosis.indicators}
