"""What a context says of its dataset before anything is computed, a line each: a grid's runs have no findings of their own."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.words import Words

UNLISTED = Words("区间内不能交易：{codes}", "Cannot be traded in the window: {codes}")
MORE = Words("等 {count} 只", ", {count} in all")
SHORT = Words("指标最多需要区间前 {wanted} 根K线，数据只有 {got} 根", "Bars before the window: {wanted} may be needed, the data have {got}")
TODAYS = Words("行业 {names} 是今天的，不是当年的（没有 industries 表）", "Industries {names} are today's (no table industries)")
_SHOWN = 5
"""Codes that are told by name."""


def told_beforehand(context: Mapping[str, Any]) -> Iterator[Words]:
    """Of a backtest's resolved context; nothing where all is there that was asked for."""
    if rows := context.get("cannot_trade"):
        from engine.doctor.asked import REASONS  # noqa: PLC0415  loads the engine, which most commands do without

        told = [(row["code"], REASONS[row["reason"]].filled(date=row["date"])) for row in rows[:_SHOWN]]
        more = MORE.filled(count=len(rows)) if len(rows) > _SHOWN else Words("", "")
        zh = "、".join(f"{code}（{why.zh}）" for code, why in told) + more.zh
        en = ", ".join(f"{code} ({why.en})" for code, why in told) + more.en
        yield Words(UNLISTED.zh.format(codes=zh), UNLISTED.en.format(codes=en))
    if names := context.get("todays_industries"):
        yield TODAYS.filled(names=", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else ""))
    if short := context.get("warm_up"):
        yield SHORT.filled(**short)
