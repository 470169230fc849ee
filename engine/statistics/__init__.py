"""What an equity curve, its benchmark and its trades say: figures, tables, rolling windows. Of closes of sessions, money in li."""

from engine.statistics.metrics import METRICS, SESSIONS_A_YEAR, Figure, Metric, Sessions, annual_return, rounded, sessions_of, statistics

__all__ = ["METRICS", "SESSIONS_A_YEAR", "Figure", "Metric", "Sessions", "annual_return", "rounded", "sessions_of", "statistics"]
