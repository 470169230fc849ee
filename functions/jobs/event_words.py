"""Events of a run in plain words, for its log and its table of events."""

from collections.abc import Callable, Mapping

from engine.market import Market
from engine.simulation.events import REJECT_TEXT, Event
from engine.simulation.outcome import Kind, Reason, Reject


def yuan(li: int) -> str:
    """Exact: 1234567 li are "1234.567"."""
    if not li:
        return "0.000"
    digits = f"{li:04d}" if li > 0 else f"{li:05d}"
    return f"{digits[:-3]}.{digits[-3:]}"


def reason_of(event: Event) -> str:
    """The event's code as a word; "" where it has none."""
    if event.kind in (Kind.REFUSED_BUY, Kind.REFUSED_SELL):
        return _REFUSED[event.code]
    return _REASONS[event.code] if event.code and event.kind is not Kind.RENAMED else ""


def words_of(event: Event, market: Market) -> str:
    """A sentence; "" where kind and value say it all."""
    if event.kind is Kind.RENAMED:
        return f"was {market.codes[event.code]} before: {_shares(event)}"
    write = _WORDS.get(event.kind)
    return write(event) if write else ""


def _fill(event: Event) -> str:
    paid = f"{_shares(event)} at {yuan(event.price)}, {yuan(event.value)} yuan"
    if event.commission:
        paid += f", commission {yuan(event.commission)}"
    if event.duty:
        paid += f", stamp duty {yuan(event.duty)}"
    if event.transfer:
        paid += f", transfer fee {yuan(event.transfer)}"
    if event.tax:
        paid += f", dividend tax {yuan(event.tax)}"
    return paid


def _refusal(event: Event) -> str:
    return f"{_REJECTS[event.code]}{f'; the price was {yuan(event.price)}' if event.price else ''}"


def _ex_date(event: Event) -> str:
    fraction = f", the fraction paid with {yuan(event.value)} yuan" if event.value else ""
    return f"reference price {yuan(event.price)}, now {_shares(event)}{fraction}"


def _placed(event: Event) -> str:
    side, price = "sell" if event.shares < 0 else "buy", yuan(event.price) if event.price else "the market"
    kept = f", {yuan(event.value)} yuan kept for it" if event.value else ""
    return f"{_ORIGINS[event.code]} to {side} {_shares(event)} at {price}{kept}"


def _lapsed(event: Event) -> str:
    free = f", {yuan(event.value)} yuan free again" if event.value else ""
    return f"{_LAPSES[event.code]} with {_shares(event)} left{free}"


def _shares(event: Event) -> str:
    return f"{abs(event.shares)} shares"


_WORDS: Mapping[Kind, Callable[[Event], str]] = {
    Kind.BUY: _fill,
    Kind.SELL: _fill,
    Kind.REFUSED_BUY: _refusal,
    Kind.REFUSED_SELL: _refusal,
    Kind.EX_DATE: _ex_date,
    Kind.EXIT: lambda event: f"to be sold at {yuan(event.price) if event.price else 'the next price'}",
    Kind.BREAKER: lambda event: f"at an equity of {yuan(event.value)} yuan: no more purchases for now",
    Kind.DIVIDEND: lambda event: f"{_shares(event)} are entitled to {yuan(event.value)} yuan before tax",
    Kind.PAID: lambda event: f"dividends of {yuan(event.value)} yuan become cash",
    Kind.RIGHTS: lambda event: f"ex-date without a record, reference price {yuan(event.price)}: rights not taken up, {_shares(event)} stay",
    Kind.DELISTED: lambda event: f"{_shares(event)} closed at the last price {yuan(event.price)}, {yuan(event.value)} yuan",
    Kind.PLACED: _placed,
    Kind.LAPSED: _lapsed,
}
_REFUSED = {int(reject): reject.name.lower() for reject in Reject}
_REASONS = {int(reason): reason.name.lower() for reason in Reason}
_REJECTS: Mapping[int, str] = dict(REJECT_TEXT)
_ORIGINS: Mapping[int, str] = {Reason.SIGNAL: "the strategy's order", Reason.ORDER: "an order", Reason.TARGET: "an order towards a target"}
_LAPSES: Mapping[int, str] = {
    Reason.EXPIRED: "expired",
    Reason.CANCELLED: "cancelled",
    Reason.REPLACED: "replaced by a later order",
}
