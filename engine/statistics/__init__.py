"""What equity curves, their benchmark and their trades say: figures, tables, rolling windows. Of closes of sessions, money in li.

Free of numba but for `figures`, which is imported by name, and what it alone imports: `sample` and its parts.
"""

from engine.statistics.curve import SESSIONS_A_YEAR, Figure, Sessions, sessions_of
from engine.statistics.metric import Metric
from engine.statistics.metrics import METRICS, too_small

__all__ = ["METRICS", "SESSIONS_A_YEAR", "Figure", "Metric", "Sessions", "sessions_of", "too_small"]
