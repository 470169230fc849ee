"""The whole platform in one process: real Postgres, SQS, lake, engine; doorbells are answered by a small loop instead of Lambda."""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
from pydantic import SecretStr

from datalake.versions import resolve
from engine.language import compile_strategy
from engine.simulation.rules import RULES_VERSION
from functions.aggregator import aggregate
from functions.jobs.plan import Plan, Versions, Wanted, overrides, plan_submission
from functions.jobs.records import Submission, Submitted
from functions.messages import Doorbell
from functions.planner import plan
from functions.settings import Settings
from functions.sweeper import sweep
from functions.templates import templates
from functions.wiring import House
from functions.worker import work

CODES = ["009001.SZ", "009002.SZ", "009003.SZ", "009004.SZ", "009005.SZ", "009006.SZ"]
WINDOW = {"start": "2022-01-04", "end": "2022-12-30"}
PREPARED = 20
"""Full accounts of each grid: more than by default, so that a small grid's cells can be compared with single runs."""


@contextmanager
def platform_of(login: str, aws: str, lake_url: str, folder: Path) -> Iterator["Platform"]:
    """On a database, moto's server and a lake; with queues, results and a cache of its own."""
    sqs: Any = boto3.client("sqs", endpoint_url=aws, region_name="ap-east-1")
    urls = {kind: sqs.create_queue(QueueName=f"{kind}-{uuid.uuid4()}")["QueueUrl"] for kind in ("plan", "block", "aggregate", "dead")}
    graves = urls.pop("dead")
    settings = Settings(
        database_url=SecretStr(login),
        lake_url=lake_url,
        results_url=f"file://{folder}/results",
        data_cache_dir=folder / "cache",
        plan_queue_url=urls["plan"],
        block_queue_url=urls["block"],
        aggregate_queue_url=urls["aggregate"],
        dead_letters_url=graves,
        aws_endpoint_url=aws,
        heartbeat_seconds=0.05,
        prepared_accounts=PREPARED,
    )
    house = House(settings)
    try:
        yield Platform(house, sqs, urls)
    finally:
        if "publisher" in vars(house):
            house.publisher.settle(30)  # it would complain of the closed database, and in the next test's log
        house.database.close()


@dataclass(frozen=True)
class Platform:
    house: House
    sqs: Any
    urls: Mapping[str, str]

    def backtest(self, user: str, source: str | None = None, **context: Any) -> str:
        """A backtest of the dual moving average over a few stocks of the sample market."""
        text = source or templates()["dual-moving-average"]
        whole = {"universe": CODES, "frequency": "1d", "window": WINDOW, "datasource_version": "sample:v1", "initial_cash": 1_000_000}
        version = self.house.strategies.create_strategy_version(user, "dual-moving-average", text, sha256(text.encode()).hexdigest())
        return self.house.strategies.create_backtest(user, version.id, whole | context)

    def plan(self, user: str, backtest_id: str, wanted: Wanted, workers: int = 2) -> Plan:
        backtest = self.house.strategies.get_backtest(user, backtest_id)
        assert backtest is not None
        program = compile_strategy(backtest.strategy.source, overrides(backtest.context))
        dataset = resolve(self.house.lake, backtest.context["datasource_version"])
        return plan_submission(backtest, program, dataset, wanted, Versions(self.house.engine_version, RULES_VERSION), workers)

    def submit(self, user: str, submission: Submission) -> Submitted:
        submitted = self.house.store.submit(user, submission)
        self.house.queue.ring(submitted.bell, submitted.grid_id, request_id="request-1")
        return submitted

    def run(self, times: int = 1) -> int:
        """Answers bells until none is left, each `times` times; how many there were."""
        answered = 0
        while bells := [(kind, bell) for kind, url in self.urls.items() for bell in self._receive(url)]:
            for kind, bell in bells * times:
                self.answer(kind, bell)
            answered += len(bells)
        return answered

    def answer_one(self) -> str:
        """Answers the first bell that is found: of which kind."""
        kind, bell = next((kind, bell) for kind, url in self.urls.items() for bell in self._receive(url))
        self.answer(kind, bell)
        return kind

    def answer(self, kind: str, bell: Doorbell) -> None:
        if kind == "plan":
            plan(bell, self.house)
        elif kind == "block":
            work(self.house, lambda: 300.0)
        else:
            aggregate(bell, self.house)

    def sweep(self) -> dict[str, int]:
        return sweep(self.house)

    def lose_the_queues(self) -> None:
        for url in self.urls.values():
            while self._receive(url):
                pass

    def _receive(self, url: str) -> list[Doorbell]:
        messages = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [Doorbell.model_validate(json.loads(message["Body"])) for message in messages]
