"""Panels that the store lost or damaged while a submission is computed: they are made anew, and nothing that was computed is lost."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from datalake.objects import delete, get, put_over
from datalake.panels.cache import PanelCache
from datalake.panels.panel import PanelSpec, object_key
from datalake.sample import build_sample
from functions import computing, metrics, recorders
from functions.jobs.desk import Desk
from functions.jobs.plan import Plan, Wanted
from functions.messages import Doorbell
from functions.worker import serve, work
from tests.functions.conftest import Servers
from tests.functions.platform import Platform, platform_of

GRID = {"ma_short": [3, 5, 8], "ma_long": [5, 20]}
ERROR = {"code": "UPSTREAM_ERROR", "message": "no panel", "details": {}}


@pytest.fixture(scope="session")
def damaged_lake_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of this file alone."""
    url = f"file://{tmp_path_factory.mktemp('damaged lake')}"
    build_sample(url)
    return url


@pytest.fixture
def platform(servers: Servers, desk: Desk, aws: str, damaged_lake_url: str, tmp_path: Path) -> Iterator[Platform]:
    with platform_of(servers.login, aws, damaged_lake_url, tmp_path) as made:
        yield made


def planned(platform: Platform, user: str, workers: int = 2) -> tuple[Plan, str, str]:
    """The plan of a grid, its id and its backtest's; the panel is there."""
    backtest_id = platform.backtest(user)
    plan = platform.plan(user, backtest_id, Wanted("grid", GRID, reuse=False), workers=workers)
    grid_id = platform.submit(user, replace(plan.submission, workers=workers)).grid_id
    assert platform.answer_one() == "plan"
    return plan, grid_id, backtest_id


def object_of(plan: Plan) -> str:
    return object_key(PanelSpec.from_json(plan.submission.panel).key)


def gone(platform: Platform, name: str) -> None:
    delete(platform.house.lake, [name])


def half(platform: Platform, name: str) -> None:
    data = get(platform.house.lake, name)
    put_over(platform.house.lake, name, data[: len(data) // 2])


def another_byte(platform: Platform, name: str) -> None:
    data = bytearray(get(platform.house.lake, name))
    data[-100] ^= 1
    put_over(platform.house.lake, name, bytes(data))


def garbage(platform: Platform, name: str) -> None:
    put_over(platform.house.lake, name, b"<html>404</html>" * 1000)


DAMAGES: list[Callable[[Platform, str], None]] = [gone, half, another_byte, garbage]


def forget(platform: Platform) -> None:
    """As a worker on another machine, that has never seen a panel."""
    told = platform.house.settings
    folder = told.data_cache_dir.with_name(f"cache-{uuid.uuid4()}")
    vars(platform.house)["panels"] = PanelCache(platform.house.lake, folder)


def losses(admin: psycopg.Connection) -> tuple[int, int]:
    row = admin.execute("select panel_losses, plan_attempt from public.grids").fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_grid_whose_panel_is_not_whole_is_planned_again(
    platform: Platform, user: str, admin: psycopg.Connection, damage: Callable[[Platform, str], None]
) -> None:
    plan, grid_id, backtest_id = planned(platform, user)
    before = get(platform.house.lake, object_of(plan))
    damage(platform, object_of(plan))
    platform.run()
    grid = platform.house.store.get_grid(user, grid_id)
    assert grid is not None and (grid.status, grid.counts) == ("finished", {"succeeded": 4})
    assert get(platform.house.lake, object_of(plan)) == before, "the same bytes again"
    assert losses(admin) == (1, 2)
    assert not platform.house.desk.dead_blocks(10)
    runs, _ = platform.house.store.list_runs(user, backtest_id)
    again = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID, reuse=False)).submission)
    platform.run()
    other, _ = platform.house.store.list_runs(user, backtest_id, grid_id=again.grid_id)
    assert [run.content_hash for run in other] == [run.content_hash for run in runs if run.id not in {each.id for each in other}]


def test_what_was_computed_before_the_panel_was_lost_stays(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    plan, grid_id, backtest_id = planned(platform, user, workers=4)
    house = platform.house
    task = house.desk.claim_block("first", house.engine_version, 30)
    assert task is not None
    serve(task, house)
    first = {run.id: run.content_hash for run in house.store.list_runs(user, backtest_id)[0] if run.content_hash}
    assert len(first) == 1
    forget(platform)
    gone(platform, object_of(plan))
    assert platform.answer_one() == "block"
    waiting = admin.execute("select status, count(*) from public.run_blocks group by status order by status").fetchall()
    assert waiting == [("done", 1), ("waiting", 3)], "nobody tries the others in vain"
    platform.run()
    runs = {run.id: run for run in house.store.list_runs(user, backtest_id)[0]}
    assert {run.status for run in runs.values()} == {"succeeded"}
    for run_id, content_hash in first.items():
        assert (runs[run_id].content_hash, runs[run_id].attempt) == (content_hash, 1)
    grid = house.store.get_grid(user, grid_id)
    assert grid is not None and grid.status == "finished"


def test_of_several_workers_one_sends_the_grid_back(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    planned(platform, user, workers=4)
    desk, version = platform.house.desk, platform.house.engine_version
    tasks = [task for name in "abc" if (task := desk.claim_block(name, version, 30))]
    assert len(tasks) == 3
    first, second, third = tasks
    assert desk.panel_lost(first.block_id, first.attempt, ERROR).outcome == "plan"
    assert desk.panel_lost(first.block_id, first.attempt, ERROR).outcome == "lost", "its lease is over"
    assert desk.panel_lost(second.block_id, second.attempt, ERROR).outcome == "waiting"
    assert desk.claim_block("d", version, 30) is None, "all of them wait"
    plan = desk.claim_plan(first.grid_id)
    assert plan is not None and plan.doubted and plan.attempt == 2
    assert desk.extend_plan(first.grid_id, plan.attempt, 30)
    assert desk.panel_ready(first.grid_id, "k" * 64) == 3
    assert desk.panel_lost(third.block_id, third.attempt, ERROR).outcome == "retry", "it was made anew since"
    assert losses(admin)[0] == 1
    again = desk.claim_block("e", version, 30)
    assert again is not None and again.panel_key == "k" * 64


def test_a_block_that_another_worker_has_sends_nothing_back(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    planned(platform, user)
    task = platform.house.desk.claim_block("a", platform.house.engine_version, 30)
    assert task is not None
    assert platform.house.desk.panel_lost(task.block_id, task.attempt + 1, ERROR).outcome == "lost"
    assert platform.house.desk.panel_lost(10**9, 1, ERROR).outcome == "lost"
    assert losses(admin)[0] == 0


def test_a_store_that_damages_every_panel_ends_the_grid(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    plan, grid_id, _ = planned(platform, user)
    answered = 0
    while bells := [(kind, bell) for kind, url in platform.urls.items() for bell in platform._receive(url)]:
        for kind, bell in bells:
            another_byte(platform, object_of(plan))
            platform.answer(kind, bell)
        answered += len(bells)
        assert answered < 60, "it comes to an end"
    grid = platform.house.store.get_grid(user, grid_id)
    assert grid is not None and (grid.status, grid.counts) == ("incomplete", {"failed": 4})
    assert losses(admin)[0] == 3
    (error,) = {run.error["code"] for run in platform.house.store.list_runs(user, grid.backtest_id)[0] if run.error}
    assert error == "UPSTREAM_ERROR"
    assert platform.house.desk.dead_blocks(10), "for people to look at"


def test_losses_long_ago_do_not_count(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    plan, grid_id, _ = planned(platform, user)
    admin.execute("update public.grids set panel_losses = 3, panel_lost_at = now() - interval '2 hours'")
    gone(platform, object_of(plan))
    platform.run()
    grid = platform.house.store.get_grid(user, grid_id)
    assert grid is not None and grid.status == "finished" and losses(admin)[0] == 1


def test_an_account_of_a_grid_that_has_ended_brings_its_panel_back(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    """Panels are taken away to make room (`lianghu data vacuum --panels`), and results are for ever."""
    plan, grid_id, backtest_id = planned(platform, user)
    platform.run()
    admin.execute("update public.backtest_runs set artifacts = artifacts - 'trades_path'")
    run = platform.house.store.list_runs(user, backtest_id)[0][0]
    forget(platform)
    gone(platform, object_of(plan))
    assert platform.house.store.request_ledger(user, run.id)
    platform.answer("block", Doorbell(grid_id=uuid.UUID(grid_id)))
    assert not platform.house.store.request_ledger(user, run.id), "one waits already"
    assert admin.execute("select count(*) from public.run_blocks where not decides and status = 'waiting'").fetchone() == (1,)
    platform.run()
    told = platform.house.store.get_run(user, backtest_id, run.id)
    assert told is not None and "trades_path" in told.artifacts and told.content_hash == run.content_hash
    grid = platform.house.store.get_grid(user, grid_id)
    assert grid is not None and grid.status == "finished"


def test_a_grid_of_an_older_program_gets_the_panel_of_this_one(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    plan, grid_id, backtest_id = planned(platform, user)
    platform.run()
    old = "8" * 64
    put_over(platform.house.lake, object_key(old), get(platform.house.lake, object_of(plan)))  # whole, but not what this name says today
    admin.execute("update public.grids set panel_key = %s", (old,))
    admin.execute("update public.backtest_runs set artifacts = artifacts - 'trades_path'")
    run = platform.house.store.list_runs(user, backtest_id)[0][0]
    forget(platform)
    assert platform.house.store.request_ledger(user, run.id)
    platform.answer("block", Doorbell(grid_id=uuid.UUID(grid_id)))
    platform.run()
    told = platform.house.store.get_run(user, backtest_id, run.id)
    assert told is not None and "trades_path" in told.artifacts
    key = admin.execute("select panel_key from public.grids").fetchone()
    assert key == (PanelSpec.from_json(plan.submission.panel).key,)


def test_a_panel_that_cannot_be_made_again_ends_the_grid_with_the_reason(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    plan, grid_id, _ = planned(platform, user)
    gone(platform, object_of(plan))
    admin.execute("update public.grids set panel = jsonb_set(panel, '{snapshot}', '\"another lake\"')")
    platform.run()
    grid = platform.house.store.get_grid(user, grid_id)
    assert grid is not None and grid.counts == {"failed": 4} and grid.summary is not None
    assert "not the one that was asked for" in grid.summary["errors"][0]["message"]


def test_the_sweeper_rings_for_a_grid_that_waits_for_its_panel_and_gives_up_in_the_end(
    platform: Platform, user: str, admin: psycopg.Connection
) -> None:
    plan, grid_id, _ = planned(platform, user)
    gone(platform, object_of(plan))
    assert platform.answer_one() == "block"
    platform.lose_the_queues()
    assert platform.sweep()["rung"] == 1
    desk = platform.house.desk
    for _ in range(3):  # planners that die
        assert desk.claim_plan(grid_id)
        assert desk.claim_plan(grid_id) is None
        admin.execute("update public.grids set plan_lease = now() - interval '1 second'")
    assert desk.claim_plan(grid_id) is None, "three attempts"
    platform.sweep()
    platform.run()
    grid = platform.house.store.get_grid(user, grid_id)
    assert grid is not None and (grid.status, grid.counts) == ("incomplete", {"failed": 4})
    assert grid.summary is not None and "the planner fell silent in 3 attempts" in grid.summary["errors"][0]["message"]


def test_a_grid_that_waits_for_its_panel_may_be_cancelled(platform: Platform, user: str) -> None:
    plan, grid_id, _ = planned(platform, user)
    gone(platform, object_of(plan))
    assert platform.answer_one() == "block"
    assert platform.house.store.cancel_grid(user, grid_id) == "cancelled"
    assert platform.house.desk.claim_plan(grid_id) is None
    platform.run()
    grid = platform.house.store.get_grid(user, grid_id)
    assert grid is not None and (grid.status, grid.counts) == ("cancelled", {"cancelled": 4})


def test_a_spoiled_file_on_the_machine_is_the_machines_matter(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    plan, grid_id, _ = planned(platform, user)
    key = PanelSpec.from_json(plan.submission.panel).key
    house = platform.house
    house.panels.load(key)
    file = house.settings.data_cache_dir / f"{key}.panel"
    data = bytearray(file.read_bytes())
    data[-100] ^= 1
    file.write_bytes(data)
    del vars(house)["panels"]  # another process of the same machine
    platform.run()
    grid = house.store.get_grid(user, grid_id)
    assert grid is not None and grid.status == "finished" and losses(admin) == (0, 1)


@pytest.mark.parametrize("breaks", [False, True])
@pytest.mark.parametrize("combinations", [GRID, {"ma_short": [3]}])
def test_what_was_computed_on_a_file_that_was_written_to_is_computed_again(
    platform: Platform,
    user: str,
    admin: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    combinations: dict[str, list[int]],
    breaks: bool,
) -> None:
    """It was reported as if nothing had been, and its files stayed under the run's name."""
    key = PanelSpec.from_json(platform.plan(user, platform.backtest(user), Wanted("grid", GRID)).submission.panel).key
    file, spoilt = platform.house.settings.data_cache_dir / f"{key}.panel", []

    def spoiling(work: Callable[..., object]) -> Callable[..., object]:
        def spoiled(*arguments: object) -> object:
            if len(spoilt) >= 2:
                return work(*arguments)
            spoilt.append(work)
            with file.open("r+b") as opened:
                opened.seek(file.stat().st_size // 2)
                opened.write(b"\x01" * 4096)
            if breaks:
                raise ValueError("no prices")
            return work(*arguments)

        return spoiled

    def computed() -> list[tuple[str, str | None]]:
        backtest_id = platform.backtest(user)
        wanted = Wanted("grid", combinations) if len(combinations) > 1 else Wanted("single", {"ma_short": 3})
        wanted = replace(wanted, reuse=False)
        platform.submit(user, platform.plan(user, backtest_id, wanted).submission)
        platform.run()
        for _ in range(3):  # its bell comes later
            admin.execute("update public.run_blocks set not_before = now() where status = 'ready'")
            work(platform.house, lambda: 300.0)
        platform.run()
        return [(run.status, run.content_hash) for run in platform.house.store.list_runs(user, backtest_id)[0]]

    right = computed()
    monkeypatch.setattr(computing, "evaluate_as_it_comes", spoiling(computing.evaluate_as_it_comes))
    monkeypatch.setattr(recorders, "evaluate", spoiling(recorders.evaluate))
    assert computed() == right and len(spoilt) == 2


def test_the_logs_say_where_a_panel_was(
    platform: Platform, user: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics.serve_as("worker")
    planned(platform, user)
    platform.run()
    again, _, _ = planned(platform, user)
    platform.run()
    assert again
    plans = [vars(record)["panel"] for record in caplog.records if record.getMessage() == "planned"]
    blocks = [vars(record)["panel"] for record in caplog.records if record.getMessage() == "block done"]
    assert plans[-1] == "found" and blocks[0] == "store" and set(blocks[1:]) == {"memory"}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [line["layer"] for line in lines if "PanelLoads" in line] == blocks, "a line each, when the block is done"
    assert {line["panel"] for line in lines if "PanelPlans" in line} <= {"found", "built"}
