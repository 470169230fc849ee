"""What market data there are, and what is known to be wrong with them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from datalake.calendar import iso_or_none
from datalake.errors import UnknownDatasetError
from datalake.finding import Finding
from datalake.frequencies import frequencies_of
from datalake.review.examination import newest_examination
from datalake.versions import Dataset, resolve
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
from functions.api.market_asked import read_cursor, write_cursor
from functions.api.market_shapes import VERSION
from functions.api.models import ListQuery
from functions.api.parts import Caller, TheHouse
from functions.api.strict import StrictRoute
from functions.errors import ApiError

Version = Annotated[str, Path(pattern=VERSION, description="import:v3; import: its newest")]

router = APIRouter(prefix="/api/market", tags=["market"], route_class=StrictRoute)


@router.get("/datasets")
def list_datasets(query: Annotated[ListQuery, Query()], user: Caller, house: TheHouse) -> DatasetList:
    """The versions of every source, newest first, as the lake has them, with what was found when they came in."""
    known = house.datasets.known(house.lake, house.settings.lake_url)
    if query.cursor:
        before = tuple(read_cursor(query.cursor, (str, str)))
        known = [row for row in known if (row.published_at, row.version) < before]
    page = known[: query.limit]
    return DatasetList(
        items=[DatasetShown(**_shown(dataset, dataset.findings)) for dataset in house.datasets.read(house.lake, page)],
        next_cursor=write_cursor([page[-1].published_at, page[-1].version]) if len(known) > len(page) else None,
    )


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
            TableShown(name=name, rows=table.rows, first=iso_or_none(table.first), last=iso_or_none(table.last))
            for name, table in sorted(dataset.tables.items())
        ],
        "frequencies": [_frequency(dataset, *row) for row in frequencies_of(dataset).items()],
        **_found(findings),
    }


def _frequency(dataset: Dataset, name: str, source: str) -> FrequencyShown:
    table = dataset.tables[f"bars_{source}"]
    made_from = None if source == name else source
    return FrequencyShown(frequency=name, made_from=made_from, first=iso_or_none(table.first), last=iso_or_none(table.last))


def _found(findings: Sequence[Finding]) -> dict[str, Any]:
    errors = sum(row.severity == "error" for row in findings)
    return {
        "finding_counts": FindingCounts(errors=errors, warnings=len(findings) - errors),
        "findings": [FindingShown(**row.to_json() | {"first": iso_or_none(row.first), "last": iso_or_none(row.last)}) for row in findings],
    }
