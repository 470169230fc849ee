"""Generated markets, made once and mapped from a file afterwards, as the platform's workers map their panels."""

import hashlib
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from datalake.panels.packing import Array, pack, unpack
from datalake.panels.panel import DATES, FLAGS, FORMAT, LISTED, PRICES, WHOLES, to_market
from datalake.panels.references import STORED, array_of
from engine.market import Market

HOME = Path(os.environ.get("LIANGHU_HOME", ".lianghu")) / "bench"
MAKERS = ("generated.py", "generated_facts.py", "stored.py")
"""Another text of these makes other files."""


def stored_market(stocks: int, bars: int, facts: bool = False) -> Market:
    """Mapped copy-on-write. Made by a process of its own, whose memory is not this one's."""
    file = file_of(stocks, bars, facts)
    if not file.exists():
        subprocess.run([sys.executable, "-m", "bench.stored", str(stocks), str(bars), str(int(facts))], check=True)
    return mapped(file)


def mapped(file: Path) -> Market:
    return to_market(*unpack(np.memmap(file, dtype=np.uint8, mode="c")))


def file_of(stocks: int, bars: int, facts: bool) -> Path:
    here = Path(__file__).parent
    made = hashlib.sha256(b"".join([str(FORMAT).encode(), *((here / name).read_bytes() for name in MAKERS)])).hexdigest()[:12]
    return HOME / f"{stocks}x{bars}{'-facts' * facts}-{made}.panel"


def packed(market: Market) -> bytes:
    """A panel as the lake writes it, of daily bars."""
    arrays: dict[str, Array] = {name: getattr(market, name) for name in ("times", *DATES, *PRICES, *WHOLES, *FLAGS)}
    arrays |= {name: np.zeros(market.shape[0], np.int32) for name, array in arrays.items() if array is None}
    arrays |= {f"field:{name}": array for name, array in market.fields.items()}
    arrays |= {name: getattr(market.listings, name) for name in LISTED}
    arrays |= {each.name: getattr(market.actions, each.name) for each in fields(market.actions)}
    for code, index in market.references.items():
        arrays |= {array_of(code, name): getattr(index, name) for name in STORED}
    if market.benchmark:
        arrays["benchmark"] = market.benchmark.closes
    header: dict[str, Any] = {
        "kind": "panel",
        "format": FORMAT,
        "dataset": market.dataset,
        "frequency": market.frequency,
        "window_start": market.window_start,
        "codes": list(market.codes),
        "boards": list(market.boards),
        "industries": list(market.listings.industries),
        "fields": list(market.fields),
        "decided_by": None,
        "references": list(market.references),
        "daily": None,
        "benchmark": market.benchmark.code if market.benchmark else "",
    }
    return pack(header, arrays)


def _make(stocks: int, bars: int, facts: bool) -> None:
    from bench.generated import generated_market  # noqa: PLC0415  only who makes a market needs them
    from bench.generated_facts import with_facts  # noqa: PLC0415

    market = generated_market(bars, stocks)
    file = file_of(stocks, bars, facts)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_bytes(packed(with_facts(market) if facts else market))
    beside.replace(file)


if __name__ == "__main__":
    _make(int(sys.argv[1]), int(sys.argv[2]), bool(int(sys.argv[3])))
