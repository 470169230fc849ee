"""How an API key is written: `lh_<id>_<secret>`. The id finds it, the secret proves it, and only the hash of all of it is kept."""

import hashlib
import re
import secrets
import string
from typing import NamedTuple
from uuid import UUID, uuid4

PREFIX = "lh_"
"""No access token of Supabase begins like this, and secret scanners find it."""
ALPHABET = string.ascii_letters + string.digits
SECRET_LETTERS = 43
"""62 to the 43rd is a little more than 2 to the 256th."""
FORM = re.compile(rf"lh_([0-9a-f]{{32}})_[A-Za-z0-9]{{{SECRET_LETTERS}}}")


class NewKey(NamedTuple):
    key_id: str
    text: str
    """Told once, kept nowhere."""
    key_hash: bytes


def new_key() -> NewKey:
    identity = uuid4()
    text = f"{PREFIX}{identity.hex}_{''.join(secrets.choice(ALPHABET) for _ in range(SECRET_LETTERS))}"
    return NewKey(str(identity), text, hash_of(text))


def key_id_of(text: str) -> str | None:
    """None: this is no key, so nobody needs to be asked for it."""
    match = FORM.fullmatch(text)
    return str(UUID(match[1])) if match else None


def hash_of(text: str) -> bytes:
    """sha256; of 256 random bits, so it needs neither salt nor slowness."""
    return hashlib.sha256(text.encode()).digest()
