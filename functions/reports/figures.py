"""How figures are written for people. What does not exist is a dash, never a nought."""

from math import isfinite

NOTHING = "—"


def yuan(li: int, decimals: int = 2) -> str:
    """Exact money with thousands marks: 1,234.56; the third decimal where it is asked for or not zero."""
    sign, li = ("-", -li) if li < 0 else ("", li)
    text = f"{li // 1000:,}.{li % 1000:03d}"
    return sign + (text[:-1] if decimals == 2 and text.endswith("0") else text)


def day(session: int | None) -> str:
    """2024-12-31 of 20241231."""
    return f"{session // 10_000}-{session // 100 % 100:02d}-{session % 100:02d}" if session else NOTHING


def percent(value: float | None, decimals: int = 2) -> str:
    return _written(None if value is None else value * 100, f".{decimals}f", "%")


def signed_percent(value: float | None, decimals: int = 2) -> str:
    """With + or -: the sign says what the colour says."""
    return _written(None if value is None else value * 100, f"+.{decimals}f", "%")


def number(value: float | int | None, decimals: int = 2) -> str:
    return _written(value, f",.{0 if isinstance(value, int) else decimals}f")


def signed_number(value: float | int | None, decimals: int = 2) -> str:
    return _written(value, f"+,.{0 if isinstance(value, int) else decimals}f")


def tone(value: float | int | None) -> str:
    """The colour class of a gain or a loss: up is red, down is green."""
    return "" if value is None or not isfinite(value) or value == 0 else "up" if value > 0 else "down"


def arrow(value: float | int | None) -> str:
    """For those who do not see the colours."""
    return {"up": "▲ ", "down": "▼ "}.get(tone(value), "")


def _written(value: float | int | None, manner: str, unit: str = "") -> str:
    if value is None or not isfinite(value):
        return NOTHING
    text = format(value, manner)
    return (text if float(text.replace(",", "")) else text.lstrip("+-")) + unit  # what rounds to nought has no sign
