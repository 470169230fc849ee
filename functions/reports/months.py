"""The table of months: years down, months across, a colour for each return."""

from collections.abc import Sequence
from typing import NamedTuple

from engine.statistics.tables import Period
from engine.words import Words
from functions.reports.figures import signed_percent, tone

MONTHS = tuple(
    Words(f"{number}月", name)
    for number, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1)
)
FAINTEST, STRONGEST = 0.08, 0.55
"""How much of the colour the smallest and the largest return of the table get."""


class MonthCell(NamedTuple):
    text: str
    """In percent, signed."""
    style: str
    """up, down or nothing."""
    heat: float
    """0 to 1."""
    title: Words


class YearRow(NamedTuple):
    year: int
    months: Sequence[MonthCell | None]
    """Twelve; None outside the window."""
    whole: MonthCell | None
    benchmark: float | None


def year_rows(monthly: Sequence[Period], yearly: Sequence[Period]) -> list[YearRow]:
    """By year, ascending."""
    largest = max((abs(month.value) for month in monthly), default=0.0)
    months = {(month.year, month.month): _cell(month, largest) for month in monthly}
    years = {year.year: year for year in yearly}
    return [
        YearRow(
            year,
            [months.get((year, number)) for number in range(1, 13)],
            _cell(years[year], 0.0) if year in years else None,
            years[year].benchmark if year in years else None,
        )
        for year in sorted({*years, *(month.year for month in monthly)})
    ]


def _cell(period: Period, largest: float) -> MonthCell:
    heat = FAINTEST + (STRONGEST - FAINTEST) * abs(period.value) / largest if largest and period.value else 0.0
    name = f"{period.year}-{period.month:02d}" if period.month else str(period.year)
    beside = "" if period.benchmark is None else signed_percent(period.benchmark)
    return MonthCell(
        signed_percent(period.value, 1).removesuffix("%"),
        tone(period.value),
        round(heat, 2),
        Words(
            f"{name} {signed_percent(period.value)}，{period.sessions} 个交易日" + (f"，基准 {beside}" if beside else ""),
            f"{period.sessions} sessions" + (f", benchmark {beside}" if beside else ""),
        ),
    )
