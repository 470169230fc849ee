"""The layers that a panel is looked for in: this process's memory, the machine's disk, the object store."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from datalake.objects import Store
from datalake.panels.counts import Counts
from datalake.panels.disk import Held, PanelFiles
from datalake.panels.packing import unpack
from datalake.panels.panel import to_market
from engine.market import Market

DISK_BYTES = 4 * 2**30
MEMORY_BYTES = 512 * 2**20
"""What files, and what markets in memory, may take where nobody says otherwise."""

Layer = Literal["memory", "disk", "store"]


class Loaded(NamedTuple):
    market: Market
    layer: Layer
    """Where it was found."""
    is_as_it_was: Callable[[], bool]
    """False once somebody has written to the panel's file: whatever was computed on the market since then is worth nothing."""


class PanelCache:
    """The panels of one process. Blocks of a grid come one after the other, and what the engine has derived from a market stays with it."""

    def __init__(self, store: Store, folder: Path, disk_bytes: int = DISK_BYTES, memory_bytes: int = MEMORY_BYTES) -> None:
        """`memory_bytes`: of the markets that are kept together; the one that was asked for last stays, however large it is."""
        self._store, self._limit = store, memory_bytes
        self._counts = Counts(folder)
        self._files = PanelFiles(folder, disk_bytes, self._counts)
        self._kept: dict[str, tuple[Market, Held]] = {}
        """The least recently used first, each with its file."""

    def load(self, key: str) -> Loaded:
        """The panel as a Market whose arrays are mapped from the disk, shared by every process of the machine; the very same Market
        while it is kept. The mapping is copy-on-write: the arrays are writable and the file never changes.

        MissingObjectError where the store has no such panel, CorruptObjectError where it is not whole there or is another one.
        """
        kept = self._kept.pop(key, None)
        if kept is not None and kept[1].is_as_it_was():
            self._kept[key] = kept
            layer: Layer = "memory"
        else:
            held, layer = self._files.map(self._store, key)
            self._kept[key] = to_market(*unpack(held.bytes)), held
        self._let_go()
        self._counts.add(layer)
        market, held = self._kept[key]
        return Loaded(market, layer, held.is_as_it_was)

    def count(self, where: Literal["found", "built"]) -> None:
        """Beside how often panels are loaded: how often one was asked for that is to be in the store."""
        self._counts.add(where)

    def _let_go(self) -> None:
        """Of the markets that were not used for longest, while all of them together take too much: they grow while one computes on them."""
        sizes = {key: held.bytes.nbytes + derived_bytes(market) for key, (market, held) in self._kept.items()}
        total = sum(sizes.values())
        for key in list(self._kept)[:-1]:
            if total <= self._limit:
                return
            total -= sizes[key]
            del self._kept[key]


def derived_bytes(market: Market) -> int:
    """What the engine keeps beside a market and the markets that it is made of: the arrays that are reached from their memos."""
    markets = [market, market.decided_by, market.daily, *market.references.values()]
    if market.decided_by is not None:
        markets += [market.decided_by.daily, *market.decided_by.references.values()]
    seen: set[int] = set()
    return sum(_bytes(one.memo, seen) for one in markets if one is not None)


def _bytes(value: Any, seen: set[int]) -> int:
    if id(value) in seen or value is None or isinstance(value, str | bytes | int | float):
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        base = value.base
        return _bytes(base, seen) if isinstance(base, np.ndarray) else 0 if isinstance(value, np.memmap) else value.nbytes
    if isinstance(value, Mapping):
        return sum(_bytes(each, seen) for each in value.values())
    if isinstance(value, tuple | list | set | frozenset):
        return sum(_bytes(each, seen) for each in value)
    if is_dataclass(value):
        return sum(_bytes(getattr(value, each.name), seen) for each in fields(value))
    return 0
