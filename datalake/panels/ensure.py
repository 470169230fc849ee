"""Makes sure that a panel is in the store: found there, or built once by whoever comes first."""

from typing import Literal, NamedTuple

from datalake.errors import CorruptObjectError, MissingObjectError
from datalake.lake import Lake
from datalake.objects import exists, put_new, put_over
from datalake.panels.build import build_panel
from datalake.panels.cache import PanelCache
from datalake.panels.panel import PanelSpec, is_stored, object_key
from engine.market import Market


class Ensured(NamedTuple):
    key: str
    where: Literal["found", "built"]
    """Found in the store, or built now."""


def ensured(lake: Lake, spec: PanelSpec, *, doubted: bool = False) -> Ensured:
    """A panel that is not there, or not whole, is built and put. Several builders at once make the same bytes.

    What is there is believed by its size and its first bytes; `doubted`, because somebody could not use it: by all of its bytes.
    """
    key = spec.key
    if is_stored(lake.store, key, wholly=doubted):
        return Ensured(key, "found")
    put = put_over if exists(lake.store, object_key(key)) else put_new
    put(lake.store, object_key(key), build_panel(lake, spec))
    return Ensured(key, "built")


def market_of(lake: Lake, spec: PanelSpec, panels: PanelCache) -> Market:
    """The spec's panel, which is built if it was never built, and once more if what is stored turns out not to be whole."""
    made = ensured(lake, spec)
    panels.count(made.where)
    try:
        return panels.load(made.key).market
    except (MissingObjectError, CorruptObjectError):
        again = ensured(lake, spec, doubted=True)
        panels.count(again.where)
        return panels.load(again.key).market
