"""The small kernels of the simulation against slow twins: sorting candidates, fees, slippage, sizing, splits, sets of bits."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiled import kernel
from engine.simulation import costs, positions, sizing, slippage
from engine.simulation.bits import listed
from engine.simulation.book import ENTRY, FLOW, HIGH, SHARES, Book, Room, new_books
from engine.simulation.candidates import in_order
from engine.simulation.costs import Bar, Order
from engine.simulation.outcome import REJECT_TEXT, Reject
from engine.simulation.slippage import root_of
from engine.simulation.state import Figures
from engine.terms import ONE
from tests import naive

patient = settings(deadline=None)
"""The first example may wait for the compiler."""

FIGURES = Figures._make([0] * len(Figures._fields))._replace(max_positions=1, commission=2_500, commission_minimum=5_000, volume_cap=-1)
BAR = Bar(price=10_000, up=11_000, down=9_000, range=100, volume=10**9, tick=10, lot=100, step=100, duty=5_000, transfer=100, worst=11_000)


@kernel
def priced(order, shares, price, bar, terms):  # type: ignore[no-untyped-def]
    """A door for Python, as every kernel that is part of others needs one here."""
    return costs.priced(order, shares, price, bar, terms)


@kernel
def share_of(money, rate):  # type: ignore[no-untyped-def]
    return costs.share_of(money, rate)


@kernel
def slipped(price, shares, bar, terms):  # type: ignore[no-untyped-def]
    return slippage.slipped(price, shares, bar, terms)


@kernel
def affordable(money, order, price, bar, terms):  # type: ignore[no-untyped-def]
    return sizing.affordable(money, order, price, bar, terms)


@kernel
def split(book, k, top, bottom, pre_close):  # type: ignore[no-untyped-def]
    return positions.split(book, k, top, bottom, pre_close)


@kernel
def divide_prices(book, k, last, pre_close, tick, terms):  # type: ignore[no-untyped-def]
    positions.divide_prices(book, k, last, pre_close, tick, terms)


@patient
@given(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0, float("inf")]), min_size=0, max_size=300), st.integers(0, 2**32))
def test_candidates_line_up_by_rank_and_then_by_code(ranks: list[float], seed: int) -> None:
    rank = np.array(ranks, np.float64)
    chosen = np.flatnonzero(np.random.default_rng(seed).random(rank.size) < 0.8)
    queue, other = np.zeros(rank.size, np.uint32), np.zeros(rank.size, np.uint32)
    queue[: chosen.size] = chosen
    in_order(rank, queue, other, chosen.size)
    assert queue[: chosen.size].tolist() == sorted(chosen.tolist(), key=lambda i: (-rank[i], i))


@patient
@given(st.sets(st.integers(0, 191)))
def test_a_set_of_bits_is_listed_ascending(members: set[int]) -> None:
    chosen = np.zeros(192, bool)
    chosen[list(members)] = True
    queue = np.zeros(192, np.uint32)
    assert queue[: listed(np.packbits(chosen, bitorder="little").view(np.uint64), queue)].tolist() == sorted(members)


money = st.integers(1, 10**13)
rates = st.integers(0, ONE // 100)


@patient
@given(st.lists(money, min_size=1, max_size=4), rates, st.integers(0, 10**6))
def test_fees_of_partial_fills_add_up_to_those_of_one_order(values: list[int], commission: int, minimum: int) -> None:
    """Each item is half-up to the fen of the whole order; the minimum counts once."""
    terms = FIGURES._replace(commission=commission, commission_minimum=minimum)
    value, duty, transfer, paid = 0, 0, 0, [0, 0, 0]
    for each in values:
        fill = priced(Order(value, duty, transfer, 0, 0), 1, each, BAR, terms)
        paid = [a + b for a, b in zip(paid, (fill.commission, fill.duty, fill.transfer), strict=True)]
        value, duty, transfer = value + each, duty + each * BAR.duty, transfer + each * BAR.transfer
    total = Fraction(sum(values))
    owed = [naive.half_up(total * rate / ONE, 10) for rate in (commission, BAR.duty, BAR.transfer)]
    assert paid == [max(owed[0], minimum), owed[1], owed[2]]


@patient
@given(st.integers(1, 10**9), st.integers(0, ONE // 2), st.sampled_from([1, 10]))
def test_slippage_is_rounded_against_the_trader(price: int, rate: int, tick: int) -> None:
    found = slipped(price, 0, BAR._replace(tick=tick), FIGURES._replace(slippage=rate))
    assert found == naive.rounded_up(Fraction(price * rate, ONE), tick)


def test_five_basis_points_do_not_vanish_below_ten_yuan() -> None:
    assert slipped(5_000, 0, BAR, FIGURES._replace(slippage=5_000)) == 10


@patient
@given(st.integers(0, 10**17), st.integers(1, 10**15))
def test_the_root_of_a_share_of_volume_is_exact(shares: int, volume: int) -> None:
    ratio = min(Fraction(shares, volume), Fraction(10_000))
    root = root_of(shares, volume)
    assert Fraction(root, ONE) == naive.root_rounded_up(ratio)
    assert Fraction(root, ONE) ** 2 >= ratio
    assert root == 0 or Fraction(root - 1, ONE) ** 2 < ratio


@patient
@given(st.integers(1, 10**9), st.integers(0, 10**17), st.integers(1, 10**15), st.integers(0, ONE))
def test_impact_does_not_overflow(price: int, shares: int, volume: int, coefficient: int) -> None:
    terms = FIGURES._replace(slippage=coefficient, slippage_model=3)
    assert 0 <= slipped(price, shares, BAR._replace(volume=volume), terms) <= 101 * price + 10


@patient
@given(st.integers(0, 2**62), st.integers(0, ONE))
def test_a_share_of_money_is_exact(amount: int, rate: int) -> None:
    assert share_of(amount, rate) == amount * rate // ONE


@patient
@given(st.integers(0, 10**8), st.integers(1, 10**6), rates, st.sampled_from([(100, 100), (200, 1), (100, 1)]), st.integers(0, 10**6))
def test_the_most_shares_that_money_affords(amount: int, ticks: int, commission: int, lots: tuple[int, int], before: int) -> None:
    price, bar = ticks * 10, BAR._replace(lot=lots[0], step=lots[1])
    terms, order = FIGURES._replace(commission=commission), Order(before, before * BAR.duty, before * BAR.transfer, 0, 0)
    shares = affordable(amount, order, price, bar, terms)

    def cost(count: int) -> int:
        fill = priced(order, count, price, bar, terms)
        return fill.value + fill.commission + fill.duty + fill.transfer

    assert shares == 0 or (shares >= bar.lot and shares % bar.step == 0 and cost(shares) <= amount)
    assert cost(shares + bar.step if shares else bar.lot) > amount


def test_the_lot_that_just_fits_is_bought() -> None:
    """1% of all the money is more than 1% of what the lot costs: the first guess is no lot at all."""
    bar, terms = BAR._replace(transfer=0, duty=0), FIGURES._replace(commission=100_000, commission_minimum=0)
    assert affordable(1_010_000, costs.NEW_ORDER, 10_000, bar, terms) == 100
    assert affordable(1_009_999, costs.NEW_ORDER, 10_000, bar, terms) == 0


@patient
@given(st.integers(1, 10**11), st.integers(1, 10**10), st.integers(1, 2**31), st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_split_is_exact(shares: int, top: int, bottom: int, last: int, pre: int) -> None:
    books = new_books(1, Room(stocks=64, slots=1, tickets=0, lots=0, dues=0))
    book = Book(*(array[0] for array in books[:16]), *books[16:])
    book.positions[SHARES, 0], book.positions[ENTRY, 0], book.positions[HIGH, 0] = shares, 10_000, 12_000
    ratio = Fraction(top, bottom)
    if top * bottom >= 2**62 or shares * ratio >= 2**62:
        return
    exact = shares * ratio
    assert split(book, 0, top, bottom, pre) == naive.half_up((exact - math.floor(exact)) * pre, 1) == book.positions[FLOW, 0]
    assert book.positions[SHARES, 0] == math.floor(exact)
    divide_prices(book, 0, last, pre, 10, FIGURES)
    assert book.positions[ENTRY, 0] == min(naive.half_up(Fraction(10_000 * pre, last), 1), 2**32)
    assert book.positions[HIGH, 0] == min(naive.half_up(Fraction(12_000 * pre, last), 1), 2**32)


def test_every_reject_has_words() -> None:
    assert [code for code, _ in REJECT_TEXT] == [code for code in Reject if code is not Reject.FILLED]
