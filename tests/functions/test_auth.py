"""Access tokens: what is believed, what is not, and how often the issuer is asked for its keys."""

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from functions.api import jwks
from functions.api.auth import Verifier, bearer_token, verifier
from functions.api.jwks import KeySet
from functions.errors import ApiError
from functions.settings import Settings

USER = str(uuid4())
SECRET = "a-secret-of-more-than-thirty-two-bytes"
CURVE = ec.generate_private_key(ec.SECP256R1())
OTHER_CURVE = ec.generate_private_key(ec.SECP256R1())
LARGE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def row(key: Any, kid: str, **more: str) -> dict[str, Any]:
    kind: Any = jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else jwt.algorithms.RSAAlgorithm
    return json.loads(kind.to_jwk(key.public_key())) | {"kid": kid} | more


class Issuer:
    """A JWKS address on a real socket: counts, and can be broken in every way."""

    def __init__(self) -> None:
        self.asked, self.status, self.seconds, self.body = 0, 200, 0.0, b""
        self.tell([row(CURVE, "curve"), row(LARGE, "large")])
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                body, wait = issuer.body, issuer.seconds
                self.send_response(issuer.status)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                try:
                    if wait:
                        for place in range(len(body)):  # a byte at a time
                            self.wfile.write(body[place : place + 1])
                            self.wfile.flush()
                            time.sleep(wait)
                    else:
                        self.wfile.write(body)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def tell(self, rows: list[Any]) -> None:
        self.body = json.dumps({"keys": rows}).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def verifier(self, secret: str = "") -> Verifier:
        return verifier(Settings(supabase_url=self.url, supabase_jwt_secret=secret))  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        return f"{self.url}/auth/v1"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.close()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock by which keys grow old."""
    gone = [0.0]
    real = time.monotonic
    monkeypatch.setattr(jwks.time, "monotonic", lambda: real() + gone[0])

    def move(seconds: float) -> None:
        gone[0] += seconds

    return move


def claims(issuer: Issuer, **changes: Any) -> dict[str, Any]:
    values = {"sub": USER, "aud": "authenticated", "iss": issuer.name, "exp": time.time() + 60, "email": "demo@lianghu.local"} | changes
    return {key: value for key, value in values.items() if value is not None}


def token(issuer: Issuer, algorithm: str = "ES256", key: Any = CURVE, kid: Any = "curve", header: Any = None, **changes: Any) -> str:
    return jwt.encode(claims(issuer, **changes), key, algorithm, headers=({"kid": kid} if kid else {}) | (header or {}))


def by_hand(head: Any, body: Any, key: bytes = b"") -> str:
    """A token of parts that no library would put together."""
    parts = [urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode()).rstrip(b"=") for part in (head, body)]
    return b".".join([*parts, urlsafe_b64encode(hmac.digest(key, b".".join(parts), "sha256")).rstrip(b"=")]).decode()


def refused(verifier: Verifier, text: str) -> str:
    with pytest.raises(ApiError) as caught:
        verifier.user(text)
    assert caught.value.code == "UNAUTHORIZED" and caught.value.headers["WWW-Authenticate"] == "Bearer"
    return str(caught.value)


def test_tokens_of_each_kind_are_believed(issuer: Issuer) -> None:
    verifier = issuer.verifier(SECRET)
    for text in (token(issuer), token(issuer, "RS256", LARGE, "large"), token(issuer, "HS256", SECRET, None)):
        user = verifier.user(text)
        assert (user.id, user.email, user.key_id) == (USER, "demo@lianghu.local", None) and "account" in user.scopes
    assert verifier.user(token(issuer, aud=["other", "authenticated"], role="authenticated", email=None)).email == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"aud": "anon"},
        {"aud": None},
        {"aud": []},
        {"iss": "https://elsewhere.example/auth/v1"},
        {"iss": None},
        {"sub": None},
        {"sub": "nobody"},
        {"sub": ["x"]},
        {"role": "service_role"},
        {"role": "anon"},
        {"exp": "tomorrow"},
        {"exp": float("inf")},
        {"exp": [9e9]},
        {"nbf": "x"},
    ],
)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(issuer: Issuer, changes: dict[str, Any]) -> None:
    shared = issuer.verifier(SECRET)
    refused(shared, by_hand({"alg": "HS256"}, claims(issuer, **changes), SECRET.encode()))


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -60), ("nbf", 600), ("iat", 600)])
def test_a_token_before_or_after_its_time_is_refused(issuer: Issuer, claim: str, seconds: int) -> None:
    """The time is asked for here and not when the tests are collected: a long suite outlives ten minutes."""
    refused(issuer.verifier(), token(issuer, **{claim: time.time() + seconds}))


def test_clocks_may_differ_by_a_few_seconds(issuer: Issuer) -> None:
    verifier, now = issuer.verifier(), time.time()
    assert verifier.user(token(issuer, exp=now - 2)).id == USER
    assert verifier.user(token(issuer, nbf=now + 3, iat=now + 3)).id == USER
    assert "expired" in refused(verifier, token(issuer, exp=now - 7))


def test_a_foreign_or_tampered_signature_is_refused(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    refused(verifier, token(issuer, key=OTHER_CURVE))
    head, body, signature = token(issuer).split(".")
    refused(verifier, f"{head}.{body[:-4]}AAAA.{signature}")
    refused(verifier, f"{head}.{body}.")
    refused(verifier, f"{head}.{body}.{'A' * len(signature)}")


def test_a_public_key_is_not_taken_for_a_shared_secret(issuer: Issuer) -> None:
    """The classic confusion of algorithms: HS256 signed with what everybody can read."""
    public = CURVE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for either in (issuer.verifier(), issuer.verifier(SECRET)):
        refused(either, by_hand({"alg": "HS256", "kid": "curve"}, claims(issuer), public))
        for none in ("none", "None", "NONE", ""):
            refused(either, by_hand({"alg": none, "kid": "curve"}, claims(issuer)).rpartition(".")[0] + ".")
        refused(either, token(issuer, "RS256", LARGE, "curve"))
        refused(either, token(issuer, "HS512", SECRET * 2, None))
    refused(issuer.verifier(), by_hand({"alg": "HS256"}, claims(issuer), b""))


def test_nothing_of_a_header_leads_to_another_key(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    foreign = row(OTHER_CURVE, "curve")
    for header in (
        {"jwk": foreign},
        {"jku": f"{issuer.url}/x"},
        {"x5u": f"{issuer.url}/x"},
        {"kid": "../../../../dev/null"},
        {"kid": "' or 1=1 --"},
        {"kid": "\u0000"},
    ):
        refused(verifier, token(issuer, key=OTHER_CURVE, header=header))
    asked = issuer.asked
    for kid in (None, 7, ["curve"], {"a": 1}, True):
        refused(verifier, by_hand({"alg": "ES256", "kid": kid}, claims(issuer)))
    refused(verifier, by_hand({"alg": "ES256", "kid": "curve", "crit": ["exp"]}, claims(issuer)))
    assert issuer.asked == asked == 1


@pytest.mark.parametrize(
    "text",
    [
        "not-a-token",
        "a.b.c",
        "...",
        "é.é.é",
        "e30.e30.e30",
        by_hand([], {}),
        by_hand("x", {}),
        by_hand({"alg": ["ES256"], "kid": "curve"}, {}),
        by_hand(b'{"alg": "ES256", "kid": ' + b"[" * 3000, {}),
        by_hand(b"\xff\xfe", {}),
        "x" * 9000,
    ],
)
def test_what_is_no_token_is_refused_with_advice(issuer: Issuer, text: str) -> None:
    assert "sign in" in refused(issuer.verifier(SECRET), text)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic abc", "abc"])
def test_without_a_token_one_is_told_which_header_is_wanted(authorization: str | None) -> None:
    with pytest.raises(ApiError) as caught:
        bearer_token(authorization)
    assert caught.value.code == "UNAUTHORIZED" and "Authorization: Bearer" in str(caught.value)


def test_a_huge_token_is_not_even_read(issuer: Issuer) -> None:
    refused(issuer.verifier(), token(issuer, email="x" * 9000))
    assert issuer.asked == 0


def test_the_issuer_is_asked_once_and_not_for_every_unknown_key(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    for _ in range(5):
        verifier.user(token(issuer))
        refused(verifier, token(issuer, kid=str(uuid4())))
    assert issuer.asked == 1


def test_a_new_key_is_found_and_an_old_one_goes_with_the_set(issuer: Issuer, later: Any) -> None:
    verifier = issuer.verifier()
    new = token(issuer, key=OTHER_CURVE, kid="new")
    assert verifier.user(token(issuer)).id == USER
    issuer.tell([row(CURVE, "curve"), row(OTHER_CURVE, "new")])
    refused(verifier, new)
    later(11)
    assert verifier.user(new).id == USER and verifier.user(token(issuer)).id == USER
    issuer.tell([row(OTHER_CURVE, "new")])
    assert verifier.user(token(issuer)).id == USER, "believed for some minutes more"
    later(301)
    refused(verifier, token(issuer))
    assert verifier.user(new).id == USER


@pytest.mark.parametrize("broken", ["status", "redirect", "no json", "no keys", "rows", "deep", "large", "slow"])
def test_a_broken_issuer_does_not_lock_known_users_out(issuer: Issuer, later: Any, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    verifier = issuer.verifier()
    assert verifier.user(token(issuer)).id == USER
    good = issuer.body
    monkeypatch.setattr(jwks, "FETCH_SECONDS", 0.3)
    issuer.status = {"status": 503, "redirect": 302}.get(broken, 200)
    bodies = {"no json": b"<html>", "no keys": b"{}", "rows": b'{"keys": [7]}', "deep": b"[" * 100_000, "large": b" " * 300_000}
    issuer.body = bodies.get(broken, good)
    issuer.seconds = 0.01 if broken == "slow" else 0
    later(1000)
    began = time.monotonic()
    for _ in range(3):
        assert verifier.user(token(issuer)).id == USER
        refused(verifier, token(issuer, kid="unknown"))
    assert issuer.asked == 2, "and it is left alone for a while"
    assert time.monotonic() - began < 3
    issuer.status, issuer.body, issuer.seconds = 200, good, 0
    later(11)
    assert verifier.user(token(issuer)).id == USER and issuer.asked == 3


def test_whoever_knows_a_key_does_not_wait_for_a_slow_fetch(issuer: Issuer, later: Any) -> None:
    verifier = issuer.verifier()
    verifier.user(token(issuer))
    later(1000)
    issuer.seconds = 0.004
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(verifier.user, token(issuer))
        while issuer.asked < 2:
            time.sleep(0.01)
        began = time.perf_counter()
        assert verifier.user(token(issuer)).id == USER
        assert time.perf_counter() - began < 0.2 and not slow.done()
        assert slow.result().id == USER


def test_without_any_key_a_silent_issuer_is_an_upstream_error_for_a_second(issuer: Issuer, later: Any) -> None:
    issuer.status = 503
    verifier = issuer.verifier()
    for _ in range(3):
        with pytest.raises(ApiError) as caught:
            verifier.user(token(issuer))
        assert caught.value.code == "UPSTREAM_ERROR"
    assert issuer.asked == 1
    issuer.status = 200
    later(1.1)
    assert verifier.user(token(issuer)).id == USER


def test_a_key_that_is_not_understood_does_not_hide_the_others(issuer: Issuer) -> None:
    rows = [
        {"kty": "EC", "kid": "bad", "crv": "P-256", "x": "!", "y": "!"},
        {"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": "AA"},
        {"kty": "oct", "kid": "shared", "k": "AAAA"},
        row(OTHER_CURVE, "encrypts", use="enc"),
        row(LARGE, "pss", alg="PS256"),
        {key: value for key, value in row(OTHER_CURVE, "x").items() if key != "kid"},
        row(CURVE, "curve", alg="ES256", use="sig"),
    ]
    issuer.tell(rows)
    verifier = issuer.verifier()
    assert verifier.user(token(issuer)).id == USER
    for kid, key, algorithm in (("encrypts", OTHER_CURVE, "ES256"), ("pss", LARGE, "RS256"), ("x", OTHER_CURVE, "ES256")):
        refused(verifier, token(issuer, algorithm, key, kid))
    refused(verifier, by_hand({"alg": "HS256", "kid": "shared"}, claims(issuer), b"\0\0\0"))


def test_a_project_without_asymmetric_keys_has_an_empty_set(issuer: Issuer) -> None:
    issuer.tell([])
    verifier = issuer.verifier(SECRET)
    refused(verifier, token(issuer))
    assert verifier.user(token(issuer, "HS256", SECRET, None)).id == USER


def test_another_projects_keys_are_worth_nothing_here(issuer: Issuer) -> None:
    other = Issuer()
    try:
        other.tell([row(OTHER_CURVE, "curve")])
        theirs = token(other, key=OTHER_CURVE)
        assert other.verifier().user(theirs).id == USER
        refused(issuer.verifier(), theirs)
        refused(Verifier(issuer.name, KeySet(f"{other.url}/keys")), theirs)
    finally:
        other.close()


def test_a_platform_without_a_project_says_so() -> None:
    with pytest.raises(ApiError) as caught:
        verifier(Settings(supabase_url=""))
    assert caught.value.code == "INTERNAL_ERROR"
