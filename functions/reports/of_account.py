"""A finished run's account for its report: where the money went, what became of orders, what was refused."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from engine.doctor.refusal_words import REJECTS
from engine.simulation.events import Refusal
from engine.simulation.outcome import Outcome, Reject
from engine.simulation.placed import Order
from engine.words import Words
from functions.reports.report import MoneyRow, OrderCount, RefusalCount
from functions.reports.words import ENDS, FLOWS, ORIGINS, SIDES


def money(outcome: Outcome, initial_cash: int) -> Iterator[MoneyRow]:
    """Each kind of money that came or went, and the sums that it comes to."""
    yield MoneyRow(Words("初始资金", "initial cash"), initial_cash)
    for name, words, sign in FLOWS:
        if li := getattr(outcome.tallies, name):
            yield MoneyRow(words, sign * li)
    yield MoneyRow(Words("现金", "cash"), outcome.cash, is_sum=True)
    if outcome.receivable:
        yield MoneyRow(Words("应收红利", "dividends due"), outcome.receivable)
    equity = int(outcome.equity[-1]) if len(outcome.equity) else outcome.cash
    if outcome.holdings:
        yield MoneyRow(Words("持仓市值", "holdings"), equity - outcome.cash - outcome.receivable)
    yield MoneyRow(Words("期末权益", "equity"), equity, is_sum=True)


def refused(rows: Iterable[Refusal]) -> Iterator[RefusalCount]:
    """By side and rule, the most frequent first."""
    found = defaultdict[tuple[str, Reject], list[float | None]](list)
    for row in rows:
        found[row.side, row.reject].append(row.earned)
    for (side, reject), all_earned in sorted(found.items(), key=lambda item: -len(item[1])):
        earned = [each for each in all_earned if each is not None]
        yield RefusalCount(SIDES[side], REJECTS[reject], len(all_earned), sum(earned) / len(earned) if earned else None)


def placed(rows: Iterable[Order]) -> Iterator[OrderCount]:
    """By origin and side: how many, and how they ended, the most frequent first."""
    found = defaultdict[tuple[str, str], Counter[str]](Counter)
    for row in rows:
        found[row.origin, row.side][_partly(row)] += 1
    for (origin, side), ends in sorted(found.items()):
        yield OrderCount(SIDES[side], ORIGINS[origin], ends.total(), [(ENDS[end], times) for end, times in ends.most_common()])


def _partly(row: Order) -> str:
    return "partly" if row.filled and row.ended not in ("filled", "open") else row.ended
