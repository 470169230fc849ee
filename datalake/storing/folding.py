"""Pieces become a version: reviewed beside what is stored, merged into their tables, published, and taken away.

Done twice, or broken off anywhere and done again, it comes to the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from datalake.calendar import to_date
from datalake.finding import ContradictionError, Finding, together
from datalake.interfaces import INTERFACES
from datalake.lake import Lake
from datalake.review.review import review
from datalake.storing.merging import merge
from datalake.storing.pieces import Piece, drop, findings_of, rows_of
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset, TableVersion, newest_of

FETCHES = "fetches"


@dataclass(frozen=True)
class Folded:
    """`dataset` is the version that holds the pieces' rows."""

    dataset: Dataset
    rows: Mapping[str, int]
    """By table: how many came in."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class BroughtIn:
    """Committed, and not yet published."""

    written: Mapping[str, TableVersion]
    rows: Mapping[str, int]
    """By table: how many came in."""
    findings: tuple[Finding, ...]


def fold(lake: Lake, source: str, pieces: Sequence[Piece], note: Mapping[str, Any], findings: Sequence[Finding] = ()) -> Folded:
    """Publish the pieces' rows as the source's next version; `findings` were made before.

    Of the answers to one question the newest counts. Stored rows that an answer would have held and does not are taken away.
    ContradictionError, and nothing is written, where the review finds errors; the pieces are taken away then, too, so that they are
    fetched anew.
    """
    try:
        brought = bring_in(lake, source, pieces, newest_of(lake.store, source), findings)
    except ContradictionError:
        drop(lake, pieces)
        raise
    dataset = publish_tables(lake, source, brought.written, note, brought.findings)
    drop(lake, pieces)
    return Folded(dataset, brought.rows, brought.findings)


def bring_in(
    lake: Lake, source: str, pieces: Sequence[Piece], beside: Dataset | None, findings: Sequence[Finding] = (), *, accept: bool = False
) -> BroughtIn:
    """The first half of `fold`: the rows are committed to their tables and seen by nobody, until the caller publishes; the pieces stay.

    They are reviewed on top of `beside`. `accept` brings rows in that contradict others, too, and tells it.
    """
    counted = _newest_answers(pieces)
    by_table = {name: rows for name in TABLES if (rows := [piece for piece in counted if piece.table == name])}
    incoming = {name: rows_of(lake, waiting) for name, waiting in by_table.items()}
    reviewed = review(lake, source, beside, incoming)
    found = together([*findings, *findings_of(lake, counted), *reviewed])
    counts = {name: int(rows.select(pl.len()).collect().item()) for name, rows in incoming.items()}
    if not accept and any(finding.severity == "error" for finding in reviewed):  # rows of which errors were told before were left out
        raise ContradictionError(next(iter(by_table)), sum(counts.values()), found)
    written: dict[str, TableVersion] = {}
    for name, waiting in by_table.items():  # in the order of TABLES: what is known of bars before the bars
        written[name] = merge(lake, source, name, incoming[name], _answered(waiting))
    asked = _fetches(lake, counted)
    if asked.height:
        written[FETCHES] = merge(lake, source, FETCHES, asked)
    return BroughtIn(written, counts, found)


def _newest_answers(pieces: Iterable[Piece]) -> list[Piece]:
    """Oldest first; of several answers to one question the newest."""
    answers: dict[object, Piece] = {}
    for piece in sorted(pieces, key=lambda piece: piece.key.rpartition("/")[2]):
        asked = (piece.origin.interface, piece.origin.part) if piece.origin else piece.key
        answers.pop(asked, None)
        answers[asked] = piece
    return list(answers.values())


def _answered(pieces: Sequence[Piece]) -> pl.Expr | None:
    """The rows of the table that the answers among these pieces are all of."""
    parts: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.origin:
            parts.setdefault(piece.origin.interface, []).append(piece.origin.part)
    covered = [INTERFACES[interface].covers(asked) for interface, asked in parts.items()]
    return pl.any_horizontal(covered) if covered else None


def _fetches(lake: Lake, pieces: Sequence[Piece]) -> pl.DataFrame:
    """What was asked, with the rows of each answer."""
    answers = [(piece, piece.origin) for piece in pieces if piece.origin]
    return pl.DataFrame(
        {
            "interface": [origin.interface for _, origin in answers],
            "part": [origin.part for _, origin in answers],
            "through": [to_date(origin.through) for _, origin in answers],
            "rows": [int(rows_of(lake, [piece]).select(pl.len()).collect().item()) for piece, _ in answers],
        },
        schema={"interface": pl.String, "part": pl.String, "through": pl.Date, "rows": pl.Int64},
    )
