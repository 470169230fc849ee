"""What market data there are."""

from fastapi import APIRouter

from datalake.versions import list_versions
from functions.api.answers import DatasetList, DatasetShown, TableShown
from functions.api.parts import Caller, TheHouse
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api/market", tags=["market"], route_class=StrictRoute)


@router.get("/datasets")
def list_datasets(user: Caller, house: TheHouse) -> DatasetList:
    """Every version of every source, newest first, from the lake's own manifests."""
    return DatasetList(
        items=[
            DatasetShown(
                version=dataset.version,
                source=dataset.source,
                title=dataset.title,
                synthetic=dataset.source == "sample",
                published_at=dataset.published_at,
                tables=[
                    TableShown(name=name, rows=table.rows, first=_day(table.first), last=_day(table.last))
                    for name, table in sorted(dataset.tables.items())
                ],
            )
            for dataset in reversed(list_versions(house.lake))
        ]
    )


def _day(session: int) -> str | None:
    return f"{session // 10_000:04d}-{session // 100 % 100:02d}-{session % 100:02d}" if session else None
