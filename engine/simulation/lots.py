"""Purchases as lots, first in first out, for the tax on dividends: by how long each share was held when it is sold."""

from engine.compiled import inlined, part
from engine.simulation.bits import integer
from engine.simulation.book import BOUGHT_IN, FIRST_LOT, FREE_LOT, GROSS, LAST_LOT, LOT_SHARES, LOTS, NEXT, Book
from engine.simulation.tape import Bars


@part
def add_lot(book: Book, k: int, session: int, shares: int) -> None:
    """Shares that position k bought in a session; purchases of one session are one lot. The caller has seen that there is room."""
    lots, last = book.lots, book.positions[LAST_LOT, k]
    if last >= 0 and lots[BOUGHT_IN, last] == session:
        lots[LOT_SHARES, last] += shares
        return
    x = book.counters[FREE_LOT]
    if x >= 0:
        book.counters[FREE_LOT] = lots[NEXT, x]
    else:
        x = book.counters[LOTS]
        book.counters[LOTS] = x + 1
    lots[NEXT, x] = -1
    lots[BOUGHT_IN, x] = session
    lots[LOT_SHARES, x] = shares
    lots[GROSS, x] = 0
    if last >= 0:
        lots[NEXT, last] = x
    else:
        book.positions[FIRST_LOT, k] = x
    book.positions[LAST_LOT, k] = x


@part
def tax_of(book: Book, k: int, shares: int, bars: Bars, session: int) -> int:
    """The tax on the dividends of the oldest `shares`, in tenths of a micro-yuan; the book stays as it is."""
    x, tax = book.positions[FIRST_LOT, k], 0
    while shares > 0:
        taken = min(shares, book.lots[LOT_SHARES, x])
        tax += _part(book, x, taken) * _tenths(bars, book.lots[BOUGHT_IN, x], session)
        shares -= taken
        x = book.lots[NEXT, x]
    return integer(tax)


@part
def take_lots(book: Book, k: int, shares: int) -> None:
    """The oldest `shares` leave, and their dividends with them."""
    while shares > 0:
        x = book.positions[FIRST_LOT, k]
        taken = min(shares, book.lots[LOT_SHARES, x])
        book.lots[GROSS, x] -= _part(book, x, taken)
        book.lots[LOT_SHARES, x] -= taken
        shares -= taken
        if book.lots[LOT_SHARES, x] == 0:
            book.positions[FIRST_LOT, k] = book.lots[NEXT, x]
            if book.lots[NEXT, x] < 0:
                book.positions[LAST_LOT, k] = -1
            book.lots[NEXT, x] = book.counters[FREE_LOT]
            book.counters[FREE_LOT] = x


@part
def credit_lots(book: Book, k: int, cash: int, bonus: int, bonus_rate: int) -> None:
    """An ex-date: each share gets `cash` micro-yuan before tax; lots grow by their bonus shares (bonus_rate in millionths) rounded down,
    and the last one by what is left of all `bonus` shares. Bonus shares are as old as the shares that they came from."""
    lots, x = book.lots, book.positions[FIRST_LOT, k]
    while x >= 0:
        shares = lots[LOT_SHARES, x]
        grown = shares // 1_000_000 * bonus_rate + shares % 1_000_000 * bonus_rate // 1_000_000
        lots[GROSS, x] += shares * cash
        lots[LOT_SHARES, x] = shares + grown
        bonus -= grown
        x = lots[NEXT, x]
    lots[LOT_SHARES, book.positions[LAST_LOT, k]] += bonus


@inlined
def _part(book: Book, x: int, shares: int) -> int:
    """floor(gross x shares / lot), exactly and without overflow: long multiplication, a bit at a time."""
    gross, whole = book.lots[GROSS, x], book.lots[LOT_SHARES, x]
    if gross == 0 or shares == whole:
        return integer(gross)
    part, rest, remainder = gross // whole * shares, gross % whole, 0
    quotient, bit = 0, 2**40
    while bit > 0:
        quotient, remainder = 2 * quotient, 2 * remainder
        if shares & bit:
            remainder += rest
        quotient, remainder = quotient + remainder // whole, remainder % whole
        bit //= 2
    return integer(part + quotient)


@inlined
def _tenths(bars: Bars, bought: int, session: int) -> int:
    """The rate of tax in tenths, by how long the shares were held."""
    if bought >= bars.month_ago[session]:
        return integer(bars.tax_tenths[0])
    return integer(bars.tax_tenths[1]) if bought >= bars.year_ago[session] else 0
