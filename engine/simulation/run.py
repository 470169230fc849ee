"""From a tape, signals and terms to outcomes: the loop is driven tile by tile, so that it can be interrupted and its events taken away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import Bits, Integers
from engine.errors import MarketError, Problem
from engine.pulse import Checkpoint
from engine.simulation.ahead import read_ahead
from engine.simulation.book import DIVIDENDS, ENTRY, FLOW, LOCKED, LOTS, OPENED, SHARES, TICKETS, Book, Room, grown, new_books
from engine.simulation.door import check_script, check_terms
from engine.simulation.journal import rows_of_a_bar
from engine.simulation.loop import given_at, start, sweep
from engine.simulation.outcome import BAR, COLUMNS, Holding, Interrupted, Outcome, Tallies
from engine.simulation.script import NO_SCRIPT, Script
from engine.simulation.state import NO_PRICES, Figures, Signals, Wishes
from engine.simulation.tape import Tape
from engine.simulation.wanted import check_signals, plans_of, wishes_of
from engine.terms import SIZINGS, SLIPPAGE_MODELS, Terms

__all__ = ["Checkpoint", "Interrupted", "Outcome", "Outcomes", "Signals", "simulate", "simulate_block", "simulate_many", "simulate_script"]

TILE = 32
"""Bars that all combinations live before the next ones: half the time of one combination after the other (measured; 16 to 64 are equal)."""
TILE_CELLS = 32 * 320
"""Where stocks are few tiles are longer: what counts is what they take in the cache."""
LONE_TILE = 256
"""One combination alone has no use for tiles, only for checkpoints."""
LARGEST_EQUITY = 2**58
"""li: 288 trillion yuan. A bar may make it thirty times as much before anything overflows."""
LARGEST_TAXED = 4 * 10**15
"""li: dividends of a run, of which the tax is counted in tenths of a micro-yuan."""
_LOG_ROWS = 1 << 14
_NO_LOG = np.zeros((0, COLUMNS), np.int64)


class Outcomes(NamedTuple):
    """What becomes of P combinations, as columns; money in li."""

    equity: Integers
    """(P, R) at the close of each of the window's bars."""
    tallies: Integers
    """(P, 18) Tallies without the refusals."""
    refused: Integers
    """(P, Reject)"""
    cash: Integers
    """(P,)"""
    receivable: Integers
    """(P,)"""


def simulate(tape: Tape, signals: Signals, terms: Terms, record: bool = False, checkpoint: Checkpoint | None = None) -> Outcome:
    """One combination. `record` adds the events and changes nothing else. Interrupted if the checkpoint says so."""
    check_signals(tape, signals)
    block = _Block(tape, wishes_of([signals]), [terms], record)
    block.exits = signals.exit if record else None
    block.run(LONE_TILE, checkpoint)
    return block.outcome(0)


def simulate_many(
    tape: Tape, wishes: Wishes, terms: Sequence[Terms], checkpoint: Checkpoint | None = None, tile: int | None = None
) -> Outcomes:
    """Many combinations at once, each with the same bytes as alone. Several threads may each run some of their own.

    What the wishes' addresses point at is taken for granted. Terms that are equal should be one object.
    """
    block = _Block(tape, wishes, terms, record=False)
    usual = max(TILE, TILE_CELLS // len(tape.market.codes)) if len(terms) > 1 else LONE_TILE
    block.run(tile or usual, checkpoint)
    return block.outcomes()


def simulate_block(
    tape: Tape, signals: Sequence[Signals], terms: Sequence[Terms], checkpoint: Checkpoint | None = None, tile: int = TILE
) -> list[Outcome]:
    """The same with signals as arrays, which are verified, and an outcome for each."""
    for one in {id(one): one for one in signals}.values():
        check_signals(tape, one)
    block = _Block(tape, wishes_of(signals), terms, record=False)
    block.run(tile, checkpoint)
    return [block.outcome(j) for j in range(len(terms))]


def simulate_script(tape: Tape, script: Script, terms: Terms, checkpoint: Checkpoint | None = None) -> Outcome:
    """Orders or target weights from outside, recorded. There are no signals; the terms' rules of risk hold all the same."""
    nothing = np.zeros((tape.decided_by.shape[0], tape.stocks // 64), np.uint64)
    where = nothing.__array_interface__["data"][0]
    wishes = Wishes(np.array([[where, where, 0, 0, 0, 0, 0, 0]], np.uint64), NO_PRICES, (nothing,))
    block = _Block(tape, wishes, [terms], record=True, script=script)
    block.run(LONE_TILE, checkpoint)
    return block.outcome(0)


class _Block:
    """The books of some combinations, and the log of one."""

    def __init__(self, tape: Tape, wishes: Wishes, terms: Sequence[Terms], record: bool, script: Script = NO_SCRIPT) -> None:
        count = len(terms)
        if len(wishes.addresses) != count:
            raise MarketError([Problem("signals", f"{len(wishes.addresses)} for {count} terms")])
        kinds = {id(each): each for each in terms}
        for each in kinds.values():
            check_terms(each, tape.conditions)
        check_script(tape.rows, len(tape.market.codes), script)
        self.tape, self.wishes, self.script = tape, wishes, script
        number = {key: k for k, key in enumerate(kinds)}
        which = np.fromiter(map(number.__getitem__, map(id, terms)), np.int64, count)
        self.figures = np.array([_figures(each) for each in kinds.values()], np.int64).reshape(-1, len(Figures._fields))[which]
        self.cash = np.array([each.initial_cash for each in kinds.values()], np.int64)[which]
        self.books = new_books(count, _room(tape, wishes, list(kinds.values()), script))
        self.equity = np.empty((count, tape.rows), np.int64)
        self.log = np.zeros((_LOG_ROWS + 32 * tape.stocks, COLUMNS), np.int64) if record else _NO_LOG
        self.events: list[Integers] = []
        self.exits: Bits | None = None

    def run(self, tile: int, checkpoint: Checkpoint | None) -> None:
        rows, count = self.tape.rows, len(self.cash)
        plans, panels = plans_of(self.tape, self.wishes, self.figures, self.script), self._panels()
        start(self.books, self.figures, self.cash)
        lived = np.zeros(count, np.int64)
        for first in range(0, rows if count else 0, tile):
            until = min(first + tile, rows)
            read_ahead(panels, first, until)
            while True:
                sweep(self.tape.bars, plans, self.books, self.log, self.equity, lived, until)
                self._drain()
                if (lived == until).all():
                    break
                self._make_room(int(lived.min()))
            self._check_growth(first, until)
            if checkpoint is not None and not checkpoint(until / rows):
                raise Interrupted(self._so_far(until) if self.log.shape[0] else None)

    def outcomes(self) -> Outcomes:
        books = self.books
        return Outcomes(self.equity, books.tally, books.refused, books.account[:, 0].copy(), books.account[:, 9].copy())

    def outcome(self, j: int) -> Outcome:
        tally: list[int] = self.books.tally[j].tolist()
        return Outcome(
            equity=self.equity[j],
            tallies=Tallies._make([*tally, tuple(self.books.refused[j].tolist())]),
            cash=int(self.books.account[j, 0]),
            receivable=int(self.books.account[j, 9]),
            holdings=_holdings(self.books, j, self.tape.market.window_start),
            events=np.concatenate(self.events) if self.log.shape[0] else None,
            exits=self.exits,
        )

    def _so_far(self, until: int) -> Outcome:
        """Of the bars before `until` alone: what a window that ends there would have given."""
        market = self.tape.market
        now = market.times[market.window_start + until - 1]
        decided = int(np.searchsorted((market.decided_by or market).times, now, side="right"))
        exits = None if self.exits is None else self.exits[:decided]
        return replace(self.outcome(0), equity=self.equity[0, :until].copy(), exits=exits)

    def _panels(self) -> list[npt.NDArray[Any]]:
        """What is to be read ahead for many combinations: what most fills look at."""
        bars = self.tape.bars
        stops = [Figures._fields.index(name) for name in ("stop_loss", "take_profit", "trailing_stop")]
        panels: list[npt.NDArray[Any]] = [bars.price, bars.close, bars.up, bars.down, bars.volume]
        panels += [bars.high, bars.low] if self.figures[:, stops].any() else []
        return panels if len(self.cash) > 1 else []

    def _drain(self) -> None:
        """Take the events away, with rows of the market instead of rows of the window."""
        if self.log.shape[0]:
            rows = self.log[1 : self.log[0, 0] + 1].copy()
            rows[:, BAR] += self.tape.market.window_start
            self.events.append(rows)
            self.log[0, 0] = 0

    def _make_room(self, t: int) -> None:
        """Twice the room for lots, and enough for everything that bar t may bring."""
        books, stocks = self.books, self.tape.stocks
        tickets = int(books.counters[:, TICKETS].max()) + given_at(self.script, t, stocks)
        lots = books.lots.shape[2]
        self.books = grown(books, tickets, 2 * lots if (books.counters[:, LOTS] + books.stocks.shape[1] > lots).any() else lots)
        rows = 2 * rows_of_a_bar(stocks, tickets)
        if 0 < self.log.shape[0] < rows:
            self.log = np.zeros((rows, COLUMNS), np.int64)

    def _check_growth(self, first: int, until: int) -> None:
        """MarketError where money outgrows what is counted exactly: kernels would overflow in silence."""
        account, taxed = self.books.account, self.books.lots.shape[2] > 0
        received = self.books.tally[:, DIVIDENDS] + account[:, 9]
        if account[:, 1].min() < 0 or account[:, 2].max() > LARGEST_EQUITY or (taxed and received.max() > LARGEST_TAXED):
            equity = self.equity[:, first:until]
            row = first + int(((equity < 0) | (equity > LARGEST_EQUITY)).any(axis=0).argmax())
            session = self.tape.market.sessions[self.tape.market.window_start + row]
            message = (
                f"the account outgrows {LARGEST_EQUITY // 10**15:,} trillion yuan by {session}, or its dividends {LARGEST_TAXED // 10**15}"
            )
            raise MarketError([Problem("equity", message, "check prices and factors; a volume_cap keeps orders to what was traded")])


def _room(tape: Tape, wishes: Wishes, terms: Sequence[Terms], script: Script) -> Room:
    """How much the books must hold; for lots, and for orders from outside, they grow."""
    stocks = len(tape.market.codes)
    slots = min(max((each.max_positions for each in terms), default=1), stocks)
    is_priced = wishes.addresses[:, 3:7].any()
    tickets = 4 * slots + 4 if is_priced else 0
    if wishes.addresses[:, 7].any():  # sales that wait, and a bar's new sales and purchases, each of any stock
        slots, tickets = stocks, 4 * stocks + tickets
    if script is not NO_SCRIPT:
        slots = stocks
    pays_cash = tape.conditions.actions == "cash"
    lots = 3 * slots + 8 if pays_cash and tape.conditions.dividend_tax else 0
    return Room(stocks, slots, tickets, lots, int(tape.bars.session[-1]) + 1 if pays_cash else 0)


def _holdings(books: Book, j: int, window_start: int) -> tuple[Holding, ...]:
    found = []
    for k in range(int(books.account[j, 5])):
        position = books.positions[j, :, k].tolist()
        found.append(
            Holding(
                stock=int(books.stocks[j, k]),
                shares=position[SHARES],
                sellable=position[SHARES] - position[LOCKED],
                entry_price=position[ENTRY],
                opened=position[OPENED] + window_start,
                flow=position[FLOW],
            )
        )
    return tuple(sorted(found))


def _figures(terms: Terms) -> Figures:
    return Figures(
        max_positions=terms.max_positions,
        cash_reserve=terms.cash_reserve,
        commission=min(terms.commission, terms.commission_cap),
        commission_minimum=terms.commission_minimum,
        slippage=terms.slippage,
        volume_cap=-1 if terms.volume_cap is None else terms.volume_cap,
        keep_rest=int(terms.keep_rest),
        stop_loss=terms.stop_loss,
        take_profit=terms.take_profit,
        trailing_stop=terms.trailing_stop,
        max_holding=terms.max_holding,
        max_drawdown=terms.max_drawdown,
        daily_loss=terms.daily_loss,
        slippage_model=SLIPPAGE_MODELS.index(terms.slippage_model),
        at_close=int(terms.conditions.fill == "close"),
        sizing=SIZINGS.index(terms.sizing),
        size=terms.size,
        max_weight=terms.max_weight,
        cool_down=terms.cool_down,
        max_industry_weight=terms.max_industry_weight,
        buy_until_cancelled=int(terms.buy_until_cancelled),
        sell_until_cancelled=int(terms.sell_until_cancelled),
        pays_cash=int(terms.conditions.actions == "cash"),
        taxed=int(terms.conditions.actions == "cash" and terms.conditions.dividend_tax),
        max_entries=terms.max_entries,
    )
