"""Files of an account: exact money, the same bytes again, and what an imported table reads back."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluate import Result, evaluate
from engine.language import compile_strategy
from engine.market import Market
from functions.jobs.ledger import ledger_files, yuan
from tests.engine.panels import random_market

SOURCE = """
name: in and out
universe: {from: {all: true}}
params:
  n: {default: 3, min: 2, max: 20}
entry: close > sma(close, n)
exit: close < sma(close, n)
portfolio: {max_positions: 3}
"""
CASH = 100_000_000


@given(st.integers(-(2**62), 2**62))
def test_yuan_is_exact(li: int) -> None:
    assert Decimal(yuan(li)) * 1000 == li
    assert len(yuan(li).partition(".")[2]) == 3


@pytest.fixture(scope="module")
def result() -> Result:
    market: Market = random_market(7, sessions=120, stocks=5)
    return evaluate(compile_strategy(SOURCE), market, {"n": 4}, CASH)


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def test_the_same_run_gives_the_same_files(result: Result) -> None:
    title = {"run": "r"}
    files = ledger_files(result, title)
    assert files == ledger_files(result, title)
    assert set(files) == {"equity.csv", "trades.csv", "positions.csv", "refusals.csv", "events.csv", "log.txt"}
    assert files["log.txt"].startswith(b"run: r\n")


def test_the_account_adds_up_to_the_li(result: Result) -> None:
    files = ledger_files(result, {})
    equity = rows(files, "equity.csv")
    assert [int(Decimal(row["equity_yuan"]) * 1000) for row in equity] == result.outcome.equity.tolist()
    closed = sum(Decimal(row["pnl_yuan"]) for row in rows(files, "trades.csv"))
    held = sum(Decimal(row["pnl_yuan"]) for row in rows(files, "positions.csv"))
    assert rows(files, "trades.csv")
    assert Decimal(CASH) / 1000 + closed + held == Decimal(equity[-1]["equity_yuan"])


def test_events_pay_for_what_the_tallies_say(result: Result) -> None:
    files = ledger_files(result, {})
    events = rows(files, "events.csv")
    bought = sum(Decimal(row["value_yuan"]) for row in events if row["kind"] == "buy")
    assert bought * 1000 == result.outcome.tallies.bought
    refused = [row for row in events if row["kind"].startswith("refused")]
    assert len(refused) == len(rows(files, "refusals.csv")) == sum(result.outcome.tallies.refusals)
    assert all(row["reason"] and row["explanation"] for row in rows(files, "refusals.csv"))
    for row in rows(files, "refusals.csv"):
        assert bool(row["would_have_returned"]) == (row["side"] == "buy" and Decimal(row["price_yuan"]) > 0)


def test_dates_and_times_are_those_of_the_market(result: Result) -> None:
    equity = rows(ledger_files(result, {}), "equity.csv")
    sessions = result.market.sessions[result.market.window_start :].tolist()
    assert [int(row["date"].replace("-", "")) for row in equity] == sessions
    assert all(row["time"].endswith("Z") for row in equity)
