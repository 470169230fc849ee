"""Access tokens as Supabase Auth signs them (ES256), with a key that stays in its folder, so that a restart signs nobody out."""

import hashlib
import json
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

AUDIENCE = "authenticated"
LIFE_SECONDS = 3600
SERVICE_ROLE = "service_role"
"""Role and audience of whoever administers: no user, so the API believes such a token nothing."""


def bearer(authorization: str) -> str:
    """The token of an Authorization header; empty where there is none."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class Signer:
    """Makes and reads the tokens of one issuer."""

    def __init__(self, issuer: str, folder: Path) -> None:
        self.issuer = issuer
        self._key = _load_or_make(folder / "signing-key.pem")
        public = self._key.public_key()
        encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self._key_id = str(uuid.UUID(bytes=hashlib.sha256(encoded).digest()[:16]))
        self.jwks = {"keys": [{**json.loads(ECAlgorithm.to_jwk(public)), "kid": self._key_id, "alg": "ES256", "use": "sig"}]}

    def sign(self, claims: Mapping[str, Any]) -> tuple[str, int]:
        """A user's token, and when it expires (seconds since 1970)."""
        return self._signed({**claims, "aud": AUDIENCE, "role": "authenticated"})

    def service_key(self) -> str:
        """What SUPABASE_SERVICE_ROLE_KEY is in the cloud, good for an hour: whoever can read the signing key administers this machine."""
        return self._signed({"aud": SERVICE_ROLE, "role": SERVICE_ROLE})[0]

    def read(self, token: str) -> dict[str, Any] | None:
        """The claims of a user's valid token."""
        return self._read(token, AUDIENCE)

    def is_service(self, token: str) -> bool:
        return (self._read(token, SERVICE_ROLE) or {}).get("role") == SERVICE_ROLE

    def _signed(self, claims: Mapping[str, Any]) -> tuple[str, int]:
        now = int(time.time())
        standard = {"iss": self.issuer, "iat": now, "exp": now + LIFE_SECONDS}
        return jwt.encode({**claims, **standard}, self._key, "ES256", headers={"kid": self._key_id}), now + LIFE_SECONDS

    def _read(self, token: str, audience: str) -> dict[str, Any] | None:
        try:
            return dict(
                jwt.decode(
                    token,
                    self._key.public_key(),
                    ["ES256"],
                    audience=audience,
                    issuer=self.issuer,
                    options={"require": ["exp", "aud", "iss"]},
                )
            )
        except jwt.InvalidTokenError:
            return None


def _load_or_make(file: Path) -> ec.EllipticCurvePrivateKey:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = ec.generate_private_key(ec.SECP256R1())
        text = made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        unfinished = file.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(text)
        unfinished.replace(file)
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file} is no EC key")
    return key
