"""API keys of the person who signed in."""

from collections.abc import Iterator, Sequence

from functions.api.key_shapes import KeyCreated, KeyList, KeyShown
from functions.client.calls import Calls


class KeyCalls(Calls):
    def create_key(self, name: str, scopes: Sequence[str], days: int | None = None, requests: int | None = None) -> KeyCreated:
        """`key` is shown this once. `scopes`: of read, run, strategies, share; `days` until it expires (None: never); `requests` of a
        window, where it shall have fewer than the platform gives a key."""
        body = {"name": name, "scopes": list(scopes), "days": days, "requests": requests}
        return self._write(KeyCreated, "/api/keys", body)

    def keys(self) -> Iterator[KeyShown]:
        """Newest first; without their secrets, which nobody knows any more."""
        for page in self._pages(KeyList, "/api/keys"):
            yield from page.items

    def revoke_key(self, key_id: str) -> None:
        """At once. NOT_FOUND: there is no such key any more."""
        self._delete(f"/api/keys/{key_id}")
