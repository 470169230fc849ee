"""The whole platform at work in one process: the API over HTTP; planner, workers, aggregator and sweeper as threads at real queues.

What the threads raise is kept, and the message comes again, as Lambda would have it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import uvicorn
from pydantic import SecretStr

from functions.aggregator import aggregate
from functions.api.app import create_app
from functions.messages import Doorbell, PlanMessage
from functions.settings import Settings
from functions.sweeper import sweep
from functions.wiring import House
from functions.worker import work

SECRET = "a-secret-of-more-than-thirty-two-bytes"
SUPABASE = "http://127.0.0.1:9"
"""By whom people are known here."""
QUEUES = ("plan", "block", "aggregate", "dead")
VISIBILITY_SECONDS = 2
SWEEP_SECONDS = 0.5
REST_SECONDS = 0.03
"""Between two looks into an empty queue."""


class Living:
    """Call `start`, then ask `url`. `stop` waits for what is being done; a SIGKILL does not."""

    def __init__(self, house: House, sqs: Any, workers: int = 2) -> None:
        self.house, self._sqs = house, sqs
        self._over = threading.Event()
        self.raised: list[tuple[str, Exception]] = []
        """Of which thread, and what."""
        told = house.settings
        self._threads = [
            self._thread("plan", told.plan_queue_url, self._plan),
            *(self._thread("block", told.block_queue_url, lambda body: work(house, lambda: 300.0)) for _ in range(workers)),
            self._thread("aggregate", told.aggregate_queue_url, lambda body: aggregate(Doorbell.model_validate_json(body), house)),
            threading.Thread(target=self._sweep, name="sweeper", daemon=True),
        ]
        self._server = uvicorn.Server(uvicorn.Config(create_app(lambda: house), log_level="error", lifespan="off"))
        self.url = ""

    def start(self, port: int = 0) -> None:
        self._server.config.port = port
        threading.Thread(target=self._server.run, name="api", daemon=True).start()
        while not self._server.started:
            time.sleep(0.005)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        self._server.should_exit = True
        for thread in self._threads:
            thread.join()
        self.house.database.close()

    def _thread(self, name: str, url: str, answer: Callable[[str], object]) -> threading.Thread:
        def serve_queue() -> None:
            while not self._over.is_set():
                for message in self._received(url):
                    try:
                        answer(message["Body"])
                    except Exception as error:  # noqa: BLE001  as the platform does with a function that raises
                        self.raised.append((name, error))
                    else:
                        self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        return threading.Thread(target=serve_queue, name=name, daemon=True)

    def _plan(self, body: str) -> None:
        from functions.planner import serve  # its libraries start threads, which no fork survives

        serve(PlanMessage.model_validate_json(body).root, self.house)

    def _received(self, url: str) -> list[Mapping[str, Any]]:
        messages: list[Mapping[str, Any]] = self._sqs.receive_message(QueueUrl=url, VisibilityTimeout=VISIBILITY_SECONDS).get(
            "Messages", []
        )
        if not messages:
            self._over.wait(REST_SECONDS)
        return messages

    def _sweep(self) -> None:
        while not self._over.is_set():
            try:
                sweep(self.house)
            except Exception as error:  # noqa: BLE001  the next one heals what this one could not
                self.raised.append(("sweeper", error))
            self._over.wait(SWEEP_SECONDS)


def house_of(aws: str, login: str, lake_url: str, folder: Path, **changes: Any) -> tuple[House, Any]:
    """The parts over queues of their own, with short leases; results and panels in the folder. And the client of the queues."""
    sqs: Any = boto3.client("sqs", endpoint_url=aws, region_name="ap-east-1")
    urls = {kind: sqs.create_queue(QueueName=f"{kind}-{uuid4()}")["QueueUrl"] for kind in QUEUES}
    values: dict[str, Any] = {
        "supabase_url": SUPABASE,
        "supabase_jwt_secret": SecretStr(SECRET),
        "database_url": SecretStr(login),
        "lake_url": lake_url,
        "results_url": f"file://{folder}/results",
        "data_cache_dir": folder / "cache",
        "plan_queue_url": urls["plan"],
        "block_queue_url": urls["block"],
        "aggregate_queue_url": urls["aggregate"],
        "dead_letters_url": urls["dead"],
        "aws_endpoint_url": aws,
        "lease_seconds": 3,
        "heartbeat_seconds": 0.3,
        "rate_limit_requests": 1_000_000,
        "workers": 2,
    }
    return House(Settings(**values | changes)), sqs


@contextmanager
def living(aws: str, login: str, lake_url: str, folder: Path, **changes: Any) -> Iterator[Living]:
    made = Living(*house_of(aws, login, lake_url, folder, **changes))
    made.start()
    try:
        yield made
    finally:
        made.stop()
