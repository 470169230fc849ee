"""Panels: which one a backtest needs (PanelSpec), whether it is stored, and its arrays as a Market. Light: no polars, no Delta."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from datalake.asked.context import DAILY_BARS, INDEX_BARS
from datalake.asked.universe import read_universe
from datalake.errors import CorruptObjectError, MissingObjectError, Problem
from datalake.frequencies import finest_of
from datalake.objects import Store, get, get_range, size_of
from datalake.panels.packing import Array, Header, check, outline_of
from datalake.panels.references import reference
from datalake.versions import Dataset
from engine.market import Actions, Benchmark, Listings, Market
from engine.universe import Universe

FORMAT = 8
"""Raised when the same spec would give other bytes."""

_BEGINNING = 2**16
"""Bytes of a panel that are read to see what it is: most headers are shorter, and each question to a bucket takes its time."""

DATES = ("sessions", "previous_session", "next_session")
PRICES = ("open", "high", "low", "close", "pre_close", "limit_up", "limit_down", "listed_sessions")
WHOLES = ("volume", "amount", "adj_factor")
FLAGS = ("member", "is_st")
LISTED = ("same_day", "delisting_from", "delist_date")
DECIDING = "decided_by:"
"""Prefix of the arrays of the bars that signals are computed on, where orders meet finer ones."""
DAILY = "daily:"
"""Prefix of the arrays of daily bars beside minute ones."""


@dataclass(frozen=True)
class PanelSpec:
    """What a panel holds. Equal specs have equal keys, and the object of a key never changes."""

    dataset: str
    """ "sample:v1" """
    snapshot: str
    """The content behind that name, so that caches never mix two lakes."""
    universe: Universe
    start: int
    """The window's first and last day, YYYYMMDD."""
    end: int
    warm_up: int
    """Bars wanted before the window."""
    frequency: str = "1d"
    fields: tuple[str, ...] = ()
    """Facts beyond plain bars, sorted."""
    execution_frequency: str = ""
    """The finer bars that orders meet; empty: those that signals are computed on."""
    benchmark: str = ""
    """The index, stock or fund that results are compared with; empty: none."""
    further: int = 0
    """Sessions wanted of other bars (an index's, daily ones beside minutes) before the panel's first."""

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        universe: object,
        window: tuple[int, int],
        warm_up: int,
        frequency: str = "1d",
        fields: Iterable[str] = (),
        execution_frequency: str = "",
    ) -> "PanelSpec":
        names = tuple(sorted(set(fields)))
        finest = finest_of(frequency, execution_frequency)
        finer = "" if finest == frequency else finest
        return cls(dataset.version, dataset.snapshot, read_universe(universe), *window, warm_up, frequency, names, finer)

    def compared_with(self, benchmark: str | None) -> "PanelSpec":
        """The same panel with a benchmark; None or empty: with none."""
        return replace(self, benchmark=benchmark or "")

    def reaching(self, further: int) -> "PanelSpec":
        """The same panel whose other bars begin so many sessions before its own; without other bars it is the same panel."""
        has_others = any(name == DAILY_BARS or name.startswith(INDEX_BARS) for name in self.fields)
        return replace(self, further=further if has_others else 0)

    def to_json(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "snapshot": self.snapshot,
            "universe": self.universe.to_json(),
            "start": self.start,
            "end": self.end,
            "warm_up": self.warm_up,
            "frequency": self.frequency,
            "fields": list(self.fields),
            "execution_frequency": self.execution_frequency,
            "benchmark": self.benchmark,
            "further": self.further,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "PanelSpec":
        return cls(**{**value, "universe": read_universe(value["universe"]), "fields": tuple(value["fields"])})

    @property
    def key(self) -> str:
        return _hash(FORMAT, self.to_json())


def _hash(number: Any, spec: Any) -> str:
    text = json.dumps([number, spec], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def object_key(key: str) -> str:
    """Where the panel of a spec's key is stored."""
    return f"panels/{key}.panel"


def key_of(header: Header) -> str:
    """The key of the panel with this header, by what is written in it; "" where it is none."""
    if header.get("kind") != "panel":
        return ""
    return _hash(header.get("format"), header.get("spec"))


def is_stored(store: Store, key: str, *, wholly: bool = False) -> bool:
    """Whether the store has this panel, by its size and what its first bytes say; `wholly`: by all of its bytes.

    False also where the object is half of one, something else, or was damaged: then it is to be written anew.
    """
    name = object_key(key)
    size = size_of(store, name)
    if size is None:
        return False
    try:
        if wholly:
            check(get(store, name))
        first = _range(store, name, 0, min(_BEGINNING, size))
        outline = outline_of(
            lambda start, length: (
                first[start : start + length] if start + length <= len(first) else _range(store, name, start, min(length, size - start))
            )
        )
    except MissingObjectError:  # taken away meanwhile
        return False
    except CorruptObjectError:
        return False
    return outline.bytes == size and key_of(outline.header) == key


def _range(store: Store, name: str, start: int, length: int) -> bytes:
    return get_range(store, name, start, length) if length > 0 else b""


def to_market(header: Header, arrays: Mapping[str, Array]) -> Market:
    """The Market that a panel's header and arrays say, with those beside it: the one that decides for it, indices, daily bars."""
    if header.get("kind") != "panel" or header.get("format") != FORMAT:
        raise CorruptObjectError(Problem("panel", "this object is no panel of this version"))
    deciding, daily = header["decided_by"], header["daily"]
    benchmark = Benchmark(header["benchmark"], arrays["benchmark"]) if header["benchmark"] else None
    others: dict[str, Any] = {
        "references": {code: reference(header["dataset"], code, arrays) for code in header["references"]},
        "daily": _market(header, daily, arrays, DAILY) if daily else None,
    }
    market = _market(header, header, arrays, "")
    if deciding is None:
        return replace(market, benchmark=benchmark, **others)
    return replace(market, benchmark=benchmark, decided_by=replace(_market(header, deciding, arrays, DECIDING), **others))


def _market(header: Header, bars: Mapping[str, Any], arrays: Mapping[str, Array], prefix: str) -> Market:
    """`bars` says what its own bars are, `header` what holds for all bars of the panel."""
    by_row: dict[str, Any] = {name: arrays[prefix + name] for name in ("times", *DATES, *PRICES, *WHOLES, *FLAGS)}
    return Market(
        frequency=bars["frequency"],
        dataset=header["dataset"],
        window_start=bars["window_start"],
        codes=tuple(header["codes"]),
        boards=tuple(header["boards"]),
        fields={name: arrays[f"{prefix}field:{name}"] for name in bars["fields"]},
        listings=Listings(tuple(header["industries"]), **{name: arrays[name] for name in LISTED}),
        actions=Actions(arrays["dividends"], arrays["code_changes"]),
        **by_row,
    )
