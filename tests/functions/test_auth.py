"""Access tokens: what is believed, what is not, and how often the issuer is asked for its keys."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from functions.api.auth import KeySet, Verifier
from functions.errors import ApiError

ISSUER = "http://127.0.0.1:9/auth/v1"
USER = str(uuid4())
SECRET = "a-secret-of-more-than-thirty-two-bytes"
CURVE = ec.generate_private_key(ec.SECP256R1())
LARGE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Answers the JWKS address, counts, and can be broken."""

    def __init__(self) -> None:
        self.asked, self.up = 0, True
        keys = [("curve", jwt.algorithms.ECAlgorithm, CURVE), ("large", jwt.algorithms.RSAAlgorithm, LARGE)]
        rows = [json.loads(kind.to_jwk(key.public_key())) | {"kid": name} for name, kind, key in keys]  # type: ignore[attr-defined]
        self.body = {"keys": rows}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return httpx.Response(200, json=self.body) if self.up else httpx.Response(503)


def verifier_of(issuer: Issuer, secret: str = "") -> Verifier:
    return Verifier(ISSUER, KeySet(f"{ISSUER}/.well-known/jwks.json", httpx.Client(transport=httpx.MockTransport(issuer))), secret)


def claims(**changes: Any) -> dict[str, Any]:
    values = {"sub": USER, "aud": "authenticated", "iss": ISSUER, "exp": time.time() + 60, "email": "demo@lianghu.local"} | changes
    return {key: value for key, value in values.items() if value is not None}


def token(algorithm: str = "ES256", key: Any = CURVE, kid: str | None = "curve", **changes: Any) -> str:
    return "Bearer " + jwt.encode(claims(**changes), key, algorithm, headers={"kid": kid} if kid else {})


def refused(verifier: Verifier, authorization: str | None) -> str:
    with pytest.raises(ApiError) as caught:
        verifier.user(authorization)
    assert caught.value.code == "UNAUTHORIZED" and caught.value.headers["WWW-Authenticate"] == "Bearer"
    return str(caught.value)


def test_tokens_of_each_kind_are_believed() -> None:
    verifier = verifier_of(Issuer(), SECRET)
    for authorization in (token(), token("RS256", LARGE, "large"), token("HS256", SECRET, None)):
        user = verifier.user(authorization)
        assert (user.id, user.email) == (USER, "demo@lianghu.local")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"aud": "anon"},
        {"aud": None},
        {"iss": "https://elsewhere.example/auth/v1"},
        {"iss": None},
        {"sub": None},
        {"sub": "nobody"},
    ],
)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(changes: dict[str, Any]) -> None:
    refused(verifier_of(Issuer()), token(**changes))


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -60), ("nbf", 600)])
def test_a_token_before_or_after_its_time_is_refused(claim: str, seconds: int) -> None:
    """The time is asked for here and not when the tests are collected: a long suite outlives ten minutes."""
    refused(verifier_of(Issuer()), token(**{claim: time.time() + seconds}))


def test_a_foreign_or_tampered_signature_is_refused() -> None:
    verifier = verifier_of(Issuer())
    refused(verifier, token(key=ec.generate_private_key(ec.SECP256R1())))
    head, body, signature = token().split(".")
    refused(verifier, f"{head}.{body[:-4]}AAAA.{signature}")


def test_a_public_key_is_not_taken_for_a_shared_secret() -> None:
    """The classic confusion of algorithms: HS256 signed with what everybody can read."""
    issuer = Issuer()
    public = CURVE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, body = (urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256", "kid": "curve"}, claims()))
    signature = urlsafe_b64encode(hmac.digest(public, head + b"." + body, "sha256")).rstrip(b"=")
    refused(verifier_of(issuer), "Bearer " + b".".join([head, body, signature]).decode())
    refused(verifier_of(issuer), "Bearer " + jwt.encode(claims(), None, "none"))
    refused(verifier_of(issuer), token("RS256", LARGE, "curve"))


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer not-a-token", "Bearer a.b.c"])
def test_what_is_no_token_is_refused_with_advice(authorization: str | None) -> None:
    assert "sign in" in refused(verifier_of(Issuer()), authorization)


def test_the_issuer_is_asked_once_and_not_for_every_unknown_key() -> None:
    issuer = Issuer()
    verifier = verifier_of(issuer)
    for _ in range(5):
        verifier.user(token())
        refused(verifier, token(kid=str(uuid4())))
    assert issuer.asked == 1


def test_a_new_key_is_found_and_a_silent_issuer_does_not_lock_known_users_out(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = Issuer()
    rows, issuer.body["keys"] = issuer.body["keys"], issuer.body["keys"][1:]
    verifier = verifier_of(issuer)
    now = time.monotonic()
    refused(verifier, token())
    issuer.body["keys"] = rows
    monkeypatch.setattr("functions.api.auth.time.monotonic", lambda: now + 20)
    assert verifier.user(token()).id == USER
    issuer.up = False
    monkeypatch.setattr("functions.api.auth.time.monotonic", lambda: now + 1000)
    assert verifier.user(token()).id == USER


def test_without_any_key_a_silent_issuer_is_an_upstream_error() -> None:
    issuer = Issuer()
    issuer.up = False
    with pytest.raises(ApiError) as caught:
        verifier_of(issuer).user(token())
    assert caught.value.code == "UPSTREAM_ERROR"
