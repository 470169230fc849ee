"""One Lambda environment on this machine: a real `python -m awslambdaric` process and the Runtime API that it asks for events.

A process serves one event at a time and is kept between events, as in the cloud; after a timeout, a crash or a failed start the next event
gets a new one.
"""

import json
import queue
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra.local.errors import StackError
from infra.local.processes import Children, Process
from infra.local.template import Function

START_SECONDS = 120.0
"""How long a process may take to import its handler."""
GLANCE_SECONDS = 0.05
"""How often we look whether a process has died; its answers come at once."""


@dataclass(frozen=True)
class Place:
    """Where a function's code lies, and who runs it there."""

    folder: Path
    """LAMBDA_TASK_ROOT, in which its process works."""
    python: tuple[str, ...] = (sys.executable,)
    """The words before `-m awslambdaric`."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """What only this place sets; they win over the template's."""


@dataclass(frozen=True)
class Invocation:
    """What came of one event: `error` is None when the handler returned."""

    payload: Any
    error: dict[str, Any] | None
    cold: bool
    seconds: float


class Environment:
    """A place where one function runs, one event at a time (callers take turns)."""

    def __init__(self, function: Function, children: Children, variables: Mapping[str, str], place: Place, log: Path) -> None:
        """`variables` are those that the platform sets besides the template's."""
        self.function, self.log = function, log
        self._children, self._place = children, place
        self._variables = {**variables, **function.environment, **place.variables}
        self._turn = threading.Lock()
        self._session: _Session | None = None
        self._stopped = False

    @property
    def process_id(self) -> int | None:
        """None: it has no process now."""
        return self._session.process_id if self._session else None

    def warm_up(self) -> None:
        """Starts the process, so that the first event finds it ready. StackError: its handler cannot be loaded."""
        with self._turn:
            _, error = self._ready_session()
        if error is not None and not self._stopped:
            raise StackError(f"{self.function.name} cannot start: {error.get('errorMessage') or error['errorType']}", f"see {self.log}")

    def invoke(self, event: Mapping[str, Any]) -> Invocation:
        begin = time.monotonic()
        with self._turn:
            cold = self._session is None or not self._session.alive
            session, error = self._ready_session()
            payload: Any = None
            if error is None:
                payload, error = session.call(json.dumps(event).encode(), self.function)
            if error is not None and not session.alive:
                self._close()
        return Invocation(payload, error, cold, time.monotonic() - begin)

    def stop(self) -> None:
        """Ends the process at once, in the middle of an event if need be; from now on every event fails."""
        self._stopped = True
        if session := self._session:
            session.close()

    def _ready_session(self) -> "tuple[_Session, dict[str, Any] | None]":
        if self._session is not None and not self._session.alive:
            self._close()
        if self._session is None:
            if self._stopped:
                raise StackError(f"{self.function.name} was stopped")
            self._session = _Session(self.function, self._children, self._variables, self._place, self.log)
        session = self._session
        error = session.wait_until_ready()
        if error is not None:
            self._close()
        return session, error

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None


class _Session:
    """One process and the Runtime API server that is its only partner: both end together, so nothing stale can reach a successor."""

    def __init__(self, function: Function, children: Children, variables: Mapping[str, str], place: Place, log: Path) -> None:
        self._events: queue.SimpleQueue[_Event | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[str, str, bytes]] = queue.SimpleQueue()
        self._ready = threading.Event()
        self._start_error: dict[str, Any] | None = None
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        environment = (
            _environment(function, place.folder) | dict(variables) | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}"}
        )
        command = [*place.python, "-m", "awslambdaric", function.handler]
        self._process: Process = children.spawn(function.name, command, log, environment, place.folder)

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self) -> dict[str, Any] | None:
        """Returns the error of a handler that cannot be loaded."""
        deadline = time.monotonic() + START_SECONDS
        while not self._ready.wait(GLANCE_SECONDS):
            if not self.alive:
                return self._start_error or {
                    "errorType": "Runtime.ExitError",
                    "errorMessage": f"it ended with code {self._process.returncode}",
                }
            if time.monotonic() > deadline:
                return {"errorType": "Sandbox.Timedout", "errorMessage": f"it was not ready after {START_SECONDS:g} seconds"}
        return self._start_error

    def call(self, event: bytes, function: Function) -> tuple[Any, dict[str, Any] | None]:
        """(answer, None) or (None, error). After a timeout the process is ended, as the platform does."""
        request_id, deadline = str(uuid.uuid4()), time.monotonic() + function.timeout
        self._events.put(_Event(request_id, event, function, int((time.time() + function.timeout) * 1000)))
        while True:
            try:
                answered, kind, body = self._answers.get(timeout=GLANCE_SECONDS)
            except queue.Empty:
                if not self.alive:
                    return None, {"errorType": "Runtime.ExitError", "errorMessage": f"it ended with code {self._process.returncode}"}
                if time.monotonic() > deadline:
                    self._process.kill()
                    self._process.wait()
                    return None, {"errorType": "Sandbox.Timedout", "errorMessage": f"timed out after {function.timeout:g} seconds"}
                continue
            if answered == request_id:
                value = json.loads(body or b"null")
                return (value, None) if kind == "response" else (None, value or {"errorType": "Runtime.Unknown"})

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()

    # What the process asks, in threads of the server.

    def next_event(self) -> "_Event | None":
        self._ready.set()
        return self._events.get()

    def take_answer(self, request_id: str, kind: str, body: bytes) -> None:
        if request_id == "init":
            self._start_error = json.loads(body)
            self._ready.set()
        else:
            self._answers.put((request_id, kind, body))


@dataclass(frozen=True)
class _Event:
    request_id: str
    body: bytes
    function: Function
    deadline_milliseconds: int


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that dies leaves a broken connection behind; its end is noticed and told elsewhere."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(session: _Session) -> type[BaseHTTPRequestHandler]:
    class RuntimeApi(BaseHTTPRequestHandler):
        """The calls of https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html that a runtime makes."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:  # .../runtime/invocation/next
            event = session.next_event()
            if event is None:
                self.close_connection = True
                return
            headers = {
                "Lambda-Runtime-Aws-Request-Id": event.request_id,
                "Lambda-Runtime-Deadline-Ms": str(event.deadline_milliseconds),
                "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:local:000000000000:function:{event.function.name}",
                "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}",
            }
            self._answer(200, event.body, headers)

        def do_POST(self) -> None:  # .../runtime/init/error, .../invocation/{id}/response, .../invocation/{id}/error
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            *_, request_id, kind = self.path.split("/")
            self._answer(202, b'{"status":"OK"}', {})
            session.take_answer(request_id, kind, body)

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            """Nothing: the functions write their own logs."""

    return RuntimeApi


def _environment(function: Function, folder: Path) -> dict[str, str]:
    """What the platform itself sets; nothing of the caller's environment gets through."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(folder),
        "_HANDLER": function.handler,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    }
