"""Real parts for the tests of the doors: a private Postgres with our schema, and SQS, EventBridge and S3 by moto's server."""

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from moto.server import ThreadedMotoServer

from datalake.sample import build_sample
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.store import Store
from functions.stores.requests import Requests
from functions.stores.strategies import Strategies
from infra.local import postgres
from infra.local.migrate import migrate
from tests.functions.platform import Platform, platform_of


@dataclass(frozen=True)
class Servers:
    """Addresses of one session's database."""

    admin: str
    login: str


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    server = postgres.start(tmp_path_factory.mktemp("postgres"))
    try:
        with psycopg.connect(server.url_admin, autocommit=True) as admin:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                admin.execute(f"alter system set {setting} = off")
            admin.execute("select pg_reload_conf()")
        migrate(server.url_admin)
        yield Servers(server.url_admin, server.url_login)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def database(servers: Servers) -> Iterator[Database]:
    database = Database(servers.login)
    yield database
    database.close()


@pytest.fixture
def admin(servers: Servers) -> Iterator[psycopg.Connection]:
    """The superuser's eyes: sees what no user sees."""
    with psycopg.connect(servers.admin, autocommit=True) as connection:
        yield connection


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def strategies(database: Database) -> Strategies:
    return Strategies(database)


@pytest.fixture
def requests(database: Database) -> Requests:
    return Requests(database)


@pytest.fixture
def desk(database: Database, admin: psycopg.Connection) -> Desk:
    """The workers' desk of an empty platform."""
    admin.execute(
        "truncate public.strategies, public.outbox, public.idempotency, public.rate_limits, public.api_keys, public.message_clients cascade"
    )
    return Desk(database)


@pytest.fixture
def new_user(admin: psycopg.Connection) -> Callable[[], str]:
    def make() -> str:
        user = str(uuid.uuid4())
        admin.execute("insert into auth.users (id, email, encrypted_password) values (%s, %s, '')", (user, f"{user}@example.com"))
        return user

    return make


@pytest.fixture
def user(new_user: Callable[[], str]) -> str:
    return new_user()


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of moto's server; it listens on 127.0.0.1 only."""
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "ap-east-1"}
    before = {name: os.environ.get(name) for name in credentials}
    os.environ.update(credentials)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


@pytest.fixture
def folder_url(tmp_path: Path) -> str:
    return f"file://{tmp_path}/objects"


@pytest.fixture(scope="session")
def lake_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample market, to be read only."""
    url = f"file://{tmp_path_factory.mktemp('lake')}"
    build_sample(url)
    return url


@pytest.fixture
def platform(servers: Servers, desk: Desk, aws: str, lake_url: str, tmp_path: Path) -> Iterator[Platform]:
    """The whole platform in this process, empty."""
    with platform_of(servers.login, aws, lake_url, tmp_path) as made:
        yield made
