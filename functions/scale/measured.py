"""Seconds of a core for cells and full accounts by the size of the market, as `python -m bench.calibrate` has written them down."""

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any

from functions.scale.figures import Range
from functions.scale.work import Market

FILE = Path(__file__).with_name("measured.json")


@dataclass(frozen=True)
class Point:
    """Of one thread on a market of so many stocks, over `Measured.sessions`; of a dual moving average with 50 slots."""

    stocks: int
    seconds_a_run: float
    seconds_a_block_besides: float
    """What combinations share is computed once a block."""
    seconds_an_account: float
    bytes_of_an_account: float


@dataclass(frozen=True)
class Measured:
    """Between the points it is interpolated, outside of them continued, as powers; seconds are in proportion to sessions."""

    taken: str
    machine: str
    load: float
    sessions: int
    points: tuple[Point, ...]
    templates: Mapping[str, float]
    """How many times as long as the dual moving average a combination of each of the shipped templates takes."""
    two_threads: float
    """How many times as fast two threads on two cores are as one."""

    def run(self, market: Market) -> float:
        return self._at("seconds_a_run", market)

    def besides(self, market: Market) -> float:
        return self._at("seconds_a_block_besides", market)

    def account(self, market: Market) -> float:
        return self._at("seconds_an_account", market)

    def account_bytes(self, market: Market) -> float:
        return self._at("bytes_of_an_account", market)

    def strategies(self) -> Range:
        """Of a strategy that nothing is known of, beside the dual moving average: the quickest template, their median, the slowest."""
        known = sorted(self.templates.values())
        return Range(known[0], known[len(known) // 2], known[-1])

    def speed(self, processors: float) -> float:
        """Of a worker with so many threads that have a core each (a share of one, too), beside one core."""
        if processors <= 1:
            return processors
        alone = 2 / self.two_threads - 1  # what two threads cannot share (Amdahl)
        return 1 / (alone + (1 - alone) / processors)

    def _at(self, name: str, market: Market) -> float:
        known = [(log(point.stocks), log(getattr(point, name))) for point in self.points]
        return exp(_through(known, log(max(1, market.stocks)))) * market.sessions / self.sessions


def _through(points: Sequence[tuple[float, float]], x: float) -> float:
    place = min(max(1, bisect_left([each for each, _ in points], x)), len(points) - 1)
    (x0, y0), (x1, y1) = points[place - 1], points[place]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


@cache
def measured() -> Measured:
    return read(json.loads(FILE.read_text()))


def read(told: Mapping[str, Any]) -> Measured:
    names = Point.__dataclass_fields__
    points = sorted((Point(**{name: each[name] for name in names}) for each in told["markets"]), key=lambda point: point.stocks)
    about = {name: told[name] for name in ("taken", "machine", "load", "sessions", "templates", "two_threads")}
    return Measured(points=tuple(points), **about)
