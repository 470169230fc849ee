"""docs/market-rules.md says what the code does: its tables are the code's rows, and its windows start where the code lets them.

What a failure shows as missing is the line to write.
"""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.errors import RulesError
from engine.simulation import rule_rows
from engine.simulation.rules import RULES_VERSION, check_window
from engine.terms import ONE, Conditions

FILE = Path(__file__).parents[2] / "docs/market-rules.md"
BOARDS = {
    "main": "main board 主板",
    "chinext": "ChiNext 创业板",
    "star": "STAR 科创板",
    "bse": "BSE 北交所",
    "fund": "funds 基金",
    "fund_20": "funds of 20% stocks 20%基金",
}
EXCHANGES = {"SH": ", Shanghai 沪市", "SZ": ", Shenzhen 深市", "": ""}
ALL_SHARES = "all shares 全部A股"
SIDES = {("sell",): "seller 卖方", ("buy", "sell"): "buyer and seller 双边"}
CONDITIONS = (
    ("by the rules of the day", Conditions()),
    ("`costs: {dividends: cash}`", Conditions(actions="cash")),
    ("`costs: {dividends: cash, dividend_tax: false}`", Conditions(actions="cash", dividend_tax=False)),
    ("`costs: {transfer_fee: ...}`", Conditions(transfer_fee=0)),
)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *rows))


def boards(names: tuple[str, ...]) -> str:
    return ALL_SHARES if names == rule_rows.STOCK_BOARDS else ", ".join(BOARDS[name] for name in names)


def share(rate: int) -> str:
    """1 / ONE as per mille."""
    return f"{rate * 1000 / ONE:g}‰"


def first_sessions(row: Any) -> str:
    when = "listing day" if row.sessions == 1 else f"first {row.sessions} sessions"
    return f"{when}: " + ("no limit" if row.up_percent is None else f"+{row.up_percent}% / −{row.down_percent}%")


def limit_table(rows: tuple[Any, ...]) -> str:
    return table(
        ("board", "limit", "since", "source"), ((BOARDS[row.board], f"±{row.percent}%", f"{row.since}", row.source) for row in rows)
    )


def listing_table(rows: tuple[Any, ...]) -> str:
    lines = ((BOARDS[row.board] + EXCHANGES[row.exchange], first_sessions(row), f"{row.since}", row.source) for row in rows)
    return table(("board", "limit", "listed since", "source"), lines)


def delisting_table(rows: tuple[Any, ...]) -> str:
    assert all(row.sessions == 1 for row in rows)
    lines = ((BOARDS[row.board], f"first session: no limit; then ±{row.percent}%", f"{row.since}", row.source) for row in rows)
    return table(("board", "limit", "begun since", "source"), lines)


def fee_table(rows: tuple[Any, ...]) -> str:
    lines = ((boards(row.boards), f"{share(row.rate)} {SIDES[row.sides]}", f"{row.since}", row.source) for row in rows)
    return table(("board", "rate", "since", "source"), lines)


def tax_table(rows: tuple[Any, ...]) -> str:
    held = {1: "at most one month 1个月以内", 12: "more than a month, at most a year 1个月以上至1年"}
    lines = ((held[row.months], f"{row.rate * 100 // ONE}%", f"{row.since}", row.source) for row in rows)
    return table(("held for", "of the gross cash dividend", "since", "source"), lines)


def lot_table(rows: tuple[Any, ...]) -> str:
    lines = (
        (BOARDS[row.board], f"at least {row.lot}, in steps of {row.step}", f"{row.tick / 1000:g}", f"{row.since}", row.source)
        for row in rows
    )
    return table(("board", "shares of a purchase", "tick, yuan", "since", "source"), lines)


TABLES: dict[str, Callable[[tuple[Any, ...]], str]] = {
    "PRICE_LIMITS": limit_table,
    "ST_LIMITS": limit_table,
    "LISTING_LIMITS": listing_table,
    "DELISTING_LIMITS": delisting_table,
    "STAMP_DUTIES": fee_table,
    "TRANSFER_FEES": fee_table,
    "DIVIDEND_TAXES": tax_table,
    "LOTS": lot_table,
}


def earliest(board: str, conditions: Conditions) -> str:
    """The first day of a rule on which a window may start."""
    for day in sorted({row.since for name in TABLES for row in getattr(rule_rows, name)} | {date(1990, 1, 1)}):
        try:
            check_window(int(f"{day:%Y%m%d}"), {board}, conditions)
        except RulesError:
            continue
        return f"{day}" if day.year > 1990 else "with the board"
    raise AssertionError(board)


def window_table() -> str:
    lines = ((BOARDS[board], *(earliest(board, conditions) for _, conditions in CONDITIONS)) for board in BOARDS)
    return table(("board", *(words for words, _ in CONDITIONS)), lines)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_has_every_row(name: str) -> None:
    made = TABLES[name](getattr(rule_rows, name))
    assert [line for line in made.splitlines() if line not in FILE.read_text().splitlines()] == []
    assert f"\n\n{made}\n\n" in FILE.read_text()


def test_the_page_tells_where_windows_may_start() -> None:
    assert f"\n\n{window_table()}\n\n" in FILE.read_text()


def test_every_table_of_rows_is_on_the_page() -> None:
    found = {name for name, value in vars(rule_rows).items() if isinstance(value, tuple) and value and hasattr(value[0], "source")}
    assert found == set(TABLES)


def test_the_page_names_its_version() -> None:
    assert f"`{RULES_VERSION}`" in FILE.read_text()
