"""The columns of a run's tables and what stands in them: the one description that writing, paging and Parquet share."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

Meaning = Literal["day", "time", "text", "yuan", "rate", "count"]
"""day: YYYY-MM-DD, of the exchange. time: UTC, ...Z. yuan: exact, three decimals. rate: a fraction. count: a whole number.
An empty cell is null, whatever the column."""
Columns = Mapping[str, Meaning]

ACCOUNT = (
    "cash", "frozen", "receivable", "market_value", "equity",
    "bought", "sold", "commission", "duty", "transfer", "tax", "dividends", "fractions", "delisted",
)  # fmt: skip
"""What an account's day is told by, in yuan."""

TABLES: Mapping[str, Columns] = {
    "equity": {"date": "day", "time": "time", "equity_yuan": "yuan"},
    "account": {
        "date": "day",
        **{f"{name}_yuan": "yuan" for name in ACCOUNT},
        "fills": "count",
        "refusals": "count",
        "positions": "count",
    },
    "trades": {
        "ts_code": "text",
        "entry_date": "day",
        "entry_price_yuan": "yuan",
        "shares": "count",
        "exit_date": "day",
        "exit_price_yuan": "yuan",
        "fees_yuan": "yuan",
        "tax_yuan": "yuan",
        "dividends_yuan": "yuan",
        "pnl_yuan": "yuan",
        "return": "rate",
        "holding_sessions": "count",
        "exit_reason": "text",
    },
    "positions": {
        "ts_code": "text",
        "shares": "count",
        "sellable": "count",
        "entry_date": "day",
        "entry_price_yuan": "yuan",
        "last_price_yuan": "yuan",
        "value_yuan": "yuan",
        "pnl_yuan": "yuan",
    },
    "orders": {
        "sequence": "count",
        "date": "day",
        "time": "time",
        "ts_code": "text",
        "side": "text",
        "origin": "text",
        "shares": "count",
        "price_yuan": "yuan",
        "frozen_yuan": "yuan",
        "filled": "count",
        "value_yuan": "yuan",
        "refused": "count",
        "ended": "text",
        "end_date": "day",
    },
    "refusals": {
        "date": "day",
        "time": "time",
        "ts_code": "text",
        "side": "text",
        "reason": "text",
        "price_yuan": "yuan",
        "would_have_returned": "rate",
        "explanation": "text",
    },
    "events": {
        "sequence": "count",
        "date": "day",
        "time": "time",
        "phase": "text",
        "kind": "text",
        "order": "count",
        "ts_code": "text",
        "reason": "text",
        "shares": "count",
        "price_yuan": "yuan",
        "value_yuan": "yuan",
        "commission_yuan": "yuan",
        "duty_yuan": "yuan",
        "transfer_yuan": "yuan",
        "tax_yuan": "yuan",
        "explanation": "text",
    },
}
"""By the name of the artifact."""

FORMULA = r"^'*[=+\-@\t\r]"
HELD = r"^'+[=+\-@\t\r]"
_STARTS = frozenset("=+-@\t\r'")
_FORMULA, _HELD, _SPECIAL = re.compile(FORMULA), re.compile(HELD), re.compile(r'[",\r\n]')
SEEN = 65_536
"""Texts whose cells are kept: kinds, codes and reasons stand in many lines."""


def held(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: an apostrophe before what begins with = + - @, a tab or a return.

    A text that has apostrophes before one of those gets one more, so that `let_go` gives every text back as it was.
    """
    return f"'{text}" if text[:1] in _STARTS and _FORMULA.match(text) else text


def let_go(cell: str) -> str:
    """What `held` was given."""
    return cell[1:] if cell[:1] == "'" and _HELD.match(cell) else cell


def table_csv(columns: Columns, rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8, lines end with a line feed. Texts are held back from being formulas; numbers, negative ones too, stay numbers.

    Texts alone are quoted, where RFC 4180 wants it. (Python's csv writer leaves a carriage return without quotes beside line feeds, and
    whoever reads the table would see a row begin after it.)
    """
    texts = [place for place, meaning in enumerate(columns.values()) if meaning == "text"]
    lines = [",".join(columns)]
    for row in rows:
        cells = list(row)
        for place in texts:
            cells[place] = _cell(cells[place])
        lines.append(",".join(map(str, cells)))
    return "".join(f"{line}\n" for line in lines).encode()


@lru_cache(SEEN)
def _cell(text: str) -> str:
    text = held(text)
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def rows_of(data: bytes, columns: Columns) -> list[dict[str, Any]]:
    """All rows of a stored table as JSON says them."""
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    header = next(reader, [])
    return list(told_rows(header, reader, columns))


def told_rows(header: Sequence[str], rows: Iterable[Sequence[str]], columns: Columns) -> Iterator[dict[str, Any]]:
    """Numbers as numbers, days and times and texts as texts, an empty cell as null."""
    for row in rows:
        yield {name: told(columns.get(name, "text"), cell) for name, cell in zip(header, row, strict=True)}


def told(meaning: Meaning, cell: str) -> Any:
    if cell == "":
        return None
    if meaning == "text":
        return let_go(cell)
    if meaning == "count":
        return int(cell)
    return float(cell) if meaning in ("yuan", "rate") else cell
