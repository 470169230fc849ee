"""The sections `portfolio`, `risk`, `execution` and `costs`, and the numbers of `select`: expressions of parameters within bounds."""

from collections.abc import Mapping
from fractions import Fraction

from engine.errors import Problem
from engine.language.check import did_you_mean
from engine.language.constants import as_text, shown
from engine.language.parser import parse
from engine.language.reading import Names, Reading
from engine.language.settings import MAX_POSITIONS, RATE, SETTINGS, WHOLE, Setting
from engine.language.strategy import Given
from engine.language.tree import Entry, Scalar, Table, Tree, problem_at
from engine.terms import FILLS, SIZINGS, SLIPPAGE_MODELS, Fill

_LATER = {
    "portfolio": {"max_industry_weight": ""},
    "execution": {"order": "", "limit": "", "time_in_force": ""},
    "costs": {"transfer": "set by the market rules of the day", "stamp_duty": "set by the market rules of the day", "dividend_tax": ""},
}


def read_settings(
    reading: Reading, sections: Mapping[str, tuple[Tree, ...]], names: Names, hidden: Mapping[str, str]
) -> tuple[list[Given], bool, Fill]:
    """Every setting with its default, whether the rest of a purchase is kept, and what market orders meet.

    `sections`: as each source gives them; later ones win, key by key.
    """
    found: dict[str, Tree] = {}
    keep_rest, fill = False, None
    for section in ("portfolio", "risk", "execution", "costs"):
        own = [row.path.split(".")[1] for row in (MAX_POSITIONS, *SETTINGS) if row.section == section]
        words = {"portfolio": ("sizing",), "execution": ("fill", "keep_rest")}.get(section, ())
        entries = [entry for tree in sections[section] for entry in reading.table(tree, (*own, *words), _LATER.get(section))]
        for entry in entries:
            key, value = entry.key.text, entry.value
            if key == "sizing" and isinstance(value, Scalar):
                _only(reading, value, "equal")
            elif key == "fill":
                fill = value
            elif key == "keep_rest":
                keep_rest = reading.truth(value)
            elif key in _CHOICES:
                found = {path: tree for path, tree in found.items() if not path.startswith(f"{section}.{key}.")}
                found |= {f"{section}.{key}.{inner.key.text}": inner.value for inner in _choice(reading, value, *_CHOICES[key])}
            else:
                found[f"{section}.{key}"] = value
    chosen = {row.choice[0] for row in SETTINGS if row.choice and row.path in found}
    rows = [row for row in (MAX_POSITIONS, *SETTINGS) if row.path in found or not (row.choice and row.choice[0] in chosen)]
    given = [read_setting(reading, row, found.get(row.path), names, hidden) for row in rows]
    return [each for each in given if each], keep_rest, _fill(reading, fill)


def read_setting(reading: Reading, setting: Setting, tree: Tree | None, names: Names, hidden: Mapping[str, str]) -> Given | None:
    if tree is None:
        return Given(setting, parse(setting.default), Fraction(setting.default)) if setting.default is not None else None
    placed = reading.expression(tree)
    meaning = reading.meaning(placed, "number", names, hidden, fields=False) if placed else None
    if placed is None or meaning is None or meaning.range is None:
        return None
    if setting.unit is WHOLE and not meaning.is_whole:
        reading.refuse(tree, "must be a whole number", "declare a parameter whose default, min and max are whole, and do not divide")
    elif meaning.range.low < setting.low or meaning.range.high > setting.high:
        low, high = (as_text(bound) for bound in meaning.range)
        shown = f"is {low}" if low == high else f"ranges over {low}..{high}"
        hint = "rates are shares of one: 5% is 0.05" if setting.unit is RATE and meaning.range.high > 1 else None
        reading.refuse(tree, f"{shown}, outside {as_text(setting.low)}..{as_text(setting.high)}", hint)
    elif meaning.range.low == meaning.range.high:
        units = units_of(setting, meaning.range.low)
        if isinstance(units, Problem):
            reading.refuse(tree, units.message)
    return Given(setting, placed.expression, meaning.range.high)


def units_of(setting: Setting, value: Fraction) -> int | Problem:
    """A setting's value in the units of Terms. One that does not come out whole is a problem, never rounded."""
    units = value * setting.unit.factor
    return units.numerator if units.denominator == 1 else Problem(setting.path, f"{as_text(value)} {setting.unit.precision}")


_CHOICES = {
    "slippage": (SLIPPAGE_MODELS, "must say in what unit", "as in {bps: 5}", "there is one slippage model at a time"),
    "sizing": (SIZINGS[1:], "must be equal, or say how much", "as in {percent: 0.1}", "there is one sizing at a time"),
}
"""Mappings of exactly one key: what may stand there, and the words for what may not."""


def _choice(reading: Reading, tree: Tree, known: tuple[str, ...], message: str, hint: str, one: str) -> tuple[Entry, ...]:
    if not isinstance(tree, Table) or not tree.entries:
        reading.refuse(tree, message, hint)
        return ()
    entries = reading.table(tree, known)
    for entry in entries[1:]:
        reading.refuse(entry.key, one, f"keep one of {', '.join(known)}")
    return entries[:1]


def _fill(reading: Reading, tree: Tree | None) -> Fill:
    for fill in FILLS:
        if isinstance(tree, Scalar) and tree.text == fill:
            if fill == "close":
                reading.warnings.append(problem_at(tree, _OPTIMISTIC, "next_open and vwap fill in the next bar"))
            return fill
    if tree is not None:
        text = tree.text if isinstance(tree, Scalar) else ""
        reading.refuse(tree, f"{shown(text or 'this')} is none of {', '.join(FILLS)}", did_you_mean(text, FILLS))
    return "next_open"


_OPTIMISTIC = "is optimistic: nobody knows a close before it is over, and still trades at it"


def _only(reading: Reading, tree: Scalar, word: str) -> None:
    if tree.text != word:
        reading.refuse(tree, f"{shown(tree.text or 'this')} is not {word}, and does not say how much", "as in {amount: 20000}")
