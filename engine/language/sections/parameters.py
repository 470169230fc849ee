"""The sections `params` and `require`."""

from decimal import Decimal

from engine.language.build import constants
from engine.language.check import Meaning
from engine.language.combinations import Combinations
from engine.language.constants import Range, as_text, exact
from engine.language.expression import Expression, Number, Unary
from engine.language.reading import Names, Reading
from engine.language.strategy import Parameter
from engine.language.tree import Listing, Scalar, Table, Tree

MOST_PARAMETERS = 20
_EXAMPLE = "as in {default: 20, min: 2, max: 120}"


def read_parameters(reading: Reading, tree: Tree | None) -> tuple[tuple[Parameter, ...], dict[str, Meaning | None]]:
    """The parameters in the order of the text, and what their names mean.

    A wrong one keeps its name, so that its uses are not wrong too.
    """
    parameters = []
    meanings: dict[str, Meaning | None] = {}
    entries = reading.table(tree, None)
    if tree is not None and len(entries) > MOST_PARAMETERS:
        reading.refuse(tree, f"has {len(entries)} parameters; at most {MOST_PARAMETERS} are allowed")
    for entry in entries:
        if not reading.free_name(entry.key, ()):
            continue
        parameter = _parameter(reading, entry.key.text, entry.value)
        meanings[entry.key.text] = _meaning(parameter) if parameter else None
        if parameter:
            parameters.append(parameter)
    return tuple(parameters), meanings


def read_require(reading: Reading, tree: Tree | None, parameters: tuple[Parameter, ...], names: Names) -> tuple[Expression, ...]:
    """Conditions on parameters; the defaults must keep them."""
    if tree is None or (isinstance(tree, Scalar) and not tree.text):
        return ()
    if not isinstance(tree, Listing):
        reading.refuse(tree, "must be a list of conditions on parameters", "as in [ma_short < ma_long]")
        return ()
    rows = []
    defaults = Combinations(1, {parameter.name: [parameter.default] for parameter in parameters})
    for item in tree.items:
        placed = reading.expression(item)
        if placed and reading.meaning(placed, "truth", names, fields=False):
            rows.append(placed.expression)
            if not constants(placed.expression, defaults).cells[0]:
                reading.refuse(item, "the defaults of the parameters break this", "change the defaults or the condition")
    return tuple(rows)


def _parameter(reading: Reading, name: str, tree: Tree) -> Parameter | None:
    if not isinstance(tree, Table):
        reading.refuse(tree, "must say its default and bounds", _EXAMPLE)
        return None
    entries = {entry.key.text: entry.value for entry in reading.table(tree, ("default", "min", "max"))}
    missing = [key for key in ("default", "min", "max") if key not in entries]
    if missing:
        reading.refuse(tree, f"lacks {' and '.join(missing)}", _EXAMPLE)
        return None
    numbers = {key: reading.literal(value) for key, value in entries.items()}
    found = {key: _value(number) for key, number in numbers.items() if number is not None}
    if len(found) < 3:
        return None
    if not found["min"][0] <= found["default"][0] <= found["max"][0]:
        shown = {key: as_text(exact(value)) for key, (value, _) in found.items()}
        reading.refuse(tree, f"the default {shown['default']} is not within min {shown['min']} and max {shown['max']}")
        return None
    whole = all(is_whole for _, is_whole in found.values())
    default, low, high = (int(found[key][0]) if whole else float(found[key][0]) for key in ("default", "min", "max"))
    return Parameter(name, default, low, high, whole)


def _value(number: Number | Unary) -> tuple[Decimal, bool]:
    if isinstance(number, Number):
        return number.value, number.is_whole
    inner, is_whole = _value(number.operand) if isinstance(number.operand, Number | Unary) else (Decimal(0), False)
    return -inner, is_whole


def _meaning(parameter: Parameter) -> Meaning:
    return Meaning("number", Range(exact(parameter.min), exact(parameter.max)), parameter.is_integer)
