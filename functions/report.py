"""One run as a self-contained page: no script, font or picture from elsewhere, so that it can be kept, mailed and printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from functions.charts import Series, line_chart

SHOWN_TRADES = 200


class TradeRow(NamedTuple):
    """A closed round trip. Prices and money in li, dates as YYYYMMDD."""

    ts_code: str
    entry_date: int
    entry_price: int
    exit_date: int
    exit_price: int
    shares: int
    fees: int
    pnl: int
    profit: float
    """Profit over cost, 0.05 is 5%."""
    holding_sessions: int
    exit_reason: str


class HoldingRow(NamedTuple):
    """What is held at the end. Prices and money in li."""

    ts_code: str
    shares: int
    entry_date: int
    entry_price: int
    last_price: int
    value: int
    pnl: int


class MoneyRow(NamedTuple):
    """A line of the account: what came (more than nothing) and what went, in li; or the sum of the lines above."""

    what: str
    li: int
    is_sum: bool = False


class RefusalCount(NamedTuple):
    reason: str
    times: int
    earned: float | None = None
    """The mean return of the purchases had they been filled; None where none had a price, and for sales."""


class OrderCount(NamedTuple):
    """Orders that may rest, of one side and origin."""

    what: str
    placed: int
    ends: Sequence[tuple[str, int]]
    """How they ended, and how many of them."""


@dataclass(frozen=True)
class Report:
    """What a page says about a run. Nothing in it is looked up or computed anew, so the page and the API cannot disagree."""

    strategy_name: str
    params: Mapping[str, float | int]
    context: Mapping[str, Any]
    """The backtest's resolved context: universe, window, initial_cash, datasource_version ..."""
    stats: Mapping[str, float | int | None]
    sessions: Sequence[int]
    """YYYYMMDD of each value of `equity`."""
    equity: Sequence[int]
    """li, at each close of the window."""
    initial_cash: int
    """li"""
    money: Sequence[MoneyRow] = ()
    """From the initial cash to the equity at the end."""
    trades: Sequence[TradeRow] = ()
    holdings: Sequence[HoldingRow] = ()
    orders: Sequence[OrderCount] = ()
    refusals: Sequence[RefusalCount] = ()
    identity: Mapping[str, str] = field(default_factory=dict)
    """Names by content, shown as they are: strategy identity, engine version, rules version, content hash, run id."""


def render_report(report: Report) -> str:
    """The page's HTML. Every text that comes from outside is escaped."""
    dataset = str(report.context.get("datasource_version", ""))
    wealth = [value / 1000 for value in report.equity]
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            strip=_strip(report.stats),
            others=_others(report.stats),
            synthetic=dataset.split(":", maxsplit=1)[0] == "sample",
            equity_chart=line_chart(Series(report.sessions, wealth), height=300, style="equity"),
            drawdown_chart=line_chart(
                Series(report.sessions, drawdowns(report.equity, report.initial_cash)), height=150, style="drawdown", percent=True, base=0.0
            ),
            window=(day(report.sessions[0]), day(report.sessions[-1])) if report.sessions else ("", ""),
            trades=report.trades[:SHOWN_TRADES],
            configuration=[
                (_NAMES.get(key, key), _setting(key, value)) for key, value in sorted(report.context.items()) if value is not None
            ],
            earned=any(row.earned is not None for row in report.refusals),
            identity=[(_NAMES.get(key, key), value) for key, value in report.identity.items()],
        )
    )


def drawdowns(equity: Sequence[int], initial_cash: int) -> list[float]:
    """Each value's distance below the highest so far, the initial cash included; at most 0."""
    peaks = list(accumulate(equity, max, initial=initial_cash))[1:]
    return [value / peak - 1 for value, peak in zip(equity, peaks, strict=True)]


def yuan(li: int, decimals: int = 2) -> str:
    """Exact money with thousands marks: 1,234.56; the third decimal where it is asked for or not zero."""
    sign, li = ("-", -li) if li < 0 else ("", li)
    text = f"{li // 1000:,}.{li % 1000:03d}"
    return sign + (text[:-1] if decimals == 2 and text.endswith("0") else text)


def day(session: int) -> str:
    return f"{session // 10_000}-{session // 100 % 100:02d}-{session % 100:02d}"


# Key of the statistic, Chinese label, English label, how it is shown.
_STRIP = (
    ("return", "总收益", "Return", "signed percent"),
    ("annual_return", "年化收益", "Annual return", "signed percent"),
    ("max_dd", "最大回撤", "Max drawdown", "percent"),
    ("sharpe", "夏普比率", "Sharpe", "number"),
    ("sortino", "索提诺比率", "Sortino", "number"),
    ("calmar", "卡玛比率", "Calmar", "number"),
    ("volatility", "年化波动", "Volatility", "percent"),
    ("win_rate", "胜率", "Win rate", "percent"),
    ("profit_factor", "获利因子", "Profit factor", "number"),
    ("trades", "交易次数", "Trades", "count"),
    ("pnl", "盈亏(元)", "Profit (CNY)", "signed money"),
    ("fees", "费用(元)", "Fees (CNY)", "money"),
)

_OTHERS = (
    ("payoff", "盈亏比", "Payoff", "number"),
    ("expectancy", "每笔期望(元)", "Expectancy", "signed money"),
    ("holding", "平均持有(日)", "Sessions", "number"),
    ("turnover", "年换手(倍)", "Turnover", "number"),
    ("commission", "佣金(元)", "Commission", "money"),
    ("stamp_duty", "印花税(元)", "Stamp duty", "money"),
    ("transfer_fee", "过户费(元)", "Transfer fees", "money"),
    ("dividends", "现金红利(元)", "Dividends", "money"),
    ("dividend_tax", "红利税(元)", "Dividend tax", "money"),
    ("refused", "被拒次数", "Refusals", "count"),
)

_NAMES = {
    "benchmark": "基准 benchmark",
    "costs": "费用 costs",
    "datasource_version": "数据版本 dataset",
    "dividends": "分红处理 dividends",
    "execution": "成交 execution",
    "frequency": "周期 bars",
    "initial_cash": "初始资金 initial cash",
    "universe": "股票池 universe",
    "window": "区间 window",
    "strategy": "策略 strategy",
    "table": "表格 table",
    "settings": "设置 settings",
    "engine version": "引擎版本 engine version",
    "rules version": "规则版本 rules version",
    "content hash": "内容哈希 content hash",
    "run": "运行 run",
}
"""Of the configuration; what is not here is called by its key."""


Shown = tuple[str, str, str, str]


def _strip(stats: Mapping[str, float | int | None]) -> list[Shown]:
    return [(chinese, english, *_shown(stats[key], kind)) for key, chinese, english, kind in _STRIP if key in stats]


def _others(stats: Mapping[str, float | int | None]) -> list[Shown]:
    """Those that the strip leaves out; new ones are shown under their key."""
    known = {row[0] for row in (*_STRIP, *_OTHERS)}
    named = [(chinese, english, *_shown(stats[key], kind)) for key, chinese, english, kind in _OTHERS if key in stats]
    return named + [("", key, "—" if value is None else _plain(value), "") for key, value in stats.items() if key not in known]


def _shown(value: float | int | None, kind: str) -> tuple[str, str]:
    """Text and colour class: red rises, green falls, and a sign or an arrow says it too."""
    if value is None:
        return "—", ""
    signed = kind.startswith("signed")
    style = ("up" if value > 0 else "down" if value < 0 else "") if signed else ""
    arrow = {"up": "▲ ", "down": "▼ "}.get(style, "")
    sign = "+" if signed else ""
    if kind.endswith("percent"):
        return f"{arrow}{value * 100:{sign}.2f}%", style
    if kind.endswith("money"):
        return f"{arrow}{value:{sign},.2f}", style
    return (f"{value:,}" if kind == "count" else f"{value:.2f}"), style


def _setting(key: str, value: Any) -> str:
    if key == "window" and isinstance(value, Mapping) and set(value) == {"start", "end"}:
        return f"{value['start']} – {value['end']}"
    return f"{value:,}" if key == "initial_cash" and isinstance(value, int) else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items()) or "—"
    if isinstance(value, list | tuple):
        shown = ", ".join(_plain(item) for item in value[:30])
        return shown + (f" … ({len(value)})" if len(value) > 30 else "")
    return str(value)


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("functions", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"yuan": yuan, "day": day}
    return environment
