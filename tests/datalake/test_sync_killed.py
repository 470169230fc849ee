"""Syncs as real processes: killed anywhere and started again, or two at once, they come to what one that ran through comes to."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from datalake.lake import Lake, scan
from datalake.storing.pieces import staged
from datalake.versions import resolve
from tests.datalake.standin import TOKEN, StandIn, sample_tables_of, serve

pytestmark = pytest.mark.slow

FIRST, LAST = date(2019, 6, 3), date(2019, 7, 31)
COMMAND = ("data", "sync", "--start", "2019-06-01", "--end", "2019-07-31", "--index", "009300.SH", "--index", "000300.SH")
ROOT = Path(__file__).parents[2]

Reached = Callable[[], bool]


@pytest.fixture(scope="module")
def standin(sample_rows: dict[str, pl.DataFrame]) -> Iterator[StandIn]:
    with serve(sample_tables_of(sample_rows, FIRST, LAST)) as found:
        yield found


@pytest.fixture(scope="module")
def whole(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[tuple]], str, int]:
    """What a sync that ran through comes to, and how many calls it made."""
    home = tmp_path_factory.mktemp("whole")
    before = len(standin.calls)
    process = start(home, standin)
    assert process.wait(120) == 0, (home / "log").read_text()
    return (*held(home), len(standin.calls) - before)


def start(home: Path, standin: StandIn, *more: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LAKE_", "TUSHARE_", "LIANGHU_"))}
    env = kept | {"LIANGHU_HOME": str(home), "LAKE_URL": (home / "lake").as_uri(), "TUSHARE_URL": standin.url, "TUSHARE_TOKEN": TOKEN}
    env["TUSHARE_CAPS"] = '{"*": 100000}'
    with (home / "log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "functions.cli", *COMMAND, *more], cwd=ROOT, env=env, stdout=log, stderr=log)


def held(home: Path) -> tuple[dict[str, list[tuple]], str]:
    """The sorted rows of every table of the newest version, and its catalog's name, which is a hash of what it says."""
    lake = Lake((home / "lake").as_uri())
    dataset = resolve(lake.store, "tushare")
    rows = {name: scan(lake, "tushare", name, table.delta_version).collect() for name, table in dataset.tables.items()}
    return {name: frame.sort(frame.columns).rows() for name, frame in rows.items()}, dataset.catalog_key


def point(phase: str, home: Path, standin: StandIn, calls: int, dice: random.Random) -> Reached:
    """A place to die in: so many more calls, pieces, commits, or the first thing that a version needs."""
    if phase == "fetching":
        asked = len(standin.calls) + dice.randrange(1, calls // 2)
        return lambda: len(standin.calls) >= asked
    pattern, most = {
        "staging": ("lake/staging/*/*/*/*", calls // 3),
        "merging": ("lake/tushare/*/_delta_log/*.json", 16),
        "publishing": ("lake/catalogs/*", 2),
    }[phase]
    wanted = len(list(home.glob(pattern))) + dice.randrange(1, most)
    return lambda: len(list(home.glob(pattern))) >= wanted


def kill_when(process: subprocess.Popen[bytes], reached: Reached, delay: float) -> bool:
    """Whether it was killed before it was done."""
    while process.poll() is None and not reached():
        time.sleep(0.0005)
    time.sleep(delay)
    was_running = process.poll() is None
    if was_running:
        process.send_signal(signal.SIGKILL)
    process.wait(60)
    return was_running


@pytest.mark.parametrize("seed", range(5))
def test_a_sync_that_is_killed_anywhere_loses_and_doubles_nothing(
    tmp_path: Path, standin: StandIn, whole: tuple[dict[str, list[tuple]], str, int], seed: int
) -> None:
    rows, catalog, calls = whole
    dice = random.Random(seed)
    lake = Lake((tmp_path / "lake").as_uri())
    before = len(standin.calls)
    killed = []
    for phase in ("fetching", "staging", "merging", "publishing"):
        reached = point(phase, tmp_path, standin, calls, dice)
        process = start(tmp_path, standin)
        if kill_when(process, reached, dice.choice((0.0, 0.01, 0.05)) * dice.random()):
            killed.append(phase)
    assert len(killed) >= 3, (tmp_path / "log").read_text()  # the last one may have been done

    assert start(tmp_path, standin).wait(120) == 0, (tmp_path / "log").read_text()
    assert held(tmp_path)[1] == catalog
    assert held(tmp_path)[0] == rows
    assert staged(lake, "tushare") == []
    assert len(standin.calls) - before <= calls + 4 * 4 * len(killed)  # only what was under way was asked twice


def test_two_syncs_at_the_same_time_come_to_the_same(
    tmp_path: Path, standin: StandIn, whole: tuple[dict[str, list[tuple]], str, int]
) -> None:
    rows, catalog, _ = whole
    processes = [start(tmp_path, standin), start(tmp_path, standin, "--workers", "2")]
    assert [process.wait(240) for process in processes] == [0, 0], (tmp_path / "log").read_text()
    assert held(tmp_path) == (rows, catalog)
    assert staged(Lake((tmp_path / "lake").as_uri()), "tushare") == []
