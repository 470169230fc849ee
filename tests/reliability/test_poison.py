"""Work that harms whoever touches it is given up after three attempts; it costs nobody else anything."""

import json
import signal
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from functions.jobs.plan import Wanted
from tests.reliability.children import Nursery
from tests.reliability.healing import pass_time
from tests.reliability.scenes import SCENES, Ground
from tests.reliability.steps import Orders, Step

pytestmark = pytest.mark.slow

KILLED = Orders(Step("panels.load", 1, "after"), signal.SIGKILL)


def test_a_block_that_kills_its_worker_each_time_is_given_up_alone(
    ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    grid_id = ground.submit(Wanted("grid", {"ma_short": [3, 5, 7], "ma_long": [20]}), 1, blocks=3)[0]
    ground.answer("plan")
    for _ in range(3):
        assert nursery.run(ground.platform.house.settings, "worker", KILLED).code == -signal.SIGKILL
        pass_time(admin, 60)
    rest()
    ground.platform.sweep()
    sound()
    assert sorted(status for status, _ in ground.outcomes()[grid_id]) == ["failed", "succeeded", "succeeded"]
    assert admin.execute("select status, platform_failures from public.grids").fetchone() == ("incomplete", 1)
    (error,) = admin.execute("select error from public.backtest_runs where status = 'failed'").fetchone() or ()
    assert error["code"] == "INTERNAL_ERROR" and "3" in error["message"]
    graves = ground.platform.sqs.receive_message(QueueUrl=ground.platform.house.settings.dead_letters_url, MaxNumberOfMessages=10)
    assert [json.loads(message["Body"])["grid_id"] for message in graves["Messages"]] == [grid_id]


def test_a_plan_that_kills_its_planner_each_time_fails_its_own_submission_alone(
    ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    poisoned, other = SCENES["a plan"][1](ground, 2)
    orders = Orders(Step("desk.claim_plan", 1, "after"), signal.SIGKILL)
    for _ in range(3):
        assert nursery.run(ground.platform.house.settings, "planner", orders, poisoned).code == -signal.SIGKILL
        pass_time(admin, 120)
    rest()
    sound()
    assert [status for status, _ in ground.outcomes()[poisoned]] == ["failed"]
    assert [status for status, _ in ground.outcomes()[other]] == ["succeeded"]


def test_a_grid_that_kills_every_aggregator_is_summed_up_by_the_sweeper(
    ground: Ground, nursery: Nursery, rest: Callable[[], int], sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    poisoned, other = SCENES["a summary"][1](ground, 2)
    for _ in range(4):
        orders = Orders(Step("desk.claim_aggregate", 1, "after"), signal.SIGKILL)
        assert nursery.run(ground.platform.house.settings, "aggregator", orders, poisoned).code == -signal.SIGKILL
        pass_time(admin, 120)
    rest()
    sound()
    summaries = dict(admin.execute("select id::text, summary from public.grids").fetchall())
    assert "fell silent" in summaries[poisoned]["errors"][0]["message"] and summaries[other]["errors"] == []
    assert [status for status, _ in ground.outcomes()[poisoned]] == ["succeeded"], "what was computed is not lost with it"
