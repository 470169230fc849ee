"""The simulation's door: everything that kernels take for granted is verified here, and every problem is reported."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.arrays import Integers
from engine.errors import MarketError, Problem, RulesError
from engine.market import BOARDS, FAR, Market
from engine.pulse import SILENT, Pulse
from engine.simulation.door_facts import Chosen, again, array_problem, check_facts, no_dates, row_problem
from engine.simulation.script import Script
from engine.terms import ACTION_MODES, FILLS, ONE, SIZINGS, SLIPPAGE_MODELS, Conditions, Terms

LARGEST_PRICE = 10**9
"""li: limits of such a price still fit int32."""
LARGEST_VOLUME = 10**15
LARGEST_CASH = 10**13
MOST_POSITIONS = 32_767
MOST_STOCKS = 32_704
"""Whole words of columns: every one may be held, and positions are counted in int16."""
MOST_ENTRIES = 1_000
LARGEST_RATE = ONE // 10
"""Of duty and transfer fee, where the account has its own."""
MOST_SIZE = {"equal": 0, "amount": LARGEST_CASH, "shares": 10**9, "percent": ONE}
MOST_SLIPPAGE = {"bps": ONE // 2, "ticks": 1_000, "range": ONE, "impact": ONE}
"""By model; the tick's is a number of ticks."""

_PANELS = {
    "open": np.int32,
    "high": np.int32,
    "low": np.int32,
    "close": np.int32,
    "pre_close": np.int32,
    "volume": np.int64,
    "amount": np.int64,
    "adj_factor": np.int64,
    "limit_up": np.int32,
    "limit_down": np.int32,
    "member": np.uint8,
    "is_st": np.uint8,
    "listed_sessions": np.int32,
}


def check_market(market: Market, pulse: Pulse = SILENT) -> list[Problem]:
    """Shapes and types first; contents only when those are right."""
    problems = _check_axes(market)
    for name, dtype in _PANELS.items():
        problems += array_problem(name, getattr(market, name), market.close.shape, dtype)
    return problems or _check_order(market) + _check_cells(market, pulse) + check_facts(market)


def check_conditions(conditions: Conditions) -> None:
    """RulesError with everything that no market is played by."""
    problems = []
    for name, known in (("fill", FILLS), ("actions", ACTION_MODES)):
        if getattr(conditions, name) not in known:
            problems.append(Problem(f"terms.{name}", f"{getattr(conditions, name)!r} is unknown", f"one of {', '.join(known)}"))
    for name in ("dividend_tax", "price_limits", "t_plus_one", "lots"):
        problems += _switch(name, getattr(conditions, name))
    for name in ("stamp_duty", "transfer_fee"):
        if getattr(conditions, name) is not None:
            problems += _whole(name, getattr(conditions, name), 0, LARGEST_RATE)
    if problems:
        raise RulesError(problems)


def check_terms(terms: Terms, conditions: Conditions) -> None:
    """RulesError with every figure that an account cannot have. `conditions`: what the tape was prepared for."""
    problems = []
    for name, prepared in vars(conditions).items():
        if getattr(terms.conditions, name) != prepared:
            problems.append(Problem(f"terms.{name}", f"{getattr(terms.conditions, name)!r}, and the tape is prepared for {prepared!r}"))
    for name, known in (("sizing", SIZINGS), ("slippage_model", SLIPPAGE_MODELS)):
        if getattr(terms, name) not in known:
            problems.append(Problem(f"terms.{name}", f"{getattr(terms, name)!r} is unknown", f"one of {', '.join(known)}"))
    for name in ("keep_rest", "buy_until_cancelled", "sell_until_cancelled"):
        problems += _switch(name, getattr(terms, name))
    for name, value, lowest, highest in (
        ("initial_cash", terms.initial_cash, 1, LARGEST_CASH),
        ("max_positions", terms.max_positions, 1, MOST_POSITIONS),
        ("size", terms.size, int(terms.sizing != "equal"), MOST_SIZE.get(terms.sizing, LARGEST_CASH)),
        ("cash_reserve", terms.cash_reserve, 0, ONE - 1),
        ("commission", terms.commission, 0, ONE // 100),
        ("commission_cap", terms.commission_cap, 0, ONE // 100),
        ("commission_minimum", terms.commission_minimum, 0, 10**9),
        ("slippage", terms.slippage, 0, MOST_SLIPPAGE.get(terms.slippage_model, ONE)),
        ("volume_cap", terms.volume_cap or 0, 0, ONE),
        ("stop_loss", terms.stop_loss, 0, ONE - 1),
        ("trailing_stop", terms.trailing_stop, 0, ONE - 1),
        ("take_profit", terms.take_profit, 0, 100 * ONE),
        ("max_holding", terms.max_holding, 0, 10**6),
        ("max_drawdown", terms.max_drawdown, 0, ONE - 1),
        ("daily_loss", terms.daily_loss, 0, ONE - 1),
        ("max_weight", terms.max_weight, 0, ONE),
        ("max_entries", terms.max_entries, 1, MOST_ENTRIES),
        ("cool_down", terms.cool_down, 0, 10**6),
        ("max_industry_weight", terms.max_industry_weight, 0, ONE),
    ):
        problems += _whole(name, value, lowest, highest)
    if problems:
        raise RulesError(problems)


def _whole(name: str, value: Any, lowest: int, highest: int) -> list[Problem]:
    if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
        return []
    return [Problem(f"terms.{name}", f"{value!r} is not a whole number from {lowest} to {highest}")]


def _switch(name: str, value: Any) -> list[Problem]:
    return [] if isinstance(value, bool) else [Problem(f"terms.{name}", f"{value!r} is neither True nor False")]


def check_script(tape_rows: int, stocks: int, script: Script) -> None:
    """MarketError where orders or targets from outside are not of this market, or cannot be."""
    tables = (("orders", script.order_at, script.orders, 8), ("targets", script.target_at, script.targets, 3))
    problems = [each for name, _, table, columns in tables for each in array_problem(name, table, (None, columns), np.int64)]
    if problems:
        raise MarketError(problems)
    for name, at, table, _ in tables:
        if at.size != tape_rows + 1 and (at.size or len(table)):
            problems.append(Problem(name, f"are laid out for {at.size - 1} bars, and the window has {tape_rows}"))
        elif at.size and (at[0] != 0 or at[-1] != len(table) or (np.diff(at) < 0).any()):
            problems.append(Problem(name, f"are laid out for {at[-1]} rows, and there are {len(table)}"))
    orders, targets = script.orders, script.targets
    shares, prices, lives = orders[:, 2], orders[:, 3:6], orders[:, 6]
    named = targets[targets[:, 1] >= 0]
    for name, table, message, wrong in (
        ("orders", orders, f"names no stock of {stocks}", (orders[:, 1] < 0) | (orders[:, 1] >= stocks)),
        ("orders", orders, f"has shares that are not 1 to {MOST_SIZE['shares']:,}, negative for sales", _no_shares(shares)),
        ("orders", orders, f"has prices that are not 0 to {LARGEST_PRICE:,} li", ((prices < 0) | (prices > LARGEST_PRICE)).any(axis=1)),
        ("orders", orders, "has an exact price beside a limit or a stop", (prices[:, 2] > 0) & (prices[:, :2] > 0).any(axis=1)),
        ("orders", orders, "rests neither for the day, 0, nor until cancelled, 1", (lives != 0) & (lives != 1)),
        ("targets", targets, f"names no stock of {stocks}", (targets[:, 1] < -1) | (targets[:, 1] >= stocks)),
        ("targets", targets, f"has a weight that is not 0 to {ONE:,}", (targets[:, 2] < 0) | (targets[:, 2] > ONE)),
        ("targets", named, "names a stock of this bar once more", again(named[:, 0] * stocks + named[:, 1])),
    ):
        problems += row_problem(name, message, table, wrong)
    if problems:
        raise MarketError(problems)


def _no_shares(shares: Integers) -> Chosen:
    """Also where the number has no positive counterpart."""
    return np.asarray((shares == 0) | (shares > MOST_SIZE["shares"]) | (shares < -MOST_SIZE["shares"]))


def _check_axes(market: Market) -> list[Problem]:
    problems = list[Problem]()
    rows, columns = market.shape if market.close.ndim == 2 else (0, 0)
    if columns > MOST_STOCKS:
        problems.append(Problem("codes", f"{columns:,} stocks, and at most {MOST_STOCKS:,} can be held"))
    if rows == 0 or columns == 0:
        problems.append(Problem("close", f"is not a panel of bars by stocks: shape {market.close.shape}"))
    for name, array, dtype in (("times", market.times, np.int64), ("sessions", market.sessions, np.int32)):
        problems += array_problem(name, array, (rows,), dtype)
    for name, labels in (("codes", market.codes), ("boards", market.boards)):
        if len(labels) != columns:
            problems.append(Problem(name, f"{len(labels)} for {columns} stocks"))
    if not isinstance(market.window_start, int) or not 0 <= market.window_start < max(rows, 1):
        problems.append(Problem("window_start", f"{market.window_start} is not one of {rows} rows"))
    return problems


def _check_order(market: Market) -> list[Problem]:
    problems = []
    if (np.diff(market.sessions) < 0).any():
        problems.append(Problem("sessions", "must ascend"))
    elif market.frequency == "1d" and (np.diff(market.sessions) == 0).any():
        day = market.sessions[1:][np.diff(market.sessions) == 0][0]
        problems.append(Problem("sessions", f"{day} comes twice, and the bars are daily"))
    if (wrong := no_dates(market.sessions)).any():
        problems.append(Problem("sessions", f"{market.sessions[wrong][0]} is no day YYYYMMDD"))
    if (np.diff(market.times) <= 0).any():
        problems.append(Problem("times", "must ascend, each later than the one before"))
    if any(one >= two for one, two in zip(market.codes, market.codes[1:], strict=False)):
        problems.append(Problem("codes", "must be unique and ascend"))
    for code, board in zip(market.codes, market.boards, strict=True):
        if board not in BOARDS or board == "index":
            hint = "an index cannot be traded" if board == "index" else f"one of {', '.join(BOARDS[:-1])}"
            problems.append(Problem("boards", f"{code} is on board {board!r}", hint))
    return problems


def _check_cells(market: Market, pulse: Pulse) -> list[Problem]:
    """The first offender of each kind is named."""
    problems = []
    for name, message, wrong in _kinds(market):
        pulse.did()
        if wrong.any():
            t, i = np.unravel_index(int(wrong.argmax()), wrong.shape)
            where = f"{market.codes[i]} on {market.sessions[t]}"
            problems.append(Problem(name, f"{message}: {where}, and {int(wrong.sum()) - 1} more cells"))
    return problems


def _kinds(market: Market) -> Iterator[tuple[str, str, Chosen]]:
    """Every cell in words, and where they are not so; one kind at a time, because each is a panel."""
    m, bar = market, market.open > 0
    yield "open", "is negative", m.open < 0
    yield "close", "is negative", m.close < 0
    yield "high", f"is above {LARGEST_PRICE:,} li", m.high > LARGEST_PRICE
    yield "close", f"is above {LARGEST_PRICE:,} li", m.close > LARGEST_PRICE
    yield "pre_close", "is missing, negative or too large where there is a bar", bar & ((m.pre_close <= 0) | (m.pre_close > LARGEST_PRICE))
    yield "low", "does not lie below open, high and close", bar & ((m.low > m.open) | (m.low > m.close) | (m.low <= 0))
    yield "high", "does not lie above open, low and close", bar & ((m.high < m.open) | (m.high < m.close))
    yield "open", "is 0 (no bar), but high, low or volume are not written so", ~bar & ((m.high != 0) | (m.low != FAR) | (m.volume != 0))
    yield "pre_close", "must be 0 without a bar", ~bar & (m.pre_close != 0)
    yield "volume", "is negative or too large", (m.volume < 0) | (m.volume > LARGEST_VOLUME)
    yield "adj_factor", "is not positive", m.adj_factor <= 0
    yield "limit_up", "is negative", m.limit_up < 0
    yield "limit_down", "is negative", m.limit_down < 0
