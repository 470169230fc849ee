"""The only place that talks to Numba's compiler: two decorators, so that every kernel is built the same way.

Without reference counting (`_nrt=False`) slices and tuples cost nothing, so such a function must not return arrays that it made.
Kernels never raise and never allocate; they divide as C does (the caller checks divisors).
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """A compiled function whose machine code is kept on disk; it releases the interpreter's lock."""
    return cast(Function, njit(cache=True, _nrt=False, error_model="numpy", nogil=True)(function))


def inlined(function: Function) -> Function:
    """A compiled function that is copied into its callers: tuples of arrays then stay in registers."""
    return cast(Function, njit(cache=True, _nrt=False, error_model="numpy", forceinline=True)(function))
