"""A process that stands still for a minute, at any of its calls, and then goes on as if nothing had been: others did its work meanwhile."""

import signal
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.reliability.children import Nursery
from tests.reliability.scenes import SCENES, Ground
from tests.reliability.steps import BEATS, PAUSES, Orders, Step, steps_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("scene", ["cells of a grid", "a single run", "accounts of the best", "a plan", "a summary"])
def test_a_process_that_lost_its_lease_while_it_stood_still_changes_nothing(
    scene: str, ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None]
) -> None:
    door, make = SCENES[scene]
    settings = ground.platform.house.settings
    (healthy,) = make(ground, 1)
    steps = [
        step
        for step in steps_of(nursery.run(settings, door, Orders(pauses=PAUSES), healthy).steps)
        if step.when != "inside" and (step.nth == 1 or step.call != "desk.claim_block")
    ]
    rest()
    still = []
    for step, grid_id in zip(steps, make(ground, len(steps)), strict=True):
        child = nursery.start(settings, door, Orders(step, signal.SIGSTOP, PAUSES), grid_id)
        ended = child.wait()
        if step.call in BEATS and ended.code == 0:
            continue  # it was faster this time
        assert (ended.code, ended.steps[-1]) == (None, step), ended.steps
        still.append(child)
    rest()
    sound()
    before = ground.outcomes()
    assert [child.go_on().code for child in still] == [0] * len(still)
    rest()
    sound()
    assert ground.outcomes() == before


@pytest.mark.parametrize("call", ["desk.claim_block", "desk.complete_block"])
def test_a_process_that_stood_still_in_a_transaction_kept_everybody_waiting_for_its_locks(
    call: str, ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    """As long as it stood still, or as TCP believes in a machine that is gone: hours."""
    _, make = SCENES["cells of a grid"]
    make(ground, 2)
    orders = Orders(Step(call, 1, "inside"), signal.SIGSTOP, PAUSES, idle_timeout="200ms")
    child = nursery.start(ground.platform.house.settings, "worker", orders)
    assert child.wait().code is None
    rest()
    sound()
    before = ground.outcomes()
    child.go_on()  # its connection is gone, however it takes that
    rest()
    sound()
    assert ground.outcomes() == before
