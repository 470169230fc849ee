"""The object store fails one call in five, or all of them for a while: everything ends as if it had not, and who reads is told so."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import psycopg
import pytest

from datalake.sample import build_sample
from functions.jobs.desk import Desk
from tests.functions.api.conftest import DUAL
from tests.functions.conftest import Servers
from tests.reliability.flaky import WAYS, Flaky, flaky
from tests.reliability.invariants import broken, unfinished
from tests.reliability.living import Living, living
from tests.reliability.people import Person, bearer_of, rest
from tests.reliability.truth import Truth

pytestmark = pytest.mark.slow

SPEC = {"ma_short": [3, 5, 8, 13], "ma_long": [20, 30, 60]}
FILES = ("trades", "equity", "report")


@pytest.fixture
def store(aws: str) -> Iterator[tuple[Flaky, str, str]]:
    """The flaky door, its address, and a bucket with the sample market behind it."""
    bucket = f"flaky-{uuid4()}"
    boto3.client("s3", endpoint_url=aws, region_name="us-east-1").create_bucket(Bucket=bucket)
    options = {"aws_region": "ap-east-1", "aws_endpoint_url": aws, "aws_allow_http": "true", "aws_virtual_hosted_style_request": "false"}
    build_sample(f"s3://{bucket}/lake", options)
    with flaky(aws, bucket) as (door, address):
        yield door, address, f"s3://{bucket}"


@pytest.fixture
def platform(servers: Servers, desk: Desk, store: tuple[Flaky, str, str], tmp_path: Path) -> Iterator[Living]:
    _, address, bucket = store
    there = {"lake_url": f"{bucket}/lake", "results_url": f"{bucket}/results"}
    with living(address, servers.login, there.pop("lake_url"), tmp_path, **there) as made:
        yield made


@pytest.mark.timeout(600)
def test_a_store_that_fails_one_call_in_five_and_one_that_is_away_for_a_while(
    platform: Living, store: tuple[Flaky, str, str], user: str, admin: psycopg.Connection[Any]
) -> None:
    door, person = store[0], Person(bearer_of(user), lambda: platform.url)
    door.fail(0.2)
    backtest = person.backtest(DUAL, universe={"all": True})
    runs = [person.single(backtest, {"ma_short": 4, "ma_long": long}) for long in (20, 40)]
    person.grid(backtest, SPEC)
    rest(lambda: unfinished(admin), 120)
    for run in runs:
        for name in FILES:
            assert person.bytes(f"/api/runs/{run}/artifacts/{name}")

    person.grid(person.backtest(DUAL, window={"start": "2021-01-04", "end": "2021-12-31"}, universe={"all": True}), SPEC)
    door.fail(1.0, ["503", "cut before"])
    time.sleep(4)
    door.fail(0.2)
    rest(lambda: unfinished(admin), 120)

    assert {way: count for way, count in door.done.items() if not count} == {} and set(WAYS) < door.done.keys()
    door.fail(0)
    assert broken(admin, platform.house.results, Truth(platform.house.panels)) == []
    assert admin.execute("select status, count(*) from public.backtest_runs group by 1").fetchall() == [("succeeded", 26)]
    assert set(person.told) <= {502}, person.told


def test_whoever_reads_from_a_store_that_is_away_is_told_so_soon(
    platform: Living, store: tuple[Flaky, str, str], user: str, admin: psycopg.Connection[Any]
) -> None:
    door, person = store[0], Person(bearer_of(user), lambda: platform.url)
    run = person.single(person.backtest(DUAL, universe={"all": True}), {"ma_short": 4, "ma_long": 20})
    rest(lambda: unfinished(admin), 120)
    door.fail(1.0, ["503"])
    began = time.monotonic()
    answer = person.ask("GET", f"/api/runs/{run}/artifacts/trades")
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "UPSTREAM_ERROR")
    assert answer.headers["Retry-After"] and time.monotonic() - began < 20
    assert person.ask("GET", f"/api/runs/{run}").status_code == 200, "what Postgres knows needs no store"
    door.fail(0)
