"""The client's frames: columns, types, and nulls where nothing is."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import httpx
import polars as pl

from functions.api.compare_shapes import ComparisonShown
from functions.api.examples import EXAMPLES
from functions.api.market_shapes import BarList
from tests.functions.client_server import Server

RUN = EXAMPLES["RunShown"]


def example(model: Any) -> dict[str, Any]:
    shown: dict[str, Any] = model.model_config["json_schema_extra"]["examples"][0]
    return shown


def test_runs_have_a_column_for_each_parameter_and_figure() -> None:
    failed = RUN | {"run_id": "r2", "status": "failed", "stats": None, "params": {"ma_short": 7.5, "ma_long": 40}, "finished_at": None}
    server = Server(httpx.Response(200, json={"items": [RUN, failed], "next_cursor": None}))
    frame = server.client().runs_frame("b1", grid_id="g1", sort="-stats.sharpe")
    assert frame.height == 2 and frame.columns[:4] == ["run_id", "position", "status", "finished_at"]
    assert frame["params.ma_short"].to_list() == [5.0, 7.5] and frame["params.ma_long"].dtype == pl.Int64
    assert frame["stats.sharpe"].to_list() == [RUN["stats"]["sharpe"], None]
    assert frame["finished_at"].to_list()[0] == datetime(2026, 11, 21, 22, 5, 27, 634000, UTC)
    assert dict(server.requests[0].url.params) == {"sort": "-stats.sharpe", "grid_id": "g1", "limit": "500"}


def test_no_runs_are_an_empty_frame() -> None:
    frame = Server(httpx.Response(200, json={"items": [], "next_cursor": None})).client().runs_frame("b1")
    assert frame.is_empty() and "run_id" in frame.columns


def test_a_table_is_read_from_parquet_when_it_is_made() -> None:
    written = BytesIO()
    pl.DataFrame({"ts_code": ["600519.SH"], "shares": [100], "date": [date(2024, 1, 2)]}).write_parquet(written)
    preparing = httpx.Response(202, json={"status": "preparing"}, headers={"Retry-After": "1"})
    server = Server(preparing, httpx.Response(200, content=written.getvalue()))
    frame = server.client().table("r1", "trades")
    assert frame.schema == {"ts_code": pl.String, "shares": pl.Int64, "date": pl.Date} and server.pauses == [0.5]
    assert server.requests[0].url.params["format"] == "parquet"


def test_a_comparison_is_long() -> None:
    shown = ComparisonShown.model_validate(example(ComparisonShown))
    frame = Server(httpx.Response(200, content=shown.model_dump_json())).client().compare_frame([run.run_id for run in shown.runs])
    assert frame.height == len(shown.runs) * len(shown.sessions) and frame["date"].dtype == pl.Date
    assert frame.columns == ["run_id", "date", "equity", "drawdown"]
    assert frame["equity"].to_list() == [value for run in shown.runs for value in run.equity]


def test_a_ranking_and_bars_are_frames() -> None:
    ranking = {"datasource_version": "sample:v1", "field": "amount", "date": "2024-12-31", "order": "highest", "boards": [],
               "ranked": [{"place": 1, "ts_code": "689912.SH", "name": "样本076", "value": 1.5}]}  # fmt: skip
    server = Server(httpx.Response(200, json=ranking), httpx.Response(200, json=example(BarList)))
    client = server.client()
    assert client.ranking_frame("amount", top=1).rows() == [(1, "689912.SH", "样本076", 1.5)]
    bars = client.bars_frame("009001.SZ", adjust="forward")
    assert bars["date"].to_list() == [date(2024, 12, 31)] and bars["close"].to_list() == [10.4]
    assert dict(server.requests[0].url.params)["top"] == "1" and dict(server.requests[1].url.params)["adjust"] == "forward"


def test_the_times_of_bars_were_texts_beside_times_in_every_other_table() -> None:
    shown = example(BarList)
    empty = {**shown, "items": [], "next_cursor": None}
    client = Server(httpx.Response(200, json=shown), httpx.Response(200, json=empty)).client()
    bars = client.bars_frame("009001.SZ")
    assert bars.schema["time"] == pl.Datetime("ms", "UTC") and bars["time"].to_list() == [datetime(2024, 12, 31, 7, tzinfo=UTC)]
    nothing = client.bars_frame("009001.SZ")
    assert nothing.is_empty() and nothing.schema["time"] == pl.Datetime("ms", "UTC")
