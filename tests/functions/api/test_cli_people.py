"""`lianghu me` and `lianghu feedback`, through a served API; once as they are typed, else in this process, beside the log of the API."""

import json

import psycopg
import pytest
from psycopg.types.json import Jsonb

from functions.client import ClientError
from functions.commands.failures import CommandError
from functions.commands.feedback import give_feedback
from functions.commands.me import show_me
from functions.settings import Settings
from tests.functions.api.conftest import Run


def test_as_they_are_typed(apart: Run, served: None, user: str) -> None:
    code, out, _ = apart("me", "--json")
    me = json.loads(out)
    assert (code, me["user_id"], me["plan"]) == (0, user, "free")
    code, out, _ = apart("feedback", "曲线是平的", "--kind", "problem", "--json")
    assert code == 0
    assert set(json.loads(out)) == {"feedback_id"}


def test_me_tells_the_plan_and_what_is_used(served: None, user: str, admin: psycopg.Connection, capsys: pytest.CaptureFixture[str]) -> None:
    (before,) = admin.execute("select value from public.system_config where name = 'plan/free'").fetchone() or ()
    admin.execute("update public.system_config set value = %s where name = 'plan/free'", (Jsonb(before | {"combinations": 0}),))
    try:
        assert show_me(Settings(), False) == 0
    finally:
        admin.execute("update public.system_config set value = %s where name = 'plan/free'", (Jsonb(before),))
    written = capsys.readouterr()
    assert f"{user} · free" in written.out
    assert "有效分享链接" in written.out
    assert "0 of 0 combinations submitted this month are used (plan free); nothing is blocked" in written.err
    assert show_me(Settings(), True) == 0
    assert f'"user_id": "{user}"' in capsys.readouterr().out


def test_an_account_to_look_around_in_is_called_so(
    served: None, user: str, admin: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.execute("insert into public.profiles (owner, read_only) values (%s, true)", (user,))
    show_me(Settings(), False)
    assert "read-only" in capsys.readouterr().out
    with pytest.raises(ClientError, match="looking around") as refused:
        give_feedback(Settings(), "x", "other", False)
    assert refused.value.code == "FORBIDDEN"


def test_feedback_arrives(served: None, user: str, admin: psycopg.Connection, capsys: pytest.CaptureFixture[str]) -> None:
    assert give_feedback(Settings(), "曲线是平的", "problem", False) == 0
    assert "谢谢" in capsys.readouterr().out
    assert give_feedback(Settings(), "第二条", "idea", True) == 0
    assert "feedback_id" in capsys.readouterr().out
    rows = admin.execute("select kind, message, page from public.feedback where owner = %s order by created_at", (user,)).fetchall()
    assert rows == [("problem", "曲线是平的", "lianghu"), ("idea", "第二条", "lianghu")]
    with pytest.raises(CommandError, match="no kind 'praise'"):
        give_feedback(Settings(), "x", "praise", False)
