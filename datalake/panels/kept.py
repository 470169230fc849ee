"""The panel that a process used last: blocks of one grid come one after the other, and what the engine knows of a market stays with it."""

from pathlib import Path

from datalake.objects import Store
from datalake.panels.panel import load_panel
from engine.market import Market


class KeptPanel:
    """At most one panel is kept, so a worker that serves many grids maps no more than it computes on."""

    def __init__(self, store: Store, cache_dir: Path) -> None:
        self._store, self._cache_dir = store, cache_dir
        self._kept: tuple[str, Market] | None = None

    def load(self, key: str) -> Market:
        """load_panel, or the very same Market when it is asked for again."""
        if self._kept is None or self._kept[0] != key:
            self._kept = None  # before another one takes room
            self._kept = key, load_panel(self._store, key, self._cache_dir)
        return self._kept[1]
