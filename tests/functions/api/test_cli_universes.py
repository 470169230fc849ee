"""Universes of several boards, industries and ranks, from the command line to the trades: each stock by the rules of its own board."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from datalake.lake import Lake
from datalake.versions import resolve
from tests.functions.api.conftest import Run

EVERY_BOARD = """name: every-board
universe:
  from: {any: [{boards: [main, chinext, star]}, {boards: fund}]}
  where: not is_st and listed_days > 120
entry: close > open
risk: {stop_loss: 0.002, max_holding: 3}
portfolio: {max_positions: 80, cash_reserve: 0.02}
"""
WINDOW = ("--start", "2023-01-03", "--end", "2023-06-30")


def trades_of(lianghu: Run, file: Path, folder: Path, *options: str) -> list[dict[str, str]]:
    code, _, err = lianghu("run", file, "--local", *WINDOW, "--ledger", folder, *options)
    assert code == 0, err
    with (folder / "trades.csv").open(encoding="utf-8-sig") as opened:
        return list(csv.DictReader(opened))


def test_every_board_and_funds_trade_together_each_by_its_own_rules(lianghu: Run, lake_url: str, tmp_path: Path) -> None:
    file = tmp_path / "mixed.yaml"
    file.write_text(EVERY_BOARD)
    trades = trades_of(lianghu, file, tmp_path / "ledger", "--cash", "30000000")
    known = resolve(Lake(lake_url).store).catalog.by_code
    by_board: dict[str, list[dict[str, str]]] = defaultdict(list)
    for trade in trades:
        by_board[known[trade["ts_code"]].board].append(trade)
    assert {*by_board} == {"main", "chinext", "star", "fund", "fund_20"}

    def shares(*boards: str) -> list[int]:
        return [int(trade["shares"]) for board in boards for trade in by_board[board]]

    assert all(count % 100 == 0 for count in shares("main", "chinext", "fund", "fund_20"))
    assert all(count >= 200 for count in shares("star")) and any(count % 100 for count in shares("star"))
    same_day = {trade["ts_code"] for trade in trades if trade["entry_date"] == trade["exit_date"]}
    assert same_day == {"529002.SH"} == {code for code, row in known.items() if row.same_day}
    taxed = {board: sum(float(trade["fees_yuan"]) for trade in found) / len(found) for board, found in by_board.items()}
    assert taxed["fund"] < taxed["main"], "funds pay no stamp duty"
    listed = {trade["ts_code"]: known[trade["ts_code"]].list_date for trade in trades}
    assert all(int(trade["entry_date"].replace("-", "")) > listed[trade["ts_code"]] for trade in trades)


@pytest.mark.parametrize(
    ("typed", "boards"),
    [
        ("boards:star,fund", {"star", "fund", "fund_20"}),
        ("index:009300.SH+boards:fund", {"main", "chinext", "star", "fund", "fund_20"}),
        ("rank:-total_mv:3+529001.SH", {"main", "chinext", "star", "fund"}),
    ],
)
def test_what_is_typed_decides_who_is_bought(lianghu: Run, lake_url: str, tmp_path: Path, typed: str, boards: set[str]) -> None:
    file = tmp_path / "mixed.yaml"
    file.write_text(EVERY_BOARD)
    known = resolve(Lake(lake_url).store).catalog.by_code
    trades = trades_of(lianghu, file, tmp_path / "ledger", "--universe", typed)
    assert trades and {known[trade["ts_code"]].board for trade in trades} <= boards
    if "+" in typed:
        assert any(known[trade["ts_code"]].board.startswith("fund") for trade in trades)


def test_an_industry_is_bought_alone_and_a_context_overrides_the_text(lianghu: Run, lake_url: str, tmp_path: Path) -> None:
    file = tmp_path / "mixed.yaml"
    file.write_text(EVERY_BOARD)
    known = resolve(Lake(lake_url).store).catalog.by_code
    trades = trades_of(lianghu, file, tmp_path / "ledger", "--universe", "industry:银行,汽车")
    assert {known[trade["ts_code"]].industry for trade in trades} == {"银行", "汽车"}
    code, out, err = lianghu("run", file, "--local", *WINDOW, "--universe", "industry:银行,汽车", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["context"]["todays_industries"] == ["汽车", "银行"], "the sample has no table of industries"
    assert "TODAYS_INDUSTRIES" in [finding["code"] for finding in told["findings"]]


def test_ranked_members_of_the_day_before_trade_on_minute_bars(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "minutes.yaml"
    file.write_text("name: m\nuniverse: {rank: amount, top: 10}\nentry: close > open\nrisk: {max_holding: 12}\n")
    code, out, err = lianghu("run", file, "--local", "--frequency", "5m", "--json")
    assert code == 0, err
    assert json.loads(out)["stats"]["trades"] > 0
    code, _, err = lianghu("run", file, "--local", "--frequency", "5m", "--universe", "all+boards:fund")
    assert code == 0, err
    file.write_text(file.read_text().replace("top: 10", "top: 10, lag: 0"))
    code, _, err = lianghu("run", file, "--local", "--frequency", "5m")
    assert code == 2 and "lag: 1" in err


def test_a_grid_through_the_api_and_in_this_process_are_the_same_bytes(apart: Run, served: None, tmp_path: Path) -> None:
    file = tmp_path / "mixed.yaml"
    file.write_text(
        "name: g\nparams: {n: {default: 5, min: 2, max: 20}}\n"
        "universe: {any: [{rank: return_20, top: 10, within: {index: 009300.SH}}, {boards: fund}, {industry: 银行}]}\n"
        "entry: close > sma(close, n)\nexit: close < sma(close, n)\n"
    )
    arguments = ("grid", file, "--grid", "n=3,5", *WINDOW, "--json")
    code, out, err = apart(*arguments)
    assert code == 0, err
    local_code, local_out, err = apart(*arguments, "--local")
    assert local_code == 0, err
    through, local = json.loads(out), json.loads(local_out)
    assert [row["content_hash"] for row in through["runs"]] == [row["content_hash"] for row in local["runs"]]
