"""Whoever sits before the pages: signed in without the form, as a browser that was here yesterday is."""

import itertools
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx
from playwright.sync_api import StorageState

from functions.client import Client

KEPT = "lianghu.session"
"""Where the pages keep a session (web/src/session/auth.ts)."""
PASSWORD = "my password 4 tests"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    url: str
    email: str
    password: str

    def client(self) -> Client:
        """The API as this person."""
        api = Client(self.url)
        api.sign_in(self.email, self.password)
        return api

    def session(self) -> Mapping[str, Any]:
        """A new sign-in, as Auth answers it."""
        body = {"email": self.email, "password": self.password}
        answer = httpx.post(f"{self.url}/auth/v1/token", params={"grant_type": "password"}, json=body, timeout=30)
        return cast("Mapping[str, Any]", answer.raise_for_status().json())


def newcomer(url: str) -> Person:
    """Somebody with an account of their own, and nothing in it."""
    email = f"person-{next(_numbers)}-{secrets.token_hex(4)}@example.com"
    httpx.post(f"{url}/auth/v1/signup", json={"email": email, "password": PASSWORD}, timeout=30).raise_for_status()
    return Person(url, email, PASSWORD)


def browser_storage(url: str, who: Person | None, **kept: str) -> StorageState:
    """What a browser has kept: somebody's session, and `kept` by their names without the pages' own beginning."""
    rows = {f"lianghu.{name}": value for name, value in kept.items()} | ({KEPT: json.dumps(who.session())} if who else {})
    told = [{"name": name, "value": value} for name, value in rows.items()]
    return cast("StorageState", {"cookies": [], "origins": [{"origin": url, "localStorage": told}]})
