"""Shared objects: without the symbols that only debuggers read, and which C library they need."""

import re
import struct

HEADER = b"\x7fELF\x02\x01"
"""64 bits, little-endian: both processors that Lambda has."""


def without_symbols(data: bytes) -> bytes:
    """Cut behind the last segment. The loader looks at segments alone; behind them lie tables of sections and symbols."""
    if not data.startswith(HEADER):
        return data
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    rows = [struct.unpack_from("<IIQQQQ", data, table + k * size) for k in range(count)]
    end = max([table + size * count, *(offset + in_file for _, _, offset, _, _, in_file in rows)])
    if end >= len(data):
        return data
    cut = bytearray(data[:end])
    struct.pack_into("<Q", cut, 40, 0)  # no table of sections ...
    struct.pack_into("<HH", cut, 60, 0, 0)  # ... of no rows, none of which has their names
    return bytes(cut)


def glibc_needed(data: bytes) -> int:
    """Its minor version 2.x; 0 of what is no shared object."""
    return max(map(int, re.findall(rb"\0GLIBC_2\.(\d+)(?:\.\d+)?(?=\0)", data)), default=0) if data.startswith(HEADER) else 0
