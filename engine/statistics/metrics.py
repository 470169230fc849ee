"""What is told of every run: one row per metric, in the order in which people read them. Free of numba."""

from collections.abc import Mapping

from engine.statistics.curve import Figure
from engine.statistics.metric import Metric
from engine.statistics.return_rows import RETURN_ROWS
from engine.statistics.risk_rows import RISK_ROWS
from engine.statistics.trade_rows import TRADE_ROWS

__all__ = ["METRICS", "Metric", "too_small"]

METRICS: tuple[Metric, ...] = (*RETURN_ROWS, *RISK_ROWS, *TRADE_ROWS)


def too_small(stats: Mapping[str, Figure]) -> tuple[str, ...]:
    """The keys of those figures that too few sessions or trades stand behind (样本不足), in the rows' order; a missing figure is none."""
    return tuple(row.key for row in METRICS if row.of_what and stats.get(row.key) is not None and (stats[row.of_what] or 0) < row.least)
