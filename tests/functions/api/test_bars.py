"""Bars through the API: the same that `data show` and backtests have, in any scale, page by page, made when they are first asked for."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import obstore
import pytest
from fastapi.testclient import TestClient

from datalake.errors import ContextError, Problem, StorageError
from datalake.explore.scales import scaled
from datalake.lake import Lake
from datalake.objects import delete, sizes
from datalake.versions import resolve
from engine.indicators.bars import adjusted
from functions.api import bar_routes
from functions.client import Client
from functions.planner import serve
from functions.wiring import House
from functions.wishes import bars
from tests.functions.api.conftest import Run

WHERE = "/api/market/bars"
MINUTES = ("5m", "15m", "30m", "60m")


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    house = make_house()
    delete(house.lake, [*sizes(house.lake, "bars"), *sizes(house.lake, "wishes")])
    bar_routes.HELD.clear()
    return house


@pytest.fixture
def api(house: House, desk: object, user: str, client_of: Callable[..., TestClient]) -> TestClient:
    return client_of(house, user)


@pytest.fixture
def ask(api: TestClient, house: House) -> Callable[..., dict[str, Any]]:
    """What is answered when everything that was wished for is made."""

    def made(**query: str | int) -> dict[str, Any]:
        for _ in range(20):
            answer = api.get(WHERE, params=query)
            if answer.status_code != 202:
                assert answer.status_code == 200, answer.text
                return answer.json()
            serve(house.queue.wishes[-1], house)  # type: ignore[attr-defined]
        raise AssertionError("it is never made")

    return made


@pytest.fixture(scope="session")
def minute_code(lake_url: str) -> str:
    return resolve(Lake(lake_url).store, "sample").catalog.bars["5m"].codes[0]


def test_bars_are_asked_for_and_then_served(api: TestClient, house: House):
    first = api.get(WHERE, params={"code": "009001.SZ"})
    assert (first.status_code, first.json(), first.headers["retry-after"]) == (202, {"status": "preparing"}, "2")
    (wish,) = house.queue.wishes  # type: ignore[attr-defined]
    serve(wish, house)
    serve(wish, house)
    assert len(sizes(house.lake, "bars")) == 1, "making it twice makes it once"
    told = api.get(WHERE, params={"code": "009001.SZ", "limit": 2}).json()
    assert [row["date"] for row in told["items"]] == ["2024-12-30", "2024-12-31"]
    assert told["items"][-1]["time"] == "2024-12-31T07:00:00.000Z", "15:00 in Shanghai"
    assert {key: told[key] for key in ("code", "frequency", "made_from", "adjust", "anchor", "datasource_version")} == {
        "code": "009001.SZ", "frequency": "1d", "made_from": None, "adjust": "none", "anchor": None, "datasource_version": "sample:v1",
    }  # fmt: skip


@pytest.mark.parametrize("frequency", ["1d", "1w", "1mo", *MINUTES])
@pytest.mark.parametrize("adjust", ["none", "back", "forward"])
def test_they_are_what_the_command_line_shows(
    ask: Callable[..., dict[str, Any]], lianghu: Run, minute_code: str, frequency: str, adjust: str
):
    code, out, _ = lianghu("data", "show", minute_code, "--frequency", frequency, "--adjust", adjust, "--last", 300, "--json")
    assert code == 0
    shown = [row for row in json.loads(out)["bars"] if row["open"] is not None]
    told = ask(code=minute_code, frequency=frequency, adjust=adjust, limit=len(shown))
    assert len(told["items"]) == len(shown) > 10
    for mine, theirs in zip(told["items"], shown, strict=True):
        assert mine["date"].replace("-", "") == str(theirs["session"])
        for name in ("open", "high", "low", "close", "change", "volume", "amount", "factor"):
            assert mine[name] == theirs[name], name
    assert (told["anchor"] is None) == (adjust != "forward")


def test_an_index_has_days_weeks_and_months(ask: Callable[..., dict[str, Any]], api: TestClient, lianghu: Run):
    for frequency in ("1d", "1w", "1mo"):
        code, out, _ = lianghu("data", "show", "009300.SH", "--frequency", frequency, "--last", 20, "--json")
        assert code == 0
        told = ask(code="009300.SH", frequency=frequency, limit=20, adjust="forward")
        assert [row["close"] for row in told["items"]] == [row["close"] for row in json.loads(out)["bars"]]
        assert told["name"] == "009300.SH" and told["made_from"] == (None if frequency == "1d" else "1d")
    answer = api.get(WHERE, params={"code": "009300.SH", "frequency": "5m"})
    assert answer.status_code == 422 and answer.json()["error"]["details"]["field"] == "frequency"


@pytest.mark.parametrize(("frequency", "limit"), [("1d", 100), ("1w", 7), ("5m", 333)])
@pytest.mark.parametrize("adjust", ["back", "forward"])
def test_pages_go_back_in_time_in_one_scale(ask: Callable[..., dict[str, Any]], minute_code: str, frequency: str, limit: int, adjust: str):
    window = {"start": "2024-03-05", "end": "2024-12-20", "adjust": adjust, "code": minute_code, "frequency": frequency}
    whole = ask(**window, limit=5000)
    assert whole["next_cursor"] is None
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = ask(**window, limit=limit, **cursor)
        assert page["anchor"] == whole["anchor"]
        found = page["items"] + found
        if page["next_cursor"] is None:
            break
        assert len(page["items"]) == limit
        cursor = {"cursor": page["next_cursor"]}
    assert found == whole["items"] and len(found) > limit
    assert all("2024-03-05" <= row["date"] <= "2024-12-20" for row in found)


def test_the_last_bar_of_the_window_is_as_it_was_traded(ask: Callable[..., dict[str, Any]]):
    window = {"code": "009001.SZ", "end": "2021-06-30", "limit": 500}
    forward, plain = ask(**window, adjust="forward"), ask(**window)
    assert forward["items"][-1] == plain["items"][-1]
    assert forward["anchor"] == {"time": plain["items"][-1]["time"], "factor": plain["items"][-1]["factor"]}
    factors = {row["factor"] for row in plain["items"]}
    assert len(factors) > 1, "an ex-date lies in the window"
    for mine, theirs in zip(forward["items"], plain["items"], strict=True):
        assert mine["close"] == pytest.approx(theirs["close"] * theirs["factor"] / plain["items"][-1]["factor"], rel=1e-12)


def test_a_year_without_bars_is_empty_and_made_once(ask: Callable[..., dict[str, Any]], api: TestClient, minute_code: str):
    told = ask(code=minute_code, frequency="5m", start="2020-01-02", end="2020-12-31")
    assert told["items"] == [] and told["next_cursor"] is None
    assert ask(code=minute_code, start="2099-01-01")["items"] == []
    assert api.get(WHERE, params={"code": minute_code, "start": "2024-01-03", "end": "2024-01-02"}).status_code == 422


def test_days_of_somebody_who_is_gone_end_with_his_last_bar(ask: Callable[..., dict[str, Any]], house: House):
    gone = next(row for row in resolve(house.lake, "sample").catalog.instruments if row.delist_date)
    last = ask(code=gone.ts_code)["items"][-1]
    assert int(last["date"].replace("-", "")) < gone.delist_date


@pytest.mark.parametrize(
    ("query", "field", "hint"),
    [
        ({}, "code", None),
        ({"code": "009001.SH"}, "code", "did you mean '009001.SZ'?"),
        ({"code": "../../etc/passwd"}, "code", None),
        ({"code": "x" * 21}, "code", None),
        ({"code": "'; drop table"}, "code", None),
        ({"code": "009001.SZ", "frequency": "2d"}, "frequency", None),
        ({"code": "009001.SZ", "frequency": "1m"}, "frequency", "it has 1d, 5m"),
        ({"code": "009001.SZ", "adjust": "up"}, "adjust", None),
        ({"code": "009001.SZ", "limit": "0"}, "limit", None),
        ({"code": "009001.SZ", "limit": "5001"}, "limit", None),
        ({"code": "009001.SZ", "start": "2024-02-30"}, "start", None),
        ({"code": "009001.SZ", "datasource_version": "sample:v2"}, "datasource_version", None),
        ({"code": "009001.SZ", "last": "3"}, "last", None),
    ],
)
def test_strange_questions_are_answered_in_words(api: TestClient, house: House, query: dict[str, str], field: str, hint: str | None):
    answer = api.get(WHERE, params=query)
    assert answer.status_code == 422, answer.text
    problem = answer.json()["error"]["details"]["problems"][0]
    assert problem["field"] == field
    if hint:
        assert hint in problem["hint"]
    assert house.queue.wishes == []  # type: ignore[attr-defined]


def test_a_stock_without_minutes_is_told_so(api: TestClient, house: House):
    catalog = resolve(house.lake, "sample").catalog
    code = next(row.ts_code for row in catalog.instruments if row.ts_code not in catalog.bars["5m"].codes)
    answer = api.get(WHERE, params={"code": code, "frequency": "15m"})
    assert answer.status_code == 422 and code in answer.text


CURSORS = ["x", "WzEsIDJd", "Wy0xLCAwLCAxXQ", "WzAsIDAsIDBd", "WzAsIDAsIC01XQ", "WzI1MzQwMjMwMDgwMDAwMCwgMCwgMV0", "WzFlNSwgMCwgMV0"]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_is_none_is_refused(ask: Callable[..., dict[str, Any]], api: TestClient, cursor: str):
    """Times of no year, factors of nothing, other kinds of numbers."""
    ask(code="009001.SZ")
    answer = api.get(WHERE, params={"code": "009001.SZ", "cursor": cursor, "adjust": "forward"})
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "cursor")


def test_a_damaged_object_is_asked_for_again_and_mended(ask: Callable[..., dict[str, Any]], house: House, api: TestClient):
    told = ask(code="009002.SZ")
    (key,) = sizes(house.lake, "bars")
    obstore.put(house.lake, key, b"no arrays")
    bar_routes.HELD.clear()
    assert api.get(WHERE, params={"code": "009002.SZ"}).status_code == 202
    assert ask(code="009002.SZ") == told


def test_who_waits_for_bars_that_cannot_be_made_is_told_so(api: TestClient, house: House, monkeypatch: pytest.MonkeyPatch):
    def broken(*anything: object) -> None:
        raise StorageError(Problem("bars_1d", "a file of 2022 is gone"))

    api.get(WHERE, params={"code": "009002.SZ"})
    monkeypatch.setattr(bars, "view", broken)
    serve(house.queue.wishes[-1], house)  # type: ignore[attr-defined]
    answer = api.get(WHERE, params={"code": "009002.SZ"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "UPSTREAM_ERROR")
    assert api.get(WHERE, params={"code": "009002.SZ", "frequency": "1w"}).status_code == 202, "weeks are another object"


def test_a_refusal_that_is_not_about_days_is_no_empty_series(api: TestClient, house: House, monkeypatch: pytest.MonkeyPatch):
    def refuses(*anything: object) -> None:
        raise ContextError(Problem("adj_factor", "is wrong"))

    api.get(WHERE, params={"code": "009002.SZ"})
    monkeypatch.setattr(bars, "view", refuses)
    serve(house.queue.wishes[-1], house)  # type: ignore[attr-defined]
    assert api.get(WHERE, params={"code": "009002.SZ"}).status_code == 422 and not sizes(house.lake, "bars")


def test_memory_holds_the_last_used_within_its_limit(ask: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bar_routes.HELD, "most_bytes", 1)
    for code in ("009001.SZ", "009002.SZ"):
        ask(code=code)
    assert len(bar_routes.HELD) == 1


def test_back_adjusted_prices_are_those_of_strategies():
    """Two definitions of one rounding: the engine's is not to be loaded by the API."""
    random = np.random.default_rng(7)
    li = np.append(random.integers(1, 2_000_000, 500), 0)
    factor = np.append(random.integers(1_000, 500_000_000, 500), 1)
    assert np.array_equal(scaled(li, factor, "back", 1), adjusted(li, factor) / 100_000)
    with pytest.raises(ContextError, match="factors exceed"):
        scaled(np.array([2**31 - 1]), np.array([2**32]), "back", 1)


def test_the_client_waits_and_follows_pages(api: TestClient, house: House):
    bells = house.queue.wishes  # type: ignore[attr-defined]

    def make_it(seconds: float) -> None:
        serve(bells[-1], house)

    token = api.headers["Authorization"].removeprefix("Bearer ")
    with Client("http://testserver", token, transport=api._transport, sleep=make_it) as client:
        found = client.bars("009001.SZ", most=600, adjust="back")
        assert len(found.items) == 600 and found.next_cursor is not None and len(bells) == 1
        assert [row.time for row in found.items] == sorted(row.time for row in found.items)
        assert len(client.bars("009001.SZ", most=10_000).items) < 2000


def test_bars_are_for_who_is_signed_in(api: TestClient):
    assert api.get(WHERE, params={"code": "009001.SZ"}, headers={"Authorization": ""}).status_code == 401
