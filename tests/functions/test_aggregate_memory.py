"""Summing up takes the same memory however large a grid is."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from pydantic import SecretStr

from datalake.objects import open_store
from functions.jobs.desk import Desk
from functions.jobs.results import Results
from functions.jobs.store import Store
from functions.settings import Settings
from functions.stores.strategies import Strategies
from tests.functions.aggregating import aggregated_apart, finished_grid
from tests.functions.conftest import Servers
from tests.functions.submissions import SOURCE

CONTEXT = {"universe": ["000001.SZ"], "datasource_version": "sample:v1", "initial_cash": 1_000_000}


@pytest.mark.slow
def test_ten_thousand_combinations_take_hardly_more_memory_than_a_thousand(
    servers: Servers, store: Store, desk: Desk, user: str, aws: str, tmp_path: Path
) -> None:
    sqs: Any = boto3.client("sqs", endpoint_url=aws, region_name="ap-east-1")
    url = sqs.create_queue(QueueName=f"blocks-{tmp_path.name}")["QueueUrl"]
    settings = Settings(
        database_url=SecretStr(servers.login), results_url=f"file://{tmp_path}/results", block_queue_url=url, aws_endpoint_url=aws
    )
    strategies, results = Strategies(store.database), Results(open_store(settings.results_url))
    version = strategies.create_strategy_version(user, "a strategy", SOURCE, "identity-1")
    backtest_id = strategies.create_backtest(user, version.id, CONTEXT, "")
    peaks = {}
    for edges in ((10, 10, 10), (25, 20, 20)):
        grid_id = finished_grid(store, desk, results, user, backtest_id, edges)
        told = aggregated_apart(settings, grid_id)
        grid = store.get_grid(user, grid_id)
        assert grid is not None and grid.status == "finished" and grid.summary is not None
        assert grid.summary["diagnosis"]["combinations"] == edges[0] * edges[1] * edges[2]
        assert grid.summary["report_path"]
        peaks[edges] = told["peak_mb"]
    assert peaks[25, 20, 20] < peaks[10, 10, 10] + 60
