"""The words of the strategy language as plain values, for whoever shows them: the API's answer and the command line are one."""

from typing import Any

from engine.indicators.catalog import FIELDS, FUNCTIONS, Argument, Field, Function
from engine.language.expression import KEYWORDS, STRENGTH
from engine.language.manner import DIVIDENDS, FREQUENCIES
from engine.language.read import KEYS
from engine.language.sections.settings import RULES
from engine.language.settings import BASIS_POINTS, EVERY, FEES, KEEP_WITHIN, MAX_POSITIONS, RATE, SETTINGS, TOP, WHOLE, Setting
from engine.terms import FILLS

UNITS = {WHOLE: "whole", RATE: "rate", BASIS_POINTS: "basis points"}
TRUTHS = ("true", "false")
BOUNDED = ("whole", "number")
"""Kinds of arguments that have bounds."""

WORDS: dict[str, tuple[str, ...]] = {
    "select.every": ("week", "month"),
    "select.weight": ("equal",),
    "portfolio.sizing": ("equal",),
    "execution.fill": FILLS,
    "execution.frequency": FREQUENCIES,
    "execution.keep_rest": TRUTHS,
    "execution.buy.time_in_force": ("day", "gtc"),
    "execution.sell.time_in_force": ("day", "gtc"),
    "costs.dividends": DIVIDENDS,
    "costs.dividend_tax": TRUTHS,
    **{f"rules.{name}": TRUTHS for name in RULES},
}
"""Settings that take words."""


def vocabulary() -> dict[str, Any]:
    """Everything that a text may say, as JSON."""
    return {
        "functions": [function_row(row) for row in FUNCTIONS],
        "fields": [field_row(row) for row in FIELDS],
        "keywords": sorted(KEYWORDS),
        "operators": list(STRENGTH),
        "sections": list(KEYS),
        "settings": [setting_row(row) for row in (MAX_POSITIONS, *SETTINGS, *FEES, TOP, KEEP_WITHIN, EVERY)],
        "words": [{"path": path, "choices": list(choices)} for path, choices in WORDS.items()],
    }


def function_row(row: Function) -> dict[str, Any]:
    plain = ("name", "chinese", "group", "signature", "result", "formula", "missing", "source", "example", "definition")
    arguments = [_argument(argument) for argument in row.arguments]
    return {
        **{key: getattr(row, key) for key in plain},
        "text": row.text._asdict(),
        "look_back": row.look_back_text,
        "arguments": arguments,
    }


def field_row(row: Field) -> dict[str, Any]:
    return {**{key: getattr(row, key) for key in ("name", "unit", "kind", "needs")}, "text": row.text._asdict()}


def setting_row(row: Setting) -> dict[str, Any]:
    bounds = {"low": float(row.low), "high": float(row.high)}
    return {"path": row.path, "unit": UNITS.get(row.unit, "yuan"), "text": row.text._asdict(), **bounds, "default": row.default}


def _argument(row: Argument) -> dict[str, Any]:
    low, high = (row.low, row.high) if row.kind in BOUNDED else (None, None)
    return {"name": row.name, "kind": row.kind, "low": low, "high": high}
