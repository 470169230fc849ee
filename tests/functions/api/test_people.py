"""Who the caller is, what pages report, what people tell us: over the API."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from functions.api.auth import User
from functions.api.me_routes import get_me
from functions.wiring import House


def test_a_new_caller_is_told_plan_quotas_and_scopes(api: TestClient, user: str) -> None:
    answer = api.get("/api/me")
    assert answer.status_code == 200
    me = answer.json()
    assert (me["user_id"], me["plan"], me["read_only"], me["key_id"]) == (user, "free", False, None)
    assert me["scopes"] == ["account", "read", "run", "share", "strategies"]
    quotas = {quota.pop("name"): quota for quota in me["quotas"]}
    assert set(quotas) == {"combinations", "compute_seconds", "strategies", "shares"}
    assert quotas["strategies"] == {"limit": 50, "used": 0, "left": 50, "resets_at": None}
    assert quotas["combinations"]["resets_at"].endswith("T16:00:00.000Z"), "midnight of Shanghai"
    assert me["notices"] == []


def test_what_was_submitted_is_used(api: TestClient, other_api: TestClient, a_backtest: Callable[..., dict[str, Any]]) -> None:
    backtest = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    spec = {"ma_short": [5, 10, 15], "ma_long": [20, 30]}
    assert api.post(f"/api/backtests/{backtest}/runs", json={"mode": "grid", "gridSpec": spec}).status_code == 202
    assert api.post(f"/api/backtests/{backtest}/runs", json={"mode": "single"}).status_code == 202

    def used(client: TestClient) -> dict[str, float]:
        return {quota["name"]: quota["used"] for quota in client.get("/api/me").json()["quotas"]}

    assert used(api) == {"combinations": 7, "compute_seconds": 0, "strategies": 1, "shares": 0}
    assert used(other_api) == {"combinations": 0, "compute_seconds": 0, "strategies": 0, "shares": 0}


def test_a_submission_hints_at_a_quota_and_is_done_all_the_same(
    api: TestClient, a_backtest: Callable[..., dict[str, Any]], admin: psycopg.Connection, user: str
) -> None:
    backtest = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    small = {"combinations": 4, "compute_seconds": 10, "strategies": 50, "shares": 10}
    (before,) = admin.execute("select value from public.system_config where name = 'plan/free'").fetchone() or ()
    admin.execute("update public.system_config set value = %s where name = 'plan/free'", (Jsonb(small),))
    try:
        first = api.post(f"/api/backtests/{backtest}/runs", json={"mode": "single"})
        spec = {"ma_short": [5, 10, 15], "ma_long": [20, 30]}
        key = {"Idempotency-Key": str(uuid4())}
        second = api.post(f"/api/backtests/{backtest}/runs", json={"mode": "grid", "gridSpec": spec}, headers=key)
        again = api.post(f"/api/backtests/{backtest}/runs", json={"mode": "grid", "gridSpec": spec}, headers=key)
        me = api.get("/api/me").json()
    finally:
        admin.execute("update public.system_config set value = %s where name = 'plan/free'", (Jsonb(before),))
    assert "notices" not in first.json()
    hint = "7 of 4 combinations submitted this month are used (plan free); nothing is blocked"
    assert (second.status_code, second.json()["notices"]) == (202, [hint])
    assert second.content == again.content
    assert me["notices"] == [hint]
    assert me["quotas"][0] | {"resets_at": None} == {"name": "combinations", "limit": 4, "used": 7, "left": 0, "resets_at": None}


def test_the_use_of_a_template_is_counted(api: TestClient, a_backtest: Callable[..., dict[str, Any]], admin: psycopg.Connection) -> None:
    admin.execute("truncate public.product_events")
    body = a_backtest() | {"strategyRef": {"template": "dual-moving-average"}}
    assert api.post("/api/backtests", json=body).status_code == 201
    assert api.post("/api/backtests", json=a_backtest()).status_code == 201
    assert api.post("/api/backtests", json=body | {"strategyRef": {"template": "nothing"}}).status_code == 422
    rows = admin.execute("select event, subject, count from public.product_events").fetchall()
    assert rows == [("template_used", "dual-moving-average", 1)]


def test_the_operators_words_reach_everybody(api: TestClient, admin: psycopg.Connection) -> None:
    admin.execute("""update public.system_config set value = '["周日维护 maintenance on Sunday"]' where name = 'notices'""")
    try:
        assert api.get("/api/me").json()["notices"] == ["周日维护 maintenance on Sunday"]
    finally:
        admin.execute("update public.system_config set value = '[]' where name = 'notices'")


def test_a_key_has_no_address(house: House, user: str) -> None:
    me = get_me(User(user, "", frozenset(("read",)), key_id="k1"), house)
    assert (me.email, me.key_id, me.scopes) == (None, "k1", ["read"])


def test_a_page_reports_its_use_without_a_token(house: House, client_of: Any, admin: psycopg.Connection) -> None:
    admin.execute("truncate public.product_events")
    stranger = client_of(house, None)
    for body in ({"event": "pricing_viewed"}, {"event": "pricing_viewed"}, {"event": "intent", "subject": "pro"}):
        answer = stranger.post("/api/product-events", json=body)
        assert (answer.status_code, answer.content) == (204, b"")
    rows = admin.execute("select event, subject, count from public.product_events order by 1").fetchall()
    assert rows == [("intent", "pro", 1), ("pricing_viewed", "", 2)]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"event": "template_used", "subject": "x"}, "event", "input should be 'pricing_viewed'"),
        ({"event": "share_viewed"}, "event", "input should be"),
        ({"event": "intent", "subject": "ana@example.com"}, "subject", "of intent it must be 'free' or 'pro'"),
        ({"event": "intent"}, "subject", "of intent it must be 'free' or 'pro'"),
        ({"event": "faq_opened", "subject": "x"}, "subject", "of faq_opened it must be ''"),
        ({"event": "faq_opened", "user": "x"}, "user", "unknown key"),
    ],
)
def test_nothing_else_about_anybody_can_be_reported(
    house: House, client_of: Any, admin: psycopg.Connection, body: dict[str, str], field: str, message: str
) -> None:
    admin.execute("truncate public.product_events")
    answer = client_of(house, None).post("/api/product-events", json=body)
    assert answer.status_code == 422
    problem = answer.json()["error"]["details"]["problems"][0]
    assert problem["field"] == field
    assert message in problem["message"]
    assert admin.execute("select * from public.product_events").fetchall() == []


def test_feedback_is_taken_from_who_is_signed_in(api: TestClient, house: House, client_of: Any, admin: psycopg.Connection) -> None:
    answer = api.post("/api/feedback", json={"kind": "problem", "message": "曲线是平的", "page": "/runs/"})
    assert answer.status_code == 201
    kept = admin.execute("select kind, message, page from public.feedback where id = %s", (answer.json()["feedback_id"],)).fetchone()
    assert kept == ("problem", "曲线是平的", "/runs/")
    assert client_of(house, None).post("/api/feedback", json={"kind": "idea", "message": "x"}).status_code == 401
    for body in ({"kind": "praise", "message": "x"}, {"kind": "idea", "message": ""}, {"kind": "idea", "message": "x" * 4001}):
        assert api.post("/api/feedback", json=body).status_code == 422


def test_an_account_to_look_around_in_gives_no_feedback(api: TestClient, user: str, admin: psycopg.Connection) -> None:
    admin.execute("insert into public.profiles (owner, read_only) values (%s, true)", (user,))
    assert api.get("/api/me").json()["read_only"] is True
    answer = api.post("/api/feedback", json={"kind": "idea", "message": "x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert "looking around" in answer.json()["error"]["message"]
