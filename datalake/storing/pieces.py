"""Pieces: checked rows of one table, staged as objects until they are folded in. A piece is put whole or not at all."""

import hashlib
import io
import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from datalake.finding import Finding, together
from datalake.frames import conform, types_of
from datalake.lake import Lake, reading
from datalake.objects import delete, get, put_new, sizes
from datalake.tables import TABLES


@dataclass(frozen=True)
class Origin:
    """Which answer of Tushare a piece is."""

    interface: str
    part: str
    """What was asked for: "20240102", "L", "000300.SH_202401"; letters, digits, dots, hyphens and underscores."""
    through: int
    """YYYYMMDD: the last day that the answer knew."""


@dataclass(frozen=True)
class Piece:
    key: str
    table: str
    origin: Origin | None
    """None: rows of files."""


def stage(lake: Lake, source: str, table: str, rows: pl.DataFrame, origin: Origin | None = None, findings: Sequence[Finding] = ()) -> Piece:
    """Put rows (of the table's columns; there may be none, for that is an answer, too) where `fold` finds them."""
    buffer = io.BytesIO()
    told = json.dumps([finding.to_json() for finding in findings], ensure_ascii=False)
    conform(rows, TABLES[table]).write_parquet(buffer, compression="zstd", compression_level=1, metadata={_FINDINGS: told})
    data = buffer.getvalue()
    name = f"{time.time_ns() // 1000:020d}-{hashlib.sha256(data).hexdigest()[:16]}"  # the newest of one part counts
    asked = f"{origin.interface}@{origin.part}@{origin.through}" if origin else _FILES
    key = f"{_folder(source)}/{table}/{asked}/{name}.parquet"
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no name of a piece")
    put_new(lake.store, key, data)
    return Piece(key, table, origin)


def staged(lake: Lake, source: str) -> list[Piece]:
    """What waits, oldest first; also what somebody staged whose process ended."""
    found = [match for key in sizes(lake.store, _folder(source)) if (match := _KEY.fullmatch(key))]
    return [_piece(match) for match in sorted(found, key=lambda match: match["name"])]


def rows_of(lake: Lake, pieces: Sequence[Piece]) -> pl.LazyFrame:
    """The rows of one or more pieces of one table, in their order; read when they are collected."""
    shape = TABLES[pieces[0].table]
    types = types_of(shape)
    wanted = pl.Schema({name: types[name] for name in shape.names})
    places = [lake.object_url(piece.key) for piece in pieces]
    return pl.scan_parquet(places, schema=wanted, glob=False, storage_options=dict(lake.options) or None)


def findings_of(lake: Lake, pieces: Iterable[Piece]) -> tuple[Finding, ...]:
    """What was found when the pieces were made, each kind once."""
    with reading("staged rows"):
        told = [pl.read_parquet_metadata(io.BytesIO(get(lake.store, piece.key))).get(_FINDINGS, "[]") for piece in pieces]
    return together(Finding.from_json(row) for text in told for row in json.loads(text))


def drop(lake: Lake, pieces: Iterable[Piece]) -> None:
    """Take pieces away; those that are gone already are nobody's loss."""
    delete(lake.store, [piece.key for piece in pieces])


_FINDINGS = "findings"
_FILES = "files"
_KEY = re.compile(
    r"staging/[a-z][a-z0-9_-]*/(?P<table>[a-z0-9_]+)/"
    r"(?P<asked>files|(?P<interface>[a-z_0-9]+)@(?P<part>[A-Za-z0-9._-]+)@(?P<through>\d{8}))/(?P<name>\d{20}-[0-9a-f]{16})\.parquet"
)


def _folder(source: str) -> str:
    return f"staging/{source}"


def _piece(match: re.Match[str]) -> Piece:
    origin = None if match["asked"] == _FILES else Origin(match["interface"], match["part"], int(match["through"]))
    return Piece(match[0], match["table"], origin)
