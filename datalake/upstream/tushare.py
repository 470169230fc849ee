"""Tushare's client with its errors shown: the original gives an empty frame for HTTP errors and loses the code of a refusal."""

import math
import random
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import sleep
from typing import Any, NamedTuple

import pandas as pd
import polars as pl
import pyarrow as pa
import requests
from tushare.pro.client import DataApi

from datalake.errors import ForbiddenError, Problem, RateError, TokenError, UnreachableError, UpstreamError
from datalake.interfaces import Interface
from datalake.tables import TABLES
from datalake.upstream.throttle import Limits, Throttle

MOST_PAGES = 500
"""Of one question. No answer has so many: a server that goes on longer does not end."""


class Answer(NamedTuple):
    """One page, as it came."""

    fields: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    has_more: bool
    """What the server says; False also where it says nothing."""


class Client(DataApi):  # type: ignore[misc]
    """`tushare.pro_api` for one address and token; every failure is an error that says what kind it is. The token shows in none."""

    def __init__(self, token: str, url: str = "", timeout: float = 30) -> None:
        super().__init__(token, timeout)
        self._token, self._timeout = token, timeout
        self._sessions = threading.local()  # a session is one thread's; it keeps the connection, so that calls need not shake hands
        if url:
            self._DataApi__http_url = url.rstrip("/")
        self._address: str = self._DataApi__http_url

    def query(self, api_name: str, fields: str = "", **params: Any) -> pd.DataFrame:
        """As the original's."""
        answer = self.ask(api_name, fields, params)
        return pd.DataFrame([list(row) for row in answer.rows], columns=list(answer.fields))

    def ask(self, api_name: str, fields: str, params: dict[str, Any]) -> Answer:
        """One call."""
        body: Any = {"api_name": api_name, "token": self._token, "params": {"ts_type_name": self._address, **params}, "fields": fields}
        try:  # a redirection would carry the token to whoever it names
            answer = self._session.post(f"{self._address}/{api_name}", json=body, timeout=self._timeout, allow_redirects=False)
        except requests.RequestException as error:
            kind = type(error).__name__  # its text and its cause may hold the address and the request
            raise UnreachableError(Problem(api_name, f"Tushare cannot be reached: {kind}", "check TUSHARE_URL")) from None
        if answer.status_code != 200:
            raise _http_error(api_name, answer.status_code)
        try:
            value = answer.json()
            code, message, data = value["code"], value.get("msg"), value.get("data")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _unreadable(api_name) from None
        if code != 0:
            raise refusal(api_name, code, str(message or "").replace(self._token or "\0", "***"))
        try:
            names = tuple(str(name) for name in data["fields"])
            rows = tuple(tuple(row) for row in data["items"])
            more = bool(data.get("has_more"))
        except (KeyError, TypeError, AttributeError):
            raise _unreadable(api_name) from None
        if any(len(row) != len(names) or any(isinstance(value, list | dict) for value in row) for row in rows):
            raise _unreadable(api_name)
        return Answer(names, rows, more)

    @property
    def _session(self) -> requests.Session:
        found: requests.Session | None = getattr(self._sessions, "session", None)
        if found is None:
            found = self._sessions.session = requests.Session()
        return found


def refusal(api_name: str, code: Any, message: str) -> UpstreamError:
    """The kind of a refusal. 40203 means "too often" and "not allowed": the message decides, too-often first (both start alike)."""
    if _TOO_OFTEN.search(message):
        seconds = next((length for word, length in _PERIODS.items() if word in message), 60.0)
        return RateError(Problem(api_name, f"Tushare refused: {message}", _ADVICE[seconds]), seconds)
    if "IP" in message and "超限" in message:
        return ForbiddenError(Problem(api_name, f"Tushare refused: {message}", "the account is used from too many addresses at once"))
    if code == 40101 or "token" in message.lower():
        return TokenError(Problem(api_name, f"Tushare does not know the token: {message}", "set TUSHARE_TOKEN"))
    if "权限" in message or "积分" in message or code == 40203:
        return ForbiddenError(Problem(api_name, f"Tushare does not allow this: {message}", "the account needs more points"))
    if "稍后" in message or "系统" in message or (isinstance(code, int) and code < 0):  # -1000 系统内部错误
        return UnreachableError(Problem(api_name, f"Tushare is in trouble (code {code}): {message}", "try again later"))
    return UpstreamError(Problem(api_name, f"Tushare refused with code {code}: {message}"))


_TOO_OFTEN = re.compile(r"每(分钟|小时|天|日).{0,20}最多访问|频率(超限|过高)|too many requests", re.IGNORECASE)
_PERIODS = {"每小时": 3600.0, "/小时": 3600.0, "每天": 86_400.0, "每日": 86_400.0, "/天": 86_400.0, "/日": 86_400.0}
_ADVICE = {
    60.0: "called too often: wait a minute, or lower TUSHARE_CAPS",
    3600.0: "this hour's calls are used up: go on in an hour, or set TUSHARE_PATIENCE=3600 to wait",
    86_400.0: "this day's calls are used up: go on tomorrow, or with an account of more points",
}


@dataclass(frozen=True)
class Patience:
    """How often and how long to try again. The pauses double, with jitter; after a rate refusal they start at a minute."""

    attempts: int = 6
    pause: float = 0.5
    rate_pause: float = 60.0
    longest: float = 900.0
    """Seconds that one wait may last: a limit by the hour or the day is told at once instead."""
    wait: Callable[[float], None] = field(default=sleep)
    """How to wait. The throttle's clock must see the time go by."""


def fetch(
    client: Client, interface: Interface, part: str, throttle: Throttle, patience: Patience, limits: Limits | None = None
) -> pl.DataFrame:
    """Every row of a part, once, over as many calls as it takes: Tushare's fields by the names that the lake's table knows (with
    `files.parse`). Numbers are Float64, everything else, and numbers that cannot be read, are text.

    UpstreamError where rows would be missing: an answer that lacks a field, is about something else, or cannot be paged to its end.
    """
    most = (limits or Limits()).per_minute(interface)
    answers = []
    for params in interface.calls(part):
        asked = _Asked(client, interface, params, throttle, patience, most)
        answers.append(_frame(interface, *asked.whole()))
    rows = pl.concat(answers, how="vertical_relaxed").unique(maintain_order=True)
    _check_about(interface, part, rows)
    for name, value in interface.keep.items():
        rows = rows.filter(pl.col(name) == value)
    return rows.drop(interface.keep).rename(dict(interface.renamed), strict=False)


@dataclass(frozen=True)
class _Asked:
    """One question, and who asks."""

    client: Client
    interface: Interface
    params: dict[str, str]
    throttle: Throttle
    patience: Patience
    per_minute: int

    def whole(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The fields and every different row, from page to page until one comes back short and nobody says that there is more."""
        cap = self.interface.row_cap
        rows: dict[tuple[Any, ...], None] = {}  # rows move while pages are read: those that slid into the next one come twice
        fields: tuple[str, ...] | None = None
        offset = 0
        for _ in range(MOST_PAGES):
            page = self._page({**self.params, "limit": cap, "offset": offset})
            if page.rows:
                fields = self._same_fields(fields, page.fields)
            known = len(rows)
            rows.update(dict.fromkeys(page.rows))
            full = len(page.rows) >= cap
            if not page.rows or not (full or page.has_more or _looks_cut(page)):
                if page.has_more:
                    raise self._wrong("says that there is more and gives none")
                return fields or page.fields, list(rows)
            if len(rows) == known:  # nothing new in it
                if full or page.has_more:
                    raise self._wrong(f"gives the same {len(page.rows)} rows again instead of the next ones: the rest cannot be had")
                return fields or page.fields, list(rows)
            offset += len(page.rows)
        raise self._wrong(f"does not end after {MOST_PAGES} pages")

    def _same_fields(self, known: tuple[str, ...] | None, found: tuple[str, ...]) -> tuple[str, ...]:
        if known is not None and known != found:
            raise self._wrong("has other fields on the next page")
        optional = {column.tushare_name for column in TABLES[_any_table(self.interface)].columns if not column.required}
        lacking = [name for name in self.interface.fields if name not in found and self.interface.renamed.get(name, name) not in optional]
        if lacking:
            raise self._wrong(f"lacks {', '.join(lacking)}")
        return found

    def _page(self, params: dict[str, Any]) -> Answer:
        name, patience = self.interface.name, self.patience
        for attempt in range(patience.attempts):
            self._turn()
            try:
                return self.client.ask(name, ",".join(self.interface.fields), params)
            except (RateError, UnreachableError) as error:
                if attempt + 1 == patience.attempts:
                    raise
                if isinstance(error, RateError):
                    seconds = max(patience.rate_pause, error.seconds) * 2 ** min(attempt, 4)
                    if error.seconds > patience.longest:
                        raise
                    seconds = min(seconds, max(patience.longest, error.seconds))
                    self.throttle.hold(name, seconds)  # for everybody: the others would only be refused too
                else:
                    seconds = patience.pause * 2 ** min(attempt, 4)
                patience.wait(seconds * random.uniform(1.0, 1.25))  # noqa: S311  spreads retries, hides nothing
        raise UpstreamError(Problem(name, "no attempt is allowed"))

    def _turn(self) -> None:
        """Wait until a call is allowed."""
        while (seconds := self.throttle.take(self.interface.name, self.per_minute)) > 0:
            if seconds > self.patience.longest * 1.25:
                problem = Problem(self.interface.name, f"nobody may call it for another {seconds:.0f} seconds", "go on later")
                raise RateError(problem, seconds)
            self.patience.wait(seconds * random.uniform(1.0, 1.02))  # noqa: S311  those who wait do not all come at once

    def _wrong(self, what: str) -> UpstreamError:
        words = " ".join(f"{name}={value}" for name, value in self.params.items())
        return UpstreamError(Problem(self.interface.name, f"the answer to {words or 'everything'} {what}", "nothing of it is used"))


def _looks_cut(page: Answer) -> bool:
    """A page of a round number of rows, shorter than the cap that we know of: the server's may have become smaller. Another call tells."""
    return len(page.rows) >= 500 and len(page.rows) % 100 == 0


def _any_table(interface: Interface) -> str:
    return interface.table.replace("*", "5m")  # those of minutes are alike


def _frame(interface: Interface, fields: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """The interface's fields, as far as the answer has them; of an answer without rows all of them."""
    numbers = {
        column.tushare_name
        for column in TABLES[_any_table(interface)].columns
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    }
    wanted = [name for name in interface.fields if name in fields or not rows]
    columns = dict(zip(fields, zip(*rows, strict=True), strict=True)) if rows else {}
    return pl.DataFrame([_series(name, columns.get(name, ()), interface.renamed.get(name, name) in numbers) for name in wanted])


def _series(name: str, values: Sequence[Any], number: bool) -> pl.Series:
    if number and all(value is None or type(value) in (int, float) for value in values):
        return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
    return pl.Series(name, [None if _missing(value) else str(value) for value in values], dtype=pl.String)


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _check_about(interface: Interface, part: str, rows: pl.DataFrame) -> None:
    """A server that does not know a parameter leaves it out: its answer is about everything."""
    for name, start in interface.about(part).items():
        if name in rows.columns:
            strays = rows.filter(~pl.col(name).str.replace_all("-", "").str.starts_with(start))
            if not strays.is_empty():
                problem = f"{strays.height} of {rows.height} rows are not about {start} but {strays[name][0]}"
                raise UpstreamError(Problem(interface.name, f"the answer about {part}: {problem}", "nothing of it is used"))


def _unreadable(api_name: str) -> UnreachableError:
    return UnreachableError(Problem(api_name, "Tushare's answer is no JSON of the agreed shape"))


def _http_error(api_name: str, status: int) -> UpstreamError:
    if status == 429:
        return RateError(Problem(api_name, "Tushare refused: HTTP 429, called too often", _ADVICE[60.0]))
    if status >= 500 or status in (408, 425):
        return UnreachableError(Problem(api_name, f"Tushare is in trouble: HTTP {status}", "try again later"))
    return UpstreamError(Problem(api_name, f"Tushare answered HTTP {status}", "check TUSHARE_URL and TUSHARE_TOKEN"))
