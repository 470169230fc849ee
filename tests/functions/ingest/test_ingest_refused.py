"""A vendor that refuses, limits calls, has nothing or sends nonsense: what the scheduled ingest waits for, gives up, and tells."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
from pydantic import SecretStr

from datalake.errors import Problem, StorageError
from datalake.upstream.throttle import SqliteThrottle
from datalake.versions import list_versions
from functions import harvest
from functions import ingest as module
from tests.datalake.standin import DOWN, Free, StandIn, forbidden, too_often
from tests.functions.ingest.cloud import EVENING, HOUR, SHORT_SESSIONS, Cloud


def test_a_server_in_trouble_is_asked_again_later(cloud: Cloud, whole: Any, standin: StandIn) -> None:
    standin.refuse = lambda name, params, number: DOWN if 40 <= number < 52 else None
    cloud.start()
    cloud.work()
    assert cloud.queue.delays and cloud.failed == 0, "given back with a delay, not failed"
    assert cloud.held() == whole


def test_what_never_works_goes_to_the_dead_letters(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*args: Any) -> Any:
        raise StorageError(Problem("store", "gone"))

    monkeypatch.setattr(harvest, "publish_brought", failing)
    cloud.start()
    for _ in range(40):
        for message in cloud.receive():
            if cloud.deliver(message):
                cloud.sqs.delete_message(QueueUrl=cloud.url, ReceiptHandle=message["ReceiptHandle"])
        if cloud.failed:
            break
    assert cloud.failed == 1 and len(cloud.queue.delays) == module.MOST_TRIES
    assert cloud.queue.delays[:3] == [15, 30, 60]


def test_a_session_that_cannot_be_had_keeps_the_version_back_until_it_can(cloud: Cloud, whole: Any, standin: StandIn) -> None:
    """Everything else is committed meanwhile, and is not asked for again."""
    broken = "20190726"
    standin.refuse = lambda name, params, number: (
        (200, {"code": 50101, "msg": "参数校验失败", "data": None}) if (name == "adj_factor" and broken in params.values()) else None
    )
    cloud.start()
    cloud.work()
    assert list_versions(cloud.lake.store) == [], "a version with bars and without their factors would deceive"
    assert cloud.remains() == ([], [])
    standin.refuse = lambda name, params, number: None
    standin.calls.clear()
    cloud.clock.now += 3 * HOUR
    cloud.start()
    cloud.work()
    asked = [name for name, _ in standin.calls if name != "dividend"]  # those of the last days may come late
    assert asked == ["adj_factor"]
    assert cloud.held() == whole


def test_what_is_no_sessions_is_told_and_keeps_nothing_back(cloud: Cloud, whole: Any, standin: StandIn) -> None:
    standin.refuse = lambda name, params, number: (
        (200, {"code": 50101, "msg": "参数校验失败", "data": None}) if name == "namechange" else None
    )
    cloud.start()
    cloud.work()
    dataset = cloud.dataset()
    assert ("not_fetched", "warning", "namechange") in {(row.kind, row.severity, row.table) for row in dataset.findings}
    tables, _ = cloud.held()
    assert {name for name in whole[0] if name not in tables} == {"namechange"}
    assert tables["bars_1d"] == whole[0]["bars_1d"]


def test_bad_rows_keep_the_version_back_until_they_are_mended(cloud: Cloud, standin: StandIn, whole: Any) -> None:
    good = standin.tables["daily"]
    bad = (pl.col("trade_date") == "20190726") & (pl.col("ts_code") == "009001.SZ")
    standin.tables["daily"] = good.with_columns(high=pl.when(bad).then(0.01).otherwise("high"))
    cloud.start()
    cloud.work()
    assert list_versions(cloud.lake.store) == [] and cloud.remains() == ([], [])
    standin.tables["daily"] = good
    standin.calls.clear()
    cloud.clock.now += 3 * HOUR
    cloud.start()
    cloud.work()
    assert [params["trade_date"] for name, params in standin.calls if name == "daily"] == ["20190726"]
    assert cloud.held()[0]["bars_1d"] == whole[0]["bars_1d"]


def test_an_interface_that_the_account_may_not_use_is_asked_once_and_told(cloud: Cloud, standin: StandIn) -> None:
    standin.refuse = lambda name, params, number: forbidden(name) if name == "daily_basic" else None
    cloud.start()
    cloud.work()
    assert [name for name, _ in standin.calls].count("daily_basic") == 1
    (told,) = [row for row in cloud.dataset().findings if row.kind == "not_allowed"]
    assert told.severity == "warning" and "daily_basic" in told.message
    assert "daily_basic" not in cloud.dataset().tables and "bars_1d" in cloud.dataset().tables
    assert cloud.queue.delays == [] and cloud.remains() == ([], [])


def test_what_the_points_do_not_allow_is_not_asked(make: Callable[..., Cloud], standin: StandIn) -> None:
    cloud = make(tushare_points=2000)
    cloud.start()
    cloud.work()
    assert "fund_daily" not in {name for name, _ in standin.calls}
    assert any("needs 5000 points" in row.examples[0] for row in cloud.dataset().findings if row.kind == "not_allowed")


def test_a_wrong_token_ends_the_round_at_once(make: Callable[..., Cloud], standin: StandIn, whole: Any) -> None:
    cloud = make(tushare_token=SecretStr("a-secret-of-mine"))
    cloud.start()
    cloud.work()
    assert len(standin.calls) == 1 and cloud.remains() == ([], [])
    assert list_versions(cloud.lake.store) == []


def test_a_token_that_ends_in_the_middle_keeps_what_came(cloud: Cloud, standin: StandIn, whole: Any) -> None:
    refused = (200, {"code": 40101, "msg": "您的token不对，请确认。", "data": None})
    standin.refuse = lambda name, params, number: refused if number > 20 else None
    cloud.start()
    cloud.work()
    assert len(standin.calls) == 21, "nobody is asked again"
    assert list_versions(cloud.lake.store) == [] and cloud.remains() == ([], [])
    standin.refuse = lambda name, params, number: None
    cloud.clock.now += 3 * HOUR
    cloud.start()
    cloud.work()
    assert cloud.held() == whole


def test_a_rate_refusal_holds_everybody_and_gives_the_message_back(
    cloud: Cloud, standin: StandIn, whole: Any, admin: psycopg.Connection
) -> None:
    standin.refuse = lambda name, params, number: too_often() if number == 30 else None
    cloud.start()
    while len(standin.calls) < 30:
        (message,) = cloud.receive(1)
        if cloud.deliver(message):
            cloud.sqs.delete_message(QueueUrl=cloud.url, ReceiptHandle=message["ReceiptHandle"])
    row = admin.execute(
        "select interface, extract(epoch from held_until - now()) from public.vendor_calls where held_until > now()"
    ).fetchall()
    assert len(row) == 1 and 50 < row[0][1] <= 60
    assert all(60 <= delay <= 76 for delay in cloud.queue.delays)
    assert row[0][0] not in {name for name, _ in standin.calls[30:]}, "the others wait, too"
    vars(cloud.house)["throttle"] = Free()
    cloud.work()
    assert cloud.held() == whole


def test_a_small_account_takes_its_time_and_is_never_refused(
    make: Callable[..., Cloud], standin: StandIn, whole: Any, tmp_path: Path
) -> None:
    """Three calls a minute: what must wait waits in the queue."""
    cloud = make(tushare_caps={"*": 3})
    vars(cloud.house)["throttle"] = SqliteThrottle(tmp_path / "throttle.sqlite", clock=cloud.clock)
    cloud.start()
    cloud.work()
    assert len(cloud.queue.delays) > 5 and cloud.failed == 0
    assert all(delay <= 63 for delay in cloud.queue.delays)
    assert cloud.held() == whole


def test_calls_of_an_hour_that_are_used_up_are_waited_for_in_the_queue(cloud: Cloud, standin: StandIn, whole: Any, tmp_path: Path) -> None:
    vars(cloud.house)["throttle"] = SqliteThrottle(tmp_path / "throttle.sqlite", clock=cloud.clock)
    used_up = EVENING + HOUR / 2
    standin.refuse = lambda name, params, number: too_often(10, "小时") if name == "stk_limit" and cloud.clock.now < used_up else None
    cloud.start()
    cloud.work()
    assert cloud.clock.now >= EVENING + HOUR and cloud.failed == 0
    assert [name for name, _ in standin.calls].count("stk_limit") == SHORT_SESSIONS + 1, "one refusal tells for all"
    assert cloud.held() == whole


def test_calls_of_a_day_that_are_used_up_are_told_and_go_on_another_day(cloud: Cloud, standin: StandIn, whole: Any) -> None:
    standin.refuse = lambda name, params, number: too_often(5, "天") if name == "stk_limit" and number > 20 else None
    cloud.start()
    cloud.work()
    assert list_versions(cloud.lake.store) == [] and cloud.queue.delays == []
    standin.refuse = lambda name, params, number: None
    cloud.clock.now += 8 * HOUR
    cloud.start()
    cloud.work()
    assert {name: rows for name, rows in cloud.held()[0].items() if name not in ("fetches", "trade_cal")} == {
        name: rows for name, rows in whole[0].items() if name not in ("fetches", "trade_cal")
    }


def test_refusals_without_end_are_given_up(cloud: Cloud, standin: StandIn, tmp_path: Path) -> None:
    standin.refuse = lambda name, params, number: too_often() if name == "index_daily" else None
    vars(cloud.house)["throttle"] = SqliteThrottle(tmp_path / "throttle.sqlite", clock=cloud.clock)
    cloud.start()
    cloud.work()
    told = [row for row in cloud.dataset().findings if row.kind == "not_fetched"]
    assert {row.table for row in told} == {"index_1d"} and "too often" in told[0].examples[0]
    assert cloud.remains() == ([], [])
