"""The simulation's door: everything that kernels take for granted is verified here, and every problem is reported."""

from typing import Any

import numpy as np

from engine.errors import MarketError, Problem, RulesError
from engine.market import BOARDS, FAR, Market
from engine.simulation.script import Script
from engine.terms import ONE, Conditions, Terms

LARGEST_PRICE = 10**9
"""li: limits of such a price still fit int32."""
LARGEST_VOLUME = 10**15
LARGEST_CASH = 10**13
MOST_POSITIONS = 32_767
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
    "adj_factor": np.int64,
    "limit_up": np.int32,
    "limit_down": np.int32,
    "is_st": np.uint8,
    "listed_sessions": np.int32,
}


def check_market(market: Market) -> list[Problem]:
    """Shapes and types first; contents only when those are right."""
    problems = _check_axes(market)
    for name, dtype in _PANELS.items():
        problems += _check_array(name, getattr(market, name), market.close.shape, dtype)
    return problems or _check_order(market) + _check_cells(market)


def check_terms(terms: Terms, conditions: Conditions) -> None:
    """RulesError with every figure that an account cannot have. `conditions`: what the tape was prepared for."""
    problems = []
    for name, prepared in vars(conditions).items():
        if getattr(terms.conditions, name) != prepared:
            problems.append(Problem(f"terms.{name}", f"{getattr(terms.conditions, name)!r}, and the tape is prepared for {prepared!r}"))
    for name, value, lowest, highest in (
        ("initial_cash", terms.initial_cash, 1, LARGEST_CASH),
        ("max_positions", terms.max_positions, 1, MOST_POSITIONS),
        ("size", terms.size, terms.sizing != "equal", MOST_SIZE.get(terms.sizing, -1)),
        ("cash_reserve", terms.cash_reserve, 0, ONE - 1),
        ("commission", terms.commission, 0, ONE // 100),
        ("commission_cap", terms.commission_cap, 0, ONE // 100),
        ("commission_minimum", terms.commission_minimum, 0, 10**9),
        ("slippage", terms.slippage, 0, MOST_SLIPPAGE.get(terms.slippage_model, -1)),
        ("volume_cap", terms.volume_cap or 0, 0, ONE),
        ("stop_loss", terms.stop_loss, 0, ONE - 1),
        ("trailing_stop", terms.trailing_stop, 0, ONE - 1),
        ("take_profit", terms.take_profit, 0, 100 * ONE),
        ("max_holding", terms.max_holding, 0, 10**6),
        ("max_drawdown", terms.max_drawdown, 0, ONE - 1),
        ("daily_loss", terms.daily_loss, 0, ONE - 1),
        ("max_weight", terms.max_weight, 0, ONE),
        ("cool_down", terms.cool_down, 0, 10**6),
        ("max_industry_weight", terms.max_industry_weight, 0, ONE),
    ):
        if not isinstance(value, int) or not lowest <= value <= highest:
            problems.append(Problem(f"terms.{name}", f"{value!r} is not a whole number from {lowest} to {highest}"))
    if problems:
        raise RulesError(problems)


def check_script(tape_rows: int, stocks: int, script: Script) -> None:
    """MarketError where orders or targets from outside are not of this market, or cannot be."""
    problems = []
    for name, at in (("orders", script.order_at), ("targets", script.target_at)):
        if at.size not in (0, tape_rows + 1):
            problems.append(Problem(name, f"are laid out for {at.size - 1} bars, and the window has {tape_rows}"))
    for name, table, lowest in (("orders", script.orders, 0), ("targets", script.targets, -1)):
        wrong = (table[:, 1] < lowest) | (table[:, 1] >= stocks)
        if wrong.any():
            problems.append(Problem(name, f"row {int(wrong.argmax())} names stock {table[wrong.argmax(), 1]} of {stocks}"))
    shares, prices = script.orders[:, 2], script.orders[:, 3:6]
    if ((shares == 0) | (np.abs(shares) > MOST_SIZE["shares"])).any():
        problems.append(Problem("orders", f"shares must be from 1 to {MOST_SIZE['shares']:,}, negative for sales"))
    if ((prices < 0) | (prices > LARGEST_PRICE)).any():
        problems.append(Problem("orders", f"prices must be from 0 to {LARGEST_PRICE:,} li"))
    if ((script.targets[:, 2] < 0) | (script.targets[:, 2] > ONE)).any():
        problems.append(Problem("targets", "weights must be from 0 to 1"))
    if problems:
        raise MarketError(problems)


def _check_axes(market: Market) -> list[Problem]:
    problems = []
    rows, columns = market.shape if market.close.ndim == 2 else (0, 0)
    if rows == 0 or columns == 0:
        problems.append(Problem("close", f"is not a panel of bars by stocks: shape {market.close.shape}"))
    for name, array, dtype in (("times", market.times, np.int64), ("sessions", market.sessions, np.int32)):
        problems += _check_array(name, array, (rows,), dtype)
    for name, labels in (("codes", market.codes), ("boards", market.boards)):
        if len(labels) != columns:
            problems.append(Problem(name, f"{len(labels)} for {columns} stocks"))
    if not 0 <= market.window_start < max(rows, 1):
        problems.append(Problem("window_start", f"{market.window_start} is not one of {rows} rows"))
    return problems


def _check_array(name: str, array: Any, shape: tuple[int, ...], dtype: Any) -> list[Problem]:
    if not isinstance(array, np.ndarray) or array.dtype != dtype or array.shape != shape:
        found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        return [Problem(name, f"must be {np.dtype(dtype)} {shape}, is {found}")]
    if not array.flags.c_contiguous:
        return [Problem(name, "must be C-contiguous")]
    return []


def _check_order(market: Market) -> list[Problem]:
    problems = []
    if (np.diff(market.sessions) < 0).any():
        problems.append(Problem("sessions", "must ascend"))
    if (np.diff(market.times) <= 0).any():
        problems.append(Problem("times", "must ascend, each later than the one before"))
    if any(one >= two for one, two in zip(market.codes, market.codes[1:], strict=False)):
        problems.append(Problem("codes", "must be unique and ascend"))
    for code, board in zip(market.codes, market.boards, strict=True):
        if board not in BOARDS or board == "index":
            hint = "an index cannot be traded" if board == "index" else f"one of {', '.join(BOARDS[:-1])}"
            problems.append(Problem("boards", f"{code} is on board {board!r}", hint))
    return problems


def _check_cells(market: Market) -> list[Problem]:
    """Every cell in words; the first offender of each kind is named."""
    m, bar = market, market.open > 0
    kinds = (
        ("open", "is negative", m.open < 0),
        ("close", "is negative", m.close < 0),
        ("high", f"is above {LARGEST_PRICE:,} li", m.high > LARGEST_PRICE),
        ("close", f"is above {LARGEST_PRICE:,} li", m.close > LARGEST_PRICE),
        ("pre_close", "is missing, negative or too large where there is a bar", bar & ((m.pre_close <= 0) | (m.pre_close > LARGEST_PRICE))),
        ("low", "does not lie below open, high and close", bar & ((m.low > m.open) | (m.low > m.close) | (m.low <= 0))),
        ("high", "does not lie above open, low and close", bar & ((m.high < m.open) | (m.high < m.close))),
        ("open", "is 0 (no bar), but high, low or volume are not written so", ~bar & ((m.high != 0) | (m.low != FAR) | (m.volume != 0))),
        ("pre_close", "must be 0 without a bar", ~bar & (m.pre_close != 0)),
        ("volume", "is negative or too large", (m.volume < 0) | (m.volume > LARGEST_VOLUME)),
        ("adj_factor", "is not positive", m.adj_factor <= 0),
        ("limit_up", "is negative", m.limit_up < 0),
        ("limit_down", "is negative", m.limit_down < 0),
    )
    problems = []
    for name, message, wrong in kinds:
        if wrong.any():
            t, i = np.unravel_index(int(wrong.argmax()), wrong.shape)
            where = f"{market.codes[i]} on {market.sessions[t]}"
            problems.append(Problem(name, f"{message}: {where}, and {int(wrong.sum()) - 1} more cells"))
    return problems
