"""One object of named arrays with a JSON header, laid out so that it can be mapped and used without copying or decoding.

Layout: magic, header length (little-endian uint64), header JSON, padding to 64, then each array at a multiple of 64 bytes.
The same content gives the same bytes everywhere.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from datalake.errors import CorruptObjectError, Problem

Array = npt.NDArray[Any]
Header = dict[str, Any]

MAGIC = b"LIANGHU1"
_START = len(MAGIC) + 8
_DTYPES = {"|u1", "|i1", "|b1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8"}


def pack(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """The bytes of a header (anything that JSON can say) and of C-ordered little-endian arrays."""
    rows: list[dict[str, Any]] = []
    chunks: list[bytes | memoryview] = []
    place = 0
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array).reshape(array.shape)
        if plain.dtype.str not in _DTYPES:
            raise ValueError(f"array {name!r} has dtype {plain.dtype}, which is not packed")
        rows.append({"name": name, "dtype": plain.dtype.str, "shape": list(plain.shape), "offset": place})
        padding = -plain.nbytes % 64
        chunks += [plain.reshape(-1).view(np.uint8).data, bytes(padding)]
        place += plain.nbytes + padding
    described = {"header": dict(header), "arrays": rows, "bytes": place}
    text = json.dumps(described, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-(_START + len(text)) % 64)
    return b"".join([MAGIC, len(text).to_bytes(8, "little"), text, *chunks])


def unpack(data: bytes | bytearray | memoryview | Array) -> tuple[Header, dict[str, Array]]:
    """Header and arrays. A byte array (`np.memmap` in mode "c" too) is viewed, anything else is copied once.

    The arrays are always writable: Numba compiles anew for read-only ones.
    """
    buffer = _writable(data)
    total = buffer.nbytes
    if total < _START or buffer[: len(MAGIC)].tobytes() != MAGIC:
        raise CorruptObjectError(Problem("arrays", "these bytes are no array object"))
    length = int.from_bytes(buffer[len(MAGIC) : _START].tobytes(), "little")
    body = _START + length
    if body > total:
        raise CorruptObjectError(Problem("arrays", f"the object ends inside its header ({total} bytes)"))
    described = json.loads(buffer[_START:body].tobytes())
    if body + described["bytes"] != total:
        raise CorruptObjectError(Problem("arrays", f"the object has {total} bytes instead of {body + described['bytes']}"))
    arrays: dict[str, Array] = {}
    for row in described["arrays"]:
        dtype = np.dtype(row["dtype"])
        count = 1
        for side in row["shape"]:
            count *= side
        start = body + row["offset"]
        arrays[row["name"]] = buffer[start : start + count * dtype.itemsize].view(dtype).reshape(row["shape"])
    return described["header"], arrays


def header_of(read: Callable[[int, int], bytes]) -> Header:
    """The header alone. `read` gives bytes from a place on, so many."""
    start = read(0, _START)
    if len(start) < _START or start[: len(MAGIC)] != MAGIC:
        raise CorruptObjectError(Problem("arrays", "these bytes are no array object"))
    text = read(_START, int.from_bytes(start[len(MAGIC) :], "little"))
    try:
        header: Header = json.loads(text)["header"]
    except (ValueError, KeyError) as error:
        raise CorruptObjectError(Problem("arrays", "the object ends inside its header")) from error
    return header


def _writable(data: bytes | bytearray | memoryview | Array) -> npt.NDArray[np.uint8]:
    if isinstance(data, np.ndarray) and data.flags.writeable:
        return data.view(np.ndarray).reshape(-1).view(np.uint8)
    source = np.frombuffer(data, dtype=np.uint8)
    room = np.empty(source.nbytes + 64, dtype=np.uint8)
    first = -room.ctypes.data % 64
    aligned = room[first : first + source.nbytes]
    aligned[:] = source
    return aligned
