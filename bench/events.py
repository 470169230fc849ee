"""Events on their way: from the transaction that tells of something until a subscriber's queue has it, and how many a second."""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from bench.crowd import Crowd, gather, settle
from bench.stored import HOME
from bench.workload import Figures, Size
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.events import Bus, Publisher, publish_events
from infra.local import postgres, template
from infra.local.aws import Aws
from infra.local.migrate import migrate
from infra.local.processes import Children

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REGION = "ap-east-1"
RUNS = 100
"""Of the block that an event tells of."""
AT_ONCE = (1, 4)
"""Publishers: workers, planners and sweepers publish at the same time."""

_EVENT = """
    insert into public.outbox (owner, body)
    select g.owner, jsonb_build_object(
        'event', 'run.succeeded', 'at', to_json(clock_timestamp()), 'owner', g.owner, 'backtest_id', g.backtest_id, 'grid_id', g.id,
        'run_ids', (select jsonb_agg(gen_random_uuid()) from generate_series(1, %(runs)s)), 'details', '{}'::jsonb
    )
    from generate_series(1, %(times)s) n
    join lateral (select * from public.grids h order by h.id offset n %% %(grids)s limit 1) g on true
"""


class Place(NamedTuple):
    """Where events come from and go to."""

    admin: psycopg.Connection
    desk: Desk
    bus: Bus
    sqs: "SQSClient"
    url: str

    def tell(self, times: int, grids: int = 1) -> None:
        """So many events, of several grids."""
        self.admin.execute(_EVENT, {"runs": RUNS, "times": times, "grids": grids})

    def received(self, wait: int = 0) -> int:
        """How many messages were waiting, ten at most; they are taken away."""
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=wait)
        found = answer.get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return len(found)


def run(size: Size) -> Figures:
    """`rounds` events one by one, `combinations` of them at once; `stocks` thousand runs of others have been told of before."""
    HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME.absolute(), prefix="events-") as folder, _place(Path(folder), size) as place:
        told: Figures = {"latency_ms": _latency(place, size.rounds)}
        told["published"] = {f"{many} at once": _throughput(place, size.combinations, many) for many in AT_ONCE}
        quick = place._replace(bus=Bus(_Instant(), "none"))  # type: ignore[arg-type]
        told["handed_over"] = {f"{many} at once": _throughput(quick, 10 * size.combinations, many) for many in AT_ONCE}
        return told


class _Instant:
    """A bus that costs nothing: what is left is Postgres and us."""

    def put_events(self, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: N803  boto3's name
        return {"Entries": [{"EventId": "x"}] * len(Entries)}


@contextmanager
def _place(folder: Path, size: Size) -> Iterator[Place]:
    server, children = postgres.start(folder / "postgres"), Children(folder / "processes")
    try:
        aws = Aws(REGION, children, folder / "aws.log")
        migrate(server.url_admin)
        aws.make(template.read({"SupabaseUrl": ""}))
        name, sqs, events = aws.lookup("EventBus", "Ref"), aws.sqs(), aws.events()
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=name, EventBusName=name, EventPattern=json.dumps({"source": ["lianghu"]}))
        events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
        database = Database(server.url_login)
        try:
            with psycopg.connect(server.url_admin, autocommit=True) as admin:
                gather(admin, Crowd(users=max(1, size.stocks // 4), strategies=10, grids=10, runs=40))
                settle(admin)
                yield Place(admin, Desk(database), Bus(events, name), sqs, url)
        finally:
            database.close()
    finally:
        children.stop()
        server.stop()


def _latency(place: Place, times: int) -> Figures:
    """Each from its commit until it is received, as a worker that tells of one block publishes: in a thread beside its work."""
    publisher = Publisher(place.desk, place.bus)
    took = []
    for _ in range(times):
        place.tell(1)
        began = time.perf_counter()
        publisher.poke()
        while not place.received():
            pass
        took.append(1000 * (time.perf_counter() - began))
        publisher.settle()
    ordered = sorted(took)
    last = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"median": round(statistics.median(ordered), 1), "p95": round(last, 1), "rounds": len(ordered)}


def _throughput(place: Place, times: int, publishers: int) -> Figures:
    """Events of ten grids that wait, until all are on the bus. Nobody reads meanwhile."""
    place.tell(times, grids=10)
    began = time.perf_counter()
    lock, published = threading.Lock(), 0

    def publish() -> None:
        nonlocal published
        while published < times:
            some = publish_events(place.desk, place.bus)
            with lock:
                published += some
            if not some:
                time.sleep(0.005)  # what is left is with somebody else

    with ThreadPoolExecutor(publishers) as pool:
        for each in [pool.submit(publish) for _ in range(publishers)]:
            each.result()
    took = time.perf_counter() - began
    return {"a_second": round(times / took, 1)}
