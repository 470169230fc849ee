"""Results as objects: a block's equity curves once by content, a run's full account as files under its owner."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.errors import CorruptObjectError, MissingObjectError, Problem
from datalake.objects import Store, delete, get, put_new
from datalake.panels.packing import pack, unpack

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
        self._objects = objects

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
        put_new(self._objects, key, data)
        return key

    def get_cells(self, key: str) -> Cells:
        """MissingObjectError; CorruptObjectError where the bytes are not those that the key names, or have another version's shape."""
        data = get(self._objects, key)
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

    def put_artifacts(self, owner: str, run_id: str, files: Mapping[str, bytes]) -> dict[str, str]:
        """The run's `artifacts`: key to path. A second attempt writes the same bytes, so the first ones stay."""
        for name, data in files.items():
            put_new(self._objects, artifact_path(owner, run_id, name), data)
        return {key: artifact_path(owner, run_id, name) for key, name in PATHS.items() if name in files}

    def put_share(self, owner: str, share_id: str, snapshot: bytes, page: bytes | None) -> SharePaths:
        """What is shown to strangers, apart from the run's own files."""
        paths = SharePaths(f"{SHARES}/{owner}/{share_id}/run.json", f"{SHARES}/{owner}/{share_id}/report.html" if page else None)
        put_new(self._objects, paths.snapshot, snapshot)
        if page and paths.report:
            put_new(self._objects, paths.report, page)
        return paths

    def delete_shared(self, paths: Sequence[str]) -> None:
        """Files of a share; those that are gone already are fine."""
        if not all(path.startswith(f"{SHARES}/") for path in paths):
            raise ValueError(f"of a share are not all of {paths}")
        delete(self._objects, paths)

    def put_grid_report(self, owner: str, grid_id: str, attempt: int, page: bytes) -> str:
        """The path. Each attempt to aggregate has its own, so that the page that a summary names is the one made with it."""
        path = f"grids/{owner}/{grid_id}/{attempt}/report.html"
        put_new(self._objects, path, page)
        return path

    def get_artifact(self, path: str) -> bytes:
        return get(self._objects, path)


def artifact_path(owner: str, run_id: str, name: str) -> str:
    if name not in FILES:
        raise ValueError(f"{name!r} is no artifact")
    return f"artifacts/{owner}/{run_id}/{name}"
