"""Plugs the real parts in, once per cold start. Nothing happens at import."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import boto3
from botocore.config import Config

from datalake.objects import Store as Objects
from datalake.objects import open_store
from datalake.panels.cache import PanelCache
from datalake.upstream.throttle import SqliteThrottle, Throttle
from functions.error_reports import start_error_reports
from functions.identity import engine_version
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.events import Bus, Publisher
from functions.jobs.queue import Queue, TaskQueue
from functions.jobs.results import Results
from functions.jobs.store import Store
from functions.jobs.throttle import PostgresThrottle
from functions.messages import QueueKind
from functions.messaging.queues import Commands, ReplyQueues
from functions.messaging.signing import Keyring
from functions.pulse import Pulses
from functions.settings import Settings, settings
from functions.stores.archive import Archive
from functions.stores.datasets import Datasets
from functions.stores.files import Files
from functions.stores.keys import Keys
from functions.stores.message_clients import MessageClients
from functions.stores.people import People
from functions.stores.requests import Requests
from functions.stores.shares import Shares
from functions.stores.signals import SignalTables
from functions.stores.strategies import Strategies
from functions.stores.submissions import Submissions


@dataclass(frozen=True)
class House:
    """Every part is made when it is first asked for, so a door opens only what it uses."""

    settings: Settings

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database_url.get_secret_value())

    @cached_property
    def store(self) -> Store:
        """Runs and grids, as their owner sees them."""
        return Store(self.database)

    @cached_property
    def submissions(self) -> Submissions:
        """Runs and grids as a list, as their owner sees them."""
        return Submissions(self.database)

    @cached_property
    def strategies(self) -> Strategies:
        """Strategies and backtests, as their owner sees them."""
        return Strategies(self.database)

    @cached_property
    def signals(self) -> SignalTables:
        """Tables of orders and weights, as their owner sees them."""
        return SignalTables(self.database)

    @cached_property
    def requests(self) -> Requests:
        """What is remembered of a user's requests."""
        return Requests(self.database)

    @cached_property
    def people(self) -> People:
        return People(self.database)

    @cached_property
    def files(self) -> Files:
        """Runs beside what they were run on, and their files."""
        return Files(self.database)

    @cached_property
    def shares(self) -> Shares:
        """Links to frozen pictures of runs."""
        return Shares(self.database)

    @cached_property
    def keys(self) -> Keys:
        """Who makes a request, and the keys that they make it with."""
        return Keys(self.database)

    @cached_property
    def message_clients(self) -> MessageClients:
        """Programs that call by messages."""
        return MessageClients(self.database)

    @cached_property
    def keyring(self) -> Keyring:
        """Makes the keys of message clients."""
        return Keyring(self.settings.messages_secret.get_secret_value())

    @cached_property
    def reply_queues(self) -> ReplyQueues:
        return ReplyQueues(boto3.client("sqs", **self._aws()), self.settings.aws_region)

    @cached_property
    def commands(self) -> Commands:
        return Commands(boto3.client("sqs", **self._aws()), self.settings.command_queue_url)

    @cached_property
    def desk(self) -> Desk:
        """Postgres as a worker."""
        return Desk(self.database)

    @cached_property
    def queue(self) -> Queue:
        urls: dict[QueueKind, str] = {
            "plan": self.settings.plan_queue_url,
            "block": self.settings.block_queue_url,
            "aggregate": self.settings.aggregate_queue_url,
        }
        return Queue(boto3.client("sqs", **self._aws()), urls, self.settings.dead_letters_url)

    @cached_property
    def tasks(self) -> TaskQueue:
        return TaskQueue(boto3.client("sqs", **self._aws()), self.settings.ingest_queue_url)

    @cached_property
    def throttle(self) -> Throttle:
        """The pace of calls to the vendor: of everybody who shares the database, else of this machine."""
        if self.settings.database_url.get_secret_value():
            return PostgresThrottle(self.database)
        return SqliteThrottle(self.settings.lianghu_home.absolute() / "tushare-calls.sqlite")

    @cached_property
    def bus(self) -> Bus | None:
        """None: events stay in the outbox."""
        if not self.settings.event_bus:
            return None
        return Bus(boto3.client("events", **self._aws()), self.settings.event_bus)

    @cached_property
    def publisher(self) -> Publisher:
        """Brings events to the bus beside the work."""
        return Publisher(self.desk, self.bus)

    @cached_property
    def lake(self) -> Objects:
        return open_store(self.settings.lake_url, self.object_options)

    @cached_property
    def panels(self) -> PanelCache:
        told = self.settings
        return PanelCache(self.lake, told.data_cache_dir, told.data_cache_mb * 2**20, told.data_memory_mb * 2**20)

    @cached_property
    def result_objects(self) -> Objects:
        return open_store(self.settings.results_url, self.object_options)

    @cached_property
    def results(self) -> Results:
        return Results(self.result_objects)

    @cached_property
    def archive(self) -> Archive:
        """Submissions that ended long ago, and their way back."""
        return Archive(self.database)

    @cached_property
    def datasets(self) -> Datasets:
        """The index of what the lake's manifests say."""
        return Datasets(self.database)

    @cached_property
    def pulses(self) -> Pulses:
        return Pulses(self)

    @property
    def engine_version(self) -> str:
        return engine_version(self.settings.numba_cpu_name)

    def _aws(self) -> dict[str, Any]:
        config = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 4})
        return {"region_name": self.settings.aws_region, "endpoint_url": self.settings.aws_endpoint_url or None, "config": config}

    @property
    def object_options(self) -> dict[str, str]:
        """How to reach the lake and the results, in Delta's words; credentials come from the platform."""
        options = {"aws_region": self.settings.aws_region}
        if endpoint := self.settings.aws_endpoint_url:
            options |= {
                "aws_endpoint_url": endpoint,
                "aws_allow_http": str(endpoint.startswith("http://")).lower(),
                "aws_virtual_hosted_style_request": "false",
            }
        return options


@cache
def house() -> House:
    made = House(settings())
    start_error_reports(made.settings, made.engine_version)
    return made
