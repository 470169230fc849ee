"""Many folds and one version: pieces are committed as they come, and published together when all is there.

What was found on the way waits as a piece without rows, so that a version tells all of it, whoever was killed in between.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from datalake.errors import StorageError
from datalake.finding import BadRowsError, Finding, together
from datalake.frames import types_of
from datalake.interfaces import INTERFACES
from datalake.lake import Lake, current, describe, reading
from datalake.storing.folding import FETCHES, bring_in
from datalake.storing.pieces import Piece, drop, findings_of, stage, staged
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset, TableVersion, newest_of

_ATTEMPTS = 5


class Published(NamedTuple):
    """A version, and what was found in all that it brings."""

    dataset: Dataset
    findings: tuple[Finding, ...]


def waiting(lake: Lake, source: str) -> list[Piece]:
    """Staged answers, also those of somebody who was killed or is still at it."""
    return [piece for piece in staged(lake, source) if piece.origin]


def bring(lake: Lake, source: str, pieces: Sequence[Piece], *, accept: bool = False) -> Mapping[str, int]:
    """Commit the pieces' rows, unpublished, and take the pieces away; how many rows came in, by table.

    Pieces that another process has brought in meanwhile are nobody's loss. BadRowsError where the review finds errors: then the pieces of
    the sessions concerned are taken away, so that they are asked for again, and all others are committed. `accept` commits those, too.
    """
    try:
        return _bring(lake, source, pieces, accept)
    except BadRowsError as error:
        halves = _halves(pieces)
        if not halves:
            drop(lake, pieces)
            raise
        rows, bad = Counter[str](), []
        for half in halves:
            try:
                rows.update(bring(lake, source, half))
            except BadRowsError as found:
                bad.append(found)
        if bad:
            raise BadRowsError("", error.rows, together(row for each in bad for row in each.findings)) from error
        return rows


def _bring(lake: Lake, source: str, pieces: Sequence[Piece], accept: bool) -> Mapping[str, int]:
    for _ in range(_ATTEMPTS):
        mine = _still_there(lake, source, pieces)
        if not mine:
            break
        try:
            with reading("staged rows"):
                brought = bring_in(lake, source, mine, _committed(lake, source), accept=accept)
        except StorageError:
            if len(_still_there(lake, source, mine)) == len(mine):
                raise
            continue  # another process brought some of them in while they were read
        remember(lake, source, brought.findings)
        drop(lake, mine)
        return brought.rows
    return {}


def _halves(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces of a session stay together; none where there is only one."""
    days: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_day = piece.origin is not None and INTERFACES[piece.origin.interface].by == "day"
        days.setdefault(piece.origin.part if piece.origin and by_day else "", []).append(piece)
    lots = [days[day] for day in sorted(days)]
    middle = len(lots) // 2
    return [[piece for lot in half for piece in lot] for half in (lots[:middle], lots[middle:])] if middle else []


def _committed(lake: Lake, source: str) -> Dataset | None:
    """The newest version with its tables as they are committed by now: what further rows come on top of."""
    newest, tables = newest_of(lake.store, source), _written(lake, source)
    if newest is None:
        return Dataset(f"{source}:v0", source, 0, "", "", tables, "", store=lake.store) if tables else None
    return replace(newest, tables=tables)


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
    newest = newest_of(lake.store, source)
    written = _written(lake, source)
    if not newest or _rows(written) != _rows(newest.tables):
        newest = publish_tables(lake, source, written, note, findings) if written else None
    drop(lake, told)
    return Published(newest, findings) if newest else None


def _written(lake: Lake, source: str) -> dict[str, TableVersion]:
    return {name: describe(delta, TABLES[name]) for name in TABLES if (delta := current(lake, source, name)) is not None}


def _still_there(lake: Lake, source: str, pieces: Sequence[Piece]) -> list[Piece]:
    there = {piece.key for piece in staged(lake, source)}
    return [piece for piece in pieces if piece.key in there]


def _rows(tables: Mapping[str, TableVersion]) -> dict[str, TableVersion]:
    return {name: table for name, table in tables.items() if name != FETCHES}
