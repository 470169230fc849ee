"""One object of named arrays with a JSON header, laid out so that it can be mapped and used without copying or decoding.

Layout: magic, header length (little-endian uint64), header JSON, padding to 64, then each array at a multiple of 64 bytes.
The last thing in the header is a sha256 of all of it before that and of the arrays: whoever copies an object checks it whole.
The same content gives the same bytes everywhere.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.errors import CorruptObjectError, Problem

Array = npt.NDArray[Any]
Header = dict[str, Any]

MAGIC = b"LIANGHU1"
_START = len(MAGIC) + 8
_SEAL = re.compile(rb',"sha256":"([0-9a-f]{64})"} *\Z')
_SEALED = len(',"sha256":""') + 64
_DTYPES = {"|u1", "|i1", "|b1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8"}


def pack(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """The bytes of a header (anything that JSON can say) and of C-ordered little-endian arrays."""
    return bytes(poured(header, dict(arrays)))


def poured(header: Mapping[str, Any], arrays: dict[str, Array]) -> memoryview:
    """The same of large arrays, each of which is taken out of `arrays` before the next one is copied: memory does not hold all twice."""
    rows: list[dict[str, Any]] = []
    place = 0
    for name, array in arrays.items():
        if array.dtype.str not in _DTYPES:
            raise ValueError(f"array {name!r} has dtype {array.dtype}, which is not packed")
        rows.append({"name": name, "dtype": array.dtype.str, "shape": list(array.shape), "offset": place})
        place += array.nbytes + -array.nbytes % 64
    described = {"header": dict(header), "arrays": rows, "bytes": place}
    plainly = json.dumps(described, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    digest = hashlib.sha256(plainly)
    length = len(plainly) + _SEALED
    length += -(_START + length) % 64
    out = np.empty(_START + length + place, dtype=np.uint8)
    body = out[_START + length :]
    for row in rows:
        array = arrays.pop(row["name"])
        at = body[row["offset"] :][: array.nbytes + -array.nbytes % 64]
        at[: array.nbytes].view(array.dtype).reshape(array.shape)[...] = array
        at[array.nbytes :] = 0
        digest.update(at.data)
    text = plainly[:-1] + f',"sha256":"{digest.hexdigest()}"}}'.encode()
    out[: _START + length] = np.frombuffer(MAGIC + length.to_bytes(8, "little") + text.ljust(length), np.uint8)
    return out.data


def unpack(data: bytes | bytearray | memoryview | Array) -> tuple[Header, dict[str, Array]]:
    """Header and arrays. A byte array (`np.memmap` in mode "c" too) is viewed, anything else is copied once.

    The arrays are always writable: Numba compiles anew for read-only ones. CorruptObjectError where something is cut off; other
    bytes than those that were packed are found by `check` only, which reads all of them.
    """
    buffer = _writable(data)
    described, body = _described(_reader(buffer))
    if body + described["bytes"] != buffer.nbytes:
        raise _corrupt(f"the object has {buffer.nbytes} bytes instead of {body + described['bytes']}")
    arrays: dict[str, Array] = {}
    for row in described["arrays"]:
        dtype = np.dtype(row["dtype"])
        count = 1
        for side in row["shape"]:
            count *= side
        start = body + row["offset"]
        arrays[row["name"]] = buffer[start : start + count * dtype.itemsize].view(dtype).reshape(row["shape"])
    return described["header"], arrays


def check(data: bytes | bytearray | memoryview | Array) -> None:
    """CorruptObjectError unless these are the very bytes that were packed. Reads all of them once."""
    view = np.frombuffer(data, np.uint8).data
    described, body = _described(lambda start, length: bytes(view[start : start + length]))
    if body + described["bytes"] != view.nbytes:
        raise _corrupt(f"the object has {view.nbytes} bytes instead of {body + described['bytes']}")
    text = bytes(view[_START:body])
    seal = _SEAL.search(text)
    if seal is None:
        raise _corrupt("the object does not say what its bytes are")
    if _digest(text[: seal.start()] + b"}", [view[body:]]) != seal[1].decode():
        raise _corrupt("the object's bytes are not those that were written")


class Outline(NamedTuple):
    """What the first bytes of an object say of it."""

    header: Header
    bytes: int
    """Of the whole object."""


def outline_of(read: Callable[[int, int], bytes]) -> Outline:
    """Header and size. `read` gives bytes from a place on, so many, fewer where the object ends before. CorruptObjectError."""
    described, body = _described(read)
    return Outline(described["header"], body + described["bytes"])


def _described(read: Callable[[int, int], bytes]) -> tuple[dict[str, Any], int]:
    """What the header's JSON says, and where the arrays begin."""
    start = read(0, _START)
    if len(start) < _START or start[: len(MAGIC)] != MAGIC:
        raise _corrupt("these bytes are no array object")
    length = int.from_bytes(start[len(MAGIC) :], "little")
    text = read(_START, length)
    if len(text) < length:
        raise _corrupt("the object ends inside its header")
    try:
        described: dict[str, Any] = json.loads(text)
        if not isinstance(described["header"], dict) or not isinstance(described["bytes"], int):
            raise _corrupt("the object's header is damaged")
    except (ValueError, KeyError, TypeError) as error:
        raise _corrupt("the object's header is damaged") from error
    return described, _START + length


def _reader(buffer: npt.NDArray[np.uint8]) -> Callable[[int, int], bytes]:
    return lambda start, length: buffer[start : start + length].tobytes()


def _digest(text: bytes, chunks: Iterable[bytes | memoryview]) -> str:
    digest = hashlib.sha256(text)
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _corrupt(message: str) -> CorruptObjectError:
    return CorruptObjectError(Problem("arrays", message))


def _writable(data: bytes | bytearray | memoryview | Array) -> npt.NDArray[np.uint8]:
    if isinstance(data, np.ndarray) and data.flags.writeable:
        return data.view(np.ndarray).reshape(-1).view(np.uint8)
    source = np.frombuffer(data, dtype=np.uint8)
    room = np.empty(source.nbytes + 64, dtype=np.uint8)
    first = -room.ctypes.data % 64
    aligned = room[first : first + source.nbytes]
    aligned[:] = source
    return aligned
