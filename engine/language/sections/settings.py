"""The sections `portfolio`, `risk`, `execution`, `costs` and `rules`, and the numbers of `select`: how a strategy trades."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from engine.errors import Problem
from engine.language.constants import as_text, shown
from engine.language.manner import DIVIDENDS, FREQUENCIES, Given, Manner, units_of
from engine.language.parser import parse
from engine.language.reading import Names, Reading
from engine.language.settings import FEES, MAX_POSITIONS, RATE, SETTINGS, WHOLE, Setting
from engine.language.tree import Entry, Scalar, Table, Tree, problem_at
from engine.terms import FILLS, SIZINGS, SLIPPAGE_MODELS, Conditions

SECTIONS = ("portfolio", "risk", "execution", "costs", "rules")
RULES = ("price_limits", "t_plus_one", "lots")
_ROWS = (MAX_POSITIONS, *SETTINGS)
_WORDS = {
    "execution": ("fill", "keep_rest", "frequency", "buy", "sell"),
    "costs": ("dividends", "dividend_tax"),
    "rules": RULES,
}
KEYS = {
    section: (*dict.fromkeys(row.key for row in (*_ROWS, *FEES) if row.section == section), *_WORDS.get(section, ()))
    for section in SECTIONS
}
"""What may stand in each section."""

_PRICES_HINT = "prices of orders stand under buy and sell, as in buy: {limit: raw_close * 0.99}"
_HINTS = dict.fromkeys(("order", "limit", "stop", "time_in_force"), _PRICES_HINT)
_FEE_HINT = "a fee is the same for the whole grid, so only numbers may stand here"


def find_settings(
    reading: Reading, sections: Mapping[str, tuple[Tree, ...]], keys: Mapping[str, tuple[str, ...]], hints: Mapping[str, str]
) -> dict[str, Tree]:
    """What is written, by its path: "execution.slippage.bps". `sections`: as each source gives them; later ones win, key by key.

    `hints`: what to say of keys that are known elsewhere.
    """
    found: dict[str, Tree] = {}
    for section, trees in sections.items():
        others = {key: f"it stands under `{other}`" for other in SECTIONS for key in keys[other]} | _HINTS | dict(hints)
        for entry in (entry for tree in trees for entry in reading.table(tree, keys[section], others)):
            key, value = entry.key.text, entry.value
            if key == "sizing" and isinstance(value, Scalar):
                _only(reading, value, "equal")
            elif key in _CHOICES:
                found = {path: tree for path, tree in found.items() if not path.startswith(f"{section}.{key}.")}
                found |= {f"{section}.{key}.{inner.key.text}": inner.value for inner in _choice(reading, value, *_CHOICES[key])}
            else:
                found[f"{section}.{key}"] = value
    return found


def read_manner(
    reading: Reading, found: Mapping[str, Tree], names: Names, hidden: Mapping[str, str], keys: Mapping[str, tuple[str, ...]]
) -> Manner:
    """Every setting of `keys` with its default, and the words."""
    chosen = {row.choice[0] for row in SETTINGS if row.choice and row.path in found}
    rows = [row for row in _ROWS if row.path in found or not (row.choice and row.choice[0] in chosen)]
    given = [read_setting(reading, row, found.get(row.path), names, hidden) for row in rows if row.key in keys[row.section]]
    dividends, frequency, rest = (found.get(path) for path in ("costs.dividends", "execution.frequency", "execution.keep_rest"))
    word = reading.word(dividends, DIVIDENDS) if dividends else DIVIDENDS[0]
    return Manner(
        settings=tuple(each for each in given if each),
        conditions=Conditions(actions="cash" if word == "cash" else "reinvest", **_conditions(reading, found, {**names, **hidden})),
        dividends=word,
        keep_rest=rest is not None and reading.truth(rest),
        frequency=reading.word(frequency, FREQUENCIES) if frequency else "",
    )


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


def _conditions(reading: Reading, found: Mapping[str, Tree], named: Mapping[str, object]) -> dict[str, Any]:
    """What is written of Conditions, but for the mode of ex-dates. `named`: what exists and may not be named by a fee."""
    conditions: dict[str, Any] = {}
    fill, tax = found.get("execution.fill"), found.get("costs.dividend_tax")
    if fill is not None:
        conditions["fill"] = reading.word(fill, FILLS)
        if conditions["fill"] == "close":
            reading.warnings.append(problem_at(fill, _OPTIMISTIC, "next_open and vwap fill in the next bar"))
    if tax is not None:
        conditions["dividend_tax"] = reading.truth(tax)
    for name in RULES:
        rule = found.get(f"rules.{name}")
        if rule is not None:
            conditions[name] = reading.truth(rule)
            if isinstance(rule, Scalar) and rule.text == "false":
                reading.warnings.append(problem_at(rule, _UNREAL, "only to replay what ignored the rule"))
    for row in FEES:
        fee = read_setting(reading, row, found.get(row.path), {}, dict.fromkeys(named, _FEE_HINT))
        units = units_of(row, fee.high) if fee else None
        if isinstance(units, int):
            conditions[row.term] = units
    return conditions


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


_OPTIMISTIC = "is optimistic: nobody knows a close before it is over, and still trades at it"
_UNREAL = "is switched off: nobody can trade like this"


def _only(reading: Reading, tree: Scalar, word: str) -> None:
    if tree.text != word:
        reading.refuse(tree, f"{shown(tree.text or 'this')} is not {word}, and does not say how much", "as in {amount: 20000}")
