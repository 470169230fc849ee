"""Lakes for the tests: the sample market is built once."""

import os
from pathlib import Path

import polars as pl
import pytest

from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.sample import build_sample
from datalake.sample.rows import sample_tables
from datalake.versions import Dataset
from engine.market import Market


@pytest.fixture(scope="session")
def sample_rows() -> dict[str, pl.DataFrame]:
    return sample_tables()


@pytest.fixture(scope="session")
def sample_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(f"file://{tmp_path_factory.mktemp('sample lake')}")
    build_sample(lake.url)
    return lake


@pytest.fixture(scope="session")
def sample(sample_lake: Lake) -> Dataset:
    return build_sample(sample_lake.url)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"file://{tmp_path}/lake")


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = os.environ.get("LIANGHU_REAL_DATA")
    if not folder:
        pytest.skip("LIANGHU_REAL_DATA names no folder with real market data")
    return Path(folder)


@pytest.fixture(scope="session")
def sample_market(sample_lake: Lake, sample: Dataset) -> Market:
    """Everything of the sample, from its first day."""
    codes = [row.ts_code for row in sample.catalog.instruments]
    spec = PanelSpec.of(sample, codes, (20180102, 20241231), 0, fields=["is_st", "listed_sessions", "pe"])
    return to_market(*unpack(build_panel(sample_lake, spec)))


@pytest.fixture
def other(tmp_path: Path) -> Lake:
    """A second lake, with nothing in it."""
    return Lake(f"file://{tmp_path}/another lake")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup is written."""
    return tmp_path / "backup.tar"
