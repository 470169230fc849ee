"""Every function from exactly its own package: a real event through the Runtime API, a real Postgres, moto's S3, SQS and secrets.

Each package and layer is read-only, there is no home, and nothing of this repository or its virtual environment can be imported. Events
are made by hand here, one after the other, so that each function's answer is seen.
"""

import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import jwt
import psycopg
import pytest
import uvicorn

from datalake.lake import Lake
from datalake.sample import build_sample
from datalake.sample.rows import sample_tables
from datalake.versions import list_versions
from functions.client import Client
from functions.client.messages import MessageClient
from functions.compiler import CPU_TARGET
from functions.identity import engine_version
from infra.local import postgres, template
from infra.local.app import SERVING
from infra.local.aws import CREDENTIALS, Aws, free_port
from infra.local.gateway import Gateway
from infra.local.migrate import migrate
from infra.local.packaged_app import Fleet
from infra.local.packages import unpack
from infra.local.processes import Children
from infra.local.queues import record
from infra.local.runtime import Environment, Invocation
from infra.local.stack import ROOT
from infra.secrets import grouped
from tests.built import BUILD_SECONDS, built_packages
from tests.datalake.standin import TOKEN, sample_tables_of, serve
from tests.infra.packaged import read_only

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.timeout(BUILD_SECONDS + 600)]

REGION, STAGE = "ap-east-1", "local"
BUCKETS = {("Lake", "Ref"): "lianghu-lake", ("Results", "Ref"): "lianghu-results"}
SHARED_SECRET = "s" * 40
USER = str(uuid.uuid4())
FUNCTIONS = {"ApiFunction", "ResponderFunction", "PlannerFunction", "WorkerFunction"} | {
    "AggregatorFunction",
    "SweeperFunction",
    "ArchiverFunction",
    "IngestFunction",
}


class Cloud:
    """The platform without anybody who listens to queues or clocks."""

    def __init__(self, folder: Path, tushare_url: str) -> None:
        self.folder = folder
        self.children = Children(folder / "processes")
        self.aws = Aws(REGION, self.children, folder / "aws.log")
        self.database = postgres.start(folder / "postgres")
        migrate(self.database.url_admin)
        with psycopg.connect(self.database.url_admin) as connection:
            connection.execute("insert into auth.users (id, email, encrypted_password) values (%s, 'a@lianghu.local', '')", [USER])
        given = {"Stage": STAGE, "SupabaseUrl": "http://127.0.0.1:1", "NumbaCpuName": CPU_TARGET, "TushareUrl": tushare_url}
        given |= {"IngestStart": "20241223", "TushareCaps": '{"*": 1000}', "DataCacheDir": str(folder / "tmp/lianghu")}
        plan = template.read(given)
        self.aws.make(plan)
        self.s3 = boto3.client("s3", **self.aws._options())
        for bucket in BUCKETS.values():
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})  # type: ignore[typeddict-item]
        secrets = {"DATABASE_URL": self.database.url_login, "SUPABASE_JWT_SECRET": SHARED_SECRET, "MESSAGES_SECRET": "m" * 64}
        self.aws.keep(grouped(STAGE, secrets | {"TUSHARE_TOKEN": TOKEN}))
        functions = plan.functions(lambda name, attribute: BUCKETS.get((name, attribute)) or self.aws.lookup(name, attribute))
        assert functions.keys() == FUNCTIONS
        (folder / "tmp").mkdir()
        places = {name: read_only(place) for name, place in unpack(built_packages(), folder / "opt", plan.packages()).items()}
        nowhere = {"HOME": "/nonexistent", "TMPDIR": str(folder / "tmp")}
        self.environments = {
            name: Environment(
                function,
                self.children,
                self.aws.variables,
                replace(places[name], variables={**places[name].variables, **nowhere}),
                folder / f"{name}.log",
            )
            for name, function in functions.items()
        }
        self.before = self.tree()

    def tree(self) -> dict[str, int]:
        """Every file of the unpacked packages, and when it was changed."""
        opt = self.folder / "opt"
        return {str(path.relative_to(opt)): path.stat().st_mtime_ns for path in opt.rglob("*")}

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        found: Invocation = self.environments[name].invoke(event)
        assert found.error is None, (found.error, (self.folder / f"{name}.log").read_text()[-3000:])
        return found.payload

    def serve(self, name: str, queue: str, seconds: float = 5) -> int:
        """Calls the function with the messages that wait in a queue of the template; how many there were."""
        url, served, until = self.aws.lookup(queue, "Ref"), 0, time.monotonic() + seconds
        while time.monotonic() < until:
            got = self.aws.sqs().receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=1, AttributeNames=["All"])
            for message in got.get("Messages", []):
                answer = self.invoke(name, {"Records": [record(message, self.aws.lookup(queue, "Arn"))]})
                assert answer == {"batchItemFailures": []}, (self.folder / f"{name}.log").read_text()[-3000:]
                self.aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                served += 1
            if served and not got.get("Messages"):
                break
        return served

    def stop(self) -> None:
        for environment in self.environments.values():
            environment.stop()
        self.children.stop()
        self.database.stop()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    tables = sample_tables_of(sample_tables(), date(2024, 12, 23), date(2024, 12, 31))
    with serve(tables) as vendor:
        made = Cloud(tmp_path_factory.mktemp("cloud"), vendor.url)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in CREDENTIALS.items():
                patch.setenv(name, value)
            build_sample("s3://lianghu-lake", made_options(made))
            yield made
        made.stop()


def made_options(cloud: Cloud) -> dict[str, str]:
    return {
        "aws_region": REGION,
        "aws_endpoint_url": cloud.aws.variables["AWS_ENDPOINT_URL"],
        "aws_allow_http": "true",
        "aws_virtual_hosted_style_request": "false",
    }


@pytest.fixture(scope="module")
def api(cloud: Cloud) -> Iterator[Client]:
    """The API's function behind the gateway."""
    now = datetime.now(UTC)
    claims = {"sub": USER, "aud": "authenticated", "iss": "http://127.0.0.1:1/auth/v1", "exp": now + timedelta(hours=1)}
    port = free_port()
    fleet = Fleet(lambda number: cloud.environments["ApiFunction"], most=1)
    server = uvicorn.Server(uvicorn.Config(Gateway(fleet.invoke), port=port, **SERVING))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with Client(f"http://127.0.0.1:{port}", jwt.encode(claims, SHARED_SECRET, "HS256")) as made:
        yield made
    server.should_exit = True
    thread.join()


def scheduled(source: str = "aws.events", kind: str = "Scheduled Event") -> dict[str, Any]:
    return {"version": "0", "id": str(uuid.uuid4()), "detail-type": kind, "source": source, "region": REGION, "resources": [], "detail": {}}


def test_the_api_answers_an_event_of_the_gateway_without_anybody(cloud: Cloud) -> None:
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/api/health",
        "rawQueryString": "",
        "headers": {"host": "abc.execute-api.ap-east-1.amazonaws.com", "x-forwarded-proto": "https"},
        "requestContext": {
            "http": {"method": "GET", "path": "/api/health", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    answer = cloud.invoke("ApiFunction", event)
    health = json.loads(answer["body"])
    assert (answer["statusCode"], health["status"], health["dataset"]) == (200, "ok", "sample:v1")
    assert health["engine_version"] == engine_version(CPU_TARGET), "the package is another engine than these sources"


def test_a_grid_goes_through_planner_worker_and_aggregator(cloud: Cloud, api: Client) -> None:
    context = {"window": {"start": "2023-01-03", "end": "2024-12-31"}, "datasource_version": "sample:v1"}
    backtest_id = api.create_backtest({"template": "dual-moving-average"}, context)
    submitted = api.submit_grid(backtest_id, {"ma_short": [5, 10], "ma_long": [40, 60]})
    assert cloud.serve("PlannerFunction", "PlanQueue") == 1
    assert cloud.serve("WorkerFunction", "BlockQueue") >= 1
    assert cloud.serve("AggregatorFunction", "AggregateQueue") >= 1
    grid = api.wait_grid(backtest_id, str(submitted.grid_id), timeout_seconds=10)
    assert (grid.status, grid.counts) == ("finished", {"succeeded": 4})
    run = next(api.runs(backtest_id, sort="-stats.return"))
    assert run.content_hash and run.stats
    with ThreadPoolExecutor(1) as pool:  # a report is made when somebody asks for it
        page = pool.submit(api.artifact, run.run_id, "report")
        cloud.serve("PlannerFunction", "PlanQueue", seconds=3)
        cloud.serve("WorkerFunction", "BlockQueue", seconds=20)
        assert page.result().startswith(b"<!")
    assert api.grid_report(backtest_id, str(submitted.grid_id)).startswith(b"<!")


def test_the_responder_answers_a_signed_command(cloud: Cloud, api: Client) -> None:
    sqs = cloud.aws.sqs()
    replies = sqs.create_queue(QueueName="lianghu-replies-test")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=replies, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    made = api.create_message_client("test", ["read"], arn)
    client = MessageClient(sqs, api.command_queue(), replies, made.client_id, made.key)
    api.confirm_message_client(made.client_id, client.code())
    sent = client.send("list_backtests", query={"limit": 5})
    assert cloud.serve("ResponderFunction", "CommandQueue") == 1
    assert len(client.wait(sent, 10)["items"]) == 1


def test_the_scheduled_functions_do_their_work(cloud: Cloud) -> None:
    swept = cloud.invoke("SweeperFunction", scheduled())
    assert isinstance(swept, dict)
    assert cloud.invoke("ArchiverFunction", scheduled()) == {"archived": 0, "files": 0, "failed": 0}


def test_the_ingest_brings_a_version_into_the_bucket(cloud: Cloud) -> None:
    begun = cloud.invoke("IngestFunction", scheduled())
    assert begun["questions"] > 0
    assert cloud.serve("IngestFunction", "IngestQueue", seconds=60) > 0
    lake = Lake("s3://lianghu-lake", made_options(cloud))
    assert "tushare" in {dataset.source for dataset in list_versions(lake.store)}


def test_nothing_was_written_beside_the_folder_for_that_and_nothing_of_ours_was_loaded(cloud: Cloud) -> None:
    """After everything above: each function has served at least one event, and its process still stands."""
    assert cloud.tree() == cloud.before
    loaded = {}
    for name, environment in cloud.environments.items():
        session = environment._session
        assert session is not None and session.alive, f"{name} served nothing"
        maps = Path(f"/proc/{session._process.pid}/maps")
        if maps.exists():
            loaded[name] = {words[5] for line in maps.read_text().splitlines() if len(words := line.split()) > 5}
    foreign = {name: sorted(file for file in files if file.startswith(f"{ROOT}/")) for name, files in loaded.items()}
    assert not any(foreign.values()), foreign
    libraries = {name: {Path(file).name for file in files if "/opt/" in file} for name, files in loaded.items()}
    assert not [name for name, files in libraries.items() if name != "WorkerFunction" and any("llvmlite" in file for file in files)]
