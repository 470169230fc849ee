"""One question after the other: what becomes of an answer before it is staged."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from datalake.errors import UpstreamError
from datalake.finding import BadRowsError
from datalake.lake import Lake
from datalake.storing.deferred import bring, publish_brought
from datalake.storing.pieces import Piece, findings_of, rows_of, staged
from datalake.upstream.ingest import BadAnswerError, Upstream, fetch_task, known, plan
from datalake.upstream.tushare import Client, Patience
from datalake.upstream.wanted import Answer, Task, Wish
from tests.datalake.rows import daily
from tests.datalake.standin import TOKEN, Free, StandIn, Time, serve

DAY = Task("daily", "20200102", 20200102)
TODAY = 20200601


def calendar(*days: str) -> pl.DataFrame:
    rows = {"exchange": "SSE", "cal_date": list(days), "is_open": 1, "pretrade_date": None}
    return pl.DataFrame(rows, schema_overrides={"pretrade_date": pl.String})


def bars(count: int, day: str = "20200102", **columns: object) -> pl.DataFrame:
    one = daily().head(1).with_columns(trade_date=pl.lit(day))
    codes = pl.DataFrame({"ts_code": [f"{600000 + place}.SH" for place in range(count)]})
    return one.drop("ts_code").join(codes, how="cross").with_columns(**{name: pl.lit(value) for name, value in columns.items()})


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with serve({"daily": bars(100), "trade_cal": calendar("20200102", "20200103"), "dividend": NO_DIVIDENDS}) as found:
        yield found


NO_DIVIDENDS = pl.DataFrame(
    schema=dict.fromkeys(
        ("ts_code", "end_date", "ex_date", "record_date", "pay_date", "div_listdate", "stk_div", "cash_div_tax", "div_proc"), pl.String
    )
)


def ask(lake: Lake, standin: StandIn, task: Task, **settings) -> Piece | None:
    upstream = Upstream(Client(TOKEN, standin.url), Free(), Patience(attempts=1, wait=Time().wait))
    return fetch_task(lake, "tushare", task, upstream, **{"today": TODAY} | settings)


def stored(lake: Lake, standin: StandIn, task: Task = DAY) -> Task:
    """Fetch and commit; the task that asks again."""
    piece = ask(lake, standin, task)
    assert piece is not None
    bring(lake, "tushare", [piece])
    return task._replace(before=known(lake, "tushare").answers[task.key].rows)


def test_an_answer_is_a_piece_in_the_lakes_units(lake: Lake, standin: StandIn):
    piece = ask(lake, standin, DAY)
    assert staged(lake, "tushare") == [piece]
    assert (piece.table, piece.origin.interface, piece.origin.part, piece.origin.through) == ("bars_1d", "daily", "20200102", 20200102)
    row = rows_of(lake, [piece]).collect().row(0, named=True)
    assert (row["close"], row["volume"], row["trade_date"]) == (16870, 153023187, date(2020, 1, 2))
    assert known(lake, "tushare").answers == {("daily", "20200102"): Answer(20200102, 0)}, "staged is known"


def test_bars_that_are_not_out_are_no_answer_however_old_the_day(lake: Lake, standin: StandIn):
    standin.tables["daily"] = bars(0)
    assert ask(lake, standin, DAY) is None
    assert staged(lake, "tushare") == []


def test_no_rows_of_another_interface_are_an_answer_once_the_day_is_old(lake: Lake, standin: StandIn):
    task = Task("dividend", "20200102", 20200102)
    assert ask(lake, standin, task, today=20200105) is None
    assert rows_of(lake, [ask(lake, standin, task, today=20200107)]).collect().is_empty()


def test_a_bad_row_is_told_with_its_place_or_left_out(lake: Lake, standin: StandIn):
    standin.tables["daily"] = pl.concat([bars(3), bars(4).tail(1).with_columns(high=pl.lit(1.0))])
    with pytest.raises(BadAnswerError, match="daily 20200102 row 4"):
        ask(lake, standin, DAY)
    assert staged(lake, "tushare") == []
    piece = ask(lake, standin, DAY, skip_bad=True)
    assert rows_of(lake, [piece]).collect().height == 3
    assert [row.kind for row in findings_of(lake, [piece])] == ["high_below_low"]


def test_an_answer_of_bad_rows_alone_is_never_taken(lake: Lake, standin: StandIn):
    standin.tables["daily"] = bars(3, high=1.0)
    with pytest.raises(BadAnswerError):
        ask(lake, standin, DAY, skip_bad=True)


def test_rows_of_tomorrow_are_bad(lake: Lake, standin: StandIn):
    with pytest.raises(BadRowsError, match="date after today"):
        ask(lake, standin, DAY, today=20200101)


@pytest.mark.parametrize(("left", "kind"), [(100, None), (99, "removed"), (97, "removed"), (96, "vanished"), (0, "vanished")])
def test_few_rows_may_vanish_and_many_may_not(lake: Lake, standin: StandIn, left: int, kind: str | None):
    again = stored(lake, standin)
    assert again.before == 100
    standin.tables["daily"] = bars(left)
    if kind == "vanished":
        with pytest.raises(BadAnswerError, match=f"{100 - left} x of 100 stored rows"):
            ask(lake, standin, again, skip_bad=True)
        return
    piece = ask(lake, standin, again)
    assert [(row.kind, row.count, row.first) for row in findings_of(lake, [piece])] == ([(kind, 100 - left, 20200102)] if kind else [])
    bring(lake, "tushare", [piece])
    assert known(lake, "tushare").answers[DAY.key].rows == left


def test_rows_that_take_the_place_of_others_count_as_vanished_too(lake: Lake, standin: StandIn):
    """As many as before, of other codes."""
    again = stored(lake, standin)
    standin.tables["daily"] = bars(110).tail(100)
    with pytest.raises(BadAnswerError, match="10 x of 100 stored rows"):
        ask(lake, standin, again)


def test_what_is_asked_by_period_takes_no_rows_of_days_that_are_not_out(lake: Lake, standin: StandIn):
    index = daily().head(1).with_columns(ts_code=pl.lit("000300.SH"))
    standin.tables["index_daily"] = pl.concat([index, index.with_columns(trade_date=pl.lit("20200103"))])
    piece = ask(lake, standin, Task("index_daily", "000300.SH_2020", 20200102))
    assert rows_of(lake, [piece]).collect()["trade_date"].to_list() == [date(2020, 1, 2)]


def test_a_list_without_rows_is_no_answer(lake: Lake, standin: StandIn):
    listed = {"ts_code": ["600000.SH"], "name": ["x"], "list_date": ["20000101"], "list_status": ["L"], "delist_date": [None]}
    empty = dict.fromkeys(("area", "industry", "market"), pl.lit(None, pl.String))
    standin.tables["stock_basic"] = pl.DataFrame(listed, schema_overrides={"delist_date": pl.String}).with_columns(**empty)
    assert ask(lake, standin, Task("stock_basic", "D", 20200102)) is None
    assert rows_of(lake, [ask(lake, standin, Task("stock_basic", "P", 20200102))]).collect().is_empty(), "none may be paused"
    assert rows_of(lake, [ask(lake, standin, Task("stock_basic", "L", 20200102))]).collect().height == 1


def test_an_answer_that_is_about_something_else_is_refused(lake: Lake, standin: StandIn):
    standin.deaf = ("trade_date",)
    with pytest.raises(UpstreamError, match="not about 20200103"):
        ask(lake, standin, DAY._replace(part="20200103"))


def test_a_plan_reads_staged_and_committed_answers_alike(lake: Lake, standin: StandIn):
    wish = Wish(20200101, 20200131, ())
    (first,) = plan(lake, "tushare", wish, 20200131)
    assert first == Task("trade_cal", "SSE_2020", 20200131)
    piece = ask(lake, standin, first)
    waiting = plan(lake, "tushare", wish, 20200131)
    assert [task.part for task in waiting if task.interface == "daily"] == ["20200102", "20200103"]
    bring(lake, "tushare", [piece])
    assert plan(lake, "tushare", wish, 20200131) == waiting
    stored(lake, standin)
    assert [task.part for task in plan(lake, "tushare", wish, 20200131) if task.interface == "daily"] == ["20200103"]
    assert publish_brought(lake, "tushare", {}).dataset.version == "tushare:v1"


def test_nothing_is_published_of_an_empty_lake(lake: Lake):
    assert publish_brought(lake, "tushare", {}) is None
