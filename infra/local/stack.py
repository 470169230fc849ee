"""The whole platform on one machine: Postgres, queues, sign-in, API and functions as processes, kept by this one.

Ctrl-C or SIGTERM end them all in order; a SIGKILL of this process ends them too (see guard.py). Everything is kept in LIANGHU_HOME, and
what was queued goes on after the next start.
"""

import http.client
import json
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import psycopg

from functions.compiler import MARK, compiler_environment
from functions.settings import Settings
from infra.local import postgres, template
from infra.local.accounts import DEMO_EMAIL, DEMO_PASSWORD, Accounts
from infra.local.auth import refuse_remote
from infra.local.aws import Aws, free_port
from infra.local.errors import StackError
from infra.local.guard import birth
from infra.local.home import StackInfo, make_room_for_logs, occupied, publish, running_stack
from infra.local.lambdas import Lambdas
from infra.local.migrate import migrate
from infra.local.packages import describe, unpack
from infra.local.postgres import Postgres
from infra.local.processes import Children, Process
from infra.local.runtime import Environment, Place
from infra.local.secret import messages_secret
from infra.local.template import Function
from infra.secrets import GROUPS, grouped

__all__ = ["RunningStack", "StackError", "StackInfo", "run_stack", "running_stack"]

ROOT = Path(__file__).parents[2]
SOURCES = Place(ROOT)
API_FUNCTION = "ApiFunction"
STAGE = "local"
API_START_SECONDS = 60.0
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class RunningStack(StackInfo):
    """A stack that this process keeps."""

    needed: dict[str, int] = field(repr=False, default_factory=dict)
    """Processes without which nothing works, by name of their log."""
    fire: Callable[[str], None] = field(repr=False, default=lambda name: None)
    """Calls a function as its schedule does, by its name in the template."""
    environment: Callable[[str], Environment] = field(repr=False, kw_only=True)
    """One more place where a function runs, by its name in the template: nothing but the caller calls it there, who stops it in the end."""

    def wait(self) -> NoReturn:
        """Until a signal comes (as KeyboardInterrupt or SystemExit). StackError: a process without which nothing works has ended."""
        while True:
            for name, pid in self.needed.items():
                if birth(pid) is None:
                    raise StackError(f"{name} ended by itself", f"see {self.home / 'logs' / name}.log")
            time.sleep(0.5)


@contextmanager
def run_stack(settings: Settings, packages: Path | None = None, *, listens: bool = True) -> Iterator[RunningStack]:
    """Starts everything, hands it over, and ends everything, whatever happens. StackError says what is missing and what to do.

    `packages`: a folder that `make build` made, from which every function runs instead of from the sources. Without `listens` nothing is
    taken from the queues and no schedule runs: whoever wants a function to do something calls it in an `environment` of its own.
    """
    _refuse_foreign(settings)
    home = settings.lianghu_home.absolute()
    with _signals_as_exceptions(), ExitStack() as parts:
        try:
            yield _start(settings, home, parts, packages, listens)
        finally:
            _ignore_signals()  # A second Ctrl-C must not leave anything behind.


def _start(settings: Settings, home: Path, parts: ExitStack, packages: Path | None, listens: bool) -> RunningStack:
    """`parts` learns how to end each part as soon as it runs."""
    parts.enter_context(occupied(home))
    logs = home / "logs"
    make_room_for_logs(logs)
    children = Children(home / "processes")
    parts.callback(children.stop)
    port = _port(settings.lianghu_port)
    aws = Aws(settings.aws_region, children, logs / "aws.log")  # It loads while Postgres starts.
    database = postgres.start(home / "postgres", log=logs / "postgres.log")
    parts.callback(database.stop)
    parts.callback(children.stop)  # Here too: the database must be the last to go.
    _prepare(database)
    plan = template.read(_parameters(settings, home, port))
    aws.make(plan)
    aws.keep(grouped(STAGE, _secrets(settings, home, database)))
    functions = plan.functions(aws.lookup)
    places = unpack(packages, home / "packages", plan.packages()) if packages else {}
    api = _start_api(functions[API_FUNCTION], places.get(API_FUNCTION), aws, children, home, [str(home), str(port), str(database.port)])
    if not packages:
        _bake_kernels(functions[API_FUNCTION], children, logs / "kernels.log")
    lambdas = Lambdas(functions, aws, children, lambda name: places.get(name, SOURCES), logs)
    parts.callback(lambdas.stop)
    if listens:
        lambdas.warm_up()
    _wait_for_api(api, port, logs / "api.log")
    if listens:
        lambdas.start()
    queues = {queue.name: aws.lookup(queue.name, "Ref") for queue in plan.queues()}
    info = StackInfo(
        f"http://127.0.0.1:{port}", DEMO_EMAIL, DEMO_PASSWORD, home, os.getpid(), database.port, aws.variables["AWS_ENDPOINT_URL"], queues
    )
    publish(info)
    return RunningStack(
        **asdict(info),
        needed={"postgres": database.pid, "aws": aws.process.pid, "api": api.pid},
        fire=lambdas.fire,
        environment=lambda name: Environment(
            functions[name], children, aws.variables, places.get(name, SOURCES), logs / f"{name}-alone.log"
        ),
    )


def _refuse_foreign(settings: Settings) -> None:
    """Settings of a real project beside a stack that would not use them are a misunderstanding; better said than ignored."""
    refuse_remote(settings.supabase_url)
    if settings.database_url.get_secret_value():
        raise StackError("DATABASE_URL is set, but the stack on this machine has a Postgres of its own", "unset DATABASE_URL")
    for name in ("lake_url", "results_url"):
        if not (getattr(settings, name) or "file://").startswith("file://"):
            raise StackError(
                f"{name.upper()} names a bucket, but the stack on this machine keeps data in a folder", f"unset {name.upper()}"
            )


def _parameters(settings: Settings, home: Path, port: int) -> dict[str, str]:
    """Values for the template: a parameter takes the setting of the same name (LogLevel, LOG_LEVEL), but for what is special here."""
    compiler = compiler_environment(home)
    defaults = {
        "lake_url": (home / "lake").as_uri(),
        "results_url": (home / "results").as_uri(),
        "data_cache_dir": str(home / "cache"),
        "numba_cpu_name": compiler["NUMBA_CPU_NAME"],
        "numba_cache_dir": compiler["NUMBA_CACHE_DIR"],
    }
    special = {
        "Stage": STAGE,
        "SupabaseUrl": f"http://127.0.0.1:{port}",
        "WorkerConcurrency": str(settings.workers),
        # A machine of one's own has better things to do.
        **dict.fromkeys(("PlannerConcurrency", "AggregatorConcurrency", "ResponderConcurrency", "IngestConcurrency"), "1"),
    }
    given: dict[str, str] = {}
    for parameter in template.parameter_names():
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).lower()
        if name in type(settings).model_fields:
            value = getattr(settings, name) if name in settings.model_fields_set else defaults.get(name, getattr(settings, name))
            given[parameter] = _text(value)
    return given | special


def _secrets(settings: Settings, home: Path, database: Postgres) -> dict[str, str]:
    """By their names. Signing in is this machine's own, and so is the database."""
    given: dict[str, str] = {name: getattr(settings, name.lower()).get_secret_value() for names in GROUPS.values() for name in names}
    return given | {
        "DATABASE_URL": database.url_login,
        "SUPABASE_JWT_SECRET": "",
        "MESSAGES_SECRET": given["MESSAGES_SECRET"] or messages_secret(home),
    }


def _text(value: Any) -> str:
    """A setting as its variable of the environment has it."""
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _prepare(database: Postgres) -> None:
    try:
        migrate(database.url_admin)
        accounts = Accounts(database.url_auth)
        accounts.ensure(DEMO_EMAIL, DEMO_PASSWORD)
        accounts.close()
    except psycopg.Error as error:
        raise StackError(f"the database could not be prepared: {error}".strip(), "see whether the disk is full") from error


def _start_api(function: Function, place: Place | None, aws: Aws, children: Children, home: Path, arguments: list[str]) -> Process:
    """The same application as the function's, with the function's environment, under a server of its own; or the function itself, from its
    package, behind a gateway."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC", **aws.variables, **function.environment}
    words = ["infra.local.app"]
    if place:
        describe(told := home / "api" / "function.json", function, place, aws.variables)
        words = ["infra.local.packaged_app", str(told)]
    return children.spawn("api", [sys.executable, "-m", *words, *arguments], home / "logs" / "api.log", environment, ROOT)


def _bake_kernels(function: Function, children: Children, log: Path) -> None:
    """Once for each version of the engine, as for the layer that is deployed: then no worker compiles, and none waits for another."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", **function.environment}
    if (Path(environment["NUMBA_CACHE_DIR"]) / MARK).exists():
        return
    if children.spawn("kernels", [sys.executable, "-m", "layers.bake"], log, environment, ROOT).wait() != 0:
        raise StackError("the kernels could not be compiled", f"see {log}")


def _wait_for_api(api: Process, port: int, log: Path) -> None:
    deadline = time.monotonic() + API_START_SECONDS
    while api.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/auth/v1/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise StackError("the API did not start", f"see {log}")


def _port(wanted: int) -> int:
    """The wanted port if it is free; any free one for 0."""
    if wanted == 0:
        return free_port()
    try:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # As the server does: what a former one left is no hindrance.
            listener.bind(("127.0.0.1", wanted))
            listener.listen()
    except (OSError, OverflowError) as error:
        raise StackError(f"port {wanted} cannot be used: {error}", "choose another one with LIANGHU_PORT, or 0 for any free one") from None
    return wanted


@contextmanager
def _signals_as_exceptions() -> Iterator[None]:
    """SIGTERM and the end of the terminal unwind the stack as Ctrl-C does. Python lets only the main thread arrange this."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    if threading.current_thread() is threading.main_thread():
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
