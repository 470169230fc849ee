"""Planner, worker, aggregator and sweeper with real parts: lake, Postgres, SQS and the engine."""

import csv
import io
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from datalake.errors import Problem, StorageError
from datalake.objects import open_store
from datalake.panels.panel import PanelSpec, object_key
from datalake.versions import resolve
from engine.evaluate import evaluate, evaluate_as_it_comes
from engine.language import compile_strategy
from functions import computing
from functions.doorbells import answer
from functions.jobs.plan import Wanted, overrides
from functions.jobs.results import Cells, Results
from functions.jobs.summary import in_turn
from functions.messages import DeadBlock, Doorbell
from functions.wiring import House
from functions.worker import work
from tests.functions.platform import CODES, PREPARED, Platform

GRID = {"ma_short": [3, 5, 8], "ma_long": [5, 20]}


def rows(platform: Platform, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(platform.house.results.get_artifact(path).decode())))


def test_a_grid_goes_through_every_room(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    planned = platform.plan(user, backtest_id, Wanted("grid", GRID))
    assert len(planned.submission.combinations) == 4
    assert planned.submission.skipped == 2, "5 and 8 are not below 5"
    submitted = platform.submit(user, planned.submission)
    platform.run()

    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert (grid.status, grid.counts) == ("finished", {"succeeded": 4})
    assert grid.summary is not None
    assert grid.summary["skipped"] == 2
    runs, _ = platform.house.store.list_runs(user, backtest_id, sort="-stats.return")
    assert grid.summary["best"]["return"]["run_id"] == runs[0].id

    market = platform.house.panels.load(planned_key(planned.submission.panel)).market
    backtest = platform.house.strategies.get_backtest(user, backtest_id)
    assert backtest is not None
    program = compile_strategy(backtest.strategy.source, overrides(backtest.context))
    for run in runs:
        alone = evaluate(program, market, run.params, 1_000_000_000)
        assert run.content_hash == alone.cell.content_hash, "a cell of a grid and the same single run are the same bytes"
        assert run.stats == alone.cell.stats
        sessions, equity = platform.house.results.get_equity(run.artifacts["cells_path"], run.content_hash or "")
        assert equity.tolist() == alone.cell.equity.tolist()
        assert sessions.tolist() == market.sessions[market.window_start :].tolist()
        table = rows(platform, run.artifacts["equity_curve_path"])
        assert [round(float(row["equity_yuan"]) * 1000) for row in table] == equity.tolist()
        with platform.house.database.as_user(user) as connection:
            query = "select session, equity_yuan from public.backtest_daily_returns where run_id = %s order by session"
            told = [(int(f"{row['session']:%Y%m%d}"), int(row["equity_yuan"] * 1000)) for row in connection.execute(query, (run.id,))]
        assert told == list(zip(sessions.tolist(), equity.tolist(), strict=True)), "the account's curve is in the database, too"


def test_a_worker_with_threads_computes_the_same(platform: Platform, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes, asked = [], []

    def told(*arguments: Any) -> Any:
        asked.append(arguments[-1])
        return evaluate_as_it_comes(*arguments)

    monkeypatch.setattr(computing, "evaluate_as_it_comes", told)
    for threads, few in ((1, 4), (2, 4), (2, 5)):
        monkeypatch.setattr(computing, "FEW", few)
        house = House(platform.house.settings.model_copy(update={"worker_threads": threads}))
        backtest_id = platform.backtest(user)
        grid_id = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID, reuse=False), workers=1).submission).grid_id
        replace(platform, house=house).run()
        runs, _ = platform.house.store.list_runs(user, backtest_id, grid_id=grid_id)
        hashes.append([run.content_hash for run in runs])
    assert asked == [1, 2, 1], "four combinations are few where five are wanted"
    assert hashes[0] == hashes[1] == hashes[2] and all(hashes[0])


def test_a_grid_is_judged_from_what_its_workers_stored(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    platform.run()
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None
    diagnosis = grid.summary["diagnosis"]
    assert (diagnosis["combinations"], diagnosis["trials"]["count"], diagnosis["trials"]["scope"]) == (4, 4, "owner")
    runs, _ = platform.house.store.list_runs(user, backtest_id, sort="-stats.sharpe")
    assert diagnosis["best_run_id"] == runs[0].id, "the statistics and the diagnosis see the same curves"
    page = platform.house.results.get_artifact(grid.summary["report_path"]).decode()
    assert diagnosis["summary"]["zh"] in page
    single = platform.submit(user, platform.plan(user, backtest_id, Wanted("single", {"ma_short": 4})).submission)
    platform.run()
    alone = platform.house.store.get_grid(user, single.grid_id)
    assert alone is not None and alone.summary is not None and not {"diagnosis", "report_path"} & set(alone.summary)


def test_an_aggregator_whose_store_does_not_answer_tries_again(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    assert [platform.answer_one(), platform.answer_one()] == ["plan", "block"], "which computes all there is"
    bell = Doorbell(grid_id=uuid.UUID(submitted.grid_id))
    results = platform.house.results
    vars(platform.house)["results"] = Silent(open_store(platform.house.settings.results_url))
    platform.answer("aggregate", bell)
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is None, "the lease was given back"
    platform.answer("aggregate", bell)
    assert admin.execute("select aggregate_attempt from public.grids").fetchone() == (1,), "not before a pause"
    admin.execute("update public.grids set aggregate_lease = now() - interval '1 second'")
    vars(platform.house)["results"] = results
    platform.answer("aggregate", bell)
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None and grid.summary["diagnosis"]["indicators"]


def test_a_store_that_is_silent_for_good_costs_the_diagnosis_and_not_the_summary(
    platform: Platform, user: str, admin: psycopg.Connection
) -> None:
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    assert [platform.answer_one(), platform.answer_one()] == ["plan", "block"], "which computes all there is"
    vars(platform.house)["results"] = Silent(open_store(platform.house.settings.results_url))
    for _ in range(3):
        platform.answer("aggregate", Doorbell(grid_id=uuid.UUID(submitted.grid_id)))
        admin.execute("update public.grids set aggregate_lease = now() - interval '1 second'")
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None
    assert (grid.status, grid.summary["counts"]) == ("finished", {"succeeded": 4})
    assert grid.summary["best"]["return"] and grid.summary["diagnosis"]["verdict"] == "unknown" and grid.summary["report_path"] is None


def test_a_grid_of_an_older_format_is_summed_up_at_once(platform: Platform, user: str) -> None:
    """It killed three aggregators, and was summed up minutes later by the fourth."""
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    assert [platform.answer_one(), platform.answer_one()] == ["plan", "block"], "which computes all there is"
    vars(platform.house)["results"] = Older(open_store(platform.house.settings.results_url))
    platform.answer("aggregate", Doorbell(grid_id=uuid.UUID(submitted.grid_id)))
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None
    assert grid.summary["diagnosis"]["verdict"] == "unknown" and grid.summary["report_path"] and grid.summary["best"]["return"]


def test_an_aggregator_that_lost_its_lease_changes_nothing_and_does_not_say_it_did(
    platform: Platform, user: str, admin: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    assert [platform.answer_one(), platform.answer_one()] == ["plan", "block"], "which computes all there is"
    bell = Doorbell(grid_id=uuid.UUID(submitted.grid_id))
    overtaken = Overtaken(open_store(platform.house.settings.results_url))
    results, vars(platform.house)["results"] = platform.house.results, overtaken

    def overtake() -> None:
        vars(platform.house)["results"] = results
        admin.execute("update public.grids set aggregate_lease = now() - interval '1 second'")
        platform.answer("aggregate", bell)

    overtaken.meanwhile = overtake
    platform.answer("aggregate", bell)
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None and grid.summary is not None
    assert "/2/report.html" in grid.summary["report_path"] and grid.summary["diagnosis"]["indicators"]
    said = [record.getMessage() for record in caplog.records if "aggregated" in record.getMessage()]
    assert said == ["aggregated", "not aggregated: the lease was lost, and somebody else sums up"]
    ledgers = admin.execute("select count(*) from public.run_blocks where not decides").fetchone()
    assert ledgers == (4,), "each account is asked for once"


class Older(Results):
    """Reads what another version wrote."""

    def get_cells(self, key: str) -> Cells:
        raise KeyError("benchmark")


class Overtaken(Results):
    """Somebody else is faster while the curves are read."""

    meanwhile: Callable[[], None]

    def get_cells(self, key: str) -> Cells:
        self.meanwhile()
        return super().get_cells(key)


class Silent(Results):
    """An object store that does not answer."""

    def get_cells(self, key: str) -> Cells:
        raise StorageError(Problem("store", "timeout"))

    def put_grid_report(self, owner: str, grid_id: str, attempt: int, page: bytes) -> str:
        raise StorageError(Problem("store", "timeout"))


def planned_key(panel: dict[str, Any]) -> str:
    return PanelSpec.from_json(panel).key


def test_a_single_run_leaves_its_full_account(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("single", {"ma_short": 3, "ma_long": 10})).submission)
    platform.run()
    run = platform.house.store.get_run(user, backtest_id, submitted.run_ids[0])
    assert run is not None
    assert run.status == "succeeded"
    assert run.stats is not None
    assert len(rows(platform, run.artifacts["trades_path"])) == run.stats["trades"] > 0
    assert {row["ts_code"] for row in rows(platform, run.artifacts["trades_path"])} <= set(CODES)
    equity = rows(platform, run.artifacts["equity_curve_path"])
    assert (equity[0]["date"], equity[-1]["date"]) == ("2022-01-04", "2022-12-30")
    pnl = int(equity[-1]["equity_yuan"].replace(".", "")) - 1_000_000_000
    assert pnl == round(run.stats["pnl"] * 1000)
    closed = sum(int(row["pnl_yuan"].replace(".", "")) for row in rows(platform, run.artifacts["trades_path"]))
    held = sum(int(row["pnl_yuan"].replace(".", "")) for row in rows(platform, run.artifacts["positions_path"]))
    assert closed + held == pnl, "money is exact to the li"
    assert rows(platform, run.artifacts["events_path"])
    assert rows(platform, run.artifacts["refusals_path"]) is not None
    log = platform.house.results.get_artifact(run.artifacts["logs_path"]).decode()
    assert run.id in log
    assert "cross_above" not in log, "no log carries a strategy's source"
    assert b"<html" in platform.house.results.get_artifact(run.artifacts["report_path"])


@pytest.mark.parametrize("part", ["report_of", "render_run", "findings_json"])
@pytest.mark.parametrize("wanted", [Wanted("single", {"ma_short": 3, "ma_long": 10}), Wanted("grid", GRID)], ids=["single", "grid"])
def test_a_doctor_or_a_page_that_fails_costs_no_run_its_account(
    platform: Platform, user: str, monkeypatch: pytest.MonkeyPatch, wanted: Wanted, part: str
) -> None:
    """The run ended as failed, and its ledger was thrown away."""

    def fail(*_: object) -> None:
        raise RuntimeError("a bug in what is told")

    monkeypatch.setattr(computing, part, fail)
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, wanted).submission)
    platform.run()
    run = platform.house.store.get_run(user, backtest_id, submitted.run_ids[0])
    assert run is not None and run.status == "succeeded" and run.stats is not None and run.content_hash
    assert len(rows(platform, run.artifacts["trades_path"])) == run.stats["trades"] > 0
    assert not {"report_path", "statistics_path", "findings_path"} & set(run.artifacts), "all of them or none: no page without its findings"
    assert not platform.house.desk.dead_blocks(10)


PRICED = """
name: priced
params: {dip: {default: 0.01, min: 0.0, max: 0.1}, days: {default: 3, min: 2, max: 20}}
entry: close > ref(close, 1)
exit: close < sma(close, days)
rank: roc(close, 5)
execution:
  buy: {limit: raw_close * (1 - dip), time_in_force: gtc}
  sell: {limit: raw_close, stop: "lowest(low, days)"}
  volume_cap: 0.05
risk: {stop_loss: 0.05, max_industry_weight: 0.5}
"""
MINUTES = {"start": "2024-11-18", "end": "2024-12-31"}


@pytest.mark.parametrize(
    "context",
    [
        {"costs": {"dividends": "cash"}, "window": {"start": "2019-01-02", "end": "2022-12-30"}},
        {"costs": {"dividends": "reinvest"}, "execution": {"fill": "close"}},
        {"costs": {"dividends": "cash"}, "execution": {"frequency": "5m"}, "window": MINUTES, "universe": "of minutes"},
    ],
)
def test_a_cell_with_orders_at_a_price_is_the_single_run(platform: Platform, user: str, context: dict[str, Any]) -> None:
    codes = {"universe": list(resolve(platform.house.lake, "sample:v1").catalog.bars["5m"].codes)} if "universe" in context else {}
    backtest_id = platform.backtest(user, PRICED, **context | codes)
    planned = platform.plan(user, backtest_id, Wanted("grid", {"dip": [0.0, 0.02], "days": [2, 4]}), workers=1)
    platform.submit(user, planned.submission)
    platform.run()
    cells, _ = platform.house.store.list_runs(user, backtest_id)
    assert [cell.status for cell in cells] == ["succeeded"] * 4
    assert len({cell.content_hash for cell in cells}) == 4
    singles = [
        platform.submit(user, platform.plan(user, backtest_id, Wanted("single", cell.params)).submission).run_ids[0] for cell in cells
    ]
    platform.run()
    for cell, single in zip(cells, singles, strict=True):
        run = platform.house.store.get_run(user, backtest_id, single)
        assert run is not None
        assert (run.content_hash, run.stats) == (cell.content_hash, cell.stats)
        stored = platform.house.results.get_cells(cell.artifacts["cells_path"])
        at = stored.content_hashes.index(cell.content_hash or "")
        tallies = dict(zip(stored.tally_names, stored.tallies[at].tolist(), strict=True))
        days = rows(platform, run.artifacts["account_path"])
        assert [row["equity_yuan"] for row in days] == [row["equity_yuan"] for row in rows(platform, cell.artifacts["account_path"])]
        sums = {name: sum(round(Decimal(row[f"{name}_yuan"]) * 1000) for row in days) for name in MONEY}
        assert sums == {name: tallies[name] for name in MONEY}, "what the cell stored is what the days of its account add up to"
        fees = tallies["commission"] + tallies["duty"] + tallies["transfer"]
        assert round(Decimal(str((run.stats or {})["fees"])) * 1000) == fees, "the tax on dividends is no fee"
        came = sum(tallies[name] for name in ("sold", "dividends", "fractions", "delisted"))
        cash = 1_000_000_000 + came - tallies["bought"] - fees - tallies["tax"]
        assert round(Decimal(days[-1]["cash_yuan"]) * 1000) == cash
        refused = sum(count for name, count in tallies.items() if name.startswith("refused_"))
        assert refused == (run.stats or {})["refused"] == len(rows(platform, run.artifacts["refusals_path"]))
        assert any(row["kind"] == "placed" for row in rows(platform, run.artifacts["events_path"]))
        assert sum(int(row["fills"]) for row in days) == tallies["buys"] + tallies["sells"] > 0


MONEY = ("bought", "sold", "commission", "duty", "transfer", "fractions", "tax", "dividends", "delisted")


def test_dividends_and_their_tax_reach_the_cells(platform: Platform, user: str) -> None:
    """A year in which something is paid, and taxed when it is sold."""
    hold = "name: hold\nentry: close > 0\nrisk: {max_holding: 20}\nportfolio: {max_positions: 50}\n"
    backtest_id = platform.backtest(user, hold, universe={"all": True}, costs={"dividends": "cash"})
    (run_id,) = platform.submit(user, platform.plan(user, backtest_id, Wanted("single", {})).submission).run_ids
    platform.run()
    run = platform.house.store.get_run(user, backtest_id, run_id)
    assert run is not None
    days, trades = rows(platform, run.artifacts["account_path"]), rows(platform, run.artifacts["trades_path"])
    assert sum(Decimal(row["dividends_yuan"]) for row in days) > 0
    taxed = sum(Decimal(row["tax_yuan"]) for row in days)
    assert taxed == sum(Decimal(row["tax_yuan"]) for row in trades) > 0
    for row in days:
        assert Decimal(row["equity_yuan"]) == Decimal(row["cash_yuan"]) + Decimal(row["receivable_yuan"]) + Decimal(
            row["market_value_yuan"]
        )


def test_every_bell_twice_changes_nothing(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    platform.run(times=2)
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert (grid.status, grid.counts) == ("finished", {"succeeded": 4})
    assert {run.attempt for run in platform.house.store.list_runs(user, backtest_id)[0]} == {1}
    row = admin.execute("select count(*) from public.outbox where body ->> 'event' = 'run.succeeded'").fetchone()
    assert row == (len(platform.plan(user, backtest_id, Wanted("grid", GRID)).submission.blocks),)


def test_losing_the_whole_queue_loses_nothing(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    for kind in ("plan", "block", "aggregate", "block"):
        platform.lose_the_queues()
        assert platform.sweep()["rung"] >= 1
        assert platform.answer_one() == kind
    platform.lose_the_queues()
    assert platform.sweep()["rung"] == 0
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.status == "finished"


def test_the_sweeper_does_not_ring_for_bells_that_hang_there(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    planned = platform.plan(user, backtest_id, Wanted("grid", GRID)).submission
    submitted = platform.submit(user, replace(planned, workers=4))
    platform.answer("plan", Doorbell(grid_id=uuid.UUID(submitted.grid_id)))
    assert platform.house.queue.depth("block") == 4
    assert platform.sweep()["rung"] == 0
    assert platform.house.queue.depth("block") == 4


def test_a_bad_combination_fails_alone_with_its_reason(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    planned = platform.plan(user, backtest_id, Wanted("grid", {"ma_short": [3, 4, 5]}), workers=1).submission
    bad = (planned.combinations[0], {"ma_short": 100_000, "ma_long": 20}, planned.combinations[2])
    submitted = platform.submit(user, replace(planned, combinations=bad, block_runs=3, workers=1))
    platform.run()
    runs = [platform.house.store.get_run(user, backtest_id, run_id) for run_id in submitted.run_ids]
    assert [run.status for run in runs if run] == ["succeeded", "failed", "succeeded"]
    assert runs[1] is not None
    assert runs[1].error is not None
    assert runs[1].error["code"] == "INVALID_INPUT"
    assert "ma_short" in runs[1].error["message"]
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.status == "finished"


def test_a_strategy_that_does_not_compile_fails_at_once_and_is_not_quoted(
    platform: Platform, user: str, caplog: pytest.LogCaptureFixture
) -> None:
    good = platform.backtest(user)
    submission = platform.plan(user, good, Wanted("grid", GRID)).submission
    backtest_id = platform.backtest(user, source="name: broken\nentry: very_secret_alpha(close) > 1\n")
    platform.submit(user, replace(submission, backtest_id=backtest_id))
    platform.run()
    runs, _ = platform.house.store.list_runs(user, backtest_id)
    assert {(run.status, run.attempt) for run in runs} == {("failed", 1)}
    assert {run.error["code"] for run in runs if run.error} == {"INVALID_INPUT"}
    errors = [vars(record) for record in caplog.records if record.levelname == "ERROR" and record.name == "lianghu"]
    assert len(submission.blocks) > 1 and [error["error"] for error in errors] == ["StrategyError"] * len(submission.blocks)
    assert "very_secret_alpha" not in str([vars(record) for record in caplog.records])


def test_a_panel_that_cannot_be_built_fails_the_submission_with_the_lakes_reason(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    submission = platform.plan(user, backtest_id, Wanted("grid", GRID)).submission
    panel = submission.panel | {"universe": {"kind": "codes", "codes": ["600000.XX"]}}
    platform.submit(user, replace(submission, panel=panel))
    platform.run()
    runs, _ = platform.house.store.list_runs(user, backtest_id)
    assert {run.status for run in runs} == {"failed"}
    assert runs[0].error is not None
    assert runs[0].error["code"] == "INVALID_INPUT"
    assert "600000.XX" in runs[0].error["message"]


def test_a_block_that_cannot_be_computed_is_tried_three_times_and_buried(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    backtest_id = platform.backtest(user)
    planned = platform.plan(user, backtest_id, Wanted("grid", GRID), workers=1).submission
    submitted = platform.submit(user, replace(planned, block_runs=4, workers=1))
    platform.house.settings.data_cache_dir.write_text("in the way")
    platform.answer("plan", Doorbell(grid_id=uuid.UUID(submitted.grid_id)))
    for _ in range(3):
        admin.execute("update public.run_blocks set not_before = now()")
        platform.answer("block", Doorbell(grid_id=uuid.UUID(submitted.grid_id)))
    runs, _ = platform.house.store.list_runs(user, backtest_id)
    assert {(run.status, run.attempt) for run in runs} == {("failed", 3)}
    assert runs[0].error is not None
    assert runs[0].error["code"] == "UPSTREAM_ERROR"
    assert [platform.sweep()["buried"] for _ in range(2)] == [1, 0]
    assert [str(dead.grid_id) for dead in buried(platform)] == [submitted.grid_id]
    platform.run()
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.status == "incomplete"


def test_a_block_whose_workers_all_died_was_never_buried(platform: Platform, user: str, admin: psycopg.Connection) -> None:
    submitted = platform.submit(user, platform.plan(user, platform.backtest(user), Wanted("single", {})).submission)
    platform.answer("plan", Doorbell(grid_id=uuid.UUID(submitted.grid_id)))
    for _ in range(3):
        assert platform.house.desk.claim_block("w", platform.house.engine_version, 30)
        admin.execute("update public.run_blocks set lease_until = now() - interval '1 second'")
    assert platform.sweep()["buried"] == 1
    assert "fell silent" in buried(platform)[0].error["message"]


def test_a_plan_that_failed_buries_no_block(platform: Platform, user: str) -> None:
    planned = platform.plan(user, platform.backtest(user), Wanted("grid", GRID)).submission
    platform.submit(user, replace(planned, panel=planned.panel | {"universe": {"kind": "codes", "codes": ["600000.XX"]}}))
    platform.run()
    assert platform.sweep()["buried"] == 0


def buried(platform: Platform) -> list[DeadBlock]:
    messages = platform.sqs.receive_message(QueueUrl=platform.house.settings.dead_letters_url, MaxNumberOfMessages=10).get("Messages", [])
    return [DeadBlock.model_validate_json(message["Body"]) for message in messages]


def test_cancelling_stops_a_running_block_soon(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user, universe={"all": True}, window={"start": "2018-01-02", "end": "2024-12-31"})
    spec = {"ma_short": {"start": 2, "stop": 40, "step": 1}, "ma_long": {"start": 50, "stop": 145, "step": 1}}
    planned = platform.plan(user, backtest_id, Wanted("grid", spec), workers=1).submission
    count = len(planned.combinations)
    submitted = platform.submit(user, replace(planned, block_runs=count, workers=1))
    bell = Doorbell(grid_id=uuid.UUID(submitted.grid_id))
    platform.answer("plan", bell)
    thread = threading.Thread(target=work, args=(platform.house, lambda: 300.0))
    thread.start()
    deadline = time.monotonic() + 60
    while True:
        run = platform.house.store.get_run(user, backtest_id, submitted.run_ids[0])
        assert run is not None
        if run.progress > 0:
            break
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert platform.house.store.cancel_grid(user, submitted.grid_id) == "cancelled"
    cancelled = time.monotonic()
    thread.join(30)
    assert not thread.is_alive()
    assert time.monotonic() - cancelled < 3
    grid = platform.house.store.get_grid(user, submitted.grid_id)
    assert grid is not None
    assert grid.counts == {"cancelled": count}


def test_the_account_of_a_cell_on_request(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    spec = {"ma_short": {"start": 2, "stop": 12, "step": 1}, "ma_long": [15, 30]}
    submitted = platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", spec)).submission)
    platform.run()
    runs, _ = platform.house.store.list_runs(user, backtest_id, sort="-stats.return")
    by_sharpe, _ = platform.house.store.list_runs(user, backtest_id, sort="-stats.sharpe")
    expected = in_turn(([run.id for run in ranking] for ranking in (runs, by_sharpe)), platform.house.settings.prepared_accounts)
    assert len(runs) == 22 and len(expected) == PREPARED
    assert {run.id for run in runs if "trades_path" in run.artifacts} == set(expected), "those are prepared that nobody asked for"
    last = next(run for run in reversed(runs) if run.id not in expected)
    assert platform.house.store.request_ledger(user, last.id)
    platform.house.queue.ring("block", submitted.grid_id)
    platform.run()
    run = platform.house.store.get_run(user, backtest_id, last.id)
    assert run is not None
    assert "report_path" in run.artifacts
    assert run.stats == last.stats


def test_messages_that_are_no_bells_come_back_alone() -> None:
    rung: list[Doorbell] = []

    def work_on(bell: Doorbell) -> None:
        if bell.request_id == "bad":
            raise RuntimeError("boom")
        rung.append(bell)

    grid = str(uuid.uuid4())
    bodies = ['{"grid_id": "x"}', json.dumps({"grid_id": grid, "request_id": "bad"}), json.dumps({"grid_id": grid, "request_id": "good"})]
    records = [
        {
            "messageId": str(number),
            "receiptHandle": "r",
            "body": body,
            "attributes": {},
            "messageAttributes": {},
            "md5OfBody": "",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:ap-east-1:000000000000:q",
            "awsRegion": "ap-east-1",
        }
        for number, body in enumerate(bodies)
    ]
    result = answer({"Records": records}, None, work_on)
    assert [row["itemIdentifier"] for row in result["batchItemFailures"]] == ["0", "1"]
    assert [bell.request_id for bell in rung] == ["good"]
    all_bad = answer({"Records": records[:2]}, None, work_on)
    assert len(all_bad["batchItemFailures"]) == 2, "and no exception when every record fails"


def test_users_share_a_panel_and_not_their_results(platform: Platform, new_user: Callable[[], str]) -> None:
    users = [new_user(), new_user()]
    backtests = [platform.backtest(user) for user in users]
    for user, backtest_id in zip(users, backtests, strict=True):
        platform.submit(user, platform.plan(user, backtest_id, Wanted("grid", GRID)).submission)
    platform.run()
    first, second = (platform.house.store.list_runs(user, backtest_id)[0] for user, backtest_id in zip(users, backtests, strict=True))
    assert [run.content_hash for run in first] == [run.content_hash for run in second]
    assert all(users[0] in path for run in first for path in run.artifacts.values())
    assert all(users[1] in path for run in second for path in run.artifacts.values())


def test_a_panel_is_written_where_its_key_says(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user)
    planned = platform.plan(user, backtest_id, Wanted("grid", GRID)).submission
    platform.submit(user, planned)
    platform.run()
    assert object_key(planned_key(planned.panel)).startswith("panels/")
    assert (platform.house.settings.data_cache_dir / f"{planned_key(planned.panel)}.panel").exists()
