"""`lianghu me` and `lianghu feedback`, through a served API."""

import json

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.functions.api.conftest import Run


def test_me_tells_the_plan_and_what_is_used(apart: Run, served: None, user: str, admin: psycopg.Connection) -> None:
    code, out, _ = apart("me", "--json")
    me = json.loads(out)
    assert (code, me["user_id"], me["plan"]) == (0, user, "free")
    (before,) = admin.execute("select value from public.system_config where name = 'plan/free'").fetchone() or ()
    admin.execute("update public.system_config set value = %s where name = 'plan/free'", (Jsonb(before | {"combinations": 0}),))
    try:
        code, out, err = apart("me")
    finally:
        admin.execute("update public.system_config set value = %s where name = 'plan/free'", (Jsonb(before),))
    assert code == 0
    assert f"{user} · free" in out
    assert "有效分享链接" in out
    assert "0 of 0 combinations submitted this month are used (plan free); nothing is blocked" in err


def test_an_account_to_look_around_in_is_called_so(apart: Run, served: None, user: str, admin: psycopg.Connection) -> None:
    admin.execute("insert into public.profiles (owner, read_only) values (%s, true)", (user,))
    assert "read-only" in apart("me")[1]
    code, _, err = apart("feedback", "x")
    assert code == 3
    assert "looking around" in err


@pytest.mark.parametrize("as_json", [True, False])
def test_feedback_arrives(apart: Run, served: None, user: str, admin: psycopg.Connection, as_json: bool) -> None:
    code, out, _ = apart("feedback", "曲线是平的", "--kind", "problem", *(["--json"] if as_json else []))
    assert code == 0
    assert ("feedback_id" in out) if as_json else ("谢谢" in out)
    rows = admin.execute("select kind, message, page from public.feedback where owner = %s", (user,)).fetchall()
    assert rows == [("problem", "曲线是平的", "lianghu")]


def test_feedback_of_no_known_kind_is_told(apart: Run, served: None) -> None:
    code, _, err = apart("feedback", "x", "--kind", "praise")
    assert code == 2
    assert "known: problem, idea, question, other" in err
