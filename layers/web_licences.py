"""Which packages of JavaScript the pages of the web terminal carry, and under which licences: from the lock, so that no Node is needed."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from layers.contents import ROOT
from layers.shipped import Shipped

LOCK = ROOT / "web/package-lock.json"
OF_NEXT = ("@swc/helpers",)
"""The rest that Next needs works while pages are built. web/tools/licences.mjs says the same."""
INSIDE = "node_modules/"


def in_pages(lock: Path = LOCK) -> list[Shipped]:
    """What the dependencies of the pages lead to, sorted by name and version. A package is named as often as it has versions."""
    places: Mapping[str, Any] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    found: set[str] = set()
    waiting = [_place(name, "", places) for name in places[""]["dependencies"]]
    while waiting:
        place = waiting.pop()
        if place and place not in found:
            found.add(place)
            waiting += [_place(name, place, places) for name in _needed(place, places)]
    rows = {(place.rpartition(INSIDE)[2], places[place]["version"], places[place].get("license", "?")) for place in found}
    return [Shipped(name, version, licence, ()) for name, version, licence in sorted(rows)]


def _needed(place: str, places: Mapping[str, Any]) -> Iterator[str]:
    yield from OF_NEXT if place == f"{INSIDE}next" else places[place].get("dependencies", {})


def _place(name: str, asking: str, places: Mapping[str, Any]) -> str:
    """Where Node finds it, as seen from a package: in its own folder, else in those around it. Empty: nowhere."""
    while True:
        inner = f"{asking}/{INSIDE}{name}" if asking else f"{INSIDE}{name}"
        if inner in places:
            return inner
        if not asking:
            return ""
        asking = asking.rpartition(f"/{INSIDE}")[0]
