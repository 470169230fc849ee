"""The bars of indices beside a panel's stocks, read from the tables."""

from typing import Any

import numpy as np
import numpy.typing as npt

from datalake.asked.context import INDEX_BARS
from datalake.calendar import ints_to_dates
from datalake.frequencies import MINUTES
from datalake.panels.facts import carry_close
from datalake.panels.packing import Array
from datalake.panels.panel import PanelSpec
from datalake.panels.references import array_of
from datalake.panels.with_bars import Axis, values_of
from datalake.reading import Reader
from engine.market import FAR

_TYPES = dict.fromkeys(("open", "high", "low", "close"), np.int32) | dict.fromkeys(("volume", "amount"), np.int64)


def index_codes(spec: PanelSpec) -> list[str]:
    """The indices that the panel is to hold, ascending."""
    return [name.removeprefix(INDEX_BARS) for name in spec.fields if name.startswith(INDEX_BARS)]


def reference_arrays(reader: Reader, spec: PanelSpec, axis: Axis) -> dict[str, Array]:
    """The arrays of the spec's indices on every session up to the panel's last.

    They begin `further` sessions before the panel's own bars, as far as the calendar goes back, and one more where these are minutes,
    which see the session before. A session without an open price has no bar; nothing is filled but the last close, as in every panel.
    """
    calendar = np.array(reader.dataset.catalog.sessions, dtype=np.int32)
    own = int(np.searchsorted(calendar, axis.sessions[axis.own_start]))
    after = int(np.searchsorted(calendar, axis.span[1], side="right"))
    sessions = calendar[max(own - spec.further - (spec.frequency in MINUTES), 0) : after]
    out: dict[str, Array] = {}
    for code in index_codes(spec):
        found = values_of(reader, "index_1d", list(_TYPES), ints_to_dates(sessions), (code,), np.int64, 0)
        has_bar: npt.NDArray[np.bool_] = np.greater(found["open"], 0)
        bars: dict[str, npt.NDArray[Any]] = {name: np.where(has_bar, found[name], 0).astype(dtype) for name, dtype in _TYPES.items()}
        bars["close"] = carry_close(bars["close"], has_bar)
        bars["low"] = np.where(has_bar, bars["low"], np.int32(FAR))
        out |= {array_of(code, name): array for name, array in {"sessions": sessions, **bars}.items()}
    return out
