"""The only place that talks to Numba's compiler: four decorators, so that every kernel is built the same way, and two instructions.

Without reference counting (`_nrt=False`) slices and tuples cost nothing, so such a function must not return arrays that it made.
Kernels never raise and never allocate; they divide as C does (the caller checks divisors).

With NUMBA_DISABLE_JIT=1 a kernel is the Python function that it is written as: slow, but with lines that can be counted, and with
integers that warn where compiled ones overflow in silence.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from engine.numba_loading import arrayobj, config, intrinsic, njit, types

Function = TypeVar("Function", bound=Callable[..., Any])

_compiler: Any = njit  # its declared overloads do not know every option
_arrays: Any = arrayobj
_config: Any = config


def kernel(function: Function) -> Function:
    """A compiled function whose machine code is kept on disk; it releases the interpreter's lock."""
    return cast(Function, _compiler(**_ALWAYS, nogil=True)(function))


def part(function: Function) -> Function:
    """A kernel for kernels alone: without a door for Python it compiles much faster where it takes many arrays."""
    return cast(Function, _compiler(**_ALWAYS, **_DOORLESS)(function))


def inlined(function: Function) -> Function:
    """A small part that is copied into its callers' machine code: tuples of arrays then stay in registers."""
    return cast(Function, _compiler(**_ALWAYS, **_DOORLESS, forceinline=True)(function))


def spliced(function: Function) -> Function:
    """A part of one caller that is put into it before anything is compiled: a chapter of its story."""
    return cast(Function, _compiler(**_ALWAYS, **_DOORLESS, inline="always")(function))


_ALWAYS = {"cache": True, "_nrt": False, "error_model": "numpy"}
_DOORLESS = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def _first_bit(_context: Any, word: Any) -> Any:
    def code(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], context.get_constant(types.boolean, True))

    return types.int64(types.uint64), code


def _array_at(_context: Any, address: Any, rows: Any, columns: Any, like: Any) -> Any:
    made = types.Array(like.dtype, 2, "C")

    def code(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        item = context.get_data_type(made.dtype)
        size = context.get_constant(types.intp, context.get_abi_sizeof(item))
        array = _arrays.make_array(made)(context, builder)
        _arrays.populate_array(
            array,
            data=builder.inttoptr(values[0], item.as_pointer()),
            shape=[values[1], values[2]],
            strides=[builder.mul(values[2], size), size],
            itemsize=size,
            meminfo=None,
        )
        return array._getvalue()

    return made(types.uint64, types.int64, types.int64, like), code


class _Memory:
    """What NumPy asks of it makes an array of the memory at an address."""

    def __init__(self, address: int, shape: tuple[int, int], dtype: np.dtype[Any]) -> None:
        self.__array_interface__ = {"version": 3, "data": (address, False), "shape": shape, "typestr": dtype.str}


def _plain_first_bit(word: Any) -> int:
    return (int(word) & -int(word)).bit_length() - 1


def _plain_array_at(address: Any, rows: int, columns: int, like: Any) -> Any:
    return np.asarray(_Memory(int(address), (int(rows), int(columns)), like.dtype))


first_bit = cast(Callable[[Any], int], _plain_first_bit if _config.DISABLE_JIT else intrinsic(_first_bit))
"""The index of the lowest bit that is set in a uint64; for kernels only."""

array_at = cast(Callable[[Any, int, int, Any], Any], _plain_array_at if _config.DISABLE_JIT else intrinsic(_array_at))
"""array_at(address, rows, columns, like): the C-contiguous array, typed as `like`, that lies at an address (uint64); for kernels only.

Many arrays of one shape then reach a kernel as one column of addresses, uncopied. The caller keeps them alive and has checked them.
"""
