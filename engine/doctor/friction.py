"""Do costs leave anything: fees against what was earned before them, and how little more a trade may cost."""

from engine.doctor.case import Case
from engine.doctor.check import Check, Found
from engine.words import Words

MOST_IN_FEES = 0.3
"""Share of what was earned before fees."""
THINNEST = 10.0
"""Basis points (1 / 10,000) of what was traded."""


def _costs(case: Case) -> Found | None:
    """Commission, stamp duty and transfer fees; tax on dividends comes with holding, not with trading."""
    fees = case.tallies.fees
    before = case.pnl + fees
    if before <= 0 or fees <= before * MOST_IN_FEES:
        return None
    return {"fees": fees / 1000, "before": before / 1000, "share": fees / before, "pnl": case.pnl / 1000}


def _thin_edge(case: Case) -> Found | None:
    traded = case.tallies.turnover
    if case.pnl <= 0 or traded == 0 or case.pnl * 10_000 >= THINNEST * traded:
        return None
    return {"margin": case.pnl * 10_000 / traded, "slippage": _slippage(case)}


def _slippage(case: Case) -> Words:
    if case.terms.slippage == 0:
        return Words("没有计滑点", "no slippage was counted")
    return Words("已计滑点", "slippage was counted already")


CHECKS = (
    Check(
        "COSTS",
        "warning",
        Words("费用吃掉了大部分盈利", "Fees eat what is earned"),
        Words(
            "扣费前盈利，而费用超过其 {most:.0%}（包括扣费后亏损）",
            "a profit before fees of which fees take above {most:.0%}, or more than all",
        ),
        Words(
            "扣费前盈利 {before:,.0f} 元，佣金、印花税与过户费共 {fees:,.0f} 元（{share:.0%}），净 {pnl:,.0f} 元。",
            "Before fees it earned {before:,.0f} yuan; all fees took {fees:,.0f} ({share:.0%}), {pnl:,.0f} is left.",
        ),
        Words(
            "交易过于频繁或单笔太小（最低佣金）。请延长持有、减少换手、提高单笔金额，或核对佣金设置。",
            "It trades too often, or so small that the minimum commission bites. Hold longer, trade fewer and larger orders.",
        ),
        _costs,
        {"most": MOST_IN_FEES},
    ),
    Check(
        "THIN_EDGE",
        "warning",
        Words("每笔利润太薄", "The margin of a trade is thin"),
        Words(
            "总体盈利，但平均每成交一元只赚不到 {least:g} 个基点（万分之一）",
            "a profit, but below {least:g} basis points of what was traded",
        ),
        Words(
            "净盈利只相当于成交额的 {margin:.1f} 个基点（{slippage}）。",
            "The profit is {margin:.1f} basis points of what was traded ({slippage}).",
        ),
        Words(
            "买卖各多滑点这么多，盈利就归零；A 股一个最小价位往往就有几个基点。请加大滑点再回测。",
            "So much more slippage on each side leaves nothing; one tick is often several basis points. Run again with more slippage.",
        ),
        _thin_edge,
        {"least": THINNEST},
    ),
)
