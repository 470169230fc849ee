"""Ledgers worked by hand, to the li: tests/data/ledgers/NAME.yaml is the case, NAME.ledger what must happen; README.md is the way in."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from engine.market import FAR, Actions, Listings, Market
from engine.simulation.events import Event, events, refusals
from engine.simulation.outcome import Kind, Outcome, Reason, Reject
from engine.simulation.run import Signals, simulate, simulate_script
from engine.simulation.script import script_of
from engine.simulation.tape import prepare
from engine.simulation.trades import Trade, trades
from engine.terms import ONE, Conditions, Terms
from tests.engine.flat_markets import flat_market
from tests.engine.random_markets import pack, padded, padded_weights

LEDGERS = Path(__file__).parents[1] / "data" / "ledgers"
FLAGS = ("keep_rest", "buy_until_cancelled", "sell_until_cancelled", "dividend_tax", "price_limits", "t_plus_one", "lots")
WHOLE = ("max_positions", "max_entries", "max_holding", "cool_down")
WORDS = ("slippage_model", "fill", "sizing", "actions")
MONEY = ("initial_cash", "commission_minimum")
CONDITIONS = tuple(Conditions.__dataclass_fields__)
PRICES = ("buy_limit", "buy_stop", "sell_limit", "sell_stop")


def li(yuan: Any) -> int:
    return int(Decimal(str(yuan)) * 1000)


def millionths(number: Any) -> int:
    return int(Decimal(str(number)) * 10**6)


# --------------------------------------------------------------------------------------------------------------------- the market


def market_of(case: dict[str, Any]) -> Market:
    """A bar is open, high, low, close and perhaps the volume in shares and the amount; a day has one of them, or a list.

    pre_close is the last close unless told. A day that needs more than bars is {bar: ..., pre_close: ..., factor: ...}.
    """
    stocks = case["stocks"]
    codes, days = sorted(stocks), sorted(next(iter(stocks.values())))
    facts = {(code, day): line if isinstance(line, dict) else {"bar": line} for code in codes for day, line in stocks[code].items()}
    bars = {key: fact["bar"] if isinstance(fact["bar"], list) else [fact["bar"]] for key, fact in facts.items()}
    per_day = max(map(len, bars.values()))
    market = flat_market(codes, [day for day in days for _ in range(per_day)])
    for i, code in enumerate(codes):
        last, factor = 0, Decimal(1)
        for d, day in enumerate(days):
            fact = facts[code, day]
            factor *= Decimal(str(fact.get("factor", 1)))
            reference = li(fact["pre_close"]) if "pre_close" in fact else last
            for b, line in enumerate(bars[code, day] * (per_day // len(bars[code, day]))):
                cell = cell_of(line, reference, li(fact["pre_close"]) if "pre_close" in fact and b == 0 else last)
                for name, value in cell.items():
                    getattr(market, name)[d * per_day + b, i] = value
                market.adj_factor[d * per_day + b, i] = int(factor * 10**6)
                last, reference = cell["close"], reference or cell["pre_close"]
    return replace(
        market,
        frequency="1d" if per_day == 1 else f"{240 // per_day}m",
        boards=tuple(case.get("boards", {}).get(code, board) for code, board in zip(codes, market.boards, strict=True)),
        is_st=np.ascontiguousarray(np.broadcast_to(np.array([code in case.get("st", ()) for code in codes], np.uint8), market.shape)),
        listings=listings_of(codes, case),
        actions=actions_of(codes, case),
        decided_by=daily(market, codes, days) if per_day > 1 and all(isinstance(when, int) for when in case.get("signals", {})) else None,
    )


def cell_of(line: str, reference: int, last: int) -> dict[str, int]:
    if line == "none":
        return {"open": 0, "high": 0, "low": FAR, "close": last, "pre_close": 0, "volume": 0}
    *prices, volume, amount = [*line.split(), *("1000000", "0")[len(line.split()) - 4 :]]
    cell = dict(zip(("open", "high", "low", "close"), map(li, prices), strict=True))
    return cell | {"volume": int(volume), "amount": li(amount), "pre_close": reference or cell["open"]}


def listings_of(codes: list[str], case: dict[str, Any]) -> Listings:
    def dates(name: str) -> Any:
        return np.array([case.get(name, {}).get(code, 0) for code in codes], np.int32)

    return Listings(
        industries=tuple(case.get("industries", {}).get(code, "") for code in codes),
        same_day=np.array([code in case.get("same_day", ()) for code in codes], np.uint8),
        delisting_from=dates("delisting_from"),
        delist_date=dates("delist_date"),
    )


def actions_of(codes: list[str], case: dict[str, Any]) -> Actions:
    """Bonus shares and cash are per share, in shares and yuan."""
    dividends = sorted(
        (
            row["ex_date"],
            codes.index(row["stock"]),
            millionths(row.get("bonus", 0)),
            millionths(row.get("cash", 0)),
            row.get("pay_date", 0),
            row.get("listing_date", 0),
        )
        for row in case.get("dividends", ())
    )
    changes = sorted((row["from"], codes.index(row["old"]), codes.index(row["new"])) for row in case.get("code_changes", ()))
    return Actions(np.array(dividends, np.int64).reshape(-1, 6), np.array(changes, np.int64).reshape(-1, 3))


def daily(market: Market, codes: list[str], days: list[int]) -> Market:
    """The market that decides where signals are given by day, and there are several bars a day."""
    ends = market.times[np.append(np.flatnonzero(np.diff(market.sessions)), market.sessions.size - 1)]
    return replace(flat_market(codes, days), times=ends)


def row_of(market: Market, when: Any) -> int:
    """20240102, or 20240102 bar 2."""
    day, _, bar = str(when).partition(" bar ")
    return market.sessions.tolist().index(int(day)) + int(bar or 1) - 1


# ----------------------------------------------------------------------------------------------------------- what is wanted, and how


def signals_of(market: Market, days: dict[Any, Any]) -> Signals:
    entry, exit_, rank = np.zeros(market.shape, bool), np.zeros(market.shape, bool), np.zeros(market.shape)
    prices = {name: np.zeros(market.shape, np.int32) for name in PRICES if any(name in wishes for wishes in days.values())}
    for when, wishes in days.items():
        t = row_of(market, when)
        for code in wishes.get("enter", ()):
            entry[t, market.codes.index(code)] = True
        for code in wishes.get("leave", ()):
            exit_[t, market.codes.index(code)] = True
        for code, value in wishes.get("rank", {}).items():
            rank[t, market.codes.index(code)] = value
        for name, table in prices.items():
            for code, price in wishes.get(name, {}).items():
                table[t, market.codes.index(code)] = li(price)
    tables = {name: wide(table) for name, table in prices.items()} | weights_of(market, days)
    return Signals(pack(entry), pack(exit_), padded(rank), **tables)


def weights_of(market: Market, days: dict[Any, Any]) -> dict[str, Any]:
    """{} is a portfolio of nothing; a day without weights asks for nothing."""
    asked = {when: wishes["weights"] for when, wishes in days.items() if "weights" in wishes}
    weight = np.full(market.shape, -1, np.int32)
    for when, wishes in asked.items():
        weight[row_of(market, when)] = [int(Decimal(str(wishes.get(code, 0))) * ONE) for code in market.codes]
    return {"weight": padded_weights(weight)} if asked else {}


def wide(prices: Any) -> Any:
    return np.pad(prices, ((0, 0), (0, -prices.shape[1] % 64)))


def order_of(market: Market, when: Any, words: str, number: int) -> list[int]:
    """buy 1000 600001.SH limit 9.80 until cancelled: side, shares, stock, then limit, stop or exactly with a price."""
    side, shares, code, *rest = words.removesuffix(" until cancelled").split()
    prices = {name: li(price) for name, price in zip(rest[::2], rest[1::2], strict=True)}
    signed = int(shares) * {"buy": 1, "sell": -1}[side]
    figures = [prices.pop(name, 0) for name in ("limit", "stop", "exactly")]
    assert not prices, words
    return [row_of(market, when), market.codes.index(code), signed, *figures, int(words.endswith(" until cancelled")), number]


def orders_of(market: Market, days: dict[Any, list[str]]) -> Any:
    lines = [(when, words) for when in sorted(days, key=str) for words in days[when]]
    return np.array([order_of(market, when, words, n) for n, (when, words) in enumerate(lines)], np.int64).reshape(-1, 8)


def targets_of(market: Market, days: dict[Any, dict[str, Any]]) -> Any:
    """{} is a portfolio of nothing."""
    rows = []
    for when in sorted(days, key=str):
        weights = [[market.codes.index(code), int(Decimal(str(weight)) * ONE)] for code, weight in days[when].items()]
        rows += [[row_of(market, when), *weight] for weight in weights or [[-1, 0]]]
    return np.array(rows, np.int64).reshape(-1, 3)


def terms_of(given: dict[str, Any]) -> Terms:
    """Slippage in ticks and a size in shares are whole numbers, a size in yuan is money; whatever else is a rate."""
    whole = (
        *WHOLE,
        *WORDS,
        *FLAGS,
        "slippage" if given.get("slippage_model") == "ticks" else "",
        "size" if given.get("sizing") == "shares" else "",
    )
    money = (*MONEY, "size" if given.get("sizing") == "amount" else "")
    figures: dict[str, Any] = {}
    for name, value in given.items():
        figures[name] = value if name in whole else li(value) if name in money else int(Decimal(str(value)) * ONE)
    conditions = Conditions(**{name: figures.pop(name) for name in CONDITIONS if name in figures})
    return replace(Terms(0, 0), conditions=conditions, **figures)


def read(name: str) -> dict[str, Any]:
    case: dict[str, Any] = yaml.safe_load((LEDGERS / f"{name}.yaml").read_text(encoding="utf-8"))
    return case


def outcome_of(case: dict[str, Any], market: Market) -> Outcome:
    terms = terms_of(case["terms"])
    tape = prepare(market, terms.conditions)
    if "signals" in case:
        return simulate(tape, signals_of(market.decided_by or market, case["signals"]), terms, record=True)
    script = script_of(orders_of(market, case.get("orders", {})), targets_of(market, case.get("targets", {})), market.shape[0])
    return simulate_script(tape, script, terms)


# ----------------------------------------------------------------------------------------------------------------- the statement


def yuan(amount: int) -> str:
    return f"{Decimal(amount) / 1000:.3f}"


SENTENCES = {
    Kind.BUY: "buy {code} {shares} x {price} = {value}{by}, {fees}, {cash}",
    Kind.SELL: "sell {code} {shares} x {price} = {value}{by}, {fees}, {cash}",
    Kind.REFUSED_BUY: "refused buy {code} {why} at {price}",
    Kind.REFUSED_SELL: "refused sell {code} {why} at {price}",
    Kind.PLACED: "placed {side} {code} {shares} by {why} at {price}, frozen {value}",
    Kind.LAPSED: "lapsed {code} {shares} {why}, freed {value}",
    Kind.EXIT: "exit {code} {why} at {price}",
    Kind.EX_DATE: "ex_date {code} {shares} shares, fraction {value} at {price}, {cash}",
    Kind.RIGHTS: "rights {code} not taken up, {shares} shares at {price}",
    Kind.DIVIDEND: "dividend {code} {value} on {shares} shares",
    Kind.PAID: "paid dividends {value}, {cash}",
    Kind.DELISTED: "delisted {code} {shares} x {price} = {value}, {cash}",
    Kind.RENAMED: "renamed {old} to {code}, {shares} shares",
    Kind.MARK: "equity {value}{frozen}",
    Kind.BREAKER: "breaker {value}",
}


class Scribe:
    """Writes events as lines, and keeps the cash and what is due."""

    def __init__(self, market: Market, terms: Terms) -> None:
        self.market, self.cash, self.receivable = market, terms.initial_cash, 0
        self.pays_cash = terms.conditions.actions == "cash"
        self.numbers_bars = market.frequency != "1d"

    def line(self, event: Event) -> str:
        if event.kind in (Kind.SELL, Kind.EX_DATE, Kind.PAID, Kind.DELISTED):
            self.cash += event.value
        self.cash -= event.commission + event.duty + event.transfer + event.tax + (event.value if event.kind is Kind.BUY else 0)
        self.receivable += {Kind.DIVIDEND: event.value, Kind.PAID: -event.value}.get(event.kind, 0)
        return f"{self.when(event)} {self.what(event)}"

    def when(self, event: Event) -> str:
        day = self.market.sessions[event.bar]
        if not self.numbers_bars:
            return str(day)
        return f"{day} bar {event.bar - np.searchsorted(self.market.sessions, day) + 1}"

    def what(self, event: Event) -> str:
        is_refusal = event.kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL)
        why = {each.value: each.name.lower() for each in (Reject if is_refusal else Reason)}.get(event.code, "")
        at_market = event.kind is Kind.PLACED and event.price == 0
        return SENTENCES[event.kind].format(
            side="sell" if event.shares < 0 else "buy",
            code=self.market.codes[event.stock],
            old=self.market.codes[event.code] if event.kind is Kind.RENAMED else "",
            shares=abs(event.shares),
            price="the market" if at_market else yuan(event.price),
            value=yuan(event.value),
            frozen=f", frozen {yuan(event.price)}" if event.price else "",
            why=why,
            by=f" by {why}" if why else "",
            fees=self.fees(event),
            cash=f"cash {yuan(self.cash)}",
        )

    def fees(self, event: Event) -> str:
        items = f"commission {yuan(event.commission)}, duty {yuan(event.duty)}, transfer {yuan(event.transfer)}"
        return f"{items}, tax {yuan(event.tax)}" if self.pays_cash and event.kind is Kind.SELL else items


@pytest.mark.parametrize("name", sorted(path.stem for path in LEDGERS.glob("*.yaml")))
def test_ledger(name: str) -> None:
    case = read(name)
    market = market_of(case)
    outcome, scribe = outcome_of(case, market), Scribe(market, terms_of(case["terms"]))
    lines = [scribe.line(event) for event in events(outcome)]
    assert lines == (LEDGERS / f"{name}.ledger").read_text(encoding="utf-8").splitlines()
    assert (scribe.cash, scribe.receivable) == (outcome.cash, outcome.receivable)


def test_what_the_refusal_of_a_ledger_would_have_earned() -> None:
    """limit_up_at_the_open: refused at 11.00, never an exit signal, and the last close is 11.99."""
    case = read("limit_up_at_the_open")
    market = market_of(case)
    assert [row.earned for row in refusals(outcome_of(case, market), market)] == [11_990 / 11_000 - 1]


def test_the_trade_of_a_ledger_in_words() -> None:
    """bonus_issue_with_a_fraction: 3,050 become 2,890.368, so the trade lost 159.632, on 3,005.03 that it cost."""
    case = read("bonus_issue_with_a_fraction")
    market = market_of(case)
    outcome = outcome_of(case, market)
    assert trades(outcome, market) == [
        Trade(
            ts_code="600001.SH",
            entry_time=1,
            entry_date=20240103,
            entry_price=10_000,
            shares=300,
            exit_time=3,
            exit_date=20240105,
            exit_price=7_110,
            fees=11_490,
            pnl=-159_632,
            profit_rate=-159_632 / 3_005_030,
            holding_sessions=2,
            exit_reason="stop_loss",
        )
    ]
    assert (outcome.tallies.trades, outcome.tallies.wins, outcome.tallies.gross_loss) == (1, 0, 159_632)
