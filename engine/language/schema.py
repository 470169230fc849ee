"""The JSON Schema of a strategy's YAML, made from the rows of the language, so that editors complete and check while one writes.

It knows shapes, names, bounds and words. What expressions mean it cannot know: `lianghu strategy validate` does.
"""

from typing import Any

from engine.indicators.catalog import FIELD, FUNCTION, LONGEST
from engine.language.codes import CODE, INDEX
from engine.language.expression import KEYWORDS
from engine.language.manner import DIVIDENDS, FREQUENCIES
from engine.language.read import KEYS, LONGEST_NAME
from engine.language.sections.parameters import MOST_PARAMETERS
from engine.language.sections.settings import RULES
from engine.language.sections.universe import LONGEST_LAG, MOST_RANKED, RANKABLE
from engine.language.settings import EVERY, EXITS, FEES, KEEP_WITHIN, MAX_POSITIONS, SETTINGS, TOP, WHOLE, Setting
from engine.language.tree import LONGEST_NAME as LONGEST_WORD
from engine.terms import FILLS
from engine.universe import BOARDS, LONGEST_RETURN

Schema = dict[str, Any]

ADDRESS = "https://json-schema.org/draft/2020-12/schema"
_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
_LETTERS = "^[A-Za-z0-9_.,()<>=!+*/'\" \\t\\r\\n-]+$"
"""Every character that an expression may have."""
_EXPRESSION: Schema = {"$ref": "#/$defs/expression"}
_SOURCE: Schema = {"$ref": "#/$defs/source"}
_TRUTH: Schema = {"enum": [True, False, "true", "false"]}


def schema() -> Schema:
    """As JSON, in a stable order."""
    return {
        "$schema": ADDRESS,
        "title": "A strategy of 量湖 LiangHu",
        "type": "object",
        "properties": {key: _PROPERTIES[key]() if key in _PROPERTIES else _section(key) for key in KEYS},
        "required": ["name"],
        "additionalProperties": False,
        "oneOf": [{"required": ["select"]}, {"required": ["entry"], **_sells()}],
        "dependentRequired": {"exit": ["entry"], "rank": ["entry"]},
        "$defs": {"expression": _expression(), "source": _source()},
    }


def _expression() -> Schema:
    """A name alone is a string, a number and a truth value are expressions as well."""
    text = (
        f"Numbers, fields ({', '.join(FIELD)}), parameters, names of `let`, + - * /, < <= > >= == !=, and, or, not, and functions: "
        f"{', '.join(row.signature for row in FUNCTION.values())}. Windows reach over at most {LONGEST} bars."
    )
    return {"description": text, "anyOf": [{"type": "string", "pattern": _LETTERS}, {"type": "number"}, {"type": "boolean"}]}


def _sells() -> Schema:
    """An entry needs something that sells: an exit, or a rule of risk."""
    rules = [{"properties": {"risk": {"required": [path.split(".")[1]]}}, "required": ["risk"]} for path in EXITS]
    return {"anyOf": [{"required": ["exit"]}, *rules]}


def _parameters() -> Schema:
    number = {"type": "number"}
    row = {
        "type": "object",
        "description": "Whole if default, min and max are written without a decimal point",
        "properties": {"default": number, "min": number, "max": number},
        "required": ["default", "min", "max"],
        "additionalProperties": False,
    }
    text = "What a grid varies, in this order, the last one fastest"
    return _named(row, text) | {"maxProperties": MOST_PARAMETERS}


def _named(value: Schema, text: str) -> Schema:
    """A mapping whose keys are names that nothing else has."""
    taken = sorted({*KEYWORDS, *FIELD, *FUNCTION})
    names = {"pattern": _NAME, "not": {"enum": taken}}
    return {"type": ["object", "null"], "description": text, "propertyNames": names, "additionalProperties": value}


def _universe() -> Schema:
    gated = {
        "type": "object",
        "properties": {"from": _SOURCE, "where": _described(_EXPRESSION, "A condition per bar that gates entries")},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"description": "Which stocks may be bought", "anyOf": [_SOURCE, gated]}


def _source() -> Schema:
    """A universe without a condition; `any` and `within` hold others."""
    codes = {"type": "array", "items": {"type": "string", "pattern": f"^{CODE.pattern}$"}, "minItems": 1}
    fields = {"anyOf": [{"enum": list(RANKABLE)}, {"type": "string", "pattern": "^return_[1-9][0-9]{0,2}$"}]}
    count = {"type": "integer", "minimum": 1, "maximum": MOST_RANKED}
    kinds: dict[str, Schema] = {
        "codes": codes,
        "index": {"type": "string", "pattern": f"^{INDEX.pattern}$"},
        "industry": _words({"type": "string", "minLength": 1, "maxLength": LONGEST_WORD}),
        "boards": _words({"enum": list(BOARDS)}),
        "all": {"enum": [True, "true"]},
        "any": {"type": "array", "items": _SOURCE, "minItems": 1},
    }
    rank = {
        "type": "object",
        "properties": {
            "rank": _described(fields, f"return_20: the change over 20 sessions, of up to {LONGEST_RETURN}"),
            "top": _described(count, "How many, from the greatest"),
            "bottom": _described(count, "How many, from the least"),
            "lag": {
                "type": "integer",
                "minimum": 0,
                "maximum": LONGEST_LAG,
                "description": "Sessions before the day; default 1",
            },
            "within": _described(_SOURCE, "Among whom; all stocks where it is left out"),
        },
        "required": ["rank"],
        "oneOf": [{"required": ["top"]}, {"required": ["bottom"]}],
        "additionalProperties": False,
    }
    plain = [{"type": "object", "properties": {key: row}, "required": [key], "additionalProperties": False} for key, row in kinds.items()]
    return {"anyOf": [codes, *plain, rank]}


def _words(row: Schema) -> Schema:
    return {"anyOf": [row, {"type": "array", "items": row, "minItems": 1}]}


def _select() -> Schema:
    every = {"anyOf": [{"enum": ["week", "month"]}, _setting(EVERY)], "description": EVERY.text.en}
    properties = {
        "top": _setting(TOP),
        "by": _described(_EXPRESSION, "The highest are held"),
        "every": every,
        "weight": _described(_EXPRESSION, "What holdings are worth in proportion at each rebalance, or `equal`"),
        "keep_within": _setting(KEEP_WITHIN),
    }
    text = "A rotation, instead of entry, exit and rank"
    return {
        "type": "object",
        "description": text,
        "properties": properties,
        "required": ["top", "by", "every"],
        "additionalProperties": False,
    }


def _section(name: str) -> Schema:
    """The settings of one section; those that exclude each other stand in a mapping of exactly one key."""
    properties: Schema = {}
    choices: dict[str, list[Setting]] = {}
    for row in (MAX_POSITIONS, *SETTINGS, *FEES):
        if row.section == name and row.choice:
            choices.setdefault(row.key, []).append(row)
        elif row.section == name:
            properties[row.key] = _setting(row, is_number=row in FEES)
    for key, rows in choices.items():
        inner = {row.path.split(".")[2]: _setting(row) for row in rows}
        one = {"type": "object", "properties": inner, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}
        properties[key] = {"anyOf": [{"const": "equal"}, one]} if key == "sizing" else one
    properties |= _WORDS.get(name, {})
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _setting(row: Setting, is_number: bool = False) -> Schema:
    """A number within its bounds, or an expression of parameters, whose bounds cannot be known here."""
    number = {"type": "integer" if row.unit is WHOLE else "number", "minimum": float(row.low), "maximum": float(row.high)}
    text = row.text.en if row.default is None else f"{row.text.en}; default {row.default}"
    if is_number:
        return number | {"description": text}
    return {"anyOf": [number, {"type": "string", "pattern": _LETTERS}], "description": text}


def _prices(side: str) -> Schema:
    properties = {
        "limit": _described(_EXPRESSION, "A price: raw_close * 0.99 in yuan, or an adjusted level such as lowest(low, 20)"),
        "stop": _described(_EXPRESSION, "A price that wakes the order"),
        "time_in_force": {"enum": ["day", "gtc"]},
    }
    prices = [{"required": ["limit"]}, {"required": ["stop"]}]
    text = f"At what price to {side}; without it at the market"
    return {"type": "object", "description": text, "properties": properties, "anyOf": prices, "additionalProperties": False}


def _described(value: Schema, text: str) -> Schema:
    return value | {"description": text}


_WORDS: dict[str, Schema] = {
    "execution": {
        "fill": {"enum": list(FILLS), "description": "What market orders meet"},
        "keep_rest": _described(_TRUTH, "Whether the unfilled rest of a purchase stays for the next bar"),
        "frequency": {"enum": list(FREQUENCIES), "description": "Finer bars that orders meet"},
        "buy": _prices("buy"),
        "sell": _prices("sell"),
    },
    "costs": {
        "dividends": {"enum": list(DIVIDENDS), "description": "What happens on an ex-date"},
        "dividend_tax": _described(_TRUTH, "Whether tax on cash dividends is withheld at the sale"),
    },
    "rules": {name: _described(_TRUTH, "false switches the rule of the market off") for name in RULES},
}

_PROPERTIES = {
    "name": lambda: {"type": ["string", "number"], "minLength": 1, "maxLength": LONGEST_NAME, "description": "One line"},
    "description": lambda: {"description": "For people; has no effect"},
    "params": _parameters,
    "require": lambda: {
        "type": ["array", "null"],
        "items": _EXPRESSION,
        "description": "Conditions on parameters that every combination keeps",
    },
    "universe": _universe,
    "let": lambda: _named(_EXPRESSION, "Names for expressions"),
    "entry": lambda: _described(_EXPRESSION, "When to buy: true or false per bar"),
    "exit": lambda: _described(_EXPRESSION, "When to sell"),
    "rank": lambda: _described(_EXPRESSION, "Who goes first when slots or cash are short: the highest"),
    "select": _select,
}
