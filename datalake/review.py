"""What rows that come in say beside each other and beside what is stored."""

from collections.abc import Mapping

import polars as pl

from datalake.finding import Finding
from datalake.lake import Lake
from datalake.versions import Dataset


def review(lake: Lake, source: str, newest: Dataset | None, incoming: Mapping[str, pl.LazyFrame]) -> tuple[Finding, ...]:
    """Findings about rows that are to come in, by table; `newest` is the version that they come on top of."""
    return ()
