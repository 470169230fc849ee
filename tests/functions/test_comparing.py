"""Where what is stored and what is computed differ."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.commands.comparing import TABLES, Side, differences

EQUITY = "date,time,equity_yuan\n2024-01-02,2024-01-02T07:00:00Z,100.000\n2024-01-03,2024-01-03T07:00:00Z,101.500\n"
ACCOUNT = "date,cash_yuan,bought_yuan,fills\n2024-01-02,90.000,10.000,1\n2024-01-03,80.500,9.500,1\n"
STATS: Mapping[str, float | int | None] = {"return": 0.015, "trades": 0, "sharpe": None}


def side(
    equity: str | None = EQUITY, account: str | None = ACCOUNT, stats: Mapping[str, float | int | None] = STATS, content_hash: str = "a"
) -> Side:
    files = {name: text.encode() for name, text in (("equity.csv", equity), ("account.csv", account)) if text is not None}
    return Side(content_hash, stats, files)


def test_the_same_is_the_same() -> None:
    assert differences(side(), side()) == []


def test_what_the_platform_does_not_keep_is_not_compared() -> None:
    assert differences(side(equity=None, account=None), side()) == []


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        (EQUITY.replace("100.000", "99.000"), ("2024-01-02 equity_yuan", "99.000", "100.000")),
        (EQUITY.replace("00Z,101.500", "00Z,101.501"), ("2024-01-03 equity_yuan", "101.501", "101.500")),
        (EQUITY[: EQUITY.index("2024-01-03")], ("line 3", "", "2024-01-03,2024-01-03T07:00:00Z,101.500")),
        (EQUITY + "2024-01-04,x,1\n", ("line 4", "2024-01-04,x,1", "")),
        (EQUITY.replace("date", "day"), ("header date", "day", "date")),
        (EQUITY.replace("equity_yuan", "equity_yuan,more"), ("header column 4", "more", "")),
        (EQUITY.replace("2024-01-02,", "2024-01-01,"), ("2024-01-02 date", "2024-01-01", "2024-01-02")),
        ("", ("line 1", "", "date,time,equity_yuan")),
    ],
)
def test_equity_differs_first_there(stored: str, found: tuple[str, str, str]) -> None:
    assert differences(side(equity=stored), side()) == [("equity", *found)]


def test_of_minute_bars_the_time_is_told() -> None:
    bars = "date,time,equity_yuan\n2024-01-02,2024-01-02T01:35:00Z,100.000\n2024-01-02,2024-01-02T01:40:00Z,101.000\n"
    (found,) = differences(side(equity=bars.replace("101.000", "102.000")), side(equity=bars))
    assert found == ("equity", "2024-01-02T01:40:00Z equity_yuan", "102.000", "101.000")


def test_tallies_are_told_by_name_and_add_up_exactly() -> None:
    found = differences(side(account=ACCOUNT.replace("9.500,1", "9.501,2")), side())
    assert found == [
        ("account", "2024-01-03 bought_yuan", "9.501", "9.500"),
        ("tallies", "bought_yuan", "19.501", "19.500"),
        ("tallies", "fills", "3", "2"),
    ]


def test_tallies_that_are_no_numbers_are_not_added_up() -> None:
    found = differences(side(account=ACCOUNT.replace("9.500,1", "many,1")), side())
    assert found == [("account", "2024-01-03 bought_yuan", "many", "9.500"), ("tallies", "bought_yuan", "", "19.500")]


@pytest.mark.parametrize("part", [part for part in TABLES if part not in ("equity", "account")])
def test_a_trade_that_was_changed_is_found(part: str) -> None:
    """Only equity and account were compared, so that a changed trade was verified."""
    table = 'date,ts_code,explanation\n2024-01-02,000001.SZ,"a limit, and no seller"\n2024-01-03,000002.SZ,\n'

    def kept(text: str) -> Side:
        return replace(side(), files={**side().files, f"{part}.csv": text.encode()})

    assert differences(kept(table), kept(table)) == []
    assert differences(kept(table.replace("000002", "600000")), kept(table)) == [(part, "2024-01-03 ts_code", "600000.SZ", "000002.SZ")]
    assert differences(kept(table.replace("no seller", "none")), kept(table)) == [
        (part, "2024-01-02 explanation", "a limit, and none", "a limit, and no seller")
    ]


def test_statistics_differ_in_value_in_kind_and_in_being_there() -> None:
    changed = {"return": 0.016, "sharpe": 0.0, "older": None}
    assert differences(side(stats=changed), side()) == [
        ("stats", "return", 0.016, 0.015),
        ("stats", "trades", "", 0),
        ("stats", "sharpe", 0.0, None),
        ("stats", "older", None, ""),
    ]


def test_a_hash_alone_may_differ() -> None:
    assert differences(side(content_hash="b"), side()) == [("content_hash", "", "b", "a")]


@given(st.text(), st.text())
def test_whatever_is_stored_is_compared(equity: str, account: str) -> None:
    """A damaged file is a difference, never an error."""
    found = differences(side(equity=equity, account=account), side())
    assert {row.part for row in found} >= {"equity", "account"}
