"""Equity curves come block by block, in any number; what the diagnosis needs stays, a few dozen floats for each."""

import numpy as np

from engine.arrays import Floats, Integers
from engine.diagnosis.bootstrap import Resampling, usual_weights
from engine.diagnosis.moments import Moments, joined, moments_of, sharpe, union

TILE = 400_000
"""Values of a block that are in work at once, so that memory stays flat however large a block is."""
LEAST_SESSIONS = 80
"""For tests that resample or divide the window: eight parts of ten sessions."""


class Collector:
    """Takes equity curves block by block and keeps what the diagnosis needs: memory is flat in the sessions and blocks.

    A return is that of a session, the first against the initial cash; after the equity is gone (zero or below) nothing is earned or lost.
    """

    def __init__(self, initial_cash: int, benchmark: Floats | None = None) -> None:
        """benchmark (S + 1,): closes, the first before the window; empty, None or with a gap: curves are compared with cash."""
        if initial_cash <= 0:
            raise ValueError("an account begins with some cash")
        self._initial = float(initial_cash)
        self._benchmark = np.asarray([] if benchmark is None else benchmark, dtype=np.float64)
        self._sessions: int | None = None
        self._blocks: list[Moments] = []
        self._sum = np.zeros(0)
        self._varying = 0
        self._resampling: Resampling | None = None

    @property
    def sessions(self) -> int:
        return self._sessions or 0

    @property
    def combinations(self) -> int:
        return sum(block.combinations for block in self._blocks)

    @property
    def has_benchmark(self) -> bool:
        """Whether curves are compared with it, and not with cash."""
        closes = self._benchmark
        return len(closes) > 1 and bool(np.isfinite(closes).all() and (closes > 0).all())

    @property
    def resampling(self) -> Resampling | None:
        """None: no curve yet, or sessions too few to resample."""
        return self._resampling

    def add(self, equity: Integers) -> None:
        """equity (P, S): closes of sessions in li. ValueError where S differs from an earlier block's or the benchmark's."""
        if equity.ndim != 2:
            raise ValueError(f"equity has the shape {equity.shape}, not (combinations, sessions)")
        if self._sessions is None:
            self._begin(equity.shape[1])
        if equity.shape[1] != self._sessions:
            raise ValueError(f"this block has {equity.shape[1]} sessions, an earlier one {self._sessions}")
        rows = max(1, TILE // max(1, equity.shape[1]))
        for first in range(0, len(equity), rows):
            self._take(self._returns(equity[first : first + rows]))

    def moments(self) -> Moments:
        """Of all curves, in the order in which they came."""
        return joined(self._blocks) if self._blocks else moments_of(np.zeros((0, self.sessions)))

    def average_correlation(self) -> float | None:
        """Mean over all pairs of different curves that vary; None with fewer than two of them.

        The squared length of the sum of standardised curves is the sum of all their correlations: one sum over sessions tells it.
        """
        n = self._varying
        return None if n < 2 else (float(self._sum @ self._sum) - n) / (n * (n - 1.0))

    def _begin(self, sessions: int) -> None:
        if self.has_benchmark and len(self._benchmark) != sessions + 1:
            raise ValueError(f"the benchmark has {len(self._benchmark)} closes for {sessions} sessions; one more than sessions is needed")
        self._sessions = sessions
        self._sum = np.zeros(sessions)
        if sessions >= LEAST_SESSIONS:
            self._resampling = Resampling(usual_weights(sessions))

    def _returns(self, equity: Integers) -> Floats:
        values = np.empty((equity.shape[0], equity.shape[1] + 1))
        values[:, 0], values[:, 1:] = self._initial, equity
        before, after = values[:, :-1], values[:, 1:]
        returns: Floats = np.divide(after - before, before, out=np.zeros(equity.shape), where=before > 0)
        return returns

    def _take(self, returns: Floats) -> None:
        moments = moments_of(returns)
        self._blocks.append(moments)
        _, mean, squares = union(moments, slice(None))
        varies = ~np.isnan(sharpe(moments))
        standard = (returns[varies] - mean[varies, None]) / np.sqrt(squares[varies, None])
        self._sum += standard.sum(axis=0)
        self._varying += int(varies.sum())
        if self._resampling is not None:
            closes = self._benchmark
            self._resampling.add(returns - (closes[1:] / closes[:-1] - 1.0) if self.has_benchmark else returns)
