"""Codes that cannot trade, through the planner and a worker: the run goes on without them, and its findings name them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from datalake.sample import build_sample
from functions.jobs.desk import Desk
from functions.jobs.plan import Wanted
from tests.functions.conftest import Servers
from tests.functions.platform import CODES, Platform, platform_of

PARAMS = Wanted("single", {"ma_short": 3, "ma_long": 10})
GONE = {"code": "609011.SH", "reason": "delisted", "date": "2021-06-30"}


@pytest.fixture(scope="module")
def lake_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"file://{tmp_path_factory.mktemp('lake')}"
    build_sample(url)
    return url


@pytest.fixture
def platform(servers: Servers, desk: Desk, aws: str, lake_url: str, tmp_path: Path) -> Iterator[Platform]:
    with platform_of(servers.login, aws, lake_url, tmp_path) as made:
        yield made


def test_a_worker_names_the_codes_that_could_not_trade(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user, universe=[*CODES, "609011.SH"], cannot_trade=[GONE])
    run_id = platform.submit(user, platform.plan(user, backtest_id, PARAMS).submission).run_ids[0]
    platform.run()
    run = platform.house.store.get_run(user, backtest_id, run_id)
    assert run is not None and run.status == "succeeded"
    told = json.loads(platform.house.results.get_artifact(run.artifacts["findings_path"]))
    figures = next(row["figures"] for row in told["findings"] if row["code"] == "CANNOT_TRADE")
    assert (figures["codes"], figures["named"], figures["told"]) == (1, len(CODES) + 1, "609011.SH (delisted on 2021-06-30)")


def test_a_submission_whose_codes_are_all_gone_fails_at_once_with_the_reason(platform: Platform, user: str) -> None:
    backtest_id = platform.backtest(user, universe=["609011.SH", "009013.SZ"], window={"start": "2024-01-02", "end": "2024-06-28"})
    run_id = platform.submit(user, platform.plan(user, backtest_id, PARAMS).submission).run_ids[0]
    platform.run()
    run = platform.house.store.get_run(user, backtest_id, run_id)
    assert run is not None and run.status == "failed" and run.error is not None
    assert run.error["code"] == "INVALID_INPUT"
    assert "009013.SZ was delisted on 2023-05-31; 609011.SH was delisted on 2021-06-30" in run.error["message"]
