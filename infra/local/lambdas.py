"""All functions of the template at work: their environments, the queues and schedules that call them."""

import json
import logging
import os
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from infra.local.aws import Aws
from infra.local.errors import StackError
from infra.local.processes import Children
from infra.local.queues import EventSource
from infra.local.runtime import Environment, Place
from infra.local.schedules import Clock
from infra.local.template import Function, Schedule

log = logging.getLogger(__name__)


class Lambdas:
    """Functions without queue or schedule are none of its business (the API has a server of its own)."""

    def __init__(self, functions: Mapping[str, Function], aws: Aws, children: Children, place: Callable[[str], Place], logs: Path) -> None:
        """`place` says where a function's code lies, by its name."""
        self._aws = aws
        self._functions = {name: function for name, function in functions.items() if function.queues or function.schedules}
        self._environments = {
            name: [
                Environment(function, children, aws.variables, place(name), logs / f"{name}-{n + 1}.log") for n in range(_count(function))
            ]
            for name, function in self._functions.items()
        }
        self._sources: list[EventSource] = []
        self._clocks: list[Clock] = []
        self._warming = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="warming")

    def warm_up(self) -> None:
        """Waits until one environment of each function has loaded its handler; the others follow in the background."""
        firsts = [self._warming.submit(environments[0].warm_up) for environments in self._environments.values()]
        others = [other for environments in self._environments.values() for other in environments[1:]]
        for other in others:
            self._warming.submit(_warm_quietly, other)
        for first in firsts:
            first.result()

    def start(self) -> None:
        """Listens to the queues. What runs at a rate runs once now: that heals what an earlier, killed stack left."""
        for name, function in self._functions.items():
            for source in function.queues:
                url = self._aws.queue_url(source.queue_arn)
                self._sources.append(EventSource(source, url, self._aws.sqs(), self._environments[name]))
        for name, function in self._functions.items():
            for schedule in function.schedules:
                if schedule.expression.startswith("rate("):
                    self.fire(name, schedule)
                self._clocks.append(Clock(schedule, partial(self._tick_quietly, name, schedule)))

    def stop(self) -> None:
        """At once: whatever is in the middle of something is ended, and done again after the next start."""
        for clock in self._clocks:
            clock.stop()
        for source in self._sources:
            source.stop()
        self._warming.shutdown(wait=False, cancel_futures=True)
        for environments in self._environments.values():
            for environment in environments:
                environment.stop()

    def fire(self, name: str, schedule: Schedule | None = None) -> None:
        """What this schedule of the function does, or any that says nothing of its own, now. StackError: the function failed."""
        environment = self._environments[name][0]
        said = schedule.input if schedule else None
        error = environment.invoke(json.loads(said) if said else _scheduled_event(self._aws.region)).error
        if error is not None:
            raise StackError(f"{name} failed: {error.get('errorMessage') or error['errorType']}", f"see {environment.log}")

    def _tick_quietly(self, name: str, schedule: Schedule) -> None:
        try:
            self.fire(name, schedule)
        except StackError as error:
            log.warning("%s", error)


def _count(function: Function) -> int:
    return max((source.concurrency for source in function.queues), default=1)


def _warm_quietly(environment: Environment) -> None:
    try:
        environment.warm_up()
    except StackError as error:
        log.warning("%s", error)


def _scheduled_event(region: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [],
        "detail": {},
    }
