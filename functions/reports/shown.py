"""A run's statistics as a page shows them: chosen, grouped, with their units, and marked where they rest on too little."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from engine.statistics.metrics import METRICS, Metric
from engine.words import Words
from functions.reports import figures

STRIP = (
    "return",
    "annual_return",
    "benchmark_return",
    "excess_return",
    "max_dd",
    "volatility",
    "sharpe",
    "sortino",
    "calmar",
    "win_rate",
    "profit_factor",
    "trades",
)
"""What is seen first, in this order."""

GROUPS = (
    (
        Words("收益与风险", "Return and risk"),
        (
            "pnl",
            "best_session",
            "worst_session",
            "positive_sessions",
            "var_95",
            "cvar_95",
            "skew",
            "kurtosis",
            "max_dd_start",
            "max_dd_trough",
            "max_dd_recovery",
            "max_dd_sessions",
            "sessions",
        ),
    ),
    (Words("相对基准", "Against the benchmark"), ("alpha", "beta", "information_ratio", "tracking_error")),
    (Words("交易", "Trading"), ("payoff", "expectancy", "holding", "exposure", "time_in_market", "turnover", "refused")),
    (
        Words("费用与红利", "Costs and dividends"),
        ("fees", "commission", "stamp_duty", "transfer_fee", "cost_share", "dividends", "dividend_tax"),
    ),
)
"""What follows below. Statistics that stand nowhere here are shown in a group of their own."""

SIGNED = frozenset(
    ("pnl", "return", "annual_return", "benchmark_return", "excess_return", "alpha", "expectancy", "best_session", "worst_session")
)
"""Gains and losses: with a sign and a colour."""

UNITS = {"yuan": Words("元", "CNY"), "sessions": Words("日", "sessions"), "per year": Words("倍/年", "a year")}
"""Written after the figure; a rate has its percent sign, the others need none."""


class Shown(NamedTuple):
    label: Words
    text: str
    unit: Words
    style: str
    """up, down or nothing."""
    hint: str
    """Formula and source."""
    is_few: bool
    """It rests on too few sessions or trades."""


def strip(stats: Mapping[str, float | int | None], too_small: Collection[str]) -> list[Shown]:
    return _chosen(STRIP, stats, too_small)


def groups(stats: Mapping[str, float | int | None], too_small: Collection[str]) -> list[tuple[Words, list[Shown]]]:
    """All that the strip leaves out."""
    known = {*STRIP, *(key for _, keys in GROUPS for key in keys)}
    others = [key for key in stats if key not in known]
    found = [(title, _chosen(keys, stats, too_small)) for title, keys in (*GROUPS, (Words("其他", "Others"), others))]
    return [(title, rows) for title, rows in found if rows]


def _chosen(keys: Iterable[str], stats: Mapping[str, float | int | None], too_small: Collection[str]) -> list[Shown]:
    return [show(key, stats[key], key in too_small) for key in keys if key in stats]


def show(key: str, value: float | int | None, is_few: bool = False) -> Shown:
    """A statistic without a row (of an older run) is shown by its key."""
    metric = _METRICS.get(key)
    unit = metric.unit if metric else ""
    is_signed = key in SIGNED
    style = figures.tone(value) if is_signed else ""
    text = (figures.arrow(value) if is_signed else "") + _written(value, unit, is_signed)
    after = UNITS.get(unit, Words("", "")) if value is not None else Words("", "")
    return Shown(metric.label if metric else Words(key, key), text, after, style, _hint(metric), is_few and value is not None)


def _written(value: float | int | None, unit: str, is_signed: bool) -> str:
    if unit == "rate":
        return figures.signed_percent(value) if is_signed else figures.percent(value)
    if unit == "date":
        return figures.day(None if value is None else int(value))
    return figures.signed_number(value) if is_signed else figures.number(value)


def _hint(metric: Metric | None) -> str:
    return f"{metric.formula} ({metric.source})" if metric else ""


_METRICS: Mapping[str, Metric] = {metric.key: metric for metric in METRICS}
