"""The workers: environments that messages are given to, which claim blocks and compute them, and what goes wrong with that."""

from bisect import insort
from math import ceil

import simpy

from functions.scale.late import Late
from functions.scale.model import (
    ATTEMPTS,
    BLOCK_TIMEOUT_SECONDS,
    CALL_SECONDS,
    HEARTBEAT_SECONDS,
    KEPT_SECONDS,
    LAST_SECONDS,
    LATE_SHARE,
    LEASE_SECONDS,
    SWEEP_SECONDS,
)
from functions.scale.parts import CELLS, SPARE, Attempt, Block, Doors, Environment
from functions.scale.world import Steps, World


class Workers:
    """Lambda, and what runs in it."""

    def __init__(self, world: World) -> None:
        self.world, self.load, self.limits, self.times = world, world.load, world.limits, world.times
        self.env, self.chance, self.counts, self.gauges = world.env, world.chance, world.counts, world.gauges
        self.doors = Doors(self.limits)
        self.late = Late(world)
        self.idle = [Environment([0]) for _ in range(world.scenario.warm)]
        self.gauges["environments"].change(0, world.scenario.warm)
        self.working = 0
        self.env.process(self._listen())

    def _listen(self) -> Steps:
        """Lambda: gives messages to environments, as many as there may be."""
        while True:
            while self.world.bells and self.doors.open(self.env.now, self.working):
                self.world.bells -= 1
                self.working += 1
                self.gauges["workers"].change(self.env.now, 1)
                self.env.process(self._call())
            knock = self.world.stirred()
            if not self.world.bells:
                self.doors.quiet()
                yield knock
            elif (at := self.doors.next(self.env.now, self.working)) < float("inf"):
                yield knock | self.env.timeout(at - self.env.now)
            else:
                yield knock

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
            yield self.env.timeout(self.doors.make(began) + times.start * self.world.noise(times.start_spread))
        yield self.env.timeout(times.call)
        called = self.env.now
        alive = True
        while alive:
            waiting, people = self.world.turns.blocks, self.world.turns.people
            yield self.world.ask(times.claim + times.claim_person * people if waiting else times.nothing)
            block = self.world.turns.take() or (self.late.next() if self.limits.speculation else None)
            if block is None:
                self.counts["idle_claims"] += 1
                self.late.come_again()
                break
            alive = yield from self._attempt(block, place)
            if alive and self.env.now - called > CALL_SECONDS - BLOCK_TIMEOUT_SECONDS - LAST_SECONDS:
                self.env.process(self.world.ring(1))
                break
        self.counts["worker_seconds"] += self.env.now - began
        self.working -= 1
        self.gauges["workers"].change(self.env.now, -1)
        place.since = self.env.now
        if alive:
            self.idle.append(place)
        else:
            self.gauges["environments"].change(self.env.now, -1)
        self.world.stir()

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
        claiming = self.world.ask((block.count - 1) * times.claim + times.claim_run * block.runs)
        self.gauges["computing"].change(now, 1)
        self.world.postgres.demand.change(now, times.glance)
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
                yield self.world.ask(block.count * times.complete + times.complete_run * block.runs)
        except simpy.Interrupt:
            stopped = True
        mine.over = True
        block.live.remove(mine)
        self.gauges["computing"].change(self.env.now, -1)
        self.world.postgres.demand.change(self.env.now, -times.glance)
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
        return loading + whole * times.core * slow * self.world.noise(times.spread / block.count**0.5)

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
            self.world.ending[grid] = None
        if not grid.left:
            grid.computed = self.env.now
            self.world.ending.pop(grid)
            grid.finished.succeed()

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
        self.world.wait(block)
        yield from self.world.ring(1, unheard)
