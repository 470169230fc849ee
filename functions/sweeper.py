"""Sweeper: heals what got stuck, every minute. Losing a message, a worker or the whole queue loses nothing, because it rings again."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from functions import metrics
from functions.invocations import serves
from functions.jobs.desk import Due
from functions.jobs.events import publish_events
from functions.logs import logger
from functions.wiring import House, house

BURIED_AT_ONCE = 100
FORGOTTEN_AT_ONCE = 100


@serves("sweeper")
def handle(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    return sweep(house())


def sweep(house: House) -> dict[str, int]:
    due = house.desk.sweep(house.engine_version)
    rung = sum(house.queue.ring(each.queue, each.grid_id, each.count, each.delay) for each in _missing(due, house.queue.depth("block")))
    published = publish_events(house.desk, house.bus)
    done = {"rung": rung, "published": published, "buried": _bury(house), "forgotten": forget_shares(house)}
    logger().info("swept", extra={"due": sum(each.count for each in due), **done})
    return done


def forget_shares(house: House) -> int:
    """Files and rows of shares that ended a month ago; how many. Files first: what breaks off between is done by the next one."""
    ended = house.shares.ended(FORGOTTEN_AT_ONCE)
    house.results.delete_shared([path for share in ended for path in share.paths])
    house.shares.forget([share.id for share in ended])
    return len(ended)


def _bury(house: House) -> int:
    """Lays blocks that were given up among the dead letters, for people to look at; how many. At least once each."""
    dead = house.desk.dead_blocks(BURIED_AT_ONCE)
    buried = [block.block_id for block in takewhile(house.queue.bury, dead)]
    if buried:
        house.desk.mark_buried(buried)
        metrics.measure(metrics.DEAD_LETTERS, len(buried))
    return len(buried)


def _missing(due: Sequence[Due], depth: int) -> Iterator[Due]:
    """Bells for blocks that are in the queue already need not be rung again; any block answers any bell."""
    for each in due:
        count = each.count
        if each.queue == "block":
            there = min(depth, count)
            depth, count = depth - there, count - there
        if count:
            yield Due(each.queue, each.grid_id, count, each.delay)
