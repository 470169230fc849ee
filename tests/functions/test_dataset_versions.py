"""A dataset goes on, and what was computed on an older version of it can be computed again, to the byte."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from datalake.lake import Lake, scan
from datalake.objects import delete, exists, get
from datalake.panels.panel import PanelSpec, object_key
from datalake.sample import build_sample
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.versions import Dataset, resolve
from functions.jobs.desk import Desk
from functions.jobs.plan import Wanted
from tests.functions.conftest import Servers
from tests.functions.platform import CODES, Platform, platform_of

GRID = {"ma_short": [3, 5, 8], "ma_long": [12, 20]}


def corrected(lake: Lake, code: str, first: date, last: date) -> Dataset:
    """The next version: the vendor has found that a stock's highest prices were 0.01 too low, and its volumes a hand."""
    version = resolve(lake.store, "sample").tables["bars_1d"].delta_version
    rows = scan(lake, "sample", "bars_1d", version).filter((pl.col("ts_code") == code) & pl.col("trade_date").is_between(first, last))
    better = rows.with_columns(pl.col("high") + 10, pl.col("close") + 10, pl.col("volume") + 100).collect()
    assert better.height > 100
    return publish_tables(lake, "sample", {"bars_1d": merge(lake, "sample", "bars_1d", better)}, {"corrected": code})


class Done:
    """What a grid on a version came to."""

    def __init__(self, platform: Platform, user: str, version: str) -> None:
        backtest_id = platform.backtest(user, datasource_version=version)
        submission = platform.plan(user, backtest_id, Wanted("grid", GRID)).submission
        self.key = PanelSpec.from_json(submission.panel).key
        grid_id = platform.submit(user, submission).grid_id
        platform.run()
        runs, _ = platform.house.store.list_runs(user, backtest_id, grid_id=grid_id)
        assert [run.status for run in runs] == ["succeeded"] * 6
        self.identities = submission.identities
        self.hashes = [run.content_hash for run in runs]


def test_a_corrected_version_gets_a_panel_of_its_own_and_the_old_one_still_serves(
    servers: Servers, desk: Desk, aws: str, new_user: Callable[[], str], tmp_path: Path
) -> None:
    lake = Lake(f"file://{tmp_path}/lake")
    build_sample(lake.url)
    with platform_of(servers.login, aws, lake.url, tmp_path) as platform:
        before = Done(platform, new_user(), "sample:v1")
        panel = get(lake.store, object_key(before.key))

        assert corrected(lake, CODES[0], date(2022, 3, 1), date(2022, 11, 30)).version == "sample:v2"
        after = Done(platform, new_user(), "sample:v2")
        assert after.key != before.key and not set(after.identities) & set(before.identities)
        assert after.hashes != before.hashes, "the correction can be seen"

        assert get(lake.store, object_key(before.key)) == panel, "what is there never changes"
        again = Done(platform, new_user(), "sample:v1")
        assert (again.key, again.identities, again.hashes) == (before.key, before.identities, before.hashes)

        delete(lake.store, [object_key(before.key)])
        for file in (tmp_path / "cache").glob(f"{before.key}*"):
            file.unlink()
    with platform_of(servers.login, aws, lake.url, tmp_path / "another machine") as platform:
        anew = Done(platform, new_user(), "sample:v1")
        assert anew.hashes == before.hashes
        assert get(lake.store, object_key(before.key)) == panel, "made anew from the old tables, to the byte"


@pytest.mark.parametrize("version", ["sample:v1", "sample:v2"])
def test_a_version_that_brings_other_days_leaves_this_windows_panel_as_it_is(
    version: str, servers: Servers, desk: Desk, aws: str, new_user: Callable[[], str], tmp_path: Path
) -> None:
    """A correction outside the window makes another panel, because nobody has looked, and the same results."""
    lake = Lake(f"file://{tmp_path}/lake")
    build_sample(lake.url)
    with platform_of(servers.login, aws, lake.url, tmp_path) as platform:
        first = Done(platform, new_user(), "sample:v1")
        corrected(lake, CODES[0], date(2024, 3, 1), date(2024, 11, 30))
        other = Done(platform, new_user(), version)
        assert other.hashes == first.hashes
        assert (other.key == first.key) is (version == "sample:v1")
        assert exists(lake.store, object_key(other.key))
