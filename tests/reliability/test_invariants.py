"""The invariants hold of a healthy platform, and each of them finds what it is there to find."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from functions.jobs.plan import Wanted
from tests.functions.platform import Platform
from tests.reliability.invariants import RULES, broken, unfinished
from tests.reliability.truth import Truth

GRID = {"ma_short": [3, 5], "ma_long": [20]}

TERMINAL = "update public.outbox set body = jsonb_set(body, '{event}', '\"progress\"') where body ->> 'event' ~ 'succeeded'"
SABOTAGE = {
    "a run has not ended": "update public.backtest_runs set status = 'queued'",
    "a run that ended does not say when": "update public.backtest_runs set finished_at = null",
    "a run was not told to be enqueued exactly once": "insert into public.outbox (owner, body) select owner, body from public.outbox",
    "a run was not told to have ended exactly once, as it did": TERMINAL,
    "a run that was computed was not told to have started exactly once": "delete from public.outbox where body ->> 'event' ~ 'started'",
    "what was told of a run is out of order": """
        insert into public.outbox (owner, body)
        select owner, jsonb_set(body, '{event}', '"progress"') from public.outbox where body ->> 'event' ~ 'succeeded'""",
    "the progress of a run fell": """
        insert into public.outbox (owner, body)
        select o.owner, jsonb_set(jsonb_set(o.body, '{event}', '"progress"'), '{details}', jsonb_build_object('percent', p.percent))
        from public.outbox o cross join (values (9), (8)) as p (percent) where o.body ->> 'event' ~ 'succeeded'""",
    "a block has not ended": "update public.run_blocks set status = 'computed'",
    "a lease is left": "update public.run_blocks set lease_until = now()",
    "a grid counts open blocks": "update public.grids set open_blocks = 1",
    "a grid has not all of its runs": "delete from public.backtest_runs where position = 0",
    "a run that was not there before is not one block's": "delete from public.run_blocks",
    "a grid was not summed up": "update public.grids set aggregated_at = null",
    "a summary counts other runs than there are": 'update public.grids set summary = \'{"counts": {"succeeded": 3}}\'',
    "a grid's status is not what became of its runs": "update public.grids set platform_failures = 1",
    "a grid was not told to be finished exactly once, as it did; a single run is told by itself": """
        insert into public.outbox (body) select jsonb_build_object('event', 'grid.finished', 'grid_id', id)
        from public.grids cross join generate_series(1, 2)""",
    "a result stands in a run that did not succeed, or lacks in one that did": "update public.backtest_runs set content_hash = null",
    "the figures by column are not those of the runs that succeeded": "delete from public.metrics",
    "a run's files are not those that are noted": "delete from public.artifacts",
    "a run has its full account and no curve": "delete from public.equity_curves",
    "the same account was made twice": """
        insert into public.run_blocks (grid_id, owner, kind, decides, first_position, last_position, status, priority, engine_version)
        select grid_id, owner, kind, decides, first_position, last_position, status, priority, engine_version
        from public.run_blocks where not decides""",
    "a block was tried more often than it may be": "update public.run_blocks set attempt = 4",
    "what was reused is not the owner's own same run": """
        update public.backtest_runs r set reused_from = o.id from public.backtest_runs o where o.identity <> r.identity""",
    "a grid counts other reused runs than it has": "update public.grids set reused = reused + 1",
    "a submission spent less than nothing": "update public.grids set spent_ms = -1",
}


@pytest.fixture
def rested(platform: Platform, user: str) -> Platform:
    """With a grid, whose best have their accounts, and a single run."""
    backtest_id = platform.backtest(user)
    platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    platform.submit(user, platform.plan(user, backtest_id, Wanted("single", {"ma_short": 4})).submission)
    platform.run()
    return platform


def test_they_hold_of_a_platform_that_nothing_happened_to(
    rested: Platform, sound: Callable[[], None], admin: psycopg.Connection[Any]
) -> None:
    assert admin.execute("select count(*) from public.backtest_runs").fetchone() == (3,)
    assert unfinished(admin) == []
    sound()


def test_each_finds_what_it_is_there_for(rested: Platform, admin: psycopg.Connection[Any]) -> None:
    assert list(SABOTAGE) == list(RULES)
    for rule, sabotage in SABOTAGE.items():
        with admin.transaction(force_rollback=True):
            admin.execute("set local session_replication_role = replica")  # triggers would keep some of it from happening
            admin.execute(sabotage)
            assert any(line.startswith(f"{rule}: ") for line in broken(admin, rested.house.results)), rule


def test_a_file_that_is_gone_or_changed_is_found(rested: Platform, admin: psycopg.Connection[Any]) -> None:
    folder = Path(rested.house.settings.results_url.removeprefix("file://"))
    report, cells = next(folder.glob("grids/**/report.html")), next(folder.glob("cells/**/*.cells"))
    trades = next(folder.glob("artifacts/**/trades.csv"))
    report.unlink()
    cells.write_bytes(cells.read_bytes()[:-1])
    trades.write_bytes(trades.read_bytes() + b"\n")
    found = broken(admin, rested.house.results)
    assert len(found) == 3 and found[0].startswith("an object is missing: report")
    assert found[1].startswith("a file is not what was noted of it") and found[2].startswith("cells cannot be read")


def test_a_figure_that_is_not_the_engines_is_found(rested: Platform, admin: psycopg.Connection[Any]) -> None:
    truth = Truth(rested.house.panels)
    assert truth.differences(admin, rested.house.results) == []
    with admin.transaction(force_rollback=True):
        admin.execute("update public.backtest_runs set stats = jsonb_set(stats, '{sharpe}', '0.123') where position = 1")
        assert [line.partition(":")[0] for line in truth.differences(admin, rested.house.results)] == [
            "a run's figures are not the engine's"
        ]
    trades = next(Path(rested.house.settings.results_url.removeprefix("file://")).glob("artifacts/**/trades.csv"))
    trades.write_bytes(trades.read_bytes() + b"\n")
    assert [line.partition(":")[0] for line in truth.differences(admin, rested.house.results)] == ["a table is not the engine's"]
