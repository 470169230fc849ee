"""The public keys of the issuer of tokens (JWKS): fetched, kept for some minutes, and fetched again for a key id that is new."""

import json
import threading
import time
from typing import Any

import httpx
import jwt

from functions.errors import ApiError
from functions.logs import log_failure

KEYS_LIVE_SECONDS = 300
KEYS_REST_SECONDS = 10
"""A key id that nobody knows makes us ask again, but not more often than this."""
FIRST_REST_SECONDS = 1
"""The same while the issuer was never reached: nobody can sign in until then."""
LARGEST_SET = 256 * 1024
FETCH_SECONDS = 5
KINDS = {"EC": "ES256", "RSA": "RS256"}


class KeySet:
    """Rotation: a new key is found with the first token that it signed; one that has left the set is believed for KEYS_LIVE_SECONDS at
    most. While the issuer does not answer, the keys that are known go on."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self._url, self._client = url, client or httpx.Client(timeout=FETCH_SECONDS)
        self._known: dict[str, jwt.PyJWK] = {}
        self._fetched = self._tried = float("-inf")
        self._fetching = threading.Lock()

    def find(self, key_id: str) -> jwt.PyJWK | None:
        """None: the issuer has no such key. UPSTREAM_ERROR: it was never reached."""
        # Whoever knows the key does not wait for a fetch that is under way; who does not know it must.
        if self._is_due(key_id) and self._fetching.acquire(blocking=key_id not in self._known):
            try:
                if self._is_due(key_id):
                    self._fetch()
            finally:
                self._fetching.release()
        if self._fetched == float("-inf"):
            raise ApiError("UPSTREAM_ERROR", "the sign-in service does not answer; try again in a moment")
        return self._known.get(key_id)

    def _is_due(self, key_id: str) -> bool:
        now = time.monotonic()
        rest = KEYS_REST_SECONDS if self._fetched > float("-inf") else FIRST_REST_SECONDS
        return now - self._tried > rest and (key_id not in self._known or now - self._fetched > KEYS_LIVE_SECONDS)

    def _fetch(self) -> None:
        try:
            self._known, self._fetched = _keys(self._download()), time.monotonic()
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
            log_failure("the issuer's keys could not be fetched; those that are known go on", error)
        finally:
            self._tried = time.monotonic()

    def _download(self) -> Any:
        """Bounded in size and time: the issuer is trusted, what stands between may be slow or broken."""
        until = time.monotonic() + FETCH_SECONDS
        body = bytearray()
        with self._client.stream("GET", self._url) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > LARGEST_SET or time.monotonic() > until:
                    raise ValueError("the key set is too large or too slow")
        return json.loads(body)


def _keys(document: Any) -> dict[str, jwt.PyJWK]:
    """Those that sign with ES256 or RS256. One that we do not understand must not hide the others."""
    keys: dict[str, jwt.PyJWK] = {}
    for row in document["keys"]:
        if not isinstance(row, dict):
            raise TypeError("a key is no object")
        algorithm = KINDS.get(row.get("kty", ""))
        if algorithm is None or not row.get("kid") or row.get("alg", algorithm) != algorithm or row.get("use", "sig") != "sig":
            continue
        try:
            keys[str(row["kid"])] = jwt.PyJWK(row, algorithm)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            log_failure("a key of the issuer was not understood", error)
    return keys
