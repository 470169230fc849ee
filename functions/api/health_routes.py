"""Whether the platform stands, without secrets."""

from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter

from datalake.errors import DataError
from datalake.versions import resolve
from functions.api.answers import Health
from functions.api.parts import TheHouse
from functions.errors import ApiError

router = APIRouter(tags=["health"])


@router.get("/api/health")
def get_health(house: TheHouse) -> Health:
    """Always 200 while the API answers; `status` says whether what it needs answers too."""
    try:
        house.database.check()
        database = True
    except ApiError:
        database = False
    try:
        dataset: str | None = resolve(house.lake).version
        lake = True
    except DataError as error:
        dataset, lake = None, any(problem.field.startswith("context") for problem in error.problems)
    return Health(
        status="ok" if database and lake else "degraded",
        build=_build(),
        engine_version=house.engine_version,
        dataset=dataset,
        database=database,
        lake=lake,
    )


def _build() -> str:
    try:
        return version("lianghu")
    except PackageNotFoundError:
        return "from source, not installed"
