"""Strategies: texts with immutable versions, read and changed by whoever wrote them, and by nobody else."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.functions.api.conftest import DUAL

Body = Callable[..., dict[str, Any]]
OTHER = DUAL.replace("default: 5", "default: 6")
SAME = DUAL + "# a comment\n"


@pytest.fixture
def pinned(api: TestClient, a_backtest: Body) -> dict[str, Any]:
    """The strategy of a backtest."""
    backtest = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    shown: dict[str, Any] = api.get(f"/api/backtests/{backtest}").json()["strategy"]
    return shown


def listed(api: TestClient, address: str = "/api/strategies", **query: Any) -> Iterator[dict[str, Any]]:
    """All pages of a list."""
    while True:
        page = api.get(address, params=query).json()
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        query["cursor"] = page["next_cursor"]


def test_the_owner_reads_the_text_that_a_backtest_pins(api: TestClient, pinned: dict[str, Any]) -> None:
    answer = api.get(f"/api/strategies/{pinned['strategy_id']}/versions/{pinned['version']}")
    assert answer.status_code == 200 and answer.json() == {**pinned, "code": DUAL}


def test_somebody_elses_text_and_an_unknown_version_are_not_found(api: TestClient, other_api: TestClient, pinned: dict[str, Any]) -> None:
    address = f"/api/strategies/{pinned['strategy_id']}/versions"
    for who, version in ((other_api, pinned["version"]), (api, pinned["version"] + 1)):
        answer = who.get(f"{address}/{version}")
        assert answer.status_code == 404 and "cross_above" not in answer.text
    assert api.get(f"{address}/0").status_code == 404


def test_a_kept_text_says_what_it_comes_to(api: TestClient) -> None:
    made = api.post("/api/strategies", json={"code": DUAL, "name": "双均线", "tags": ["trend", "trend", "趋势"]})
    assert made.status_code == 201
    shown = made.json()
    assert (shown["name"], shown["tags"], shown["version"], shown["code"]) == ("双均线", ["trend", "趋势"], 1, DUAL)
    assert [row["name"] for row in shown["parameters"]] == ["ma_short", "ma_long"] and shown["look_back"] == 250
    assert shown["problems"] == shown["warnings"] == []
    assert api.get(f"/api/strategies/{shown['strategy_id']}").json() == shown


def test_every_problem_of_a_text_has_its_line_and_column(api: TestClient) -> None:
    answer = api.post("/api/strategies", json={"code": DUAL.replace("sma(close, ma_short)", "smaa(close, ma_short)").replace("10}", "0}")})
    problems = answer.json()["error"]["details"]["problems"]
    assert answer.status_code == 422 and len(problems) >= 2
    assert all(row["field"].startswith("code") and row["line"] > 0 and row["column"] > 0 for row in problems)
    assert "smaa" in problems[0]["message"] and "sma" in problems[0]["hint"]


def test_a_name_is_taken_once(api: TestClient, other_api: TestClient) -> None:
    first = api.post("/api/strategies", json={"code": DUAL}).json()
    again = api.post("/api/strategies", json={"code": OTHER})
    assert again.status_code == 409 and again.json()["error"]["code"] == "CONFLICT"
    assert other_api.post("/api/strategies", json={"code": DUAL}).status_code == 201
    second = api.post("/api/strategies", json={"code": DUAL, "name": "another"}).json()
    renamed = api.patch(f"/api/strategies/{second['strategy_id']}", json={"name": first["name"]})
    assert renamed.status_code == 409 and api.get(f"/api/strategies/{second['strategy_id']}").json()["name"] == "another"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " blank"}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"tags": ["t"] * 21}, "tags"),
        ({"tags": ["\x7f"]}, "tags[0]"),
        ({"tags": ["x" * 51]}, "tags[0]"),
        ({}, ""),
        ({"code": "name: x"}, "code"),
    ],
)
def test_a_change_that_is_none_is_told(api: TestClient, body: dict[str, Any], field: str) -> None:
    made = api.post("/api/strategies", json={"code": DUAL}).json()
    answer = api.patch(f"/api/strategies/{made['strategy_id']}", json=body)
    assert answer.status_code == 422 and answer.json()["error"]["details"]["field"] == field
    assert api.get(f"/api/strategies/{made['strategy_id']}").json() == made


def test_names_and_tags_change_and_what_is_left_out_stays(api: TestClient) -> None:
    made = api.post("/api/strategies", json={"code": DUAL, "tags": ["a"]}).json()
    address = f"/api/strategies/{made['strategy_id']}"
    assert api.patch(address, json={"name": "b"}).json() == {**made, "name": "b"}
    assert api.patch(address, json={"tags": []}).json() == {**made, "name": "b", "tags": []}


def test_versions_count_up_and_the_same_meaning_is_no_new_one(api: TestClient) -> None:
    made = api.post("/api/strategies", json={"code": DUAL}).json()
    address = f"/api/strategies/{made['strategy_id']}/versions"
    answers = [api.post(address, json={"code": code}) for code in (SAME, OTHER, OTHER, DUAL)]
    assert [(answer.status_code, answer.json()["version"]) for answer in answers] == [(200, 1), (201, 2), (200, 2), (201, 3)]
    assert answers[0].json()["code"] == DUAL  # the text that was there
    versions = list(listed(api, address, limit=2))
    assert [row["version"] for row in versions] == [3, 2, 1] and versions[0]["identity"] == versions[2]["identity"] == made["identity"]
    assert api.get(f"/api/strategies/{made['strategy_id']}").json()["version"] == 3
    assert api.post(address, json={"code": "name: x"}).status_code == 422


def test_a_list_is_newest_first_and_found_by_name_and_tag(api: TestClient) -> None:
    for number in range(5):
        api.post("/api/strategies", json={"code": DUAL, "name": f"{'ab'[number % 2]}_{number}%", "tags": [f"t{number % 2}"]})
    assert [row["name"] for row in listed(api, limit=2)] == ["a_4%", "b_3%", "a_2%", "b_1%", "a_0%"]
    assert [row["name"] for row in listed(api, name="b")] == [row["name"] for row in listed(api, tag="t1")] == ["b_3%", "b_1%"]
    assert list(listed(api, name="%")) == list(listed(api, name="a", tag="t1")) == list(listed(api, name="B")) == []
    assert "code" not in next(listed(api))


@pytest.mark.parametrize("query", ["name=%00", "tag=a%00b", "name=%0a", "tag=%ed%a0%80"])
def test_a_name_that_no_strategy_can_have_is_found_nowhere(api: TestClient, query: str) -> None:
    """A zero character came to the database, which stores none."""
    answer = api.get(f"/api/strategies?{query}")
    assert (answer.status_code, answer.json().get("items")) in ((400, None), (200, []))
    assert api.get(f"/api/signals?{query.replace('tag', 'name')}").status_code in (200, 400)


def test_a_list_says_what_became_of_each(api: TestClient, a_backtest: Body, admin: psycopg.Connection) -> None:
    backtests = [api.post("/api/backtests", json=a_backtest(code)).json()["backtest_id"] for code in (DUAL, OTHER)]
    grid = {"mode": "grid", "gridSpec": {"ma_short": [5, 6], "ma_long": [20, 30]}}
    for backtest in backtests:
        assert api.post(f"/api/backtests/{backtest}/runs", json=grid).status_code == 202
    api.post("/api/strategies", json={"code": DUAL, "name": "unused"})
    unused, used = (row["summary"] for row in listed(api))
    assert used["last_submitted_at"] and used["best_return"] is None
    assert [used[key] for key in ("versions", "backtests", "submissions", "runs")] == [2, 2, 2, 8]
    assert [unused[key] for key in ("versions", "backtests", "submissions", "runs")] == [1, 0, 0, 0]
    admin.execute("update public.grids set best_return = 0.5, best_sharpe = 1.5 where backtest_id = %s", (backtests[0],))
    assert [row["summary"]["best_return"] for row in listed(api)] == [None, 0.5]


def test_texts_that_come_with_backtests_do_not_fill_the_list(api: TestClient, a_backtest: Body) -> None:
    def pinned(body: dict[str, Any]) -> dict[str, Any]:
        answer = api.post("/api/backtests", json=body)
        assert answer.status_code == 201, answer.text
        shown: dict[str, Any] = api.get(f"/api/backtests/{answer.json()['backtest_id']}").json()["strategy"]
        return shown

    versions = [pinned(a_backtest(code))["version"] for code in (DUAL, SAME, OTHER, DUAL)]
    assert versions == [1, 1, 2, 1]  # a text of before is its own version, not a new one
    templates = [pinned({**a_backtest(), "strategyRef": {"template": "dual-moving-average"}}) for _ in range(2)]
    assert templates[0] == templates[1] and len({row["name"] for row in listed(api)}) == len(list(listed(api)))


def test_a_text_that_comes_with_many_backtests_at_once_makes_one_strategy(api: TestClient, a_backtest: Body) -> None:
    codes = [DUAL, OTHER] * 8
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda code: api.post("/api/backtests", json=a_backtest(code)).status_code, codes))
    assert set(answers) == {201}
    (only,) = listed(api)
    assert [row["version"] for row in listed(api, f"/api/strategies/{only['strategy_id']}/versions")] == [2, 1]


def test_a_strategy_without_results_goes(api: TestClient) -> None:
    made = api.post("/api/strategies", json={"code": DUAL}).json()
    address = f"/api/strategies/{made['strategy_id']}"
    assert api.delete(address).status_code == 204
    for answer in (api.delete(address), api.get(address), api.get(f"{address}/versions"), api.get(f"{address}/versions/1")):
        assert answer.status_code == 404
    assert api.post(f"{address}/versions", json={"code": DUAL}).status_code == 404
    assert api.patch(address, json={"name": "x"}).status_code == 404
    assert api.post("/api/strategies", json={"code": DUAL}).status_code == 201  # the name is free again


def test_a_strategy_with_results_is_hidden_and_they_still_have_its_text(api: TestClient, a_backtest: Body, pinned: dict[str, Any]) -> None:
    address = f"/api/strategies/{pinned['strategy_id']}"
    assert api.delete(address).status_code == 204
    assert api.delete(address).status_code == api.get(address).status_code == api.get(f"{address}/versions").status_code == 404
    assert list(listed(api)) == []
    by_id = api.post("/api/backtests", json={**a_backtest(), "strategyRef": {"strategy_id": pinned["strategy_id"]}})
    assert by_id.status_code == 404
    assert api.get(f"{address}/versions/1").json()["code"] == DUAL
    assert api.get("/api/backtests").json()["items"][0]["strategy"] == pinned
    again = api.post("/api/backtests", json=a_backtest())  # the same text makes another strategy, which lists show
    assert again.status_code == 201 and [row["version"] for row in listed(api)] == [1]
    assert next(listed(api))["strategy_id"] != pinned["strategy_id"]


def test_somebody_elses_strategy_is_unknown_and_stays_as_it_is(api: TestClient, other_api: TestClient, a_backtest: Body) -> None:
    made = api.post("/api/strategies", json={"code": DUAL}).json()
    address = f"/api/strategies/{made['strategy_id']}"
    by_id = {**a_backtest(), "strategyRef": {"strategy_id": made["strategy_id"]}}
    answers = [
        other_api.get(address), other_api.patch(address, json={"name": "mine"}), other_api.delete(address),
        other_api.get(f"{address}/versions"), other_api.post(f"{address}/versions", json={"code": OTHER}),
        other_api.get(f"{address}/versions/1"), other_api.post("/api/backtests", json=by_id),
    ]  # fmt: skip
    unknown = other_api.get(f"/api/strategies/{uuid4()}").json()["error"]["message"]
    for answer in answers:
        assert answer.status_code == 404 and "cross_above" not in answer.text
    shape = re.compile("there is no strategy( version)? ")
    assert all(shape.match(answer.json()["error"]["message"]) for answer in answers) and shape.match(unknown)
    assert list(listed(other_api)) == [] and api.get(address).json() == made
