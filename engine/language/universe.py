"""Which stocks a strategy may buy, as the strategy says it; who resolves it to codes and days stands nearer to the data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

INDEX = re.compile(r"[0-9A-Z]{4,10}\.[A-Z]{2,4}")
"""How an index's code is written."""


@dataclass(frozen=True)
class UniverseSpec:
    """`codes`: a list of ts_codes, ascending; `index`: its members of the day; `all`: every stock; `rank`: the `top` stocks by `field`
    as known `lag` sessions before."""

    kind: Literal["codes", "index", "all", "rank"]
    codes: tuple[str, ...] = ()
    index: str = ""
    field: str = ""
    top: int = 0
    lag: int = 0

    def to_json(self) -> dict[str, Any]:
        """Only what the kind needs, so that equal universes are equal JSON."""
        if self.kind == "codes":
            return {"kind": "codes", "codes": list(self.codes)}
        if self.kind == "index":
            return {"kind": "index", "index": self.index}
        if self.kind == "rank":
            return {"kind": "rank", "field": self.field, "top": self.top, "lag": self.lag}
        return {"kind": "all"}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> "UniverseSpec":
        return UniverseSpec(**{**value, "codes": tuple(value.get("codes", ()))})
