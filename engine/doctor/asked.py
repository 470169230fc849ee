"""Is everything there that was asked for: stocks by their codes, a universe on every day, bars before the window."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from engine.doctor.case import Case, day_of
from engine.doctor.check import Check, Found
from engine.market import has_bar
from engine.words import Words

_SHOWN = 5
"""Codes that are told by name."""
SILENT = Words("区间内没有行情", "no bar in the window")
REASONS = {"delisted": Words("{date} 已退市", "delisted on {date}"), "listed_later": Words("{date} 才上市", "listed on {date}")}
"""Why a code is not listed in the window, as the context tells it."""


def _cannot_trade(case: Case) -> Found | None:
    named = sorted(set(_codes(case.context.get("universe"))))
    if not named or not case.dates.size:
        return None
    inside = np.flatnonzero(np.logical_or.reduce(has_bar(case.market)[case.market.window_start :]))
    traded = {case.market.codes[column] for column in inside.tolist()}
    without = [code for code in named if code not in traded]
    if not without:
        return None
    reasons = {row["code"]: REASONS[row["reason"]].filled(date=row["date"]) for row in case.context.get("cannot_trade", ())}
    told = [(code, reasons.get(code, SILENT)) for code in islice(without, _SHOWN)]
    more = Words(f" 等 {len(without)} 只", f" and {len(without) - _SHOWN} more") if len(without) > _SHOWN else Words("", "")
    zh, en = "、".join(f"{code}（{why.zh}）" for code, why in told), ", ".join(f"{code} ({why.en})" for code, why in told)
    return {"codes": len(without), "named": len(named), "told": Words(zh + more.zh, en + more.en)}


def _codes(universe: object) -> Iterator[str]:
    """Of a universe as the context says it, whatever it is made of; nothing where it names no codes."""
    if isinstance(universe, Mapping):
        for key in ("from", "codes", "any", "parts", "within"):
            yield from _codes(universe.get(key))
    elif isinstance(universe, Sequence) and not isinstance(universe, str):
        for each in universe:
            yield from (each,) if isinstance(each, str) else _codes(each)


def _empty_days(case: Case) -> Found | None:
    start = case.market.window_start
    sessions = case.market.sessions[start:]
    having = np.unique(sessions[case.market.member[start:].any(axis=1)])
    empty = np.setdiff1d(sessions, having)
    if not empty.size:
        return None
    return {"sessions": int(empty.size), "of": int(case.dates.size), "first": day_of(int(empty[0])), "last": day_of(int(empty[-1]))}


def _short_warm_up(case: Case) -> Found | None:
    told = case.context.get("warm_up")
    return dict(told) if told and told["got"] < told["wanted"] else None


CHECKS = (
    Check(
        "CANNOT_TRADE",
        "warning",
        Words("有的股票在区间内不能交易", "Some of the stocks cannot be traded"),
        Words("指定的代码在区间内没有一根K线", "a code that the universe names has no bar in the window"),
        Words(
            "指定的 {named} 只代码中，{codes} 只在区间内没有行情：{told}。", "Codes without a bar, {codes} of the {named} named: {told}."
        ),
        Words(
            "资金只在其余的代码中使用，结果不是对整份名单的回测。请去掉它们或改换区间；若是缺数据，请先导入行情。",
            "The others share the money, so this is no test of the whole list. Take them out or take another window; "
            "where only the data lack them, import their bars.",
        ),
        _cannot_trade,
    ),
    Check(
        "EMPTY_UNIVERSE",
        "warning",
        Words("有的日子股票池是空的", "The universe is empty on some days"),
        Words("区间内有的交易日没有一只股票属于股票池", "there are sessions of the window on which no stock belongs to the universe"),
        Words(
            "{of} 个交易日中有 {sessions} 个股票池为空，第一个是 {first}，最后一个是 {last}。",
            "Sessions with an empty universe, {sessions} of {of}: the first is {first}, the last {last}.",
        ),
        Words(
            "这些日子只能卖不能买。多半是指数成分或排名所用的数据开始得比区间晚，或指定的代码还没有上市。请把区间缩短到有数据的日子。",
            "Nothing can be bought then. Mostly the lists of the index or the ranked figures begin later than the window, or the codes "
            "were not listed. Take a window that the data cover.",
        ),
        _empty_days,
    ),
    Check(
        "SHORT_WARM_UP",
        "info",
        Words("区间前的数据不够预热", "The data begin too late for the warm-up"),
        Words("区间前的K线少于指标最多需要的根数", "there are fewer bars before the window than the indicators may need"),
        Words(
            "指标最多需要区间前 {wanted} 根K线，数据里只有 {got} 根。",
            "Bars before the window that indicators may need: {wanted}; there are {got}.",
        ),
        Words(
            "开头的一段没有信号，或信号不全，资金因此闲置。请把起始日推后，或导入更早的行情。",
            "The first sessions have no signals, or not all of them, and the money waits. Start later, or import earlier bars.",
        ),
        _short_warm_up,
    ),
)
