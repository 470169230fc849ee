"""The parts of the scheduled ingest, started, and what a sync of the same time comes to."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import polars as pl
import psycopg
import pytest
from pydantic import SecretStr

from datalake.lake import Lake
from datalake.sample.rows import sample_tables
from datalake.upstream.ingest import Upstream
from datalake.upstream.sync import sync
from datalake.upstream.tushare import Client, Patience
from datalake.upstream.wanted import Wish
from functions.settings import Settings
from functions.wiring import House
from tests.datalake.standin import TOKEN, Free, StandIn, sample_tables_of, serve
from tests.functions.conftest import Servers
from tests.functions.ingest.cloud import FIRST, LAST, SHORT, Clock, Cloud, Hasty, held


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
