"""The API over real parts: Postgres with our policies, the sample market in a folder; only doorbells are written down instead of rung."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import jwt
import pytest
import uvicorn
from fastapi.testclient import TestClient
from pydantic import SecretStr

from datalake.sample import build_sample
from functions import cli
from functions.api.app import create_app
from functions.jobs.desk import Desk
from functions.messaging.queues import LostQueueError
from functions.settings import Settings, settings
from functions.wiring import House
from functions.wishes.makers import make
from tests.functions.api.bells import Bells, work

Run = Callable[..., tuple[int, str, str]]

SECRET = "a-secret-of-more-than-thirty-two-bytes"
SUPABASE = "http://127.0.0.1:9"
MESSAGES_SECRET = "a-secret-that-keys-of-clients-are-made-from"

DUAL = """
name: dual-moving-average
params:
  ma_short: {default: 5, min: 2, max: 120}
  ma_long: {default: 20, min: 3, max: 250}
require: [ma_short < ma_long]
let: {fast: "sma(close, ma_short)", slow: "sma(close, ma_long)"}
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 20)
portfolio: {max_positions: 10}
"""


class Letters:
    """Stands in for the queues of message clients: what was sent to them, in order."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def serves(self, arn: str) -> bool:
        return ":ap-east-1:" in arn

    def send(self, arn: str, bodies: Sequence[str]) -> None:
        if arn.endswith("lianghu-replies-closed"):
            raise LostQueueError(arn)
        self.sent += [(arn, body) for body in bodies]


@pytest.fixture(scope="session")
def lake_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = tmp_path_factory.mktemp("lake").as_uri()
    build_sample(url)
    return url


@pytest.fixture
def make_house(servers: Any, lake_url: str, tmp_path: Path) -> Iterator[Callable[..., House]]:
    made: list[House] = []

    def make(**changes: Any) -> House:
        values: dict[str, Any] = {
            "supabase_url": SUPABASE,
            "supabase_jwt_secret": SecretStr(SECRET),
            "database_url": SecretStr(servers.login),
            "lake_url": lake_url,
            "results_url": (tmp_path / "results").as_uri(),
            "workers": 2,
            "messages_secret": SecretStr(MESSAGES_SECRET),
        }
        house = House(Settings(**(values | changes)))
        vars(house)["queue"] = Bells()
        vars(house)["reply_queues"] = Letters()
        made.append(house)
        return house

    yield make
    for house in made:
        house.database.close()


@pytest.fixture
def house(make_house: Callable[..., House], desk: Desk) -> House:
    """`desk` empties the platform before."""
    return make_house()


@pytest.fixture
def client_of() -> Callable[[House, str | None], TestClient]:
    def make(house: House, user: str | None) -> TestClient:
        client = TestClient(create_app(lambda: house))
        if user:
            client.headers["Authorization"] = f"Bearer {token(user)}"
        return client

    return make


@pytest.fixture
def api(house: House, user: str, client_of: Callable[[House, str | None], TestClient]) -> TestClient:
    """As a user."""
    return client_of(house, user)


@pytest.fixture
def other_api(house: House, new_user: Callable[[], str], client_of: Callable[[House, str | None], TestClient]) -> TestClient:
    """As somebody else."""
    return client_of(house, new_user())


@pytest.fixture
def a_backtest() -> Callable[..., dict[str, Any]]:
    """A request's body; keys of the context can be changed, None leaves one out."""

    def make(code: str = DUAL, **changes: Any) -> dict[str, Any]:
        window = {"start": "2020-01-02", "end": "2020-06-30"}
        context = {"universe": {"all": True}, "frequency": "1d", "window": window, "datasource_version": "sample:v1"} | changes
        return {"strategyRef": {"code": code}, "context": {key: value for key, value in context.items() if value is not None}}

    return make


@pytest.fixture
def backtest(api: TestClient, a_backtest: Callable[..., dict[str, Any]]) -> str:
    """The address of a backtest."""
    return f"/api/backtests/{api.post('/api/backtests', json=a_backtest()).json()['backtest_id']}"


@pytest.fixture
def run_id(api: TestClient, house: House, a_backtest: Callable[..., dict[str, Any]]) -> str:
    """A single run that has ended."""
    backtest_id = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    made: str = api.post(f"/api/backtests/{backtest_id}/runs", json={"mode": "single", "params": {}}).json()["run_ids"][0]
    work(house)
    return made


@pytest.fixture
def lianghu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lake_url: str, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command in this process: its exit code, what it wrote to standard output and to standard error."""
    environment = {"LIANGHU_HOME": str(tmp_path / "home"), "LAKE_URL": lake_url, "DATA_CACHE_DIR": str(tmp_path / "cache"), "WORKERS": "2"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.run_command([str(argument) for argument in arguments])
        written = capfd.readouterr()
        assert "Traceback" not in written.err
        return code, written.out, written.err

    yield run
    settings.cache_clear()


@pytest.fixture
def apart(lianghu: Run) -> Run:
    """The same in a process of its own, where no other part writes to standard output."""

    def run(*arguments: object) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "functions.cli", *map(str, arguments)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert "Traceback" not in answer.stderr
        return answer.returncode, answer.stdout, answer.stderr

    return run


@pytest.fixture
def served(house: House, user: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The API under uvicorn, and somebody who answers the doorbells."""
    server = uvicorn.Server(uvicorn.Config(create_app(lambda: house), port=0, log_level="error", lifespan="off"))
    going = threading.Event()

    def functions() -> None:
        wishes = cast(Bells, house.queue).wishes
        while not going.wait(0.02):
            work(house)
            while wishes:
                make(wishes.pop(0), house)

    threads = [threading.Thread(target=server.run), threading.Thread(target=functions)]
    for thread in threads:
        thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    monkeypatch.setenv("LIANGHU_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("LIANGHU_TOKEN", token(user))
    yield
    server.should_exit = True
    going.set()
    for thread in threads:
        thread.join()


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    file = tmp_path / "dual.yaml"
    file.write_text(DUAL + "universe: {from: {all: true}}\n")
    return file


def token(user: str, **changes: Any) -> str:
    claims = {"sub": user, "aud": "authenticated", "iss": f"{SUPABASE}/auth/v1", "exp": time.time() + 600, "jti": str(uuid4())}
    return jwt.encode(claims | changes, SECRET, "HS256")
