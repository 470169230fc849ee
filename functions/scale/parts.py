"""What the simulated platform is made of: cores that serve in order, gauges, whose turn it is, how many environments there may be."""

import heapq
from collections import defaultdict, deque
from dataclasses import dataclass, field

import simpy

from functions.scale.model import Limits, Ramp

ACCOUNT, CELLS, SPARE = range(3)
"""Kinds of blocks: of a single run, of a grid, of the best of a grid, in the order in which they are served."""
PRICES = (0.1, 1.0, 0.1)
"""As lianghu.price has them."""

BUCKET_SECONDS = 10.0
"""Over which a demand is averaged before its peak is taken."""


@dataclass(eq=False)
class Grid:
    """A submission."""

    owner: int
    crew: str
    combinations: int
    panel: int
    submitted: float
    finished: simpy.Event
    """All blocks ended."""
    done: simpy.Event
    """And it was summed up."""
    blocks: int = 0
    left: int = 0
    """Blocks that have not ended."""
    begun: float | None = None
    quarters: float | None = None
    """When three quarters of its blocks had ended."""
    computed: float | None = None
    ended: float | None = None
    took: list[float] = field(default_factory=list)
    """Sorted: seconds of its blocks."""
    leased: dict["Block", None] = field(default_factory=dict)


@dataclass(eq=False)
class Block:
    grid: Grid
    kind: int
    runs: int
    count: int = 1
    """So many of the planner's blocks, which one worker takes one after the other."""
    attempts: int = 0
    live: list["Attempt"] = field(default_factory=list)
    claimed: float = 0.0
    doubled: bool = False
    ended: bool = False


@dataclass(eq=False)
class Attempt:
    block: Block
    process: simpy.Process
    over: bool = False


@dataclass(eq=False)
class Environment:
    """Of a worker."""

    panels: list[int] = field(default_factory=list)
    """In memory, the newest last."""
    since: float = 0.0
    """Nothing has happened in it."""


class Gauge:
    """How much there was of something over time: its peak, the mean of any ten seconds, and the whole."""

    def __init__(self) -> None:
        self.value = self.peak = self.whole = 0.0
        self._since = 0.0
        self._buckets: dict[int, float] = defaultdict(float)

    def change(self, now: float, by: float) -> None:
        """Of something that lasts."""
        self._integrate(now)
        self.value += by
        self.peak = max(self.peak, self.value)

    def count(self, now: float, amount: float = 1.0) -> None:
        """Of something that happens."""
        self.whole += amount
        self._buckets[int(now / BUCKET_SECONDS)] += amount

    def busiest(self, now: float) -> float:
        """Of any ten seconds, a second."""
        self._integrate(now)
        return max(self._buckets.values(), default=0.0) / BUCKET_SECONDS

    def mean(self, now: float) -> float:
        self._integrate(now)
        return self.whole / now if now else 0.0

    def _integrate(self, now: float) -> None:
        since, self._since = self._since, now
        while self.value and since < now:
            until = min(now, (int(since / BUCKET_SECONDS) + 1) * BUCKET_SECONDS)
            self.count(since, self.value * (until - since))
            since = until if until > since else now


class Cores:
    """Of Postgres: who comes first is served first. What is asked all the time (`demand.change`) makes each of them slower."""

    def __init__(self, cores: float) -> None:
        self._free = [0.0] * max(1, int(cores))
        self.cores = cores
        self.demand = Gauge()
        self.waited = 0.0

    def ask(self, now: float, seconds: float) -> float:
        """Seconds until it is answered."""
        self.demand.count(now, seconds)
        taking = seconds / (1.0 - min(0.95, self.demand.value / self.cores))
        begins = max(now, self._free[0])
        heapq.heapreplace(self._free, begins + taking)
        self.waited += begins - now
        return begins - now + taking


class Turns:
    """Blocks that wait, and whose turn it is: start-time fair queueing, served in the order of ends, as lianghu.whose_turn has it."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[deque[Block], ...]] = {}
        self._ends: dict[int, float] = defaultdict(float)
        self._heap: list[tuple[bool, float, int, int]] = []
        self._now = 0.0
        self._number = 0
        self._newest: dict[int, int] = {}
        self.blocks = 0

    @property
    def people(self) -> int:
        return len(self._waiting)

    def add(self, owner: int, kind: int, block: Block) -> None:
        self.blocks += 1
        mine = self._waiting.get(owner)
        if mine is None:
            mine = self._waiting[owner] = deque(), deque(), deque()
            self._ends[owner] = max(self._ends[owner], self._now)
        mine[kind].append(block)
        self._queue(owner)

    def take(self) -> Block | None:
        while self._heap:
            _, _, number, owner = heapq.heappop(self._heap)
            if self._newest.get(owner) != number:
                continue
            mine = self._waiting[owner]
            kind = next(each for each in range(3) if mine[each])
            block = mine[kind].popleft()
            self.blocks -= 1
            self._now = max(self._now, self._ends[owner])
            self._ends[owner] += PRICES[kind]
            if any(mine):
                self._queue(owner)
            else:
                del self._waiting[owner], self._newest[owner]
            return block
        return None

    def _queue(self, owner: int) -> None:
        mine = self._waiting[owner]
        kind = next(each for each in range(3) if mine[each])
        self._number += 1
        self._newest[owner] = self._number
        heapq.heappush(self._heap, (kind == SPARE, self._ends[owner] + PRICES[kind], self._number, owner))


class Doors:
    """How many environments may work now: the queue's ramp, MaximumConcurrency, the account, and how fast new ones are made."""

    def __init__(self, limits: Limits) -> None:
        self._ramp: Ramp = limits.ramp
        self._most = min(limits.workers, limits.account, limits.ramp.most)
        self._rate = limits.environments_a_second
        self._made, self._made_at = min(1000.0, 10 * self._rate), 0.0
        self._busy_since: float | None = None

    def open(self, now: float, working: int) -> bool:
        """Whether one more message may be taken. Who asks while some wait keeps the ramp going."""
        if self._busy_since is None:
            self._busy_since = now
        may = self._ramp.first + self._ramp.a_minute / 60 * (now - self._busy_since)
        return working < min(self._most, may)

    def quiet(self) -> None:
        """No message waits: the next ones find a few readers again."""
        self._busy_since = None

    def next(self, now: float, working: int) -> float:
        """When `open` may say yes without anybody having ended; infinite: never."""
        if working >= self._most or not self._ramp.a_minute:
            return float("inf")
        since = now if self._busy_since is None else self._busy_since
        return max(now + 0.05, since + (working + 1 - self._ramp.first) * 60 / self._ramp.a_minute)

    def make(self, now: float) -> float:
        """Seconds until a new environment may begin to start."""
        self._made = min(1000.0, 10 * self._rate, self._made + (now - self._made_at) * self._rate) - 1
        self._made_at = now
        return max(0.0, -self._made / self._rate)
