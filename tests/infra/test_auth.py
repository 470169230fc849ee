"""Sign-in on this machine, through the unmodified Supabase client and over the wire."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from supabase import Client, create_client
from supabase_auth.errors import AuthApiError, AuthError

from functions.api.auth import KeySet, Verifier
from functions.errors import ApiError
from infra.local import accounts, postgres
from infra.local.accounts import Accounts, fits, hash_password
from infra.local.auth import auth_app
from infra.local.aws import free_port
from infra.local.errors import StackError
from infra.local.migrate import migrate
from infra.local.tokens import Signer

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Postgres]:
    server = postgres.start(tmp_path_factory.mktemp("auth") / "postgres")
    migrate(server.url_admin, Path("/nonexistent"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def url(server: postgres.Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    auth = auth_app(server.url_auth, f"http://127.0.0.1:{port}/auth/v1", tmp_path_factory.mktemp("keys"))
    running = uvicorn.Server(uvicorn.Config(Starlette(routes=[Mount("/auth/v1", auth)]), port=port, log_level="warning"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join()


@pytest.fixture
def client(url: str) -> Client:
    return create_client(url, "sb_publishable_local")


def email() -> str:
    return f"user{time.monotonic_ns()}@lianghu.local"


def test_the_unmodified_client_signs_up_in_and_out(client: Client, url: str) -> None:
    name = email()
    up = client.auth.sign_up({"email": name, "password": PASSWORD, "options": {"data": {"nickname": "湖"}}})
    assert up.user is not None
    assert up.session is not None
    assert up.user.user_metadata == {"nickname": "湖"}
    entered = client.auth.sign_in_with_password({"email": name.upper(), "password": PASSWORD})
    assert entered.session is not None
    read = client.auth.get_user()
    assert read is not None
    assert read.user is not None
    assert (read.user.id, read.user.email, read.user.aud) == (up.user.id, name, "authenticated")

    refreshed = client.auth.refresh_session()
    assert refreshed.session is not None
    assert refreshed.session.refresh_token != entered.session.refresh_token
    claims = client.auth.get_claims()
    assert claims is not None
    assert claims["claims"]["role"] == "authenticated"
    assert claims["headers"]["alg"] == "ES256"

    client.auth.sign_out()
    with pytest.raises(AuthApiError, match="does not exist") as refused:
        client.auth.get_user(refreshed.session.access_token)
    assert refused.value.code == "session_not_found"
    with pytest.raises(AuthApiError, match="Not Found"):
        client.auth.refresh_session(refreshed.session.refresh_token)


def test_the_api_believes_these_tokens_and_no_others(client: Client, url: str, tmp_path: Path) -> None:
    entered = client.auth.sign_up({"email": email(), "password": PASSWORD})
    assert entered.session is not None
    issuer = f"{url}/auth/v1"
    verifier = Verifier(issuer, KeySet(f"{issuer}/.well-known/jwks.json"))
    assert verifier.user(f"Bearer {entered.session.access_token}").id == entered.session.user.id
    forged, _ = Signer(issuer, tmp_path).sign({"sub": entered.session.user.id})
    with pytest.raises(ApiError, match="not valid here"):
        verifier.user(f"Bearer {forged}")
    assert httpx.get(f"{issuer}/user", headers={"Authorization": f"Bearer {forged}"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("demo@lianghu.local", "wrong password", "invalid_credentials"),
        ("nobody@lianghu.local", PASSWORD, "invalid_credentials"),
    ],
)
def test_a_wrong_password_and_an_unknown_address_are_the_same(
    server: postgres.Postgres, client: Client, name: str, password: str, code: str
) -> None:
    Accounts(server.url_auth).ensure("demo@lianghu.local", PASSWORD)
    with pytest.raises(AuthApiError, match="Invalid login credentials") as refused:
        client.auth.sign_in_with_password({"email": name, "password": password})
    assert refused.value.code == code


def test_what_is_wrong_with_a_sign_up_is_told(client: Client, url: str) -> None:
    name = email()
    client.auth.sign_up({"email": name, "password": PASSWORD})
    for mail, password, message in (
        (name, PASSWORD, "already registered"),
        (email(), "short", "at least 6"),
        ("no address", PASSWORD, "invalid format"),
    ):
        with pytest.raises(AuthError, match=message):
            client.auth.sign_up({"email": mail, "password": password})
    answer = httpx.post(f"{url}/auth/v1/signup", content=b"{")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
    answer = httpx.post(f"{url}/auth/v1/token?grant_type=magic", json={"email": name, "password": PASSWORD})
    assert (answer.status_code, answer.json()["message"]) == (400, "unsupported_grant_type")


def test_a_refresh_token_that_comes_again_ends_the_sign_in(url: str, server: postgres.Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    first = httpx.post(f"{url}/auth/v1/signup", json={"email": email(), "password": PASSWORD}).json()["refresh_token"]

    def refresh(token: str) -> httpx.Response:
        return httpx.post(f"{url}/auth/v1/token?grant_type=refresh_token", json={"refresh_token": token})

    second = refresh(first).json()["refresh_token"]
    assert refresh(first).status_code == 200, "two tabs may use it at the same moment"
    monkeypatch.setattr(accounts, "REUSE_SECONDS", 0)
    stolen = refresh(first)
    assert (stolen.status_code, stolen.json()["code"]) == (400, "refresh_token_already_used")
    assert refresh(second).json()["code"] == "refresh_token_not_found"
    with psycopg.connect(server.url_admin) as connection:
        kept = connection.execute("select encode(token_hash, 'escape') || token_hash::text from auth.refresh_tokens").fetchall()
        assert not any(first in row[0] or second in row[0] for row in kept)


def test_signing_out_of_the_other_places_stays_here(url: str) -> None:
    name = email()
    here = httpx.post(f"{url}/auth/v1/signup", json={"email": name, "password": PASSWORD}).json()["access_token"]
    there = httpx.post(f"{url}/auth/v1/token?grant_type=password", json={"email": name, "password": PASSWORD}).json()["access_token"]

    def works(token: str) -> bool:
        return httpx.get(f"{url}/auth/v1/user", headers={"Authorization": f"Bearer {token}"}).status_code == 200

    out = httpx.post(f"{url}/auth/v1/logout?scope=others", headers={"Authorization": f"Bearer {here}"})
    assert out.status_code == 204
    assert (works(here), works(there)) == (True, False)
    httpx.post(f"{url}/auth/v1/logout?scope=local", headers={"Authorization": f"Bearer {here}"})
    assert not works(here)


def test_the_key_survives_a_restart(tmp_path: Path) -> None:
    token, _ = Signer("http://127.0.0.1/auth/v1", tmp_path).sign({"sub": "x"})
    claims = Signer("http://127.0.0.1/auth/v1", tmp_path).read(token)
    assert claims is not None
    assert claims["sub"] == "x"
    assert Signer("http://127.0.0.1:1/auth/v1", tmp_path).read(token) is None
    assert (tmp_path / "signing-key.pem").stat().st_mode & 0o077 == 0


def test_passwords() -> None:
    kept = hash_password(PASSWORD)
    assert PASSWORD not in kept
    assert fits(PASSWORD, kept)
    assert not fits(PASSWORD + " ", kept)
    assert kept != hash_password(PASSWORD)


@pytest.mark.parametrize("issuer", ["https://abc.supabase.co/auth/v1", "http://127.0.0.1.evil.example/auth/v1", "http://10.0.0.1/auth/v1"])
def test_it_refuses_to_stand_in_for_a_real_project(issuer: str, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="real project"):
        auth_app("postgresql://x", issuer, tmp_path)
    assert not list(tmp_path.iterdir())
