"""Is it compared fairly: stocks chosen with hindsight, and the benchmark."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from engine.doctor.case import Case, day_of
from engine.doctor.check import Check, Found
from engine.statistics import SESSIONS_A_YEAR
from engine.words import Words

LONGEST_LIST = SESSIONS_A_YEAR
"""Sessions after which a list of stocks is hindsight."""
DELISTINGS_A_YEAR = 0.002
"""Share of the stocks. Mainland exchanges delisted about 0.1% a year in the 2010s and 0.4% to 0.9% since 2020: a low guess, to be fair."""
LEAST_DELISTINGS = 3.0
"""So many are expected before it is told that there is none: by chance that happens one time in twenty."""
CLOSE_BETA = 0.05
CLOSE_TRACKING = 0.02
_MOST_RANGES = 3


def _survivorship(case: Case) -> Found | None:
    """Orders from outside name their stocks on the day; funds are no companies that fail."""
    if case.dates.size <= LONGEST_LIST or case.is_from_outside or not _is_list(case):
        return None
    stocks = sum(not board.startswith("fund") and board != "index" for board in case.market.boards)
    return {"stocks": stocks, "sessions": int(case.dates.size)} if stocks else None


def _is_list(case: Case) -> bool:
    """Whether the universe is a list of codes. Where the context does not say, the strategy does, and the doctor cannot know."""
    return _is_named(_universe(case))


def _is_named(universe: object) -> bool:
    """A list, the best of a list, or several lists."""
    if not isinstance(universe, Mapping):
        return isinstance(universe, Sequence) and not isinstance(universe, str)
    parts = universe.get("any", universe.get("parts"))
    if isinstance(parts, Sequence) and not isinstance(parts, str):
        return all(_is_named(part) for part in parts)
    return "codes" in universe or _is_named(universe.get("within", ""))


def _todays_industries(case: Case) -> Found | None:
    names = case.context.get("todays_industries", ())
    return {"industries": Words("、".join(names), ", ".join(names))} if names else None


def _is_index(case: Case) -> bool:
    """Its members of each day: large companies, which are rarely delisted."""
    universe = _universe(case)
    return isinstance(universe, Mapping) and "index" in universe


def _universe(case: Case) -> object:
    """Of {"from": ..., "where": ...} the source."""
    universe = case.context.get("universe")
    return universe.get("from", universe) if isinstance(universe, Mapping) else universe


def _no_delisted(case: Case) -> Found | None:
    """Who chose from a lake's dataset has its word, for all of its stocks up to its last bar; else there is the market alone."""
    if _is_list(case):
        return None
    if "datasource_version" in case.context:
        told = case.context.get("survivors", {})
        stocks, years = told.get("stocks", 0), told.get("years", 0.0)
    elif _is_index(case) or case.dates.size <= LONGEST_LIST or (case.market.listings.delist_date > 0).any():
        return None
    else:
        stocks, years = case.market.shape[1], case.dates.size / SESSIONS_A_YEAR
    expected = stocks * years * DELISTINGS_A_YEAR
    return {"stocks": stocks, "years": years, "expected": expected} if expected >= LEAST_DELISTINGS else None


def _benchmark_gap(case: Case) -> Found | None:
    benchmark = case.market.benchmark
    if benchmark is None:
        return None
    missing = np.isnan(benchmark.closes)
    if not missing.any():
        return None
    gaps = [day_of(day) for day, gap in zip(case.dates.tolist(), missing[1:].tolist(), strict=True) if gap]
    ranges = _ranges(case, missing[1:].tolist())
    told = ", ".join(f"{first}..{last} ({count})" for first, last, count in ranges[:_MOST_RANGES])
    more = len(ranges) - _MOST_RANGES
    before = Words("区间前的参考价", "the reference before the window")
    where = Words(told, told) if gaps else before
    if more > 0:
        where = Words(f"{told} 等 {len(ranges)} 段", f"{told} and {more} more ranges")
    return {"benchmark": benchmark.code, "sessions": len(gaps), "ranges": where}


def _ranges(case: Case, missing: list[bool]) -> list[tuple[str, str, int]]:
    """(first, last, sessions) of each run of missing sessions."""
    found = []
    for gap, rows in groupby(zip(missing, case.dates.tolist(), strict=True), key=lambda row: row[0]):
        days = [day for _, day in rows]
        if gap:
            found.append((day_of(days[0]), day_of(days[-1]), len(days)))
    return found


def _no_benchmark(case: Case) -> Found | None:
    return {} if case.market.benchmark is None else None


def _like_benchmark(case: Case) -> Found | None:
    beta, tracking = case.figure("beta"), case.figure("tracking_error")
    if case.market.benchmark is None or beta is None or tracking is None:
        return None
    if abs(beta - 1) > CLOSE_BETA or tracking > CLOSE_TRACKING:
        return None
    return {"benchmark": case.market.benchmark.code, "beta": beta, "tracking_error": tracking}


CHECKS = (
    Check(
        "SURVIVORSHIP",
        "warning",
        Words("股票池是事后选定的名单", "The universe is a list from hindsight"),
        Words(
            "股票池是固定的股票代码，区间超过 {longest} 个交易日（一年）；基金不算",
            "the universe is a list of stocks' codes over more than {longest} sessions, a year; funds do not count",
        ),
        Words(
            "股票池固定为 {stocks} 只股票，而区间长达 {sessions} 个交易日。",
            "Stocks in the list: {stocks}, the same ones over {sessions} sessions.",
        ),
        Words(
            "今天记得住的股票多是活下来、涨得好的（幸存者偏差），当年并不知道要选它们。请改用指数成分（index）或按当日排名（rank）的股票池。",
            "The stocks that one thinks of today are those that did well (survivorship bias). "
            "Use an index's members of the day, or a ranking as of the day.",
        ),
        _survivorship,
        {"longest": LONGEST_LIST},
    ),
    Check(
        "TODAYS_INDUSTRIES",
        "warning",
        Words("行业是今天的，不是当年的", "The industries are today's"),
        Words(
            "股票池按行业选股，而数据里没有行业变动的历史（industries 表）",
            "the universe names industries, and the data know nothing of their past (the table industries)",
        ),
        Words("股票池中的行业：{industries}。", "Industries of the universe: {industries}."),
        Words(
            "公司会换行业，往往是在新业务做大之后：按今天的行业选当年的股票，看到了未来。请导入 industries 表。",
            "Companies change theirs, mostly once a new business has grown: who chooses the stocks of years ago by them looks ahead. "
            "Import the table industries.",
        ),
        _todays_industries,
    ),
    Check(
        "NO_DELISTED_STOCKS",
        "warning",
        Words("数据里没有退市股票", "The data know of no delisted stock"),
        Words(
            "按每年 {a_year:.1%} 估计，从区间起点到数据末尾应有 {least:g} 只以上退市，而数据里一只也没有；"
            "不知道数据全貌时只看区间：须超过 {longest} 个交易日，指数成分不算",
            "at {a_year:.1%} of the stocks a year {least:g} delistings or more are due from the window's start to the end of the data, but "
            "there is none; where all of the data is not known, within a window of over {longest} sessions, and members of an index do not "
            "count",
        ),
        Words(
            "股票池选自 {stocks} 只股票，{years:.1f} 年里预计约有 {expected:.0f} 只退市，实际一只也没有。",
            "Of the {stocks} stocks that the universe is taken from about {expected:.0f} should have been delisted in "
            "{years:.1f} years; none was.",
        ),
        Words(
            "很可能只导入了仍在上市的股票，收益因此偏高（幸存者偏差）。请导入含已退市股票的证券列表与行情。",
            "Most likely only today's stocks were imported, which flatters the result (survivorship bias). Import the delisted ones, too.",
        ),
        _no_delisted,
        {"longest": LONGEST_LIST, "a_year": DELISTINGS_A_YEAR, "least": LEAST_DELISTINGS},
    ),
    Check(
        "BENCHMARK_GAP",
        "warning",
        Words("基准行情有缺口", "The benchmark has gaps"),
        Words("基准在区间内缺少收盘价（包括区间前的参考价）", "a close of the benchmark is missing in the window, or the one before it"),
        Words(
            "{benchmark} 缺收盘价（区间内 {sessions} 个交易日）：{ranges}。",
            "{benchmark} lacks closes (sessions of the window: {sessions}): {ranges}.",
        ),
        Words(
            "缺口不会被填补，所以超额收益、alpha、beta 等都没有数值。请补齐指数行情、换一个基准，或避开缺口选区间。",
            "Gaps are never filled, so excess return, alpha and beta are not there. Import the index, take another one, or another window.",
        ),
        _benchmark_gap,
    ),
    Check(
        "NO_BENCHMARK",
        "info",
        Words("没有基准", "There is no benchmark"),
        Words("回测没有指定基准，数据里也没有可用的指数", "the backtest names none, and the data hold no index to take"),
        Words("没有可比较的基准。", "There is nothing to compare with."),
        Words(
            "牛市里随便买也赚钱。请指定一个指数或一只股票（benchmark）作为基准。",
            "In a rising market everything earns. Name an index or a stock as the benchmark.",
        ),
        _no_benchmark,
    ),
    Check(
        "LIKE_BENCHMARK",
        "info",
        Words("走势几乎就是基准", "It moves like its benchmark"),
        Words(
            "beta 与 1 相差不到 {beta_limit:g}，且年化跟踪误差不超过 {tracking_limit:.0%}",
            "beta within {beta_limit:g} of 1, and a tracking error of at most {tracking_limit:.0%} a year",
        ),
        Words(
            "相对 {benchmark} 的 beta 为 {beta:.2f}，年化跟踪误差 {tracking_error:.1%}。",
            "Against {benchmark}: beta {beta:.2f}, tracking error {tracking_error:.1%} a year.",
        ),
        Words(
            "买一只指数基金就能得到差不多的结果，费用更低。请看超额收益是否值得这些交易。",
            "An index fund gives about the same for less. See whether the excess is worth the trading.",
        ),
        _like_benchmark,
        {"beta_limit": CLOSE_BETA, "tracking_limit": CLOSE_TRACKING},
    ),
)
