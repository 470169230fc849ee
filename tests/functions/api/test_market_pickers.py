"""Pickers of the market: instruments, the calendar and indices of a dataset version."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from datalake.versions import resolve
from functions.client import Client
from functions.wiring import House

INSTRUMENTS, CALENDAR, INDICES = (f"/api/market/{name}" for name in ("instruments", "calendar", "indices"))


def pages(api: TestClient, query: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    """All of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = api.get(INSTRUMENTS, params={**query, "limit": limit, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert len(told["items"]) <= limit
        found += told["items"]
        cursor = told["next_cursor"]
        if cursor is None:
            assert told["total"] == len(found)
            return found


@pytest.mark.parametrize("limit", [1, 7, 81, 1000])
def test_every_instrument_comes_once_whatever_the_pages(api: TestClient, house: House, limit: int):
    known = resolve(house.lake, "sample").catalog.instruments
    found = pages(api, {}, limit)
    assert [row["ts_code"] for row in found] == [row.ts_code for row in known]
    first, told = known[0], found[0]
    assert told == {
        "ts_code": first.ts_code, "name": first.name, "board": first.board, "industry": first.industry,
        "list_date": f"{first.list_date // 10000}-{first.list_date // 100 % 100:02d}-{first.list_date % 100:02d}",
        "delist_date": None, "same_day": False,
    }  # fmt: skip


def test_the_best_fitting_come_first(api: TestClient, house: House):
    known = resolve(house.lake, "sample").catalog.instruments
    found = [row["ts_code"] for row in pages(api, {"search": "009"}, 5)]
    assert found and all(code.startswith("009") for code in found[:5])
    name = known[3].name
    assert api.get(INSTRUMENTS, params={"search": name}).json()["items"][0]["ts_code"] == known[3].ts_code
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isascii() else letter for letter in name) + "\u3000"
    assert api.get(INSTRUMENTS, params={"search": wide}).json()["items"][0]["ts_code"] == known[3].ts_code, "typed in full width"
    inside = {row["ts_code"] for row in pages(api, {"search": ".sz"}, 1000)}
    assert inside == {row.ts_code for row in known if row.ts_code.endswith(".SZ")}
    assert api.get(INSTRUMENTS, params={"search": "nobody is called so"}).json() == {
        "items": [], "next_cursor": None, "total": 0, "datasource_version": "sample:v1",
    }  # fmt: skip


def test_boards_industries_and_days_are_held_to_together(api: TestClient, house: House):
    known = resolve(house.lake, "sample").catalog.instruments
    industries = sorted({row.industry for row in known if row.industry})[:2]
    day = 20200601
    query = {"board": "main, star", "industry": ",".join(industries), "listed_on": "2020-06-01"}
    expected = [
        row.ts_code
        for row in known
        if row.board in ("main", "star") and row.industry in industries and row.list_date <= day and not 0 < row.delist_date <= day
    ]
    assert [row["ts_code"] for row in pages(api, query, 3)] == expected and expected
    delisted = [row for row in known if row.delist_date]
    assert delisted, "the sample has one that is delisted"
    gone = delisted[0]
    last = f"{gone.delist_date // 10000}-{gone.delist_date // 100 % 100:02d}-{gone.delist_date % 100:02d}"
    assert not api.get(INSTRUMENTS, params={"search": gone.ts_code, "listed_on": last}).json()["items"]
    assert api.get(INSTRUMENTS, params={"search": gone.ts_code}).json()["items"][0]["delist_date"] == last


@pytest.mark.parametrize(
    ("query", "field", "hint"),
    [
        ({"board": "strar"}, "board", "did you mean 'star'?"),
        ({"industry": "no such thing"}, "industry", "one of "),
        ({"limit": "0"}, "limit", None),
        ({"limit": "1001"}, "limit", None),
        ({"search": "x" * 51}, "search", None),
        ({"listed_on": "2024-02-30"}, "listed_on", None),
        ({"datasource_version": "sample:v9"}, "datasource_version", "did you mean 'sample:v1'?"),
        ({"datasource_version": "../sample"}, "datasource_version", None),
        ({"serch": "x"}, "serch", None),
    ],
)
def test_strange_questions_are_answered_in_words(api: TestClient, query: dict[str, str], field: str, hint: str | None):
    answer = api.get(INSTRUMENTS, params=query)
    assert answer.status_code == 422, answer.text
    problem = answer.json()["error"]["details"]["problems"][0]
    assert problem["field"] == field
    if hint:
        assert hint in problem["hint"]


CURSORS = ["x", "W10", "WzFd", "bnVsbA", "WyIxIiwgIngiXQ", "W3RydWUsICJ4Il0", "WzFlOTksICJ4Il0", "e30", "=", "%00", "W" * 900]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_is_none_is_refused(api: TestClient, cursor: str):
    answer = api.get(INSTRUMENTS, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (422, "cursor")


def test_the_calendar_has_the_sessions_of_a_range(api: TestClient, house: House):
    sessions = resolve(house.lake, "sample").catalog.sessions
    told = api.get(CALENDAR, params={"start": "2024-09-30", "end": "2024-10-09"}).json()
    assert told["sessions"] == ["2024-09-30", "2024-10-08", "2024-10-09"]
    assert told["datasource_version"] == "sample:v1"
    every = api.get(CALENDAR).json()
    assert len(every["sessions"]) == len(sessions) and every["first"] == every["sessions"][0] and every["last"] == every["sessions"][-1]
    assert api.get(CALENDAR, params={"start": "2099-01-01"}).json()["sessions"] == []
    answer = api.get(CALENDAR, params={"start": "2024-10-09", "end": "2024-10-08"})
    assert answer.status_code == 422 and "swap" in answer.text


def test_indices_say_of_when_their_bars_are(api: TestClient):
    told = api.get(INDICES, params={"datasource_version": "sample"}).json()
    assert told == {
        "items": [{"ts_code": "009300.SH", "has_bars": True, "has_members": True, "first": "2018-01-02", "last": "2024-12-31"}],
        "datasource_version": "sample:v1",
    }  # fmt: skip


@pytest.mark.parametrize("where", [INSTRUMENTS, CALENDAR, INDICES])
def test_pickers_are_for_who_is_signed_in(api: TestClient, where: str):
    assert api.get(where, headers={"Authorization": ""}).status_code == 401


def test_the_client_picks(api: TestClient, house: House):
    token = api.headers["Authorization"].removeprefix("Bearer ")
    with Client("http://testserver", token, transport=api._transport) as client:
        assert len(list(client.instruments())) == len(resolve(house.lake, "sample").catalog.instruments)
        assert [row.board for row in client.instruments(board="star")] == ["star"] * len(list(client.instruments(board="star")))
        assert client.calendar("2024-12-31").sessions == ["2024-12-31"]
        assert client.indices()[0].ts_code == "009300.SH"
