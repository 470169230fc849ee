"""Passwords as hashes that are slow to guess: scrypt, each with a salt of its own."""

import base64
import hashlib
import hmac
import secrets

SCRYPT = {"n": 2**14, "r": 8, "p": 1}


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(_scrypt(password, salt)).decode()}"


def fits(password: str, kept: str) -> bool:
    """Whether it is the password of a hash; an empty one (somebody who was invited and has none yet) fits nothing, and takes as long."""
    _, salt, wanted = (kept or _NOBODYS).split("$")
    return hmac.compare_digest(_scrypt(password, base64.b64decode(salt)), base64.b64decode(wanted)) and bool(kept)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, dklen=32, **SCRYPT)


_NOBODYS = f"scrypt${base64.b64encode(bytes(16)).decode()}${base64.b64encode(bytes(32)).decode()}"
"""No password has this hash; trying one against it takes as long as against anybody's."""
