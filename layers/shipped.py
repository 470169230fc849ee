"""One library that a deployment carries, in a package of a function or in the pages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shipped:
    """Its licence is an SPDX expression."""

    name: str
    version: str
    licence: str
    packages: tuple[str, ...]
    """Of functions; a library of the pages is in none."""
