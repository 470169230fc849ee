"""The platform as a discrete-event simulation: what thousands of functions would do, told in seconds. Seeded, so repeatable."""

import random
from bisect import insort
from collections import defaultdict
from collections.abc import Generator, Sequence
from math import ceil, exp
from typing import Any

import simpy

from functions.jobs.plan import block_runs
from functions.jobs.records import blocks_of
from functions.scale.model import (
    ATTEMPTS,
    BLOCK_TIMEOUT_SECONDS,
    CALL_SECONDS,
    CONNECTIONS,
    HEARTBEAT_SECONDS,
    KEPT_SECONDS,
    LAST_SECONDS,
    LATE_LEAST_SECONDS,
    LATE_SHARE,
    LEASE_SECONDS,
    SWEEP_SECONDS,
    Crew,
    Scenario,
)
from functions.scale.outcome import Outcome, Use, waits_of
from functions.scale.parts import ACCOUNT, CELLS, SPARE, Attempt, Block, Cores, Doors, Environment, Gauge, Grid, Turns

Steps = Generator[simpy.Event, Any, Any]
GAUGES = ("workers", "computing", "environments", "watchers", "submissions", "reads", "writes", "planners", "aggregators")


def simulate(scenario: Scenario) -> Outcome:
    """Until nothing is left to do, or the scenario's time is over."""
    platform = _Platform(scenario)
    platform.env.run(until=scenario.seconds)
    return platform.outcome()


def dealt(crews: Sequence[Crew], users: int) -> list[Crew]:
    """Users by the shares of crews; what is left over goes to the largest remainders."""
    counts = [int(crew.share * users + 1e-9) for crew in crews]
    rest = sorted(range(len(crews)), key=lambda n: counts[n] - crews[n].share * users)
    for n in rest[: users - sum(counts)]:
        counts[n] += 1
    return [crew for crew, count in zip(crews, counts, strict=True) for _ in range(count)]


class _Platform:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.load, self.limits, self.times = scenario, scenario.load, scenario.limits, scenario.times
        self.chance = random.Random(scenario.seed)  # noqa: S311  a simulation is to be repeated
        self.env = simpy.Environment()
        self.postgres, self.turns, self.doors = Cores(self.limits.postgres_cores), Turns(), Doors(self.limits)
        self.planners = simpy.Resource(self.env, self.limits.planners)
        self.aggregators = simpy.Resource(self.env, self.limits.aggregators)
        self.gauges = {name: Gauge() for name in GAUGES} | {"postgres": self.postgres.demand}
        self.counts: dict[str, float] = defaultdict(float)
        self.grids: list[Grid] = []
        self.ending: dict[Grid, None] = {}
        """Those of which a block may be late."""
        self.built: dict[int, simpy.Event] = {}
        self.idle = [Environment([0]) for _ in range(scenario.warm)]
        self.gauges["environments"].change(0, scenario.warm)
        self.started = {"planners": 0, "aggregators": 0}
        self.bells = self.working = 0
        self.watching = 0.0
        self.knock: simpy.Event | None = None
        self.last = 0.0
        people = dealt(self.load.crews, self.load.users)
        self.chance.shuffle(people)
        self.bundle = max(1, ceil(sum(len(self._cut(crew)) for crew in people) * self.load.submissions / scenario.most_blocks))
        for user, crew in enumerate(people):
            self.env.process(self._person(user, crew))
        self.env.process(self._listen())

    # People, planners, aggregators

    def _person(self, user: int, crew: Crew) -> Steps:
        times = self.times
        for _ in range(self.load.submissions):
            if self.load.think_seconds:
                yield self.env.timeout(self.chance.expovariate(1 / self.load.think_seconds))
            owner = user % (self.load.accounts or self.load.users)
            grid = Grid(owner, crew.name, crew.combinations, self.chance.randrange(self.load.panels), self.env.now, self.env.event())
            self.grids.append(grid)
            self.gauges["submissions"].count(self.env.now)
            self._watch(1)
            seconds = (times.submit + times.submit_run * crew.combinations) * times.core
            self.counts["api_seconds"] += seconds
            yield self.env.timeout(seconds)
            yield self._ask(times.complete + times.store_run * crew.combinations)
            self.env.process(self._plan(grid, crew))
            yield grid.done
            self._watch(-1)

    def _watch(self, by: int) -> None:
        """Whoever waits looks again and again; what the gateway refuses never reaches Postgres."""
        self.gauges["watchers"].change(self.env.now, by)
        looks = min(self.gauges["watchers"].value / self.times.poll, self.limits.api_a_second)
        before, self.watching = self.watching, looks * self.times.answer
        self.postgres.demand.change(self.env.now, self.watching - before)

    def _cut(self, crew: Crew) -> list[int]:
        """Runs of each block."""
        most = self.scenario.block_runs or block_runs(self.load.cells, self.load.sessions)
        workers = 1 if self.scenario.block_runs else self.limits.workers
        return [last - first for first, last in blocks_of(crew.combinations, most, workers)]

    def _plan(self, grid: Grid, crew: Crew) -> Steps:
        times = self.times
        yield self._sent(1)
        with self.planners.request() as mine:
            yield mine
            yield from self._called("planners", self.planners)
            self.gauges["planners"].change(self.env.now, 1)
            if grid.panel not in self.built:
                self.built[grid.panel] = self.env.event()
                if not self.scenario.warm:
                    yield self.env.timeout(times.build * self.load.cells / 1e6 * times.core)
                    self.gauges["writes"].count(self.env.now)
                self.built[grid.panel].succeed()
            yield self.built[grid.panel]
            yield self.env.timeout(times.plan * times.core)
            yield self._ask(2 * times.complete)
            blocks = self._blocks(grid, crew)
            grid.blocks = grid.left = len(blocks)
            self.counts["blocks"] += sum(block.count for block in blocks)
            for block in blocks:
                self._wait(block)
            for first in range(0, len(blocks), 10):
                yield self.env.timeout(times.send * self.bundle)
                self.env.process(self._ring(min(10, len(blocks) - first), messages=self.bundle))
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
        if these.count > self.started[name] and not self.scenario.warm:
            self.started[name] = these.count
            self.counts["cold_starts"] += 1
            yield self.env.timeout(self.times.small_start)

    def _sum(self, grid: Grid) -> Steps:
        times = self.times
        yield self._sent(1)
        with self.aggregators.request() as mine:
            yield mine
            yield from self._called("aggregators", self.aggregators)
            self.gauges["aggregators"].change(self.env.now, 1)
            yield self._ask(times.complete + times.read_run * grid.combinations)
            seconds = times.sum + times.sum_run * grid.combinations if grid.combinations > 1 else times.plan
            yield self.env.timeout(seconds * times.core)
            yield self._ask(times.complete)
            self.gauges["aggregators"].change(self.env.now, -1)
        grid.ended = self.last = self.env.now
        grid.done.succeed()
        if grid.combinations > 1 and self.scenario.prepared:
            prepared = min(self.scenario.prepared, grid.combinations)
            for _ in range(prepared):
                self._wait(Block(grid, SPARE, 1))
            self.env.process(self._ring(prepared))

    # Bells and environments

    def _sent(self, messages: float) -> simpy.Event:
        self.counts["messages"] += messages
        return self.env.timeout(self.times.bell)

    def _ring(self, count: int, delay: float = 0.0, messages: int = 1) -> Steps:
        self.counts["messages"] += count * messages
        yield self.env.timeout(self.times.bell + delay)
        self.bells += count
        self._stir()

    def _stir(self) -> None:
        if self.knock is not None and not self.knock.triggered:
            self.knock.succeed()

    def _listen(self) -> Steps:
        """Lambda: gives messages to environments, as many as there may be."""
        while True:
            while self.bells and self.doors.open(self.env.now, self.working):
                self.bells -= 1
                self.working += 1
                self.gauges["workers"].change(self.env.now, 1)
                self.env.process(self._call())
            self.knock = self.env.event()
            if not self.bells:
                self.doors.quiet()
                yield self.knock
            elif (at := self.doors.next(self.env.now, self.working)) < float("inf"):
                yield self.knock | self.env.timeout(at - self.env.now)
            else:
                yield self.knock

    def _environment(self) -> Environment | None:
        while self.idle:
            place = self.idle.pop()
            if self.env.now - place.since <= KEPT_SECONDS:
                return place
            self.gauges["environments"].change(self.env.now, -1)
        return None

    def _call(self) -> Steps:
        """One invocation: blocks, until there is none or its time is short."""
        times, began = self.times, self.env.now
        self.counts["worker_calls"] += 1
        place = self._environment()
        if place is None:
            place = Environment()
            self.counts["cold_starts"] += 1
            self.gauges["environments"].change(self.env.now, 1)
            yield self.env.timeout(self.doors.make(began) + times.start * self._noise(times.start_spread))
        yield self.env.timeout(times.call)
        called = self.env.now
        alive = True
        while alive:
            waiting, people = self.turns.blocks, self.turns.people
            yield self._ask(times.claim + times.claim_person * people if waiting else times.nothing)
            block = self.turns.take() or (self._late() if self.limits.speculation else None)
            if block is None:
                self.counts["idle_claims"] += 1
                self._come_again()
                break
            alive = yield from self._attempt(block, place)
            if alive and self.env.now - called > CALL_SECONDS - BLOCK_TIMEOUT_SECONDS - LAST_SECONDS:
                self.env.process(self._ring(1))
                break
        self.counts["worker_seconds"] += self.env.now - began
        self.working -= 1
        self.gauges["workers"].change(self.env.now, -1)
        place.since = self.env.now
        if alive:
            self.idle.append(place)
        else:
            self.gauges["environments"].change(self.env.now, -1)
        self._stir()

    # Blocks

    def _wait(self, block: Block) -> None:
        self.turns.add(block.grid.owner, block.kind, block)

    def _attempt(self, block: Block, place: Environment) -> Steps:
        """From a claim to its end; False: the environment died."""
        times, now, process = self.times, self.env.now, self.env.active_process
        if process is None:
            raise RuntimeError("an attempt is a step of a call")
        mine = Attempt(block, process)
        block.attempts += 1
        block.live.append(mine)
        if len(block.live) == 1:
            block.claimed = now
            block.grid.leased[block] = None
        if block.grid.begun is None:
            block.grid.begun = now
        claiming = self._ask((block.count - 1) * times.claim + times.claim_run * block.runs)
        self.gauges["computing"].change(now, 1)
        self.postgres.demand.change(now, times.glance)
        if block.count > 1:
            self._split(block)
        silent = block.count == 1 and self.chance.random() < times.silent
        loud = block.count == 1 and not silent and self.chance.random() < times.loud
        seconds = self._seconds(block, place)
        if block.count == 1 and seconds > BLOCK_TIMEOUT_SECONDS:
            seconds, loud = BLOCK_TIMEOUT_SECONDS, True
        if silent or loud:
            seconds *= self.chance.random()
        stopped = False
        try:
            yield claiming
            yield self.env.timeout(seconds)
            if not (silent or loud):
                self.gauges["writes"].count(self.env.now, block.count)
                yield self._ask(block.count * times.complete + times.complete_run * block.runs)
        except simpy.Interrupt:
            stopped = True
        mine.over = True
        block.live.remove(mine)
        self.gauges["computing"].change(self.env.now, -1)
        self.postgres.demand.change(self.env.now, -times.glance)
        if silent and not stopped:
            self.counts["silent"] += 1
            self.env.process(self._lapse(block))
        elif loud and not stopped:
            self.counts["loud"] += 1
            self._again(block, 2**block.attempts * (1 + self.chance.random()))
        elif stopped or block.ended:
            self.counts["in_vain"] += self.env.now - now
        else:
            self._end(block, seconds)
        return not silent or stopped

    def _split(self, block: Block) -> None:
        """Of several at a time those that fail fail alone."""
        each = block.runs // block.count
        for _ in range(block.count - 1):
            fate = self.chance.random()
            if fate < self.times.silent + self.times.loud:
                alone = Block(block.grid, block.kind, each, attempts=1)
                block.count, block.runs = block.count - 1, block.runs - each
                block.grid.blocks, block.grid.left = block.grid.blocks + 1, block.grid.left + 1
                if fate < self.times.silent:
                    self.counts["silent"] += 1
                    self.env.process(self._lapse(alone))
                else:
                    self.counts["loud"] += 1
                    self._again(alone, 2 * (1 + self.chance.random()))

    def _seconds(self, block: Block, place: Environment) -> float:
        """What an attempt takes, with the panel if it is not there yet."""
        times, loading = self.times, 0.0
        if block.grid.panel not in place.panels:
            place.panels = [*place.panels[-1:], block.grid.panel]
            self.gauges["reads"].count(self.env.now)
            loading = times.object + times.panel_megabytes * self.load.cells / times.run_cells / times.megabytes_a_second
        cells = self.load.cells / times.run_cells
        whole = times.account if block.kind != CELLS else block.count * times.block + block.runs * times.run * cells / times.processors
        slow = 1.0
        if self.chance.random() < times.late * block.count:
            slow += (times.late_times * self.chance.paretovariate(times.late_power) - 1) / block.count
        return loading + whole * times.core * slow * self._noise(times.spread / block.count**0.5)

    def _noise(self, spread: float) -> float:
        return exp(self.chance.gauss(-spread * spread / 2, spread)) if spread else 1.0

    def _end(self, block: Block, seconds: float, *, failed: bool = False) -> None:
        """Once; whoever else computes it hears of it by a heartbeat, and stops at the kernel's next look."""
        if block.ended:
            raise RuntimeError("a block ended twice")
        block.ended, grid = True, block.grid
        grid.leased.pop(block, None)
        self.counts["failed" if failed else "done"] += block.count
        for other in block.live:
            self.env.process(self._stop(other, self.chance.random() + 0.25))
        if block.kind == SPARE:
            return
        grid.left -= 1
        if not failed:
            insort(grid.took, seconds)
            self.counts["combinations"] += block.runs
        if grid.left <= (1 - LATE_SHARE) * grid.blocks:
            grid.quarters = self.env.now if grid.quarters is None else grid.quarters
            self.ending[grid] = None
        if not grid.left:
            grid.computed = self.env.now
            self.ending.pop(grid)
            self.env.process(self._sum(grid))

    def _stop(self, other: Attempt, delay: float) -> Steps:
        yield self.env.timeout(delay)
        if not other.over:
            other.process.interrupt()

    def _lapse(self, block: Block) -> Steps:
        """Its worker fell silent: the lease ends, and whoever claims finds it; the sweeper rings for the case that nobody does."""
        died = self.env.now
        yield self.env.timeout(LEASE_SECONDS - self.chance.random() * HEARTBEAT_SECONDS)
        swept = ceil(died / SWEEP_SECONDS) * SWEEP_SECONDS
        self._again(block, 0.0, max(0.0, swept - self.env.now))

    def _again(self, block: Block, delay: float, unheard: float = 0.0) -> None:
        """After an attempt that came to nothing: unless somebody else is at it."""
        if block.ended or block.live:
            return
        block.grid.leased.pop(block, None)
        if block.attempts >= ATTEMPTS:
            self._end(block, 0.0, failed=True)
            return
        self.counts["retries"] += 1
        self.env.process(self._later(block, delay, unheard))

    def _later(self, block: Block, delay: float, unheard: float) -> Steps:
        yield self.env.timeout(delay)
        self._wait(block)
        yield from self._ring(1, unheard)

    # Speculation

    def _late_at(self, block: Block) -> float:
        took = block.grid.took
        if block.doubled or block.attempts >= ATTEMPTS or not took:
            return float("inf")
        return block.claimed + max(LATE_LEAST_SECONDS, self.limits.speculation * took[len(took) // 2])

    def _late(self) -> Block | None:
        """The one that is late for the longest gets its second attempt."""
        late = min((block for grid in self.ending for block in grid.leased), key=self._late_at, default=None)
        if late is None or self._late_at(late) > self.env.now:
            return None
        late.doubled = True
        self.counts["second_attempts"] += 1
        return late

    def _come_again(self) -> None:
        """Whoever has nothing to do is rung for when the next one will be late."""
        if self.limits.speculation:
            moments = [at for grid in self.ending for block in grid.leased if (at := self._late_at(block)) > self.env.now]
            if moments and (first := min(moments)) < float("inf"):
                self.env.process(self._ring(1, first - self.env.now))

    def _ask(self, seconds: float) -> simpy.Event:
        """Of Postgres."""
        return self.env.timeout(self.postgres.ask(self.env.now, seconds) + self.times.trip)

    def outcome(self) -> Outcome:
        now, limits, gauges = self.last, self.limits, self.gauges
        ended = [grid for grid in self.grids if grid.ended is not None]

        def use(name: str, limit: float, times: float = 1.0) -> Use:
            return Use(gauges[name].busiest(self.env.now) * times, gauges[name].whole * times / max(now, 1e-9), limit)

        peak = {name: gauges[name].peak for name in ("workers", "planners", "aggregators", "environments")}
        looks = use("watchers", limits.api_a_second, 1 / self.times.poll)
        account = peak["workers"] + peak["planners"] + peak["aggregators"]
        connected = (peak["environments"] + peak["planners"] + peak["aggregators"]) * CONNECTIONS
        self.counts["looks"] = gauges["watchers"].whole / self.times.poll
        self.counts["postgres_seconds"] = gauges["postgres"].whole
        self.counts["reads"], self.counts["writes"] = gauges["reads"].whole, gauges["writes"].whole
        return Outcome(
            seconds=now,
            submissions=len(self.grids),
            unfinished=self.load.users * self.load.submissions - len(ended),
            began=waits_of(self.grids, lambda grid: grid.begun),
            ended=waits_of(self.grids, lambda grid: grid.ended),
            tail=max((grid.computed - grid.quarters for grid in ended if grid.computed and grid.quarters), default=0.0),
            use={
                "workers": use("workers", min(limits.workers, limits.account)),
                "account": Use(account, account, limits.account),
                "pooler": Use(connected, connected, limits.pooler_clients),
                "postgres": use("postgres", limits.postgres_cores),
                "api": looks._replace(peak=looks.peak + gauges["submissions"].busiest(self.env.now)),
                "planners": use("planners", limits.planners),
                "aggregators": use("aggregators", limits.aggregators),
                "reads": use("reads", limits.reads_a_second),
                "writes": use("writes", limits.writes_a_second),
            },
            counts=dict(self.counts),
        )
