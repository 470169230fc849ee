"""A disk without room: what could not be kept is told in words and tried again, nothing is half written; with room all goes on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.functions.api.conftest import DUAL
from tests.functions.conftest import Servers
from tests.reliability.invariants import broken, unfinished
from tests.reliability.living import living
from tests.reliability.people import Person, bearer_of, rest
from tests.reliability.servers import OwnPostgres
from tests.reliability.truth import Truth

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="only root may mount a small disk"),
]

SPEC = {"ma_short": [3, 5, 8, 13], "ma_long": [20, 30, 60]}


class Disk:
    """A small one of its own, in memory."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        folder.mkdir()
        self.folder, self._filler = folder, folder / "filler"
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)

    def fill(self, leave: int = 0) -> None:
        """But for so many bytes."""
        with self._filler.open("wb", buffering=0) as file:
            left = shutil.disk_usage(self.folder).free - leave
            while left > 0:
                left -= file.write(bytes(min(left, 2**20)))

    def empty(self) -> None:
        self._filler.unlink()


@pytest.fixture
def disk_of(tmp_path: Path) -> Iterator[Callable[[str, int], Disk]]:
    made: list[Disk] = []

    def make(name: str, megabytes: int) -> Disk:
        try:
            made.append(Disk(tmp_path / name, megabytes))
        except subprocess.CalledProcessError:
            pytest.skip("no disk may be mounted here")
        return made[-1]

    yield make
    for disk in made:
        subprocess.run(["umount", "--lazy", str(disk.folder)], check=True)


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("desk")
def test_results_and_the_cache_of_panels_without_room(
    servers: Servers, aws: str, lake_url: str, user: str, admin: psycopg.Connection[Any], disk_of: Callable[[str, int], Disk]
) -> None:
    disks = {"results_url": disk_of("results", 24), "data_cache_dir": disk_of("cache", 24)}
    where = {"results_url": disks["results_url"].folder.as_uri(), "data_cache_dir": disks["data_cache_dir"].folder}
    with living(aws, servers.login, lake_url, disks["results_url"].folder, **where) as platform:
        person = Person(bearer_of(user), lambda: platform.url)
        for year, disk in ((2020, disks["data_cache_dir"]), (2021, disks["results_url"])):  # each year has a panel of its own
            backtest = person.backtest(DUAL, window={"start": f"{year}-01-04", "end": f"{year}-12-31"}, universe={"all": True})
            disk.fill()
            grid = person.grid(backtest, SPEC)
            rest(lambda grid=grid: [] if _tried(admin, grid) else ["no attempt has failed yet"], 60)
            disk.empty()
            rest(lambda: unfinished(admin), 60)
            assert admin.execute("select status from public.grids where id = %s", (grid,)).fetchone() == ("finished",)

        disks["results_url"].fill()
        run = person.single(backtest, {"ma_short": 4, "ma_long": 20})
        rest(lambda: unfinished(admin), 60)
        told = person.get(f"/api/runs/{run}")
        assert told["status"] == "failed" and "the disk is full: free some space" in told["error"]["message"], told
        disks["results_url"].empty()
        again = person.single(backtest, {"ma_short": 4, "ma_long": 20})
        rest(lambda: unfinished(admin), 60)
        assert person.get(f"/api/runs/{again}")["status"] == "succeeded"
        assert broken(admin, platform.house.results, Truth(platform.house.panels)) == []
    for disk in disks.values():
        left = [str(file) for file in disk.folder.rglob("*") if "#" in file.name or file.suffix == ".part"]
        assert left == [], "half of a file was left"


def _tried(admin: psycopg.Connection[Any], grid: str) -> bool:
    """Whether a block of the grid was given back."""
    query = "select exists (select from public.run_blocks where grid_id = %s and attempt > 0 and status = 'ready')"
    return admin.execute(query, (grid,)).fetchone() == (True,)


@pytest.mark.timeout(600)
def test_a_database_without_room_takes_nothing_half_and_goes_on_when_there_is_room(
    aws: str, lake_url: str, disk_of: Callable[[str, int], Disk], tmp_path: Path
) -> None:
    disk = disk_of("database", 240)
    postgres = OwnPostgres(disk.folder / "postgres")
    try:
        with living(aws, postgres.login, lake_url, tmp_path) as platform:
            person = Person(bearer_of(postgres.new_user()), lambda: platform.url)
            backtest = person.backtest(DUAL, universe={"all": True})
            before = person.grid(backtest, SPEC)
            disk.fill(leave=2**20)
            large = {"ma_short": list(range(3, 63)), "ma_long": list(range(70, 170))}
            refusals = []
            while len(refusals) < 3:
                answer = person.ask("POST", f"/api/backtests/{backtest}/runs", {"mode": "grid", "gridSpec": large})
                if answer.status_code != 202:
                    refusals.append(answer)
                assert answer.status_code in (202, 502), answer.text
            disk.empty()
            if not postgres.runs:  # without room for its log it may give up: then it is started again by people
                postgres.start_again()
            with postgres.connected() as admin:
                sizes = admin.execute("select count(*) from public.backtest_runs r group by r.grid_id").fetchall()
                assert {size for (size,) in sizes} <= {12, 6_000}, "all of a submission or nothing"
                for (grid,) in admin.execute("select id from public.grids where runs > 12").fetchall():
                    person.cancel(backtest, grid)
            after = person.grid(backtest, {"ma_short": [2], "ma_long": [10, 11]})
            with postgres.connected() as admin:
                rest(lambda: unfinished(admin), 120)
                assert broken(admin, platform.house.results, Truth(platform.house.panels)) == []
            for grid in (before, after):
                assert person.get(f"/api/backtests/{backtest}/grids/{grid}")["status"] == "finished"
            assert any("disk is full" in answer.text for answer in refusals), [answer.text for answer in refusals]
            assert all(answer.headers["Retry-After"] for answer in refusals)
    finally:
        postgres.stop()
