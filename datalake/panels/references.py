"""An index beside a panel's stocks: its arrays among the panel's, and as a Market of one column. Light: no polars, no Delta."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from datalake.calendar import close_times
from datalake.panels.packing import Array
from engine.market import Actions, Listings, Market

MILLION = 1_000_000
STORED = ("sessions", "open", "high", "low", "close", "volume", "amount")
"""What is known of an index's bars: the sessions (T,), whether they have a bar or not, and (T, 1) each of the others."""


def array_of(code: str, name: str) -> str:
    """What the array of a code is called in a panel."""
    return f"reference:{code}:{name}"


def reference(dataset: str, code: str, arrays: Mapping[str, Array]) -> Market:
    """The daily bars of an index. It is never traded nor adjusted: everything beside its bars says nothing."""
    bars: dict[str, Any] = {name: arrays[array_of(code, name)] for name in STORED}
    shape = bars["open"].shape
    others: dict[str, Any] = {name: np.zeros(shape, np.int32) for name in ("pre_close", "limit_up", "limit_down", "listed_sessions")}
    others |= {name: np.zeros(shape, np.uint8) for name in ("member", "is_st")}
    return Market(
        frequency="1d",
        dataset=dataset,
        times=close_times(bars["sessions"]),
        window_start=0,
        codes=(code,),
        boards=("index",),
        adj_factor=np.full(shape, MILLION, np.int64),
        fields={},
        listings=Listings.plain(1),
        actions=Actions.none(),
        **others,
        **bars,
    )
