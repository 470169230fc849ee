"""Creating backtests: what is pinned, and every way in which a request can be wrong."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from engine.simulation.door import LARGEST_CASH
from functions.templates import templates

Body = Callable[..., dict[str, Any]]


def problems(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["code"] == "INVALID_INPUT"
    found: dict[str, str] = {}
    for row in error["details"]["problems"]:
        found[row["field"]] = f"{found.get(row['field'], '')} {row['message']} | {row.get('hint', '')}"
    return found


def test_a_backtest_pins_its_strategy_and_its_data(api: TestClient, a_backtest: Body) -> None:
    answer = api.post("/api/backtests", json=a_backtest(datasource_version=None, notes=None))
    assert answer.status_code == 201 and set(answer.json()) == {"backtest_id"}
    shown = api.get(f"/api/backtests/{answer.json()['backtest_id']}").json()
    assert shown["context"] == {
        "universe": {"all": True},
        "costs": {"dividends": "cash"},
        "frequency": "1d",
        "window": {"start": "2020-01-02", "end": "2020-06-30"},
        "datasource_version": "sample:v1",
        "initial_cash": 1_000_000,
        "benchmark": shown["context"]["benchmark"],
    }
    assert shown["strategy"]["name"] == "dual-moving-average" and shown["strategy"]["version"] == 1
    assert shown["created_at"].endswith("Z") and "cross_above" not in str(shown)


@pytest.mark.parametrize(
    "universe", [{"from": {"index": "009300.SH"}, "where": "not is_st"}, {"where": "raw_close > 2"}, {"from": ["009001.SZ"]}]
)
def test_a_context_names_its_universe_in_the_words_of_a_strategy(api: TestClient, a_backtest: Body, universe: dict[str, Any]) -> None:
    answer = api.post("/api/backtests", json=a_backtest(templates()["dual-moving-average"], universe=universe))
    assert answer.status_code == 201, answer.text


def test_the_documents_own_example_is_taken(api: TestClient, a_backtest: Body) -> None:
    first = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    strategy = api.get(f"/api/backtests/{first}").json()["strategy"]["strategy_id"]
    codes = [row["ts_code"] for row in _instruments(api)][:2]
    answer = api.post(
        "/api/backtests",
        json={
            "strategyRef": {"strategy_id": strategy},
            "context": {
                "universe": codes,
                "frequency": "1d",
                "window": {"start": "2019-01-01", "end": "2024-12-31"},
                "datasource_version": "sample:v1",
            },
            "notes": "均线策略评估（MVP）",
        },
    )
    assert answer.status_code == 201
    shown = api.get(f"/api/backtests/{answer.json()['backtest_id']}").json()
    assert shown["strategy"]["strategy_id"] == strategy and shown["notes"] == "均线策略评估（MVP）"


@pytest.mark.parametrize("name", sorted(templates()))
def test_each_template_makes_a_backtest(api: TestClient, name: str) -> None:
    listed = {row["name"]: row for row in api.get("/api/templates").json()["items"]}
    assert listed[name]["code"] == templates()[name] and listed[name]["parameters"]
    body = {"strategyRef": {"template": name}, "context": {"window": {"start": "2021-01-04", "end": "2021-12-31"}}}
    assert api.post("/api/backtests", json=body).status_code == 201


def test_every_problem_of_strategy_and_context_comes_at_once(api: TestClient, a_backtest: Body) -> None:
    code = 'name: x\nlet: {fast: "smaa(close, 5)"}\nentry: cross_above(fast, slow)\nexit: close > 1\n'
    window = {"start": "1999-01-04", "end": "2030-12-31"}
    found = problems(
        api.post("/api/backtests", json=a_backtest(code, universe=["600519.XX"], window=window, frequency="7m", benchmark="1.SH"))
    )
    assert any("smaa" in text and "did you mean 'sma'?" in text for text in found.values())
    assert any(field.startswith("strategyRef.code.entry") for field in found)
    assert any(field.startswith("context.universe") for field in found)
    assert any(field.startswith("context.frequency") for field in found)
    assert any(field.startswith("context.benchmark") for field in found)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"window": {"start": "2020-06-30", "end": "2020-01-02"}}, "context.window", "starts after it ends"),
        ({"window": {"start": "2020-02-30", "end": "2020-06-30"}}, "context.window.start", "no such date"),
        ({"window": {"start": "2010-01-04", "end": "2020-06-30"}}, "context.window.start", "before the data"),
        ({"universe": ["999999.SH"]}, "context.universe", "999999.SH"),
        ({"universe": []}, "context.universe", "empty"),
        ({"universe": None}, "context.universe", "names a universe"),
        ({"universe": {"index": "399999.SZ"}}, "context.universe.index", "399999.SZ"),
        ({"datasource_version": "tushare:v1"}, "context.datasource_version", "tushare:v1"),
        ({"datasource_version": "../../x:v1"}, "context.datasource_version", "../../x:v1"),
        ({"initial_cash": 1}, "context.initial_cash", "1000"),
        ({"initial_cash": 2.5}, "context.initial_cash", "integer"),
        ({"initial_cash": LARGEST_CASH // 1000 + 1}, "context.initial_cash", "10000000000"),
        ({"frequency": "5d"}, "context.frequency", "5d"),
        ({"costs": {"comission": 0.1}}, "context.costs.comission", "commission"),
        ({"benchmark": "000300.SZ"}, "context.benchmark", "000300.SZ"),
        ({"frequency": 1}, "context.frequency", "string"),
    ],
)
def test_a_context_that_cannot_be_served_is_refused(
    api: TestClient, a_backtest: Body, changes: dict[str, Any], field: str, said: str
) -> None:
    found = problems(api.post("/api/backtests", json=a_backtest(**changes)))
    assert field in found and said in found[field], found


def test_a_field_that_the_data_lack_is_named(api: TestClient, a_backtest: Body) -> None:
    code = "name: x\nentry: pe_ttm_ < 10\nexit: close > 1\n"
    assert problems(api.post("/api/backtests", json=a_backtest(code)))


@pytest.mark.parametrize(
    ("ref", "field"),
    [
        ({}, "strategyRef"),
        ({"code": "name: x", "template": "dual-moving-average"}, "strategyRef"),
        ({"template": "dual-moving-avrage"}, "strategyRef.template"),
        ({"strategy_id": "7"}, "strategyRef.strategy_id"),
        ({"code": "x" * 70_000}, "strategyRef.code"),
        ({"signals": []}, "strategyRef.signals"),
    ],
)
def test_a_strategy_that_is_not_one_is_refused(api: TestClient, a_backtest: Body, ref: dict[str, Any], field: str) -> None:
    found = problems(api.post("/api/backtests", json=a_backtest() | {"strategyRef": ref}))
    assert field in found, found


def test_nothing_is_written_when_something_is_wrong(api: TestClient, a_backtest: Body, admin: psycopg.Connection) -> None:
    api.post("/api/backtests", json=a_backtest(universe=["999999.SH"]))
    api.post("/api/backtests", json=a_backtest("name: x"))
    rows = admin.execute("select (select count(*) from public.strategies) + (select count(*) from public.backtests)").fetchone()
    assert rows == (0,)


def test_what_belongs_to_somebody_else_does_not_exist(api: TestClient, other_api: TestClient, a_backtest: Body) -> None:
    backtest = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    strategy = api.get(f"/api/backtests/{backtest}").json()["strategy"]["strategy_id"]
    answers = [
        other_api.get(f"/api/backtests/{backtest}"),
        other_api.get(f"/api/backtests/{backtest}/runs"),
        other_api.post(f"/api/backtests/{backtest}/runs", json={"mode": "single"}),
        other_api.post("/api/backtests", json=a_backtest() | {"strategyRef": {"strategy_id": strategy}}),
        api.get(f"/api/backtests/{uuid4()}"),
        api.get("/api/backtests/not-an-id"),
    ]
    assert [answer.json()["error"]["code"] for answer in answers] == ["NOT_FOUND"] * 6
    assert other_api.get("/api/backtests").json()["items"] == []


def test_lists_page_to_their_end(api: TestClient, a_backtest: Body) -> None:
    made = [api.post("/api/backtests", json=a_backtest()).json()["backtest_id"] for _ in range(3)]
    seen, query = [], "?limit=2"
    while True:
        page = api.get(f"/api/backtests{query}").json()
        seen += [row["backtest_id"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        query = f"?limit=2&cursor={page['next_cursor']}"
    assert seen == made[::-1]


def test_datasets_are_listed_and_the_sample_is_called_synthetic(api: TestClient) -> None:
    (row,) = api.get("/api/market/datasets").json()["items"]
    assert row["version"] == "sample:v1" and row["synthetic"] is True
    assert {"bars_1d"} <= {table["name"] for table in row["tables"]}
    made = {"1d": None, "5m": None, "1w": "1d", "1mo": "1d", "15m": "5m", "30m": "5m", "60m": "5m"}
    assert {each["frequency"]: each["made_from"] for each in row["frequencies"]} == made
    (each,) = (each for each in row["frequencies"] if each["frequency"] == "15m")
    assert (each["first"], each["last"]) == ("2024-11-01", "2024-12-31")


def _instruments(api: TestClient) -> list[dict[str, Any]]:
    from datalake.versions import resolve

    return [row._asdict() for row in resolve(api.app.state.house().lake).catalog.instruments]  # type: ignore[attr-defined]
