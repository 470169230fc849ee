"""What a lake holds, for people: datasets, tables, rows, ranges, sizes."""

from collections.abc import Mapping
from dataclasses import dataclass

from datalake.objects import NO_OPTIONS, open_store, sizes
from datalake.tables import TABLES
from datalake.versions import Dataset, list_versions


@dataclass(frozen=True)
class TableStatus:
    """One table of a source as its newest version sees it. Bytes count every kept commit."""

    name: str
    rows: int
    first: int
    """YYYYMMDD; 0 for tables without dates."""
    last: int
    bytes: int


@dataclass(frozen=True)
class SourceStatus:
    """One source: its newest dataset, and how many versions there are."""

    source: str
    title: str
    newest: Dataset
    versions: tuple[str, ...]
    """Oldest first."""
    tables: tuple[TableStatus, ...]


@dataclass(frozen=True)
class LakeStatus:
    url: str
    sources: tuple[SourceStatus, ...]
    """In the order of their newest versions, the newest last: the one that a backtest takes by default."""
    panels: int
    panel_bytes: int
    ranking_bytes: int


def status(lake_url: str, options: Mapping[str, str] = NO_OPTIONS) -> LakeStatus:
    store = open_store(lake_url, options)
    versions = list_versions(store)
    newest = {dataset.source: dataset for dataset in versions}
    sources = []
    for dataset in sorted(newest.values(), key=lambda one: (one.published_at, one.version)):
        stored = sizes(store, dataset.source)
        tables = tuple(
            TableStatus(name, table.rows, table.first, table.last, _bytes(stored, f"{dataset.source}/{name}/"))
            for name, table in sorted(dataset.tables.items(), key=lambda row: list(TABLES).index(row[0]))
        )
        names = tuple(one.version for one in versions if one.source == dataset.source)
        sources.append(SourceStatus(dataset.source, dataset.title, dataset, names, tables))
    panels = sizes(store, "panels")
    rankings = sizes(store, "rankings")
    return LakeStatus(lake_url, tuple(sources), len(panels), sum(panels.values()), sum(rankings.values()))


def _bytes(stored: Mapping[str, int], prefix: str) -> int:
    return sum(size for key, size in stored.items() if key.startswith(prefix))
