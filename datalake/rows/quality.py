"""What can be wrong with rows, each by itself: one row of CHECKS per kind, looked for before anything is written."""

from datetime import date

import polars as pl

from datalake.calendar import to_int
from datalake.finding import EXAMPLES, Finding
from datalake.rows.bars import BAR_CHECKS
from datalake.rows.check import Check
from datalake.rows.facts import FACT_CHECKS
from datalake.rows.parsing import FILE, ROW
from datalake.tables import Table

CHECKS = (*FACT_CHECKS, *BAR_CHECKS)
"""Cross-row and cross-table ones are review.py's."""

FUTURE = "date after today"
_OBSERVED = ("trade_date",)
"""Columns whose dates have happened. (An ex-date, a calendar's day and a change of name may be announced.)"""


def find(rows: pl.DataFrame, table: Table, today: date | None = None) -> tuple[tuple[Finding, ...], pl.Series]:
    """Findings over parsed rows (Tushare's units), and which rows have an error.

    `today`: the day after which nothing can have been observed yet; None: it is not known, and later dates are not told.
    """
    findings: list[Finding] = []
    wrong = pl.repeat(False, rows.height, eager=True, dtype=pl.Boolean)
    applied = [(check, columns) for check in (*CHECKS, *_future(today)) if (columns := check.columns(table))]
    flags = rows.lazy().select(check.bad(table, columns).fill_null(False).alias(check.kind) for check, columns in applied).collect()
    for check, columns in applied:
        bad = flags[check.kind]
        if bad.any():
            findings.append(_finding(check, rows.filter(bad), int(bad.sum()), table, columns))
            if check.severity == "error":
                wrong = wrong | bad
    return tuple(findings), wrong


def _future(today: date | None) -> tuple[Check, ...]:
    if today is None:
        return ()
    return (
        Check(
            "future",
            FUTURE,
            lambda table: [name for name in _OBSERVED if name in table.names],
            lambda table, columns: pl.any_horizontal(*(pl.col(name) > today for name in columns)),
        ),
    )


def _finding(check: Check, bad: pl.DataFrame, count: int, table: Table, columns: list[str]) -> Finding:
    shown = list(dict.fromkeys([*table.key, *columns]))[:9]
    examples = []
    for row in bad.head(EXAMPLES).iter_rows(named=True):
        values = " ".join(f"{name}={row[name]}" for name in shown)
        examples.append(f"{row[FILE]} row {row[ROW]}: {values}")
    first, last = _range(bad, table)
    return Finding(check.kind, check.severity, count, check.message, tuple(examples), table.name, first, last)


def _range(bad: pl.DataFrame, table: Table) -> tuple[int, int]:
    days = bad[table.date].drop_nulls() if table.date else pl.Series([], dtype=pl.Date)
    return (to_int(days.min()), to_int(days.max())) if len(days) else (0, 0)  # type: ignore[arg-type]
