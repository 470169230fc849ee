"""Clocks that jump an hour: Postgres', by which leases run, and that of a process, by which nothing should."""

import signal
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from functions.jobs.plan import Wanted
from tests.reliability.children import Nursery
from tests.reliability.healing import come_to_rest, pass_time
from tests.reliability.scenes import SCENES, Ground
from tests.reliability.steps import PAUSES, Orders, Step

pytestmark = pytest.mark.slow

HOUR = 3600
SUBMISSIONS = {
    "a grid": Wanted("grid", {"ma_short": [3, 5], "ma_long": [20]}),
    "a grid with a budget": Wanted("grid", {"ma_short": [3, 5], "ma_long": [20]}, budget_ms=600_000),
    "a single run": Wanted("single", {"ma_short": 4}),
}


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forwards", "backwards"])
def test_the_databases_clock_jumps_while_somebody_computes(
    jump: int, ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    """Of each kind one at whose worker nothing is wrong: a jump is no time that it has taken."""
    settings = ground.platform.house.settings
    for wanted in SUBMISSIONS.values():
        ground.submit(wanted, 1)
        ground.answer("plan")
        child = nursery.start(settings, "worker", Orders(Step("panels.load", 1, "after"), signal.SIGSTOP, PAUSES))
        assert child.wait().code is None
        pass_time(admin, jump)
        assert child.go_on().code == 0
    rest()
    sound()
    assert {status for told in ground.outcomes().values() for status, _ in told} == {"succeeded"}


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forwards", "backwards"])
@pytest.mark.parametrize("scene", ["cells of a grid", "a single run", "accounts of the best", "a plan", "a summary"])
def test_the_databases_clock_jumps_when_somebody_has_just_died(
    jump: int, scene: str, ground: Ground, nursery: Nursery, sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    """A clock that went back an hour would keep the dead one's lease that long."""
    door, make = SCENES[scene]
    (grid_id,) = make(ground, 1)
    claim = {"worker": "desk.claim_block", "planner": "desk.claim_plan", "aggregator": "desk.claim_aggregate"}[door]
    assert nursery.run(ground.platform.house.settings, door, Orders(Step(claim, 1, "after")), grid_id).code == -signal.SIGKILL
    pass_time(admin, jump)
    assert come_to_rest(ground.platform, admin, rounds=10) <= 8
    sound()
    assert {status for status, _ in ground.outcomes()[grid_id]} == {"succeeded"}


@pytest.mark.parametrize("ahead", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_the_clock_of_a_process_is_an_hour_wrong(
    ahead: int, ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None]
) -> None:
    settings = ground.platform.house.settings
    for scene in ("a plan", "cells of a grid", "a single run", "a summary"):
        door, make = SCENES[scene]
        (grid_id,) = make(ground, 1)
        assert nursery.run(settings, door, Orders(pauses=PAUSES, clock=ahead), grid_id).code == 0
    assert nursery.run(settings, "sweeper", Orders(clock=ahead)).code == 0
    rest()
    sound()
    assert {status for told in ground.outcomes().values() for status, _ in told} == {"succeeded"}
