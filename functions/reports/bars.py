"""Bars by year beside the benchmark's, as inline SVG."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from engine.statistics.tables import Period
from functions.reports.axes import Axis, linear_axis, percent_label
from functions.reports.charts import HEIGHT, WIDTH, date_label, framed, value_label
from functions.reports.figures import percent, signed_percent, tone

TAKEN = 0.7
"""The share of a year's width that its bars take."""


def yearly_bars(years: Sequence[Period], height: int = 180) -> Markup:
    """The chart's HTML; nothing where no bar has a height."""
    values = [value for year in years for value in (year.value, year.benchmark) if value is not None]
    if not any(values):
        return Markup("")
    axis = linear_axis(min(0.0, *values), max(0.0, *values))
    grid = "".join(f"M0,{axis.place(tick) * HEIGHT:.2f}H{WIDTH}" for tick in axis.ticks)
    drawn = [Markup('<path class="grid" d="{}"/>').format(grid)]
    labels = [value_label(axis.place(tick) * 100, percent_label(tick)) for tick in axis.ticks]
    for index, year in enumerate(years):
        drawn += _bars(year, (index + 0.5) / len(years), WIDTH / len(years), axis)
        if index % (1 + len(years) // 12) == 0:  # more would not fit beside one another
            labels.append(date_label((index + 0.5) / len(years) * 100, year.year))
    drawn.append(Markup('<path class="base" d="M0,{:.2f}H{}"/>').format(axis.place(0.0) * HEIGHT, WIDTH))
    return framed(drawn, labels, ", ".join(f"{year.year} {percent(year.value)}" for year in years), height)


def _bars(year: Period, middle: float, wide: float, axis: Axis) -> Iterator[Markup]:
    """middle: 0 to 1 from the left; wide: of the year's room in the drawing's grid."""
    bars = [(tone(year.value), year.value)] + ([] if year.benchmark is None else [("other", year.benchmark)])
    said = f"{year.year} · {signed_percent(year.value)}" + ("" if len(bars) == 1 else f" · 基准 benchmark {signed_percent(year.benchmark)}")
    thin = min(wide * TAKEN, 90.0) / len(bars)
    nought = axis.place(0.0) * HEIGHT
    for number, (style, value) in enumerate(bars):
        place = axis.place(value) * HEIGHT
        left = WIDTH * middle + thin * (number - len(bars) / 2)
        yield Markup('<rect class="{}" x="{:.1f}" y="{:.2f}" width="{:.1f}" height="{:.2f}"><title>{}</title></rect>').format(
            style, left, min(place, nought), thin, abs(place - nought), said
        )
