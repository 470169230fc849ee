"""What the platform keeps, from the command line: strategies with versions, tables of signals, and runs of such tables."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.functions.api.conftest import DUAL, Run

OTHER = DUAL.replace("default: 5", "default: 6")
ORDERS = (
    "time,ts_code,shares,limit,time_in_force,remark\n2022-01-04,609001.SH,1000,,,x\n2022-01-05,302902.SZ,500,29.00,gtc,x\n"
    "2022-03-01,609001.SH,-400,,,x\n2022-05-09,609001.SH,-60000,,,x\n"
)
SETTINGS = "costs: {commission: 0.0002, minimum: 5}\nrisk: {cool_down: 3}\n"


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    file = tmp_path / "s.yaml"
    file.write_text(DUAL)
    return file


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    file = tmp_path / "trades.csv"
    file.write_text(ORDERS)
    return file


def told(answer: tuple[int, str, str]) -> Any:
    code, out, err = answer
    assert code == 0, err
    return json.loads(out)


def test_a_text_is_kept_version_by_version(served: None, apart: Run, strategy: Path) -> None:
    first = told(apart("strategy", "save", strategy, "--tag", "trend", "--json"))
    assert (first["name"], first["version"], first["tags"], first["is_new"]) == ("dual-moving-average", 1, ["trend"], True)
    assert not told(apart("strategy", "save", strategy, "--json"))["is_new"]
    strategy.write_text(OTHER)
    code, _, err = apart("strategy", "save", strategy, "--tag", "slow")
    assert code == 0 and "version 2: saved" in err
    assert [row["version"] for row in told(apart("strategy", "versions", first["name"], "--json"))["items"]] == [2, 1]
    assert apart("strategy", "show", first["name"])[1] == OTHER.lstrip("\ufeff")
    assert apart("strategy", "show", first["strategy_id"], "--version", 1)[1] == DUAL
    (row,) = told(apart("strategy", "list", "--tag", "slow", "--json"))["items"]
    assert row["version"] == 2 and row["tags"] == ["slow"]
    code, out, _ = apart("strategy", "list")
    assert code == 0 and "dual-moving-average" in out and "slow" in out
    assert apart("strategy", "rename", first["name"], "another", "--tag", "x")[0] == 0
    assert apart("strategy", "show", "another")[0] == 0
    assert apart("strategy", "delete", "another")[0] == 0
    code, _, err = apart("strategy", "list")
    assert code == 0 and "no strategy is kept" in err


@pytest.mark.parametrize(("command", "name"), [("show", "nothing"), ("delete", "0c2a0a4d-4a9e-4d9d-8a0f-0b6f6f0c5b8e")])
@pytest.mark.parametrize(("room", "what"), [("strategy", "strategy"), ("signals", "table")])
def test_what_is_not_kept_is_told(served: None, apart: Run, command: str, name: str, room: str, what: str) -> None:
    code, _, err = apart(room, command, name)
    assert code == 2 and f"there is no {what}" in err and f"lianghu {room} list" in err


def test_a_wrong_text_is_not_kept(served: None, apart: Run, strategy: Path) -> None:
    strategy.write_text(DUAL.replace("sma(close, ma_short)", "smaa(close, ma_short)"))
    code, _, err = apart("strategy", "save", strategy)
    assert code == 2 and "smaa" in err and "line" in err
    assert told(apart("strategy", "list", "--json"))["items"] == []


def test_tables_are_kept_and_come_back_as_they_were(served: None, apart: Run, orders: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text(SETTINGS)
    code, out, err = apart("signals", "upload", settings, "--orders", orders, "--json")
    made = json.loads(out)
    assert code == 0 and made["rows"] == 4 and made["has_settings"] and made["name"] == "trades.csv"
    assert "'remark' is not used" in err and "cool_down" in err
    assert apart("signals", "show", "trades.csv")[1] == ORDERS
    assert told(apart("signals", "show", made["signal_id"], "--json"))["settings"] == SETTINGS
    parquet = tmp_path / "weights.parquet"
    pl.DataFrame({"date": ["2022-01-04"], "code": ["609001.SH"], "weight": [0.5]}).write_parquet(parquet)
    assert apart("signals", "upload", "--weights", parquet, "--name", "half")[0] == 0
    assert apart("signals", "show", "half")[1] == "date,code,weight\n2022-01-04,609001.SH,0.5\n"
    code, out, _ = apart("signals", "list")
    assert code == 0 and "half" in out and "trades.csv" in out
    assert apart("signals", "delete", "half")[0] == 0
    code, _, err = apart("signals", "show", "half")
    assert code == 2 and "there is no table" in err
    assert apart("signals", "upload", "--orders", orders)[0] == 0  # the same table with other settings under the same name
    code, _, err = apart("signals", "delete", "trades.csv")
    assert code == 2 and "2 tables are called" in err
    assert [row["name"] for row in told(apart("signals", "list", "--name", "trades", "--json"))["items"]] == ["trades.csv"] * 2


def test_a_table_that_is_too_large_is_told_before_it_is_sent(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_text("time,ts_code,shares\n" + "2022-01-04,609001.SH,100\n" * 50_000)
    code, _, err = lianghu("run", "--orders", file)
    assert code == 2 and "--local" in err and "1,048,576" in err


def test_nobody_answers_is_told(lianghu: Run, orders: Path, strategy: Path) -> None:
    for command in (("run", "--orders", orders), ("signals", "list"), ("strategy", "list"), ("strategy", "save", strategy)):
        code, _, err = lianghu(*command)
        assert code == 3 and "the platform is not running" in err


def test_the_rows_of_a_wrong_table_are_told_through_the_platform_too(served: None, apart: Run, orders: Path) -> None:
    orders.write_text("date,code,shares\n20220104,609001,100\n20220108,609001.SH,0\n")
    code, _, err = apart("run", "--orders", orders)
    assert code == 2 and "row 3 (line 3, column 3): shares '0' orders nothing" in " ".join(err.split()), err
    orders.write_text("date,code,shares\n20220104,609001,100\n20220108,609001.SH,1\n")
    code, _, err = apart("run", "--orders", orders)
    said = " ".join(err.split())
    assert code == 2 and "609001 is unknown (did you mean '609001.SH'?)" in said and "2022-01-08 is no session" in said, err


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["orders", "weights"])
def test_a_table_comes_to_the_same_bytes_here_and_through_the_platform(
    served: None, apart: Run, orders: Path, tmp_path: Path, kind: str
) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text(SETTINGS)
    if kind == "weights":
        orders.write_text("date,code,weight\n20220104,609001.SH,0.5\n20220104,302902.SZ,0.4\n20220301,609001.SH,0.2\n20220509,CASH,1\n")
    command = ("run", settings, f"--{kind}", orders, "--end", "2022-06-30", "--cash", 500_000)
    here, there = (
        told(apart(*command, "--ledger", tmp_path / name, "--report", tmp_path / f"{name}.html", *how, "--json"))
        for name, how in (("here", ("--local",)), ("there", ()))
    )
    run_id = there.pop("run_id")
    assert here.pop("run_id") is None and run_id
    assert there == here
    assert here["table"] == {"rows": 4} and here["orders"]["placed"] > 2 and here["context"]["costs"] == {"dividends": "cash"}
    kept = {name: files_of(tmp_path / name) for name in ("here", "there")}
    logs = [files.pop("log.txt").decode().splitlines() for files in kept.values()]
    assert kept["here"] == kept["there"] and len(kept["here"]) == 7
    assert logs[0] == [line for line in logs[1] if not line.startswith("run: ")]
    assert logs[0][0] == "table name: trades.csv"
    pages = [(tmp_path / f"{name}.html").read_text() for name in ("here", "there")]
    assert all(here["content_hash"] in page and "外部委托" in page for page in pages)
    code, out, err = apart("verify", run_id, "--json")
    verified = json.loads(out)
    assert (code, verified["verified"], verified["differences"]) == (0, True, []), err
    assert {"trades.csv", "orders.csv", "account.csv", "content hash"} <= set(verified["compared"])
    shown = told(apart("runs", "--json"))["items"][0]
    assert shown["strategy"]["kind"] == kind and shown["best"]["run_id"] == run_id
    assert apart("report", run_id, "--output", tmp_path / "again.html")[0] == 0


def files_of(folder: Path) -> Mapping[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.slow
def test_a_row_that_meets_no_bar_fails_its_run_with_its_reason(served: None, apart: Run, orders: Path) -> None:
    """A window of minute bars that ends before the order's time: no upload and no context can tell."""
    orders.write_text("time,ts_code,shares\n2024-11-15 10:02,609001.SH,200\n2024-11-19 14:59,609001.SH,-200\n")
    code, _, err = apart("run", "--orders", orders, "--frequency", "5m")
    said = " ".join(err.split())
    assert code == 1 and "row 3: 2024-11-19 14:59 comes after the window's last bar has begun" in said, err
