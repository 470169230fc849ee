"""Two engines side by side, as while one replaces the other: real workers of different source trees, and nothing is mixed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from datalake.sample import build_sample
from datalake.versions import resolve
from engine.language import compile_strategy
from engine.simulation.rules import RULES_VERSION
from functions.compiler import MARK
from functions.errors import ApiError
from functions.jobs.desk import Desk
from functions.jobs.plan import Versions, Wanted, overrides, plan_submission
from functions.jobs.records import Run, Submitted
from tests.functions.conftest import Servers
from tests.functions.platform import Platform, platform_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "datalake", "functions")
SPEC = {"ma_short": [3, 5, 8], "ma_long": [20, 40]}
WORKER = """
import json, sys
import engine
from functions.wiring import house
from functions.worker import work
seconds = float(sys.argv[1])
work(house(), lambda: seconds)
print(json.dumps([engine.__file__]))
"""
VERSION = """
import json
from functions.identity import engine_version
from functions.settings import Settings
print(json.dumps([engine_version(Settings().numba_cpu_name)]))
"""


@dataclass(frozen=True)
class Tree:
    """A copy of the sources, whose compiled kernels are there already where their files are the same."""

    folder: Path
    kernels: Path

    def version(self, platform: Platform) -> str:
        """Of its engine, as its own code tells it."""
        return str(self._run(VERSION, platform)[0])

    def work(self, platform: Platform, seconds: float) -> None:
        """A worker's process until nothing waits, or with less than a minute left until its first block is done."""
        (file,) = self._run(WORKER, platform, str(seconds))
        assert Path(file).is_relative_to(self.folder)

    def _run(self, code: str, platform: Platform, *arguments: str) -> Any:
        environment = os.environ | _environment(platform) | {"NUMBA_CACHE_DIR": str(self.kernels), "PYTHONPATH": str(self.folder)}
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])


def _environment(platform: Platform) -> dict[str, str]:
    settings = platform.house.settings
    told = {name.upper(): getattr(settings, name) for name in settings.model_fields_set}
    return {name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in told.items()}


def plant(folder: Path, change: Callable[[Path], object]) -> Tree:
    """The sources with one change to the engine."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    change(folder / "engine")
    compiled = Path(os.environ["NUMBA_CACHE_DIR"])
    compiled.mkdir(parents=True, exist_ok=True)
    shutil.copytree(compiled, folder / "kernels", ignore=shutil.ignore_patterns(MARK))  # with the mark they would be another engine's
    return Tree(folder, folder / "kernels")


def remarked(engine: Path) -> None:
    (engine / "later.py").write_text('"""Changes the engine\'s version and not one result."""\n')


def changed(engine: Path) -> None:
    file = engine / "fingerprint.py"
    text = file.read_text()
    assert "lianghu result " in text
    file.write_text(text.replace("lianghu result ", "lianghu other result "))


@pytest.fixture
def platform(tmp_path: Path, aws: str, desk: Desk, servers: Servers) -> Iterator[Platform]:
    lake = (tmp_path / "lake").as_uri()
    build_sample(lake)
    with platform_of(servers.login, aws, lake, tmp_path) as platform:
        yield platform


def submit(platform: Platform, user: str, backtest_id: str, version: str) -> Submitted:
    """As the API of this engine does, with its panel ready: three blocks."""
    backtest = platform.house.strategies.get_backtest(user, backtest_id)
    assert backtest is not None
    program = compile_strategy(backtest.strategy.source, overrides(backtest.context))
    dataset = resolve(platform.house.lake, backtest.context["datasource_version"])
    planned = plan_submission(backtest, program, dataset, Wanted("grid", SPEC), Versions(version, RULES_VERSION), 3).submission
    made = platform.submit(user, replace(planned, workers=3))  # so little work would be two blocks
    if made.bell == "plan":
        assert platform.answer_one() == "plan"
    platform.lose_the_queues()
    return made


def runs_of(platform: Platform, user: str, backtest_id: str, made: Submitted) -> list[Run]:
    return platform.house.store.list_runs(user, backtest_id, grid_id=made.grid_id)[0]


def hashes_of(platform: Platform, user: str, backtest_id: str, made: Submitted) -> list[str | None]:
    return [run.content_hash for run in runs_of(platform, user, backtest_id, made)]


def test_a_deployment_in_the_middle_of_a_grid_mixes_nothing(
    platform: Platform, user: str, tmp_path: Path, admin: psycopg.Connection
) -> None:
    backtest_id = platform.backtest(user)
    old, new, same = plant(tmp_path / "old", lambda _: None), plant(tmp_path / "new", changed), plant(tmp_path / "same", remarked)
    versions = old.version(platform), new.version(platform), same.version(platform)
    assert versions[0] == platform.house.engine_version and len(set(versions)) == 3

    # A grid of the old engine, one block of which is done when the new engine comes with a grid of the same combinations.
    first = submit(platform, user, backtest_id, versions[0])
    old.work(platform, 0)
    assert [run.status for run in runs_of(platform, user, backtest_id, first)] == ["succeeded"] * 2 + ["queued"] * 4
    second = submit(platform, user, backtest_id, versions[1])
    assert second.reused == 0, "another engine's results answer nobody"
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda tree: tree.work(platform, 300), (old, new)))
    right, other = (hashes_of(platform, user, backtest_id, made) for made in (first, second))
    assert all(right) and all(other) and not set(right) & set(other)
    told: dict[str, Any] = {run.id: run.engine_version for made in (first, second) for run in runs_of(platform, user, backtest_id, made)}
    assert [told[run_id] for run_id in first.run_ids] == [versions[0]] * 6 and [told[run_id] for run_id in second.run_ids] == [
        versions[1]
    ] * 6
    alone = submit(platform, user, backtest_id, versions[2])
    same.work(platform, 300)
    assert alone.reused == 0 and hashes_of(platform, user, backtest_id, alone) == right, (
        "what the old engine's grid is without a deployment"
    )
    assert submit(platform, user, backtest_id, versions[0]).reused == 6

    # A grid of the old engine whose workers are gone: what they did stays, the rest ends with a reason, and nobody else computes it.
    stranded = platform.backtest(user, initial_cash=2_000_000)
    third = submit(platform, user, stranded, versions[0])
    old.work(platform, 0)
    new.work(platform, 300)
    assert [run.status for run in runs_of(platform, user, stranded, third)] == ["succeeded"] * 2 + ["queued"] * 4
    platform.house.desk.sweep(versions[1])
    assert [run.status for run in runs_of(platform, user, stranded, third)].count("queued") == 4, "they may only be slow"
    admin.execute("update public.run_blocks set not_before = now() - interval '16 minutes' where status = 'ready'")
    platform.house.desk.sweep(versions[1])
    ended = runs_of(platform, user, stranded, third)
    assert [run.status for run in ended] == ["succeeded"] * 2 + ["failed"] * 4
    assert {(run.error or {})["message"] for run in ended[2:]} == {
        "the engine was replaced by another version before this was computed; submit it again"
    }
    assert (ended[2].error or {})["details"] == {"engine_version": versions[0]}

    # Accounts of the old engine's cells: made by one that computes the same, refused from one that does not.
    store = platform.house.store
    for tree, version, run_id in ((same, versions[2], first.run_ids[0]), (new, versions[1], first.run_ids[1])):
        assert store.request_ledger(user, run_id)
        platform.house.desk.sweep(version)
        tree.work(platform, 300)
    made, refused = runs_of(platform, user, backtest_id, first)[:2]
    assert "trades_path" in made.artifacts and made.content_hash == right[0]
    assert set(refused.artifacts) == {"cells_path"} and refused.content_hash == right[1] and refused.status == "succeeded"
    with pytest.raises(ApiError, match="by another engine than the one that the run was computed with") as error:
        store.request_ledger(user, refused.id)
    assert "gave another result" in error.value.message and "submit it again" in error.value.message
