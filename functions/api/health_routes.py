"""Whether the platform stands, without secrets and in bounded time."""

import asyncio
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter

from functions.api.answers import Health
from functions.api.parts import TheHouse

router = APIRouter(tags=["health"])


@router.get("/api/health")
async def get_health(house: TheHouse) -> Health:
    """Always 200 while the API answers; `status` says whether what it needs answers too, within two seconds.

    `dataset` is the newest version, null where the lake is empty or away. `queued` are the messages that wait for planner, workers and
    aggregator, roughly; null where the queue does not answer.
    """
    # Not in the threads that other requests wait in: a crowd of slow ones must not hide that the platform stands.
    vital = await asyncio.to_thread(house.pulses.take)
    return Health(
        status="degraded" if None in (vital.database, vital.dataset, vital.queued) else "ok",
        build=_build(),
        engine_version=house.engine_version,
        dataset=vital.dataset or None,
        database=vital.database is not None,
        lake=vital.dataset is not None,
        queued=vital.queued,
    )


def _build() -> str:
    try:
        return version("lianghu")
    except PackageNotFoundError:
        return "from source, not installed"
