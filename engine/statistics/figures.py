"""The figures of runs: a row of METRICS to a column, twelve digits; None, and NaN in columns, where a figure does not exist."""

from collections.abc import Mapping
from math import isnan, nan

import numpy as np

from engine.arrays import Floats, Integers
from engine.market import Benchmark
from engine.simulation import Tallies
from engine.statistics.curve import Figure, Sessions
from engine.statistics.digits import round_figures
from engine.statistics.metrics import METRICS
from engine.statistics.sample import curve_of


def figures_of(
    equity: Integers, sessions: Sessions, initial_cash: Integers, tallies: Integers, refused: Integers, benchmark: Benchmark | None = None
) -> Floats:
    """(P, M) every metric of P runs, in the order of METRICS. Arguments and errors as in curve_of.

    A row is the same bytes beside whatever others it is computed.
    """
    curve = curve_of(equity, sessions, initial_cash, tallies, refused, benchmark)
    found = np.empty((len(METRICS), equity.shape[0]))
    with np.errstate(all="ignore"):
        for column, metric in zip(found, METRICS, strict=True):
            column[:] = metric.of(curve)
    figures = np.ascontiguousarray(found.T)
    round_figures(figures)
    return figures


def statistics(
    equity: Integers, sessions: Sessions, initial_cash: int, tallies: Tallies, benchmark: Benchmark | None = None
) -> dict[str, Figure]:
    """Every metric of one run, by key. equity (R,) li at each bar, initial_cash > 0 li."""
    counted, refused = np.array([tallies[:-1]], np.int64), np.array([tallies.refusals], np.int64)
    return named(figures_of(equity[np.newaxis], sessions, np.array([initial_cash]), counted, refused, benchmark)[0])


def named(figures: Floats) -> dict[str, Figure]:
    """A row (M,) by key: counts and dates as whole numbers, None where a figure does not exist."""
    return {
        metric.key: None if isnan(figure) else int(figure) if metric.is_whole else figure
        for metric, figure in zip(METRICS, figures.tolist(), strict=True)
    }


def row_of(stats: Mapping[str, Figure]) -> Floats:
    """The row that `named` tells; a key that is missing does not exist."""
    found = (stats.get(metric.key) for metric in METRICS)
    return np.array([nan if figure is None else figure for figure in found], np.float64)
