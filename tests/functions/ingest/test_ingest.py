"""The scheduled ingest with real parts: SQS, Postgres, a lake in a folder or a bucket, and a server that speaks the vendor's protocol.

Whatever happens to its messages and wherever it is killed, it comes to what a sync comes to that ran through.
"""

import json
import random
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import polars as pl
import psycopg
import pytest

from datalake.errors import Problem, StorageError
from datalake.lake import Lake
from datalake.versions import list_versions
from functions import harvest
from functions import ingest as module
from functions.errors import ApiError
from functions.ingest import handle
from functions.jobs.queue import TaskQueue
from functions.messages import FetchTasks
from functions.settings import Settings
from functions.wiring import House
from tests.datalake.standin import StandIn
from tests.functions.ingest.cloud import HOUR, SESSIONS, SHORT, SHORT_SESSIONS, Cloud, Context, Killed


def die(monkeypatch: pytest.MonkeyPatch, cloud: Cloud, steps: Sequence[int]) -> list[str]:
    """Kills whoever takes the steps of these numbers, before or after the step; the names of all steps taken."""
    taken: list[str] = []

    def deadly(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            taken.append(name)
            number = len(taken)
            if number in steps and number % 2:
                raise Killed
            result = work(*args, **options)
            if number in steps:
                raise Killed
            return result

        return step

    for name in ("fetch_task", "plan"):
        monkeypatch.setattr(module, name, deadly(name, getattr(module, name)))
    for name in ("bring", "publish_brought", "remember"):
        monkeypatch.setattr(harvest, name, deadly(name, getattr(harvest, name)))
    for name in ("begin", "answered", "claim_end", "release_end", "forget", "state"):
        monkeypatch.setattr(module.Rounds, name, deadly(name, getattr(module.Rounds, name)))
    monkeypatch.setattr(cloud.queue, "send", deadly("send", cloud.queue.send))
    return taken


def test_what_lacks_comes_through_the_queue_as_a_sync_brings_it(cloud: Cloud, whole: Any, standin: StandIn) -> None:
    begun = cloud.start()
    assert begun["questions"] == 1, "the calendar; what else is lacking follows from it"
    assert list_versions(cloud.lake.store) == []
    cloud.work()
    assert cloud.held() == whole
    assert [row.version for row in list_versions(cloud.lake.store)] == ["tushare:v1"]
    note = cloud.dataset().note
    assert (note["start"], note["end"], note["sessions"]) == (SHORT, 20190731, SHORT_SESSIONS)
    assert note["rows"]["bars_1d"] == len(whole[0]["bars_1d"])
    assert cloud.remains() == ([], [])

    standin.calls.clear()
    cloud.start()
    cloud.work()
    assert {name for name, _ in standin.calls} <= {"dividend"}, "of the last days dividends may come late"
    assert [row.version for row in list_versions(cloud.lake.store)] == ["tushare:v1"]


def test_a_version_that_was_fetched_is_told_once(cloud: Cloud, whole: Any, admin: psycopg.Connection) -> None:
    admin.execute("truncate public.outbox, public.datasets, public.datasets_told")
    cloud.start()
    cloud.work()
    cloud.house.datasets.known(cloud.house.lake, cloud.house.settings.lake_url)
    rows = admin.execute("select body ->> 'event', body ->> 'version', owner from public.outbox").fetchall()
    assert rows == [("dataset.published", "tushare:v1", None)]


def test_a_version_is_out_though_it_could_not_be_told_of(cloud: Cloud, admin: psycopg.Connection) -> None:
    class Dumb:
        def known(self, lake: Any, lake_url: str) -> None:
            raise ApiError("UPSTREAM_ERROR", "the database does not answer")

    vars(cloud.house)["datasets"] = Dumb()
    cloud.start()
    cloud.work()
    assert [row.version for row in list_versions(cloud.lake.store)] == ["tushare:v1"]
    assert cloud.remains() == ([], []), "the round came to its end"


@pytest.mark.slow
def test_the_same_in_a_bucket(make: Callable[..., Cloud], aws: str, whole: Any) -> None:
    name = f"lake-{uuid.uuid4()}"
    boto3.client("s3", endpoint_url=aws, region_name="ap-east-1").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-east-1"}
    )
    cloud = make(f"s3://{name}/data")
    cloud.start()
    cloud.work(times=2)
    assert cloud.held() == whole
    assert cloud.remains() == ([], [])


@pytest.mark.slow
def test_two_months_come_through_messages_that_are_doubled_and_out_of_order(make: Callable[..., Cloud], two_months: Any) -> None:
    cloud = make(ingest_start=20190601)
    cloud.start()
    deliveries = cloud.work(times=2)
    assert deliveries > 2 * SESSIONS / 2
    assert cloud.held() == two_months
    assert cloud.dataset().note["sessions"] == SESSIONS
    assert [row.version for row in list_versions(cloud.lake.store)] == ["tushare:v1"]
    assert cloud.remains() == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_an_ingest_killed_anywhere_loses_and_doubles_nothing(
    make: Callable[..., Cloud], two_months: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    cloud, whole, dice = make(ingest_start=20190601), two_months, random.Random(seed)
    taken = die(monkeypatch, cloud, sorted(dice.sample(range(1, 700), 25)))
    for _ in range(8):
        cloud.start()
        cloud.work(times=dice.choice((1, 2)))
        cloud.clock.now += 3 * HOUR
        if not cloud.start()["questions"]:
            break
        cloud.work()
        cloud.clock.now += 3 * HOUR
    assert cloud.killed > 5 and len(taken) > 300
    tables, catalog = cloud.held()
    assert {name: rows for name, rows in tables.items() if name != "fetches"} == {
        name: rows for name, rows in whole[0].items() if name != "fetches"
    }
    assert catalog == whole[1]
    assert cloud.remains() == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize(
    "step", ["begin", "send", "answered", "claim_end", "bring", "publish_brought", "release_end", "forget", "remember"]
)
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_at_a_step_heals_without_the_next_schedule(
    cloud: Cloud, whole: Any, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    """Once the round's first message is out."""
    cloud.start()
    times = 0
    target = module.Rounds if hasattr(module.Rounds, step) else cloud.queue if step == "send" else harvest
    real = getattr(target, step)

    def deadly(*args: Any, **options: Any) -> Any:
        nonlocal times
        times += 1
        if times == 1 and not after:
            raise Killed
        result = real(*args, **options)
        if times == 1 and after:
            raise Killed
        return result

    monkeypatch.setattr(target, step, deadly)
    cloud.work()
    assert cloud.killed == 1
    assert cloud.held() == whole
    assert cloud.remains() == ([], [])


def test_two_functions_at_once_and_every_message_twice_come_to_the_same(cloud: Cloud, whole: Any) -> None:
    """Each message is with both at the same moment; both think that they are the last."""
    cloud.start()
    with ThreadPoolExecutor(2) as pool:
        while messages := cloud.receive():
            for message in messages:
                assert all(pool.map(cloud.deliver, [message, message]))
                cloud.sqs.delete_message(QueueUrl=cloud.url, ReceiptHandle=message["ReceiptHandle"])
    assert cloud.held() == whole
    cloud.clock.now += 3 * HOUR
    cloud.start()
    cloud.work()
    assert cloud.remains() == ([], []), "what the slower one has staged after the end goes in with the next round, and is nothing new"
    assert cloud.held() == whole
    assert [row.version for row in list_versions(cloud.lake.store)] == ["tushare:v1"]


def test_lost_messages_are_asked_for_by_the_next_schedule(cloud: Cloud, whole: Any) -> None:
    cloud.start()
    (first,) = cloud.receive()
    cloud.deliver(first)
    cloud.sqs.delete_message(QueueUrl=cloud.url, ReceiptHandle=first["ReceiptHandle"])
    for message in cloud.receive()[:3]:
        cloud.deliver(message)
    assert cloud.lose() > 3
    assert cloud.start()["questions"] == 0, "an hour later they might still come"
    cloud.clock.now += 3 * HOUR
    assert cloud.start()["questions"] > 0
    cloud.work()
    assert cloud.held() == whole
    assert cloud.remains() == ([], [])


def test_a_message_of_a_round_that_is_over_does_nothing(cloud: Cloud, standin: StandIn) -> None:
    cloud.start()
    (message,) = cloud.receive()
    cloud.work()
    standin.calls.clear()
    assert cloud.deliver(message)
    assert standin.calls == [] and cloud.remains() == ([], [])


def test_a_store_that_fails_for_a_while_is_tried_again_within_minutes(cloud: Cloud, whole: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real, left = harvest.bring, [StorageError(Problem("store", "down")), StorageError(Problem("store", "down"))]

    def failing(*args: Any) -> Any:
        if left and args[2]:
            raise left.pop()
        return real(*args)

    monkeypatch.setattr(harvest, "bring", failing)
    cloud.start()
    cloud.work()
    assert left == [] and cloud.failed == 0 and cloud.queue.delays == [15, 30]
    assert cloud.held() == whole
    assert cloud.remains() == ([], [])


def test_who_kills_the_function_twice_is_not_asked_a_third_time(
    cloud: Cloud, standin: StandIn, monkeypatch: pytest.MonkeyPatch, whole: Any
) -> None:
    real = module.fetch_task

    def deadly(lake: Lake, source: str, task: Any, *args: Any, **options: Any) -> Any:
        if task.interface == "namechange":
            raise Killed
        return real(lake, source, task, *args, **options)

    monkeypatch.setattr(module, "fetch_task", deadly)
    cloud.start()
    cloud.work()
    assert cloud.killed == 2
    assert any("killed" in row.examples[0] for row in cloud.dataset().findings if row.kind == "not_fetched")
    assert cloud.held()[0]["bars_1d"] == whole[0]["bars_1d"] and cloud.remains() == ([], [])


def test_a_function_whose_time_is_short_sends_the_rest_on(cloud: Cloud, whole: Any, standin: StandIn) -> None:
    cloud.start()
    cloud.seconds = 100
    (message,) = cloud.receive()
    assert cloud.deliver(message) and standin.calls == []
    cloud.sqs.delete_message(QueueUrl=cloud.url, ReceiptHandle=message["ReceiptHandle"])
    assert cloud.queue.delays == []
    cloud.seconds = 600
    cloud.work()
    assert cloud.held() == whole


def test_a_day_brings_one_more_version_and_its_corrections(
    make: Callable[..., Cloud], standin: StandIn, tables: dict[str, pl.DataFrame]
) -> None:
    """In the evening of the 30th, of the 31st before the bars are out, and later that evening."""
    cloud = make(ingest_again=2)
    cloud.clock.now -= 24 * HOUR  # to the evening before
    standin.tables["daily"] = tables["daily"].filter(pl.col("trade_date") < "20190731")
    cloud.start()
    cloud.work()
    before = cloud.held()[0]
    cloud.clock.now += 24 * HOUR
    standin.calls.clear()
    cloud.start()
    cloud.work()
    asked = [params["trade_date"] for name, params in standin.calls if name == "daily"]
    assert sorted(asked) == ["20190729", "20190730", "20190731"]
    assert cloud.held()[0]["bars_1d"] == before["bars_1d"]

    corrected = tables["daily"].with_columns(
        amount=pl.when((pl.col("trade_date") == "20190730") & (pl.col("ts_code") == "009001.SZ"))
        .then(pl.col("amount") + 1)
        .otherwise("amount")
    )
    standin.tables["daily"] = corrected
    cloud.clock.now += 3 * HOUR
    cloud.start()
    cloud.work()
    newest = cloud.dataset()
    assert newest.tables["bars_1d"].last == 20190731
    old, new = set(before["bars_1d"]), set(cloud.held()[0]["bars_1d"])
    changed = {row for row in new - old if str(row[1]) == "2019-07-30"}
    assert len(changed) == len(old - new) == 1, "and the correction of the day before"


def test_nothing_happens_without_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(Settings(lake_url=f"file://{tmp_path}/lake"))
    monkeypatch.setattr(module, "house", lambda: house)
    assert handle({"source": "aws.scheduler"}, Context(600)) == {"round": "", "questions": 0}
    assert not (tmp_path / "lake").exists()
    assert [record.message for record in caplog.records] == ["nothing is fetched: TUSHARE_TOKEN is not set"]


def test_the_handler_knows_a_schedule_from_a_message(make: Callable[..., Cloud], monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = make(ingest_start=20241231)
    monkeypatch.setattr(module, "house", lambda: cloud.house)
    begun = handle({"version": "0", "detail-type": "Scheduled Event", "source": "aws.scheduler"}, Context(600))
    assert begun["questions"] > 0
    (message,) = cloud.receive()
    record = {"messageId": "1", "body": message["Body"], "attributes": message["Attributes"], "eventSource": "aws:sqs"}
    assert handle({"Records": [record]}, Context(600)) == {"batchItemFailures": []}
    broken = record | {"body": json.dumps({"round_id": "../../..", "stage": 0, "number": 0, "questions": []})}
    assert handle({"Records": [broken]}, Context(600)) == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_a_message_is_far_smaller_than_the_queue_allows() -> None:
    questions = tuple(("index_member_all", "600519.SH_5m_202401", 20240131, 10**7) for _ in range(100))
    assert len(FetchTasks(round_id="20240101t000000-01234567", stage=9999, number=999_999, questions=questions).model_dump_json()) < 10_000


def test_a_queue_that_does_not_answer_fails_the_schedule_and_the_next_one_begins_anew(cloud: Cloud, whole: Any) -> None:
    broken = TaskQueue(cloud.sqs, "http://127.0.0.1:1/nothing")
    vars(cloud.house)["tasks"] = broken
    with pytest.raises(Exception, match="queue"):
        cloud.start()
    vars(cloud.house)["tasks"] = cloud.queue
    assert cloud.start()["questions"] == 1, "a minute later"
    cloud.work()
    assert cloud.held() == whole
