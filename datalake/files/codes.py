"""Codes as other vendors write them, brought into Tushare's shape: sh600519, SH.600519, 600519.XSHG and the like become 600519.SH."""

import re

import polars as pl

from datalake.finding import EXAMPLES, Finding
from datalake.rows.parsing import FILE, ROW
from datalake.tables import Table

CODE_REWRITTEN = "code in another vendor's shape, read as Tushare's"

_COLUMNS = ("ts_code", "index_code", "old_code", "new_code")
_PLACES = {
    "SH": ("SH", "SS", "SSE", "SHSE", "XSHG"),
    "SZ": ("SZ", "SZE", "SZSE", "XSHE"),
    "BJ": ("BJ", "BSE", "BJSE"),
}
"""The exchange as Tushare ends codes with, and what others (ISO 10383 and vendors) call it."""
_EXCHANGE = {place: exchange for exchange, places in _PLACES.items() for place in places}
_ANY = "|".join(sorted(_EXCHANGE, key=len, reverse=True))
_SHAPES = (
    re.compile(rf"(?P<number>[0-9]{{6}})[._-]?(?P<place>{_ANY})", re.IGNORECASE),
    re.compile(rf"(?P<place>{_ANY})[._-]?(?P<number>[0-9]{{6}})", re.IGNORECASE),
)
_OURS = re.compile(r"[0-9]{6}\.(SH|SZ|BJ)")


def usual(code: str) -> str:
    """The code in Tushare's shape; any other text as it is. (Six digits alone are a stock of one exchange and an index of another.)"""
    for shape in _SHAPES:
        match = shape.fullmatch(code)
        if match:
            return f"{match['number']}.{_EXCHANGE[match['place'].upper()]}"
    return code


def in_usual_shape(rows: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Parsed rows with their codes in Tushare's shape, and a warning where some had another."""
    findings: list[Finding] = []
    for name in _COLUMNS:
        if name not in table.names:
            continue
        changed = {code: new for code in rows[name].unique().drop_nulls() if not _OURS.fullmatch(code) and (new := usual(code)) != code}
        if changed:
            others = rows.filter(pl.col(name).is_in(list(changed)))
            examples = tuple(
                f"{row[FILE]} row {row[ROW]}: {row[name]} is {changed[row[name]]}" for row in others.head(EXAMPLES).iter_rows(named=True)
            )
            findings.append(Finding("code_rewritten", "warning", others.height, CODE_REWRITTEN, examples, table.name))
            rows = rows.with_columns(pl.col(name).replace(changed))
    return rows, tuple(findings)
