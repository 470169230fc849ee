"""Who the client is: tokens, keys, sign-ins that are renewed, and where none of them may go."""

import json
import threading

import httpx
import pytest

from functions.api.examples import EXAMPLES
from functions.client import Client, ClientError
from tests.functions.client_server import Server, error

HEALTH = EXAMPLES["Health"]


def tokens(access: str, refresh: str | None = "r1") -> httpx.Response:
    return httpx.Response(200, json={"access_token": access, "refresh_token": refresh, "expires_in": 3600})


def carried(request: httpx.Request) -> str | None:
    return request.headers.get("Authorization")


def test_signing_in_asks_auth_and_carries_its_token() -> None:
    server = Server(tokens("a1"), httpx.Response(200, json=HEALTH))
    client = server.client(token="")
    client.sign_in("ana@example.com", "secret", auth_url="https://project.supabase.co/", api_key="public")
    client.health()
    asked, called = server.requests
    assert str(asked.url) == "https://project.supabase.co/auth/v1/token?grant_type=password"
    assert asked.headers["apikey"] == "public" and carried(asked) is None
    assert json.loads(asked.content) == {"email": "ana@example.com", "password": "secret"}
    assert carried(called) == "Bearer a1" and "apikey" not in called.headers


def test_an_expired_token_is_renewed_and_the_call_made_again() -> None:
    server = Server(tokens("a1", "r1"), error(401, "UNAUTHORIZED"), tokens("a2", "r2"), httpx.Response(200, json=HEALTH),
                    error(401, "UNAUTHORIZED"), tokens("a3", "r3"), httpx.Response(200, json=HEALTH))  # fmt: skip
    client = server.client(token="")
    client.sign_in("ana@example.com", "secret")
    client.health()
    client.health()
    _, refused, first, again, _, second, last = server.requests
    assert carried(refused) == "Bearer a1" and carried(again) == "Bearer a2" and carried(last) == "Bearer a3"
    assert str(first.url) == "http://lianghu/auth/v1/token?grant_type=refresh_token"
    assert [json.loads(each.content) for each in (first, second)] == [{"refresh_token": "r1"}, {"refresh_token": "r2"}]


def test_a_write_that_met_an_expired_token_keeps_its_key() -> None:
    server = Server(tokens("a1"), error(401, "UNAUTHORIZED"), tokens("a2"), httpx.Response(201, json={"backtest_id": "b1"}))
    client = server.client(token="")
    client.sign_in("ana@example.com", "secret")
    assert client.create_backtest({"template": "turtle"}, {}) == "b1"
    assert server.requests[1].headers["Idempotency-Key"] == server.requests[3].headers["Idempotency-Key"]


def test_a_sign_in_that_has_ended_is_told_as_such_and_not_asked_for_again() -> None:
    gone = httpx.Response(400, json={"code": 400, "error_code": "refresh_token_not_found", "msg": "Invalid Refresh Token"})
    server = Server(tokens("a1"), error(401, "UNAUTHORIZED"), gone, error(401, "UNAUTHORIZED"))
    client = server.client(token="")
    client.sign_in("ana@example.com", "secret")
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            client.me()
        assert caught.value.code == "UNAUTHORIZED"
    assert not server.answers


def test_an_auth_that_is_away_for_a_moment_ends_no_sign_in() -> None:
    server = Server(tokens("a1"), error(401, "UNAUTHORIZED"), httpx.Response(503), error(401, "UNAUTHORIZED"), tokens("a2"),
                    httpx.Response(200, json=HEALTH))  # fmt: skip
    client = server.client(token="", attempts=1)
    client.sign_in("ana@example.com", "secret")
    with pytest.raises(ClientError, match="words"):
        client.health()
    assert client.health().status == "ok" and carried(server.requests[-1]) == "Bearer a2"


def test_a_wrong_password_is_told_in_the_words_of_auth() -> None:
    wrong = httpx.Response(400, json={"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"})
    with pytest.raises(ClientError, match="Invalid login credentials") as caught:
        Server(wrong).client(token="").sign_in("ana@example.com", "nonsense")
    assert caught.value.code == "UNAUTHORIZED"


def test_a_token_or_key_that_was_given_is_not_renewed() -> None:
    server = Server(error(401, "UNAUTHORIZED"))
    with pytest.raises(ClientError) as caught:
        server.client(token="lh_key").me()
    assert caught.value.code == "UNAUTHORIZED" and len(server.requests) == 1
    assert carried(server.requests[0]) == "Bearer lh_key"


def test_an_auth_that_is_none_is_said_to_be_so() -> None:
    for answer in (httpx.Response(200, text="<html>"), httpx.Response(200, json=[]), httpx.Response(200, json={"token": "x"})):
        with pytest.raises(ClientError) as caught:
            Server(answer).client(token="").sign_in("ana@example.com", "secret")
        assert caught.value.code == "UNREACHABLE" and "secret" not in caught.value.message


def test_signing_out_ends_the_session_here_and_there() -> None:
    server = Server(tokens("a1"), httpx.Response(204), httpx.Response(200, json=HEALTH))
    client = server.client(token="")
    client.sign_in("ana@example.com", "secret")
    client.sign_out()
    client.health()
    _, ended, after = server.requests
    assert ended.method == "POST" and ended.url.path == "/auth/v1/logout" and carried(ended) == "Bearer a1"
    assert carried(after) is None


def test_threads_renew_a_token_once() -> None:
    """Two refreshes with one refresh token would be taken for theft, and end the session."""
    renewed: list[str] = []
    lock = threading.Lock()
    both_refused = threading.Barrier(2, timeout=10)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("grant_type") == "password":
            return tokens("a1", "r1")
        if request.url.params.get("grant_type") == "refresh_token":
            with lock:
                renewed.append(json.loads(request.content)["refresh_token"])
            return tokens("a2", "r2")
        if carried(request) == "Bearer a1":
            both_refused.wait()
            return error(401, "UNAUTHORIZED")
        return httpx.Response(200, json=HEALTH)

    client = Client("http://lianghu", transport=httpx.MockTransport(answer))
    client.sign_in("ana@example.com", "secret")
    threads = [threading.Thread(target=client.health) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert renewed == ["r1"]


def test_a_signed_address_elsewhere_gets_no_token() -> None:
    away = httpx.Response(302, headers={"Location": "https://bucket.example.com/equity.csv?X-Amz-Signature=1"})
    server = Server(away, httpx.Response(200, content=b"time,equity\n"))
    assert server.client().artifact("r1", "equity") == b"time,equity\n"
    first, second = server.requests
    assert carried(first) == "Bearer token" and carried(second) is None and second.url.host == "bucket.example.com"
