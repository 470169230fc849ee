"""A sign-in service of this machine over a real Postgres, and the unmodified Supabase client on it."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from supabase import Client, create_client

from infra.local import postgres
from infra.local.app import SERVING
from infra.local.auth import auth_app
from infra.local.aws import free_port
from infra.local.migrate import migrate
from infra.local.processes import Children
from infra.local.tokens import Signer


@dataclass(frozen=True)
class SignInService:
    url: str
    keys: Path
    """The folder of its signing key."""
    database: postgres.Postgres

    @property
    def service_key(self) -> str:
        return Signer(f"{self.url}/auth/v1", self.keys).service_key()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignInService]:
    database = postgres.start(tmp_path_factory.mktemp("auth") / "postgres")
    migrate(database.url_admin, Path("/nonexistent"))
    port, keys = free_port(), tmp_path_factory.mktemp("keys")
    auth = auth_app(database.url_auth, f"http://127.0.0.1:{port}/auth/v1", keys)
    running = uvicorn.Server(uvicorn.Config(Starlette(routes=[Mount("/auth/v1", auth)]), port=port, **SERVING))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield SignInService(f"http://127.0.0.1:{port}", keys, database)
    running.should_exit = True
    thread.join()
    database.stop()


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    made = Children(tmp_path / "processes")
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _no_settings_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of commands leave the lake of their stack in the environment of this process."""
    for name in ("LAKE_URL", "RESULTS_URL", "DATA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def client(service: SignInService) -> Client:
    return create_client(service.url, "sb_publishable_local")


@pytest.fixture
def url(service: SignInService) -> str:
    return service.url


def email() -> str:
    """An address that nobody has."""
    return f"user{time.monotonic_ns()}@lianghu.local"
