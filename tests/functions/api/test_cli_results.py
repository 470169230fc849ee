"""`lianghu compare`, `download` and `share`, as they are typed."""

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from fastapi.testclient import TestClient

from functions import cli
from functions.settings import settings
from tests.functions.api.conftest import Run


@pytest.fixture
def typed(served: None, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command in this process, which the served API writes its log in, too."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run_command([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    yield run
    settings.cache_clear()


@pytest.fixture
def run_ids(api: TestClient, served: None, a_backtest: Callable[..., dict[str, Any]]) -> list[str]:
    """Of two runs with different parameters."""
    address = f"/api/backtests/{api.post('/api/backtests', json=a_backtest()).json()['backtest_id']}/runs"
    found = []
    for value in (5, 10):
        run_id = api.post(address, json={"mode": "single", "params": {"ma_short": value}}).json()["run_ids"][0]
        while api.get(f"{address}/{run_id}").json()["status"] != "succeeded":
            time.sleep(0.02)
        found.append(run_id)
    return found


def test_runs_side_by_side(typed: Run, run_ids: list[str], tmp_path: Path) -> None:
    code, out, _ = typed("compare", *run_ids)
    assert code == 0 and "ma_short" in out and "ma_long" not in out, "only what differs"
    assert run_ids[0][:8] in out and "Sharpe" in out and "%" in out
    code, out, _ = typed("compare", *run_ids, "--json", "--curves", tmp_path / "new" / "curves.csv")
    told = json.loads(out)
    rows = list(csv.reader((tmp_path / "new" / "curves.csv").open(encoding="utf-8", newline="")))
    assert code == 0 and [run["run_id"] for run in told["runs"]] == run_ids
    assert [row[0] for row in rows[1:]] == told["sessions"] and len(rows[0]) == 1 + 2 * 2 + len(told["benchmarks"])
    assert [float(row[1]) for row in rows[1:]] == told["runs"][0]["equity"]
    code, out, _ = typed("compare", *run_ids, "--curves", "-")
    assert code == 0 and list(csv.reader(io.StringIO(out))) == rows, "nothing else on standard output"


def test_files_into_a_folder(typed: Run, run_ids: list[str], tmp_path: Path) -> None:
    code, out, err = typed("download", run_ids[0], "--output", tmp_path / "all")
    assert code == 0, err
    names = {file.name for file in (tmp_path / "all").iterdir()}
    assert names == {*(f"{kind}.csv" for kind in ("equity", "account", "trades", "positions", "orders", "refusals", "events"))} | {
        "logs.txt", "report.html", "statistics.json", "findings.json",
    }  # fmt: skip
    assert all(str(tmp_path / "all" / name) in out.replace("\n", "") for name in names)
    code, out, err = typed(
        "download", run_ids[0], "--kind", "trades", "--kind", "report", "--format", "csv", "--output", tmp_path / "two", "--json"
    )
    assert code == 0, err
    assert [Path(file).name for file in json.loads(out)["files"]] == ["trades.csv", "report.html"]
    assert (tmp_path / "two" / "trades.csv").read_bytes() == (tmp_path / "all" / "trades.csv").read_bytes()


def test_tables_as_parquet(typed: Run, run_ids: list[str], tmp_path: Path) -> None:
    code, _, err = typed("download", run_ids[0], "--kind", "trades", "--format", "parquet", "--output", tmp_path)
    assert code == 0, err
    assert pl.read_parquet(tmp_path / "trades.parquet").schema["pnl_yuan"] == pl.Decimal(38, 3)


def test_a_link_is_made_listed_and_taken_away(typed: Run, run_ids: list[str]) -> None:
    code, out, err = typed("share", run_ids[0], "--title", "=均线", "--include", "report")
    link = out.strip().replace("\n", "")
    assert code == 0 and "/api/shares/" in link and "keep it" in err
    assert f"{link}/report" in err, "the link itself is JSON, which nobody reads in a browser"
    assert httpx.get(link).json()["title"] == "=均线" and httpx.get(f"{link}/report").status_code == 200
    code, out, _ = typed("share", run_ids[0], "--list", "--json")
    (row,) = json.loads(out)["items"]
    assert code == 0 and row["views"] == 1 and link.rpartition("/")[2] not in out
    code, out, _ = typed("share", run_ids[0], "--list")
    assert code == 0 and row["share_id"] in out and "=均线" in out
    assert typed("share", run_ids[0], "--revoke", row["share_id"][:6])[0] == 0
    assert httpx.get(link).status_code == 404
    assert typed("share", run_ids[1], "--list", "--json")[1].strip() == '{\n  "items": []\n}'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("compare", "x"), "name 2 to 20"),
        (("compare", *"abcdefghijklmnopqrstu"), "name 2 to 20"),
        (("compare", "x", "y", "--curves", "/"), "is a folder"),
        (("download", "x", "--kind", "tades"), "there are no 'tades'"),
        (("download", "x", "--format", "xlsx"), "of csv, parquet"),
        (("download", "x", "--output", __file__), "is a file"),
        (("share", "x", "--include", "source"), "of trades, report"),
        (("share", "x", "--days", "0"), "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_asked(lianghu: Run, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = lianghu(*arguments)
    assert code == 2 and said in " ".join(err.split()), err


def test_an_unknown_link_is_told_with_a_hint(typed: Run, run_ids: list[str]) -> None:
    code, _, err = typed("share", run_ids[0], "--revoke", "x")
    assert code == 2 and "no link" in err and "--list" in err
