"""Files of an account: exact money, the same bytes again, and what an imported table reads back."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.doctor.refusal_words import REJECTS
from engine.evaluate import Result, evaluate
from engine.language import compile_strategy
from engine.market import Market
from engine.results import Cell, counts_of
from engine.simulation.outcome import Kind, Reason, Reject
from engine.simulation.placed import orders
from engine.statistics.figures import row_of
from engine.terms import Terms
from functions.jobs.event_words import yuan
from functions.jobs.ledger import ledger_files
from functions.reports.of_account import placed
from functions.reports.of_run import report_of
from functions.reports.words import EXITS
from tests.engine.panels import random_market
from tests.engine.test_simulation_readers import market_of, of, outcome_of

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
    assert set(files) == {"equity.csv", "account.csv", "trades.csv", "positions.csv", "orders.csv", "refusals.csv", "events.csv", "log.txt"}
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


def test_the_account_day_by_day_ends_where_the_equity_ends(result: Result) -> None:
    files = ledger_files(result, {})
    days, equity = rows(files, "account.csv"), rows(files, "equity.csv")
    assert [(row["date"], row["equity_yuan"]) for row in days] == [(row["date"], row["equity_yuan"]) for row in equity]
    assert sum(int(row["fills"]) for row in days) == result.outcome.tallies.buys + result.outcome.tallies.sells
    assert sum(int(row["refusals"]) for row in days) == sum(result.outcome.tallies.refusals)


EVENTS: tuple[tuple[tuple[int, ...], str, str], ...] = (
    ((0, Kind.PLACED, 0, Reason.ORDER, 300, 10_000, 3_005_060), "order", "an order to buy 300 shares at 10.000, 3005.060 yuan kept for it"),
    (
        of(1, 0, Kind.BUY, 0, Reason.ORDER, 100, 10_000, 1_000_000, 5_000, 0, 10),
        "order",
        "100 shares at 10.000, 1000.000 yuan, commission 5.000, transfer fee 0.010",
    ),
    (
        of(1, 0, Kind.REFUSED_BUY, 0, Reject.LIMIT_UP, 0, 11_000),
        "limit_up",
        "the price was at the upper limit: nobody sells; the price was 11.000",
    ),
    (of(1, 0, Kind.LAPSED, 0, Reason.EXPIRED, 200, 0, 2_005_040), "expired", "expired with 200 shares left, 2005.040 yuan free again"),
    ((1, Kind.EX_DATE, 0, 0, 130, 7_690, 0), "", "reference price 7.690, now 130 shares"),
    ((1, Kind.DIVIDEND, 0, 0, 100, 0, 50_000), "", "100 shares are entitled to 50.000 yuan before tax"),
    ((1, Kind.RIGHTS, 0, 0, 130, 7_000), "", "ex-date without a record, reference price 7.000: rights not taken up, 130 shares stay"),
    ((2, Kind.PAID, -1, 0, 0, 0, 50_000), "", "dividends of 50.000 yuan become cash"),
    ((2, Kind.RENAMED, 1, 0, 130), "", "was 600001.SH before: 130 shares"),
    ((3, Kind.PLACED, 1, Reason.TARGET, -100), "target", "an order towards a target to sell 100 shares at the market"),
    (
        of(2, 3, Kind.SELL, 1, Reason.TARGET, 100, 8_000, 800_000, 5_000, 400, 8, 10_000),
        "target",
        "100 shares at 8.000, 800.000 yuan, commission 5.000, stamp duty 0.400, transfer fee 0.008, dividend tax 10.000",
    ),
    ((3, Kind.EXIT, 1, Reason.STOP_LOSS, 0, 7_900), "stop_loss", "to be sold at 7.900"),
    ((3, Kind.BREAKER, -1, Reason.DAILY_LOSS, 0, 0, 990_000), "daily_loss", "at an equity of 990.000 yuan: no more purchases for now"),
    ((4, Kind.DELISTED, 1, 0, 30, 7_500, 225_000), "", "30 shares closed at the last price 7.500, 225.000 yuan"),
    ((4, Kind.MARK, -1, 0, 0, 0, 1_064_582), "", ""),
)


def by_hand() -> Result:
    outcome = outcome_of(1_064_582, *(event for event, _, _ in EVENTS))
    return Result(Cell({}, outcome.equity, counts_of(outcome.tallies), row_of({}), "0" * 64), outcome, market_of(), Terms(1_000_000_000, 1))


def test_every_kind_of_event_has_its_words() -> None:
    files = ledger_files(by_hand(), {})
    told = [(row["kind"], row["reason"], row["explanation"]) for row in rows(files, "events.csv")]
    assert told == [(Kind(event[1]).name.lower(), reason, words) for event, reason, words in EVENTS]
    assert {event[1] for event, _, _ in EVENTS} == set(Kind) - {Kind.REFUSED_SELL}
    assert "2024-01-04 renamed 600002.SH: was 600001.SH before: 130 shares" in files["log.txt"].decode()
    (trade,) = rows(files, "trades.csv")
    assert (trade["ts_code"], trade["exit_reason"], trade["tax_yuan"], trade["dividends_yuan"]) == (
        "600002.SH",
        "delisted",
        "10.000",
        "50.000",
    )


def test_every_order_that_may_rest_has_its_row() -> None:
    first, second = rows(ledger_files(by_hand(), {}), "orders.csv")
    assert (first["side"], first["origin"], first["ended"]) == ("buy", "order", "expired") and int(first["filled"]) < int(first["shares"])
    assert (second["side"], second["origin"], second["ended"], second["end_date"]) == ("sell", "target", "filled", "2024-01-05")
    assert (first["price_yuan"], second["price_yuan"]) == ("10.000", "")


def test_the_reports_money_is_the_account(result: Result) -> None:
    report, last = report_of(result, "s", {}, CASH, {}), rows(ledger_files(result, {}), "account.csv")[-1]
    cash, equity = (row for row in report.money if row.is_sum)
    before = [row.li for row in report.money[: report.money.index(cash)]]
    assert sum(before) == cash.li == int(Decimal(last["cash_yuan"]) * 1000) and before[0] == CASH
    assert equity.li == int(Decimal(last["equity_yuan"]) * 1000)
    assert sum(row.value for row in report.holdings) == int(Decimal(last["market_value_yuan"]) * 1000)


def test_every_refusal_has_chinese_words_and_every_exit_both() -> None:
    assert all(words.en.isascii() and not words.zh.isascii() for words in (*REJECTS.values(), *EXITS.values()))
    assert set(REJECTS) == set(Reject) - {Reject.FILLED}
    ends = {Reason.EXPIRED, Reason.CANCELLED, Reason.REPLACED, Reason.DAILY_LOSS}
    assert set(EXITS) == {reason.name.lower() for reason in set(Reason) - ends} | {"delisted", "ex_date"}


def test_the_report_counts_what_became_of_orders() -> None:
    result = by_hand()
    assert [
        (row.side.en, row.origin.en, row.placed, [(end.zh, times) for end, times in row.ends])
        for row in placed(orders(result.outcome, result.market))
    ] == [
        ("buy", "from outside", 1, [("部分成交", 1)]),
        ("sell", "towards target weights", 1, [("全部成交", 1)]),
    ]
