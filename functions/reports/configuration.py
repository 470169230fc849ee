"""A backtest's settings and names by content, as a page lists them."""

from collections.abc import Mapping
from typing import Any

from engine.words import Words
from functions.reports.universe_words import universe_words
from functions.reports.words import SETTINGS, named

LISTED = 30
"""Items of a list, such as the codes of a universe, that are written out."""


def configuration_of(context: Mapping[str, Any], identity: Mapping[str, str]) -> list[tuple[Words, Words | str]]:
    """What is set, by key; then the names by content in their order. A benchmark of null was asked for, other nulls say nothing."""
    settings = [(key, value) for key, value in sorted(context.items()) if value is not None or key == "benchmark"]
    return [(named(SETTINGS, key), setting(key, value)) for key, value in settings] + [
        (named(SETTINGS, key), value) for key, value in identity.items()
    ]


def setting(key: str, value: Any) -> Words | str:
    if key == "universe" and isinstance(value, Mapping):
        return universe_words(value) or _plain(value.get("codes", value))
    if key == "window" and isinstance(value, Mapping) and set(value) == {"start", "end"}:
        return f"{value['start']} – {value['end']}"
    return f"{value:,}" if key == "initial_cash" and isinstance(value, int) else _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items()) or "—"
    if isinstance(value, list | tuple):
        shown = ", ".join(_plain(item) for item in value[:LISTED])
        return shown + (f" … ({len(value)})" if len(value) > LISTED else "")
    return str(value)
