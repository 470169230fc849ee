"""What a page says about a run, as values. Money in li, dates as YYYYMMDD, rates as fractions (0.05 is 5%)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.doctor.finding import Finding
from engine.simulation.holdings import Position
from engine.simulation.trades import Trade
from engine.statistics.tables import Drawdown, Period, Rolling, TradeGroup
from engine.words import Words
from functions.reports.curve import Curve


class MoneyRow(NamedTuple):
    """A line of the account: what came (more than nothing) and what went, in li; or the sum of the lines above."""

    what: Words
    li: int
    is_sum: bool = False


class RefusalCount(NamedTuple):
    side: Words
    reason: Words
    times: int
    earned: float | None = None
    """The mean return of the purchases had they been filled; None where none had a price, and for sales."""


class OrderCount(NamedTuple):
    """Orders that may rest, of one side and origin."""

    side: Words
    origin: Words
    placed: int
    ends: Sequence[tuple[Words, int]]
    """How they ended, and how many of them."""


@dataclass(frozen=True)
class Report:
    """Nothing in it is looked up or computed anew by the page, so that page, stored statistics and API cannot disagree."""

    strategy_name: str
    params: Mapping[str, float | int]
    context: Mapping[str, Any]
    """The backtest's resolved context: universe, window, initial_cash, datasource_version ..."""
    stats: Mapping[str, float | int | None]
    curve: Curve
    initial_cash: int
    too_small: Sequence[str] = ()
    """Keys of the statistics that say little, because there were too few sessions or trades."""
    monthly: Sequence[Period] = ()
    yearly: Sequence[Period] = ()
    drawdowns: Sequence[Drawdown] = ()
    """Deepest first."""
    rolling: Rolling | None = None
    by_stock: Sequence[TradeGroup] = ()
    """By profit, the most first."""
    by_exit_reason: Sequence[TradeGroup] = ()
    findings: Sequence[Finding] = ()
    proof: Mapping[str, Any] | None = None
    """Proof.to_json(): whether the signals know no future; None for orders from outside."""
    """Serious ones first."""
    money: Sequence[MoneyRow] = ()
    """From the initial cash to the equity at the end."""
    trades: Sequence[Trade] = ()
    holdings: Sequence[Position] = ()
    orders: Sequence[OrderCount] = ()
    refusals: Sequence[RefusalCount] = ()
    identity: Mapping[str, str] = field(default_factory=dict)
    """Names by content, shown as they are: strategy identity, engine version, rules version, content hash, run id."""
