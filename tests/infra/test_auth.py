"""Sign-in on this machine, through the unmodified Supabase client and over the wire."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest
from supabase import Client, create_client
from supabase_auth.errors import AuthApiError, AuthError

from functions.api.auth import KeySet, Verifier
from functions.errors import ApiError
from functions.needs import NEEDS
from infra.local import accounts, attempts
from infra.local.accounts import Accounts
from infra.local.attempts import Attempts
from infra.local.auth import auth_app
from infra.local.errors import StackError
from infra.local.passwords import fits, hash_password
from infra.local.refusals import AuthError as Refused
from infra.local.tokens import Signer
from tests.infra.conftest import SignInService, email

PASSWORD = "correct horse"


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
    assert verifier.user(entered.session.access_token).id == entered.session.user.id
    forged, _ = Signer(issuer, tmp_path).sign({"sub": entered.session.user.id})
    with pytest.raises(ApiError, match="not valid here"):
        verifier.user(forged)
    assert httpx.get(f"{issuer}/user", headers=bearer(forged)).status_code == 403


def test_the_api_takes_no_service_key_for_a_user(service: SignInService, url: str) -> None:
    issuer = f"{url}/auth/v1"
    with pytest.raises(ApiError, match="not valid here"):
        Verifier(issuer, KeySet(f"{issuer}/.well-known/jwks.json")).user(service.service_key)
    for path in ("user", "logout"):
        answer = httpx.request("GET" if path == "user" else "POST", f"{issuer}/{path}", headers=bearer(service.service_key))
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_jwt")


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("demo@lianghu.local", "wrong password", "invalid_credentials"),
        ("nobody@lianghu.local", PASSWORD, "invalid_credentials"),
    ],
)
def test_a_wrong_password_and_an_unknown_address_are_the_same(
    service: SignInService, client: Client, name: str, password: str, code: str
) -> None:
    Accounts(service.database.url_auth).ensure("demo@lianghu.local", PASSWORD)
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


def test_a_refresh_token_that_comes_again_ends_the_sign_in(url: str, service: SignInService, monkeypatch: pytest.MonkeyPatch) -> None:
    first = httpx.post(f"{url}/auth/v1/signup", json={"email": email(), "password": PASSWORD}).json()["refresh_token"]

    def refresh(token: str) -> httpx.Response:
        return httpx.post(f"{url}/auth/v1/token?grant_type=refresh_token", json={"refresh_token": token})

    second = refresh(first).json()["refresh_token"]
    assert refresh(first).status_code == 200, "two tabs may use it at the same moment"
    monkeypatch.setattr(accounts, "REUSE_SECONDS", 0)
    stolen = refresh(first)
    assert (stolen.status_code, stolen.json()["code"]) == (400, "refresh_token_already_used")
    assert refresh(second).json()["code"] == "refresh_token_not_found"
    with psycopg.connect(service.database.url_admin) as connection:
        kept = connection.execute("select encode(token_hash, 'escape') || token_hash::text from auth.refresh_tokens").fetchall()
        assert not any(first in row[0] or second in row[0] for row in kept)


def test_signing_out_of_the_other_places_stays_here(url: str) -> None:
    name = email()
    here = httpx.post(f"{url}/auth/v1/signup", json={"email": name, "password": PASSWORD}).json()["access_token"]
    there = httpx.post(f"{url}/auth/v1/token?grant_type=password", json={"email": name, "password": PASSWORD}).json()["access_token"]

    def works(token: str) -> bool:
        return httpx.get(f"{url}/auth/v1/user", headers=bearer(token)).status_code == 200

    out = httpx.post(f"{url}/auth/v1/logout?scope=others", headers=bearer(here))
    assert out.status_code == 204
    assert (works(here), works(there)) == (True, False)
    httpx.post(f"{url}/auth/v1/logout?scope=local", headers=bearer(here))
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


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_new_password_ends_the_other_sign_ins_and_the_old_one(url: str, client: Client) -> None:
    name = email()
    client.auth.sign_up({"email": name, "password": PASSWORD})
    elsewhere = create_client(url, "sb_publishable_local")
    elsewhere.auth.sign_in_with_password({"email": name, "password": PASSWORD})

    with pytest.raises(AuthApiError, match="different from the old") as refused:
        client.auth.update_user({"password": PASSWORD})
    assert refused.value.code == "same_password"
    with pytest.raises(AuthError, match="at least 6"):
        client.auth.update_user({"password": "short"})
    client.auth.update_user({"password": "another horse"})
    here = client.auth.get_user()
    assert here is not None
    with pytest.raises(AuthApiError, match="does not exist"):
        elsewhere.auth.get_user()
    with pytest.raises(AuthApiError, match="Not Found"):
        elsewhere.auth.refresh_session()
    with pytest.raises(AuthApiError, match="Invalid login"):
        elsewhere.auth.sign_in_with_password({"email": name, "password": PASSWORD})
    assert elsewhere.auth.sign_in_with_password({"email": name, "password": "another horse"}).session is not None


def test_people_change_their_address_and_what_is_said_of_them(client: Client) -> None:
    name, taken, other = email(), email(), email()
    client.auth.sign_up({"email": taken, "password": PASSWORD})
    client.auth.sign_up({"email": name, "password": PASSWORD, "options": {"data": {"nickname": "湖", "age": 7}}})
    changed = client.auth.update_user({"data": {"nickname": "山", "age": None}})
    assert changed.user.user_metadata == {"nickname": "山"}
    assert client.auth.update_user({"email": other.upper()}).user.email == other
    with pytest.raises(AuthApiError) as refused:
        client.auth.update_user({"email": taken})
    assert refused.value.code == "email_exists"
    with pytest.raises(AuthApiError, match="invalid format"):
        client.auth.update_user({"email": "a b@c"})
    session = client.auth.get_session()
    assert session is not None
    assert client.auth.sign_in_with_password({"email": other, "password": PASSWORD}).user is not None


def test_guessing_a_password_has_to_wait_and_the_right_one_from_elsewhere_has_not(url: str, client: Client) -> None:
    name = email()
    client.auth.sign_up({"email": name, "password": PASSWORD})

    def enter(password: str) -> httpx.Response:
        return httpx.post(f"{url}/auth/v1/token?grant_type=password", json={"email": name, "password": password})

    for _ in range(attempts.MOST_FOR_A_NAME - 1):
        assert enter("wrong").status_code == 400
    assert enter(PASSWORD).status_code == 200, "and forgives"
    for _ in range(attempts.MOST_FOR_A_NAME):
        assert enter("wrong").status_code == 400
    refused = enter(PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (429, "over_request_rate_limit")
    assert 1 <= int(refused.headers["Retry-After"]) <= attempts.WINDOW_SECONDS
    assert client.auth.sign_up({"email": email(), "password": PASSWORD}).user is not None, "others go on"


def test_an_invented_address_does_not_begin_the_guesses_anew(url: str, client: Client) -> None:
    name = email()
    client.auth.sign_up({"email": name, "password": PASSWORD})

    def guess(number: int) -> int:
        body, headers = (
            {"email": name, "password": "wrong"},
            {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"},
        )
        return httpx.post(f"{url}/auth/v1/token?grant_type=password", json=body, headers=headers).status_code

    tried = [guess(number) for number in range(attempts.MOST_FOR_A_NAME + 1)]
    assert tried == [400] * attempts.MOST_FOR_A_NAME + [429]


def test_wrong_attempts_are_forgotten_in_time_and_counted_for_an_address_too() -> None:
    now = 0.0
    tried = Attempts(lambda: now)
    for number in range(attempts.MOST_FROM_AN_ADDRESS):
        now = float(number) / 10
        tried.check("1.2.3.4", f"user{number}")
        tried.wrong("1.2.3.4", f"user{number}")
    with pytest.raises(Refused) as refused:
        tried.check("1.2.3.4", "somebody new")
    assert refused.value.headers == {"Retry-After": str(round(attempts.WINDOW_SECONDS - now))}
    tried.check("5.6.7.8", "user1")
    now = attempts.WINDOW_SECONDS + 0.05
    tried.check("1.2.3.4", "somebody new")
    for number in range(attempts.REMEMBERED + 10):
        tried.wrong(f"address{number}", "x")
    assert len(tried._wrong) == attempts.REMEMBERED


def test_what_needs_mail_says_that_there_is_none(client: Client, url: str) -> None:
    with pytest.raises(AuthApiError, match="no mail leaves this machine"):
        client.auth.reset_password_for_email(email())
    with pytest.raises(AuthApiError, match="lianghu admin link"):
        client.auth.sign_in_with_otp({"email": email()})


def test_somebody_without_a_password_signs_in_with_none(service: SignInService, url: str) -> None:
    name = email()
    with psycopg.connect(service.database.url_admin) as connection:
        connection.execute("insert into auth.users (email, encrypted_password) values (%s, '')", (name,))
    for password in ("", "x", "$$"):
        answer = httpx.post(f"{url}/auth/v1/token?grant_type=password", json={"email": name, "password": password})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_credentials")
    assert not fits("", "")


def test_the_service_refuses_to_start_beside_a_real_project(tmp_path: Path) -> None:
    """As a process, with the environment of somebody who works with both."""
    queue = "http://127.0.0.1:1/000000000000/queue"
    needed = {name: queue for name in NEEDS["api"] if name.endswith("_QUEUE_URL")} | {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "LAKE_URL": "file:///nowhere",
        "RESULTS_URL": "file:///nowhere",
    }
    environment = {**os.environ, **needed, "SUPABASE_URL": "https://abcdefgh.supabase.co"}
    command = [sys.executable, "-m", "infra.local.app", str(tmp_path), "0", "1"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert "names a real project" in ended.stderr
    assert not list(tmp_path.iterdir()), "not even a signing key"
