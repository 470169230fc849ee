"""A platform among strangers: a victim who owns one of everything, and an attacker who is signed in, too."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from functions.api.app import create_app
from functions.settings import Settings
from functions.wiring import House
from tests.functions.api.conftest import MESSAGES_SECRET, SECRET, SUPABASE, Bells, Letters, client_of, lake_url
from tests.functions.conftest import admin, database, folder_url, servers
from tests.security.people import Person, possess, sign_in

__all__ = ["admin", "client_of", "database", "folder_url", "lake_url", "servers"]


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="session")
def house(servers: Any, lake_url: str, results_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One platform for the whole session; its doorbells are written down."""
    values: dict[str, Any] = {
        "supabase_url": SUPABASE,
        "supabase_jwt_secret": SecretStr(SECRET),
        "database_url": SecretStr(servers.login),
        "lake_url": lake_url,
        "results_url": results_folder.as_uri(),
        "data_cache_dir": tmp_path_factory.mktemp("cache"),
        "workers": 2,
        "rate_limit_requests": 1_000_000,
        "messages_secret": SecretStr(MESSAGES_SECRET),
    }
    house = House(Settings(**values))
    vars(house)["queue"] = Bells()
    vars(house)["reply_queues"] = Letters()
    yield house
    house.database.close()


@pytest.fixture(scope="session")
def stranger(house: House) -> TestClient:
    """Nobody who signed in; a fall of the application is an answer here, as it is behind a server."""
    return TestClient(create_app(lambda: house), raise_server_exceptions=False)


@pytest.fixture(scope="session")
def new_person(house: House, servers: Any) -> Callable[[], Person]:
    """Signs somebody up and in, with nothing yet."""

    def make() -> Person:
        user = str(uuid.uuid4())
        with psycopg.connect(servers.admin, autocommit=True) as connection:
            connection.execute("insert into auth.users (id, email, encrypted_password) values (%s, %s, '')", (user, f"{user}@example.com"))
        return sign_in(TestClient(create_app(lambda: house), raise_server_exceptions=False), house, user)

    return make


@pytest.fixture(scope="session")
def victim(new_person: Callable[[], Person]) -> Person:
    return possess(new_person())


@pytest.fixture(scope="session")
def attacker(new_person: Callable[[], Person]) -> Person:
    """Owns one of everything, too: what is not found is not found because it is somebody else's."""
    return possess(new_person())
