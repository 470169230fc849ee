"""Administering accounts through the unmodified Supabase client, and what nobody else may do."""

import json
import re
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest
from supabase import Client, create_client
from supabase_auth.errors import AuthApiError

from tests.infra.conftest import SignInService, email

PASSWORD = "correct horse"


@pytest.fixture
def admin(service: SignInService) -> Client:
    return create_client(service.url, service.service_key)


def test_an_account_is_made_read_changed_and_removed(admin: Client, client: Client) -> None:
    name = email()
    made = admin.auth.admin.create_user(
        {"email": name, "password": PASSWORD, "email_confirm": True, "user_metadata": {"a": 1}, "app_metadata": {"demo": True}}
    ).user
    assert (made.email, made.user_metadata, made.app_metadata["demo"]) == (name, {"a": 1}, True)
    assert admin.auth.admin.get_user_by_id(made.id).user.email == name
    assert client.auth.sign_in_with_password({"email": name, "password": PASSWORD}).user is not None
    with pytest.raises(AuthApiError) as refused:
        admin.auth.admin.create_user({"email": name.upper(), "password": PASSWORD})
    assert refused.value.code == "email_exists"

    changed = admin.auth.admin.update_user_by_id(made.id, {"password": "another horse", "user_metadata": {"b": 2}}).user
    assert changed.user_metadata == {"a": 1, "b": 2}
    with pytest.raises(AuthApiError, match="does not exist"):
        client.auth.get_user()
    assert client.auth.sign_in_with_password({"email": name, "password": "another horse"}).user is not None

    admin.auth.admin.delete_user(made.id)
    for attempt in (
        lambda: admin.auth.admin.get_user_by_id(made.id),
        lambda: admin.auth.admin.delete_user(made.id),
        lambda: admin.auth.admin.update_user_by_id(made.id, {"email_confirm": True}),
    ):
        with pytest.raises(AuthApiError) as unknown:
            attempt()
        assert (unknown.value.status, unknown.value.code) == (404, "user_not_found")
    with pytest.raises(AuthApiError, match="Invalid login"):
        client.auth.sign_in_with_password({"email": name, "password": "another horse"})


def test_soft_deletion_is_not_pretended(admin: Client) -> None:
    made = admin.auth.admin.create_user({"email": email(), "password": PASSWORD}).user
    with pytest.raises(AuthApiError, match="soft deletion"):
        admin.auth.admin.delete_user(made.id, should_soft_delete=True)
    assert admin.auth.admin.get_user_by_id(made.id).user.id == made.id


def test_the_users_are_listed_in_pages(admin: Client, service: SignInService) -> None:
    names = [email() for _ in range(5)]
    for name in names:
        admin.auth.admin.create_user({"email": name, "password": PASSWORD})
    assert [user.email for user in admin.auth.admin.list_users(page=1, per_page=2)] == names[:2:-1]
    assert [user.email for user in admin.auth.admin.list_users(page=2, per_page=2)] == names[2:0:-1]
    every = httpx.get(f"{service.url}/auth/v1/admin/users", headers={"Authorization": f"Bearer {service.service_key}"})
    assert int(every.headers["X-Total-Count"]) >= 5
    assert "encrypted_password" not in every.text
    assert "scrypt" not in every.text


def test_an_account_that_is_not_confirmed_or_is_banned_stays_outside(admin: Client, client: Client) -> None:
    name = email()
    made = admin.auth.admin.create_user({"email": name, "password": PASSWORD}).user
    credentials = {"email": name, "password": PASSWORD}
    with pytest.raises(AuthApiError) as refused:
        client.auth.sign_in_with_password(credentials)  # type: ignore[arg-type]
    assert refused.value.code == "email_not_confirmed"
    admin.auth.admin.update_user_by_id(made.id, {"email_confirm": True})
    entered = client.auth.sign_in_with_password(credentials)  # type: ignore[arg-type]
    assert entered.session is not None

    banned = admin.auth.admin.update_user_by_id(made.id, {"ban_duration": "1h30m"}).user
    assert banned.email == name
    with pytest.raises(AuthApiError, match="Not Found"):
        client.auth.refresh_session(entered.session.refresh_token)
    with pytest.raises(AuthApiError) as refused:
        client.auth.sign_in_with_password(credentials)  # type: ignore[arg-type]
    assert refused.value.code == "user_banned"
    with pytest.raises(AuthApiError, match="invalid format for ban"):
        admin.auth.admin.update_user_by_id(made.id, {"ban_duration": "forever"})
    admin.auth.admin.update_user_by_id(made.id, {"ban_duration": "none"})
    assert client.auth.sign_in_with_password(credentials).session is not None  # type: ignore[arg-type]


def test_an_invitation_is_a_link_that_signs_in_once(admin: Client, client: Client, url: str) -> None:
    name = email()
    told = admin.auth.admin.generate_link({"type": "invite", "email": name, "options": {"redirect_to": f"{url}/welcome"}})
    assert told.user.invited_at is not None
    assert told.user.email_confirmed_at is None
    with pytest.raises(AuthApiError, match="Invalid login"):
        client.auth.sign_in_with_password({"email": name, "password": " "})

    link = told.properties.action_link
    assert link.startswith(f"{url}/auth/v1/verify?")
    followed = httpx.get(link)
    assert followed.status_code == 303
    page, _, entered = followed.headers["Location"].partition("#")
    assert page == f"{url}/welcome"
    tokens = {key: value for key, (value,) in parse_qs(entered).items()}
    assert tokens["type"] == "invite"
    client.auth.set_session(tokens["access_token"], tokens["refresh_token"])
    client.auth.update_user({"password": PASSWORD})
    assert client.auth.sign_in_with_password({"email": name, "password": PASSWORD}).user is not None

    assert "otp_expired" in httpx.get(link).headers["Location"], "once"
    with pytest.raises(AuthApiError) as refused:
        admin.auth.admin.generate_link({"type": "invite", "email": name})
    assert refused.value.code == "email_exists"


def test_a_link_leads_to_no_other_machine(admin: Client, url: str) -> None:
    for page in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "http://127.0.0.1.evil.example/"):
        link = admin.auth.admin.generate_link({"type": "invite", "email": email(), "options": {"redirect_to": page}})
        location = httpx.get(link.properties.action_link).headers["Location"]
        assert location.startswith(f"{url}#access_token=")


def test_a_forgotten_password_is_helped_by_a_link_as_auth_js_takes_it(admin: Client, client: Client, url: str) -> None:
    name = email()
    client.auth.sign_up({"email": name, "password": PASSWORD})
    first = admin.auth.admin.generate_link({"type": "recovery", "email": name}).properties
    second = admin.auth.admin.generate_link({"type": "recovery", "email": name}).properties
    with pytest.raises(AuthApiError, match="invalid or has expired"):
        client.auth.verify_otp({"token_hash": first.hashed_token, "type": "recovery"})
    with pytest.raises(AuthApiError, match="invalid or has expired"):
        client.auth.verify_otp({"token_hash": second.hashed_token, "type": "invite"})
    entered = client.auth.verify_otp({"token_hash": second.hashed_token, "type": "recovery"})
    assert entered.user is not None
    assert entered.user.email == name
    with pytest.raises(AuthApiError) as refused:
        admin.auth.admin.generate_link({"type": "recovery", "email": email()})
    assert refused.value.code == "user_not_found"


def test_a_link_lives_for_a_day_and_only_its_hash_is_kept(admin: Client, client: Client, service: SignInService) -> None:
    told = admin.auth.admin.generate_link({"type": "magiclink", "email": _signed_up(client)}).properties
    with psycopg.connect(service.database.url_admin) as connection:
        kept = connection.execute("select encode(token_hash, 'escape') from auth.one_time_tokens").fetchall()
        assert not any(told.hashed_token in row for (row,) in kept)
        connection.execute("update auth.one_time_tokens set created_at = created_at - interval '25 hours'")
    with pytest.raises(AuthApiError, match="invalid or has expired"):
        client.auth.verify_otp({"token_hash": told.hashed_token, "type": "magiclink"})


def test_inviting_without_mail_makes_the_account(admin: Client) -> None:
    name = email()
    assert admin.auth.admin.invite_user_by_email(name, {"data": {"team": "a"}}).user.user_metadata == {"team": "a"}


def test_only_the_service_key_administers(service: SignInService, client: Client) -> None:
    entered = client.auth.sign_up({"email": email(), "password": PASSWORD})
    assert entered.session is not None
    claims = jwt.decode(service.service_key, options={"verify_signature": False})
    keys = {
        "": (401, "no_authorization"),
        "sb_publishable_local": (403, "not_admin"),
        entered.session.access_token: (403, "not_admin"),
        jwt.encode(claims, "a-secret-of-more-than-thirty-two-bytes", "HS256"): (403, "not_admin"),
        jwt.encode(claims, None, "none"): (403, "not_admin"),
    }
    user = entered.session.user.id
    calls = [
        ("GET", "admin/users"), ("POST", "admin/users"), ("GET", f"admin/users/{user}"), ("PUT", f"admin/users/{user}"),
        ("DELETE", f"admin/users/{user}"), ("GET", f"admin/users/{uuid4()}"), ("POST", "invite"), ("POST", "admin/generate_link"),
    ]  # fmt: skip
    for key, expected in keys.items():
        for method, path in calls:
            body = {"email": email(), "type": "invite"} if method in ("POST", "PUT") else None
            answer = httpx.request(method, f"{service.url}/auth/v1/{path}", json=body, headers={"Authorization": f"Bearer {key}".strip()})
            assert (answer.status_code, answer.json()["code"]) == expected, (method, path)
    assert client.auth.get_user() is not None


def test_an_administrators_mistakes_are_told(admin: Client) -> None:
    for attempt, words in (
        (lambda: admin.auth.admin.create_user({"email": "nobody", "password": PASSWORD}), "invalid format"),
        (lambda: admin.auth.admin.create_user({"email": email(), "password": "short"}), "at least 6"),
        (lambda: admin.auth.admin.generate_link({"type": "email_change_new", "email": email()}), "Could not parse"),  # type: ignore[typeddict-item, arg-type, call-overload]
    ):
        with pytest.raises(Exception, match=re.escape(words)):
            attempt()


def _signed_up(client: Client) -> str:
    name = email()
    client.auth.sign_up({"email": name, "password": PASSWORD})
    return name


def test_urls_of_links_carry_nothing_else(admin: Client, url: str) -> None:
    told = admin.auth.admin.generate_link({"type": "invite", "email": email()}).properties
    assert set(parse_qs(urlsplit(told.action_link).query)) == {"token", "type", "redirect_to"}


TEXTS = ("", "\0", "a\0b@c.d", "\ud800", "' or 1=1 --", "a" * 100_000, "😀", "{}", "%s", "../../etc/passwd")
NUMBERS = (10**30, -1, 0, 1.5)


@pytest.mark.slow
def test_no_text_or_number_makes_the_service_fall(service: SignInService, url: str) -> None:
    """Whatever is sent, the answer is a refusal in its own shape, or a success; never a 5xx."""
    service_headers = {"Authorization": f"Bearer {service.service_key}", "Content-Type": "application/json"}
    entered = httpx.post(f"{url}/auth/v1/signup", json={"email": email(), "password": PASSWORD}).json()
    user_headers = {"Authorization": f"Bearer {entered['access_token']}", "Content-Type": "application/json"}
    user = f"admin/users/{entered['user']['id']}"
    calls: list[tuple[str, str, dict[str, str], object]] = []
    for text in TEXTS:
        new = email()
        calls += [
            ("POST", "signup", {}, {"email": text, "password": PASSWORD}),
            ("POST", "signup", {}, {"email": new, "password": text}),
            ("POST", "signup", {}, {"email": f"x{new}", "password": PASSWORD, "data": {"a": text, text: 1}}),
            ("POST", "token?grant_type=password", {}, {"email": text, "password": text}),
            ("POST", "token?grant_type=refresh_token", {}, {"refresh_token": text}),
            ("POST", "verify", {}, {"type": text, "token_hash": text}),
            ("PUT", "user", user_headers, {"email": text}),
            ("PUT", "user", user_headers, {"data": {"a": text, text: 1}}),
            ("POST", "admin/users", service_headers, {"email": text, "password": text}),
            ("POST", "invite", service_headers, {"email": text, "data": {text: text}}),
            ("POST", "admin/generate_link", service_headers, {"email": text, "type": "invite"}),
            ("PUT", user, service_headers, {"ban_duration": text, "user_metadata": {text: text}}),
            ("PUT", user, service_headers, {"ban_duration": "none"}),
        ]
    calls += [("GET", f"admin/users?page={number}&per_page={number}", service_headers, None) for number in NUMBERS]
    calls += [("PUT", user, service_headers, {"ban_duration": "999999h"}), ("PUT", user, service_headers, {"ban_duration": "none"})]
    calls += [("POST", "signup", {}, body) for body in ([], None, 7, "x", {"email": [], "password": {}})]
    for method, path, headers, body in calls:
        content = None if body is None else json.dumps(body).encode()
        answer = httpx.request(method, f"{url}/auth/v1/{path}", content=content, headers=headers, timeout=30)
        assert answer.status_code < 500, (method, path, str(body)[:100], answer.text)
        if answer.status_code >= 400:
            assert set(answer.json()) >= {"code", "message"}, (method, path, answer.text)
    for raw in (b"{", b"\xff\xfe", b"[" * 100_000, b'{"email": NaN}'):
        answer = httpx.post(f"{url}/auth/v1/signup", content=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, raw[:20]
    for header in ("Bearer", "Bearer " + "a" * 10_000, "Basic abc", "Bearer a.b.c"):
        assert httpx.get(f"{url}/auth/v1/user", headers={"Authorization": header}).status_code == 403
