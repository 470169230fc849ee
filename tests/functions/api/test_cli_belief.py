"""What the command line says of a result beside its return: figures with words, findings, a grid's diagnosis, reports, verification."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from engine.statistics.metrics import METRICS
from functions import computing
from functions.wiring import House
from tests.functions.api.conftest import Run, token

WINDOW = ("--start", "2020-01-02", "--end", "2020-06-30")
GRID = ("--grid", "ma_short=5,10,15", "--grid", "ma_long=20:60:20")


@pytest.fixture
def a_run(apart: Run, served: None, strategy: Path) -> dict[str, Any]:
    """A single run of the platform."""
    code, out, err = apart("run", strategy, *WINDOW, "--json")
    assert code == 0, err
    run: dict[str, Any] = json.loads(out)
    return run


@pytest.fixture
def a_grid(apart: Run, served: None, strategy: Path) -> dict[str, Any]:
    """A grid of the platform."""
    code, out, err = apart("grid", strategy, *GRID, *WINDOW, "--json")
    assert code == 0, err
    grid: dict[str, Any] = json.loads(out)
    return grid


def test_a_run_here_and_one_of_the_platform_say_the_same(apart: Run, a_run: dict[str, Any], strategy: Path) -> None:
    code, out, _ = apart("run", strategy, *WINDOW, "--json", "--local")
    here = json.loads(out)
    assert code == 0 and {**here, "run_id": a_run["run_id"]} == a_run
    assert set(here["stats"]) == {metric.key for metric in METRICS}
    assert "annual_return" in here["too_small"] and "TOO_SHORT" in {finding["code"] for finding in here["findings"]}


def test_a_run_is_told_in_groups_with_words_units_and_findings(apart: Run, strategy: Path) -> None:
    code, out, err = apart("run", strategy, *WINDOW, "--local")
    assert code == 0
    for said in ("概览 At a glance", "夏普比率 Sharpe ratio", "元 CNY", "相对基准 Against the benchmark", "提醒 warning", "TOO_SHORT"):
        assert said in out
    assert "样本不足" in err and out.count("交易日数") == 1


def test_findings_that_could_not_be_made_are_not_nothing_suspicious(
    apart: Run, served: None, strategy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that had succeeded was told as an error."""

    def fail(*_: object) -> None:
        raise RuntimeError("a bug in the doctor")

    monkeypatch.setattr(computing, "report_of", fail)
    code, out, err = apart("run", strategy, *WINDOW)
    assert code == 0 and "content hash" in out and "has no findings" in err
    told = json.loads(apart("run", strategy, *WINDOW, "--json")[1])
    assert told["findings"] is None and told["stats"]["sessions"] > 100


def test_a_grid_is_told_with_its_diagnosis_and_kept_as_a_page(apart: Run, strategy: Path, tmp_path: Path) -> None:
    arguments = ("grid", strategy, *GRID, *WINDOW, "--local")
    code, out, _ = apart(*arguments, "--grid-report", tmp_path / "grid.html", "--report", tmp_path / "best.html")
    pages = [(tmp_path / name).read_text() for name in ("grid.html", "best.html")]
    assert "参数网格报告" in pages[0] and "参数网格报告" not in pages[1]
    assert code == 0 and "诊断 diagnosis" in out and "the 9 combinations of this grid alone" in out
    told = json.loads(apart(*arguments, "--json")[1])["diagnosis"]
    assert told["trials"] == {"count": 9, "variance": told["trials"]["variance"], "scope": "grid"}
    for row in told["indicators"]:
        assert row["label"]["zh"] in out


def test_the_platform_counts_all_trials_of_their_owner(apart: Run, a_grid: dict[str, Any], strategy: Path, tmp_path: Path) -> None:
    here = json.loads(apart("grid", strategy, *GRID, *WINDOW, "--json", "--local")[1])
    through, local = a_grid["diagnosis"], here["diagnosis"]
    assert through["trials"]["scope"] == "owner" and through["combinations"] == local["combinations"] == 9
    more = ("--grid", "ma_short=5", "--grid", "ma_long=25,45", *WINDOW, "--grid-report", tmp_path / "grid.html", "--json")
    code, out, _ = apart("grid", strategy, *more)
    assert "参数网格报告" in (tmp_path / "grid.html").read_text()
    assert code == 0 and json.loads(out)["diagnosis"]["trials"]["count"] == 11


def test_reports_are_fetched_by_id_whatever_it_names(
    apart: Run, a_grid: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    for kind, identity in (("grid", a_grid["grid_id"]), ("run", a_grid["runs"][-1]["run_id"])):
        code, out, err = apart("report", identity)
        assert code == 0 and kind in out, err
        page = (tmp_path / f"report-{identity[:8]}.html").read_text()
        assert page.startswith("<!doctype html>") or page.startswith("<!DOCTYPE html>")
    code, out, _ = apart("report", a_grid["grid_id"], "--output", tmp_path / "deep" / "grid.html", "--json")
    assert code == 0 and Path(json.loads(out)["file"]).read_text().lower().startswith("<!doctype html>")
    code, _, err = apart("report", a_grid["grid_id"], "--output", tmp_path)
    assert code == 2 and "is a folder" in err


def test_runs_of_the_platform_are_verified(apart: Run, a_run: dict[str, Any], a_grid: dict[str, Any], tmp_path: Path) -> None:
    last = a_grid["runs"][-1]["run_id"]
    compared = json.loads(apart("verify", last, "--json")[1])["compared"]
    assert compared == [f"{len(METRICS)} statistics", "content hash"], "nobody has asked for its account yet"
    assert apart("download", last, "--kind", "account", "--output", tmp_path / "kept")[0] == 0
    for run in (a_run, a_grid["runs"][0], a_grid["runs"][-1]):
        code, out, err = apart("verify", run["run_id"], "--json")
        told = json.loads(out)
        assert (code, told["verified"], told["differences"]) == (0, True, []), err
        assert told["content_hash"] == {"stored": run["content_hash"], "computed": run["content_hash"]}
        assert {"content hash", "equity.csv", "account.csv"} <= set(told["compared"])
    code, out, _ = apart("verify", a_run["run_id"])
    assert code == 0 and "verified" in out and a_run["content_hash"] in out


def test_a_statistic_that_was_changed_is_found(apart: Run, a_run: dict[str, Any], admin: psycopg.Connection) -> None:
    changed = "update public.backtest_runs set stats = stats || '{\"return\": 9.5}' where id = %s"
    admin.execute(changed, (a_run["run_id"],))
    code, out, err = apart("verify", a_run["run_id"])
    assert code == 1 and "NOT the same" in out and "return" in out and "9.5" in out and str(a_run["stats"]["return"]) in out
    assert "what is stored beside it was changed" in err


def test_an_equity_that_was_changed_is_found_at_its_first_session(
    apart: Run, a_run: dict[str, Any], house: House, user: str, tmp_path: Path
) -> None:
    (file,) = tmp_path.glob(f"results/artifacts/{user}/{a_run['run_id']}/equity.csv")
    lines = file.read_text().splitlines()
    day, time, equity = lines[40].split(",")
    file.write_text("\n".join([*lines[:40], f"{day},{time},1.000", *lines[41:], ""]))
    code, out, _ = apart("verify", a_run["run_id"], "--json")
    (found,) = json.loads(out)["differences"]
    assert code == 1 and found == {"part": "equity", "place": f"{day} equity_yuan", "stored": "1.000", "computed": equity}


def test_a_file_that_is_gone_is_a_difference_and_no_wrong_id(apart: Run, a_run: dict[str, Any], user: str, tmp_path: Path) -> None:
    (file,) = tmp_path.glob(f"results/artifacts/{user}/{a_run['run_id']}/trades.csv")
    file.unlink()
    code, out, _ = apart("verify", a_run["run_id"], "--json")
    assert code == 1 and [row["part"] for row in json.loads(out)["differences"]] == ["trades"]


def test_of_a_cell_without_files_the_statistics_are_compared(apart: Run, a_grid: dict[str, Any], admin: psycopg.Connection) -> None:
    run_id = a_grid["runs"][-1]["run_id"]
    change = "update public.backtest_runs set artifacts = '{}', content_hash = 'other', stats = stats || '{\"trades\": 1}' where id = %s"
    admin.execute(change, (run_id,))
    code, out, err = apart("verify", run_id, "--json")
    assert code == 1 and [row["part"] for row in json.loads(out)["differences"]] == ["stats", "content_hash"], err
    code, _, err = apart("verify", run_id)
    assert code == 1 and "keeps no equity" in err and "LAKE_URL" in err


def test_a_run_of_another_engine_is_told_to_be_one(apart: Run, a_run: dict[str, Any], admin: psycopg.Connection) -> None:
    admin.execute("update public.grids set engine_version = 'another'")
    admin.execute("update public.backtest_runs set content_hash = 'other' where id = %s", (a_run["run_id"],))
    code, out, err = apart("verify", a_run["run_id"])
    assert code == 1 and "content hash" in out and "the run's is another" in err and "another version may" in " ".join(err.split())


def test_what_cannot_be_verified_says_why(
    apart: Run,
    a_run: dict[str, Any],
    a_grid: dict[str, Any],
    new_user: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, said in (("x", "no id"), (str(uuid4()), "no run and no grid"), (a_grid["grid_id"], "is a grid, not a run")):
        code, out, err = apart("verify", name)
        assert code == 2 and said in " ".join(err.split()) and out == ""
    monkeypatch.setenv("LAKE_URL", (tmp_path / "empty").as_uri())
    code, _, err = apart("verify", a_run["run_id"])
    assert code == 3 and "the run's data are not here" in " ".join(err.split())
    monkeypatch.setenv("LIANGHU_TOKEN", token(new_user()))
    for command in ("verify", "report"):
        code, _, err = apart(command, a_run["run_id"])
        assert code == 2 and "no run and no grid" in err


def test_a_platform_that_is_away_is_not_a_mismatch(lianghu: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("verify", "report"):
        code, _, err = lianghu(command, uuid4())
        assert code == 3 and "lianghu up" in err
