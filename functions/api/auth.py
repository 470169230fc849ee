"""Who is calling: a Supabase access token, checked for signature, audience, issuer and times."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import jwt

from functions.api.jwks import KeySet
from functions.errors import ApiError
from functions.settings import Settings

AUDIENCE = "authenticated"
CLOCK_TOLERANCE_SECONDS = 5
LARGEST_TOKEN = 8 * 1024
"""Supabase's tokens have about one thousand characters; nobody should make us read megabytes."""

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
    """Turns an access token into a User. `keys` is asked for the public keys of asymmetric tokens."""

    def __init__(self, issuer: str, keys: KeySet, shared_secret: str = "") -> None:
        self._issuer, self._keys, self._secret = issuer, keys, shared_secret

    def user(self, token: str) -> User:
        claims = self._claims(token)
        try:
            user = str(UUID(str(claims["sub"])))
        except ValueError as error:
            raise unauthorized("the access token names no user") from error
        if claims.get("role", AUDIENCE) != AUDIENCE:
            raise unauthorized("this token is not one of a user who signed in")
        return User(user, str(claims.get("email") or ""))

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > LARGEST_TOKEN:
            raise unauthorized("the access token is not valid here: sign in again")
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
            raise unauthorized("the access token has expired: sign in again or refresh it") from error
        # What is no token at all may also be nested too deeply, or name a time that no clock knows.
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise unauthorized("the access token is not valid here: sign in again") from error
        return claims

    def _key(self, header: dict[str, Any]) -> tuple[str, Any]:
        """The algorithm belongs to the key, never to the token: a public key must not be taken for a shared secret.

        Addresses of keys in the token (jku, x5u, jwk) are not looked at; extensions that must be understood (crit) are not.
        """
        algorithm, key_id = header.get("alg"), header.get("kid", "")
        if "crit" in header or not isinstance(key_id, str):
            raise jwt.InvalidTokenError("a header that nobody here understands")
        if algorithm == "HS256" and self._secret:
            return "HS256", self._secret
        if algorithm in ("ES256", "RS256"):
            found = self._keys.find(key_id)
            if found is not None and found.algorithm_name == algorithm:
                return algorithm, found.key
        raise jwt.InvalidTokenError("no key for this token")


def bearer_token(authorization: str | None) -> str:
    """What follows "Bearer"."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("sign in first: this call needs the header 'Authorization: Bearer <access token or API key>'")
    return token.strip()


def verifier(settings: Settings) -> Verifier:
    base = settings.supabase_url.rstrip("/")
    if not base:
        raise ApiError("INTERNAL_ERROR", "the platform is not set up: SUPABASE_URL is empty")
    keys = KeySet(f"{base}/auth/v1/.well-known/jwks.json")
    return Verifier(f"{base}/auth/v1", keys, settings.supabase_jwt_secret.get_secret_value())


def unauthorized(message: str) -> ApiError:
    return ApiError("UNAUTHORIZED", message, headers={"WWW-Authenticate": "Bearer"})
