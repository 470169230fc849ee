"""docs/statistics.md says what the code does: its tables are the rows of METRICS. What a failure shows as missing is the line to write."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from engine.statistics import METRICS, SESSIONS_A_YEAR, Metric, rolling
from engine.statistics.return_rows import RETURN_ROWS
from engine.statistics.risk_rows import RISK_ROWS
from engine.statistics.trade_rows import TRADE_ROWS

PAGE = (Path(__file__).parents[2] / "docs/statistics.md").read_text()
PARTS = {"returns": RETURN_ROWS, "risk": RISK_ROWS, "trades": TRADE_ROWS}
UNITS = {
    "yuan": "yuan 元",
    "rate": "rate 比率 (%)",
    "ratio": "number 数值",
    "sessions": "sessions 交易日",
    "count": "count 次数",
    "date": "date 日期",
    "per year": "times a year 次/年",
}


def line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def row(metric: Metric) -> str:
    least = f"{metric.least} {metric.of_what}" if metric.least else "—"
    names = f"{metric.label.zh} {metric.label.en}"
    return line((f"`{metric.key}`", names, UNITS[metric.unit], f"`{metric.formula}`", least, metric.source, metric.differs or "—"))


def table(metrics: Iterable[Metric]) -> str:
    head = ("key", "name", "unit", "formula", "least sample", "source", "where a library differs")
    return "\n".join((line(head), line(["---"] * len(head)), *map(row, metrics)))


@pytest.mark.parametrize("part", PARTS)
def test_the_page_has_every_row(part: str) -> None:
    made = table(PARTS[part])
    assert [wanted for wanted in made.splitlines() if wanted not in PAGE.splitlines()] == []
    assert f"\n\n{made}\n\n" in PAGE


def test_the_parts_are_all_rows() -> None:
    assert sum(PARTS.values(), ()) == METRICS


def test_the_page_names_the_year_and_the_window() -> None:
    assert f"Y = {SESSIONS_A_YEAR} sessions" in PAGE
    window = (rolling.rolling.__defaults__ or ())[-1]
    assert f"{window} sessions" in PAGE


def test_a_formula_fits_in_a_cell() -> None:
    """No bar that a table would take for the end of a cell."""
    assert not any("|" in text for metric in METRICS for text in (metric.formula, metric.source, metric.differs))
