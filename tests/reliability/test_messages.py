"""Messages say only that something may be waiting: twice, in any order, long after the end, or not at all, they change nothing."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from functions.jobs.plan import Wanted
from functions.messages import Doorbell
from tests.functions.platform import Platform
from tests.reliability.healing import TABLES, empty_queues
from tests.reliability.scenes import Ground

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

GRID = {"ma_short": [3, 4, 5], "ma_long": [20, 30]}
EARLY = {"metric": "return", "mode": "max", "patience": 2}
Bell = tuple[str, Doorbell]


def submit_some(ground: Ground) -> list[str]:
    """Grids that overlap, one that stops early, one with a budget, and single runs: of three blocks each where it can be."""
    wanted = [
        Wanted("grid", GRID),
        Wanted("grid", {**GRID, "ma_short": [4, 5, 6]}),
        Wanted("grid", {"ma_short": [3, 4, 5, 6, 7, 8], "ma_long": [40]}, early_stop=EARLY),
        Wanted("grid", {"ma_short": [8, 9], "ma_long": [20]}, budget_ms=1),
        Wanted("single", {"ma_short": 4}),
        Wanted("single", {"ma_short": 11}),
    ]
    platform, user = ground.platform, ground.user
    planned = [platform.plan(user, ground.backtest_id, each).submission for each in wanted]
    return [platform.submit(user, replace(each, workers=3)).grid_id for each in planned]


def received(platform: Platform) -> list[Bell]:
    return [(kind, bell) for kind, url in platform.urls.items() for bell in platform._receive(url)]


def deliver(platform: Platform, chance: random.Random, times: int, between: Callable[[], None] = lambda: None) -> list[Bell]:
    """Each so often, the next one by chance among all that are there; what was delivered."""
    waiting: list[Bell] = []
    delivered: list[Bell] = []
    while True:
        waiting += received(platform) * times
        if not waiting:
            return delivered
        delivered.append(waiting.pop(chance.randrange(len(waiting))))
        platform.answer(*delivered[-1])
        between()


def all_rows(admin: psycopg.Connection[Any]) -> dict[str, Any]:
    """A hash of each table of the life of jobs."""
    query = "select md5(string_agg(t::text, '|' order by t::text)) from public.{} t"
    return {table: admin.execute(query.format(table)).fetchone() for table in TABLES}


def cancel_by_chance(ground: Ground, chance: random.Random) -> None:
    """Somebody who cancels a run or a grid now and then."""
    if chance.random() > 0.1:
        return
    rows = ground.admin.execute("select grid_id::text, id::text from public.backtest_runs order by created_at, position").fetchall()
    grid_id, run_id = chance.choice(rows)
    if chance.random() < 0.3:
        ground.platform.house.store.cancel_grid(ground.user, grid_id)
    else:
        ground.platform.house.store.cancel_run(ground.user, ground.backtest_id, run_id)


@pytest.mark.parametrize("seed", range(3))
def test_every_message_twice_and_in_any_order(seed: int, ground: Ground, sound: Callable[[], None], rest: Callable[[], int]) -> None:
    chance = random.Random(seed)
    submit_some(ground)
    deliver(ground.platform, chance, 2, (lambda: cancel_by_chance(ground, chance)) if seed else lambda: None)
    if seed:
        rest()  # whoever cancels what is last is to ring himself, which this one does not
    sound()


def test_messages_that_come_again_when_everything_has_ended_change_nothing(ground: Ground, sound: Callable[[], None]) -> None:
    chance = random.Random(5)
    submit_some(ground)
    delivered = deliver(ground.platform, chance, 1)
    sound()
    before = all_rows(ground.admin)
    chance.shuffle(delivered)
    for kind, bell in delivered:
        ground.platform.answer(kind, bell)
    assert received(ground.platform) == []
    assert all_rows(ground.admin) == before


def test_a_queue_that_is_emptied_again_and_again_loses_nothing(ground: Ground, sound: Callable[[], None], rest: Callable[[], int]) -> None:
    chance = random.Random(7)

    def perhaps_empty() -> None:
        if chance.random() < 0.5:
            empty_queues(ground.platform)

    for _ in range(3):
        submit_some(ground)
        deliver(ground.platform, chance, 1, perhaps_empty)
    rest()
    sound()


def test_messages_that_name_nothing_change_nothing(ground: Ground, sound: Callable[[], None]) -> None:
    submit_some(ground)
    deliver(ground.platform, random.Random(9), 1)
    before = all_rows(ground.admin)
    stranger = Doorbell.model_validate({"grid_id": "00000000-0000-4000-8000-000000000000"})
    for kind in ground.platform.urls:
        ground.platform.answer(kind, stranger)
    assert all_rows(ground.admin) == before
    sound()
