"""Fees of an order, to the fen. Exact integers: rates are in 1 / ONE."""

from typing import NamedTuple

from engine.compiled import inlined
from engine.simulation.state import Figures
from engine.terms import ONE

FEN = 10
_FEN_RAW = ONE * FEN
_FEN_OF_TENTHS = 100_000
"""Tenths of a micro-yuan in a fen."""


class Order(NamedTuple):
    """What an order has filled so far: fees are due on the sum, so that a minimum or a rounding counts once over partial fills."""

    value: int
    duty_raw: int
    """Sums of value x rate, in li / ONE: what they are beyond whole fen, for nothing else of them decides what the next fill owes."""
    transfer_raw: int
    tax_raw: int
    """Sum of the tax on dividends in tenths of a micro-yuan."""
    number: int
    """Of an order that was placed; 0: a market order of a strategy."""


class Bar(NamedTuple):
    """One stock's bar and the terms of trade in force for one side of it."""

    price: int
    """What market orders meet; 0: no bar."""
    up: int
    down: int
    range: int
    """high - low."""
    volume: int
    tick: int
    lot: int
    """The smallest purchase."""
    step: int
    """Purchases grow by it above the lot."""
    duty: int
    transfer: int
    worst: int
    """The worst price that the order takes: the day's limit, or its own."""


class Fill(NamedTuple):
    reject: int
    """A Reject; 0: filled."""
    shares: int
    price: int
    value: int
    commission: int
    duty: int
    transfer: int
    tax: int
    order: int
    """The order's number."""


NEW_ORDER = Order(0, 0, 0, 0, 0)


@inlined
def told(shares: int, price: int, value: int, order: int) -> Fill:
    """What an event tells that is no fill."""
    return Fill(0, shares, price, value, 0, 0, 0, 0, order)


@inlined
def priced(order: Order, shares: int, price: int, bar: Bar, terms: Figures) -> Fill:
    """The fill of `shares` more at `price`, before tax: each fee is what the whole order owes less what it has paid."""
    value = shares * price
    return Fill(
        0,
        shares,
        price,
        value,
        _commission(order.value + value, terms) - _commission(order.value, terms),
        _owed(order.duty_raw, value, bar.duty),
        _owed(order.transfer_raw, value, bar.transfer),
        0,
        order.number,
    )


@inlined
def taxed(fill: Fill, order: Order, tax_raw: int) -> Fill:
    """The fill with the tax on the dividends of its shares."""
    tax = (half_up(order.tax_raw + tax_raw, _FEN_OF_TENTHS) - half_up(order.tax_raw, _FEN_OF_TENTHS)) * FEN
    return Fill(fill.reject, fill.shares, fill.price, fill.value, fill.commission, fill.duty, fill.transfer, tax, fill.order)


@inlined
def fees(fill: Fill) -> int:
    """Everything that is taken off the value, tax included."""
    return fill.commission + fill.duty + fill.transfer + fill.tax


@inlined
def half_up(a: int, b: int) -> int:
    """a / b rounded half-up; a >= 0, b > 0."""
    return (a + b // 2) // b


@inlined
def half_up_of(x: int, rate: int, unit: int) -> int:
    """x * rate / unit rounded half-up, without overflow where only x is large; x >= 0."""
    return x // unit * rate + half_up(x % unit * rate, unit)


@inlined
def share_of(x: int, rate: int) -> int:
    """floor(x * rate / ONE) without overflow for any x >= 0."""
    return x // ONE * rate + x % ONE * rate // ONE


@inlined
def to_tick(raw: int, tick: int) -> int:
    """li / ONE to li, half-up to the tick; a constant divisor for stocks, whose tick is a fen."""
    return _fen(raw) if tick == FEN else half_up(raw, ONE * tick) * tick


@inlined
def _commission(value: int, terms: Figures) -> int:
    """The minimum beats the cap (terms.commission is already the lower of rate and cap). Split, so that nothing overflows."""
    if value == 0:
        return 0
    return max(value // _FEN_RAW * terms.commission * FEN + _fen(value % _FEN_RAW * terms.commission), terms.commission_minimum)


@inlined
def _owed(before: int, value: int, rate: int) -> int:
    """What a fill of `value` adds to a fee of which `before` is not a whole fen yet. Split, so that nothing overflows."""
    return value // _FEN_RAW * rate * FEN + _fen(before + value % _FEN_RAW * rate) - _fen(before)


@inlined
def beyond_fen(before: int, value: int, rate: int) -> int:
    """`before` of the next fill."""
    return (before + value % _FEN_RAW * rate) % _FEN_RAW


@inlined
def _fen(raw: int) -> int:
    """li / ONE to li, half-up to the fen."""
    return (raw + _FEN_RAW // 2) // _FEN_RAW * FEN
