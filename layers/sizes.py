"""How large packages are, and how large they may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers.rows import FUNCTIONS, Function

MIB = 2**20
LIMIT = 250 * MIB
"""Of a function with its layers, unzipped: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
LARGEST = 6


@dataclass(frozen=True)
class Size:
    """Of a package, in bytes. `zipped` is 0 where it was not packed."""

    parts: Mapping[str, int]
    zipped: int = 0
    digest: str = ""

    @property
    def unzipped(self) -> int:
        return sum(self.parts.values())


def of_function(row: Function, sizes: Mapping[str, Size]) -> Size:
    """With its layers."""
    held = [sizes[name] for name in (row.name, *row.layers)]
    return Size({name: size for each in held for name, size in each.parts.items()}, sum(each.zipped for each in held))


def too_large(sizes: Mapping[str, Size]) -> list[str]:
    """What is over budget, and which of its parts are the largest."""
    told = []
    for row in FUNCTIONS:
        size = of_function(row, sizes)
        if size.unzipped > min(row.budget * MIB, LIMIT):
            largest = sorted(size.parts.items(), key=lambda part: -part[1])[:LARGEST]
            parts = ", ".join(f"{name} {_mib(part)}" for name, part in largest)
            told.append(
                f"{row.name} takes {_mib(size.unzipped)} MiB unzipped with its layers, and may take {row.budget}; the largest: {parts}"
            )
    return told


def as_json(sizes: Mapping[str, Size], **told: Any) -> dict[str, Any]:
    packages = {
        name: {"unzipped": size.unzipped, "zipped": size.zipped, "sha256": size.digest, "parts": dict(sorted(size.parts.items()))}
        for name, size in sizes.items()
    }
    functions = {
        row.name: {"unzipped": size.unzipped, "zipped": size.zipped, "budget": row.budget * MIB}
        for row in FUNCTIONS
        for size in (of_function(row, sizes),)
    }
    return {**told, "limit": LIMIT, "over_budget": too_large(sizes), "functions": functions, "packages": packages}


def _mib(size: int) -> str:
    return f"{size / MIB:.1f}"
