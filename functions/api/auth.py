"""Who is calling: a Supabase access token, checked for signature, audience, issuer and expiry."""

import threading
import time
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import httpx
import jwt

from functions.errors import ApiError
from functions.settings import Settings

AUDIENCE = "authenticated"
CLOCK_TOLERANCE_SECONDS = 5
KEYS_LIVE_SECONDS = 300
KEYS_REST_SECONDS = 10
"""A key id that nobody knows makes us ask again, but not more often than this."""


Scope = Literal["read", "run", "strategies", "share", "account"]
EVERYTHING: frozenset[Scope] = frozenset(("read", "run", "strategies", "share", "account"))


@dataclass(frozen=True)
class User:
    """Who calls, and what the key that they call with allows; a person who signed in may do everything."""

    id: str
    email: str = ""
    scopes: frozenset[Scope] = EVERYTHING
    key_id: str | None = None
    """Of the API key; None: signed in."""
    read_only: bool = False
    """An account to look around in, shared by many."""


class Verifier:
    """Turns the Authorization header into a User. `keys` is asked for the public keys of asymmetric tokens."""

    def __init__(self, issuer: str, keys: "KeySet", shared_secret: str = "") -> None:
        self._issuer, self._keys, self._secret = issuer, keys, shared_secret

    def user(self, authorization: str | None) -> User:
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unauthorized("sign in first: this call needs the header 'Authorization: Bearer <access token>'")
        claims = self._claims(token.strip())
        try:
            user = str(UUID(str(claims["sub"])))
        except ValueError as error:
            raise _unauthorized("the access token names no user") from error
        return User(user, str(claims.get("email") or ""))

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            algorithm, key = self._key(header)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=CLOCK_TOLERANCE_SECONDS,
                options={"require": ["exp", "aud", "iss", "sub"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise _unauthorized("the access token has expired: sign in again or refresh it") from error
        except (jwt.InvalidTokenError, jwt.PyJWKError, ValueError) as error:
            raise _unauthorized("the access token is not valid here: sign in again") from error
        return claims

    def _key(self, header: dict[str, Any]) -> tuple[str, Any]:
        """The algorithm belongs to the key, never to the token: a public key must not be taken for a shared secret."""
        algorithm = header.get("alg")
        if algorithm == "HS256" and self._secret:
            return "HS256", self._secret
        if algorithm in ("ES256", "RS256"):
            found = self._keys.find(str(header.get("kid") or ""))
            if found is not None and found.algorithm_name == algorithm:
                return algorithm, found.key
        raise jwt.InvalidTokenError("no key for this token")


class KeySet:
    """The issuer's public keys (JWKS), kept for some minutes and fetched again for a key id that is not among them."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self._url, self._client = url, client or httpx.Client(timeout=5)
        self._known: dict[str, jwt.PyJWK] = {}
        self._fetched = float("-inf")
        self._lock = threading.Lock()

    def find(self, key_id: str) -> jwt.PyJWK | None:
        with self._lock:
            age = time.monotonic() - self._fetched
            if age > KEYS_LIVE_SECONDS or (key_id not in self._known and age > KEYS_REST_SECONDS):
                self._fetch(stale_will_do=key_id in self._known)
            return self._known.get(key_id)

    def _fetch(self, stale_will_do: bool) -> None:
        try:
            answer = self._client.get(self._url)
            answer.raise_for_status()
            rows = answer.json()["keys"]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            if stale_will_do:
                self._fetched = time.monotonic() - KEYS_LIVE_SECONDS + KEYS_REST_SECONDS
                return
            raise ApiError("UPSTREAM_ERROR", "the sign-in service does not answer; try again in a moment") from error
        self._known = {str(row["kid"]): jwt.PyJWK(row) for row in rows if row.get("kid") and row.get("kty") in ("EC", "RSA")}
        self._fetched = time.monotonic()


def verifier(settings: Settings) -> Verifier:
    base = settings.supabase_url.rstrip("/")
    if not base:
        raise ApiError("INTERNAL_ERROR", "the platform is not set up: SUPABASE_URL is empty")
    keys = KeySet(f"{base}/auth/v1/.well-known/jwks.json")
    return Verifier(f"{base}/auth/v1", keys, settings.supabase_jwt_secret.get_secret_value())


def _unauthorized(message: str) -> ApiError:
    return ApiError("UNAUTHORIZED", message, headers={"WWW-Authenticate": "Bearer"})
