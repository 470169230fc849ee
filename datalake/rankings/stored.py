"""Rankings as objects of the lake: one of arrays for each calendar year, and one that says which of them a version's ranking is made of.

Light: whoever has a store and NumPy can read them. A year's object is named by everything that it is made from, so that versions share
those years in which nothing has changed. All of it is a cache: it can be deleted, and is made anew.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.errors import CorruptObjectError, MissingObjectError, Problem
from datalake.objects import Entry, Store, entries, get
from datalake.rankings.ranking import NOBODY, Places, Ranking
from datalake.rankings.spec import RankingSpec
from datalake.versions import Dataset

FORMAT = 1
"""Raised when the same files would give another ranking, or other bytes."""
ROOM = "rankings"

_AT_ONCE = 8
_HASH = hashlib.sha256().digest_size

Span = tuple[int, int]
"""The first and the last day that are asked for, YYYYMMDD."""


class Year(NamedTuple):
    """One calendar year of a ranking; the fields are those of Ranking."""

    sessions: npt.NDArray[np.int32]
    codes: tuple[str, ...]
    places: Places
    values: npt.NDArray[np.float64]


def find_ranking(store: Store, dataset: Dataset, spec: RankingSpec, span: Span | None = None) -> Ranking | None:
    """The stored ranking, of the years that the span touches (None: of all). None: it was not made yet, or is damaged."""
    try:
        index = read_index(store, dataset, spec)
        keys = [key for year, key in index.items() if span is None or span[0] // 10_000 <= year <= span[1] // 10_000]
        with ThreadPoolExecutor(_AT_ONCE) as pool:  # a bucket takes its time for each
            return joined(spec, list(pool.map(lambda key: read_year(store, key), keys)))
    except (MissingObjectError, CorruptObjectError):
        return None


def index_key(dataset: Dataset, spec: RankingSpec) -> str:
    """Where it is said which years a version's ranking is made of."""
    return f"{index_folder(dataset)}/{_hash_of([FORMAT, dataset.snapshot, spec.to_json()])}.json"


def index_folder(dataset: Dataset) -> str:
    return f"{ROOM}/index/{dataset.source}/v{dataset.number:08d}"


def read_index(store: Store, dataset: Dataset, spec: RankingSpec) -> dict[int, str]:
    """The key of each calendar year. MissingObjectError, CorruptObjectError."""
    key = index_key(dataset, spec)
    return index_of(get(store, key), key)


def index_of(data: bytes, key: str) -> dict[int, str]:
    """CorruptObjectError where it is damaged, or of another program."""
    try:
        told = json.loads(data)
        if told["format"] != FORMAT or told["sha256"] != _hash_of(told["years"]):
            raise _damaged(key, "it does not say what was put")
        return {int(year): str(name) for year, name in told["years"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(key, error) from error


def _hash_of(value: Any) -> str:
    return hashlib.sha256(_text(value)).hexdigest()


def index_bytes(dataset: Dataset, spec: RankingSpec, years: Mapping[int, str]) -> bytes:
    named = {str(year): key for year, key in years.items()}
    told = {"format": FORMAT, "dataset": dataset.version, "ranking": spec.to_json(), "years": named, "sha256": _hash_of(named)}
    return _text(told)


def unneeded(store: Store, newest: Iterable[Dataset], before: datetime) -> dict[str, Entry]:
    """Of all that is stored what no ranking of these versions is made of, by key; what is younger stays, and what younger ones name."""
    found = entries(store, ROOM)
    folders = tuple(f"{index_folder(dataset)}/" for dataset in newest)
    kept: set[str] = set()
    for key in [key for key in found if key.startswith(f"{ROOM}/index/")]:
        if key.startswith(folders) or found[key].modified >= before:
            try:
                kept |= {key, *index_of(get(store, key), key).values()}
            except (MissingObjectError, CorruptObjectError):
                continue  # gone, damaged or of an older program: nobody reads it
    return {key: entry for key, entry in found.items() if key not in kept and entry.modified < before}


def year_key(described: Any) -> str:
    """`described`: all that decides what the year holds, as JSON can say it."""
    return f"{ROOM}/years/{_hash_of([FORMAT, described])}.ranking"


def year_bytes(year: Year) -> bytes:
    """The SHA-256 of the rest, and NumPy's npz: the same for the same year, wherever it is made (NumPy dates its files 1980)."""
    buffer = io.BytesIO()
    names = np.frombuffer("\n".join(year.codes).encode(), dtype=np.uint8)
    np.savez(buffer, sessions=year.sessions, codes=names, places=year.places, values=year.values)
    arrays = buffer.getvalue()
    return hashlib.sha256(arrays).digest() + arrays


def read_year(store: Store, key: str) -> Year:
    """MissingObjectError, CorruptObjectError."""
    return year_of(get(store, key), key)


def year_of(data: bytes, key: str) -> Year:
    """CorruptObjectError, which names the object, unless it is byte for byte what was put."""
    arrays = data[_HASH:]
    if hashlib.sha256(arrays).digest() != data[:_HASH]:
        raise _damaged(key, "its bytes are not those that were put")
    with np.load(io.BytesIO(arrays), allow_pickle=False) as found:
        names = found["codes"].tobytes().decode()
        return Year(found["sessions"], tuple(names.split("\n")) if names else (), found["places"], found["values"])


def joined(spec: RankingSpec, years: Sequence[Year]) -> Ranking:
    """One ranking of years that follow on each other."""
    codes = tuple(sorted({code for year in years for code in year.codes}))
    deep = max((year.places.shape[1] for year in years), default=0)
    number = {code: place for place, code in enumerate(codes)}
    rows = sum(len(year.sessions) for year in years)
    places = np.full((rows, deep), NOBODY, dtype=np.uint16)
    values = np.full((rows, deep), np.nan)
    row = 0
    for year in years:
        numbers = np.array([*(number[code] for code in year.codes), NOBODY], dtype=np.uint16)
        inside = slice(row, row + len(year.sessions)), slice(0, year.places.shape[1])
        places[inside] = numbers[np.minimum(year.places, len(year.codes))]
        values[inside] = year.values
        row += len(year.sessions)
    sessions = np.concatenate([np.zeros(0, dtype=np.int32), *(year.sessions for year in years)])
    return Ranking(spec, sessions, codes, places, values)


def _damaged(key: str, why: object) -> CorruptObjectError:
    return CorruptObjectError(Problem("store", f"{key} is damaged: {why}", "it is made anew when it is asked for through the command line"))


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
