"""What the platform says about its market data: versions, what was found when they came in, and what their rows say together."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient

from datalake.files.imports import import_table
from datalake.finding import Finding
from datalake.lake import Lake
from datalake.objects import put_new
from datalake.review.examination import keep, newest_examination
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.versions import resolve
from functions.client import Client
from functions.wiring import House
from tests.datalake.rows import bars, daily
from tests.functions.api.conftest import Run

CALENDAR = "exchange,cal_date,is_open,pretrade_date\nSSE,20200102,1,20191231\nSSE,20200103,1,20200102\nSSE,20200106,1,20200103\n"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two versions: a calendar, and bars of which one lies beside its range and one is cut out by --skip-bad."""
    lake = Lake((tmp_path / "own lake").as_uri())
    (tmp_path / "calendar.csv").write_text(CALENDAR)
    daily(vol=[-1.0, 1116194.81, 148099.16, 120318.78]).write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "trade_cal", [tmp_path / "calendar.csv"])
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"], skip_bad=True)
    return lake


@pytest.fixture
def own_api(lake: Lake, make_house: Callable[..., House], desk: object, user: str, client_of: Callable[..., TestClient]) -> TestClient:
    return client_of(make_house(lake_url=lake.url), user)


def test_versions_are_listed_with_what_was_found(own_api: TestClient):
    newest, first = own_api.get("/api/market/datasets").json()["items"]
    assert (first["version"], first["finding_counts"], first["findings"]) == ("import:v1", {"errors": 0, "warnings": 0}, [])
    assert newest["version"] == "import:v2" and newest["finding_counts"] == {"errors": 1, "warnings": 1}
    left_out, beside = sorted(newest["findings"], key=lambda row: row["severity"])
    assert {name: left_out[name] for name in ("kind", "table", "severity", "count", "first", "last")} == {
        "kind": "negative_size", "table": "bars_1d", "severity": "error", "count": 1, "first": "2020-01-02", "last": "2020-01-02",
    }  # fmt: skip
    assert left_out["examples"][0].startswith("daily.csv row 1: ")
    assert (beside["kind"], beside["severity"], beside["first"]) == ("beside_range", "warning", "2020-01-03")


def test_a_version_says_what_came_in_and_what_the_last_look_found(own_api: TestClient, lake: Lake):
    told = own_api.get("/api/market/datasets/import:v2").json()
    assert told["examination"] is None and told["finding_counts"]["errors"] == 1 and told["note"]["table"] == "bars_1d"
    assert {table["name"]: (table["rows"], table["first"], table["last"]) for table in told["tables"]}["bars_1d"] == (
        3, "2020-01-02", "2020-01-03",
    )  # fmt: skip
    dataset = resolve(lake.store, "import:v2")
    keep(lake.store, dataset, [])
    keep(lake.store, dataset, [Finding("holes", "warning", 2, "session without a bar", ("x",), "bars_1d", 20200102, 20200103)])
    found = own_api.get("/api/market/datasets/import").json()
    assert found["version"] == "import:v2" and found["examination"]["finding_counts"] == {"errors": 0, "warnings": 1}
    assert found["examination"]["findings"][0]["kind"] == "holes"
    token = own_api.headers["Authorization"].removeprefix("Bearer ")
    with Client("http://testserver", token, transport=own_api._transport) as client:
        assert client.dataset("import:v2").examination.findings[0].first == "2020-01-02"
        assert [row.version for row in client.datasets()] == ["import:v2", "import:v1"]


@pytest.mark.parametrize("name", ["import:v3", "import:vx", "nobody", "tushare:v1", "..", "%2e%2e%2fimport", "s%26U%06%C3"])
def test_a_version_that_is_not_there_is_not_found(own_api: TestClient, name: str):
    answer = own_api.get(f"/api/market/datasets/{name}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_versions_are_shown_to_who_is_signed_in(own_api: TestClient):
    assert own_api.get("/api/market/datasets/import", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_damaged_examination_is_no_secret_and_no_crash(own_api: TestClient, lake: Lake):
    put_new(lake.store, "examinations/import/v00000002/20990101T000000000000.json", b"{}")
    answer = own_api.get("/api/market/datasets/import:v2")
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "UPSTREAM_ERROR")


def test_a_check_shows_both_and_keeps_the_fresh_one(lianghu: Run, lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LAKE_URL", lake.url)
    code, out, err = lianghu("data", "check")
    assert code == 0 and "import:v2, as it came in: 2 kinds of findings" in out and "import:v2, all rows together: nothing was found" in out
    assert "error: bars_1d, 1 x negative volume or amount" in err
    assert newest_examination(lake.store, resolve(lake.store, "import:v2")).findings == ()
    assert newest_examination(lake.store, resolve(lake.store, "import:v1")) is None
    code, out, _ = lianghu("data", "check", "import:v1", "--json")
    told = json.loads(out)
    assert (code, told["dataset"], told["errors"], told["ingested"], told["examined"]) == (0, "import:v1", 0, [], [])
    code, _, err = lianghu("data", "check", "import:v9")
    assert code == 2 and "there is no dataset 'import:v9'" in err


def test_errors_that_only_show_together_make_a_check_fail(lianghu: Run, lake: Lake, monkeypatch: pytest.MonkeyPatch):
    """Written by somebody who did not ask the review."""
    day = pl.date(2020, 1, 4)
    stray = bars(("600519.SH", date(2020, 1, 3), 1_078_560)).with_columns(trade_date=day)
    closed = pl.DataFrame({"exchange": ["SSE"], "cal_date": [stray["trade_date"][0]], "is_open": [0]})
    written = {
        "trade_cal": merge(lake, "import", "trade_cal", closed),
        "bars_1d": merge(lake, "import", "bars_1d", stray),
    }
    publish_tables(lake, "import", written, {})
    monkeypatch.setenv("LAKE_URL", lake.url)
    code, out, _ = lianghu("data", "check", "--json")
    told = json.loads(out)
    assert (code, told["errors"]) == (1, 1)
    (found,) = [row for row in told["examined"] if row["severity"] == "error"]
    assert (found["kind"], found["table"], found["count"], found["first"]) == ("closed_day", "bars_1d", 1, 20200104)


def test_a_page_of_versions_goes_on_with_the_next(own_api: TestClient, lake: Lake):
    for day in (1, 2, 3):
        publish_tables(lake, "more", {}, {"day": day})
    whole = own_api.get("/api/market/datasets").json()
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = own_api.get("/api/market/datasets", params={"limit": 1, **cursor}).json()
        found += [row["version"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == [row["version"] for row in whole["items"]] and len(found) >= 3 and whole["next_cursor"] is None
    for strange in ("x", "WzEsIDJd"):
        answer = own_api.get("/api/market/datasets", params={"cursor": strange})
        assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "cursor")
