"""A deterministic, SYNTHETIC market to try the platform with: no company, price or index of it exists.

Eighty invented companies and funds, 2018 to 2024, on the real sessions of the exchanges. The same bytes on every machine.
"""

from collections.abc import Mapping

from datalake.errors import UnknownDatasetError
from datalake.lake import Lake
from datalake.objects import NO_OPTIONS
from datalake.sample.rows import sample_tables
from datalake.storing.merging import replace
from datalake.storing.publishing import publish_tables
from datalake.versions import Dataset, resolve

SOURCE = "sample"
GENERATOR = 2
"""Raised whenever the sample's content changes, so that a lake made by an older one gets a new version."""


def build_sample(lake_url: str, options: Mapping[str, str] = NO_OPTIONS) -> Dataset:
    """Write the sample market and publish it; a lake that has it already is left alone."""
    lake = Lake(lake_url, options)
    made = _made_before(lake)
    if made:
        return made
    tables = sample_tables()
    written = {name: replace(lake, SOURCE, name, rows) for name, rows in tables.items()}
    return publish_tables(lake, SOURCE, written, {"generator": GENERATOR, "synthetic": True})


def _made_before(lake: Lake) -> Dataset | None:
    try:
        newest = resolve(lake.store, SOURCE)
    except UnknownDatasetError:
        return None
    return newest if newest.note.get("generator") == GENERATOR else None
