"""The sync against a server that speaks Tushare's protocol: real rows where there are any, the sample's otherwise."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import datalake.upstream.sync
from datalake.errors import ContextError, ForbiddenError, RateError, TokenError, UnreachableError, UpstreamError
from datalake.finding import BadRowsError, Finding
from datalake.lake import Lake, scan
from datalake.storing.deferred import waiting
from datalake.storing.pieces import staged
from datalake.upstream.asking import Stop
from datalake.upstream.ingest import Upstream, known
from datalake.upstream.sync import SyncReport, sync
from datalake.upstream.throttle import Limits, SqliteThrottle
from datalake.upstream.tushare import Client, Patience
from datalake.upstream.wanted import Wish
from datalake.versions import list_versions, resolve
from tests.datalake.standin import DOWN, TOKEN, Free, StandIn, Time, forbidden, real_tables, sample_tables_of, serve, too_often

FIRST, LAST = date(2019, 6, 3), date(2019, 6, 28)
SESSIONS = 19
INDICES = ("000300.SH", "009300.SH")
START, END = 20190601, 20190630


@pytest.fixture
def standin(sample_rows: dict[str, pl.DataFrame]) -> Iterator[StandIn]:
    with serve(sample_tables_of(sample_rows, FIRST, LAST)) as found:
        yield found


@pytest.fixture
def real_standin(real_data: Path) -> Iterator[StandIn]:
    """It has rows for fewer interfaces."""
    with serve(real_tables(real_data, FIRST, LAST)) as found:
        yield found


def upstream(standin: StandIn, time: Time | None = None, token: str = TOKEN, **limits) -> Upstream:
    return Upstream(Client(token, standin.url), Free(), Patience(attempts=4, wait=(time or Time()).wait), Limits(**limits))


def run(lake: Lake, standin: StandIn, time: Time | None = None, /, progress=None, token: str = TOKEN, **changes) -> SyncReport:
    """`changes` are the wish's, or sync's own settings, or the account's points."""
    settings = {name: changes.pop(name) for name in ("workers", "skip_bad", "stop", "today") if name in changes}
    points = changes.pop("points", 0)
    wish = Wish(**{"start": START, "end": END, "indices": INDICES} | changes)
    tell = progress or (lambda done, total, text: None)
    return sync(lake, upstream(standin, time, token, points=points), wish, tell, **settings)


def stored(lake: Lake, table: str) -> pl.DataFrame:
    dataset = resolve(lake.store, "tushare")
    return scan(lake, "tushare", table, dataset.tables[table].delta_version).collect()


def served(standin: StandIn, *names: str) -> list[tuple]:
    """The stand-in's daily bars in the lake's units."""
    prices = [(pl.col(name) * 1000).round(0).cast(pl.Int32) for name in ("open", "high", "low", "close", "pre_close")]
    sizes = [(pl.col("vol") * 100).round(0).cast(pl.Int64), (pl.col("amount") * 1_000_000).round(0).cast(pl.Int64)]
    shown = [standin.tables[name].select("ts_code", "trade_date", *prices, *sizes) for name in names or bars_of(standin)]
    return pl.concat(shown).sort("ts_code", "trade_date").rows()


def bars_of(standin: StandIn) -> list[str]:
    return [name for name in ("daily", "fund_daily") if name in standin.tables]


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


def kinds(report: SyncReport) -> set[str]:
    """Of what was found by the sync itself; the rest is the reviews'."""
    return {row.kind for row in report.findings} & {"not_allowed", "no_rows", "removed", "vanished", "high_below_low", "early_payment"}


def asked(standin: StandIn, *names: str) -> list[dict]:
    return [params for name, params in standin.calls if name in names]


def change(standin: StandIn, day: str, **columns: pl.Expr) -> None:
    """Correct daily bars of a day."""
    rows = standin.tables["daily"]
    on_day = pl.col("trade_date") == day
    standin.tables["daily"] = rows.with_columns(
        pl.when(on_day).then(value).otherwise(pl.col(name)).alias(name) for name, value in columns.items()
    )


def test_everything_is_fetched_once(lake: Lake, standin: StandIn):
    seen: list[tuple[int, int, str]] = []
    report = run(lake, standin, progress=lambda *step: seen.append(step))
    assert (report.dataset, report.fetched, report.there, report.empty, report.left) == ("tushare:v1", SESSIONS, 0, (), 0)
    assert held(lake) == served(standin)
    assert report.rows["bars_1d"] == len(served(standin))
    assert report.answers == stored(lake, "fetches").height
    assert paid(lake) == payments(standin) and len(paid(lake)) > 5
    assert stored(lake, "limits").height == standin.tables["stk_limit"].height
    assert {params["list_status"] for params in asked(standin, "stock_basic")} == {"L", "D", "P"}
    catalog = resolve(lake.store).catalog
    assert "listed_sessions" in catalog.fields and catalog.bars["1d"].first == 20190603
    assert {"000300.SH", "009300.SH"} & set(catalog.indices)
    assert seen[-1][0] == seen[-1][1], "every question was counted before it was put"
    assert [step[0] for step in seen] == list(range(1, len(seen) + 1))
    assert staged(lake, "tushare") == []

    standin.calls.clear()
    again = run(lake, standin)
    assert (again.dataset, again.fetched, again.there, again.answers) == ("tushare:v1", 0, SESSIONS, 0)
    assert {name for name, _ in standin.calls}.isdisjoint(standin.tables), "only what was not allowed is tried again"
    assert held(lake) == served(standin)


def test_real_rows_are_fetched_once_and_go_on_where_they_broke_off(lake: Lake, real_standin: StandIn):
    test_a_sync_that_broke_off_goes_on_where_it_was(lake, real_standin, 40)
    real_standin.calls.clear()
    assert run(lake, real_standin).answers == 0
    assert held(lake) == served(real_standin)


@pytest.mark.parametrize("stop", [1, 2, 9, 40, 120])
def test_a_sync_that_broke_off_goes_on_where_it_was(lake: Lake, standin: StandIn, stop: int):
    standin.refuse = lambda name, params, number: DOWN if number >= stop else None
    with pytest.raises(UnreachableError, match="HTTP 502"):
        run(lake, standin)
    assert list_versions(lake.store) == []
    came = len(staged(lake, "tushare"))
    assert came >= stop - 10
    standin.refuse = lambda name, params, number: None
    standin.calls.clear()
    report = run(lake, standin)
    assert report.dataset == "tushare:v1" and report.fetched + report.there == SESSIONS
    assert report.answers == stored(lake, "fetches").height - came, "what came was not asked for again"
    assert held(lake) == served(standin)
    assert paid(lake) == payments(standin)


def test_commits_come_lot_by_lot_and_one_version_at_the_end(lake: Lake, standin: StandIn, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(datalake.upstream.sync, "LOT", 60)
    most: list[int] = []
    run(lake, standin, progress=lambda *step: most.append(len(staged(lake, "tushare"))) if step[0] % 10 == 0 else None)
    assert max(most) < 60 + 2 * 4 * 8 + 20, "what waits stays bounded"
    assert [row.version for row in list_versions(lake.store)] == ["tushare:v1"]
    assert resolve(lake.store).tables["bars_1d"].delta_version >= 2
    assert held(lake) == served(standin)


def test_ctrl_c_keeps_what_came_and_the_next_sync_goes_on(lake: Lake, standin: StandIn):
    def interrupt(done: int, total: int, text: str) -> None:
        if done == 50:
            signal.raise_signal(signal.SIGINT)

    report = run(lake, standin, progress=interrupt)
    assert report.dataset == "" and report.left > 50 and list_versions(lake.store) == []
    assert waiting(lake, "tushare") == [] and len(known(lake, "tushare").answers) >= 50
    went_on = run(lake, standin)
    assert went_on.dataset == "tushare:v1" and went_on.there >= 3
    assert went_on.answers == report.left or _barred(went_on)
    assert held(lake) == served(standin)


def test_a_wait_is_broken_off_by_ctrl_c(lake: Lake, standin: StandIn):
    """Tushare refuses for a minute; nobody waits for it after Ctrl-C."""
    stop = Stop()
    standin.refuse = lambda name, params, number: too_often() if number > 5 else None
    found = Upstream(Client(TOKEN, standin.url), Free(), Patience(wait=stop.wait))
    timer = threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    report = sync(lake, found, Wish(START, END, INDICES), stop=stop)
    assert report.left > 50 and not timer.is_alive()


def test_an_interface_that_is_not_allowed_is_left_out_until_it_is(lake: Lake, standin: StandIn):
    tables = {name: standin.tables.pop(name) for name in ("dividend", "stk_limit")}
    report = run(lake, standin)
    told = [str(row) for row in report.findings if row.kind == "not_allowed"]
    assert any("dividend: " in row and "points" in row for row in told) and any("stk_limit: " in row for row in told)
    assert held(lake) == served(standin)
    assert "dividends" not in resolve(lake.store).tables
    assert len(asked(standin, "dividend")) <= 4, "each thread once at most"
    assert [row.kind for row in resolve(lake.store).findings if row.kind == "not_allowed"], "the version tells it, too"

    standin.tables |= tables
    later = run(lake, standin, start=20190628)
    assert later.fetched == 0 and later.dataset == "tushare:v2"
    assert paid(lake) == payments(standin)
    assert stored(lake, "limits").height == tables["stk_limit"].height
    assert resolve(lake.store).catalog.ex_dates["2019"][1] > 5


def test_interfaces_above_the_accounts_points_are_not_even_tried(lake: Lake, standin: StandIn):
    report = run(lake, standin, points=2000)
    assert asked(standin, "fund_daily") == []
    assert any("fund_daily" in str(row) and "TUSHARE_POINTS says 2000" in str(row) for row in report.findings)
    assert held(lake) == served(standin, "daily")
    with pytest.raises(ForbiddenError, match=r"trade_cal.*2000 points"):
        run(lake, standin, points=120)


def test_a_list_that_cannot_be_had_does_not_keep_the_sessions_back(lake: Lake, standin: StandIn):
    refused = (200, {"code": 50101, "msg": "参数校验失败", "data": None})
    standin.refuse = lambda name, params, number: refused if name == "stock_basic" and params["list_status"] == "D" else None
    report = run(lake, standin)
    (told,) = [row for row in report.findings if row.kind == "not_fetched"]
    assert (told.severity, told.table) == ("warning", "instruments") and "参数校验失败" in told.examples[0]
    assert report.dataset == "tushare:v1" and held(lake) == served(standin)
    standin.refuse = lambda name, params, number: refused if name == "adj_factor" else None
    with pytest.raises(UpstreamError, match="50101"):
        run(lake, standin, again=1)


@pytest.mark.parametrize("name", ["daily", "trade_cal"])
def test_without_bars_or_calendar_nothing_makes_sense(lake: Lake, standin: StandIn, name: str):
    standin.refuse = lambda api_name, params, number: forbidden(name) if api_name == name else None
    with pytest.raises(ForbiddenError, match="points"):
        run(lake, standin)
    assert list_versions(lake.store) == []


def test_a_rate_refusal_is_waited_out_for_at_least_a_minute(lake: Lake, standin: StandIn):
    time = Time()
    standin.refuse = lambda name, params, number: too_often() if number in (7, 8) else None
    assert run(lake, standin, time).fetched == SESSIONS
    assert len(time.waits) == 2 and min(time.waits) >= 60
    assert held(lake) == served(standin)


def test_a_rate_refusal_that_does_not_end_is_told(lake: Lake, standin: StandIn):
    standin.refuse = lambda name, params, number: too_often()
    with pytest.raises(RateError, match="wait a minute"):
        run(lake, standin)
    assert len(standin.calls) == 4


def test_a_wrong_token_is_told_at_once_and_not_shown(lake: Lake, standin: StandIn):
    time = Time()
    with pytest.raises(TokenError, match="TUSHARE_TOKEN") as caught:
        run(lake, standin, time, token="a-secret-of-mine")
    assert "a-secret-of-mine" not in str(caught.value)
    assert time.waits == [] and list_versions(lake.store) == []


def test_an_address_that_is_not_tushares_is_told(lake: Lake, standin: StandIn):
    standin.refuse = lambda name, params, number: (404, b"not here")
    with pytest.raises(UpstreamError, match="HTTP 404"):
        run(lake, standin)
    assert len(standin.calls) == 1
    with pytest.raises(UnreachableError, match="TUSHARE_URL"):
        sync(lake, Upstream(Client(TOKEN, "http://127.0.0.1:1"), Free(), Patience(2, wait=Time().wait)), Wish(START, END))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": END, "end": START}, "nothing to fetch"),
        ({"start": 29990101, "end": 29991231}, "nothing to fetch"),
        ({"start": 20190231}, "there is no day 20190231"),
        ({"refetch": (20190601, 20190699)}, "there is no day 20190699"),
        ({"interfaces": frozenset({"dayly"})}, "no interface 'dayly'"),
        ({"start": 0}, "needs --start"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(lake: Lake, standin: StandIn, changes: dict, message: str):
    with pytest.raises(ContextError, match=message):
        run(lake, standin, **changes)
    assert standin.calls == []


def test_the_next_day_needs_no_start(lake: Lake, standin: StandIn):
    run(lake, standin, end=20190625)
    standin.calls.clear()
    report = run(lake, standin, start=0, end=20190626, today=20190626)
    assert (report.fetched, report.there) == (1, 16)
    assert {params["trade_date"] for params in asked(standin, "daily", "adj_factor")} == {"20190626"}
    assert held(lake)[-1][1] == "20190626"
    assert len(asked(standin, "index_daily")) == len(INDICES) * ("index_daily" in standin.tables)
    assert [row.version for row in list_versions(lake.store)] == ["tushare:v1", "tushare:v2"]


def test_a_session_without_bars_is_asked_for_again(lake: Lake, standin: StandIn):
    whole = standin.tables["daily"]
    standin.tables["daily"] = whole.filter(pl.col("trade_date") != "20190628")
    report = run(lake, standin)
    assert (report.fetched, report.empty) == (SESSIONS - 1, (20190628,))
    assert not [params for params in asked(standin, "adj_factor", "stk_limit") if params["trade_date"] == "20190628"]
    assert held(lake)[-1][1] == "20190627"
    standin.tables["daily"] = whole
    assert run(lake, standin, start=0).fetched == 1
    assert held(lake) == served(standin)


def test_nothing_is_published_before_the_first_session_is_out(lake: Lake, standin: StandIn):
    standin.tables["daily"] = standin.tables["daily"].clear()
    report = run(lake, standin, start=20190628)
    assert (report.dataset, report.empty) == ("", (20190628,))
    assert list_versions(lake.store) == []


def test_rows_that_come_late_are_waited_for(lake: Lake, standin: StandIn):
    """Bars are out, factors and funds not yet; once the day is old, no rows is an answer."""
    factors = standin.tables["adj_factor"]
    standin.tables["adj_factor"] = factors.filter(pl.col("trade_date") != "20190628")
    report = run(lake, standin, today=20190628)
    assert "no_rows" in kinds(report) and report.fetched == SESSIONS
    standin.tables["adj_factor"] = factors
    assert kinds(run(lake, standin, today=20190628)) == set()
    assert stored(lake, "adj_factor").filter(pl.col("trade_date") == LAST).height > 0


def test_corrected_rows_are_changed_and_vanished_ones_taken_away(lake: Lake, standin: StandIn):
    run(lake, standin)
    first, second = standin.tables["daily"].filter(pl.col("trade_date") == "20190628")["ts_code"].sort()[:2]
    change(standin, "20190628", amount=pl.col("amount") + 0.001)
    gone = (pl.col("trade_date") == "20190628") & (pl.col("ts_code") == first)
    standin.tables["daily"] = standin.tables["daily"].filter(~gone)
    assert run(lake, standin).dataset == "tushare:v1", "nobody asked"
    report = run(lake, standin, start=0, again=2)
    assert report.dataset == "tushare:v2" and report.fetched == 0
    assert held(lake) == served(standin)
    (removed,) = [row for row in report.findings if row.kind == "removed"]
    assert (removed.severity, removed.count, removed.table, removed.first) == ("warning", 1, "bars_1d", 20190628)
    assert first in removed.examples[0] and second not in removed.examples[0]
    assert {params["trade_date"] for params in asked(standin, "daily")[SESSIONS:]} == {"20190627", "20190628"}


def test_a_range_is_fetched_again(lake: Lake, standin: StandIn):
    run(lake, standin)
    change(standin, "20190603", amount=pl.col("amount") + 0.001)
    standin.calls.clear()
    report = run(lake, standin, start=0, refetch=(20190601, 20190604))
    assert {params["trade_date"] for params in asked(standin, "daily")} == {"20190603", "20190604"}
    assert report.dataset == "tushare:v2" and held(lake) == served(standin)


def test_an_answer_that_lost_most_of_its_rows_is_not_believed(lake: Lake, standin: StandIn):
    run(lake, standin)
    whole = standin.tables["daily"]
    on_day = pl.col("trade_date") == "20190628"
    standin.tables["daily"] = whole.filter(~on_day | (pl.int_range(pl.len()).over("trade_date") % 10 > 0))
    with pytest.raises(BadRowsError, match="too many to be corrections"):
        run(lake, standin, again=1)
    with pytest.raises(BadRowsError, match="too many to be corrections"):
        run(lake, standin, again=1, skip_bad=True)
    standin.tables["daily"] = whole
    assert run(lake, standin).dataset == "tushare:v1"
    assert held(lake) == served(standin)


def spoil(standin: StandIn, day: str = "20190605") -> None:
    """One bad row on a day."""
    place = pl.int_range(pl.len()).over("trade_date")
    bad = (pl.col("trade_date") == day) & (place == 3)
    standin.tables["daily"] = standin.tables["daily"].with_columns(high=pl.when(bad).then(0.01).otherwise("high"))


def test_a_bad_row_stops_its_answer_and_keeps_the_others(lake: Lake, standin: StandIn):
    spoil(standin)
    with pytest.raises(BadRowsError, match="high below low") as caught:
        run(lake, standin)
    assert "daily 20190605" in str(caught.value), "the place is told"
    assert list_versions(lake.store) == []
    out = known(lake, "tushare").out
    assert len(out) == SESSIONS - 1 and 20190605 not in out

    standin.calls.clear()
    report = run(lake, standin, skip_bad=True)
    assert {params["trade_date"] for params in asked(standin, "daily")} == {"20190605"}, "what else was fetched is kept"
    assert [row.count for row in report.findings if row.kind == "high_below_low"] == [1]
    assert stored(lake, "bars_1d").height == len(served(standin)) - 1
    assert run(lake, standin).dataset == "tushare:v1", "the answer was noted without the row"


def test_rows_that_contradict_each_other_stop_their_session_and_keep_the_others(lake: Lake, standin: StandIn):
    """A factor is a hundred times that of the day before, and of the day after."""
    factors = standin.tables["adj_factor"]
    code = served(standin, "daily")[0][0]
    wrong = (pl.col("trade_date") == "20190605") & (pl.col("ts_code") == code)
    standin.tables["adj_factor"] = factors.with_columns(adj_factor=pl.when(wrong).then(pl.col("adj_factor") * 100).otherwise("adj_factor"))
    with pytest.raises(BadRowsError, match="20 times the one before"):
        run(lake, standin)
    assert list_versions(lake.store) == [] and waiting(lake, "tushare") == []
    assert len(known(lake, "tushare").out) == SESSIONS - 1

    standin.calls.clear()
    report = run(lake, standin, skip_bad=True)
    assert {params["trade_date"] for params in asked(standin, "daily")} == {"20190605"}
    assert [row.severity for row in resolve(lake.store).findings if row.kind == "factor_jump"] == ["error"], "it is told for ever"
    assert report.dataset == "tushare:v1" and held(lake) == served(standin)


def test_many_bad_answers_end_the_sync_early(lake: Lake, standin: StandIn, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(datalake.upstream.sync, "MOST_BAD", 3)
    rows = standin.tables["daily"]
    standin.tables["daily"] = rows.with_columns(high=pl.lit(0.01))
    with pytest.raises(BadRowsError, match="high below low"):
        run(lake, standin, skip_bad=True)
    assert len(asked(standin, "daily")) < SESSIONS


def test_a_kind_of_findings_is_told_once(lake: Lake, standin: StandIn):
    standin.tables["dividend"] = standin.tables["dividend"].with_columns(pay_date=pl.lit("20190101"))
    (found,) = [row for row in run(lake, standin).findings if row.kind == "early_payment"]
    assert (found.severity, found.count) == ("warning", len(payments(standin)))
    assert len(found.examples) == 3
    assert found in resolve(lake.store).findings


def test_findings_of_a_sync_that_was_stopped_are_in_the_version_of_the_next(lake: Lake, standin: StandIn):
    standin.tables["dividend"] = standin.tables["dividend"].with_columns(pay_date=pl.lit("20190101"))

    def interrupt(done: int, total: int, text: str) -> None:
        if done == 130:
            signal.raise_signal(signal.SIGINT)

    assert run(lake, standin, progress=interrupt).dataset == ""
    (found,) = [row for row in run(lake, standin).findings if row.kind == "early_payment"]
    assert found.count == len(payments(standin))


def test_only_some_interfaces_can_be_asked(lake: Lake, standin: StandIn):
    run(lake, standin, interfaces=frozenset({"daily"}))
    assert set(resolve(lake.store).tables) == {"trade_cal", "bars_1d", "fetches"}
    assert held(lake) == served(standin, "daily")
    run(lake, standin, interfaces=frozenset({"adj_factor"}))
    assert stored(lake, "adj_factor").height == standin.tables["adj_factor"].filter(pl.col("trade_date") >= "20190603").height


def test_minutes_come_for_the_codes_that_are_named(lake: Lake, sample_rows: dict[str, pl.DataFrame]):
    tables = sample_tables_of(sample_rows, date(2024, 11, 1), date(2024, 11, 30))
    codes = tuple(tables["stk_mins"]["ts_code"].unique().sort()[:2])
    wish = Wish(20241101, 20241115, (), codes)
    with serve(tables) as standin:
        sync(lake, upstream(standin), wish)
        rows = stored(lake, "bars_5m")
        assert set(rows["ts_code"]) == set(codes)
        assert rows["trade_date"].max() == date(2024, 11, 15), "a day of which no daily bars are known is not over"
        assert resolve(lake.store).catalog.bars["5m"].codes == codes
        sync(lake, upstream(standin), Wish(20241101, 20241130, (), codes))
        rows = stored(lake, "bars_5m")
        assert rows["trade_date"].max() == date(2024, 11, 29)
        expected = sample_rows["bars_5m"].filter(
            pl.col("ts_code").is_in(codes) & pl.col("trade_date").is_between(date(2024, 11, 1), date(2024, 11, 30))
        )
        assert rows.select(expected.columns).sort("ts_code", "time").equals(expected.sort("ts_code", "time"))


def test_calls_stay_within_the_caps_whatever_the_threads(lake: Lake, standin: StandIn, tmp_path: Path):
    """A window of a second stands for the minute: the server refuses the call after so many."""
    standin.per_minute, standin.minute = 8, 1.0
    throttle = SqliteThrottle(tmp_path / "calls.sqlite", window=2.0)  # calls may be under way for a second on a busy machine
    found = Upstream(Client(TOKEN, standin.url), throttle, Patience(), Limits({"*": 8}))
    sync(lake, found, Wish(START, END, INDICES), workers=8)
    assert standin.refused == 0
    assert len(known(lake, "tushare").out) == SESSIONS


def _barred(report: SyncReport) -> list[Finding]:
    return [row for row in report.findings if row.kind == "not_allowed"]
