"""What an equity curve, its benchmark and its trades say: figures, tables, rolling windows. Of closes of sessions, money in li.

Free of numba but for `sample`, which computes a run's figures and is imported by name.
"""

from engine.statistics.curve import SESSIONS_A_YEAR, Figure, Sessions, annual_return, rounded, sessions_of
from engine.statistics.metric import Metric
from engine.statistics.metrics import METRICS, too_small

__all__ = ["METRICS", "SESSIONS_A_YEAR", "Figure", "Metric", "Sessions", "annual_return", "rounded", "sessions_of", "too_small"]
