"""The sync against a server that speaks Tushare's protocol: real rows where there are any, the sample's otherwise."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from datalake.errors import ContextError, ForbiddenError, RateError, TokenError, UnreachableError, UpstreamError
from datalake.finding import BadRowsError
from datalake.lake import Lake, scan
from datalake.sync import SyncReport, sync
from datalake.tushare import Patience, refusal
from datalake.versions import list_versions, resolve
from tests.datalake.standin import TOKEN, StandIn, real_tables, sample_tables_of, serve

FIRST, LAST = date(2019, 6, 3), date(2019, 7, 31)
SESSIONS = 42


@pytest.fixture
def standin(sample_rows: dict[str, pl.DataFrame]) -> Iterator[StandIn]:
    folder = os.environ.get("LIANGHU_REAL_DATA")
    tables = real_tables(Path(folder), FIRST, LAST) if folder else sample_tables_of(sample_rows, FIRST, LAST)
    with serve(tables) as found:
        yield found


def run(lake: Lake, standin: StandIn, waits: list[float] | None = None, token: str = TOKEN, **settings) -> SyncReport:
    patience = Patience(attempts=4, wait=(waits if waits is not None else []).append)
    return sync(lake.url, token, standin.url, 20190601, 20190731, patience=patience, **settings)


def stored(lake: Lake, table: str) -> pl.DataFrame:
    dataset = resolve(lake.store, "tushare")
    return scan(lake, "tushare", table, dataset.tables[table].delta_version).collect()


def served(standin: StandIn) -> list[tuple]:
    """The stand-in's daily bars in the lake's units."""
    prices = [(pl.col(name) * 1000).round(0).cast(pl.Int32) for name in ("open", "high", "low", "close", "pre_close")]
    sizes = [(pl.col("vol") * 100).round(0).cast(pl.Int64), (pl.col("amount") * 1_000_000).round(0).cast(pl.Int64)]
    return standin.tables["daily"].select("ts_code", "trade_date", *prices, *sizes).sort("ts_code", "trade_date").rows()


def held(lake: Lake) -> list[tuple]:
    rows = stored(lake, "bars_1d").sort("ts_code", "trade_date").with_columns(pl.col("trade_date").dt.strftime("%Y%m%d"))
    return rows.drop("year", "after_hours_volume", "after_hours_amount").rows()


def payments(standin: StandIn) -> list[tuple]:
    """What the stand-in has that was carried out, in the lake's units."""
    done = standin.tables["dividend"].filter(pl.col("div_proc") == "实施")
    figures = [(pl.col(name) * 1_000_000).round(0).cast(pl.Int64) for name in ("stk_div", "cash_div_tax")]
    return done.select("ts_code", "ex_date", "pay_date", *figures).unique().sort("ts_code", "ex_date").rows()


def paid(lake: Lake) -> list[tuple]:
    rows = stored(lake, "dividends").with_columns(pl.col("ex_date", "pay_date").dt.strftime("%Y%m%d"))
    return rows.select("ts_code", "ex_date", "pay_date", "stk_div", "cash_div_tax").sort("ts_code", "ex_date").rows()


def test_everything_is_fetched_once(lake: Lake, standin: StandIn):
    seen: list[tuple[int, int, str]] = []
    report = run(lake, standin, progress=lambda *step: seen.append(step))
    assert (report.dataset, report.fetched, report.known, report.empty) == ("tushare:v1", SESSIONS, 0, ())
    assert held(lake) == served(standin)
    assert report.rows == standin.tables["daily"].height
    assert stored(lake, "adj_factor").height >= report.rows
    assert paid(lake) == payments(standin) and len(paid(lake)) > 5
    assert seen[0] == (1, SESSIONS, "2019-06-03") and seen[-1] == (SESSIONS, SESSIONS, "2019-07-31")
    assert [params["list_status"] for name, params in standin.calls if name == "stock_basic"] == ["L", "D", "P"]
    catalog = resolve(lake.store).catalog
    assert "listed_sessions" in catalog.fields and catalog.bars["1d"].first == 20190603

    standin.calls.clear()
    again = run(lake, standin)
    assert (again.fetched, again.known) == (0, SESSIONS)
    assert {name for name, _ in standin.calls} == {"stock_basic", "trade_cal"}
    assert held(lake) == served(standin)


@pytest.mark.parametrize("stop", [4, 5, 6, 30, 65, 66, 100])
def test_a_sync_that_broke_off_goes_on_where_it_was(lake: Lake, standin: StandIn, stop: int):
    standin.refuse = lambda name, params, number: (500, b"down") if number >= stop else None
    with pytest.raises(UnreachableError, match="HTTP 500"):
        run(lake, standin)
    assert list_versions(lake.store) == []
    standin.refuse = lambda name, params, number: None
    standin.calls.clear()
    report = run(lake, standin)
    assert report.dataset == "tushare:v1" and report.fetched + report.known == SESSIONS
    assert report.known == (0 if stop < 66 else 20)
    assert held(lake) == served(standin)
    assert paid(lake) == payments(standin)


def test_a_lake_that_knew_no_dividends_gets_those_of_all_its_sessions(lake: Lake, standin: StandIn):
    """The account may not fetch them at first."""
    known = standin.tables.pop("dividend")
    report = run(lake, standin)
    assert [(row.kind, row.severity) for row in report.findings] == [("no_dividends", "warning")]
    assert "points" in str(report.findings[0]) and held(lake) == served(standin)
    assert "dividends" not in resolve(lake.store).tables
    assert [name for name, _ in standin.calls].count("dividend") == 1

    standin.tables["dividend"] = known
    later = sync(lake.url, TOKEN, standin.url, 20190731, 20190731)
    assert later.findings == () and later.fetched == 0
    assert paid(lake) == payments(standin)
    assert resolve(lake.store).catalog.ex_dates["2019"][1] > 5


@pytest.mark.parametrize("tells_more", [True, False])
def test_row_caps_do_not_cut(lake: Lake, standin: StandIn, tells_more: bool, monkeypatch: pytest.MonkeyPatch):
    """The server gives 10 rows a call. Without has_more only our knowledge of its cap shows that there is more."""
    standin.cap, standin.tells_more = 10, tells_more
    if not tells_more:
        for name in ("stock_basic", "daily", "adj_factor", "dividend", "trade_cal"):
            monkeypatch.setitem(__import__("datalake.tushare", fromlist=["x"]).ROW_CAPS, name, 10)
    run(lake, standin)
    assert held(lake) == served(standin)


RATE = {"code": 40203, "msg": "抱歉，您每分钟最多访问该接口200次，权限的具体详情访问：https://tushare.pro/document/1", "data": None}


def test_a_rate_refusal_is_waited_out_for_at_least_a_minute(lake: Lake, standin: StandIn):
    waits: list[float] = []
    standin.refuse = lambda name, params, number: (200, RATE) if number in (7, 8) else None
    assert run(lake, standin, waits).fetched == SESSIONS
    assert len(waits) == 2 and 60 <= waits[0] <= 75 and waits[1] > 120
    assert held(lake) == served(standin)


def test_a_server_in_trouble_is_tried_again_sooner(lake: Lake, standin: StandIn):
    waits: list[float] = []
    standin.refuse = lambda name, params, number: {6: (502, b""), 9: (200, b"<html>"), 12: (429, b"")}.get(number)
    run(lake, standin, waits)
    assert [wait < 1 for wait in waits] == [True, True, False]
    assert held(lake) == served(standin)


def test_a_rate_refusal_that_does_not_end_is_told(lake: Lake, standin: StandIn):
    standin.refuse = lambda name, params, number: (200, RATE)
    with pytest.raises(RateError, match="wait a minute"):
        run(lake, standin)
    assert len(standin.calls) == 4


def test_permission_and_token_are_told_at_once(lake: Lake, standin: StandIn):
    waits: list[float] = []
    del standin.tables["adj_factor"]
    with pytest.raises(ForbiddenError, match="points"):
        run(lake, standin, waits)
    with pytest.raises(TokenError, match="TUSHARE_TOKEN") as caught:
        run(lake, standin, waits, token="a-secret-of-mine")
    assert "a-secret-of-mine" not in str(caught.value)
    with pytest.raises(TokenError, match="there is no token"):
        run(lake, standin, token="")
    assert waits == []
    assert list_versions(lake.store) == []


def test_a_server_that_is_not_there_is_told(lake: Lake):
    with pytest.raises(UnreachableError, match="TUSHARE_URL"):
        sync(lake.url, TOKEN, "http://127.0.0.1:1", 20190601, 20190731, patience=Patience(attempts=2, wait=lambda seconds: None))


def test_an_address_that_is_not_tushares_is_told(lake: Lake, standin: StandIn):
    standin.refuse = lambda name, params, number: (404, b"not here")
    with pytest.raises(UpstreamError, match="HTTP 404"):
        run(lake, standin)
    assert len(standin.calls) == 1


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [(20190731, 20190601, "nothing to fetch"), (29990101, 29991231, "nothing to fetch"), (20190231, 20190301, "there is no day 20190231")],
)
def test_a_window_that_holds_nothing_is_refused(lake: Lake, standin: StandIn, start: int, end: int, message: str):
    with pytest.raises(ContextError, match=message):
        sync(lake.url, TOKEN, standin.url, start, end)
    assert standin.calls == []


def test_a_session_without_bars_is_asked_for_again(lake: Lake, standin: StandIn):
    whole = standin.tables["daily"]
    standin.tables["daily"] = whole.filter(pl.col("trade_date") != "20190731")
    report = run(lake, standin)
    assert (report.fetched, report.empty) == (SESSIONS - 1, (20190731,))
    standin.tables["daily"] = whole
    assert run(lake, standin).fetched == 1
    assert held(lake) == served(standin)


def test_bad_rows_stop_the_sync_unless_they_are_left_out(lake: Lake, standin: StandIn):
    rows = standin.tables["daily"].with_row_index("place")
    standin.tables["daily"] = rows.with_columns(high=pl.when(pl.col("place") == 3).then(0.01).otherwise("high")).drop("place")
    with pytest.raises(BadRowsError, match="high below low"):
        run(lake, standin)
    assert list_versions(lake.store) == []
    report = run(lake, standin, skip_bad=True)
    assert [(finding.kind, finding.count) for finding in report.findings] == [("high_below_low", 1)]
    assert report.rows == standin.tables["daily"].height - 1


def test_a_kind_of_findings_is_told_once(lake: Lake, standin: StandIn):
    early = pl.lit("20190101")
    standin.tables["dividend"] = standin.tables["dividend"].with_columns(pay_date=early)
    (found,) = run(lake, standin).findings
    assert (found.kind, found.severity, found.count) == ("early_payment", "warning", len(payments(standin)))
    assert len(found.examples) == 3


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (40203, "抱歉，您每分钟最多访问该接口500次，权限的具体详情访问：…", RateError),
        (40203, "抱歉，您每小时最多访问该接口10次", RateError),
        (40203, "抱歉，您每天最多访问该接口5次", RateError),
        (40203, "频率超限(200次/分钟)", RateError),
        (40203, "抱歉，您没有接口(daily_basic)访问权限，权限的具体详情访问：…", ForbiddenError),
        (40101, "您的token不对，请确认。", TokenError),
        (2002, "抱歉，您没有访问该接口的权限", ForbiddenError),
        (50101, "参数校验失败", UpstreamError),
    ],
)
def test_refusals_are_told_apart(code: int, message: str, kind: type):
    assert type(refusal("daily", code, message)) is kind
