"""The bars of one code as objects of the lake, made when somebody wants to look at them. Light: whoever has a store and NumPy reads them.

An object holds one frequency of one version: all of it, or of minutes a calendar year. It is a cache: it can be deleted, and is made anew.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.errors import CorruptObjectError, MissingObjectError, Problem
from datalake.frequencies import MINUTES
from datalake.objects import Entry, Store, delete, entries, get, put_new
from datalake.versions import Dataset
from engine.arrays import Floats, Integers, Prices

FORMAT = 1
"""Raised when the same tables would give other bars, or other bytes."""
ROOM = "bars"
WHOLE = 0
"""The part of frequencies that come as one object."""

_HASH = hashlib.sha256().digest_size


class Series(NamedTuple):
    """Every bar that there is, ascending; (T,) each. Sessions without a bar are left out."""

    times: Integers
    """Right edges, UTC milliseconds."""
    sessions: npt.NDArray[np.int32]
    """YYYYMMDD, Asia/Shanghai."""
    open: Prices
    high: Prices
    low: Prices
    close: Prices
    """li, as traded"""
    change: Floats
    """As `explore.scales.changes` has it; NaN: nothing to compare with."""
    volume: Integers
    """shares"""
    amount: Integers
    """li"""
    factor: Integers
    """millionths"""

    @property
    def nbytes(self) -> int:
        return sum(int(column.nbytes) for column in self)

    def taken(self, rows: npt.NDArray[np.bool_] | slice) -> "Series":
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in self._fields}
        return Series(**columns)


def joined(parts: Sequence[Series]) -> Series:
    """One of some that follow on each other; at least one."""
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Series._fields}
    return Series(**columns)


def nothing() -> Series:
    """A series of no bars."""
    whole, price = np.zeros(0, np.int64), np.zeros(0, np.int32)
    return Series(whole, price, price, price, price, price, np.zeros(0), whole, whole, whole)


def parts_of(frequency: str, first: int, last: int) -> list[int]:
    """The objects that hold the bars of these days (YYYYMMDD), ascending: calendar years of minutes, else WHOLE alone."""
    return list(range(first // 10_000, last // 10_000 + 1)) if frequency in MINUTES else [WHOLE]


def series_key(dataset: Dataset, code: str, frequency: str, part: int) -> str:
    """Equal versions of different lakes have other ones."""
    described = json.dumps([FORMAT, dataset.snapshot, code, frequency, part])
    return f"{_folder(dataset)}/{hashlib.sha256(described.encode()).hexdigest()}.bars"


def find_series(store: Store, key: str) -> Series | None:
    """None: it was not made yet, or is damaged."""
    try:
        return series_of(get(store, key), key)
    except (MissingObjectError, CorruptObjectError):
        return None


def put_series(store: Store, key: str, series: Series) -> None:
    """Once; in the place of one that is damaged."""
    data = series_bytes(series)
    if not put_new(store, key, data) and find_series(store, key) is None:
        delete(store, [key])
        put_new(store, key, data)


def series_bytes(series: Series) -> bytes:
    """The SHA-256 of the rest, and NumPy's npz, which dates its files 1980."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **series._asdict())
    return hashlib.sha256(buffer.getvalue()).digest() + buffer.getvalue()


def series_of(data: bytes, key: str) -> Series:
    """CorruptObjectError, which names the object, unless it is byte for byte what was put."""
    arrays = data[_HASH:]
    if hashlib.sha256(arrays).digest() != data[:_HASH]:
        raise CorruptObjectError(Problem("store", f"{key} is damaged: its bytes are not those that were put"))
    with np.load(io.BytesIO(arrays), allow_pickle=False) as found:
        columns: dict[str, Any] = {name: found[name] for name in Series._fields}
    return Series(**columns)


def unneeded(store: Store, newest: Iterable[Dataset], before: datetime) -> dict[str, Entry]:
    """Those of other versions than these, by key, which are not younger: they are made anew for whoever looks at an older version."""
    folders = tuple(f"{_folder(dataset)}/" for dataset in newest)
    return {key: entry for key, entry in entries(store, ROOM).items() if entry.modified < before and not key.startswith(folders)}


def _folder(dataset: Dataset) -> str:
    return f"{ROOM}/{dataset.source}/v{dataset.number:08d}"
