"""A platform of real parts that faults are done to: Postgres, moto's SQS, a lake with the sample market, results in a folder."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from datalake.lake import Lake
from datalake.objects import local_folder, open_store
from datalake.panels.ensure import ensured
from datalake.panels.panel import object_key
from datalake.sample import build_sample
from datalake.versions import resolve
from engine.language import compile_strategy
from functions.jobs.desk import Desk
from functions.jobs.plan import overrides, panel_spec
from functions.jobs.records import Backtest, StrategyVersion
from functions.templates import templates
from tests.functions.conftest import Servers, admin, aws, database, desk, new_user, servers, user
from tests.functions.platform import CODES, WINDOW, Platform, platform_of
from tests.reliability.children import Nursery, nursery_in
from tests.reliability.healing import come_to_rest
from tests.reliability.invariants import broken
from tests.reliability.scenes import Ground
from tests.reliability.truth import Truth

__all__ = ["admin", "aws", "database", "desk", "new_user", "servers", "user"]


@pytest.fixture(scope="session")
def lake_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"file://{tmp_path_factory.mktemp('lake')}"
    build_sample(url)
    return url


@pytest.fixture(scope="session")
def nursery(lake_url: str, aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Warm: whoever is forked from it computes at once."""
    context = {"universe": CODES, "frequency": "1d", "window": WINDOW, "datasource_version": "sample:v1", "initial_cash": 1_000_000}
    source = templates()["dual-moving-average"]
    program = compile_strategy(source, overrides(context))
    version = StrategyVersion("", "", "", 1, source, program.identity)
    spec = panel_spec(Backtest("", version, context, "", datetime.now(UTC)), program, resolve(open_store(lake_url), "sample:v1"))
    key = ensured(Lake(lake_url, {}), spec).key
    folder = local_folder(lake_url)
    assert folder is not None
    task = {"block_id": 0, "attempt": 1, "grid_id": "", "owner": "", "panel_key": key, "source": source, "context": context}
    with nursery_in(tmp_path_factory.mktemp("nursery")) as made:
        made.warm_up(folder / object_key(key), task | {"run_ids": ["", ""], "combinations": [{"ma_short": 3}, {"ma_short": 4}]})
        yield made


@pytest.fixture
def platform(servers: Servers, desk: Desk, aws: str, lake_url: str, tmp_path: Path) -> Iterator[Platform]:
    with platform_of(servers.login, aws, lake_url, tmp_path) as made:
        yield made


@pytest.fixture
def sound(platform: Platform, admin: psycopg.Connection[Any]) -> Callable[[], None]:
    """Wants every invariant to hold, now."""
    truth = Truth(platform.house.panels)

    def check() -> None:
        found = broken(admin, platform.house.results, truth)
        assert not found, "\n".join(found)

    return check


@pytest.fixture
def ground(platform: Platform, admin: psycopg.Connection[Any], user: str) -> Ground:
    return Ground(platform, admin, user, platform.backtest(user))


@pytest.fixture
def rest(platform: Platform, admin: psycopg.Connection[Any]) -> Callable[[], int]:
    """Lets the platform come to rest by its sweeper alone; how many minutes that took."""
    return lambda: come_to_rest(platform, admin)
