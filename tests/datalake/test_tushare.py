"""The client against a server with Tushare's traps: every failure says what it is, every answer is whole, the token shows nowhere."""

import json
import logging
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pandas as pd
import polars as pl
import pytest
import requests
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tushare.pro.client import DataApi

import datalake.upstream.tushare
from datalake.errors import DataError, ForbiddenError, RateError, TokenError, UnreachableError, UpstreamError
from datalake.interfaces import INTERFACES, Interface
from datalake.rows.parsing import parse
from datalake.rows.quality import find
from datalake.tables import TABLES
from datalake.upstream.throttle import Limits, SqliteThrottle
from datalake.upstream.tushare import Answer, Client, Patience, fetch, refusal
from functions.commands.failures import failure
from functions.jobs.failures import failure_of
from tests.datalake.standin import DOWN, TOKEN, Free, StandIn, Time, forbidden, serve, too_often

DAY = "20240703"
DAILY = INTERFACES["daily"]
FIGURES = ("open", "high", "low", "close", "pre_close", "vol", "amount")


def bars(count: int, day: str = DAY, start: int = 0) -> pl.DataFrame:
    """Rows of `daily`; every close is another."""
    codes = [f"{600000 + number}.SH" for number in range(start, start + count)]
    closes = [10 + number / 100 for number in range(start, start + count)]
    return pl.DataFrame({"ts_code": codes, "trade_date": [day] * count} | dict.fromkeys(FIGURES, closes), schema_overrides=_TYPES)


_TYPES = {"ts_code": pl.String, "trade_date": pl.String} | dict.fromkeys(FIGURES, pl.Float64)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with serve({"daily": pl.concat([bars(25), bars(7, "20240702")])}) as found:
        yield found


@pytest.fixture
def time() -> Time:
    return Time()


def ask(standin: StandIn, time: Time | None = None, row: Interface = DAILY, part: str = DAY, attempts: int = 4) -> pl.DataFrame:
    return fetch(Client(TOKEN, standin.url), row, part, Free(), Patience(attempts, wait=(time or Time()).wait))


def codes(rows: pl.DataFrame) -> list[str]:
    return rows["ts_code"].sort().to_list()


class Server(Client):
    """One that answers from a list of pages, for what no server of ours would do."""

    def __init__(self, *pages: Answer) -> None:
        self.pages = list(pages)
        self.asked: list[dict[str, Any]] = []

    def ask(self, api_name: str, fields: str, params: dict[str, Any]) -> Answer:
        self.asked.append(params)
        return self.pages.pop(0)


def page(rows: pl.DataFrame, has_more: bool = False) -> Answer:
    return Answer(tuple(rows.columns), tuple(rows.rows()), has_more)


def from_pages(*pages: Answer, row: Interface = DAILY) -> pl.DataFrame:
    return fetch(Server(*pages), row, DAY, Free(), Patience(1))


# What a refusal is


@pytest.mark.parametrize(
    ("code", "message", "kind", "seconds"),
    [
        (40203, "抱歉，您每分钟最多访问该接口500次，权限的具体详情访问：…", RateError, 60),
        (40203, "抱歉，您每小时最多访问该接口10次", RateError, 3600),
        (40203, "抱歉，您每天最多访问该接口5次", RateError, 86_400),
        (40203, "频率超限(200次/分钟)", RateError, 60),
        (40203, "频率超限(20次/小时)", RateError, 3600),
        (40203, "系统检测到您的访问频率过高", RateError, 60),
        (40203, "抱歉，您没有接口(daily_basic)访问权限，权限的具体详情访问：…", ForbiddenError, 0),
        (2002, "抱歉，您没有访问该接口的权限", ForbiddenError, 0),
        (-2001, "积分不足", ForbiddenError, 0),
        (40203, "x", ForbiddenError, 0),
        (40204, "您的IP数量超限，最大数量为2个！", ForbiddenError, 0),
        (40101, "您的token不对，请确认。", TokenError, 0),
        (-2001, "token无效", TokenError, 0),
        (-1000, "系统内部错误", UnreachableError, 0),
        (50000, "服务器错误(数据库异常)，请稍后再试！", UnreachableError, 0),
        (50101, "参数校验失败", UpstreamError, 0),
        ("strange", "", UpstreamError, 0),
    ],
)
def test_refusals_are_told_apart(code: Any, message: str, kind: type, seconds: float):
    """40203 has two meanings, and both begin alike: too often is looked for first."""
    found = refusal("daily", code, message)
    assert type(found) is kind and message in str(found)
    if isinstance(found, RateError):
        assert found.seconds == seconds


@pytest.mark.parametrize("kind", [UpstreamError, UnreachableError, RateError, ForbiddenError, TokenError])
def test_every_failure_of_tushare_is_told_as_upstreams(kind: type[UpstreamError]):
    error = kind(refusal("daily", 1, "x").problems)
    assert failure(error).code == failure_of(error).error["code"] == "UPSTREAM_ERROR"


def test_the_original_hides_what_ours_shows(standin: StandIn):
    """The reason for this client: an HTTP error looks like a day without rows, and a refusal has lost its code."""
    original = DataApi(TOKEN)
    original._DataApi__http_url = standin.url
    standin.refuse = lambda name, params, number: DOWN
    assert original.query("daily", trade_date=DAY).empty
    with pytest.raises(UnreachableError, match="HTTP 502"):
        ask(standin, attempts=1)
    standin.refuse = lambda name, params, number: forbidden(name)
    with pytest.raises(Exception, match="权限") as caught:
        original.query("daily", trade_date=DAY)
    assert type(caught.value) is Exception
    with pytest.raises(ForbiddenError, match="points"):
        ask(standin)


def test_queries_are_the_originals(standin: StandIn):
    original = DataApi(TOKEN)
    original._DataApi__http_url = standin.url
    asked = {"trade_date": DAY, "fields": "ts_code,close"}
    pd.testing.assert_frame_equal(Client(TOKEN, standin.url).query("daily", **asked), original.query("daily", **asked))
    assert standin.calls[0] == standin.calls[1]
    assert Client(TOKEN, standin.url).daily(trade_date=DAY).shape == (25, 9)
    assert Client(TOKEN)._address == DataApi(TOKEN)._DataApi__http_url
    body = {"api_name": "daily", "token": TOKEN, "params": {"trade_date": DAY}, "fields": ""}
    assert len(requests.post(standin.url, json=body, timeout=5).json()["data"]["items"]) == 25  # the bare address


# Answers that are none


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        b"\xff\xfe",
        b"[]",
        b"null",
        {"msg": "no code"},
        {"code": 0},
        {"code": 0, "data": None},
        {"code": 0, "data": []},
        {"code": 0, "data": {"fields": ["ts_code"]}},
        {"code": 0, "data": {"fields": None, "items": []}},
        {"code": 0, "data": {"fields": ["ts_code"], "items": [["600000.SH", 1]]}},
        {"code": 0, "data": {"fields": ["ts_code"], "items": [[["600000.SH"]]]}},
        {"code": 0, "data": {"fields": ["ts_code"], "items": [7]}},
    ],
)
def test_an_unreadable_answer_is_asked_for_again_and_then_told(standin: StandIn, time: Time, body: Any):
    standin.refuse = lambda name, params, number: (200, body)
    with pytest.raises(UnreachableError, match="no JSON of the agreed shape"):
        ask(standin, time)
    assert len(standin.calls) == 4 and len(time.waits) == 3
    standin.refuse = lambda name, params, number: (200, body) if number == 5 else None
    assert ask(standin, time).height == 25


@pytest.mark.parametrize(("status", "tried"), [(400, 1), (403, 1), (404, 1), (302, 1), (408, 4), (429, 4), (500, 4), (503, 4)])
def test_http_errors_are_errors(standin: StandIn, status: int, tried: int):
    standin.refuse = lambda name, params, number: (status, b"not data")
    with pytest.raises(UpstreamError, match=f"HTTP {status}"):
        ask(standin)
    assert len(standin.calls) == tried


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "http://"])
def test_a_server_that_is_not_there_is_told(url: str):
    with pytest.raises(UnreachableError, match="TUSHARE_URL"):
        fetch(Client(TOKEN, url), DAILY, DAY, Free(), Patience(2, wait=Time().wait))


def test_a_server_that_never_answers_is_given_up(standin: StandIn):
    standin.latency = 1.0
    with pytest.raises(UnreachableError, match="Timeout"):
        fetch(Client(TOKEN, standin.url, timeout=0.2), DAILY, DAY, Free(), Patience(1))


# The token


def test_the_token_shows_nowhere(standin: StandIn, caplog: pytest.LogCaptureFixture):
    """Not in an error or what caused it, not where the server repeats it, not in logs, not in a representation."""
    caplog.set_level(logging.DEBUG)
    secret = "0123456789abcdef-secret"
    refusals: list[tuple[int, Any]] = [
        (200, {"code": 40101, "msg": f"您的token({secret})不对", "data": None}),
        (200, {"code": 1, "msg": f"unknown {secret}", "data": None}),
        DOWN,
        (200, b"<html>"),
        (302, b""),
    ]
    client = Client(secret, standin.url)
    for wrong in refusals:
        standin.refuse = lambda name, params, number, wrong=wrong: wrong
        with pytest.raises(UpstreamError) as caught:
            fetch(client, DAILY, DAY, Free(), Patience(1))
        assert secret not in "".join(traceback.format_exception(caught.value))
        assert secret not in json.dumps(failure(caught.value).to_json())
    with pytest.raises(UnreachableError) as caught:
        fetch(Client(secret, f"http://user:{secret}@127.0.0.1:1"), DAILY, DAY, Free(), Patience(1))
    assert secret not in "".join(traceback.format_exception(caught.value))
    assert secret not in caplog.text and secret not in repr(client) and secret not in str(client.daily)


def test_a_wrong_token_and_a_missing_permission_are_told_at_once(standin: StandIn, time: Time):
    with pytest.raises(TokenError, match="TUSHARE_TOKEN"):
        fetch(Client("another", standin.url), DAILY, DAY, Free(), Patience(wait=time.wait))
    with pytest.raises(ForbiddenError, match="points"):
        ask(standin, time, INTERFACES["adj_factor"])
    assert time.waits == [] and len(standin.calls) == 2


def test_a_redirection_does_not_carry_the_token_away(standin: StandIn):
    """requests would post the whole body again to whoever a 307 names."""
    with serve({"daily": bars(3)}) as other:
        standin.moved_to = f"{other.url}/daily"
        with pytest.raises(UpstreamError, match="HTTP 307"):
            ask(standin)
        assert requests.post(f"{standin.url}/daily", json={"api_name": "daily", "token": "", "params": {}, "fields": ""}, timeout=5).ok
        assert [name for name, _ in other.calls] == ["daily"]  # that was requests alone


def test_a_thread_keeps_its_connection(standin: StandIn):
    client, patience = Client(TOKEN, standin.url), Patience(3, wait=Time().wait)
    for _ in range(3):
        fetch(client, DAILY, DAY, Free(), patience)
    assert standin.connections == 1
    standin.close_connections = True  # and one that the server has closed is opened again
    for _ in range(3):
        assert fetch(client, DAILY, DAY, Free(), patience).height == 25
    assert standin.connections == 3


# Pages


@pytest.mark.parametrize("tells_more", [True, False])
@pytest.mark.parametrize("cap", [1, 5, 10, 24, 25, 26])
def test_row_caps_do_not_cut(standin: StandIn, cap: int, tells_more: bool):
    standin.cap, standin.tells_more = cap, tells_more
    assert codes(ask(standin, row=DAILY._replace(row_cap=cap))) == codes(bars(25))


def test_a_cap_that_has_become_smaller_than_we_know_does_not_cut(standin: StandIn):
    """Nothing says that there is more, but a page of exactly 500 rows is looked behind."""
    standin.tables["daily"], standin.cap, standin.tells_more = bars(1234), 500, False
    assert codes(ask(standin)) == codes(bars(1234))
    assert [params["offset"] for _, params in standin.calls] == [0, 500, 1000]


def test_an_answer_of_a_round_number_of_rows_is_whole_after_one_more_call(standin: StandIn):
    standin.tables["daily"], standin.tells_more = bars(600), False
    assert ask(standin).height == 600 and len(standin.calls) == 2
    standin.deaf = ("offset",)  # and where the server cannot page, all of it came at once
    assert ask(standin).height == 600


@pytest.mark.parametrize("tells_more", [True, False])
def test_a_server_that_ignores_offset_is_told_instead_of_believed(standin: StandIn, tells_more: bool):
    standin.cap, standin.deaf, standin.tells_more = 10, ("offset",), tells_more
    with pytest.raises(UpstreamError, match="the same 10 rows again"):
        ask(standin, row=DAILY._replace(row_cap=10))
    assert len(standin.calls) == 2


def test_an_answer_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(datalake.upstream.tushare, "MOST_PAGES", 5)
    with pytest.raises(UpstreamError, match="does not end after 5 pages"):
        from_pages(*(page(bars(10, start=10 * number), has_more=True) for number in range(9)))
    with pytest.raises(UpstreamError, match="says that there is more and gives none"):
        from_pages(page(bars(10), has_more=True), page(bars(0), has_more=True))


def test_rows_that_move_while_pages_are_read_come_once(standin: StandIn):
    """Corrections are put in front: what was the last row of one page is the first of the next."""
    standin.cap = 10
    added = bars(2, start=100)

    def put_in_front(name: str, params: dict[str, Any], number: int) -> None:
        if number == 2:
            standin.tables["daily"] = pl.concat([added, standin.tables["daily"]])

    standin.refuse = put_in_front
    found = ask(standin, row=DAILY._replace(row_cap=10))
    assert codes(found) == codes(bars(25))
    assert codes(from_pages(page(bars(10), True), page(bars(1, start=9)))) == codes(bars(10))  # nothing new on the last page: its end


def test_pages_of_different_shapes_are_told():
    other = bars(3, start=10).select(["trade_date", "ts_code", *FIGURES])
    with pytest.raises(UpstreamError, match="other fields on the next page"):
        from_pages(page(bars(10), True), page(other))


class Pages(Client):
    """A server of a number of rows, with a cap, that says that there is more or does not."""

    def __init__(self, rows: int, cap: int, tells: bool) -> None:
        self.rows, self.cap, self.tells = bars(rows), cap, tells

    def ask(self, api_name: str, fields: str, params: dict[str, Any]) -> Answer:
        end = params["offset"] + min(params["limit"], self.cap)
        return page(self.rows[params["offset"] : end], self.tells and end < self.rows.height)


@hypothesis_settings(max_examples=200, deadline=None)
@given(rows=st.integers(0, 60), cap=st.integers(1, 20), known=st.integers(1, 20), tells=st.booleans())
def test_every_row_comes_or_an_error_does(rows: int, cap: int, known: int, tells: bool):
    """Whatever the cap, where the server says that there is more, or its cap is the one that we know of."""
    server = Pages(rows, cap if tells else max(cap, known), tells)
    found = fetch(server, DAILY._replace(row_cap=known), DAY, Free(), Patience(1))
    assert codes(found) == codes(bars(rows))


# Shapes


def test_the_answers_columns_are_the_tables(standin: StandIn):
    found = ask(standin)
    assert found.columns == [name for name in DAILY.fields if not name.startswith("ah_")]
    assert found.schema["close"] == pl.Float64 and found.schema["trade_date"] == pl.String
    newer = standin.tables["daily"].with_columns(ah_vol=pl.lit(3.0), ah_amount=pl.lit(None, pl.Float64))
    standin.tables["daily"] = newer
    parsed = parse(ask(standin), TABLES["bars_1d"], Path("daily"))
    assert parsed["after_hours_volume"].to_list() == [3.0] * 25 and parsed["after_hours_amount"].null_count() == 25


@pytest.mark.parametrize("name", INTERFACES)
def test_an_empty_answer_has_the_tables_columns(name: str):
    row = INTERFACES[name]
    part = {"state": "L", "whole": "all", "day": DAY, "exchange_year": "SSE_2024", "index_year": "000300.SH_2024"}.get(
        row.by, "000300.SH_202401" if row.by == "index_month" else "600519.SH_5m_202401"
    )
    for answer in (Answer((), (), False), Answer(row.fields, (), False)):
        found = fetch(Server(*[answer] * len(row.calls(part))), row, part, Free(), Patience(1))
        assert found.is_empty() and parse(found, TABLES[row.table_of(part)], Path("x")).is_empty()


def test_an_answer_without_a_field_that_is_needed_is_told(standin: StandIn):
    standin.tables["daily"] = standin.tables["daily"].drop("vol", "amount")
    with pytest.raises(UpstreamError, match="lacks vol, amount"):
        ask(standin)


def test_numbers_that_cannot_be_read_reach_the_checks():
    rows = bars(3).with_columns(close=pl.Series(["10.5", "much", None]), open=pl.Series([1, None, 3]))
    text = Answer(tuple(rows.columns), (*rows.rows()[:2], (*rows.rows()[2][:2], True, *rows.rows()[2][3:])), False)
    parsed = parse(from_pages(text), TABLES["bars_1d"], Path("daily"))
    assert parsed["unreadable:close"].to_list() == [False, True, False]
    assert parsed["close"].to_list() == [10.5, None, None]
    assert parsed["unreadable:open"].to_list() == [False, False, True]  # a flag is no price


def test_what_json_calls_nan_is_missing():
    row = INTERFACES["daily_basic"]
    rows = [("600000.SH", DAY, *[float("nan")] * (len(row.fields) - 2)), ("600001.SH", DAY, *[1] * (len(row.fields) - 2))]
    found = fetch(Server(Answer(row.fields, tuple(rows), False)), row, DAY, Free(), Patience(1))
    assert parse(found, TABLES["daily_basic"], Path("x"))["unreadable:pe"].to_list() == [False, False]
    names = Answer(("ts_code", "name", "start_date", "end_date"), (("600000.SH", "x", DAY, float("nan")),), False)
    found = fetch(Server(names), INTERFACES["namechange"], "all", Free(), Patience(1))
    assert found["end_date"].to_list() == [None]


@pytest.mark.parametrize(
    ("name", "part", "deaf"),
    [("daily", "20240702", "trade_date"), ("stock_basic", "D", "list_status"), ("stk_mins", "600519.SH_5m_202401", "start_date")],
)
def test_an_answer_to_another_question_is_told(standin: StandIn, name: str, part: str, deaf: str):
    """A server that does not know a parameter leaves it out. (Its rows would be stored, and those of the part taken for withdrawn.)"""
    listed = {"ts_code": ["600519.SH", "600520.SH"], "list_status": ["L", "D"], "list_date": [DAY, DAY], "name": ["a", "b"]}
    minutes = {"ts_code": "600519.SH", "trade_time": ["2023-12-29 15:00:00", "2024-01-02 09:35:00"]}
    standin.tables["stock_basic"] = pl.DataFrame(listed)
    standin.tables["stk_mins"] = pl.DataFrame(minutes).with_columns(pl.lit("5min").alias("freq"), *(pl.lit(1.0).alias(n) for n in FIGURES))
    assert ask(standin, row=INTERFACES[name], part=part).height in (1, 7)
    standin.deaf = (deaf,)
    with pytest.raises(UpstreamError, match=r"rows are not about (20240702|D|202401) but"):
        ask(standin, row=INTERFACES[name], part=part)


def test_dividends_are_those_that_were_carried_out_and_once(standin: StandIn):
    row = {"ts_code": "600519.SH", "ex_date": DAY, "end_date": "20231231", "stk_div": 0.0, "cash_div_tax": 1.5}
    rows = [row | {"div_proc": proc, "ann_date": day} for proc, day in (("预案", "1"), ("实施", "2"), ("实施", "3"))]
    nothing = {name: [None] * 3 for name in ("record_date", "pay_date", "div_listdate")}
    standin.tables["dividend"] = pl.DataFrame(rows).with_columns(**{k: pl.Series(v, dtype=pl.String) for k, v in nothing.items()})
    found = ask(standin, row=INTERFACES["dividend"])
    assert found.height == 1 and "div_proc" not in found.columns and found["cash_div_tax"].to_list() == [1.5]


def test_industries_of_the_past_are_asked_for_too(standin: StandIn):
    names = {f"l{level}_{kind}": ["801010.SI"] * 2 for level in (1, 2, 3) for kind in ("code", "name")}
    rows = {"ts_code": ["600519.SH"] * 2, "in_date": ["20200101", "20100101"], "out_date": [None, "20191231"], "is_new": ["Y", "N"]}
    standin.tables["index_member_all"] = pl.DataFrame(rows | names)
    found = ask(standin, row=INTERFACES["index_member_all"], part="all")
    assert found["in_date"].sort().to_list() == ["20100101", "20200101"]
    assert [params["is_new"] for _, params in standin.calls] == ["Y", "N"]


def test_funds_are_instruments(standin: StandIn):
    rows = {"ts_code": ["510300.SH"], "name": ["300ETF"], "fund_type": ["股票型"], "status": ["L"], "list_date": [DAY], "market": ["E"]}
    standin.tables["fund_basic"] = pl.DataFrame(rows).with_columns(delist_date=pl.lit(None, pl.String))
    parsed = parse(ask(standin, row=INTERFACES["fund_basic"], part="L"), TABLES["instruments"], Path("fund_basic"))
    assert parsed.select("ts_code", "list_status", "industry", "market").rows() == [("510300.SH", "L", "股票型", None)]


def test_the_one_code_that_is_no_number_is_no_bad_code(standin: StandIn):
    """Tushare's list of delisted stocks, its industries and CSI 300 of 2005 have it: refused, it would stop every sync."""
    listed = {"ts_code": "T00018.SH", "name": "上港集箱(退)", "list_status": "D", "list_date": "20000719", "delist_date": "20061020"}
    standin.tables["stock_basic"] = pl.DataFrame([listed])
    table = TABLES["instruments"]
    found, wrong = find(parse(ask(standin, row=INTERFACES["stock_basic"], part="D"), table, Path("stock_basic")), table)
    assert found == () and not wrong.any()


# Patience


def test_being_called_too_often_is_waited_out_a_minute_at_least(standin: StandIn, time: Time):
    standin.refuse = lambda name, params, number: too_often() if number in (1, 2) else None
    assert ask(standin, time).height == 25
    assert len(time.waits) == 2 and 60 <= time.waits[0] <= 75 and 120 <= time.waits[1] <= 150


def test_a_refusal_stops_everybody_who_shares_the_throttle(standin: StandIn, time: Time, tmp_path: Path):
    throttle = SqliteThrottle(tmp_path / "calls.sqlite", clock=time)
    standin.refuse = lambda name, params, number: too_often() if number == 1 else None
    held: list[float] = []

    def wait(seconds: float) -> None:
        held.append(SqliteThrottle(tmp_path / "calls.sqlite", clock=time).take("daily", 500))
        time.wait(seconds)

    assert fetch(Client(TOKEN, standin.url), DAILY, DAY, throttle, Patience(wait=wait)).height == 25
    assert held == [pytest.approx(60)]


def test_a_server_in_trouble_is_tried_again_sooner(standin: StandIn, time: Time):
    standin.refuse = lambda name, params, number: {1: DOWN, 2: (200, b"<html>"), 3: (200, {"code": -1000, "msg": "系统内部错误"})}.get(
        number
    )
    assert ask(standin, time).height == 25
    assert [0.5 * 2**place <= wait <= 0.5 * 2**place * 1.25 for place, wait in enumerate(time.waits)] == [True] * 3


def test_a_refusal_that_does_not_end_is_told(standin: StandIn, time: Time):
    standin.refuse = lambda name, params, number: too_often()
    with pytest.raises(RateError, match="wait a minute"):
        ask(standin, time)
    assert len(standin.calls) == 4
    with pytest.raises(UpstreamError, match="no attempt is allowed"):
        ask(standin, attempts=0)


@pytest.mark.parametrize(("period", "hint", "seconds"), [("小时", "in an hour", 3600), ("天", "tomorrow", 86_400)])
def test_a_limit_by_the_hour_or_the_day_is_told_at_once(standin: StandIn, time: Time, period: str, hint: str, seconds: float):
    """Nobody wants to find out next morning that nothing went on."""
    standin.refuse = lambda name, params, number: too_often(10, period) if number == 1 else None
    with pytest.raises(RateError, match=hint):
        ask(standin, time)
    assert time.waits == [] and len(standin.calls) == 1
    standin.calls.clear()
    patient = Patience(longest=seconds, wait=time.wait)
    assert fetch(Client(TOKEN, standin.url), DAILY, DAY, Free(), patient).height == 25  # who has the time says so
    assert seconds <= time.waits[0] <= seconds * 1.25


def test_a_throttle_that_holds_for_hours_is_told_instead_of_waited_for(standin: StandIn, time: Time, tmp_path: Path):
    throttle = SqliteThrottle(tmp_path / "calls.sqlite", clock=time)
    throttle.hold("daily", 3000)
    with pytest.raises(RateError, match="another 3000 seconds"):
        fetch(Client(TOKEN, standin.url), DAILY, DAY, throttle, Patience(wait=time.wait))
    assert standin.calls == [] and time.waits == []


def test_calls_wait_for_their_turn(standin: StandIn, time: Time, tmp_path: Path):
    throttle = SqliteThrottle(tmp_path / "calls.sqlite", clock=time)
    client, limits = Client(TOKEN, standin.url), Limits({"daily": 2})
    for _ in range(5):
        fetch(client, DAILY, DAY, throttle, Patience(wait=time.wait), limits)
    assert len(time.waits) == 2 and all(60 <= wait <= 63 for wait in time.waits)


def test_threads_that_keep_to_the_limit_are_never_refused(standin: StandIn, tmp_path: Path):
    """A real server that counts, real clocks, and minutes of half a second; a second for calls that come late on a busy machine."""
    standin.per_minute, standin.minute = 16, 0.5
    throttle = SqliteThrottle(tmp_path / "calls.sqlite", window=1.5)
    rows: list[int] = []
    errors: list[DataError] = []

    def work() -> None:
        try:
            for _ in range(8):
                rows.append(fetch(Client(TOKEN, standin.url), DAILY, DAY, throttle, Patience(1), Limits({"*": 16})).height)
        except DataError as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and rows == [25] * 32 and standin.refused == 0


def test_who_asks_too_often_is_refused_by_the_standin_and_gets_everything_in_the_end(standin: StandIn):
    """Without a throttle: refusals are waited out. (The trap of the real one: each further call makes the minute longer.)"""
    standin.per_minute, standin.minute = 3, 0.3
    patience = Patience(attempts=6, wait=lambda seconds: sleep(seconds / 150))
    client = Client(TOKEN, standin.url)
    assert [fetch(client, DAILY._replace(row_cap=10), DAY, Free(), patience).height for _ in range(3)] == [25] * 3
    assert standin.refused > 0
