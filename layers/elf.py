"""Shared objects: without the symbols that only debuggers read, and which C library they need."""

import re
import struct
from pathlib import Path

HEADER = b"\x7fELF\x02\x01"
"""64 bits, little-endian: both processors that Lambda has. What follows is of the ELF-64 specification: places in its header, ..."""
FIRST_BYTES, TABLE_AT, SECTIONS_AT, TABLE_SIZE_AT, SECTION_COUNT_AT = 64, 32, 40, 54, 60
OFFSET_AT, LOADED = 8, 1
"""... and of a row in the table of segments: where it says its place in the file, and the kind of those that are loaded."""


def without_symbols(data: bytes) -> bytes:
    """The segments alone, moved together by whole pages. The loader looks at nothing else; between and behind them lie tables of symbols
    and sections."""
    if not data.startswith(HEADER):
        return data
    (table,) = struct.unpack_from("<Q", data, TABLE_AT)
    size, count = struct.unpack_from("<HH", data, TABLE_SIZE_AT)
    rows = [struct.unpack_from("<IIQQQQQQ", data, table + k * size) for k in range(count)]
    page = max(align for kind, *_, align in rows if kind == LOADED)
    spans = [(offset, offset + in_file) for kind, _, offset, _, _, in_file, _, _ in rows if in_file or kind == LOADED]
    kept, moves = bytearray(), [(0, 0)]
    end = 0
    for first, last in sorted([(0, FIRST_BYTES), (table, table + size * count), *spans]):
        if first > end:
            moves.append((first, moves[-1][1] + (first - end) // page * page))
            kept += data[first - (first - end) % page : first]
            end = first
        kept += data[end:last]
        end = max(end, last)

    def moved(offset: int) -> int:
        return offset - max(by for since, by in moves if since <= offset)

    for k, (_, _, offset, *_) in enumerate(rows):
        struct.pack_into("<Q", kept, moved(table) + k * size + OFFSET_AT, moved(offset))
    struct.pack_into("<Q", kept, TABLE_AT, moved(table))
    struct.pack_into("<Q", kept, SECTIONS_AT, 0)  # no table of sections ...
    struct.pack_into("<HH", kept, SECTION_COUNT_AT, 0, 0)  # ... of no rows, none of which has their names
    return bytes(kept)


def glibc_needed(data: bytes) -> int:
    """Its minor version 2.x; 0 of what is no shared object."""
    return max(map(int, re.findall(rb"\0GLIBC_2\.(\d+)(?:\.\d+)?(?=\0)", data)), default=0) if data.startswith(HEADER) else 0


def folder_needs(folder: Path) -> int:
    """Of all shared objects in it."""
    return max((glibc_needed(file.read_bytes()) for file in folder.rglob("*.so*")), default=0)
