"""`lianghu keys`, against the API under a server."""

import json
from collections.abc import Callable

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_a_key_is_made_used_listed_and_revoked(apart: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apart("keys", "list")[0] == 0
    code, out, err = apart("keys", "create", "note\x1b[31mbook", "--scope", "read", "--days", 30)
    key = out.strip()
    assert code == 0 and key.startswith("lh_") and "\n" not in key and "once" in err
    (row,) = json.loads(apart("keys", "list", "--json")[1])["items"]
    assert row["scopes"] == ["read"] and row["key_id"] in err and key not in json.dumps(row)
    code, out, _ = apart("keys", "list")
    assert code == 0 and row["key_id"][:8] in out and "\x1b[31mbook" not in out

    with monkeypatch.context() as as_program:
        as_program.setenv("LIANGHU_TOKEN", key)
        assert apart("runs", "--json")[0] == 0, "a key is as good as a token"
        code, _, err = apart("keys", "list")
        assert code != 0 and "person" in err
    assert apart("keys", "revoke", row["key_id"])[0] == 0
    assert apart("keys", "revoke", row["key_id"])[0] != 0
    with monkeypatch.context() as as_program:
        as_program.setenv("LIANGHU_TOKEN", key)
        code, _, err = apart("runs")
        assert code != 0 and "not valid" in err


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_wrong_wishes_for_a_key(apart: Run) -> None:
    code, _, err = apart("keys", "create", "x", "--scope", "account")
    assert code == 2 and "read, run, strategies, share" in err
    code, _, err = apart("keys", "create", "x", "--days", 0)
    assert code == 2 and "days" in err
    made = json.loads(apart("keys", "create", "x", "--json")[1])
    assert made["scopes"] == ["read", "run"] and made["key"].startswith("lh_")
    assert json.loads(apart("keys", "revoke", made["key_id"], "--json")[1]) == {"revoked": made["key_id"]}
