"""A grid as a page: first whether to believe it, then its best runs, its maps, its ranking, and what failed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NamedTuple

from engine.statistics.metrics import METRICS, too_small
from engine.words import Words
from functions.reports.configuration import configuration_of
from functions.reports.figures import NOTHING, number, percent, signed_percent, tone
from functions.reports.grid_maps import JUDGED, RANKED, pictures_of
from functions.reports.grid_verdict import VERDICTS, indicators_of, trials_of
from functions.reports.heatmap import best, figure, varied
from functions.reports.rendering import render
from functions.reports.shown import SIGNED

SHOWN_ROWS = 500
SHOWN_FAILURES = 20

STATUSES = {
    "failed": Words("失败", "failed"),
    "cancelled": Words("已取消", "cancelled"),
    "queued": Words("未运行", "not run"),
    "running": Words("未完成", "not finished"),
    "succeeded": Words("成功，无数值", "succeeded without figures"),
}

MESSAGES = {"cancelled: budget": Words("计算时间用完（budget_ms）", "the time to compute was used up (budget_ms)")}
"""What the platform says of a run that it ended, in words."""

COLUMNS = (
    "return", "annual_return", "excess_return", "sharpe", "max_dd", "calmar", "volatility",
    "win_rate", "profit_factor", "trades",
)  # fmt: skip
BEST_BY = (RANKED, JUDGED, "calmar")
FIGURES = frozenset((*COLUMNS, *BEST_BY, "sessions", "trades"))
"""Of each run all that the page reads."""


class GridRow(NamedTuple):
    """A run of the grid."""

    params: Mapping[str, float | int]
    """Every parameter, defaults included."""
    stats: Mapping[str, float | int | None] | None
    """None: it has not succeeded."""
    status: str
    content_hash: str | None = None
    run_id: str | None = None
    message: str = ""
    """Why it failed."""


@dataclass(frozen=True)
class GridReport:
    """What a page says about a grid. Nothing in it is looked up, so the page and the API cannot disagree."""

    strategy_name: str
    context: Mapping[str, Any]
    """The backtest's resolved context."""
    spec: Mapping[str, Any]
    """What was asked for: for each parameter a list of values, or {start, stop, step}."""
    rows: Sequence[GridRow]
    """In the order of the grid."""
    skipped: int = 0
    """Combinations that `require` excludes."""
    diagnosis: Mapping[str, Any] | None = None
    """Diagnosis.to_json(); None where none could be made."""
    identity: Mapping[str, str] = field(default_factory=dict)
    """Names by content, shown as they are: strategy identity, engine version, rules version, grid."""


class Figure(NamedTuple):
    """A figure as it is written."""

    text: str
    style: str = ""
    is_few: bool = False
    """Too small a sample stands behind it."""


class Line(NamedTuple):
    """A row of a table of runs."""

    row: GridRow
    figures: Sequence[Figure]
    titles: Sequence[Words] = ()
    """What it is the best by."""


def render_grid(report: GridReport) -> str:
    """The page's HTML. Every text that comes from outside is escaped."""
    done = [row for row in report.rows if row.status == "succeeded" and row.stats is not None]
    columns = [key for key in COLUMNS if any(figure(row, key) is not None for row in done)]
    ranking = sorted(done, key=lambda row: (figure(row, RANKED) is None, -(figure(row, RANKED) or 0)))
    lines = [Line(row, _figures(row, columns)) for row in ranking[:SHOWN_ROWS]]
    names = list(varied(report.rows)) or [name for name in (report.rows[0].params if report.rows else {}) if name in report.spec]
    return render(
        "grid.html",
        report=report,
        synthetic=str(report.context.get("datasource_version", "")).split(":", maxsplit=1)[0] == "sample",
        verdicts=VERDICTS,
        trials=trials_of(report.diagnosis),
        indicators=indicators_of(report.diagnosis),
        overview=_overview(report, done),
        columns=[_METRICS[key] for key in columns],
        names=names,
        champions=_champions(done, columns),
        pictures=pictures_of(report.rows),
        labels={row.key: row.label for row in METRICS},
        ranking=lines,
        has_few=any(one.is_few for line in lines for one in line.figures),
        statuses=STATUSES,
        messages=MESSAGES,
        succeeded=len(done),
        failures=_failures(report.rows),
        fixed=_fixed(report, names),
        spec=[(name, _values(report.spec[name])) for name in _in_order(report)],
        configuration=configuration_of(report.context, report.identity),
    )


_METRICS = {row.key: row for row in METRICS}


def _figures(row: GridRow, columns: Sequence[str]) -> list[Figure]:
    stats = row.stats or {}
    few = too_small(stats) if {"sessions", "trades"} <= stats.keys() else ()
    return [_figure(key, figure(row, key), key in few) for key in columns]


def _figure(key: str, value: float | int | None, is_few: bool = False) -> Figure:
    if value is None:
        return Figure(NOTHING)
    if key in SIGNED:
        return Figure(signed_percent(value), tone(value), is_few)
    return Figure(percent(value) if _METRICS[key].unit == "rate" else number(value), "", is_few)


def _champions(done: Sequence[GridRow], columns: Sequence[str]) -> list[Line]:
    """The best by each of a few metrics; one line where one run is the best by several."""
    titles: dict[int, list[Words]] = {}
    found: dict[int, GridRow] = {}
    for key in BEST_BY:
        row = best(done, key)
        if row is not None:
            found[id(row)] = row
            titles.setdefault(id(row), []).append(_METRICS[key].label)
    return [Line(row, _figures(row, columns), titles[name]) for name, row in found.items()]


def _overview(report: GridReport, done: Sequence[GridRow]) -> list[tuple[Words, Figure]]:
    """How the combinations did as a whole: of an edge that is there, most of them have something."""
    returns = [value for row in done if (value := figure(row, RANKED)) is not None]
    excess = [value for row in done if (value := figure(row, "excess_return")) is not None]
    ratios = [value for row in done if (value := figure(row, JUDGED)) is not None]
    found = [
        (Words("组合数", "Combinations"), Figure(number(len(report.rows)))),
        (Words("成功", "Succeeded"), Figure(number(len(done)))),
        (Words("未成功", "Did not succeed"), Figure(number(len(report.rows) - len(done)), "bad" if len(done) < len(report.rows) else "")),
        (Words("被约束排除", "Excluded by require"), Figure(number(report.skipped))),
    ]
    if returns:
        found.append((Words("盈利组合占比", "Share that earned"), Figure(percent(sum(one > 0 for one in returns) / len(returns), 1))))
        found.append((Words("收益中位数", "Median return"), _figure("return", median(returns))))
    if excess:
        found.append((Words("跑赢基准占比", "Share above benchmark"), Figure(percent(sum(one > 0 for one in excess) / len(excess), 1))))
    if ratios:
        found.append((Words("夏普中位数", "Median Sharpe ratio"), Figure(number(float(median(ratios))))))
    return found


def _failures(rows: Sequence[GridRow]) -> list[tuple[str, str, int, GridRow]]:
    """Status, message, how many, the first of them; the most frequent first."""
    told = Counter((row.status, row.message) for row in rows if row.status != "succeeded")
    first = {(row.status, row.message): row for row in reversed(rows)}
    return [(*key, count, first[key]) for key, count in told.most_common(SHOWN_FAILURES)]


def _fixed(report: GridReport, names: Sequence[str]) -> dict[str, float | int]:
    """The parameters that all runs have in common."""
    return {name: value for name, value in report.rows[0].params.items() if name not in names} if report.rows else {}


def _in_order(report: GridReport) -> list[str]:
    """The names that were asked for, in the strategy's own order; a store forgets the order of keys."""
    own = list(report.rows[0].params) if report.rows else []
    return sorted(report.spec, key=lambda name: own.index(name) if name in own else len(own))


def _values(wanted: Any) -> Words | str:
    if isinstance(wanted, Mapping) and {"start", "stop", "step"} <= wanted.keys():
        return Words("{start:.10g} 至 {stop:.10g}，步长 {step:.10g}", "{start:.10g} to {stop:.10g} by {step:.10g}").filled(**wanted)
    if isinstance(wanted, list | tuple):
        return ", ".join(f"{value:.10g}" for value in wanted[:60]) + (f" … ({len(wanted)})" if len(wanted) > 60 else "")
    return str(wanted)
