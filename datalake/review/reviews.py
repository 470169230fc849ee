"""What rows can be found to say against each other: one row of REVIEWS per kind, and how a finding is made of the rows that have it."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from datalake.calendar import to_int
from datalake.finding import EXAMPLES, Finding, Severity


class Review(NamedTuple):
    kind: str
    message: str
    severity: Severity


REVIEWS = (
    Review("closed_day", "row of a day that the calendar says is closed", "error"),
    Review("beyond_calendar", "row of a day that the calendar does not name: before its first, after its last; nothing sees it", "warning"),
    Review("index_on_closed_day", "bar of an index on a day that the calendar says is closed: one of the two is wrong", "error"),
    Review("session_without_index", "session of the calendar without a bar of any index, inside the indices' range", "warning"),
    Review("outside_life", "bar before the listing or from the delisting on", "warning"),
    Review("unlisted", "code with bars and without a row in `instruments`", "warning"),
    Review("outside_limits", "bar outside the day's limits, those of the table `limits` and those of the market's rules", "error"),
    Review("limits_disagree", "bar outside the limits of the table `limits` and inside those of the market's rules", "warning"),
    Review("outside_rules", "bar outside the limits that the market's rules give (the day has none in the table `limits`)", "warning"),
    Review("holes", "session inside a code's life without a bar and without a suspension", "warning"),
    Review("holes_untold", "session inside a code's life without a bar, and no table `suspensions` that could say why", "warning"),
    Review("ended", "code without a bar on the newest session, and nothing says why (suspension, delisting)", "warning"),
    Review("bar_while_suspended", "bar of a day for all of which the stock was suspended", "warning"),
    Review("factor_jump", "adjustment factor more than 20 times the one before, or less than a 20th", "error"),
    Review(
        "factor_without_ex_date", "step of the adjustment factor on a day whose pre_close is the last close: it is not taken", "warning"
    ),
    Review("ex_date_without_factor", "pre_close that is not the last close, and the adjustment factor did not move", "warning"),
    Review("factor_disagrees", "step of the adjustment factor that is not last close / pre_close", "warning"),
    Review("no_factor", "bar without an adjustment factor, where the dataset has some: last close / pre_close is taken", "warning"),
    Review("unexplained_reference", "pre_close that is not the last close, without a dividend or a factor that says why", "warning"),
    Review("dividend_for_ten", "dividend whose tenth explains the day's pre_close: figures for one share are expected", "error"),
    Review("dividend_disagrees", "dividend that does not lead from the last close to the day's pre_close", "warning"),
    Review("share_units_beside_bars", "total_mv / total_share is many times the day's close, or a fraction of it", "error"),
    Review("value_disagrees", "total_mv / total_share is not the day's close", "warning"),
    Review("turnover_units", "turnover_rate times the floating shares is many times the day's volume, or a fraction of it", "error"),
    Review("minutes_elsewhere", "minute bars of a day that lie wholly outside its daily bar", "error"),
    Review("minutes_disagree", "minute bars of a day that make another bar than the daily one", "warning"),
    Review("minutes_incomplete", "day with fewer minute bars than it has minutes for", "warning"),
    Review("overlapping_names", "name that begins before the last one has ended", "warning"),
    Review("overlapping_industries", "industry that begins before the last one has ended", "warning"),
    Review("weights_sum", "list of an index whose weights do not add up to 100%", "warning"),
)
"""Kept apart from what is wrong with rows by themselves, quality.CHECKS."""

_ROWS = {row.kind: row for row in REVIEWS}


def told(
    kind: str, table: str, rows: pl.DataFrame, example: pl.Expr, date: str = "trade_date", count: str = "", until: str = ""
) -> Iterator[Finding]:
    """The finding of some rows, if there are any. `example` says a row; `count` names a column that is summed, "" counts the rows.

    `date` names the column of their days ("": none), and `until` that of their last days where a row stands for several.
    """
    if rows.is_empty():
        return
    row = _ROWS[kind]
    examples = rows.head(EXAMPLES).rechunk().select(example.alias("example")).to_series().to_list()
    days = rows[date].drop_nulls() if date else pl.Series([], dtype=pl.Date)
    ends = rows[until] if until else days
    first, last = (to_int(days.min()), to_int(ends.max())) if len(days) else (0, 0)  # type: ignore[arg-type]
    number = int(rows[count].sum()) if count else rows.height
    yield Finding(kind, row.severity, number, row.message, tuple(examples), table, first, last)


def yuan(column: str) -> pl.Expr:
    """li as CNY, for examples."""
    return (pl.col(column) / 1000.0).round(3)
