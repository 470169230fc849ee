"""A call goes out as a signed message over real SQS, and its answer comes back signed to the sender's own queue."""

from tests.functions.api.conftest import DUAL
from tests.functions.messaging.conftest import Exchange

CONTEXT = {
    "universe": ["009001.SZ", "009002.SZ"],
    "frequency": "1d",
    "window": {"start": "2022-01-04", "end": "2022-03-31"},
    "datasource_version": "sample:v1",
}
GRID = {"mode": "grid", "gridSpec": {"ma_long": [10, 30], "ma_short": [5]}}


def test_a_grid_is_submitted_computed_and_read_by_messages_alone(exchange: Exchange, user: str) -> None:
    client = exchange.register(user).messages
    backtest_id = client.call("create_backtest", body={"strategyRef": {"code": DUAL}, "context": CONTEXT})["backtest_id"]
    submitted = client.call("submit_runs", {"backtest_id": backtest_id}, body=GRID)
    assert len(submitted["run_ids"]) == 2
    exchange.platform.run()
    grid = client.call("get_grid", {"backtest_id": backtest_id, "grid_id": submitted["grid_id"]})
    assert grid["status"] == "finished" and grid["counts"]["succeeded"] == 2
    rows = client.call("list_runs", {"backtest_id": backtest_id}, query={"sort": "-stats.sharpe", "limit": 10})["items"]
    assert {row["run_id"] for row in rows} == set(submitted["run_ids"])
    over_http = list(exchange.api(user).runs(backtest_id, grid_id=submitted["grid_id"]))
    assert {run.run_id: run.content_hash for run in over_http} == {row["run_id"]: row["content_hash"] for row in rows}
