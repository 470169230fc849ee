"""Speculation: which block is late, and gets a second attempt."""

from functions.scale.model import ATTEMPTS, LATE_LEAST_SECONDS
from functions.scale.parts import Block
from functions.scale.world import World


class Late:
    """Of the grids of which most blocks have ended."""

    def __init__(self, world: World) -> None:
        self.world, self.env, self.limits, self.counts = world, world.env, world.limits, world.counts

    def _at(self, block: Block) -> float:
        took = block.grid.took
        if block.doubled or block.attempts >= ATTEMPTS or not took:
            return float("inf")
        return block.claimed + max(LATE_LEAST_SECONDS, self.limits.speculation * took[len(took) // 2])

    def next(self) -> Block | None:
        """The one that is late for the longest gets its second attempt."""
        late = min((block for grid in self.world.ending for block in grid.leased), key=self._at, default=None)
        if late is None or self._at(late) > self.env.now:
            return None
        late.doubled = True
        self.counts["second_attempts"] += 1
        return late

    def come_again(self) -> None:
        """Whoever has nothing to do is rung for when the next one will be late."""
        if self.limits.speculation:
            moments = [at for grid in self.world.ending for block in grid.leased if (at := self._at(block)) > self.env.now]
            if moments and (first := min(moments)) < float("inf"):
                self.env.process(self.world.ring(1, first - self.env.now))
