"""Windows and universes that cannot be served, or not wholly: through the command line and through the API, each with its words."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from datalake.lake import Lake
from datalake.sample.rows import sample_tables
from functions.wiring import House
from tests.datalake.cut_lake import written
from tests.datalake.test_nobody import AWAY, tables
from tests.functions.api.conftest import Run

STRATEGY = "name: s\nentry: close > ref(close, 1)\nexit: close < ref(close, 1)\nportfolio: {max_positions: 2}\n"
GRID = STRATEGY.replace("close, 1", "close, n") + "params: {n: {default: 1, min: 1, max: 5}}\n"
YEAR = ("2022-01-04", "2022-12-30")
ONE = ["009001.SZ"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Four stocks, two of which are away for months; an index whose lists begin on 2020-07-01 beside one since 2018."""
    lake = Lake(tmp_path_factory.mktemp("small").as_uri())
    written(lake, tables(sample_tables()))
    return lake.url


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    file = tmp_path / "s.yaml"
    file.write_text(STRATEGY)
    return file


REFUSED = [
    (ONE, ("2024-02-30", "2024-06-28"), "context.window.start", "there is no such date", "2024-02 has 29 days"),
    (ONE, ("2024/1/2", "2024-06-28"), "context.window.start", "must be a date like 2024-12-31", "did you mean '2024-01-02'?"),
    (ONE, ("yesterday", "2024-06-28"), "context.window.start", "must be a date like 2024-12-31", None),
    (ONE, ("2024-06-28", "2024-01-02"), "context.window", "starts after it ends", "swap 2024-06-28 and 2024-01-02?"),
    (ONE, ("2020-01-02", "9999-12-31"), "context.window.end", "9999-12-31 lies beyond the data", "sample:v1 ends on 2024-12-31"),
    (ONE, ("2017-01-03", "2018-06-29"), "context.window.start", "2017-01-03 lies before the data", "sample:v1 starts on 2018-01-02"),
    (ONE, ("2025-01-02", "2025-01-02"), "context.window.end", "2025-01-02 lies beyond the data", "sample:v1 ends on 2024-12-31"),
    (
        ONE,
        ("2020-01-24", "2020-02-02"),
        "context.window",
        "there is no session from 2020-01-24 to 2020-02-02",
        "the exchange was closed; beside it are 2020-01-23 and 2020-02-03",
    ),
    (["009001.SH"], YEAR, "context.universe", "there is no 009001.SH in sample:v1", "did you mean '009001.SZ'?"),
    (
        ["609011.SH", "689912.SH"],
        ("2021-07-01", "2021-12-31"),
        "context.universe",
        "the universe is empty: no code is listed in the window: 609011.SH was delisted on 2021-06-30; 689912.SH was listed on 2022-09-28",
        "another window, or other codes",
    ),
    (
        {"rank": "amount", "top": 3, "lag": 9},
        ("2018-01-02", "2018-01-05"),
        "context.universe",
        "the universe is empty on every day of the window: amount of 9 sessions before is known from 2018-01-15 on",
        "a later window, or another universe",
    ),
]

WITHOUT_HYPHENS = (ONE, ("20240102", "2024-06-28"), "context.window.start", "must be a date like 2024-12-31", "did you mean '2024-01-02'?")
"""Whoever types may leave them out."""


@pytest.mark.parametrize(("universe", "window", "field", "message", "hint"), [*REFUSED, WITHOUT_HYPHENS])
def test_the_api_refuses_with_field_and_hint(
    api: TestClient, a_backtest: Callable[..., Any], universe: Any, window: tuple[str, str], field: str, message: str, hint: str | None
) -> None:
    answer = api.post(
        "/api/backtests", json=a_backtest(STRATEGY, universe=universe, window=dict(zip(("start", "end"), window, strict=True)))
    )
    assert answer.status_code == 422, answer.text
    problems = answer.json()["error"]["details"]["problems"]
    found = next(row for row in problems if row["field"] == field)
    assert (found["message"], found.get("hint")) == (message, hint)


@pytest.mark.parametrize("row", [row for row in REFUSED if isinstance(row[0], list)])
@pytest.mark.parametrize("command", ["run", "grid"])
def test_the_command_line_refuses_in_the_same_words(lianghu: Run, strategy: Path, row: Any, command: str) -> None:
    universe, window, field, message, hint = row
    values = ("--grid", "n=1,2") if command == "grid" else ()
    if values:
        strategy.write_text(GRID)
    options = ("--universe", ",".join(universe), "--start", window[0], "--end", window[1])
    code, out, err = lianghu(command, strategy, "--local", *options, *values)
    assert (code, out) == (2, "")
    told = " ".join(err.split())
    assert f"{field}: {message}" in told and (hint is None or f"({hint})" in told) and "Traceback" not in told


def run(lianghu: Run, strategy: Path, universe: str, *window: str) -> dict[str, Any]:
    code, out, err = lianghu("run", strategy, "--local", "--universe", universe, "--start", window[0], "--end", window[1], "--json")
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def found(told: dict[str, Any], code: str) -> dict[str, Any]:
    figures: dict[str, Any] = next(row["figures"] for row in told["findings"] if row["code"] == code)
    return figures


def test_a_run_goes_on_with_those_who_can_trade_and_says_who_cannot(lianghu: Run, strategy: Path) -> None:
    told = run(lianghu, strategy, "009001.SZ,609011.SH,689912.SH", "2021-07-01", "2022-06-30")
    gone, later = told["context"]["cannot_trade"]
    assert gone == {"code": "609011.SH", "reason": "delisted", "date": "2021-06-30"}
    assert later == {"code": "689912.SH", "reason": "listed_later", "date": "2022-09-28"}
    figures = found(told, "CANNOT_TRADE")
    assert (figures["codes"], figures["named"]) == (2, 3)
    assert figures["told"] == "609011.SH (delisted on 2021-06-30), 689912.SH (listed on 2022-09-28)"
    alone = run(lianghu, strategy, "009001.SZ", "2021-07-01", "2022-06-30")
    assert alone["stats"] == told["stats"] and "cannot_trade" not in alone["context"]


def test_who_was_suspended_all_the_window_is_told_when_it_has_ended(
    lianghu: Run, monkeypatch: pytest.MonkeyPatch, small: str, strategy: Path
) -> None:
    monkeypatch.setenv("LAKE_URL", small)
    window = AWAY[0].isoformat(), AWAY[1].isoformat()
    told = run(lianghu, strategy, "009001.SZ,609001.SH", *window)
    assert found(told, "CANNOT_TRADE")["told"] == "609001.SH (no bar in the window)" and "cannot_trade" not in told["context"]
    options = ("--start", window[0], "--end", window[1])
    code, _, err = lianghu("run", strategy, "--local", "--universe", "609001.SH,609011.SH", *options)
    said = " ".join(err.split())
    assert code == 2 and "609001.SH has its last bar on 2019-02-28 and its next bar on 2019-07-01" in said and "Traceback" not in said


def test_days_on_which_the_universe_is_empty_are_counted(lianghu: Run, monkeypatch: pytest.MonkeyPatch, small: str, strategy: Path) -> None:
    monkeypatch.setenv("LAKE_URL", small)
    told = run(lianghu, strategy, "index:000905.SH", "2020-01-02", "2020-12-31")
    calendar = sample_tables()["trade_cal"].filter(pl.col("is_open") == 1)["cal_date"].unique().sort()
    empty = calendar.filter(calendar.is_between(date(2020, 1, 2), date(2020, 6, 30)))
    figures = found(told, "EMPTY_UNIVERSE")
    assert figures == {"sessions": len(empty), "of": 243, "first": "2020-01-02", "last": "2020-06-30"}
    code, _, err = lianghu("run", strategy, "--local", "--universe", "index:000905.SH", "--start", "2019-01-02", "--end", "2019-12-31")
    assert code == 2 and "there are members of 000905.SH from 2020-07-01 on" in " ".join(err.split())


def test_a_warm_up_that_the_data_cannot_give_is_told(lianghu: Run, strategy: Path) -> None:
    strategy.write_text("name: s\nentry: close > sma(close, 60)\nexit: close < sma(close, 60)\n")
    told = run(lianghu, strategy, "009001.SZ", "2018-01-10", "2018-12-28")
    assert told["context"]["warm_up"] == found(told, "SHORT_WARM_UP") == {"wanted": 59, "got": 6}
    assert "warm_up" not in run(lianghu, strategy, "009001.SZ", "2018-06-01", "2018-12-28")["context"]


def test_a_grid_says_beside_its_ranking_who_cannot_trade(lianghu: Run, strategy: Path) -> None:
    strategy.write_text(GRID)
    options = ("--universe", "009001.SZ,609011.SH", "--start", "2022-01-04", "--end", "2022-06-30", "--grid", "n=1,2")
    code, out, err = lianghu("grid", strategy, "--local", *options)
    assert code == 0, err
    assert "609011.SH (delisted on 2021-06-30)" in " ".join(out.split())


def test_the_api_pins_who_cannot_trade_and_the_runs_findings_say_it(
    make_house: Callable[..., House],
    desk: Any,
    user: str,
    client_of: Callable[..., TestClient],
    a_backtest: Callable[..., Any],
) -> None:
    api = client_of(make_house(), user)
    window = {"start": "2018-01-05", "end": "2018-06-29"}
    answer = api.post("/api/backtests", json=a_backtest(STRATEGY, universe=["009001.SZ", "689912.SH"], window=window))
    assert answer.status_code == 201, answer.text
    pinned = api.get(f"/api/backtests/{answer.json()['backtest_id']}").json()["context"]
    assert pinned["cannot_trade"] == [{"code": "689912.SH", "reason": "listed_later", "date": "2022-09-28"}]
    assert "warm_up" not in pinned, "one bar is wanted, and there are three"
