"""The Lambda host: real awslambdaric processes, as they are used, broken and replaced."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local import guard
from infra.local.errors import StackError
from infra.local.processes import Children
from infra.local.runtime import Environment, Place
from infra.local.template import Function

HERE = Path(__file__).parent
Make = Callable[..., Environment]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    children = Children(tmp_path / "processes")
    shutil.copy(HERE / "handlers.py", tmp_path)
    shutil.copy(HERE / "broken_handlers.py", tmp_path)

    def made(handler: str, timeout: float = 5.0) -> Environment:
        function = Function("TestFunction", handler, timeout, 128, {"GIVEN": "by the template"}, (), ())
        return Environment(function, children, {"GIVEN": "by the platform"}, Place(tmp_path), tmp_path / "log")

    yield made
    children.stop()


def test_a_process_is_kept_between_events_and_sees_only_its_own_environment(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVEN", "by the caller")
    environment = make("handlers.ok")
    first, second = environment.invoke({"n": 1}), environment.invoke({"n": "二"})
    assert (first.cold, second.cold) == (True, False)
    assert first.payload["pid"] == second.payload["pid"]
    assert second.payload["event"] == {"n": "二"}
    assert second.payload["given"] == "by the template"
    assert second.payload["home"] is None
    assert 3000 < second.payload["left"] <= 5000
    assert second.seconds < 0.1


def test_an_error_is_reported_and_the_process_goes_on(make: Make) -> None:
    environment = make("handlers.error")
    for cold in (True, False):
        invocation = environment.invoke({})
        assert invocation.error is not None
        assert invocation.error["errorType"] == "KeyError"
        assert invocation.cold is cold
    assert "no such thing" in environment.log.read_text()


def test_a_crash_is_an_error_and_the_next_event_gets_a_new_process(make: Make) -> None:
    environment = make("handlers.crash")
    pid = environment.invoke({"crash": False}).payload
    crashed = environment.invoke({})
    assert crashed.error == {"errorType": "Runtime.ExitError", "errorMessage": "it ended with code 3"}
    again = environment.invoke({"crash": False})
    assert again.cold
    assert again.payload != pid


def test_a_process_killed_between_events_is_replaced(make: Make) -> None:
    environment = make("handlers.ok")
    pid = environment.invoke({}).payload["pid"]
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    again = environment.invoke({})
    assert again.error is None
    assert again.payload["pid"] != pid


def test_a_timeout_ends_the_process(make: Make) -> None:
    environment = make("handlers.slow", timeout=1.0)
    environment.warm_up()
    late = environment.invoke({"seconds": 30})
    assert late.error == {"errorType": "Sandbox.Timedout", "errorMessage": "timed out after 1 seconds"}
    assert 0.9 < late.seconds < 2
    assert environment.invoke({"seconds": 0}).payload == "awake"


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        ("broken_handlers.handle", "no database here"),
        ("handlers.nothing", "Handler 'nothing' missing on module 'handlers'"),
        ("nowhere.handle", "No module named 'nowhere'"),
    ],
)
def test_a_handler_that_cannot_be_loaded_is_told(make: Make, handler: str, message: str) -> None:
    environment = make(handler)
    with pytest.raises(StackError, match=message):
        environment.warm_up()
    invocation = environment.invoke({})
    assert invocation.error is not None
    assert message in invocation.error["errorMessage"]
    assert message in environment.log.read_text()


def test_a_stop_ends_a_running_event(make: Make) -> None:
    environment = make("handlers.slow", timeout=60.0)
    environment.warm_up()
    threading.Timer(0.3, environment.stop).start()
    begin = time.monotonic()
    invocation = environment.invoke({"seconds": 30})
    assert invocation.error is not None
    assert time.monotonic() - begin < 2
    with pytest.raises(StackError, match="was stopped"):
        environment.invoke({"seconds": 0})


def test_children_end_with_their_supervisor(tmp_path: Path) -> None:
    children = Children(tmp_path / "processes")
    stubborn = children.spawn("stubborn", ["sh", "-c", "trap '' TERM; sleep 60"], tmp_path / "log")
    children._guard.stdin.close()  # type: ignore[union-attr]  # What the death of this process would do.
    children._guard.wait(20)
    assert stubborn.wait(1) == -signal.SIGKILL
    assert guard.birth(stubborn.pid) is None
