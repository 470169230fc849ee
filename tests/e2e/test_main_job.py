"""The main job as a newcomer does it: the platform up, the sample market, a grid, its report; the same bytes without the platform."""

import json
from pathlib import Path

import pytest

from functions.templates import templates
from tests.e2e.conftest import Platform, signed_in

pytestmark = [pytest.mark.slow, pytest.mark.stack]

WINDOW = ("--start", "2020-01-02", "--end", "2022-12-30", "--dataset", "sample")
GRID = ("--grid", "ma_short=5,10,20", "--grid", "ma_long=15:35:10")


def test_the_main_job(platform: Platform, tmp_path: Path) -> None:
    platform.lianghu("data", "sample")
    file = tmp_path / "mine.yaml"
    file.write_text(templates()["dual-moving-average"])
    report = tmp_path / "best.html"
    with signed_in(platform.start()) as client:
        grid = json.loads(platform.lianghu("grid", str(file), *GRID, *WINDOW, "--json", "--report", str(report)))
        single = json.loads(platform.lianghu("run", str(file), "--param", "ma_short=10", "--param", "ma_long=25", *WINDOW, "--json"))
        backtests = client.backtests()
        verified = json.loads(platform.lianghu("verify", single["run_id"], "--json"))
        platform.lianghu("report", grid["grid_id"], "--output", str(tmp_path / "grid.html"))
    local = json.loads(platform.lianghu("grid", str(file), *GRID, *WINDOW, "--json", "--local"))

    hashes = {(row["params"]["ma_short"], row["params"]["ma_long"]): row["content_hash"] for row in grid["runs"]}
    assert len(hashes) == 8  # 20 < 15 is excluded by `require`
    assert grid["skipped"] == 1
    assert {row["status"] for row in grid["runs"]} == {"succeeded"}
    returns = [row["stats"]["return"] for row in grid["runs"]]
    assert returns == sorted(returns, reverse=True)
    assert hashes[10, 25] == single["content_hash"], "a grid cell is not the single run"
    assert hashes == {(row["params"]["ma_short"], row["params"]["ma_long"]): row["content_hash"] for row in local["runs"]}
    assert len(backtests) == 2
    assert verified["verified"] and {"equity.csv", "account.csv"} <= set(verified["compared"])
    assert grid["diagnosis"]["combinations"] == 8 and grid["diagnosis"]["summary"]["zh"] in (tmp_path / "grid.html").read_text()
    page = report.read_text()
    assert "Synthetic sample data" in page
    assert "<script" not in page
