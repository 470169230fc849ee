"""The event log of a single run: a row for everything that happens, in the order in which it does. A log without rows is off."""

from engine.arrays import Integers
from engine.compiled import inlined, kernel
from engine.simulation.bits import integer
from engine.simulation.book import Book
from engine.simulation.costs import Fill
from engine.simulation.outcome import BAR, CODE, COMMISSION, DUTY, KIND, ORDER, PHASE, PRICE, SHARES, STOCK, TAX, TRANSFER, VALUE


@inlined
def tell(log: Integers, t: int, phase: int, kind: int, i: int, code: int, fill: Fill) -> None:
    """One row; row 0 holds the count."""
    if log.shape[0] > 0:
        n = log[0, 0] + 1
        log[0, 0] = n
        row = log[n]
        row[BAR] = t
        row[PHASE] = integer(phase)
        row[KIND] = integer(kind)
        row[STOCK] = i
        row[CODE] = integer(code)
        row[SHARES] = fill.shares
        row[PRICE] = fill.price
        row[VALUE] = fill.value
        row[COMMISSION] = fill.commission
        row[DUTY] = fill.duty
        row[TRANSFER] = fill.transfer
        row[TAX] = fill.tax
        row[ORDER] = fill.order


@inlined
def refuse(book: Book, log: Integers, t: int, phase: int, kind: int, i: int, fill: Fill) -> None:
    book.refused[fill.reject] += 1
    tell(log, t, phase, kind, i, fill.reject, fill)


@kernel
def rows_of_a_bar(stocks: int, tickets: int) -> int:
    """The most that one bar can tell; `tickets`: those that rest and those that come from outside."""
    return 16 * stocks + 4 * tickets + 8
