"""Is the best better than the benchmark, when so many were tried? White's reality check and Hansen's SPA, block of curves by block.

The stationary bootstrap (Politis and Romano, 1994) draws sessions in runs of random length, around the end of the window; runs of ten
sessions on average, as Sullivan, Timmermann and White (1999) for trading rules. A resampled mean is a weighted mean, so the draws are one
matrix of weights, made once and the same for every combination; of each draw only the best combination so far is kept.
"""

from functools import lru_cache

import numpy as np

from engine.arrays import Floats, Integers

DRAWS = 999
"""So that a p-value is a whole number of thousandths."""
BLOCK = 10
SEED = 20260706
"""NumPy's PCG64: the same curves give the same p-values."""
NO_VARIANCE = 1e-14


def stationary_indices(sessions: int, draws: int = DRAWS, block: float = BLOCK, seed: int = SEED) -> Integers:
    """(draws, sessions): which session stands at each place of each draw."""
    generator = np.random.Generator(np.random.PCG64(seed))
    begins = generator.random((draws, sessions)) < 1.0 / block
    begins[:, 0] = True
    start = generator.integers(0, sessions, (draws, sessions), dtype=np.int64)
    place = np.arange(sessions, dtype=np.int64)
    begun = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    drawn: Integers = (np.take_along_axis(start, begun, axis=1) + place - begun) % sessions
    return drawn


def weights_of(indices: Integers) -> Floats:
    """(draws, sessions): how often each session was drawn, over the number of sessions."""
    draws, sessions = indices.shape
    flat = (indices + np.arange(draws, dtype=np.int64)[:, None] * sessions).ravel()
    weights: Floats = np.bincount(flat, minlength=draws * sessions).reshape(draws, sessions) / sessions
    return weights


@lru_cache(maxsize=1)
def usual_weights(sessions: int) -> Floats:
    """weights_of the usual draws: the same for every grid over so many sessions, and kept for the next one (20 MB for ten years)."""
    weights = weights_of(stationary_indices(sessions))
    weights.flags.writeable = False
    return weights


def long_run_variance(deviations: Floats, block: float = BLOCK) -> Floats:
    """(P,): the variance of sqrt(T) times the mean of a stationary bootstrap of deviations (P, T), each row of mean zero.

    Politis and Romano's closed form: autocovariances weighted by k(i) = (1 - i/T) q^i + (i/T) q^(T-i), q = 1 - 1/block. It is taken from
    the spectrum, as a sum over all lags costs T times more; the autocovariances are circular there, and so are the draws.
    """
    sessions = deviations.shape[1]
    lag = np.arange(sessions)
    stay = 1.0 - 1.0 / block
    kernel = (1.0 - lag / sessions) * stay**lag + (lag / sessions) * stay ** (sessions - lag)
    share = np.fft.rfft(kernel).real / sessions**2
    share[1 : (sessions + 1) // 2] *= 2.0
    spectrum = np.fft.rfft(deviations, axis=1)
    power = spectrum.real * spectrum.real + spectrum.imag * spectrum.imag
    variance: Floats = np.maximum((power * share).sum(axis=1), 0.0)
    return variance


class Resampling:
    """Running maxima over combinations of what each draw shows.

    Means are studentised by the plain standard deviation s, where Hansen takes the long-run one, omega. Both are valid scales; but omega is
    estimated so loosely that the luckiest of many is often one whose omega came out small: of 60 grids of 300 worthless combinations over
    250 sessions, omega found 18% significant at the level of 5%, s found 5%. Omega still decides which combination is much worse.
    """

    def __init__(self, weights: Floats, block: float = BLOCK) -> None:
        """weights (draws, T) of weights_of, T at least 3."""
        draws, sessions = weights.shape
        self._weights, self._block, self._root = weights.T, block, float(np.sqrt(sessions))
        self._least = float(np.sqrt(2.0 * np.log(np.log(sessions))))
        self._seen = 0
        self._best, self._best_studied = -np.inf, 0.0
        self._drawn, self._drawn_studied = np.full(draws, -np.inf), np.zeros(draws)

    def add(self, excess: Floats) -> None:
        """excess (P, T): returns over the benchmark's."""
        sessions = excess.shape[1]
        mean = excess.sum(axis=1) / sessions
        deviations = excess - mean[:, None]
        around = self._root * (deviations @ self._weights)
        level = self._root * mean
        self._seen += len(excess)
        self._best = max(self._best, float(level.max(initial=-np.inf)))
        np.maximum(self._drawn, around.max(axis=0, initial=-np.inf), out=self._drawn)
        squares = (deviations * deviations).sum(axis=1)
        varies = squares > NO_VARIANCE * (squares + sessions * mean * mean)
        if not varies.any():
            return
        level, around, spread = level[varies], around[varies], np.sqrt(squares[varies] / (sessions - 1.0))
        self._best_studied = max(self._best_studied, float((level / spread).max()))
        # Hansen: a combination much worse than the benchmark is left where it is (its draws stay low); all others are moved to zero.
        omega = np.sqrt(long_run_variance(deviations[varies], self._block))
        around += np.where(level < -self._least * omega, level, 0.0)[:, None]
        np.maximum(self._drawn_studied, (around / spread[:, None]).max(axis=0), out=self._drawn_studied)

    def reality_check(self) -> float | None:
        """White (2000): the p-value of the best mean excess; None without a combination."""
        return self._p_value(self._drawn, self._best)

    def superior_ability(self) -> float | None:
        """Hansen (2005): the consistent p-value of the best studentised mean excess, not below zero; without variance none."""
        return self._p_value(self._drawn_studied, self._best_studied)

    def _p_value(self, drawn: Floats, best: float) -> float | None:
        """(1 + draws at least as good) / (1 + draws): never zero (Davison and Hinkley, 1997, section 4.2)."""
        return (1 + int((drawn >= best).sum())) / (1 + len(drawn)) if self._seen else None
