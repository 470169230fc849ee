"""A process that is killed before, inside and after every call that it makes: the next one finds things as if it had never been there.

The steps come from a process that nothing happens to, so whatever step somebody adds is covered by itself. At each step one process dies,
each over work of its own; afterwards every message is lost, and only the sweeper rings.
"""

import signal
from collections.abc import Callable

import pytest

from tests.reliability.children import Nursery
from tests.reliability.scenes import BY_CHANCE, SCENES, SUCCEED, Ground, mess
from tests.reliability.steps import BEATS, PAUSES, Orders, steps_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("scene", SCENES)
def test_a_process_killed_at_any_step_leaves_nothing_lost_and_nothing_twice(
    scene: str, ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None]
) -> None:
    door, make = SCENES[scene]
    settings = ground.platform.house.settings
    (healthy,) = make(ground, 1)
    unharmed = nursery.run(settings, door, Orders(pauses=PAUSES), healthy)
    assert unharmed.code == 0
    rest()
    wanted = ground.outcomes()[healthy]
    steps = steps_of(unharmed.steps)
    assert len(steps) >= 6
    grids = make(ground, len(steps))
    for step, grid_id in zip(steps, grids, strict=True):
        ended = nursery.run(settings, door, Orders(step, signal.SIGKILL, PAUSES), grid_id)
        if step.call in BEATS and ended.code == 0:
            continue  # it was faster this time
        assert (ended.code, ended.steps[-1]) == (-signal.SIGKILL, step), ended.steps
    rest()
    sound()
    if scene not in BY_CHANCE:
        assert {grid: told for grid, told in ground.outcomes().items() if told != wanted} == {}
    if scene in SUCCEED:
        assert {status for status, _ in wanted} == {"succeeded"}


def test_a_sweeper_killed_at_any_step_leaves_it_to_the_next_one(
    ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None]
) -> None:
    settings = ground.platform.house.settings
    mess(ground)
    unharmed = nursery.run(settings, "sweeper")
    assert unharmed.code == 0
    for step in (step for step in steps_of(unharmed.steps) if step.nth == 1):
        mess(ground)
        ended = nursery.run(settings, "sweeper", Orders(step, signal.SIGKILL))
        assert (ended.code, ended.steps[-1]) == (-signal.SIGKILL, step), ended.steps
    rest()
    ground.platform.sweep()
    sound()
    not_buried = "select count(*) from public.run_blocks where status = 'failed' and attempt > 0 and buried_at is null"
    assert ground.admin.execute(not_buried).fetchone() == (0,)
