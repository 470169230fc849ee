"""The benchmarks run: every workload in a tiny size, from its row to its figures; the page names what the rows name."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.rows import WORKLOADS, chosen
from bench.workload import Workload
from infra.local import template

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "performance.md").read_text()
NAMES = [row.name for row in WORKLOADS]
STACKS = ("W6", "W8", "rush", "scale", "counted", "messages", "cold", "web")
"""Workloads that start a whole platform; that of the web terminal is tried beside its other tests."""


def test_the_page_has_a_row_for_each_workload_and_no_other() -> None:
    rows = re.search(r"^## Workloads\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    assert rows is not None
    told = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", rows[1], re.MULTILINE))
    assert told == {row.name: row.about for row in WORKLOADS}


def test_what_is_wanted_stands_on_the_page() -> None:
    for row in WORKLOADS:
        assert row.reach in PAGE, row.name


def test_names_choose_rows_in_the_order_of_the_table() -> None:
    assert [row.name for row in chosen("W7 W1")] == ["W1", "W7"]
    assert [row.name for row in chosen("")] == NAMES
    with pytest.raises(ValueError, match="W0"):
        chosen("W1 W0")


def test_an_unknown_workload_is_told_and_nothing_is_run() -> None:
    done = subprocess.run([sys.executable, "-m", "bench", "W0"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "W0" in done.stderr and "W3" in done.stderr


@pytest.mark.parametrize("row", [row for row in WORKLOADS if row.name not in STACKS], ids=lambda row: row.name)
def test_a_workload_in_a_tiny_size(row: Workload, tmp_path: Path) -> None:
    told = _bench(tmp_path, row.name)
    assert set(told) == {"machine", "workloads"} and set(told["workloads"]) == {row.name}
    found = told["workloads"][row.name]
    assert found["about"] == row.about and found["peak_memory_mb"] > 30
    seconds = [value for name, value in _leaves(found) if name in ("seconds_min", "seconds_median", "cpu_seconds_min", "a_second")]
    assert all(value > 0 for value in seconds)
    assert seconds or found["milliseconds_taken"] > found["milliseconds_least"] > 0


@pytest.mark.slow
@pytest.mark.stack
def test_the_whole_platform_in_a_tiny_size(tmp_path: Path) -> None:
    found = _bench(tmp_path, "W6")["workloads"]["W6"]
    phases = found["warm, the quickest"]
    parts = [phases[name] for name in ("planned", "first_claim", "last_block", "aggregated")]
    assert abs(sum(parts) - phases["in_the_database"]) < 0.01
    assert phases["in_the_database"] <= found["warm"]["seconds_min"] + 0.1
    assert found["overhead"] == pytest.approx(found["warm"]["seconds_min"] / found["the engine alone"]["seconds_min"] - 1, rel=0.1)


@pytest.mark.slow
@pytest.mark.stack
def test_a_rush_in_a_tiny_size_keeps_nobody_waiting(tmp_path: Path) -> None:
    found = _bench(tmp_path, "rush")["workloads"]["rush"]
    assert found["people"] == 50 and found["all_ended_after_seconds"] > 0
    assert (found["until_a_run_began"]["runs"], found["until_a_run_began"]["not_succeeded"]) == (found["combinations"], 0)
    crews = [found[name] for name in ("single", "small grid", "grid", "large grid")]
    assert sum(crew["people"] for crew in crews) == 50 and all(crew["until_it_began"]["still"] == 0 for crew in crews)
    assert all(0 < crew["until_it_began"]["mean"] <= crew["until_it_began"]["longest"] for crew in crews)


@pytest.mark.slow
@pytest.mark.stack
def test_the_simulation_cuts_and_serves_what_the_platform_does(tmp_path: Path) -> None:
    """How long things take on a machine that others use, nobody can say; how many blocks there are, and that all of them end, one can."""
    found = _bench(tmp_path, "scale")["workloads"]["scale"]
    for name in ("one worker", "two workers"):
        blocks = found[name]["blocks"]
        assert blocks["measured"] == blocks["simulated"] >= 10 and blocks["error"] == 0
        assert all(found[name][each]["mean"]["simulated"] > 0 for each in ("began", "ended"))
    without, with_ = found["one of two workers is slow"].values()
    assert without["second_attempts"] == 0 and len(without["seconds_of_computing"]) == len(with_["seconds_of_computing"])


@pytest.mark.slow
@pytest.mark.stack
def test_calls_by_message_are_answered_and_taken_up(tmp_path: Path) -> None:
    found = _bench(tmp_path, "messages")["workloads"]["messages"]
    assert found["throughput"]["answered_a_second"] > 1
    work = found["work_queue_ms"]
    assert work["answered"]["median"] > 0 and 0 < work["claimed"]["median"] <= work["ended"]["median"]


@pytest.mark.slow
@pytest.mark.stack
def test_a_grid_makes_as_much_as_is_estimated(tmp_path: Path) -> None:
    found = _bench(tmp_path, "counted")["workloads"]["counted"]
    counts = found["counts"]
    claims = counts.pop("claims, those that find nothing among them")
    assert {name: each["happened"] for name, each in counts.items()} == {name: each["estimated"] for name, each in counts.items()}
    assert claims["happened"] >= claims["estimated"], "a sweep that comes in between rings once more"
    assert all(each["happened"] > 0 for each in found["seconds"].values())
    assert found["bytes_of_a_run_in_postgres"] > 0 and found["bytes_of_an_account_in_postgres"] > 0


@pytest.mark.slow
@pytest.mark.stack
def test_every_function_of_the_template_is_started_and_answers_its_event(tmp_path: Path) -> None:
    found = _bench(tmp_path, "cold")["workloads"]["cold"]["sources"]
    given = {name: "x" for name in template.parameter_names() if name == "SupabaseUrl"}
    assert {name.partition(",")[0] for name in found} == set(template.read(given).functions(lambda name, attribute: "x"))
    for figures in found.values():
        assert 0 < figures["start_to_handler_seconds"] < figures["start_to_first_answer_seconds"]
        assert 0 < figures["start_to_handler_cpu_seconds"] <= figures["start_to_first_answer_cpu_seconds"]
        assert figures["second_call_seconds"] > 0 and figures["peak_mb"] > 30


def _bench(home: Path, name: str) -> dict[str, Any]:
    """With markets of its own, and the kernels of the tests."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--tiny", name],
        cwd=ROOT,
        env=os.environ | {"LIANGHU_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _leaves(figures: Any, name: str = "") -> list[tuple[str, Any]]:
    if not isinstance(figures, dict):
        return [(name, figures)]
    return [leaf for key, value in figures.items() for leaf in _leaves(value, key)]
