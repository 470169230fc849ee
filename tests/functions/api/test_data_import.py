"""`lianghu data import`: names and units as options, a dry run, and what is said of files that are refused."""

import json
from pathlib import Path

import polars as pl
import pytest

from datalake.rows.bars import BAR_CHECKS
from functions.commands.data_import import OTHER_UNITS
from tests.functions.api.conftest import Run


@pytest.fixture
def bars(tmp_path: Path) -> Path:
    file = tmp_path / "bars.csv"
    row = {
        "代码": "sh600519",
        "trade_date": "20200102",
        "open": 1128.0,
        "high": 1145.06,
        "low": 1116.0,
        "close": 1130.0,
        "pre_close": 1183.0,
    }
    pl.DataFrame([{**row, "成交量": 14809916, "amount": 16696841.0}]).write_csv(file)
    return file


@pytest.fixture
def imported(lianghu: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`lianghu data import` into a lake of the test's own."""
    monkeypatch.setenv("LAKE_URL", (tmp_path / "lake").as_uri())
    return lambda *arguments: lianghu("data", "import", *arguments)


NAMES = ("--map", "ts_code=代码", "--map", "vol=成交量")


def test_other_names_and_units_come_in(imported: Run, bars: Path) -> None:
    code, out, err = imported("--table", "daily", *NAMES, "--unit", "vol=shares", "--json", bars)
    assert code == 0, err
    found = json.loads(out)
    assert {name: found[name] for name in ("dataset", "table", "rows_read", "rows", "codes", "first", "last")} == {
        "dataset": "import:v1", "table": "bars_1d", "rows_read": 1, "rows": 1, "codes": 1, "first": 20200102, "last": 20200102,
    }  # fmt: skip
    assert [row["kind"] for row in found["findings"]] == ["code_rewritten"]


def test_a_dry_run_says_what_would_come_in(imported: Run, bars: Path, tmp_path: Path) -> None:
    code, out, _ = imported("--table", "daily", *NAMES, "--unit", "vol=shares", "--dry-run", bars)
    assert code == 0 and "nothing was written: 1 of 1 rows of bars_1d" in out
    assert not (tmp_path / "lake").exists()
    _, out, _ = imported("--table", "daily", *NAMES, "--unit", "vol=shares", "--dry-run", "--json", bars)
    assert json.loads(out)["dataset"] is None


def test_a_slip_of_units_comes_with_the_option_that_mends_it(imported: Run, bars: Path) -> None:
    code, _, err = imported("--table", "daily", *NAMES, bars)
    assert code == 2 and "where the files are right, say --unit vol=shares" in err and "nothing was written" in err


def test_the_slips_are_kinds_of_findings() -> None:
    assert set(OTHER_UNITS) <= {check.kind for check in BAR_CHECKS}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--map", "vol"), "--map 'vol' cannot be read"),
        (("--map", "=x"), "--map '=x' cannot be read"),
        (("--unit", "vol=shares", "--unit", "vol=hands"), "--unit names 'vol' twice"),
        (("--unit", "vol=lots"), "'lots' is no unit of bars_1d.vol"),
        (("--map", "volum=成交量"), "did you mean 'volume'?"),
        ((), "did you mean '成交量'? then say --map vol=成交量"),
    ],
)
def test_options_that_cannot_be_understood(imported: Run, bars: Path, options: tuple[str, ...], said: str) -> None:
    code, _, err = imported("--table", "daily", *options, bars)
    assert code == 2 and said in " ".join(err.split()), err
