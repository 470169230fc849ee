"""One text of a table as a value, or why it has none."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from engine.orders.lines import MICRO, NO_CLOCK, PICO

_LARGEST_SHARES = 10**9
_LARGEST_PRICE = 10**6
"""CNY"""
DAY = 10**8
"""More than a day has milliseconds: a day and a clock in one number."""
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?|\d{5,6}")
_APART = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,3})\d*)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{1,2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,3})\d*)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?")

_SIDES = {
    **dict.fromkeys(("buy", "b", "long", "买", "买入", "证券买入"), 1),
    **dict.fromkeys(("sell", "s", "卖", "卖出", "证券卖出"), -1),
}
_LIVES = {**dict.fromkeys(("", "day", "当日", "当日有效"), 0), **dict.fromkeys(("gtc", "撤销前有效"), 1)}
_EXCHANGES = {"XSHG": "SH", "XSHE": "SZ", "SS": "SH", "SSE": "SH", "SZSE": "SZ"}
"""Suffixes that other tools write."""


class Wrong(NamedTuple):
    """Why a text has no value."""

    message: str
    hint: str | None = None


def moment(text: str) -> int | Wrong:
    """The day and the clock as one number; midnight is no clock, because tables of days are often written so."""
    found = _APART.fullmatch(text) or _TOGETHER.fullmatch(text.removesuffix(".0"))
    if found is None:
        return Wrong("is no time", "2024-01-02 or 20240102, of minute bars 2024-01-02 09:35")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        number = int(date(int(year), int(month), int(day)).strftime("%Y%m%d"))
    except ValueError:
        return Wrong("is no day of the calendar")
    if zone and zone.replace(":", "") != "+0800":
        return Wrong("is in another time zone", "times are Shanghai's, +08:00")
    clock = (int(hour or 0) * 60 + int(minute or 0)) * 60 + int(second or 0)
    if int(hour or 0) > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
        return Wrong("is no time of the day")
    milliseconds = clock * 1000 + int((fraction or "0").ljust(3, "0"))
    return number * DAY + (milliseconds or NO_CLOCK) + 1


def code(text: str) -> str:
    """As Tushare writes it, where only the exchange's name or place differs; 600519.XSHG and sh600519 are 600519.SH."""
    code = text.upper()
    if found := re.fullmatch(r"(SH|SZ|BJ)[.]?(\d{6})", code):
        return f"{found[2]}.{found[1]}"
    symbol, dot, exchange = code.partition(".")
    return f"{symbol}{dot}{_EXCHANGES.get(exchange, exchange)}"


def shares(text: str) -> int | Wrong:
    """Signed."""
    number = _number(text)
    if number is None:
        return Wrong("is no number")
    if number == 0:
        return Wrong("orders nothing", "leave the row out")
    if number != int(number) or abs(number) > _LARGEST_SHARES:
        return Wrong("is no whole number of shares", f"at most {_LARGEST_SHARES:,}")
    return int(number)


def side(text: str) -> int | Wrong:
    """1 to buy, -1 to sell."""
    return _SIDES.get(text.lower()) or Wrong("is no side", "buy or sell")


def life(text: str) -> int | Wrong:
    """1: until cancelled."""
    life = _LIVES.get(text.lower())
    return Wrong("is unknown", "day or gtc") if life is None else life


def price(text: str) -> int | Wrong:
    """Micro-yuan: what lies below is how a float is written, not what was meant. Empty and 0: none."""
    number = _number(text or "0")
    if number is None:
        return Wrong("is no number")
    if not 0 <= number <= _LARGEST_PRICE:
        return Wrong("is no price", f"0 (none) to {_LARGEST_PRICE:,} CNY")
    return round(number * MICRO)


def weight(text: str) -> int | Wrong:
    """In 10 ** -12."""
    number = _number(text)
    if number is None:
        return Wrong("is no number", "5% is 0.05" if text.endswith("%") else None)
    if number < 0:
        return Wrong("is negative", "there are no short sales")
    if number > 1 + Decimal("1e-8"):
        return Wrong(
            "is above 1", f"a share of equity: is {number}% meant, {number / 100}?" if number <= 100 else "a share of equity, 0 to 1"
        )
    return round(number * PICO)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("_", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**15 else None
