"""A panel of a year of five-minute bars, and one of fifteen-minute bars that are made from them."""

from bench.lakes import lake_of
from bench.panel import figures
from bench.workload import Figures, Size


def run(size: Size) -> Figures:
    """`bars` are sessions."""
    lake = lake_of(size.stocks, size.bars, "5m")
    longer = figures(lake, "15m", size)
    found = figures(lake, "5m", size)
    return {**found, "15 minutes": longer, "peak_memory_mb": max(found["peak_memory_mb"], longer["peak_memory_mb"])}
