"""Results as objects: a block's equity curves once by content, a run's full account as files under its owner."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.errors import CorruptObjectError, MissingObjectError, Problem
from datalake.objects import Store, delete, get, get_range, get_stream, put_new, signed, size_of
from datalake.panels.packing import pack, unpack
from functions.jobs.records import StoredFile

Integers = npt.NDArray[np.int64]
Prices = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

FILES = (
    "equity.csv",
    "account.csv",
    "trades.csv",
    "positions.csv",
    "orders.csv",
    "refusals.csv",
    "events.csv",
    "log.txt",
    "report.html",
    "statistics.json",
    "findings.json",
)

PATHS = {
    "equity_curve_path": "equity.csv",
    "account_path": "account.csv",
    "trades_path": "trades.csv",
    "positions_path": "positions.csv",
    "orders_path": "orders.csv",
    "refusals_path": "refusals.csv",
    "events_path": "events.csv",
    "logs_path": "log.txt",
    "report_path": "report.html",
    "statistics_path": "statistics.json",
    "findings_path": "findings.json",
}
"""A run's `artifacts` on the wire: key to file; `cells_path` besides is the block that a grid cell's equity is in."""


SHARES = "shares"


MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
"""By how a file's name ends."""


@dataclass(frozen=True)
class Cells:
    """What a block of a grid leaves behind: P combinations over S sessions. The accounts bar by bar are made when they are asked for."""

    sessions: Prices
    """(S,) int32 YYYYMMDD."""
    equity: Integers
    """(P, S) li, at each session's last close."""
    benchmark: Floats
    """(S + 1,) see engine.market.Benchmark; empty without one."""
    tallies: Integers
    """(P, K)."""
    tally_names: tuple[str, ...]
    params: tuple[Mapping[str, float | int], ...]
    content_hashes: tuple[str, ...]


class SharePaths(NamedTuple):
    snapshot: str
    report: str | None


class Results:
    """Objects are made once and never change: whoever computes the same again finds them there."""

    def __init__(self, objects: Store) -> None:
        self.objects = objects

    def put_cells(self, owner: str, cells: Cells) -> str:
        """The key, which names the content."""
        header = {
            "kind": "cells",
            "tallies": list(cells.tally_names),
            "params": [dict(params) for params in cells.params],
            "content_hashes": list(cells.content_hashes),
        }
        data = pack(header, {"sessions": cells.sessions, "equity": cells.equity, "benchmark": cells.benchmark, "tallies": cells.tallies})
        key = f"cells/{owner}/{hashlib.sha256(data).hexdigest()}.cells"
        put_new(self.objects, key, data)
        return key

    def get_cells(self, key: str) -> Cells:
        """MissingObjectError; CorruptObjectError where the bytes are not those that the key names, or have another version's shape."""
        data = get(self.objects, key)
        if hashlib.sha256(data).hexdigest() != key.rpartition("/")[2].removesuffix(".cells"):
            raise CorruptObjectError(Problem("results", f"{key} is not what it was when it was written"))
        try:
            header, arrays = unpack(data)
            cells = Cells(
                arrays["sessions"],
                arrays["equity"],
                arrays["benchmark"],
                arrays["tallies"],
                tuple(header["tallies"]),
                tuple(header["params"]),
                tuple(header["content_hashes"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CorruptObjectError(Problem("results", f"{key} was written by another version, or is no block of a grid")) from error
        if cells.equity.shape != (len(cells.content_hashes), len(cells.sessions)):
            raise CorruptObjectError(Problem("results", f"{key} does not hold one equity curve for each of its runs"))
        return cells

    def get_equity(self, key: str, content_hash: str) -> tuple[Prices, Integers]:
        """Sessions and equity in li of one run of a block."""
        cells = self.get_cells(key)
        if content_hash not in cells.content_hashes:
            raise MissingObjectError(Problem("results", f"{key} holds no run {content_hash}"))
        return cells.sessions, cells.equity[cells.content_hashes.index(content_hash)]

    def put_artifacts(self, owner: str, run_id: str, files: Mapping[str, bytes]) -> tuple[StoredFile, ...]:
        """In the order of PATHS. A second attempt writes the same bytes, so the first ones stay."""
        return tuple(self._stored(key, artifact_path(owner, run_id, name), files[name]) for key, name in PATHS.items() if name in files)

    def put_partial(self, owner: str, run_id: str, attempt: int, files: Mapping[str, bytes]) -> tuple[StoredFile, ...]:
        """An account as far as it came. Each attempt's files have a folder of their own: another may come farther, and two must not mix."""
        return self.put_artifacts(owner, f"{run_id}/partial-{attempt}", files)

    def _stored(self, key: str, path: str, data: bytes) -> StoredFile:
        if not put_new(self.objects, path, data, _told(path)):
            data = get(self.objects, path)  # what is there counts, whatever came now
        return StoredFile(key, path, len(data), hashlib.sha256(data).hexdigest())

    def put_share(self, owner: str, share_id: str, snapshot: bytes, page: bytes | None) -> SharePaths:
        """What is shown to strangers, apart from the run's own files."""
        paths = SharePaths(f"{SHARES}/{owner}/{share_id}/run.json", f"{SHARES}/{owner}/{share_id}/report.html" if page else None)
        put_new(self.objects, paths.snapshot, snapshot)
        if page and paths.report:
            put_new(self.objects, paths.report, page)
        return paths

    def delete_shared(self, paths: Sequence[str]) -> None:
        """Files of a share; those that are gone already are fine."""
        if not all(path.startswith(f"{SHARES}/") for path in paths):
            raise ValueError(f"of a share are not all of {paths}")
        delete(self.objects, paths)

    def put_grid_report(self, owner: str, grid_id: str, attempt: int, page: bytes) -> str:
        """The path. Each attempt to aggregate has its own, so that the page that a summary names is the one made with it."""
        path = f"grids/{owner}/{grid_id}/{attempt}/report.html"
        put_new(self.objects, path, page)
        return path

    def get_artifact(self, path: str) -> bytes:
        return get(self.objects, path)

    def get_part(self, path: str, start: int, length: int) -> bytes:
        """Fewer bytes where the file ends before."""
        return get_range(self.objects, path, start, length)

    def stream(self, path: str) -> Iterator[bytes]:
        """All of it, a few megabytes at a time."""
        return get_stream(self.objects, path).chunks

    def size_of(self, path: str) -> int | None:
        """Bytes; None: there is no such file."""
        return size_of(self.objects, path)

    def signed(self, path: str, seconds: int) -> str | None:
        """An address at which anybody may fetch the file for so long; None where results are in a folder."""
        return signed(self.objects, path, seconds)

    def put_parquet(self, path: str, data: bytes) -> None:
        """`path` as `parquet_path` says it."""
        put_new(self.objects, path, data, _told(path))


def _told(path: str) -> dict[str, str]:
    """What a bucket sends along with a run's file."""
    _, _, run_id, *_, name = path.split("/")
    stem, _, kind = name.partition(".")
    return {"Content-Type": MEDIA[kind], "Content-Disposition": f'attachment; filename="{stem.partition("-")[0]}-{run_id}.{kind}"'}


def parquet_path(path: str, sha256: str) -> str:
    """Where the table of a CSV file is as Parquet: beside it, by what it is made from."""
    return f"{path.removesuffix('.csv')}-{sha256[:32]}.parquet"


def artifact_path(owner: str, run_id: str, name: str) -> str:
    if name not in FILES:
        raise ValueError(f"{name!r} is no artifact")
    return f"artifacts/{owner}/{run_id}/{name}"
