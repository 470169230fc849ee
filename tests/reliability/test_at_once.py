"""Several of a kind at the same moment, as processes and as threads: each piece of work is done by one of them."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from functions.jobs.plan import Wanted
from functions.messages import Doorbell
from functions.wiring import House
from tests.reliability.children import Nursery
from tests.reliability.invariants import unfinished
from tests.reliability.scenes import SCENES, Ground, mess
from tests.reliability.test_messages import cancel_by_chance, submit_some

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scene", ["a summary", "a plan", "cells of a grid"])
def test_five_processes_at_once_do_the_work_of_one(
    scene: str, ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    door, make = SCENES[scene]
    grid_id, _ = make(ground, 2)
    children = [nursery.start(ground.platform.house.settings, door, grid_id=grid_id) for _ in range(5)]
    assert [child.wait().code for child in children] == [0] * 5
    rest()
    sound()
    attempts = "select aggregate_attempt, plan_attempt from public.grids"
    assert set(admin.execute(attempts).fetchall()) == {(1, 1)}
    assert {row[0] for row in admin.execute("select attempt from public.run_blocks").fetchall()} == {1}


def test_sweepers_at_once_heal_the_same_things_once(
    ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    mess(ground)
    children = [nursery.start(ground.platform.house.settings, "sweeper") for _ in range(4)]
    assert [child.wait().code for child in children] == [0] * 4
    rest()
    ground.platform.sweep()
    sound()
    assert admin.execute("select count(*) from public.run_blocks where status = 'failed' and buried_at is not null").fetchone() == (1,)
    assert sorted(row[0] for row in admin.execute("select status from public.grids").fetchall()) == ["finished"] * 3 + ["incomplete"]


@pytest.mark.parametrize("seed", range(2))
def test_everybody_at_once(seed: int, ground: Ground, rest: Callable[[], int], sound: Callable[[], None]) -> None:
    """Planners, workers, aggregators, sweepers and somebody who cancels, as threads with connections of their own."""
    grids = submit_some(ground)
    over, raised = threading.Event(), []

    def act(number: int) -> None:
        chance = random.Random(seed * 10 + number)
        platform = replace(ground.platform, house=House(ground.platform.house.settings))
        try:
            while not over.is_set():
                if chance.random() < 0.2:
                    platform.sweep()
                else:
                    kind = chance.choice(["plan", "block", "aggregate"])
                    platform.answer(kind, Doorbell.model_validate({"grid_id": chance.choice(grids)}))
        except Exception as error:  # noqa: BLE001  it is told below
            raised.append(error)
        finally:
            platform.house.database.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    chance = random.Random(seed)
    while unfinished(ground.admin) and not raised and any(thread.is_alive() for thread in threads):
        if seed:
            cancel_by_chance(ground, chance)
        over.wait(0.05)
    over.set()
    for thread in threads:
        thread.join()
    assert raised == []
    sound()


def test_one_submission_in_the_same_moment_twice_is_two_and_both_are_right(
    ground: Ground, sound: Callable[[], None], rest: Callable[[], int]
) -> None:
    plan = ground.platform.plan(ground.user, ground.backtest_id, Wanted("grid", {"ma_short": [3, 5], "ma_long": [20]}))
    threads = [threading.Thread(target=ground.platform.submit, args=(ground.user, plan.submission)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rest()
    sound()
    assert len(ground.outcomes()) == 3 and len({tuple(told) for told in ground.outcomes().values()}) == 1
