"""Each function may do what it does, and nothing else: the platform works behind somebody who asks every call for permission, and each
statement of each policy is needed by a call.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError as BotoError

from datalake.review.examination import keep
from datalake.sample.rows import sample_tables
from datalake.versions import resolve
from functions.client import Client
from functions.client.errors import ClientError
from functions.client.messages import MessageClient
from infra.local import template
from tests.datalake.standin import sample_tables_of, serve
from tests.functions.api.conftest import DUAL
from tests.infra.asked import Asked
from tests.infra.cloud import Cloud, name_of, the_cloud
from tests.infra.policies import allowed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FIRST, LAST = date(2024, 12, 23), date(2024, 12, 31)
CONTEXT = {
    "universe": ["009001.SZ", "009002.SZ", "009003.SZ"],
    "frequency": "1d",
    "window": {"start": "2022-01-04", "end": "2022-06-30"},
    "datasource_version": "sample:v1",
}
GRID = {"ma_long": [10, 15, 20, 25, 30, 35, 40, 45, 50, 60], "ma_short": [3, 4, 5, 6]}
"""More than are given an account at once."""
PATIENCE = 240.0

OTHERS = {
    ("logs:CreateLogStream", "logs:PutLogEvents"): "Lambda itself writes what a function prints",
    ("xray:PutTraceSegments", "xray:PutTelemetryRecords"): "Lambda itself sends a function's traces",
    ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"): "Lambda itself reads the queue that calls a function",
}
"""Actions of statements that no function needs, and who does."""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """After everything that the platform does has been done once."""
    tables = sample_tables_of(sample_tables(), FIRST, LAST)
    parameters = {"IngestStart": f"{FIRST:%Y%m%d}", "TushareCaps": '{"*": 1000}', "ArchiveKeepsFiles": "false"}
    with serve(tables) as standin, the_cloud(tmp_path_factory.mktemp("cloud"), standin.url, **parameters) as cloud:
        everything(cloud)
        yield cloud


def everything(cloud: Cloud) -> None:
    user = str(uuid.uuid4())
    cloud.admin.execute("insert into auth.users (id, email, encrypted_password) values (%s, %s, '')", (user, f"{user}@example.com"))
    api = cloud.client(user)
    market(api)
    brought = ingest(cloud, api)
    backtest_id, run_id = a_run(api)
    grid_id = a_grid(cloud, api, user, backtest_id)
    shares(cloud, api, run_id)
    client = messages(cloud, api, brought)
    what_is_damaged(cloud, api)
    panels_that_vanish(cloud, api)
    curves_that_vanish(cloud, api)
    a_table_that_vanishes(cloud, api, client, user, backtest_id)
    what_was_given_up(cloud, grid_id)
    archive(cloud, api, user, backtest_id, grid_id, run_id)


def market(api: Client) -> None:
    assert api.health().lake
    assert api.dataset("sample:v1").tables
    assert api.calendar("2024-01-01", "2024-02-01").sessions
    assert list(api.instruments("009"))
    api.indices()
    api.ranking("amount", "2024-06-03", datasource_version="sample:v1", timeout_seconds=PATIENCE)
    api.bars("009001.SZ", datasource_version="sample:v1", timeout_seconds=PATIENCE)


def a_run(api: Client) -> tuple[str, str]:
    """A single run with everything that is made of it."""
    backtest_id = api.create_backtest({"code": DUAL}, CONTEXT)
    run_id = api.submit_single(backtest_id, {"ma_short": 5, "ma_long": 20})
    assert api.wait_run(backtest_id, run_id, timeout_seconds=PATIENCE).status == "succeeded"
    for kind, form in (("report", None), ("equity", None), ("trades", None), ("trades", "parquet")):
        assert api.artifact(run_id, kind, form, timeout_seconds=PATIENCE)
    return backtest_id, run_id


def a_grid(cloud: Cloud, api: Client, user: str, backtest_id: str) -> str:
    """With its report, the curves of cells, the full account of one of them, and a cancel that comes late."""
    submitted = api.submit_grid(backtest_id, GRID)
    grid_id = submitted.grid_id
    assert api.wait_grid(backtest_id, grid_id, timeout_seconds=PATIENCE).status == "finished"
    assert api.grid_report(backtest_id, grid_id)
    api.diagnosis(backtest_id, grid_id)
    worst = [run.run_id for run in api.runs(backtest_id, grid_id=grid_id, sort="stats.sharpe")][:2]  # which have no account
    assert api.compare(worst)
    # As an attempt leaves it that was killed before it could say so.
    cloud.s3.put_object(Bucket="results", Key=f"artifacts/{user}/{worst[0]}/log.txt", Body=b"")
    assert api.artifact(worst[0], "report", timeout_seconds=PATIENCE)
    other = api.submit_grid(backtest_id, {"ma_long": [33, 34, 35], "ma_short": [7, 8]})
    api.cancel_grid(backtest_id, other.grid_id)
    return grid_id


def shares(cloud: Cloud, api: Client, run_id: str) -> None:
    """One that was shown, and ended a month ago."""
    made = api.create_share(run_id, include=["report"])
    assert api.shared_report(made.token) and api.shared_run(made.token)
    api.delete_share(run_id, made.share_id)
    cloud.admin.execute("update public.shares set revoked_at = now() - interval '31 days'")
    cloud.lambdas.fire("SweeperFunction")
    assert list(api.shares(run_id)) == []


def messages(cloud: Cloud, api: Client, dataset: str) -> MessageClient:
    """A client's, one of which can be answered only the second time."""
    reply = cloud.sqs.create_queue(QueueName="lianghu-replies-tests")["QueueUrl"]
    arn = cloud.sqs.get_queue_attributes(QueueUrl=reply, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    made = api.create_message_client("a client", ("read", "run"), arn)
    client = MessageClient(cloud.sqs, cloud.aws.lookup("CommandQueue", "Ref"), reply, made.client_id, made.key)
    api.confirm_message_client(made.client_id, client.code(PATIENCE))
    with trouble(cloud, "ResponderFunction", "sqs:SendMessage"):
        asked = client.send("list_datasets")
        within(lambda: called(cloud, "ResponderFunction", "sqs:ChangeMessageVisibility"), "the message does not come back")
    assert client.wait(asked, PATIENCE)["items"]
    assert client.call("get_dataset", {"version": dataset})["examination"]
    ranking = {"field": "turnover_rate", "date": "2024-06-03", "datasource_version": "sample:v1"}
    answered(lambda: client.call("get_ranking", query=ranking), "CONFLICT")
    answered(lambda: client.call("get_bars", query={"code": "009002.SZ", "datasource_version": "sample:v1"}), "CONFLICT")
    backtest_id = client.call("create_backtest", body={"strategyRef": {"code": DUAL}, "context": CONTEXT})["backtest_id"]
    submitted = client.call("submit_runs", {"backtest_id": backtest_id}, body={"mode": "grid", "gridSpec": GRID})
    grid = {"backtest_id": backtest_id, "grid_id": submitted["grid_id"]}
    assert api.wait_grid(**grid, timeout_seconds=PATIENCE).status == "finished"
    rows = client.call("list_runs", {"backtest_id": backtest_id}, query={"sort": "stats.sharpe"})["items"]
    assert client.call("compare_runs", query={"run_ids": f"{rows[0]['run_id']},{rows[1]['run_id']}"})
    accounts = [row["run_id"] for row in rows if "statistics_path" in row["artifacts"]]
    client.call("get_artifact", {"run_id": accounts[0], "kind": "statistics"})
    return client


def what_is_damaged(cloud: Cloud, api: Client) -> None:
    """A disk's fault: it is made again in the same place."""
    for room in ("bars", "rankings"):
        for row in cloud.s3.list_objects_v2(Bucket="lake", Prefix=f"{room}/")["Contents"]:
            cloud.s3.put_object(Bucket="lake", Key=row["Key"], Body=b"damaged")
    cloud.restart_api()  # it holds what it has read
    market(api)


def panels_that_vanish(cloud: Cloud, api: Client) -> None:
    """One is missing, one is damaged, when the worker comes for it: it has it made again."""

    def vanish(asked: Asked) -> None:
        cloud.s3.delete_object(Bucket="lake", Key=key_of(asked))

    def rot(asked: Asked) -> None:
        cloud.s3.put_object(Bucket="lake", Key=key_of(asked), Body=b"damaged")

    for day, accident in (("2022-05-31", vanish), ("2022-05-30", rot)):
        backtest_id = api.create_backtest({"code": DUAL}, CONTEXT | {"window": CONTEXT["window"] | {"end": day}})
        with accident_before(cloud, "WorkerFunction", "lake/panels/", accident):
            run_id = api.submit_single(backtest_id, {"ma_short": 5, "ma_long": 20})
            assert api.wait_run(backtest_id, run_id, timeout_seconds=PATIENCE).status == "succeeded"


def curves_that_vanish(cloud: Cloud, api: Client) -> None:
    """A grid is summed up without those that the store has lost."""
    backtest_id = api.create_backtest({"code": DUAL}, CONTEXT | {"initial_cash": 3_000_000})
    with accident_before(
        cloud, "AggregatorFunction", "results/cells/", lambda asked: cloud.s3.delete_object(Bucket="results", Key=key_of(asked))
    ):
        grid_id = api.submit_grid(backtest_id, GRID).grid_id
        assert api.wait_grid(backtest_id, grid_id, timeout_seconds=PATIENCE).status == "finished"


def a_table_that_vanishes(cloud: Cloud, api: Client, client: MessageClient, user: str, backtest_id: str) -> None:
    """What cannot be made of it is noted and told."""
    run_id = api.submit_single(backtest_id, {"ma_short": 6, "ma_long": 22})
    assert api.wait_run(backtest_id, run_id, timeout_seconds=PATIENCE).status == "succeeded"
    cloud.s3.delete_object(Bucket="results", Key=f"artifacts/{user}/{run_id}/trades.csv")
    with pytest.raises(ClientError):
        api.artifact(run_id, "trades", "parquet", timeout_seconds=10)
    with pytest.raises(ClientError):
        client.call("get_artifact", {"run_id": run_id, "kind": "trades"}, query={"format": "json"}, timeout_seconds=20)
    assert cloud.s3.list_objects_v2(Bucket="lake", Prefix="wishes/failed/parquet/")["KeyCount"]


def what_was_given_up(cloud: Cloud, grid_id: str) -> None:
    """A block that failed in every attempt, a bell that was lost, and events that could not be told."""
    error = '{"code": "INTERNAL_ERROR", "message": "it failed", "details": {}}'
    cloud.admin.execute(
        "update public.run_blocks set status = 'failed', attempt = 3, error = %s where id = (select min(id) from public.run_blocks)",
        (error,),
    )
    cloud.admin.execute("update public.outbox set published_at = null, taken_until = null")
    cloud.lambdas.fire("SweeperFunction")
    cloud.admin.execute("update public.grids set aggregated_at = null where id = %s", (grid_id,))
    cloud.lambdas.fire("SweeperFunction")
    within(lambda: cloud.admin.execute("select 1 from public.grids where aggregated_at is null").fetchone() is None, "nobody sums up")


def archive(cloud: Cloud, api: Client, user: str, backtest_id: str, grid_id: str, run_id: str) -> None:
    """Rows and files go, also those of a try that broke off; the rows come back, and files are made again."""
    cloud.s3.put_object(Bucket="results", Key=f"archives/{user}/{grid_id}/broken.json.gz", Body=b"")
    cloud.admin.execute("update public.grids set finished_at = now() - interval '400 days'")
    cloud.lambdas.fire("ArchiverFunction")
    api.restore_run(run_id)
    api.restore_grid(backtest_id, grid_id)
    assert api.artifact(run_id, "report", timeout_seconds=PATIENCE)


def ingest(cloud: Cloud, api: Client) -> str:
    """Two rounds, because the second stands on what the first one brought, and the question whether today is there. The version, which
    somebody has examined."""
    for _ in range(2):
        cloud.lambdas.fire("IngestFunction")
        within(lambda: any(row.source == "tushare" for row in api.datasets()), "the ingest published no version")
    for schedule in template.read({"SupabaseUrl": ""}).functions(name_of)["IngestFunction"].schedules:
        if schedule.input:
            cloud.lambdas.fire("IngestFunction", schedule)
    dataset = resolve(cloud.lake, "tushare")
    keep(cloud.lake, dataset, ())
    assert api.dataset(dataset.version).examination
    return dataset.version


@contextmanager
def trouble(cloud: Cloud, function: str, action: str) -> Iterator[None]:
    """A service answers this call of the function by an error for a while."""
    cloud.keeper.trouble = lambda who, asked: (who, asked.action) == (function, action)
    yield
    cloud.keeper.trouble = lambda *_: False


@contextmanager
def accident_before(cloud: Cloud, function: str, prefix: str, happen: Callable[[Asked], None]) -> Iterator[None]:
    """Something happens to the first object below the prefix that the function reads, right before it is read."""
    happened: list[Asked] = []

    def look(who: str, asked: Asked) -> bool:
        if who == function and asked.action == "s3:GetObject" and f":::{prefix}" in asked.resource and not happened:
            happened.append(asked)
            happen(asked)
        return False

    cloud.keeper.trouble = look
    yield
    cloud.keeper.trouble = lambda *_: False
    assert happened, f"{function} did not read {prefix}"


def key_of(asked: Asked) -> str:
    return asked.resource.partition(":::")[2].partition("/")[2]


def answered(ask: Callable[[], Any], *errors: str) -> None:
    """Whatever the answer, or one of these errors."""
    try:
        ask()
    except ClientError as error:
        assert error.code in errors, error


def called(cloud: Cloud, function: str, action: str) -> bool:
    return any((call.function, call.asked.action) == (function, action) for call in cloud.keeper.calls)


def within(happened: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)


def test_nothing_that_a_function_did_was_refused(cloud: Cloud) -> None:
    assert {(call.function, *call.asked) for call in cloud.keeper.calls if not call.is_allowed} == set()


def test_without_any_one_statement_something_is_refused(cloud: Cloud) -> None:
    """So no policy is wider than what is done with it."""
    needless = []
    for function, statements in cloud.statements.items():
        calls = asked_by(cloud, function)
        for taken in statements:
            left = [each for each in statements if each is not taken]
            if taken.actions not in OTHERS and all(allowed(left, *asked) for asked in calls):
                needless.append(taken)
    assert needless == []


def test_each_action_and_each_resource_of_a_statement_is_used(cloud: Cloud) -> None:
    """Of a policy that several functions have, by one of them."""
    used: dict[tuple[str, int], set[str]] = {}
    named: dict[tuple[str, int], set[str]] = {}
    for function, statements in cloud.statements.items():
        for each in (each for each in statements if each.actions not in OTHERS):
            name = each.policy or function, each.number
            named.setdefault(name, set()).update(each.actions, each.resources)
            for action, resource in each.parts:
                one = replace(each, actions=(action,), resources=(resource,))
                if any(one.allows(*asked) for asked in asked_by(cloud, function)):
                    used.setdefault(name, set()).update((action, resource))
    assert {name: parts - used.get(name, set()) for name, parts in named.items() if parts - used.get(name, set())} == {}


def test_lambda_is_allowed_what_it_does_for_a_function(cloud: Cloud) -> None:
    """Those are in OTHERS, so no call of a function shows them."""
    functions = template.read({"SupabaseUrl": ""}).functions(name_of)
    for name, statements in cloud.statements.items():
        kept = {each.actions: each.resources for each in statements if each.actions in OTHERS}
        logs, traces, queue = OTHERS
        assert kept[logs] == (name_of(name.replace("Function", "Log"), "Arn"),)
        assert kept[traces] == ("*",)
        own = tuple(cloud.aws.lookup(source.queue_arn.rpartition(":")[2], "Arn") for source in functions[name].queues)
        assert kept.get(queue, ()) == own, name


def test_what_is_not_allowed_is_refused(cloud: Cloud) -> None:
    """By who stands before the buckets and queues here: otherwise the tests above would prove nothing."""
    options: dict[str, Any] = {"endpoint_url": cloud.keeper.url, "region_name": "ap-east-1"}
    credentials = {"aws_access_key_id": "SweeperFunction", "aws_secret_access_key": "x"}
    sqs, s3 = (boto3.client(service, **options, **credentials) for service in ("sqs", "s3"))
    queue = cloud.aws.lookup("BlockQueue", "Ref")
    assert sqs.get_queue_attributes(QueueUrl=queue)
    for call in (
        lambda: sqs.receive_message(QueueUrl=queue),
        lambda: sqs.purge_queue(QueueUrl=queue),
        lambda: s3.get_object(Bucket="lake", Key="versions/sample/v00000001.json"),
        lambda: s3.delete_object(Bucket="results", Key="artifacts/x"),
        lambda: s3.delete_objects(Bucket="results", Delete={"Objects": [{"Key": "shares/x"}, {"Key": "artifacts/x"}]}),
    ):
        with pytest.raises(BotoError, match="AccessDenied"):
            call()
    del cloud.keeper.calls[-6:]


def asked_by(cloud: Cloud, function: str) -> set[Asked]:
    return {call.asked for call in cloud.keeper.calls if call.function == function}
