"""A run's equity, fall and benchmark by session out of what the run left behind, whichever files those are; 1 is the initial cash."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Any, NamedTuple

import numpy as np

from datalake.errors import CorruptObjectError, MissingObjectError, Problem
from engine.market import Benchmark
from functions.jobs.results import Cells, Results
from functions.reports.curve import Curve, curve_of

DIGITS = 8


class Wealth(NamedTuple):
    """S sessions, and one value for each."""

    sessions: Sequence[int]
    """YYYYMMDD, ascending."""
    equity: Sequence[float]
    drawdown: Sequence[float]
    """Below the highest so far, the initial cash included; at most 0."""
    benchmark_code: str = ""
    """ "" without one."""
    benchmark: Sequence[float | None] = ()
    """The same money in the benchmark from before the first session; None in its gaps; empty where it cannot be told."""


class Curves:
    """Reads runs of one request: a block that several of them share is read once."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._blocks: dict[str, Cells] = {}

    def of_run(self, artifacts: Mapping[str, str], content_hash: str | None, context: Mapping[str, Any]) -> Wealth:
        """The statistics of its full account, else its row of a grid's block, else its equity file, which has no benchmark.

        MissingObjectError where the run has none of them, or the store lost it; CorruptObjectError.
        """
        cash = int(context.get("initial_cash", 1_000_000))
        if path := artifacts.get("statistics_path"):
            return from_statistics(self._results.get_artifact(path), cash)
        if path := artifacts.get("cells_path"):
            return self._from_cells(path, content_hash or "", cash * 1000, str(context.get("benchmark") or ""))
        if path := artifacts.get("equity_curve_path"):
            return from_equity(self._results.get_artifact(path), cash * 1000)
        raise MissingObjectError(Problem("results", "the run has no equity curve"))

    def _from_cells(self, key: str, content_hash: str, initial_cash: int, benchmark: str) -> Wealth:
        if key not in self._blocks:
            self._blocks[key] = self._results.get_cells(key)
        cells = self._blocks[key]
        if content_hash not in cells.content_hashes:
            raise MissingObjectError(Problem("results", f"{key} holds no run {content_hash}"))
        equity = cells.equity[cells.content_hashes.index(content_hash)].tolist()
        followed = Benchmark(benchmark, cells.benchmark) if len(cells.benchmark) else None
        return _wealth(curve_of(cells.sessions.tolist(), equity, initial_cash, followed), initial_cash)


def from_statistics(data: bytes, initial_cash_yuan: int) -> Wealth:
    """Out of reports.as_json.statistics_json, whose curve is in yuan."""
    try:
        curve = json.loads(data)["curve"]
        benchmark = _known(curve["benchmark"] or (), initial_cash_yuan)
        equity = _rounded(curve["equity"], initial_cash_yuan)
        return Wealth(curve["sessions"], equity, curve["drawdown"], curve["benchmark_code"] or "", benchmark)
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptObjectError(Problem("results", "a run's statistics are damaged")) from error


def from_equity(data: bytes, initial_cash: int) -> Wealth:
    """Out of equity.csv: the last bar of each session. initial_cash in li."""
    last: dict[int, int] = {}
    try:
        for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            last[int(row["date"].replace("-", ""))] = round(float(row["equity_yuan"]) * 1000)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorruptObjectError(Problem("results", "a run's equity is damaged")) from error
    return _wealth(curve_of(list(last), list(last.values()), initial_cash, None), initial_cash)


def _wealth(curve: Curve, initial_cash: int) -> Wealth:
    """initial_cash in li; the curve's benchmark is in yuan."""
    return Wealth(
        curve.sessions,
        _rounded(curve.equity, initial_cash),
        _rounded(curve.drawdown),
        curve.benchmark_code,
        _known(curve.benchmark, initial_cash / 1000),
    )


def _rounded(values: Sequence[float], by: float = 1) -> list[float]:
    """Each divided and rounded; many at once, because a comparison has tens of thousands."""
    rounded: list[float] = (np.asarray(values, np.float64) / by).round(DIGITS).tolist()
    return rounded


def _known(values: Sequence[float | None], by: float) -> list[float | None]:
    """The same of values of which some are None, and stay so."""
    rounded = _rounded([nan if value is None else value for value in values], by)
    return [value if isfinite(value) else None for value in rounded]
