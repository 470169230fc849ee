"""The whole platform from its packages: the demo's grid has the same bytes as from sources, and a stranger with curl sees no difference."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from datalake.sample import build_sample
from functions.api.document import operations
from functions.client import Client
from functions.commands.demo import GRID, TEMPLATE, WINDOW
from functions.compiler import CPU_TARGET
from functions.identity import engine_version
from infra.local import guard
from infra.local.stack import ROOT, StackInfo
from tests.built import BUILD_SECONDS, built_packages
from tests.e2e import api_page
from tests.e2e.conftest import Platform, signed_in
from tests.e2e.test_api_page import DOCUMENT, PAGE

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.timeout(BUILD_SECONDS + 600)]

FUNCTIONS = {"ApiFunction", "PlannerFunction", "WorkerFunction", "AggregatorFunction"} | {
    "ResponderFunction",
    "SweeperFunction",
    "ArchiverFunction",
    "IngestFunction",
}
FILES = ("equity", "trades", "orders", "positions", "report")


@pytest.fixture
def packaged(tmp_path: Path) -> Iterator[Platform]:
    made = Platform(tmp_path / "home", {"WORKERS": "2"}, "--packages", str(built_packages()))
    yield made
    made.stop()


def grid_of(client: Client) -> dict[str, tuple[str | None, dict[str, bytes]]]:
    """The demo's: content hash and files of each run, by its parameters."""
    backtest_id = client.create_backtest({"template": TEMPLATE}, {"window": WINDOW, "datasource_version": "sample:v1"}, "demo")
    submitted = client.submit_grid(backtest_id, GRID)
    grid = client.wait_grid(backtest_id, str(submitted.grid_id), timeout_seconds=300)
    assert (grid.status, grid.counts) == ("finished", {"succeeded": 36})
    runs = list(client.runs(backtest_id, grid_id=str(submitted.grid_id)))
    found = {json.dumps(run.params, sort_keys=True): (run.content_hash, dict[str, bytes]()) for run in runs}
    for name in FILES[:-1]:
        found[json.dumps(runs[0].params, sort_keys=True)][1][name] = client.artifact(runs[0].run_id, name)
    return found


def test_the_demos_grid_is_the_same_bytes_from_packages_and_from_sources(packaged: Platform, platform: Platform) -> None:
    build_sample((packaged.home / "lake").as_uri())
    stack = packaged.start()
    with signed_in(stack) as client:
        assert client.health().engine_version == engine_version(CPU_TARGET)
        from_packages = grid_of(client)
        shown_by_all_runs_from_packages(stack)
    packaged.stop()
    assert not (packaged.home / "kernels").exists(), "kernels come with the numeric layer"

    shutil.rmtree(platform.home, ignore_errors=True)
    build_sample((platform.home / "lake").as_uri())
    with signed_in(platform.start()) as client:
        assert grid_of(client) == from_packages


def shown_by_all_runs_from_packages(stack: StackInfo) -> None:
    """Every process of a function has loaded Python, its library and what lies in its packages, and no file of this repository."""
    ledgers = (stack.home / "processes", stack.home / "api/processes")
    rows = [json.loads(line) for ledger in ledgers for line in ledger.read_text().splitlines()]
    running = [row for row in rows if row["name"] in FUNCTIONS and guard.birth(row["pid"]) == row["birth"]]
    assert {row["name"] for row in running} == FUNCTIONS
    for row in running:
        maps = Path(f"/proc/{row['pid']}/maps").read_text()
        loaded = {words[5] for line in maps.splitlines() if len(words := line.split(maxsplit=5)) > 5}
        assert not [file for file in loaded if file.startswith(f"{ROOT}/")], row["name"]
        assert [file for file in loaded if file.startswith(f"{stack.home}/packages/")], row["name"]


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="there is no curl or no bash on this machine")
def test_the_commands_of_the_api_page_do_the_same_behind_the_gateway(packaged: Platform, tmp_path: Path) -> None:
    """Bodies of every kind, parameters that come again, answers as text, CSV and Parquet: through events, Mangum and back."""
    build_sample((packaged.home / "lake").as_uri())
    stack = packaged.start()
    folder = tmp_path / "stranger"
    folder.mkdir()
    done = api_page.run(PAGE, stack.url, folder)
    called = {(call.method, api_page.operation(call, DOCUMENT), call.status, PAGE.blocks[call.block].section) for call in done.calls}
    missing = [shown for shown, section in PAGE.shown.items() if (*shown, section) not in called]
    assert not missing
    assert len({path for _, path, _, _ in called}) > len(list(operations(DOCUMENT))) / 3
    wrong = []
    for block, written in zip(PAGE.blocks, done.answers, strict=True):
        if block.answer is not None:
            wrong += [f"{block.commands.splitlines()[0]}: {each}" for each in api_page.differences(block.answer, json.loads(written))]
    assert not wrong, "\n".join(wrong)
