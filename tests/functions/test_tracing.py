"""One trace from the API through the queues to the last function, as X-Ray's daemon receives it; and nothing of it where it is off."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.tracing import followed, traced
from tests.functions.conftest import Servers
from tests.functions.traced import trace_id

ROOT = Path(__file__).parents[2]
HANDLERS = "api.app responder planner worker aggregator sweeper archiver ingest"


class Daemon:
    """Takes what X-Ray's library sends to its daemon: datagrams with a line of JSON before the part's own."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.texts: list[str] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def parts(self) -> list[dict[str, Any]]:
        """All that came, once nothing more comes."""
        if self._thread.is_alive():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"", self._socket.getsockname())
            self._thread.join(10)
            self._socket.close()
        return [json.loads(text.split("\n", 1)[1]) for text in self.texts]

    def _listen(self) -> None:
        while data := self._socket.recv(65_536):
            self.texts.append(data.decode())


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    made = Daemon()
    yield made
    made.parts()


def submitted(servers: Servers, aws: str, lake_url: str, folder: Path, user: str, daemon: str, sampled: int = 1) -> tuple[str, bool]:
    """The grid's id, and whether X-Ray's library was loaded."""
    environment = os.environ | {"LAMBDA_TASK_ROOT": str(ROOT), "AWS_XRAY_DAEMON_ADDRESS": daemon, "PYTHONPATH": str(ROOT)}
    words = [servers.login, aws, lake_url, str(folder), user, str(sampled)]
    command = [sys.executable, "-m", "tests.functions.traced", *words]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stderr
    told = dict(line.split() for line in ended.stderr.splitlines() if line.startswith(("grid ", "loaded ")))
    assert "Traceback" not in ended.stderr, ended.stderr
    return told["grid"], told["loaded"] == "True"


@pytest.mark.usefixtures("desk")
@pytest.mark.slow
def test_a_submission_is_one_trace_through_all_queues(
    servers: Servers, aws: str, lake_url: str, tmp_path: Path, user: str, daemon: Daemon
) -> None:
    grid_id, loaded = submitted(servers, aws, lake_url, tmp_path, user, daemon.address)
    parts = daemon.parts()
    assert loaded
    calls = {part["name"]: part["trace_id"] for part in parts if part["name"] in ("## api", "## planner", "## worker", "## aggregator")}
    assert len(set(calls.values())) == 4, "each call has a trace of its own, as the platform gives it"

    messages = [part for part in parts if part["name"] == "## message"]
    blocks = [part for part in parts if part["name"] == "## block"]
    assert len(messages) >= 4 and blocks
    assert {part["trace_id"] for part in messages + blocks} == {trace_id(0)}, "what is done belongs to the trace of who asked"
    assert {part["annotations"]["grid_id"] for part in messages + blocks} == {grid_id}
    assert {part["annotations"]["request_id"] for part in messages} == {"request-1"}
    assert {part["annotations"]["user_id"] for part in blocks} == {user} and all(part["annotations"]["block_id"] for part in blocks)

    by_id = {part["id"]: part for part in parts}
    sends = {part["id"] for part in parts if part.get("aws", {}).get("operation") == "SendMessageBatch"}
    assert {part["parent_id"] for part in messages} <= sends, "a message hangs on the call that sent it"
    assert {by_id[part["parent_id"]]["name"] for part in blocks} == {"## message"}
    assert not any("cross_above" in text or "sma(" in text or "ma_short" in text for text in daemon.texts), "no text, no numbers"


@pytest.mark.usefixtures("desk")
@pytest.mark.slow
def test_what_is_not_sampled_loads_and_sends_nothing(
    servers: Servers, aws: str, lake_url: str, tmp_path: Path, user: str, daemon: Daemon
) -> None:
    _, loaded = submitted(servers, aws, lake_url, tmp_path, user, daemon.address, sampled=0)
    assert not loaded and daemon.parts() == []


FAILING = """
from functions.tracing import annotate, traced
with traced("## outside", grid_id="g", block_id=7, run_id=""):
    annotate(request_id="r")
    try:
        with traced("## inside"):
            raise ValueError("could not read 'entry: cross_above(fast, slow)'")
    except ValueError:
        pass
"""


def test_a_part_that_fails_says_so_and_not_with_its_words(daemon: Daemon) -> None:
    header = f"Root={trace_id(0)};Parent=1111111111111111;Sampled=1"
    told = {"LAMBDA_TASK_ROOT": str(ROOT), "AWS_XRAY_DAEMON_ADDRESS": daemon.address, "_X_AMZN_TRACE_ID": header}
    subprocess.run([sys.executable, "-c", FAILING], cwd=ROOT, env=os.environ | told, check=True, timeout=60)
    inside, outside = daemon.parts()
    assert (inside["name"], inside["fault"], inside["parent_id"]) == ("## inside", True, outside["id"])
    assert outside["annotations"] == {"grid_id": "g", "block_id": "7", "request_id": "r"} and "fault" not in outside
    assert not any("cross_above" in text or "ValueError" in text for text in daemon.texts)


@pytest.mark.parametrize("name", HANDLERS.split())
def test_no_function_loads_what_only_some_calls_need(name: str) -> None:
    """Both libraries cost a cold start a tenth of a second."""
    text = f"import sys, functions.{name}; print([name for name in ('aws_xray_sdk', 'sentry_sdk') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_where_nobody_takes_traces_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the local stack, whose runtime names a trace, and tests, where no runtime does."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-1-1;Parent=1;Sampled=1")
    with followed({"AWSTraceHeader": "Root=1-2-2;Parent=2;Sampled=1"}), traced("## something", grid_id="x"):
        assert os.environ["_X_AMZN_TRACE_ID"].startswith("Root=1-1-1")
