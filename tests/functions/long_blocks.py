"""Blocks that take many seconds, for the tests of what ends them: many combinations on a market that is generated in memory."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from bench.generated import generated_market
from datalake.panels.cache import Loaded
from engine.market import Market
from functions.jobs.plan import Wanted
from functions.jobs.records import Submission, Submitted
from functions.wiring import House
from functions.worker import work
from tests.functions.platform import Platform

PAIRS = tuple({"ma_short": short, "ma_long": long} for short in range(2, 42) for long in range(50, 100))
"""2,000 combinations: half a minute of one core."""


@cache
def _market() -> Market:
    return generated_market(500, 1200)


class Panels:
    """In the place of a house's panels: the same market whatever is asked for."""

    def load(self, key: str) -> Loaded:
        return Loaded(_market(), "memory", lambda: True)


class Hanging:
    """Panels that never come, until somebody lets go."""

    def __init__(self) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()

    def load(self, key: str) -> Loaded:
        self.asked.set()
        assert self.let_go.wait(60)
        return Panels().load(key)


def house_of(platform: Platform, panels: Any, **settings: Any) -> House:
    """Another house on the same platform."""
    house = House(platform.house.settings.model_copy(update=settings))
    vars(house)["panels"] = panels
    return house


def submit_block(platform: Platform, user: str, count: int = len(PAIRS), **facts: Any) -> tuple[str, Submitted]:
    """A grid of one block, planned; the backtest's id and the grid."""
    backtest_id = platform.backtest(user)
    planned = platform.plan(user, backtest_id, Wanted("grid", {"ma_short": [3], "ma_long": [5]}, reuse=False), workers=1).submission
    identities = tuple(f"{planned.identities[0]}-{position}" for position in range(count))
    submission: Submission = replace(planned, combinations=PAIRS[:count], identities=identities, block_runs=count, workers=1, **facts)
    submitted = platform.submit(user, submission)
    assert platform.answer_one() == "plan"
    return backtest_id, submitted


@contextmanager
def working(house: House, seconds_left: float = 300.0) -> Iterator[threading.Thread]:
    """A worker in a thread; it has nothing left to do at the end."""
    thread = threading.Thread(target=work, args=(house, lambda: seconds_left))
    thread.start()
    try:
        yield thread
    finally:
        thread.join(120)
        assert not thread.is_alive()


def wait_until(found: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.005)
