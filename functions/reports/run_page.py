"""The page of a run: what it earned and whether to believe it, from the verdicts at the top to the last trade."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from engine.doctor.examine import NOTHING_FOUND
from engine.statistics.tables import Rolling, TradeGroup
from engine.words import Words
from functions.reports import shown
from functions.reports.axes import money_label, number_label, percent_label
from functions.reports.bars import yearly_bars
from functions.reports.charts import Chart, Label, Line, is_there, line_chart
from functions.reports.configuration import configuration_of
from functions.reports.curve import Curve
from functions.reports.months import MONTHS, year_rows
from functions.reports.rendering import render
from functions.reports.report import Report
from functions.reports.words import EXITS, SEVERITIES, named

SHOWN_TRADES = 200
SHOWN_STOCKS = 20

STRATEGY, BENCHMARK = Words("策略", "Strategy"), Words("基准", "Benchmark")


def render_run(report: Report) -> str:
    """The page's HTML."""
    curve = report.curve
    drawn = curve if len(curve.sessions) > 1 else Curve([], [], [])  # one session is a point, and no curve
    dataset = str(report.context.get("datasource_version", ""))
    wealth = _wealth(drawn)
    return render(
        "run.html",
        report=report,
        synthetic=dataset.split(":", maxsplit=1)[0] == "sample",
        window=(curve.sessions[0], curve.sessions[-1]) if curve.sessions else (None, None),
        strip=shown.strip(report.stats, report.too_small),
        groups=shown.groups(report.stats, report.too_small),
        equity_chart=line_chart(wealth),
        log_chart=line_chart(wealth, is_log=True),
        drawdown_chart=line_chart(_one(drawn, drawn.drawdown, "down", Words("回撤", "Drawdown"), percent_label, 130)),
        excess_chart=line_chart(_one(drawn, drawn.excess, "other", Words("超额", "Excess"), percent_label, 130)),
        has_gap=any(value is None for value in curve.benchmark),
        months=MONTHS,
        years=year_rows(report.monthly, report.yearly),
        yearly_chart=yearly_bars(report.yearly),
        rolling_charts=list(_rolling(report.rolling, curve)),
        exits=EXITS,
        severities=SEVERITIES,
        nothing_found=NOTHING_FOUND,
        named=named,
        stocks=_ends(report.by_stock),
        trades=report.trades[:SHOWN_TRADES],
        configuration=configuration_of(report.context, report.identity),
        earned=any(row.earned is not None for row in report.refusals),
    )


def _wealth(curve: Curve) -> Chart:
    lines = [Line([li / 1000 for li in curve.equity], "curve", STRATEGY, is_filled=True)]
    if curve.benchmark:
        lines.insert(0, Line(curve.benchmark, "other", BENCHMARK))
    return Chart(curve.sessions, lines, money_label)


def _one(curve: Curve, values: Sequence[float | None], style: str, name: Words, label: Label, height: int) -> Chart:
    """A line that is filled down or up to nought."""
    return Chart(curve.sessions, [Line(values, style, name, is_filled=True)], label, height, base=0.0)


def _rolling(rolling: Rolling | None, curve: Curve) -> Iterator[tuple[Words, Markup]]:
    if rolling is None:
        return
    for name, values, label in (
        (Words("夏普比率", "Sharpe"), rolling.sharpe, number_label),
        (Words("年化波动", "Volatility"), rolling.volatility, percent_label),
        (Words("贝塔", "Beta"), rolling.beta, number_label),
    ):
        known = [value if is_there(value) else None for value in values.tolist()]
        if any(value is not None for value in known):
            yield name, line_chart(Chart(curve.sessions, [Line(known, "curve", name)], label, 130, base=0.0))


def _ends(groups: Sequence[TradeGroup]) -> list[TradeGroup]:
    """All of a few; of many those that earned and those that lost the most."""
    half = SHOWN_STOCKS // 2
    return [*groups] if len(groups) <= SHOWN_STOCKS else [*groups[:half], *groups[-half:]]
