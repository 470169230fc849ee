"""Many folds and one version: pieces are committed as they come, and published together when all is there.

What was found on the way waits as a piece without rows, so that a version tells all of it, whoever was killed in between.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from datalake.errors import StorageError, UnknownDatasetError
from datalake.finding import BadRowsError, Finding
from datalake.folding import FETCHES, bring_in
from datalake.frames import types_of
from datalake.lake import Lake, current, describe, reading
from datalake.pieces import Piece, drop, findings_of, stage, staged
from datalake.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset, TableVersion, resolve

_ATTEMPTS = 5


class Published(NamedTuple):
    """A version, and what was found in all that it brings."""

    dataset: Dataset
    findings: tuple[Finding, ...]


def waiting(lake: Lake, source: str) -> list[Piece]:
    """Staged answers, also those of somebody who was killed or is still at it."""
    return [piece for piece in staged(lake, source) if piece.origin]


def bring(lake: Lake, source: str, pieces: Sequence[Piece]) -> Mapping[str, int]:
    """Commit the pieces' rows, unpublished, and take the pieces away; how many rows came in, by table.

    Pieces that another process has brought in meanwhile are nobody's loss. BadRowsError, with nothing written, where the review
    finds errors.
    """
    for _ in range(_ATTEMPTS):
        mine = _still_there(lake, source, pieces)
        if not mine:
            return {}
        try:
            with reading("staged rows"):
                brought = bring_in(lake, source, mine)
        except BadRowsError:
            raise
        except StorageError:
            if len(_still_there(lake, source, mine)) == len(mine):
                raise
            continue  # another process folded some of them in while they were read
        remember(lake, source, brought.findings)
        drop(lake, mine)
        return brought.rows
    return {}


def remember(lake: Lake, source: str, findings: Sequence[Finding]) -> None:
    """Keep findings for the next version."""
    if findings:
        types = types_of(TABLES[FETCHES])
        stage(lake, source, FETCHES, pl.DataFrame(schema={name: types[name] for name in TABLES[FETCHES].names}), None, findings)


def publish_brought(lake: Lake, source: str, note: Mapping[str, Any]) -> Published | None:
    """The source's next version: every table at its newest commit. Where no row changed it stays the newest one; None: there is none.

    (What was asked for is a table, too, but a question whose answer was known makes no version.)
    """
    told = [piece for piece in staged(lake, source) if not piece.origin]
    findings = findings_of(lake, told)
    newest = _newest(lake, source)
    written = {name: describe(delta, TABLES[name]) for name in TABLES if (delta := current(lake, source, name)) is not None}
    if not newest or _rows(written) != _rows(newest.tables):
        newest = publish_tables(lake, source, written, note, findings) if written else None
    drop(lake, told)
    return Published(newest, findings) if newest else None


def _still_there(lake: Lake, source: str, pieces: Sequence[Piece]) -> list[Piece]:
    there = {piece.key for piece in staged(lake, source)}
    return [piece for piece in pieces if piece.key in there]


def _rows(tables: Mapping[str, TableVersion]) -> dict[str, TableVersion]:
    return {name: table for name, table in tables.items() if name != FETCHES}


def _newest(lake: Lake, source: str) -> Dataset | None:
    try:
        return resolve(lake.store, source)
    except UnknownDatasetError:
        return None
