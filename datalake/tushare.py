"""Tushare's client with its errors shown: the original gives an empty frame for HTTP errors and loses the code of a refusal."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from time import sleep
from typing import Any

import pandas as pd
import polars as pl
import requests
from tushare.pro.client import DataApi

from datalake.errors import ForbiddenError, Problem, RateError, TokenError, UnreachableError, UpstreamError

ROW_CAPS = {"stock_basic": 6000, "daily": 6000, "adj_factor": 6000, "dividend": 1000, "trade_cal": 10_000}
"""Rows that one call gives at most; a longer answer is cut off in silence, so we page. (No page tells dividend's: we ask for few.)"""


class Client(DataApi):  # type: ignore[misc]
    """`tushare.pro_api` for one address and token; every failure is an error that says what kind it is."""

    def __init__(self, token: str, url: str = "", timeout: float = 30) -> None:
        super().__init__(token, timeout)
        self._token, self._timeout = token, timeout
        if url:
            self._DataApi__http_url = url.rstrip("/")
        self._address: str = self._DataApi__http_url

    def query(self, api_name: str, fields: str = "", **params: Any) -> pd.DataFrame:
        """As the original's, and `attrs["has_more"]` says whether the server kept rows back."""
        body: Any = {"api_name": api_name, "token": self._token, "params": {"ts_type_name": self._address, **params}, "fields": fields}
        try:
            answer = requests.post(f"{self._address}/{api_name}", json=body, timeout=self._timeout)
        except requests.RequestException as error:
            raise UnreachableError(Problem(api_name, f"Tushare cannot be reached: {type(error).__name__}", "check TUSHARE_URL")) from error
        if answer.status_code != 200:
            raise _http_error(api_name, answer.status_code)
        try:
            value = answer.json()
            code, message, data = value["code"], value.get("msg"), value.get("data")
        except (ValueError, KeyError, TypeError) as error:
            raise UnreachableError(Problem(api_name, "Tushare's answer is no JSON of the agreed shape")) from error
        if code != 0:
            raise refusal(api_name, code, str(message or ""))
        frame = pd.DataFrame(data["items"], columns=data["fields"])
        frame.attrs["has_more"] = bool(data.get("has_more"))
        return frame


def refusal(api_name: str, code: int, message: str) -> UpstreamError:
    """The kind of a refusal. 40203 means "too often" and "not allowed": the message decides, too-often first (both start alike)."""
    if _TOO_OFTEN.search(message):
        return RateError(Problem(api_name, f"Tushare refused: {message}", "called too often: wait a minute"))
    if code == 40101 or "token" in message.lower():
        return TokenError(Problem(api_name, f"Tushare does not know the token: {message}", "set TUSHARE_TOKEN"))
    if "权限" in message or code == 40203:
        return ForbiddenError(Problem(api_name, f"Tushare does not allow this: {message}", "the account needs more points"))
    return UpstreamError(Problem(api_name, f"Tushare refused with code {code}: {message}"))


_TOO_OFTEN = re.compile(r"每(分钟|小时|天).{0,20}最多访问|频率超限")


@dataclass(frozen=True)
class Patience:
    """How often and how long to try again. The pauses double, with jitter; after a rate refusal they start at a minute."""

    attempts: int = 6
    pause: float = 0.5
    rate_pause: float = 60.0
    wait: Callable[[float], None] = field(default=sleep)


def fetch(client: Client, api_name: str, fields: str, patience: Patience, **params: Any) -> pl.DataFrame:
    """Every row of a call, over as many pages as it takes. Numbers stay numbers, everything else is text."""
    cap = ROW_CAPS[api_name]
    pages: list[pl.DataFrame] = []
    offset = 0
    while True:
        page = _patient(client, api_name, fields, patience, {**params, "limit": cap, "offset": offset})
        pages.append(_frame(page))
        offset += len(page)
        if len(page) == 0 or (len(page) < cap and not page.attrs["has_more"]):
            return pl.concat(pages, how="vertical_relaxed")


def _patient(client: Client, api_name: str, fields: str, patience: Patience, params: dict[str, Any]) -> pd.DataFrame:
    for attempt in range(patience.attempts):
        try:
            return client.query(api_name, fields, **params)
        except (RateError, UnreachableError) as error:
            if attempt + 1 == patience.attempts:
                raise
            first = patience.rate_pause if isinstance(error, RateError) else patience.pause
            patience.wait(first * 2 ** min(attempt, 4) * random.uniform(1.0, 1.25))  # noqa: S311  spreads retries, hides nothing
    raise UpstreamError(Problem(api_name, "no attempt is allowed"))


def _frame(page: pd.DataFrame) -> pl.DataFrame:
    columns = {}
    for name in page.columns:
        values = page[name]
        numeric = pd.api.types.is_numeric_dtype(values) and not name.endswith("date") and not pd.api.types.is_bool_dtype(values)
        columns[name] = (
            pl.Series(name, values.to_numpy(dtype="float64", na_value=float("nan")))
            if numeric
            else pl.Series(name, [None if pd.isna(value) else str(value) for value in values], dtype=pl.String)
        )
    return pl.DataFrame(columns)


def _http_error(api_name: str, status: int) -> UpstreamError:
    if status == 429:
        return RateError(Problem(api_name, "Tushare refused: HTTP 429, called too often"))
    if status >= 500:
        return UnreachableError(Problem(api_name, f"Tushare is in trouble: HTTP {status}", "try again later"))
    hint = "check TUSHARE_URL and TUSHARE_TOKEN"
    return UpstreamError(Problem(api_name, f"Tushare answered HTTP {status}", hint))
