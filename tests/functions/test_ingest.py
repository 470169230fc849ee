"""The scheduled ingest with real parts: SQS, Postgres, a lake in a folder or a bucket, and a server that speaks the vendor's protocol.

Whatever happens to its messages and wherever it is killed, it comes to what a sync comes to that ran through.
"""

import json
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import boto3
import polars as pl
import psycopg
import pytest
from pydantic import SecretStr

from datalake.errors import Problem, StorageError
from datalake.lake import Lake, scan
from datalake.sample.rows import sample_tables
from datalake.storing.deferred import waiting
from datalake.upstream.ingest import SOURCE, Upstream
from datalake.upstream.sync import sync
from datalake.upstream.throttle import SqliteThrottle
from datalake.upstream.tushare import Client, Patience
from datalake.upstream.wanted import Wish
from datalake.versions import Dataset, list_versions, resolve
from functions import harvest
from functions import ingest as module
from functions.doorbells import answer_messages
from functions.errors import ApiError
from functions.ingest import Ingest, handle
from functions.jobs.queue import TaskQueue
from functions.messages import FetchTasks
from functions.settings import Settings
from functions.wiring import House
from tests.datalake.standin import DOWN, TOKEN, Free, StandIn, forbidden, sample_tables_of, serve, too_often
from tests.functions.conftest import Servers

FIRST, LAST = date(2019, 6, 3), date(2019, 7, 31)
SESSIONS = 42
SHORT, SHORT_SESSIONS = 20190725, 5
"""From here on, where two months would show no more."""
EVENING = datetime(2019, 7, 31, 9, 30, tzinfo=UTC).timestamp()
"""17:30 in Shanghai."""
HOUR = 3600.0


@dataclass
class Clock:
    now: float = EVENING

    def __call__(self) -> float:
        return self.now


class Killed(BaseException):
    """What no handler survives."""


class Hasty(TaskQueue):
    """The real queue, but what is to be received later is received at once, and the clock tells that it was later."""

    def __init__(self, queue: TaskQueue, clock: Clock) -> None:
        super().__init__(queue._client, queue._url)
        self.clock = clock
        self.delays: list[float] = []

    def send(self, messages: Sequence[FetchTasks], delay: float = 0) -> None:
        self.delays += [delay] * bool(delay)
        self.clock.now += delay
        super().send(messages)


class Context:
    function_name, memory_limit_in_mb, aws_request_id, invoked_function_arn = "ingest", 3008, "request", "arn"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class Cloud:
    """The schedule, the queue and what calls the function."""

    house: House
    clock: Clock
    queue: Hasty
    sqs: Any
    url: str
    seconds: float = 600.0
    killed: int = 0
    failed: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(5))

    @property
    def lake(self) -> Lake:
        return Lake(self.house.settings.lake_url, self.house.object_options)

    @property
    def ingest(self) -> Ingest:
        return Ingest(self.house, self.clock)

    def start(self) -> dict[str, Any]:
        """As the schedule does; a call that is killed is made again."""
        while True:
            try:
                return self.ingest.start()
            except Killed:
                self.killed += 1
                self.clock.now += 3 * HOUR

    def work(self, times: int = 1) -> int:
        """Until no message is left, in any order, each delivered so many times; how many deliveries there were."""
        deliveries = 0
        while messages := self.receive():
            self.dice.shuffle(messages)
            for message in messages:
                for _ in range(times):
                    deliveries += 1
                    done = self.deliver(message)
                if done:
                    self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return deliveries

    def receive(self, most: int = 10) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=most, AttributeNames=["All"]).get(
            "Messages", []
        )
        return found

    def deliver(self, message: dict[str, Any]) -> bool:
        """Whether it may be deleted. What a killed function had comes back an hour later."""
        record = {"messageId": message["MessageId"], "body": message["Body"], "attributes": message["Attributes"], "eventSource": "aws:sqs"}
        ingest, context = self.ingest, Context(self.seconds)
        try:
            answer = answer_messages(
                {"Records": [record]}, context, FetchTasks, lambda told, receives: ingest.serve(told, receives, lambda: self.seconds)
            )
        except Killed:
            self.killed += 1
            self.clock.now += HOUR
            return False
        self.failed += bool(answer["batchItemFailures"])
        return not answer["batchItemFailures"]

    def lose(self) -> int:
        """Every message in the queue."""
        lost = 0
        while messages := self.receive():
            lost += len(messages)
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return lost

    def dataset(self) -> Dataset:
        return resolve(self.lake.store, SOURCE)

    def held(self) -> tuple[dict[str, list[tuple]], str]:
        return held(self.lake)

    def remains(self) -> tuple[list[str], list[Any]]:
        """Rounds and answers that are left. (What was found on the way waits for the next version.)"""
        return self.ingest.rounds.all(), waiting(self.lake, SOURCE)


def held(lake: Lake) -> tuple[dict[str, list[tuple]], str]:
    """The sorted rows of every table of the newest version, and its catalog's name, which is a hash of what it says."""
    dataset = resolve(lake.store, SOURCE)
    rows = {name: scan(lake, SOURCE, name, table.delta_version).collect() for name, table in dataset.tables.items()}
    return {name: frame.sort(frame.columns).rows() for name, frame in rows.items()}, dataset.catalog_key


@pytest.fixture(scope="session")
def tables() -> dict[str, pl.DataFrame]:
    return sample_tables_of(sample_tables(), FIRST, LAST)


@pytest.fixture
def standin(tables: dict[str, pl.DataFrame]) -> Iterator[StandIn]:
    with serve(dict(tables)) as found:
        yield found


@pytest.fixture(scope="session")
def whole(tables: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[tuple]], str]:
    """What a sync of the short time that ran through comes to."""
    return synced(tables, SHORT, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def two_months(tables: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[tuple]], str]:
    return synced(tables, 20190601, tmp_path_factory.mktemp("whole"))


def synced(tables: dict[str, pl.DataFrame], start: int, folder: Path) -> tuple[dict[str, list[tuple]], str]:
    lake = Lake(f"file://{folder}/lake")
    with serve(tables) as found:
        sync(lake, Upstream(Client(TOKEN, found.url), Free(), Patience()), Wish(start, 20190731), today=20190731)
    return held(lake)


@pytest.fixture
def sqs(aws: str) -> Any:
    return boto3.client("sqs", endpoint_url=aws, region_name="ap-east-1")


@pytest.fixture
def make(
    servers: Servers, aws: str, sqs: Any, standin: StandIn, tmp_path: Path, admin: psycopg.Connection
) -> Iterator[Callable[..., Cloud]]:
    admin.execute("truncate public.vendor_calls")
    made: list[Cloud] = []

    def cloud(lake_url: str = f"file://{tmp_path}/lake", **settings: Any) -> Cloud:
        url = sqs.create_queue(QueueName=f"ingest-{uuid.uuid4()}", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
        given: dict[str, Any] = {
            "database_url": SecretStr(servers.login),
            "lake_url": lake_url,
            "ingest_queue_url": url,
            "aws_endpoint_url": aws,
            "tushare_token": SecretStr(TOKEN),
            "tushare_url": standin.url,
            "ingest_start": SHORT,
            "ingest_again": 0,
            "tushare_caps": {"*": 100_000},
        }
        house, clock = House(Settings(**given | settings)), Clock()
        queue = Hasty(house.tasks, clock)
        vars(house)["tasks"] = queue
        made.append(Cloud(house, clock, queue, sqs, url))
        return made[-1]

    yield cloud
    for each in made:
        each.house.database.close()


@pytest.fixture
def cloud(make: Callable[..., Cloud]) -> Cloud:
    return make()


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


def test_a_server_in_trouble_is_asked_again_later(cloud: Cloud, whole: Any, standin: StandIn) -> None:
    standin.refuse = lambda name, params, number: DOWN if 40 <= number < 52 else None
    cloud.start()
    cloud.work()
    assert cloud.queue.delays and cloud.failed == 0, "given back with a delay, not failed"
    assert cloud.held() == whole


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
