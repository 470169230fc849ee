"""How every call goes out and comes back: who asks, what is tried again, what an answer is read as."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from functions.client.errors import ClientError, error_of
from functions.client.session import Session

Answer = TypeVar("Answer", bound=BaseModel)

TIMEOUT_SECONDS = 30
LONGEST_RETRY_AFTER_SECONDS = 60.0
PAGE = 500
"""Rows that a list is read by."""
JSON = "application/vnd.backtest.v1+json"
ANYTHING = f"{JSON}, */*"


class Calls:
    """Network failures, 5xx and 429 are tried again with growing pauses; a CONFLICT only where it says when (`Retry-After`). Writes carry
    an Idempotency-Key, so that a repeated one happens once. An expired token of a sign-in is renewed and the call made again.

    The rooms of the API are mixins on top of this one; they use `_read`, `_write`, `_pages`, `_made`, `_bytes`, `_delete` and `_call`.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        transport: httpx.BaseTransport | None = None,
        attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`token` is an access token of Supabase Auth or an API key; empty: `sign_in`, or the calls that need none."""
        self._http = httpx.Client(
            base_url=url, transport=transport, timeout=TIMEOUT_SECONDS, headers={"Accept": JSON}, follow_redirects=True
        )
        self._attempts, self._sleep, self._session = attempts, sleep, Session(token)
        self.url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def sign_in(self, email: str, password: str, *, auth_url: str = "", api_key: str = "") -> None:
        """Takes an access token from Supabase Auth (`auth_url`: https://<project>.supabase.co; empty: the API's own address), and renews
        it when it has expired."""
        self._take_tokens("password", {"email": email, "password": password}, auth_url.rstrip("/"), api_key)

    def sign_out(self) -> None:
        """Ends the sign-in: its refresh token is worth nothing afterwards, and this client is nobody."""
        known = self._session.sign_in
        if known:
            self._call("POST", f"{known.auth_url}/auth/v1/logout?scope=local", headers=known.headers)
        self._session.forget()

    def _read(self, model: type[Answer], path: str, query: Mapping[str, Any] | None = None) -> Answer:
        """A GET; keys of `query` that are None are left out."""
        return understood(model, self._call("GET", path, params=_told(query)))

    def _write(
        self, model: type[Answer], path: str, body: Mapping[str, Any], *, method: str = "POST", query: Mapping[str, Any] | None = None
    ) -> Answer:
        """Keys of `body` that are None are left out."""
        return understood(model, self._call(method, path, params=_told(query), json=_told(body), headers=new_key()))

    def _delete(self, path: str) -> None:
        self._call("DELETE", path, headers=new_key())

    def _bytes(self, path: str, query: Mapping[str, Any] | None = None) -> bytes:
        return self._call("GET", path, params=_told(query), headers={"Accept": ANYTHING}).content

    def _pages(self, model: type[Answer], path: str, query: Mapping[str, Any] | None = None, *, limit: int = PAGE) -> Iterator[Answer]:
        """The pages of a list (`items`, `next_cursor`) from first to last; each is asked for when it is wanted."""
        cursor: str | None = None
        while True:
            page = self._read(model, path, {**(query or {}), "limit": limit, "cursor": cursor})
            yield page
            cursor = getattr(page, "next_cursor", None)
            if cursor is None:
                return

    def _made(self, path: str, query: Mapping[str, Any] | None, what: str, timeout_seconds: float, *, accept: str = JSON) -> httpx.Response:
        """What the platform makes when it is first asked for: asks again while it is being prepared (202)."""
        until = time.monotonic() + timeout_seconds
        while True:
            answer = self._call("GET", path, params=_told(query), headers={"Accept": accept})
            if answer.status_code != 202:
                return answer
            if time.monotonic() > until:
                raise ClientError("TIMED_OUT", f"{what} not ready after {timeout_seconds:g} s")
            self._sleep(_retry_after(answer, 1.0) / 2)

    def _call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **content: Any) -> httpx.Response:
        """As who is signed in."""
        token = self._session.token
        try:
            return self._tried(method, path, {**(headers or {}), **self._session.headers}, content)
        except ClientError as error:
            if error.code != "UNAUTHORIZED" or not self._renewed(token):
                raise
            return self._tried(method, path, {**(headers or {}), **self._session.headers}, content)

    def _renewed(self, expired: str) -> bool:
        """Whether there is another token than the expired one."""
        with self._session.renewing:
            known = self._session.sign_in
            if self._session.token == expired and known:
                try:
                    self._take_tokens("refresh_token", {"refresh_token": known.refresh_token}, known.auth_url, known.api_key)
                except ClientError as error:
                    if error.code in ("UNREACHABLE", "RATE_LIMITED", "UPSTREAM_ERROR", "INTERNAL_ERROR"):
                        return False  # The sign-in may still be good; the next call tries again.
                    self._session.sign_in = None
            return self._session.token != expired

    def _take_tokens(self, grant: str, body: Mapping[str, str], auth_url: str, api_key: str) -> None:
        headers = {"apikey": api_key} if api_key else {}
        answer = self._tried("POST", f"{auth_url}/auth/v1/token?grant_type={grant}", headers, {"json": dict(body)})
        try:
            self._session.take(answer, auth_url, api_key)
        except (ValueError, KeyError, TypeError) as error:
            raise ClientError("UNREACHABLE", f"{answer.url} answered something else than Supabase Auth would") from error

    def _tried(self, method: str, path: str, headers: Mapping[str, str], content: Mapping[str, Any]) -> httpx.Response:
        for attempt in range(1, self._attempts + 1):
            pause = min(10.0, 0.25 * 2**attempt) * random.uniform(0.5, 1)  # noqa: S311  jitter, not a secret
            try:
                answer = self._http.request(method, path, headers=dict(headers), **content)
            except httpx.TransportError as error:
                if attempt == self._attempts:
                    raise ClientError("UNREACHABLE", f"{self.url} does not answer ({type(error).__name__})") from error
            except httpx.InvalidURL as error:
                raise ClientError("UNREACHABLE", f"{self.url!r} is no address of an API") from error
            else:
                if answer.is_success:
                    return answer
                again = answer.status_code >= 500 or "Retry-After" in answer.headers
                if not again or attempt == self._attempts:
                    raise error_of(answer)
                pause = min(LONGEST_RETRY_AFTER_SECONDS, _retry_after(answer, pause))
            self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")


def new_key() -> dict[str, str]:
    """The header that makes a write happen once, however often it is sent."""
    return {"Idempotency-Key": str(uuid4())}


def understood(model: type[Answer], answer: httpx.Response) -> Answer:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise ClientError("UNREACHABLE", f"{answer.url} answered something else than the API would") from error


def _told(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {key: value for key, value in values.items() if value is not None}


def _retry_after(answer: httpx.Response, otherwise: float) -> float:
    """Seconds; a proxy may say a date, which is as good as nothing."""
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else otherwise
