"""The whole local stack as a process: started, stopped, killed in several ways, started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from pydantic import SecretStr
from supabase import create_client

from datalake.lake import Lake
from datalake.sample.rows import sample_tables
from datalake.versions import list_versions, resolve
from functions.settings import Settings
from infra.local import guard, home, stack, template
from infra.local.home import running_stack
from infra.local.stack import ROOT, StackError, run_stack
from infra.secrets import GROUPS, secret_name
from tests.datalake.standin import TOKEN, sample_tables_of, serve

pytestmark = [pytest.mark.stack, pytest.mark.slow]


class Supervisor:
    """`python -m infra.local` in a folder, on any free port."""

    started: ClassVar[list["Supervisor"]] = []

    def __init__(self, folder: Path, wait: bool = True) -> None:
        environment = {"PATH": os.environ["PATH"], "LIANGHU_HOME": str(folder), "LIANGHU_PORT": "0", "WORKERS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.started.append(self)
        if wait:
            self._wait()

    def _wait(self) -> None:
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.process.communicate()[1]
        assert self.process.stdout.readline().split() == ["demo@lianghu.local", "lianghu-demo"]

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)

    def token(self) -> str:
        session = (
            create_client(self.url, "local").auth.sign_in_with_password({"email": "demo@lianghu.local", "password": "lianghu-demo"}).session
        )
        assert session is not None
        return session.access_token


def living(folder: Path) -> list[str]:
    """What still runs of a stack: by its ledgers, and by its folder in the words of a process."""
    rows = [json.loads(line) for ledger in folder.rglob("processes") for line in ledger.read_text().splitlines()]
    named = [row["name"] for row in rows if guard.birth(row["pid"]) == row["birth"]]
    return named + [words for words in commands().values() if str(folder) in words]


def commands() -> dict[int, str]:
    """The words of every process by its id."""
    return {int(entry.name): guard.command(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}


def wait_until_nothing_lives(folder: Path, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while left := living(folder):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all, as a person has one. Its kernels are those of all tests, because compiling them takes minutes where others work."""
    home = tmp_path_factory.mktemp("stack") / "home"
    home.mkdir()
    (home / "kernels").symlink_to(Path(os.environ["NUMBA_CACHE_DIR"]).parent)
    return home


@pytest.fixture(autouse=True)
def nothing_left(folder: Path) -> Iterator[None]:
    """A test that fails in the middle must not break the next."""
    yield
    for supervisor in Supervisor.started:
        if supervisor.process.poll() is None:
            supervisor.end(signal.SIGTERM)
    Supervisor.started.clear()
    wait_until_nothing_lives(folder)


def settings(folder: Path, port: int = 0) -> Settings:
    return Settings(lianghu_home=folder, lianghu_port=port, workers=1)


@pytest.mark.timeout(900)  # where no test has compiled kernels yet
def test_it_serves_stops_and_starts_again_with_everything_kept(folder: Path) -> None:
    first = Supervisor(folder)
    info = running_stack(folder)
    assert info is not None
    assert (info.url, info.pid, info.password) == (first.url, first.process.pid, "lianghu-demo")
    assert (folder / "stack.json").stat().st_mode & 0o077 == 0
    create_client(first.url, "local").auth.sign_up({"email": "mine@lianghu.local", "password": "my password"})
    answer = httpx.get(f"{first.url}/api/backtests", headers={"Authorization": f"Bearer {first.token()}"})
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert httpx.get(f"{first.url}/api/backtests").status_code == 401
    begin = time.monotonic()
    assert first.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert time.monotonic() - begin < 8
    assert living(folder) == []
    assert running_stack(folder) is None
    assert "swept" in (folder / "logs" / "SweeperFunction-1.log").read_text()

    second = Supervisor(folder)
    again = create_client(second.url, "local").auth.sign_in_with_password({"email": "mine@lianghu.local", "password": "my password"})
    assert again.user is not None
    assert second.end(signal.SIGINT) == 130
    assert living(folder) == []


def test_a_killed_supervisor_leaves_nothing_running(folder: Path) -> None:
    Supervisor(folder).end(signal.SIGKILL)
    wait_until_nothing_lives(folder)
    assert running_stack(folder) is None, "the state file that it left must not deceive"
    again = Supervisor(folder)
    again.token()
    again.end(signal.SIGTERM)


def test_what_a_kill_of_supervisor_and_guards_left_is_cleaned_up_by_the_next_start(folder: Path) -> None:
    first = Supervisor(folder)
    guards = [pid for pid, words in commands().items() if "guard.py" in words and str(folder) in words]
    assert len(guards) == 2
    for pid in (*guards, first.process.pid):
        os.kill(pid, signal.SIGKILL)
    first.process.wait()
    time.sleep(1)
    assert len(living(folder)) > 2
    again = Supervisor(folder)
    again.token()
    again.end(signal.SIGTERM)
    assert living(folder) == []


@pytest.mark.parametrize("seconds", [0.8, 1.6, 2.4])
def test_a_stop_in_the_middle_of_a_start_leaves_nothing(folder: Path, seconds: float) -> None:
    supervisor = Supervisor(folder, wait=False)
    time.sleep(seconds)
    assert supervisor.end(signal.SIGTERM) in (128 + signal.SIGTERM, -signal.SIGTERM)
    assert living(folder) == []


def test_a_second_stack_is_refused_and_the_first_goes_on(folder: Path) -> None:
    first = Supervisor(folder)
    with pytest.raises(StackError, match=f"running in .* at {first.url}"), run_stack(settings(folder)):
        pass
    assert first.token()
    first.end(signal.SIGTERM)


def test_a_part_that_dies_ends_the_stack_with_a_word(folder: Path) -> None:
    first = Supervisor(folder)
    api = next(json.loads(line) for line in (folder / "processes").read_text().splitlines() if '"api"' in line)
    os.kill(api["pid"], signal.SIGKILL)
    said = first.process.communicate(timeout=30)[1]
    assert first.process.returncode == 1
    assert "api ended by itself" in said
    assert "Traceback" not in said
    assert living(folder) == []


def test_a_port_in_use_is_told_and_nothing_is_left(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StackError, match=f"port {port} cannot be used") as told, run_stack(settings(folder, port)):
            pass
    assert "LIANGHU_PORT" in told.value.hint
    assert living(folder) == []


def test_a_full_disk_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "LEAST_FREE_BYTES", 10**18)
    with pytest.raises(StackError, match="nearly full"), run_stack(settings(folder)):
        pass
    assert living(folder) == []


def test_a_handler_that_cannot_be_loaded_is_told_and_nothing_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = template.TEMPLATE.read_text().replace("functions.planner.handle", "functions.nowhere.handle")
    monkeypatch.setattr(template, "read", lambda parameters: template.Template(text, parameters))
    with pytest.raises(StackError, match=r"PlannerFunction cannot start: .*functions\.nowhere") as told, run_stack(settings(folder)):
        pass
    assert "PlannerFunction-1.log" in told.value.hint
    assert living(folder) == []


def test_a_function_that_lacks_a_setting_is_told_and_nothing_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "grouped", lambda stage, values: {secret_name(stage, group): {} for group in GROUPS})
    said = r"Function cannot start: DATABASE_URL \(secret lianghu/local/shared\): it is missing"
    with pytest.raises(StackError, match=said) as told, run_stack(settings(folder)):
        pass
    assert "-1.log" in told.value.hint
    assert living(folder) == []


def test_the_schedule_of_the_ingest_brings_a_version_and_nobody_else_sees_the_token(folder: Path) -> None:
    first, last = date(2024, 12, 23), date(2024, 12, 31)
    lake = Lake((folder / "lake").as_uri())
    with serve(sample_tables_of(sample_tables(), first, last)) as standin:
        given = {"tushare_token": SecretStr(TOKEN), "tushare_url": standin.url, "ingest_start": 20241223, "tushare_caps": {"*": 1000}}
        with run_stack(settings(folder).model_copy(update=given)) as stack:
            ours = [json.loads(line) for line in (folder / "processes").read_text().splitlines()]
            environments = {row["name"]: Path(f"/proc/{row['pid']}/environ").read_bytes() for row in ours if guard.birth(row["pid"])}
            assert {"api", "WorkerFunction", "PlannerFunction", "SweeperFunction"} < environments.keys()
            assert [name for name, variables in environments.items() if TOKEN.encode() in variables] == []
            assert [name for name, variables in environments.items() if secret_name("local", "tushare").encode() in variables] == [
                "IngestFunction"
            ]

            stack.fire("IngestFunction")
            deadline = time.monotonic() + 90
            while not any(dataset.source == "tushare" for dataset in list_versions(lake.store)):
                assert time.monotonic() < deadline, (folder / "logs" / "IngestFunction-1.log").read_text()
                time.sleep(0.2)
            bars = resolve(lake.store, "tushare").tables["bars_1d"]
            assert (bars.first, bars.last) == (20241223, 20241231)
            assert bars.rows == standin.tables["daily"].height + standin.tables["fund_daily"].height
    assert TOKEN not in (folder / "logs" / "IngestFunction-1.log").read_text()
    assert living(folder) == []


def test_without_a_token_the_ingest_says_so(folder: Path) -> None:
    with run_stack(settings(folder)) as stack:
        stack.fire("IngestFunction")
    assert "nothing is fetched: TUSHARE_TOKEN is not set" in (folder / "logs" / "IngestFunction-1.log").read_text()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"supabase_url": "https://abc.supabase.co"}, "SUPABASE_URL names a real project"),
        ({"database_url": SecretStr("postgresql://elsewhere")}, "DATABASE_URL is set"),
        ({"lake_url": "s3://bucket/lake"}, "LAKE_URL names a bucket"),
        ({"lianghu_port": 70000}, "port 70000"),
        ({"lianghu_home": Path("/proc/nothing/here")}, "cannot be used"),
    ],
)
def test_settings_that_it_cannot_use_are_told(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(StackError, match=message), run_stack(settings(tmp_path / "home").model_copy(update=changes)):
        pass
    assert living(tmp_path) == []
