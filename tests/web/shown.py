"""Figures as people read them, back into numbers: with how much they may differ from what they were made of."""

import re
from typing import NamedTuple

NUMBER = re.compile(r"([+−-]?)\s*([\d,]+)(?:\.(\d+))?\s*(%|亿|万|[KMB](?![a-z]))?")
SCALES = {"": 1.0, "%": 0.01, "万": 1e4, "亿": 1e8, "K": 1e3, "M": 1e6, "B": 1e9}
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
MISSING = "–"


class Shown(NamedTuple):
    value: float
    unit: float
    """Of the last digit."""


def read(text: str) -> Shown | None:
    """None: the figure is said to be missing. A day is the number that the API has for it. ValueError where there is no figure."""
    if text.strip().startswith(MISSING):
        return None
    if day := DATE.search(text):
        return Shown(float("".join(day.groups())), 0.0)
    found = NUMBER.search(text)
    if not found:
        raise ValueError(f"no figure: {text!r}")
    sign, whole, digits, suffix = found.groups()
    scale = SCALES[suffix or ""]
    value = float(f"{whole.replace(',', '')}.{digits or 0}") * scale
    return Shown(-value if sign in ("−", "-") else value, scale * 10.0 ** -len(digits or ""))


def says(text: str, value: float | None) -> bool:
    """Whether the text says this value, as far as its digits go; half a digit of rounding, and what binary fractions lose."""
    shown = read(text)
    if shown is None or value is None:
        return shown is None and value is None
    return abs(shown.value - value) <= shown.unit * 0.5 + abs(value) * 1e-9 + 1e-12
