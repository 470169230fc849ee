"""Loads Numba without SciPy, which it imports wherever it is installed, for a linear algebra that no kernel of ours uses.

SciPy would take a fifth of a second of every process that computes. What imports it later gets it as usual.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["arrayobj", "config", "intrinsic", "njit", "types"]


@contextmanager
def _absent(package: str) -> Iterator[None]:
    """Importing the package fails as if it were not installed; where it is loaded already, nothing is gained and nothing is done."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # what importlib takes for "there is none"
    try:
        yield
    finally:
        del sys.modules[package]


with _absent("scipy"):
    from numba import config, njit, types
    from numba.extending import intrinsic
    from numba.np import arraymath as _asks_for_scipy  # noqa: F401  once, when it is imported
    from numba.np import arrayobj
