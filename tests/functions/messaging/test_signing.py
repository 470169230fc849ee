"""Keys that nobody keeps, and signatures that fit one message, one direction and one key."""

import copy
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import ApiError
from functions.messaging.signing import Keyring, is_signed, signature_of

SECRET = "a-secret-that-keys-of-clients-are-made-from"
COMMAND = {
    "client_id": "a", "message_id": "b", "sent_at": "c", "correlation_id": "d", "operation": "e", "parameters": {"f": "g"},
    "query": {"h": 1}, "body": {"i": [1, {"j": None}]},
}  # fmt: skip


def test_keys_differ_by_client_number_and_secret_and_are_the_same_again() -> None:
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    rings = Keyring(SECRET), Keyring(SECRET + "!")
    keys = [ring.key(client, version) for ring in rings for client in (one, two) for version in (1, 2, 11)]
    assert len(set(keys)) == 12 and keys[0] == Keyring(SECRET).key(one, 1)
    assert all(len(key) == 68 and key.startswith("lhm_") for key in keys)
    codes = {ring.code(client, queue) for ring in rings for client in (one, two) for queue in ("q", "r")}
    assert len(codes) == 8 and not any(code in key for code in codes for key in keys)


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_a_secret_that_could_be_guessed_makes_no_keys(secret: str) -> None:
    with pytest.raises(ApiError, match="MESSAGES_SECRET") as caught:
        Keyring(secret)
    assert caught.value.code == "INTERNAL_ERROR"


def test_an_answer_is_no_command() -> None:
    signed = COMMAND | {"signature": signature_of("reply", COMMAND, "key")}
    assert is_signed("reply", signed, "key") and not is_signed("command", signed, "key")


@pytest.mark.parametrize("offered", [None, 7, "", "0" * 64, "ä" * 64, ["a"], {}])
def test_what_is_no_signature_signs_nothing(offered: object) -> None:
    assert not is_signed("command", COMMAND | {"signature": offered}, "key")
    assert not is_signed("command", COMMAND, "key")


@given(st.data())
def test_any_change_of_any_member_breaks_it(data: st.DataObject) -> None:
    message: dict[str, Any] = copy.deepcopy(COMMAND | {"signature": signature_of("command", COMMAND, "key")})
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for name in list(value) if isinstance(value, dict) else range(len(value)):
            places.append((value, name))
            if isinstance(value[name], dict | list):
                walk(value[name])

    walk(message)
    holder, name = data.draw(st.sampled_from(places))
    if holder is message and name == "signature":
        holder[name] = holder[name][:-1] + ("0" if holder[name][-1] != "0" else "1")
    elif data.draw(st.booleans()):
        holder[name] = "changed"
    elif isinstance(holder, dict):
        del holder[name]
    else:
        holder.append("more")
    assert not is_signed("command", message, "key")
