"""The dataset versions of a lake through an index in Postgres: the lake lists what there is, and what is not noted yet is read from it."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg.types.json import Json

from datalake.errors import CorruptObjectError
from datalake.finding import Finding
from datalake.objects import Store, get
from datalake.versions import Dataset, Listed, dataset_from, listed_versions, manifest_key
from functions.jobs.database import Database

AT_ONCE = 16


class Known(NamedTuple):
    """A version of the lake, without what it says."""

    published_at: str
    version: str
    identity: str
    listed: Listed


class Datasets:
    """A row counts only for the very manifest that it was made from: one in its place, or in another lake, has another identity."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, lake: Store, lake_url: str) -> list[Known]:
        """Every version, newest first. What is not noted yet is read, all at once, and noted; what nobody knew becomes an event."""
        listed = {identity_of(lake_url, row): row for row in listed_versions(lake)}
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.known_datasets(%s)", (list(listed),)).fetchall()
        published = {
            row["identity"]: row["published_at"]
            for row in rows
            if (row["source"], row["number"]) == (listed[row["identity"]].source, listed[row["identity"]].number)
        }
        missing = [identity for identity in listed if identity not in published]
        if missing:
            with ThreadPoolExecutor(AT_ONCE) as pool:  # a bucket takes its time for each
                read = list(pool.map(lambda identity: _read(lake, listed[identity]), missing))
            self._note(lake_url, missing, read)
            published |= {identity: dataset.published_at for identity, dataset in zip(missing, read, strict=True)}
        found = [Known(published[identity], f"{row.source}:v{row.number}", identity, row) for identity, row in listed.items()]
        return sorted(found, key=lambda row: row[:2], reverse=True)

    def read(self, lake: Store, versions: Sequence[Known]) -> list[Dataset]:
        """What they say, with what was found when they came in. From the lake where the index has forgotten it or holds nonsense."""
        with self._database.as_worker() as connection:
            rows = connection.execute("select * from lianghu.dataset_bodies(%s)", ([row.identity for row in versions],)).fetchall()
        bodies = {row["identity"]: (row["manifest"], row["findings"]) for row in rows}
        return [_kept(lake, row.listed, bodies[row.identity]) if row.identity in bodies else _read(lake, row.listed) for row in versions]

    def _note(self, lake_url: str, identities: Sequence[str], datasets: Sequence[Dataset]) -> None:
        rows = [
            {
                "identity": identity,
                "event_id": str(event_id_of(lake_url, dataset)),
                "source": dataset.source,
                "number": dataset.number,
                "published_at": dataset.published_at,
                "manifest": dataset.to_json(),
                "findings": [finding.to_json() for finding in dataset.findings],
            }
            for identity, dataset in zip(identities, datasets, strict=True)
        ]
        with self._database.as_worker() as connection:
            connection.execute("select lianghu.note_datasets(%s)", (Json(rows),))


def identity_of(lake_url: str, listed: Listed) -> str:
    entry = listed.manifest
    told = [lake_url, listed.source, listed.number, entry.bytes, entry.modified.isoformat(timespec="microseconds"), entry.tag]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def event_id_of(lake_url: str, dataset: Dataset) -> UUID:
    """Of its event dataset.published: the same whoever notices the version first, and however often."""
    return uuid5(NAMESPACE_URL, f"{lake_url.rstrip('/')}/{dataset.version}@{dataset.published_at}")


def _read(lake: Store, listed: Listed) -> Dataset:
    """With its findings, which are an object of their own."""
    dataset = dataset_from(lake, listed.source, listed.number, get(lake, manifest_key(listed.source, listed.number)))
    _ = dataset.findings
    return dataset


def _kept(lake: Store, listed: Listed, body: tuple[str, str]) -> Dataset:
    try:
        dataset = dataset_from(lake, listed.source, listed.number, body[0])
        found: list[dict[str, Any]] = json.loads(body[1])
        vars(dataset)["findings"] = tuple(Finding.from_json(row) for row in found)  # where its cached_property looks first
    except (CorruptObjectError, ValueError, KeyError, TypeError, AttributeError):
        return _read(lake, listed)
    return dataset
