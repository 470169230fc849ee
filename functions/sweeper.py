"""Sweeper: heals what got stuck, every minute. Losing a message, a worker or the whole queue loses nothing, because it rings again."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from functions.jobs.desk import Due
from functions.jobs.events import publish_events
from functions.logs import logger
from functions.wiring import House, house

BURIED_AT_ONCE = 100


def handle(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    return sweep(house())


def sweep(house: House) -> dict[str, int]:
    due = house.desk.sweep(house.engine_version)
    rung = sum(house.queue.ring(each.queue, each.grid_id, each.count, each.delay) for each in _missing(due, house.queue.depth("block")))
    published = publish_events(house.desk, house.bus)
    buried = _bury(house)
    logger().info("swept", extra={"due": sum(each.count for each in due), "rung": rung, "published": published, "buried": buried})
    return {"rung": rung, "published": published, "buried": buried}


def _bury(house: House) -> int:
    """Lays blocks that were given up among the dead letters, for people to look at; how many. At least once each."""
    dead = house.desk.dead_blocks(BURIED_AT_ONCE)
    buried = [block.block_id for block in takewhile(house.queue.bury, dead)]
    if buried:
        house.desk.mark_buried(buried)
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
