"""Rankings through the API: served from stored objects, asked for where there are none yet, and strange questions answered in words."""

from collections.abc import Callable

import obstore
import pytest
from fastapi.testclient import TestClient

from datalake.errors import Problem, StorageError
from datalake.lake import Lake
from datalake.objects import delete, sizes
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.spec import RankingSpec
from datalake.versions import resolve
from functions import planner
from functions.api import ranking_routes
from functions.client import Client
from functions.messages import PlanMessage
from functions.planner import serve
from functions.wiring import House
from functions.wishes import failures, rankings
from functions.wishes.shapes import RankingWish

WHERE = "/api/market/rankings"


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    house = make_house()
    delete(house.lake, [*sizes(house.lake, "rankings"), *sizes(house.lake, "wishes")])
    ranking_routes.HELD.clear()
    return house


@pytest.fixture
def api(house: House, desk: object, user: str, client_of: Callable[..., TestClient]) -> TestClient:
    return client_of(house, user)


def test_a_ranking_is_asked_for_and_then_served(api: TestClient, house: House):
    query = {"field": "amount", "date": "2024-06-03", "top": 5, "datasource_version": "sample"}
    first = api.get(WHERE, params=query)
    assert (first.status_code, first.json(), first.headers["retry-after"]) == (202, {"status": "preparing"}, "2")
    (wish,) = house.queue.wishes  # type: ignore[attr-defined]
    serve(PlanMessage.model_validate_json(wish.model_dump_json()).root, house)
    told = api.get(WHERE, params=query)
    assert told.status_code == 200 and len(house.queue.wishes) == 1  # type: ignore[attr-defined]
    lake = Lake(house.settings.lake_url)
    dataset = resolve(lake.store, "sample")
    expected = ensure_ranking(lake, dataset, RankingSpec.of("amount", 5)).ranked(20240603, 5)
    answer = told.json()
    assert {**answer, "ranked": None} == {
        "datasource_version": "sample:v1", "field": "amount", "date": "2024-06-03", "order": "highest", "boards": [], "ranked": None,
    }  # fmt: skip
    names = dataset.catalog.by_code
    assert answer["ranked"] == [
        {"place": row.place, "ts_code": row.ts_code, "name": names[row.ts_code].name, "value": row.value / 1000} for row in expected
    ]


def test_only_the_year_that_is_wanted_is_made_first(api: TestClient, house: House):
    api.get(WHERE, params={"field": "pb", "date": "2020-06-03"})
    serve(house.queue.wishes[0], house)  # type: ignore[attr-defined]
    assert len(sizes(house.lake, "rankings/years")) == 1
    assert api.get(WHERE, params={"field": "pb", "date": "2020-06-04", "top": 30}).status_code == 200
    assert api.get(WHERE, params={"field": "pb", "date": "2021-06-04"}).status_code == 202
    assert api.get(WHERE, params={"field": "pb", "date": "2020-06-04", "top": 31}).status_code == 202, "deeper than it is stored"


def test_a_held_ranking_needs_no_object(api: TestClient, house: House):
    query = {"field": "return_20", "order": "lowest", "boards": "star,chinext", "top": 3}
    api.get(WHERE, params=query)
    serve(house.queue.wishes[0], house)  # type: ignore[attr-defined]
    told = api.get(WHERE, params=query).json()
    assert told["boards"] == ["chinext", "star"] and told["date"] == "2024-12-31"
    assert [row["value"] for row in told["ranked"]] == sorted(row["value"] for row in told["ranked"])
    delete(house.lake, sizes(house.lake, "rankings"))
    assert api.get(WHERE, params=query).json() == told
    ranking_routes.HELD.clear()
    assert api.get(WHERE, params=query).status_code == 202


def test_memory_holds_the_last_used_within_its_limit(api: TestClient, house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ranking_routes.HELD, "most_bytes", 1)
    for field in ("amount", "volume"):
        api.get(WHERE, params={"field": field})
        serve(house.queue.wishes[-1], house)  # type: ignore[attr-defined]
        assert api.get(WHERE, params={"field": field}).status_code == 200
    assert len(ranking_routes.HELD) == 1


def test_a_damaged_object_is_asked_for_again_and_mended(api: TestClient, house: House):
    query = {"field": "volume", "date": "2024-06-03"}
    api.get(WHERE, params=query)
    wish = house.queue.wishes[0]  # type: ignore[attr-defined]
    serve(wish, house)
    told = api.get(WHERE, params=query).json()
    (key,) = sizes(house.lake, "rankings/years")
    obstore.put(house.lake, key, b"no arrays")
    ranking_routes.HELD.clear()
    assert api.get(WHERE, params=query).status_code == 202
    serve(wish, house)
    assert api.get(WHERE, params=query).json() == told


@pytest.mark.parametrize(
    ("query", "field", "hint"),
    [
        ({}, "field", None),
        ({"field": "amonut"}, "field", "did you mean 'amount'?"),
        ({"field": "return_0"}, "field", "return_1 to return_250"),
        ({"field": "return_1000000"}, "field", "return_1 to return_250"),
        ({"field": "is_st"}, "field", None),
        ({"field": "../../etc"}, "field", None),
        ({"field": "量"}, "field", None),
        ({"field": "amount", "date": "2024-06-02"}, "date", "the one before is 2024-05-31"),
        ({"field": "amount", "date": "1999-06-02"}, "date", "sample:v1 has 2018-01-02 to 2024-12-31"),
        ({"field": "amount", "date": "9999-12-31"}, "date", "sample:v1 has 2018-01-02 to 2024-12-31"),
        ({"field": "amount", "date": "2024-02-30"}, "date", None),
        ({"field": "amount", "date": "0000-00-00"}, "date", None),
        ({"field": "amount", "date": "today"}, "date", None),
        ({"field": "amount", "top": "0"}, "top", None),
        ({"field": "amount", "top": "1001"}, "top", None),
        ({"field": "amount", "top": "many"}, "top", None),
        ({"field": "amount", "order": "best"}, "order", None),
        ({"field": "amount", "boards": "main,strar"}, "boards", "did you mean 'star'?"),
        ({"field": "amount", "datasource_version": "sample:v9"}, "datasource_version", "did you mean 'sample:v1'?"),
        ({"field": "amount", "datasource_version": "¹;\x1c"}, "datasource_version", None),
        ({"field": "amount", "datasource_version": "../sample"}, "datasource_version", None),
        ({"field": "amount", "feild": "amount"}, "feild", None),
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


def test_a_wish_that_cannot_be_made_is_logged_and_forgotten(house: House, caplog: pytest.LogCaptureFixture):
    for version, field in (("sample:v9", "amount"), ("sample:v1", "nothing")):
        serve(RankingWish(datasource_version=version, field=field, depth=30, lowest=False, boards=(), day=20240603), house)
    assert caplog.messages.count("a wish that cannot be made") == 2
    assert not sizes(house.lake, "rankings/years")


def test_who_waits_for_a_ranking_that_cannot_be_made_is_told_so(
    api: TestClient, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """It was 202 for ever."""
    query = {"field": "amount", "date": "2022-06-02"}
    wishes = house.queue.wishes  # type: ignore[attr-defined]
    clock = [1_000_000.0]
    monkeypatch.setattr(failures, "time", lambda: clock[0])

    def broken(*anything: object) -> None:
        raise StorageError(Problem("bars_1d", "a file of 2022 is gone"))

    assert api.get(WHERE, params=query).status_code == 202
    with monkeypatch.context() as patch:
        patch.setattr(rankings, "ensure_ranking", broken)
        serve(wishes[-1], house)
    clock[0] += 20
    answer = api.get(WHERE, params={**query, "date": "2022-06-06"})
    assert (answer.status_code, answer.headers["retry-after"]) == (502, "40")
    assert answer.json()["error"]["code"] == "UPSTREAM_ERROR" and "a file of 2022 is gone" in answer.json()["error"]["message"]
    assert len(wishes) == 1 and "a wish that cannot be made" in caplog.messages
    assert api.get(WHERE, params={**query, "date": "2021-06-03"}).status_code == 202, "another year may do"
    clock[0] += 41
    assert api.get(WHERE, params=query).status_code == 202, "it is tried once more"
    serve(wishes[-1], house)
    assert api.get(WHERE, params=query).status_code == 200
    assert not sizes(house.lake, "wishes/failed")


def test_a_ranking_that_breaks_the_planner_tells_nothing_of_its_inside(api: TestClient, house: House, monkeypatch: pytest.MonkeyPatch):
    def broken(*anything: object) -> None:
        raise MemoryError("secret")

    api.get(WHERE, params={"field": "amount"})
    monkeypatch.setattr(rankings, "ensure_ranking", broken)
    serve(house.queue.wishes[-1], house)  # type: ignore[attr-defined]
    answer = api.get(WHERE, params={"field": "amount"})
    assert answer.status_code == 500 and "MemoryError" in answer.text and "secret" not in answer.text


@pytest.mark.parametrize("note", [b"", b"[]", b'{"at": 1}', b'{"at": "nan", "error": {}}', b'{"at": 1, "error": {"code": "ODD"}}', b"\xff"])
def test_a_note_of_a_failure_that_is_damaged_is_none(api: TestClient, house: House, note: bytes):
    api.get(WHERE, params={"field": "amount"})
    wish = house.queue.wishes[-1]  # type: ignore[attr-defined]
    failures.note_failure(house.lake, wish, {})
    (key,) = sizes(house.lake, "wishes/failed")
    obstore.put(house.lake, key, note)
    assert api.get(WHERE, params={"field": "amount"}).status_code == 202


def test_the_planner_answers_a_wish_that_came_through_a_queue(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(planner, "house", lambda: house)
    wish = RankingWish(datasource_version="sample:v1", field="amount", depth=30, lowest=False, boards=(), day=20240603)
    record = {"messageId": "1", "body": wish.model_dump_json(), "attributes": {"ApproximateReceiveCount": "1"}}
    assert planner.handle({"Records": [record]}, None) == {"batchItemFailures": []}
    assert len(sizes(house.lake, "rankings/years")) == 1


def test_the_client_waits_until_the_ranking_is_made(api: TestClient, house: House):
    bells = house.queue.wishes  # type: ignore[attr-defined]

    def make_it(seconds: float) -> None:
        serve(bells[-1], house)

    token = api.headers["Authorization"].removeprefix("Bearer ")
    with Client("http://testserver", token, transport=api._transport) as client:
        client._sleep = make_it
        found = client.ranking("amount", "2024-06-03", top=3)
    assert [row.place for row in found.ranked] == [1, 2, 3] and len(bells) == 1


def test_rankings_are_for_who_is_signed_in(api: TestClient):
    assert api.get(WHERE, params={"field": "amount"}, headers={"Authorization": ""}).status_code == 401
