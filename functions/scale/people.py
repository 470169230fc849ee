"""Who submits, and the functions that plan a submission and sum it up."""

from collections.abc import Sequence
from math import ceil

import simpy

from functions.jobs.plan import block_runs, cut_for
from functions.jobs.records import blocks_of
from functions.scale.model import Crew
from functions.scale.parts import ACCOUNT, CELLS, SPARE, Block, Grid
from functions.scale.world import Steps, World


def dealt(crews: Sequence[Crew], users: int) -> list[Crew]:
    """Users by the shares of crews; what is left over goes to the largest remainders."""
    counts = [int(crew.share * users + 1e-9) for crew in crews]
    rest = sorted(range(len(crews)), key=lambda n: counts[n] - crews[n].share * users)
    for n in rest[: users - sum(counts)]:
        counts[n] += 1
    return [crew for crew, count in zip(crews, counts, strict=True) for _ in range(count)]


class People:
    """Each submits, looks again and again until it is summed up, thinks, and submits the next."""

    def __init__(self, world: World) -> None:
        self.world, self.load, self.limits, self.times = world, world.load, world.limits, world.times
        self.env, self.chance, self.counts, self.gauges = world.env, world.chance, world.counts, world.gauges
        self.planners = simpy.Resource(self.env, self.limits.planners)
        self.aggregators = simpy.Resource(self.env, self.limits.aggregators)
        self.started = {"planners": 0, "aggregators": 0}
        self.built: dict[int, simpy.Event] = {}
        self.watching = 0.0
        people = dealt(self.load.crews, self.load.users)
        self.chance.shuffle(people)
        blocks = sum(len(self._cut(crew)) for crew in people) * self.load.submissions
        self.bundle = max(1, ceil(blocks / world.scenario.most_blocks))
        for user, crew in enumerate(people):
            self.env.process(self._person(user, crew))

    def _person(self, user: int, crew: Crew) -> Steps:
        times = self.times
        for _ in range(self.load.submissions):
            if self.load.think_seconds:
                yield self.env.timeout(self.chance.expovariate(1 / self.load.think_seconds))
            owner = user % (self.load.accounts or self.load.users)
            panel, finished, done = self.chance.randrange(self.load.panels), self.env.event(), self.env.event()
            grid = Grid(owner, crew.name, crew.combinations, panel, self.env.now, finished, done)
            self.world.grids.append(grid)
            self.gauges["submissions"].count(self.env.now)
            self._watch(1)
            seconds = (times.submit + times.submit_run * crew.combinations) * times.core
            self.counts["api_seconds"] += seconds
            yield self.env.timeout(seconds)
            yield self.world.ask(times.complete + times.store_run * crew.combinations)
            self.env.process(self._life(grid, crew))
            yield grid.done
            self._watch(-1)

    def _life(self, grid: Grid, crew: Crew) -> Steps:
        yield from self._plan(grid, crew)
        yield grid.finished
        yield from self._sum(grid)

    def _watch(self, by: int) -> None:
        """Whoever waits looks again and again; what the gateway refuses never reaches Postgres."""
        self.gauges["watchers"].change(self.env.now, by)
        looks = min(self.gauges["watchers"].value / self.times.poll, self.limits.api_a_second)
        before, self.watching = self.watching, looks * self.times.answer
        self.world.postgres.demand.change(self.env.now, self.watching - before)

    def _cut(self, crew: Crew) -> list[int]:
        """Runs of each block."""
        most = self.world.scenario.block_runs or block_runs(self.load.cells, self.load.sessions)
        workers = 1 if self.world.scenario.block_runs else cut_for(crew.combinations, self.load.cells, self.limits.workers)
        return [last - first for first, last in blocks_of(crew.combinations, most, workers)]

    def _plan(self, grid: Grid, crew: Crew) -> Steps:
        times = self.times
        yield self.world.sent(1)
        with self.planners.request() as mine:
            yield mine
            yield from self._called("planners", self.planners)
            self.gauges["planners"].change(self.env.now, 1)
            if grid.panel not in self.built:
                self.built[grid.panel] = self.env.event()
                if not self.world.scenario.warm:
                    yield self.env.timeout(times.build * self.load.cells / 1e6 * times.core)
                    self.gauges["writes"].count(self.env.now)
                self.built[grid.panel].succeed()
            yield self.built[grid.panel]
            yield self.env.timeout(times.plan * times.core)
            yield self.world.ask(2 * times.complete)
            blocks = self._blocks(grid, crew)
            grid.blocks = grid.left = len(blocks)
            self.counts["blocks"] += sum(block.count for block in blocks)
            for block in blocks:
                self.world.wait(block)
            for first in range(0, len(blocks), 10):
                yield self.env.timeout(times.send * self.bundle)
                self.env.process(self.world.ring(min(10, len(blocks) - first), messages=self.bundle))
            self.gauges["planners"].change(self.env.now, -1)

    def _blocks(self, grid: Grid, crew: Crew) -> list[Block]:
        if crew.combinations == 1:
            return [Block(grid, ACCOUNT, 1)]
        cut = self._cut(crew)
        parts = [cut[first : first + self.bundle] for first in range(0, len(cut), self.bundle)]
        return [Block(grid, CELLS, sum(part), len(part)) for part in parts]

    def _called(self, name: str, these: simpy.Resource) -> Steps:
        """A call of a function that computes nothing large; one more than ever is a cold start."""
        self.counts[f"{name}_calls"] += 1
        yield self.env.timeout(self.times.call)
        if these.count > self.started[name] and not self.world.scenario.warm:
            self.started[name] = these.count
            self.counts["cold_starts"] += 1
            yield self.env.timeout(self.times.small_start)

    def _sum(self, grid: Grid) -> Steps:
        times = self.times
        yield self.world.sent(1)
        with self.aggregators.request() as mine:
            yield mine
            yield from self._called("aggregators", self.aggregators)
            self.gauges["aggregators"].change(self.env.now, 1)
            yield self.world.ask(times.complete + times.read_run * grid.combinations)
            seconds = times.sum + times.sum_run * grid.combinations if grid.combinations > 1 else times.plan
            yield self.env.timeout(seconds * times.core)
            yield self.world.ask(times.complete)
            self.gauges["aggregators"].change(self.env.now, -1)
        grid.ended = self.world.last = self.env.now
        grid.done.succeed()
        if grid.combinations > 1 and self.world.scenario.prepared:
            prepared = min(self.world.scenario.prepared, grid.combinations)
            for _ in range(prepared):
                self.world.wait(Block(grid, SPARE, 1))
            self.env.process(self.world.ring(prepared))
