"""Dataset versions: small immutable manifests that name each table's Delta version, put once; with them a catalog of what is inside."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from datalake.errors import CorruptObjectError, MissingObjectError, Problem, StorageError, UnknownDatasetError, did_you_mean
from datalake.finding import Finding
from datalake.objects import Entry, Store, entries, get, put_new

TITLES = {
    "sample": "synthetic sample market: invented prices, no real company",
    "import": "imported files",
    "tushare": "Tushare Pro",
}
"""What each source is, said wherever it shows."""


class TableVersion(NamedTuple):
    """One table as a version sees it. `snapshot` names the content: the table's identity and its Delta version."""

    delta_version: int
    rows: int
    first: int
    """The first date as YYYYMMDD; 0 where the table has no dates."""
    last: int
    snapshot: str


class Instrument(NamedTuple):
    """A stock or fund. Dates are YYYYMMDD, 0 where unknown (list_date) or not delisted (delist_date)."""

    ts_code: str
    name: str
    board: str
    industry: str
    list_date: int
    delist_date: int
    same_day: int = 0
    """1: may be sold on the day of its purchase. (Catalogs of older versions do not say it.)"""


class Bars(NamedTuple):
    """What there is of one frequency."""

    first: int
    last: int
    codes: tuple[str, ...]
    """The codes that have bars; empty: every instrument (daily bars)."""


@dataclass(frozen=True)
class Catalog:
    """What a dataset version holds, for whoever may not load polars: the API's checks and pickers."""

    instruments: tuple[Instrument, ...]
    sessions: tuple[int, ...]
    """Every known session, YYYYMMDD ascending; it may reach beyond the bars."""
    indices: Mapping[str, str]
    """Index code to "bars", "members" or "bars members"."""
    fields: tuple[str, ...]
    """What a strategy may ask for beyond plain bars: pe, is_st, listed_sessions, index:009300.SH ..."""
    bars: Mapping[str, Bars]
    """By frequency: "1d", "5m"."""
    ex_dates: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By year ("2024"): how many ex-dates the daily bars show, and how many of them have a dividend record. Empty without records."""
    index_bars: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """The first and the last bar of each index that has any, YYYYMMDD. (Catalogs of older versions do not say it.)"""
    industries: tuple[str, ...] = ()
    """Every name, of any level, that the table `industries` has, ascending. (Catalogs of older versions do not say it.)"""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "instruments": [list(row) for row in self.instruments],
            "bars": {frequency: row._asdict() for frequency, row in self.bars.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Catalog":
        return cls(
            instruments=tuple(Instrument(*row) for row in value["instruments"]),
            sessions=tuple(value["sessions"]),
            indices=dict(value["indices"]),
            fields=tuple(value["fields"]),
            bars={key: Bars(row["first"], row["last"], tuple(row["codes"])) for key, row in value["bars"].items()},
            ex_dates={year: (row[0], row[1]) for year, row in value.get("ex_dates", {}).items()},
            index_bars={code: (row[0], row[1]) for code, row in value.get("index_bars", {}).items()},
            industries=tuple(value.get("industries", ())),
        )

    @cached_property
    def by_code(self) -> Mapping[str, Instrument]:
        return {row.ts_code: row for row in self.instruments}


@dataclass(frozen=True)
class Dataset:
    """One version of one source, for ever the same."""

    version: str
    """ "sample:v1" """
    source: str
    number: int
    title: str
    published_at: str
    """UTC, ISO 8601."""
    tables: Mapping[str, TableVersion]
    catalog_key: str
    note: Mapping[str, Any] = field(default_factory=dict)
    findings_key: str = ""
    """Of what the checks of its ingest found; empty: nothing."""
    store: Store | None = field(default=None, repr=False, compare=False)

    @cached_property
    def catalog(self) -> Catalog:
        """Loaded on first use."""
        if self.store is None:
            raise StorageError(Problem("datasource_version", f"{self.version} was made without a store"))
        data = get(self.store, self.catalog_key)
        try:
            return Catalog.from_json(json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(self.catalog_key, error) from error

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks found when it came in. Loaded on first use."""
        if not self.findings_key or self.store is None:
            return ()
        data = get(self.store, self.findings_key)
        try:
            return tuple(Finding.from_json(row) for row in json.loads(data))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(self.findings_key, error) from error

    @property
    def snapshot(self) -> str:
        """A name for the content of all tables: equal versions of different lakes differ here."""
        rows = sorted((name, table.snapshot) for name, table in self.tables.items())
        return hashlib.sha256(json.dumps([rows, self.catalog_key]).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "source": self.source,
            "number": self.number,
            "title": self.title,
            "published_at": self.published_at,
            "tables": {name: table._asdict() for name, table in sorted(self.tables.items())},
            "catalog": self.catalog_key,
            "findings": self.findings_key,
            "note": dict(self.note),
        }


class Edition(NamedTuple):
    """What is to be published."""

    tables: Mapping[str, TableVersion]
    catalog: Catalog
    note: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()


def publish(store: Store, source: str, describe: Callable[[Dataset | None], Edition]) -> Dataset:
    """Make the source's next version visible, and return it.

    `describe` gets the newest version (None: there is none) and says what the next one holds; it is asked again when somebody else
    was first, so that no version forgets what another writer published. An edition equal to the newest version makes no new one.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", source):
        raise StorageError(Problem("source", f"{source!r} is no name of a source", "lower-case letters, digits, - and _"))
    for _ in range(_ATTEMPTS):
        newest = newest_of(store, source)
        edition = describe(newest)
        catalog_key = _put_catalog(store, edition.catalog)
        if newest and dict(newest.tables) == dict(edition.tables) and newest.catalog_key == catalog_key:
            return newest
        number = newest.number + 1 if newest else 1
        dataset = Dataset(
            version=f"{source}:v{number}",
            source=source,
            number=number,
            title=TITLES.get(source, source),
            published_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            tables=dict(edition.tables),
            catalog_key=catalog_key,
            note=dict(edition.note),
            findings_key=_put_findings(store, edition.findings),
            store=store,
        )
        if put_new(store, manifest_key(source, number), _text(dataset.to_json())):
            return dataset
    raise StorageError(Problem("versions", f"{_ATTEMPTS} other versions of {source!r} were published meanwhile", "try again"))


def resolve(store: Store, name: str | None = None) -> Dataset:
    """The version by its full name ("sample:v1"), the newest of a source ("sample"), or the newest of all (None)."""
    if name is None:
        newest = [_read(store, *place) for place in dict(_places(store, "versions")).items()]  # places ascend: the last of each source
        if not newest:
            raise UnknownDatasetError(
                Problem("context.datasource_version", "the lake is empty", "first `lianghu data sample`, `data import` or `data sync`")
            )
        return max(newest, key=lambda dataset: (dataset.published_at, dataset.version))
    source, colon, number = name.partition(":v")
    if not colon:
        found = newest_of(store, source) if _SOURCE.fullmatch(source) else None
        if found:
            return found
    elif _SOURCE.fullmatch(source) and number.isascii() and number.isdigit():
        try:
            return _read(store, source, int(number))
        except MissingObjectError:
            pass
    known = [f"{source}:v{number}" for source, number in _places(store, "versions")]
    hint = did_you_mean(name, known) or (f"the lake holds {', '.join(known[-5:])}" if known else "the lake is empty")
    raise UnknownDatasetError(Problem("context.datasource_version", f"there is no dataset {name!r}", hint))


def newest_of(store: Store, source: str) -> Dataset | None:
    """The newest version of a source; None: it has none."""
    places = [place for place in _places(store, f"versions/{source}") if place[0] == source]
    return _read(store, *places[-1]) if places else None


def list_versions(store: Store) -> list[Dataset]:
    """Every version of every source, oldest first."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # a bucket takes its time for each
        found = list(pool.map(lambda place: _read(store, *place), _places(store, "versions")))
    return sorted(found, key=lambda dataset: (dataset.published_at, dataset.version))


_ATTEMPTS = 50
_AT_ONCE = 16
_SOURCE = re.compile(r"[a-z][a-z0-9_-]*")


class Listed(NamedTuple):
    """A version as the lake's listing has it, without reading it."""

    source: str
    number: int
    manifest: Entry
    """Of the object: another one in its place has another entry."""


def listed_versions(store: Store, prefix: str = "versions") -> list[Listed]:
    """Every version of every source, by source and number."""
    pattern = re.compile(rf"versions/({_SOURCE.pattern})/v(\d+)\.json")
    found = [(pattern.fullmatch(key), entry) for key, entry in entries(store, prefix).items()]
    return [Listed(match[1], int(match[2]), entry) for match, entry in found if match]


def _places(store: Store, prefix: str) -> list[tuple[str, int]]:
    return [(row.source, row.number) for row in listed_versions(store, prefix)]


def manifest_key(source: str, number: int) -> str:
    """Where a version's manifest is."""
    return f"versions/{source}/v{number:08d}.json"


def _read(store: Store, source: str, number: int) -> Dataset:
    """CorruptObjectError, which names the object, where it is no manifest of this version."""
    return dataset_from(store, source, number, get(store, manifest_key(source, number)))


def dataset_from(store: Store, source: str, number: int, manifest: bytes | str) -> Dataset:
    """From the manifest's text, wherever it was kept. CorruptObjectError as for one that is read."""
    key = manifest_key(source, number)
    try:
        value = json.loads(manifest)
        dataset = Dataset(
            version=value["version"],
            source=value["source"],
            number=value["number"],
            title=value["title"],
            published_at=value["published_at"],
            tables={name: TableVersion(**row) for name, row in value["tables"].items()},
            catalog_key=value["catalog"],
            note=value["note"],
            findings_key=value.get("findings", ""),  # manifests of older versions do not say it
            store=store,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(key, error) from error
    if (dataset.source, dataset.number) != (source, number):
        raise _damaged(key, f"it says that it is {dataset.version}")
    return dataset


def _damaged(key: str, why: object) -> CorruptObjectError:
    said = f"{type(why).__name__}: {why}" if isinstance(why, Exception) else str(why)
    hint = "put it back from a backup; the other versions can be read by their names"
    return CorruptObjectError(Problem("store", f"{key} is damaged: {said}", hint))


def _put_catalog(store: Store, catalog: Catalog) -> str:
    data = _text(catalog.to_json())
    key = f"catalogs/{hashlib.sha256(data).hexdigest()}.json"
    put_new(store, key, data)
    return key


def _put_findings(store: Store, findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    data = _text([finding.to_json() for finding in findings])
    key = f"findings/{hashlib.sha256(data).hexdigest()}.json"
    put_new(store, key, data)
    return key


def _text(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
