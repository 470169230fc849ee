"""The one address of a stack that runs from packages: sign-in under /auth/v1, and at / a gateway before the API's function, which is
`awslambdaric` processes of its package, as many as requests come at the same time. Run by the supervisor as a process of its own.
"""

import queue
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn

from infra.local.app import SERVING, application
from infra.local.errors import StackError
from infra.local.gateway import Gateway
from infra.local.packages import described
from infra.local.processes import Children
from infra.local.runtime import Environment, Invocation

MOST = 4
"""Environments at the same time. More requests wait; the cloud would start more."""


class Fleet:
    """Environments of one function: the one used last is used first, and another is started only when all are busy."""

    def __init__(self, make: Callable[[int], Environment], most: int = MOST) -> None:
        self._make, self._most = make, most
        self._idle: queue.LifoQueue[Environment] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._made: list[Environment] = []

    def warm_up(self) -> None:
        environment = self._take()
        environment.warm_up()
        self._idle.put(environment)

    def invoke(self, event: Mapping[str, Any]) -> Invocation:
        environment = self._take()
        try:
            return environment.invoke(event)
        finally:
            self._idle.put(environment)

    def stop(self) -> None:
        """At once, in the middle of requests if need be."""
        for environment in self._made:
            environment.stop()

    def _take(self) -> Environment:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            with self._lock:
                if len(self._made) < self._most:
                    self._made.append(environment := self._make(len(self._made) + 1))
                    return environment
        return self._idle.get()


def main(file: str, home: str, port: str, postgres_port: str) -> int:
    function, place, platform = described(Path(file))
    children = Children(Path(file).with_name("processes"))
    logs = Path(home) / "logs"
    fleet = Fleet(lambda number: Environment(function, children, platform, place, logs / f"{function.name}-{number}.log"))
    app = application(Path(home), int(port), int(postgres_port), Gateway(fleet.invoke))
    try:
        fleet.warm_up()
        uvicorn.run(app, port=int(port), **SERVING)
    except StackError as error:
        sys.stderr.write(f"{error.problem}; {error.hint}\n")
        return 1
    finally:
        fleet.stop()
        children.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
