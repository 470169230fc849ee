"""The rules of the market in the twin's words: rounding, calendar, fees, tax, lots, price limits. Money is Fractions of a yuan."""

import math
from calendar import monthrange
from fractions import Fraction

FEN, LI, MICRO = Fraction(1, 100), Fraction(1, 1000), Fraction(1, 10**6)
LOT = {"star": (200, 1), "bse": (100, 1)}
PERMILLE = Fraction(1, 1000)
RATE = Fraction(1, 10**7)
NEVER = 10**9
"""A session that no window reaches."""


def half_up(x, unit):
    return math.floor(x / unit + Fraction(1, 2)) * unit


def rounded_up(x, unit):
    return math.ceil(x / unit) * unit


def rounded_down(x, unit):
    return math.floor(x / unit) * unit


def root_rounded_up(x):
    """The square root to seven decimals, by bisection."""
    low, high = -1, 10**10
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if (middle * RATE) ** 2 >= x else (middle, high)
    return high * RATE


# -------------------------------------------------------------------------------------------------------------------- calendar


def days_of(case):
    return sorted(set(case["sessions"]))


def session_since(case, day):
    """The number of the first session on or after the day, NEVER beyond the end."""
    return next((k for k, session in enumerate(days_of(case)) if session >= day), NEVER)


def months_later(day, months):
    """The same day of a later month, or that month's last day."""
    year, month, number = day // 10000, day // 100 % 100, day % 100
    year, month = year + (month - 1 + months) // 12, (month - 1 + months) % 12 + 1
    return year * 10000 + month * 100 + min(number, monthrange(year, month)[1])


# ---------------------------------------------------------------------------------------------------------- fees, tax and lots


def is_fund(board):
    return board in ("fund", "fund_20")


def tick_of(board):
    return LI if is_fund(board) else FEN


def lot_of(board, terms):
    """(the smallest purchase, its steps)"""
    return LOT.get(board, (100, 100)) if terms["lots"] else (1, 1)


def duty_rate(day, board, side, terms):
    if side == "buy":
        return Fraction(0)
    if terms["stamp_duty"] is not None:
        return terms["stamp_duty"]
    if is_fund(board):
        return Fraction(0)
    return Fraction(1, 2) * PERMILLE if day >= 20230828 else 1 * PERMILLE


def transfer_rate(day, board, terms):
    if terms["transfer_fee"] is not None:
        return terms["transfer_fee"]
    if is_fund(board):
        return Fraction(0)
    if day >= 20220429:
        return Fraction(1, 100) * PERMILLE
    return Fraction(25, 1000) * PERMILLE if board == "bse" else Fraction(2, 100) * PERMILLE


def dividend_tax_rate(bought, sold):
    if sold <= months_later(bought, 1):
        return Fraction(20, 100)
    return Fraction(10, 100) if sold <= months_later(bought, 12) else Fraction(0)


# ---------------------------------------------------------------------------------------------------------------- price limits


def delisting_rates(day, board, since):
    """Rates within a delisting period that has rules of its own, else "usual"."""
    if not since or day < since or is_fund(board) or since < (20211115 if board == "bse" else 20201231):
        return "usual"
    if day == since:
        return None, None
    rate = Fraction({"main": 10, "chinext": 20, "star": 20, "bse": 30}[board], 100)
    return rate, rate


def limit_rates(day, board, is_st, listed, listing_day):
    """(up, down) as shares of pre_close, None where there is no limit. listing_day: None where unknown."""
    if listed:
        if (
            board in ("star", "main", "chinext")
            and listed <= 5
            and listing_day >= {"main": 20230410, "chinext": 20200824, "star": 20190722}[board]
        ):
            return None, None
        if board == "bse" and listed == 1:
            return None, None
        if board in ("main", "chinext") and listed == 1:
            return Fraction(44, 100), Fraction(36, 100)
    wide = 20 if day >= 20200824 else 10
    rate = {"main": 10, "fund": 10, "fund_20": wide, "star": 20, "bse": 30, "chinext": wide}[board]
    if is_st and board == "main":
        rate = 10 if day >= 20260706 else 5
    if is_st and board == "chinext" and day < 20200824:
        rate = 5
    return Fraction(rate, 100), Fraction(rate, 100)


def limits(case, t, i):
    """(up, down) yuan of bar t, None where there is none."""
    bar, board, day = case["bars"][t][i], case["boards"][i], case["sessions"][t]
    if bar is None or not case["terms"]["price_limits"]:
        return None, None
    listed = case["listed"][t][i]
    days = days_of(case)
    listing_day = days[max(days.index(day) - listed + 1, 0)] if listed else None
    rates, found = delisting_rates(day, board, case["delisting_from"][i]), []
    if rates == "usual":
        rates = limit_rates(day, board, case["is_st"][t][i], listed, listing_day)
    for given, rate, sign in zip(case["vendor"][t][i], rates, (1, -1), strict=True):
        ruled = None if rate is None else half_up(bar["pre_close"] * (1 + sign * rate), tick_of(board))
        found.append(given or ruled)
    return tuple(found)
