"""All checks on one result, the gravest findings first."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from engine.doctor import asked, belief, comparison, concentration, evidence, filling, friction
from engine.doctor.case import Case
from engine.doctor.check import Check
from engine.doctor.finding import Finding, Severity
from engine.simulation.trades import Trade
from engine.words import Words

if TYPE_CHECKING:
    from engine.results import Result

CHECKS: tuple[Check, ...] = (
    *asked.CHECKS,
    *evidence.CHECKS,
    *belief.CHECKS,
    *filling.CHECKS,
    *concentration.CHECKS,
    *friction.CHECKS,
    *comparison.CHECKS,
)
"""In the order in which findings of one severity are told."""
NOTHING_FOUND = Words(
    f"{len(CHECKS)} 项检查均未发现问题；但这并不等于策略有效。",
    f"{len(CHECKS)} checks found nothing, which does not mean that the strategy works.",
)
"""What is told where there is no finding, so that nobody wonders whether anybody looked."""


def examine(result: "Result", context: Mapping[str, Any], closed: list[Trade] | None = None) -> tuple[Finding, ...]:
    """What a careful colleague would say. `context` is the backtest's resolved one; its universe may be None where nobody knows it.

    A run that was not recorded is examined by its figures and its open positions only. `closed`: its trades, if they were read already.
    """
    case = Case(result, context, closed)
    found = [finding for check in CHECKS if (finding := check.look(case)) is not None]
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))


_ORDER: tuple[Severity, ...] = get_args(Severity)
