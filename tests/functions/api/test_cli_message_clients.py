"""`lianghu message-clients`, against the API under a server."""

import json
from collections.abc import Callable

import pytest

from functions.wiring import House

Run = Callable[..., tuple[int, str, str]]
QUEUE = "arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-desk"


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_a_client_is_made_confirmed_given_a_new_key_listed_and_revoked(apart: Run, house: House) -> None:
    assert apart("message-clients", "list")[0] == 0
    code, out, err = apart("message-clients", "create", "de\x1b[31msk", "--reply-queue", QUEUE, "--scope", "read", "--window", 60)
    key = out.strip()
    assert code == 0 and key.startswith("lhm_") and "\n" not in key and "once" in err and "confirm" in err
    (row,) = json.loads(apart("message-clients", "list", "--json")[1])["items"]
    assert (row["scopes"], row["window_seconds"], row["confirmed_at"]) == (["read"], 60, None)
    assert row["client_id"] in err and key not in json.dumps(row)
    client = row["client_id"]
    assert apart("message-clients", "confirm", client, "x")[0] == 2
    told = house.keyring.code(client, QUEUE)
    assert json.loads(apart("message-clients", "confirm", client, told, "--json")[1]) == {"confirmed": client}
    assert apart("message-clients", "confirm", client, told)[0] == 0
    code, out, _ = apart("message-clients", "rotate", client, "--overlap", 0)
    assert code == 0 and out.strip() == house.keyring.key(client, 2) != key
    code, out, _ = apart("message-clients", "list")
    assert code == 0 and client[:8] in out and "lianghu-replies" in out and "\x1b[31msk" not in out
    assert apart("message-clients", "revoke", client)[0] == 0
    assert apart("message-clients", "revoke", client)[0] != 0


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_wrong_wishes_for_a_client(apart: Run) -> None:
    code, _, err = apart("message-clients", "create", "x", "--reply-queue", QUEUE, "--scope", "account")
    assert code == 2 and "read, run, strategies, share" in err
    code, _, err = apart("message-clients", "create", "x", "--reply-queue", "arn:aws:sqs:ap-east-1:123456789012:PlanQueue")
    assert code == 2 and "lianghu-replies-" in err
    made = json.loads(apart("message-clients", "create", "x", "--reply-queue", QUEUE, "--json")[1])
    assert made["scopes"] == ["read", "run"] and made["key"].startswith("lhm_")
    assert json.loads(apart("message-clients", "rotate", made["client_id"], "--json")[1])["version"] == 2
    assert json.loads(apart("message-clients", "revoke", made["client_id"], "--json")[1]) == {"revoked": made["client_id"]}
