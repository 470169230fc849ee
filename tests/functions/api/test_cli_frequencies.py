"""Shipped templates at every frequency from the command line: in this process and through the served API, single runs and grids."""

import csv
import json
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from functions.templates import templates
from tests.functions.api.conftest import Run

Same = Callable[[date], tuple[int, ...]]

MINUTES = ("--universe", "609001.SH,302902.SZ,009001.SZ", "--start", "2024-11-18", "--end", "2024-12-31")
YEARS = ("--start", "2019-01-02", "--end", "2023-12-29")
CASES = {"5m": MINUTES, "15m": MINUTES, "1w": YEARS, "1mo": YEARS}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    file = tmp_path / "dual.yaml"
    file.write_text(templates()["dual-moving-average"])
    return file


@pytest.mark.slow
@pytest.mark.parametrize("frequency", CASES)
def test_a_template_runs_at_every_frequency_here_and_there(apart: Run, served: None, template: Path, frequency: str) -> None:
    where = (*CASES[frequency], "--frequency", frequency, "--json")
    grid = ("grid", template, "--grid", "ma_short=3,5", "--grid", "ma_long=8:20:12")
    answers = [apart(*grid, *where), apart(*grid, *where, "--local"), apart("run", template, *where, "--param", "ma_short=3")]
    assert [code for code, _, _ in answers] == [0, 0, 0], [err for _, _, err in answers]
    through, local, alone = (json.loads(out) for _, out, _ in answers)
    assert through["context"] == local["context"] and through["context"]["frequency"] == frequency
    hashes = {json.dumps(row["params"], sort_keys=True): row["content_hash"] for row in local["runs"]}
    assert {json.dumps(row["params"], sort_keys=True): row["content_hash"] for row in through["runs"]} == hashes and len(hashes) == 4
    assert len(set(hashes.values())) > 1 and any(row["stats"]["trades"] > 0 for row in local["runs"])
    assert alone["content_hash"] == hashes['{"ma_long": 20, "ma_short": 3}'], "a cell of the grid is a single run"
    assert alone["proof"]["holds"] is True
    code, out, err = apart("verify", alone["run_id"], "--json")
    assert code == 0 and alone["content_hash"] in out, err


@pytest.mark.slow
@pytest.mark.parametrize(("frequency", "same"), [("1w", lambda day: day.isocalendar()[:2]), ("1mo", lambda day: (day.year, day.month))])
def test_what_a_period_decides_meets_the_first_session_after_it(
    lianghu: Run, template: Path, tmp_path: Path, frequency: str, same: Same
) -> None:
    """By the ledger's own days: market orders are placed at a period's last close and meet the open of the next one's first session."""
    code, _, err = lianghu("run", template, "--local", *YEARS, "--frequency", frequency, "--ledger", tmp_path / "ledger")
    assert code == 0, err
    days = [date.fromisoformat(row["date"]) for row in _rows(tmp_path / "ledger" / "equity.csv")]
    firsts = {other for one, other in pairwise(days) if same(one) != same(other)}
    bought = [date.fromisoformat(row["entry_date"]) for row in _rows(tmp_path / "ledger" / "trades.csv")]
    log = (tmp_path / "ledger" / "log.txt").read_text()
    assert f", {len(days)} bars; signals on {len(firsts) + 1} bars of {frequency}, after " in log
    assert len(days) > 1_000 and len(bought) > 20 and set(bought) <= firsts


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--frequency", "2h"), "1d, 5m; 1w, 1mo made from 1d; 15m, 30m, 60m made from 5m"),
        (("--frequency", "1m"), "the data have no 1m bars to take the window from"),
        (("--frequency", "1w", "--start", "2024-11-18", "--end", "2024-11-21"), "no week ends from 2024-11-18 to 2024-11-21"),
        (("--frequency", "1mo", "--start", "2024-11-18", "--end", "2024-11-21"), "a window that holds the last session of a whole month"),
        (("--frequency", "15m", "--start", "2024-01-02", "--end", "2024-11-21"), "sample:v1 starts on 2024-11-01"),
    ],
)
def test_a_frequency_that_the_data_cannot_serve_is_refused(lianghu: Run, template: Path, options: tuple[str, ...], said: str) -> None:
    code, out, err = lianghu("run", template, "--local", *options)
    assert code == 2 and not out and said in " ".join(err.split()), err


def test_the_window_of_a_made_frequency_is_that_of_what_it_is_made_of(lianghu: Run, template: Path) -> None:
    for frequency, first in (("30m", "2024-11-01"), ("1mo", "2018-01-02")):
        code, out, err = lianghu("run", template, "--local", "--frequency", frequency, "--universe", "609001.SH", "--json")
        assert code == 0, err
        assert json.loads(out)["context"]["window"] == {"start": first, "end": "2024-12-31"}


def test_a_table_of_orders_is_not_decided_by_weeks(lianghu: Run, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("time,ts_code,shares\n2024-11-18,609001.SH,100\n")
    code, _, err = lianghu("run", "--local", "--orders", tmp_path / "orders.csv", "--frequency", "1w")
    assert code == 2 and "orders meet days, 1d, or minutes" in " ".join(err.split()), err


def test_the_status_says_what_backtests_may_run_on(lianghu: Run) -> None:
    code, out, _ = lianghu("data", "status")
    assert code == 0 and "backtests on 1d, 5m; 1w, 1mo made from 1d; 15m, 30m, 60m made from 5m" in " ".join(out.split())
    (source,) = json.loads(lianghu("data", "status", "--json")[1])["sources"]
    assert source["frequencies"]["60m"] == "5m" and "1m" not in source["frequencies"]
