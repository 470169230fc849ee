"""What rows that come in say beside each other and beside what is stored; and what a whole version says."""

from collections.abc import Iterator, Mapping

import polars as pl

from datalake.finding import Finding, together
from datalake.lake import Lake, reading, scan
from datalake.review.bars import basics, dividends, ended, holes, limits, references
from datalake.review.beside import Beside
from datalake.review.calendar import calendar_beside_indices
from datalake.review.facts import closed_days, index_references, outside_life, spells, unlisted, weights
from datalake.review.minutes import minutes
from datalake.review.neighbours import Chunk, chunks
from datalake.versions import Dataset

REVIEWS_OF_LAKES = (closed_days, calendar_beside_indices, unlisted, outside_life, spells, weights, index_references, minutes)
REVIEWS_OF_BARS = (references, dividends, limits, holes, basics)


def review(lake: Lake, source: str, newest: Dataset | None, incoming: Mapping[str, pl.LazyFrame]) -> tuple[Finding, ...]:
    """Findings about rows that are to come in, by table; `newest` is the version that they come on top of.

    Bars are looked at year by year, with the days around those that come in: memory is bounded by a year of them.
    """
    with reading(f"the tables of {source}"):
        return together(_findings(Beside(lake, source, newest, incoming)))


def examine(lake: Lake, dataset: Dataset) -> tuple[Finding, ...]:
    """The same about all rows of a version."""
    tables = {name: scan(lake, dataset.source, name, table.delta_version) for name, table in dataset.tables.items() if table.rows}
    return review(lake, dataset.source, None, tables)


def _findings(beside: Beside) -> Iterator[Finding]:
    for look in REVIEWS_OF_LAKES:
        yield from look(beside)
    last: Chunk | None = None
    for chunk in chunks(beside):
        for looked in REVIEWS_OF_BARS:
            yield from looked(beside, chunk)
        last = chunk
    if last is not None:
        yield from ended(beside, last)
