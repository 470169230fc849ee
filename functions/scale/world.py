"""What everybody in a simulated platform shares: its clock, its chance, Postgres, whose turn it is, the bells, and what is counted."""

import random
from collections import defaultdict
from collections.abc import Generator
from math import exp
from typing import Any

import simpy

from functions.scale.model import Scenario
from functions.scale.parts import Block, Cores, Gauge, Grid, Turns

Steps = Generator[simpy.Event, Any, Any]
GAUGES = ("workers", "computing", "environments", "watchers", "submissions", "reads", "writes", "planners", "aggregators")


class World:
    """Whatever happens in it happens by `env`, the discrete-event simulation."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.load, self.limits, self.times = scenario, scenario.load, scenario.limits, scenario.times
        self.chance = random.Random(scenario.seed)  # noqa: S311  a simulation is to be repeated
        self.env = simpy.Environment()
        self.postgres, self.turns = Cores(self.limits.postgres_cores), Turns()
        self.gauges = {name: Gauge() for name in GAUGES} | {"postgres": self.postgres.demand}
        self.counts: dict[str, float] = defaultdict(float)
        self.grids: list[Grid] = []
        self.ending: dict[Grid, None] = {}
        """Those of which a block may be late."""
        self.bells = 0
        self.last = 0.0
        """When the last submission was summed up."""
        self._knock: simpy.Event | None = None

    def ask(self, seconds: float) -> simpy.Event:
        """Of Postgres."""
        return self.env.timeout(self.postgres.ask(self.env.now, seconds) + self.times.trip)

    def sent(self, messages: float) -> simpy.Event:
        self.counts["messages"] += messages
        return self.env.timeout(self.times.bell)

    def wait(self, block: Block) -> None:
        """For a worker that claims it."""
        self.turns.add(block.grid.owner, block.kind, block)

    def ring(self, count: int, delay: float = 0.0, messages: int = 1) -> Steps:
        """For workers, so many times."""
        self.counts["messages"] += count * messages
        yield self.env.timeout(self.times.bell + delay)
        self.bells += count
        self.stir()

    def stir(self) -> None:
        if self._knock is not None and not self._knock.triggered:
            self._knock.succeed()

    def stirred(self) -> simpy.Event:
        """The next time that anything is stirred."""
        self._knock = self.env.event()
        return self._knock

    def noise(self, spread: float) -> float:
        """Around one."""
        return exp(self.chance.gauss(-spread * spread / 2, spread)) if spread else 1.0
