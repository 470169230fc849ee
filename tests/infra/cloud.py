"""The platform of template.yaml as far as there is one without an account: its functions as processes, real Postgres, moto's buckets,
queues and secrets, and before them who asks for permission. The API is called as the gateway calls it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
import psycopg

from datalake.objects import Store, open_store
from datalake.sample import build_sample
from functions.client import Client
from functions.compiler import compiler_environment
from infra.deploy.translated import REGION, translated
from infra.local import postgres, template
from infra.local.aws import CREDENTIALS, Aws
from infra.local.gateway import answer_of, event_of
from infra.local.lambdas import Lambdas
from infra.local.migrate import migrate
from infra.local.processes import Children
from infra.local.runtime import Environment, Place
from infra.local.stack import _bake_kernels
from infra.local.template import TEMPLATE
from infra.secrets import grouped
from tests.functions.api.conftest import MESSAGES_SECRET, SECRET, SUPABASE, token
from tests.infra.asked import ACCOUNT
from tests.infra.gatekeeper import Gatekeeper
from tests.infra.policies import Statement, statements_of

STAGE = "dev"
BUCKETS = {"Lake": "lake", "Results": "results"}
PSEUDO = {"Partition": "aws", "Region": REGION, "AccountId": ACCOUNT, "URLSuffix": "amazonaws.com"}
ROOT = Path(__file__).parents[2]


def name_of(resource: str, attribute: str) -> str:
    """What !Ref and !GetAtt mean, where nothing of moto's is meant."""
    if resource in BUCKETS:
        return f"arn:aws:s3:::{BUCKETS[resource]}" if attribute == "Arn" else BUCKETS[resource]
    if resource.startswith("AWS::"):
        return PSEUDO[resource.removeprefix("AWS::")]
    return f"arn:aws:none:{REGION}:{ACCOUNT}:{resource}" if attribute == "Arn" else f"{resource}.{attribute}"


@dataclass(frozen=True)
class Cloud:
    aws: Aws
    keeper: Gatekeeper
    lambdas: Lambdas
    api: Environment
    admin: psycopg.Connection
    statements: Mapping[str, list[Statement]]

    def client(self, user: str) -> Client:
        """The API as this user sees it."""
        return Client("http://api", token(user), transport=_Gateway(self.api), sleep=lambda seconds: time.sleep(min(seconds, 1)))

    @property
    def lake(self) -> Store:
        """As somebody else reaches it, who may do everything."""
        return open_store("s3://lake", _options(self.aws.variables["AWS_ENDPOINT_URL"]))

    def restart_api(self) -> None:
        """Ends the API's process as the platform does now and then; the next request starts another."""
        session = self.api._session
        assert session is not None
        session.close()

    @property
    def sqs(self) -> Any:
        """Of somebody to whom the queues belong."""
        return self.aws.sqs()

    @property
    def s3(self) -> Any:
        return boto3.client("s3", **self.aws._options())


@contextmanager
def the_cloud(folder: Path, tushare_url: str, **parameters: str) -> Iterator[Cloud]:
    with ExitStack() as parts:
        children = Children(folder / "processes")
        aws = Aws(REGION, children, folder / "aws.log")
        database = postgres.start(folder / "postgres", log=folder / "postgres.log")
        parts.callback(database.stop)
        parts.callback(children.stop)
        migrate(database.url_admin)
        few = dict.fromkeys(
            ("WorkerConcurrency", "PlannerConcurrency", "AggregatorConcurrency", "ResponderConcurrency", "IngestConcurrency"), "1"
        )
        compiler = {"NumbaCpuName": "NUMBA_CPU_NAME", "NumbaCacheDir": "NUMBA_CACHE_DIR"}
        own = {name: compiler_environment(ROOT / ".lianghu")[variable] for name, variable in compiler.items()}
        given = {
            "Stage": STAGE,
            "SupabaseUrl": SUPABASE,
            "TushareUrl": tushare_url,
            "DataCacheDir": str(folder / "cache"),
            **few,
            **own,
            **parameters,
        }
        plan = template.read(given)
        aws.make(plan)
        made = {*(queue.name for queue in plan.queues()), *plan.buses(aws.lookup)}

        def lookup(resource: str, attribute: str) -> str:
            return aws.lookup(resource, attribute) if resource in made else name_of(resource, attribute)

        aws.keep(grouped(STAGE, _secrets(database.url_login)))
        _fill(aws)
        statements = statements_of(template.Template(TEMPLATE.read_text(), given), translated(given), lookup)
        keeper = Gatekeeper(("127.0.0.1", aws._port), statements, _secret_arns(aws))
        parts.callback(keeper.stop)
        functions = plan.functions(lookup)
        _bake_kernels(functions["ApiFunction"], children, folder / "kernels.log")

        def place(name: str) -> Place:
            return Place(ROOT, variables={"AWS_ENDPOINT_URL": keeper.url, "AWS_ACCESS_KEY_ID": name})

        lambdas = Lambdas(functions, aws, children, place, folder)
        parts.callback(lambdas.stop)
        api = Environment(functions["ApiFunction"], children, aws.variables, place("ApiFunction"), folder / "ApiFunction.log")
        parts.callback(api.stop)
        lambdas.warm_up()
        api.warm_up()
        lambdas.start()
        admin = parts.enter_context(psycopg.connect(database.url_admin, autocommit=True))
        yield Cloud(aws, keeper, lambdas, api, admin, statements)


def _secrets(database: str) -> dict[str, str]:
    from tests.datalake.standin import TOKEN

    return {
        "DATABASE_URL": database,
        "SUPABASE_JWT_SECRET": SECRET,
        "MESSAGES_SECRET": MESSAGES_SECRET,
        "TUSHARE_TOKEN": TOKEN,
    }


def _fill(aws: Aws) -> None:
    """Buckets as the template makes them, and the sample market in the lake."""
    url = aws.variables["AWS_ENDPOINT_URL"]
    s3 = boto3.client("s3", endpoint_url=url, region_name=REGION, aws_access_key_id="somebody", aws_secret_access_key="else")
    for name in BUCKETS.values():
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})  # type: ignore[typeddict-item]
    build_sample("s3://lake", _options(url))


def _options(url: str) -> dict[str, str]:
    """How to reach a bucket, in Delta's words."""
    credentials = {name.lower(): value for name, value in CREDENTIALS.items()}
    return credentials | {"aws_region": REGION, "aws_endpoint_url": url, "aws_allow_http": "true"}


def _secret_arns(aws: Aws) -> dict[str, str]:
    manager = boto3.client("secretsmanager", **aws._options())
    return {row["Name"]: row["ARN"] for row in manager.list_secrets()["SecretList"]}


class _Gateway(httpx.BaseTransport):
    """Each request becomes an event of the function."""

    def __init__(self, api: Environment) -> None:
        self._api = api

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        scope = {
            "method": request.method,
            "scheme": "https",
            "http_version": "1.1",
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": ("api", 443),
        }
        status, headers, body = answer_of(self._api.invoke(event_of(scope, request.read())))
        return httpx.Response(status, headers=headers, content=body)
