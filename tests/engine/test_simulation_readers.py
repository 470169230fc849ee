"""Readers of the event log on logs written by hand: round trips, days, orders, what was missed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.market import FAR, Actions, Listings, Market
from engine.simulation.days import Day, days
from engine.simulation.events import AT_ONCE, Event, events, fills, refusals
from engine.simulation.holdings import last_close, last_closes, positions
from engine.simulation.missed import Missed
from engine.simulation.outcome import COLUMNS, Holding, Kind, Outcome, Phase, Reason, Reject, Tallies
from engine.simulation.placed import Order, orders
from engine.simulation.trades import trades

SESSIONS = (20240102, 20240103, 20240104, 20240105, 20240108)
CODES = ("600001.SH", "600002.SH", "600003.SH")
CLOSE = ((10_000, 5_000, 0), (10_100, 5_100, 0), (10_200, 5_200, 0), (10_300, 5_300, 0), (10_400, 5_300, 6_000))


def market_of(close: Any = CLOSE, sessions: tuple[int, ...] = SESSIONS, **others: Any) -> Market:
    prices = np.array(close, np.int32)
    bar, shape = prices > 0, prices.shape
    facts: dict[str, Any] = {
        "frequency": "1d",
        "dataset": "hand:v1",
        "times": np.arange(1, shape[0] + 1, dtype=np.int64) * 1_000,
        "sessions": np.array(sessions, np.int32),
        "window_start": 0,
        "codes": CODES[: shape[1]],
        "boards": ("main",) * shape[1],
        **{name: prices.copy() for name in ("open", "high", "close", "pre_close")},
        "low": np.where(bar, prices, FAR).astype(np.int32),
        **{name: np.full(shape, 10**6, np.int64) for name in ("volume", "amount", "adj_factor")},
        **{name: np.zeros(shape, np.int32) for name in ("limit_up", "limit_down", "listed_sessions")},
        **{name: np.ones(shape, np.uint8) for name in ("member", "is_st")},
        "fields": {},
        "listings": Listings.plain(shape[1]),
        "actions": Actions.none(),
    }
    return Market(**(facts | others))


def outcome_of(cash: int, *rows: tuple[Any, ...], **others: Any) -> Outcome:
    """Rows: bar, kind, stock, code, shares, price, value, commission, duty, transfer, tax; what is left out is 0.

    Refusals with a price happen inside the bar.
    """
    log = np.zeros((len(rows), COLUMNS), np.int64)
    for x, (bar, kind, *rest) in enumerate(rows):
        inside = kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL) and len(rest) > 3 and rest[3]
        log[x, : 3 + len(rest)] = (bar, Phase.INTRABAR if inside else Phase.FILL, kind, *rest)
    tallies = Tallies(*[0] * (len(Tallies._fields) - 1), ())
    return Outcome(
        **({"equity": np.zeros(0, np.int64), "tallies": tallies, "cash": cash, "receivable": 0, "holdings": (), "events": log} | others)
    )


def of(order: int, *row: Any) -> tuple[Any, ...]:
    """A row about a placed order."""
    return (*row, *[0] * (COLUMNS - 2 - len(row)), order)


def mark(bar: int, equity: int, frozen: int = 0) -> tuple[Any, ...]:
    return bar, Kind.MARK, -1, 0, 0, frozen, equity


def test_events_of_some_kinds_are_those_of_all_events() -> None:
    kinds = (Kind.BUY, Kind.MARK, Kind.SELL, Kind.REFUSED_BUY)
    told: list[int] = []
    outcome = outcome_of(0, *((n % 5, kinds[n % 4], n % 3, 1, n) for n in range(2 * AT_ONCE + 7)), reading=told.append)
    one_by_one = [Event(n, row[0], Phase(row[1]), Kind(row[2]), *row[3:]) for n, row in enumerate(outcome.events.tolist())]
    assert list(events(outcome)) == one_by_one
    assert all(type(event.kind) is Kind and type(event.phase) is Phase and type(event.bar) is int for event in events(outcome))
    told.clear()
    some = (Kind.MARK, Kind.REFUSED_BUY)
    assert list(events(outcome, some)) == [event for event in one_by_one if event.kind in some]
    assert told == [AT_ONCE, AT_ONCE, 7], "whoever waits is told of all that were read, wanted or not"


def test_a_trade_keeps_its_dividends_its_tax_and_its_new_code() -> None:
    outcome = outcome_of(
        0,
        (0, Kind.BUY, 1, 0, 300, 5_000, 1_500_000, 5_000, 0, 20),
        (1, Kind.BUY, 1, Reason.ORDER, 100, 5_400, 540_000, 5_000, 0, 10),
        (2, Kind.EX_DATE, 1, 0, 440, 4_900, 0),
        (2, Kind.DIVIDEND, 1, 0, 400, 0, 40_000),
        (3, Kind.PAID, -1, 0, 0, 0, 40_000),
        (3, Kind.RENAMED, 2, 1, 440),
        (3, Kind.SELL, 2, Reason.ORDER, 140, 6_000, 840_000, 5_000, 420, 10, 2_800),
        (4, Kind.EXIT, 2, Reason.STOP_LOSS, 0, 5_900),
        (4, Kind.SELL, 2, 0, 300, 5_900, 1_770_000, 5_000, 885, 20, 5_200),
    )
    (trade,) = trades(outcome, market_of())
    fees = 5_000 * 4 + 20 + 10 + 420 + 10 + 885 + 20 + 2_800 + 5_200
    assert (trade.ts_code, trade.entry_date, trade.exit_date, trade.holding_sessions) == ("600003.SH", 20240102, 20240108, 4)
    assert (trade.shares, trade.entry_price, trade.exit_price) == (400, 5_100, (2_610_000 + 220) // 440)
    assert (trade.fees, trade.tax, trade.dividends, trade.exit_reason) == (fees, 8_000, 40_000, "stop_loss")
    assert trade.pnl == 840_000 + 1_770_000 - 2_040_000 - fees + 40_000
    assert trade.profit_rate == trade.pnl / (2_040_000 + 10_030)


@pytest.mark.parametrize("reason", [Reason.ORDER, Reason.TARGET, Reason.SIGNAL])
def test_what_sold_at_last_is_the_reason_of_an_exit(reason: Reason) -> None:
    outcome = outcome_of(
        0,
        (0, Kind.BUY, 0, reason, 100, 10_000, 1_000_000),
        (1, Kind.EXIT, 0, Reason.TRAILING_STOP),
        (1, Kind.SELL, 0, 0, 40, 10_000, 400_000),
        (2, Kind.SELL, 0, reason, 60, 10_000, 600_000),
    )
    assert [trade.exit_reason for trade in trades(outcome, market_of())] == [reason.name.lower()]
    assert [fill.side for fill in fills(outcome, market_of())] == ["buy", "sell", "sell"]


def test_a_delisting_closes_a_trade_at_the_last_close() -> None:
    outcome = outcome_of(0, (0, Kind.BUY, 0, 0, 100, 10_000, 1_000_000, 5_000), (3, Kind.DELISTED, 0, 0, 100, 10_200, 1_020_000))
    (trade,) = trades(outcome, market_of())
    assert (trade.exit_price, trade.exit_reason, trade.pnl, trade.fees) == (10_200, "delisted", 15_000, 5_000)


def test_a_reverse_split_that_leaves_nothing_closes_a_trade() -> None:
    outcome = outcome_of(0, (0, Kind.BUY, 0, 0, 1, 10_000, 10_000, 5_000), (1, Kind.EX_DATE, 0, 0, 0, 100_000, 10_100))
    (trade,) = trades(outcome, market_of())
    assert (trade.exit_price, trade.exit_reason, trade.pnl) == (0, "ex_date", -4_900)


def test_days_add_up_to_the_li() -> None:
    outcome = outcome_of(
        1_000_000 - 515_000 + 36_000 + 218_880 + 331_200,
        (0, Kind.PLACED, 1, Reason.ORDER, 100, 5_000, 505_000),
        (0, Kind.BUY, 1, Reason.ORDER, 100, 5_000, 500_000, 5_000, 0, 10_000),
        mark(0, 985_000, 77),
        (1, Kind.DIVIDEND, 1, 0, 100, 0, 36_000),
        (1, Kind.REFUSED_BUY, 0, Reject.NO_CASH, 0, 10_000),
        mark(1, 1_031_000),
        (2, Kind.SELL, 1, 0, 40, 5_500, 220_000, 1_000, 0, 0, 120),
        mark(2, 1_051_880),
        (3, Kind.PAID, -1, 0, 0, 0, 36_000),
        (3, Kind.RENAMED, 2, 1, 60),
        mark(3, 1_057_880),
        (4, Kind.DELISTED, 2, 0, 60, 5_520, 331_200),
        mark(4, 1_071_080),
    )
    market = market_of(actions=Actions(np.zeros((0, 6), np.int64), np.array([[20240105, 1, 2]], np.int64)))
    nothing = dict.fromkeys(Day.__dataclass_fields__, 0)
    expected: list[dict[str, int]] = [
        {"date": 20240102, "cash": 485_000, "frozen": 77, "market_value": 500_000, "equity": 985_000, "positions": 1}
        | {"bought": 500_000, "commission": 5_000, "transfer": 10_000, "fills": 1},
        {
            "date": 20240103,
            "cash": 485_000,
            "receivable": 36_000,
            "market_value": 510_000,
            "equity": 1_031_000,
            "positions": 1,
            "refusals": 1,
        },
        {"date": 20240104, "cash": 703_880, "receivable": 36_000, "market_value": 312_000, "equity": 1_051_880, "positions": 1}
        | {"sold": 220_000, "commission": 1_000, "tax": 120, "fills": 1},
        {"date": 20240105, "cash": 739_880, "market_value": 318_000, "equity": 1_057_880, "positions": 1, "dividends": 36_000},
        {"date": 20240108, "cash": 1_071_080, "equity": 1_071_080, "delisted": 331_200},
    ]
    assert list(days(outcome, market)) == [Day(**(nothing | row)) for row in expected]
    assert [event.value for event in events(outcome) if event.kind is Kind.MARK] == [row["equity"] for row in expected]


def test_a_day_of_minute_bars_is_one_row() -> None:
    outcome = outcome_of(0, mark(0, 0), mark(1, 0), (2, Kind.BUY, 0, 0, 100, 10, 1_000), mark(2, 0), mark(3, 0), mark(4, 0))
    rows = list(days(outcome, market_of(sessions=(20240102, 20240102, 20240103, 20240103, 20240103))))
    assert [(row.date, row.fills, row.cash, row.market_value) for row in rows] == [(20240102, 0, 1_000, 0), (20240103, 1, 0, 1_040_000)]


def test_a_run_that_was_not_recorded_has_no_days() -> None:
    with pytest.raises(ValueError, match="not recorded"):
        list(days(replace(outcome_of(0), events=None), market_of()))


def test_a_new_code_is_worth_the_old_ones_close_before_its_first_bar() -> None:
    market = market_of(actions=Actions(np.zeros((0, 6), np.int64), np.array([[20240104, 1, 2]], np.int64)))
    assert [last_close(market, bar, 2) for bar in range(5)] == [0, 0, 5_200, 5_300, 6_000]
    assert [last_closes(market, bar, [2, 0]) for bar in (1, 2)] == [[0, 10_100], [5_200, 10_200]]
    still = market_of(CLOSE[:4], SESSIONS[:4], actions=market.actions)
    (row,) = positions(outcome_of(0, holdings=(Holding(2, 100, 100, 5_000, 0, -500_000),)), still)
    assert (row.last_price, row.value, row.pnl) == (5_300, 530_000, 30_000)


def test_orders_and_what_became_of_them() -> None:
    outcome = outcome_of(
        0,
        (0, Kind.PLACED, 0, Reason.ORDER, 300, 9_900, 3_000_000),
        (0, Kind.PLACED, 0, Reason.ORDER, 100, 9_800, 990_000),
        (0, Kind.PLACED, 1, Reason.TARGET, 500, 0, 0),
        of(3, 0, Kind.BUY, 1, Reason.TARGET, 200, 5_000, 1_000_000),
        of(1, 0, Kind.BUY, 0, Reason.ORDER, 100, 9_900, 990_000),
        of(1, 0, Kind.REFUSED_BUY, 0, Reject.LIMIT_UP, 0, 9_900),
        of(1, 1, Kind.LAPSED, 0, Reason.EXPIRED, 200, 0, 2_000_000),
        of(3, 1, Kind.LAPSED, 1, Reason.REPLACED, 300),
        (1, Kind.PLACED, 1, Reason.SIGNAL, -200, 6_000, 0),
        of(2, 1, Kind.BUY, 0, Reason.ORDER, 100, 9_800, 980_000),
        (2, Kind.RENAMED, 2, 1, 200),
        of(4, 3, Kind.SELL, 2, Reason.SIGNAL, 200, 6_000, 1_200_000),
        (3, Kind.PLACED, 0, Reason.ORDER, 100, 0, 0),
        of(5, 3, Kind.REFUSED_BUY, 0, Reject.SUSPENDED),
        (4, Kind.PLACED, 0, Reason.ORDER, -100, 20_000, 0),
        (4, Kind.REFUSED_BUY, 2, Reject.SUSPENDED),
    )
    found = [(row.ts_code, row.side, row.origin, row.shares, row.filled, row.refused, row.ended) for row in orders(outcome, market_of())]
    assert found == [
        ("600001.SH", "buy", "order", 300, 100, 1, "expired"),
        ("600001.SH", "buy", "order", 100, 100, 0, "filled"),
        ("600002.SH", "buy", "target", 500, 200, 0, "replaced"),
        ("600002.SH", "sell", "signal", 200, 200, 0, "filled"),
        ("600001.SH", "buy", "order", 100, 0, 1, "refused"),
        ("600001.SH", "sell", "order", 100, 0, 0, "open"),
    ]
    first = orders(outcome, market_of())[0]
    assert first == Order(0, 1_000, 20240102, "600001.SH", "buy", "order", 300, 9_900, 3_000_000, 100, 990_000, 1, "expired", 20240103)


def test_what_was_missed_is_counted_to_the_bar_at_which_a_day_decides() -> None:
    close = tuple((price,) for price in (10_000, 10_100, 10_200, 10_300, 11_000, 12_000))
    sessions = (20240102, 20240102, 20240103, 20240103, 20240104, 20240104)
    days_of = market_of(((9_000,), (10_100,), (10_300,), (12_000,)), (20231229, 20240102, 20240103, 20240104))
    days_of = replace(days_of, times=np.array([0, 2_000, 4_000, 6_000], np.int64))
    market = replace(market_of(close, sessions), decided_by=days_of)
    exits = np.array([[1], [0], [1], [0]], np.uint64)
    assert Missed(market, exits).earned(0, 0, 10_000) == 10_300 / 10_000 - 1
    assert Missed(market, exits).earned(4, 0, 10_000) == 12_000 / 10_000 - 1


def test_without_exit_signals_nobody_knows_what_was_missed() -> None:
    outcome = outcome_of(0, (0, Kind.REFUSED_BUY, 0, Reject.NO_CASH, 0, 10_000), (0, Kind.REFUSED_SELL, 0, Reject.NOT_TRADED, 0, 1))
    assert [(row.side, row.earned) for row in refusals(outcome, market_of())] == [("buy", None), ("sell", None)]
