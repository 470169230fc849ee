"""What market data there are, and what is known to be wrong with them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path

from datalake.errors import UnknownDatasetError
from datalake.finding import Finding
from datalake.frequencies import frequencies_of
from datalake.review.examination import newest_examination
from datalake.versions import Dataset, list_versions, resolve
from functions.api.answers import (
    DatasetDetails,
    DatasetList,
    DatasetShown,
    ExaminationShown,
    FindingCounts,
    FindingShown,
    FrequencyShown,
    TableShown,
)
from functions.api.parts import Caller, TheHouse
from functions.api.strict import StrictRoute
from functions.errors import ApiError

Version = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,31}(:v[0-9]{1,9})?$", description="import:v3; import: its newest")]

router = APIRouter(prefix="/api/market", tags=["market"], route_class=StrictRoute)


@router.get("/datasets")
def list_datasets(user: Caller, house: TheHouse) -> DatasetList:
    """Every version of every source, newest first, from the lake's own manifests, with what was found when it came in."""
    read: dict[str, Sequence[Finding]] = {}  # versions that nothing else was found in share one list
    items = []
    for dataset in reversed(list_versions(house.lake)):
        if dataset.findings_key not in read:
            read[dataset.findings_key] = dataset.findings
        items.append(DatasetShown(**_shown(dataset, read[dataset.findings_key])))
    return DatasetList(items=items)


@router.get("/datasets/{version}")
def get_dataset(version: Version, user: Caller, house: TheHouse) -> DatasetDetails:
    """One version: its tables and their ranges, what came in, and what was found then and when somebody last looked at all its rows."""
    try:
        dataset = resolve(house.lake, version)
    except UnknownDatasetError as error:
        raise ApiError("NOT_FOUND", error.problems[0].message) from error
    examined = newest_examination(house.lake, dataset)
    return DatasetDetails(
        **_shown(dataset, dataset.findings),
        note=dict(dataset.note),
        examination=ExaminationShown(examined_at=examined.examined_at, **_found(examined.findings)) if examined else None,
    )


def _shown(dataset: Dataset, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "version": dataset.version,
        "source": dataset.source,
        "title": dataset.title,
        "synthetic": dataset.source == "sample",
        "published_at": dataset.published_at,
        "tables": [
            TableShown(name=name, rows=table.rows, first=_day(table.first), last=_day(table.last))
            for name, table in sorted(dataset.tables.items())
        ],
        "frequencies": [_frequency(dataset, *row) for row in frequencies_of(dataset).items()],
        **_found(findings),
    }


def _frequency(dataset: Dataset, name: str, source: str) -> FrequencyShown:
    table = dataset.tables[f"bars_{source}"]
    made_from = None if source == name else source
    return FrequencyShown(frequency=name, made_from=made_from, first=_day(table.first), last=_day(table.last))


def _found(findings: Sequence[Finding]) -> dict[str, Any]:
    errors = sum(row.severity == "error" for row in findings)
    return {
        "finding_counts": FindingCounts(errors=errors, warnings=len(findings) - errors),
        "findings": [FindingShown(**row.to_json() | {"first": _day(row.first), "last": _day(row.last)}) for row in findings],
    }


def _day(session: int) -> str | None:
    return f"{session // 10_000:04d}-{session // 100 % 100:02d}-{session % 100:02d}" if session else None
