"""Whose address a request comes from: the gateway sees the CDN's, which tells its reader's in a header and shows a secret as a proof."""

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from functions.wiring import House

PROOF, READER = b"x-lianghu-cdn", b"x-lianghu-viewer"
"""Headers that template.yaml lets the CDN set, in the place of whatever its reader sent under these names. Not X-Forwarded-For: what
HttpApi makes of a list that came with a request is not documented, and in events that were seen only the nearest proxy was left of it."""


class Cdn:
    """Puts the reader's address in the place of the CDN's, and takes both headers away: nothing behind can log the secret."""

    def __init__(self, app: ASGIApp, house: "Callable[[], House]") -> None:
        self._app, self._house = app, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [(name, value) for name, value in scope["headers"] if name.lower() not in (PROOF, READER)]
            if len(headers) < len(scope["headers"]):
                address = reader(scope, self._house().settings.cdn_secret)
                scope = {**scope, "headers": headers} | ({"client": (address, 0)} if address else {})
        await self._app(scope, receive, send)


def reader(scope: Scope, secret: SecretStr) -> str:
    """The address that the CDN tells. Empty where it was not the CDN, where no secret is known, or where that is no address."""
    if not (known := secret.get_secret_value().encode()) or not hmac.compare_digest(_one(scope, PROOF), known):
        return ""
    told = _one(scope, READER).decode("latin-1")
    try:
        ip_address(told)
    except ValueError:
        return ""
    return told


def _one(scope: Scope, wanted: bytes) -> bytes:
    """Of a header that comes twice nothing is believed."""
    found = [bytes(value) for name, value in scope["headers"] if name.lower() == wanted]
    return found[0] if len(found) == 1 else b""
