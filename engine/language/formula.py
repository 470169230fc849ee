"""The nodes of a graph as formulas of the language, for people."""

from collections.abc import Mapping, Sequence

from engine.indicators.catalog import FIELD, FUNCTION
from engine.indicators.catalog.other_bars import INDEX_FIELDS
from engine.language.expression import COMPARISON, MINUS, NOT, STRENGTH
from engine.language.graph import EVERY_MONTH, EVERY_WEEK, INDEX_PREFIX, Node

LONGEST = 60
"""Characters of an operand that is written out; a longer one is called by its number, as in #7."""
_ATOM = MINUS + 1
_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "and": "and", "or": "or"}
_VERBS = {"select_entry": "buy the best", "select_exit": "sell what leaves the best", "select_weights": "weights of the best"}

_INDEX_WORDS = {field: word for word, field in INDEX_FIELDS.items()}
"""How the language calls the fields of an index's bars."""


def formulas(nodes: Sequence[Node], number: Mapping[int, int]) -> list[str]:
    """Of every node; `number`: what longer operands are called."""
    texts: list[str] = []
    strengths: list[int] = []
    for node in nodes:
        operands = [_operand(texts[k], strengths[k], number.get(k, 0)) for k in node.args]
        text, strength = _formula(node, operands, [nodes[k] for k in node.args])
        texts.append(text)
        strengths.append(strength)
    return texts


def _operand(text: str, strength: int, number: int) -> tuple[str, int]:
    return (f"#{number}", _ATOM) if len(text) > LONGEST else (text, strength)


def _formula(node: Node, operands: Sequence[tuple[str, int]], nodes: Sequence[Node]) -> tuple[str, int]:
    """As the language writes it, and how tightly it binds."""
    texts = [text for text, _ in operands]
    if node.op in ("gt", "ge") and [each.op for each in nodes] == ["constant", "constant"]:
        return ("true" if node.op == "ge" else "false"), _ATOM  # what a constant truth becomes
    if node.op in _SIGNS:
        own = STRENGTH[_SIGNS[node.op]]
        left = _within(operands[0], own if own == COMPARISON else own - 1)
        return f"{left} {_SIGNS[node.op]} {_within(operands[1], own)}", own
    if node.op in ("not", "neg"):
        sign, own = ("not ", NOT) if node.op == "not" else ("-", MINUS)
        return f"{sign}{_within(operands[0], own - 1)}", own
    return _atom(node, texts, nodes), _ATOM


def _atom(node: Node, operands: Sequence[str], nodes: Sequence[Node]) -> str:
    """What needs no parentheses around it."""
    if node.op == "constant":
        return f"{node.numbers[0]:.15g}"
    if node.op == "member":
        return "in the universe"
    if node.op == "order_price":
        return f"price({operands[0]}, rounded {'up' if node.numbers[1] else 'down'})"
    if node.op in _VERBS:
        return _selection(node, operands)
    if node.op in FIELD:
        return _INDEX_WORDS.get(node.op, node.op) if node.place.startswith(INDEX_PREFIX) else node.op
    return _call(node, operands, nodes)


def _call(node: Node, operands: Sequence[str], nodes: Sequence[Node]) -> str:
    """Arguments in the order of the function's row; what its kernel reads by itself comes first among the operands."""
    function = FUNCTION[node.op]
    own = list(operands[len(function.reads) :])
    numbers = [f"{value:.15g}" for value in node.numbers]
    codes = [f'"{each.place.removeprefix(INDEX_PREFIX)}"' for each in nodes]
    cells = [(numbers if row.kind in ("whole", "number") else codes if row.kind == "code" else own).pop(0) for row in function.arguments]
    return f"{node.op}({', '.join(cells)})"


def _selection(node: Node, operands: Sequence[str]) -> str:
    """by, who is eligible and perhaps weights; the numbers are how many, and how often."""
    *many, every = node.numbers
    period = {EVERY_WEEK: "week", EVERY_MONTH: "month"}.get(every, f"{every:g} sessions")
    weights = f", weighted by {operands[2]}" if len(operands) > 2 else ""
    return f"{_VERBS[node.op]} {'/'.join(f'{value:g}' for value in many)} by {operands[0]} where {operands[1]}{weights}, every {period}"


def _within(operand: tuple[str, int], strength: int) -> str:
    text, own = operand
    return text if own > strength else f"({text})"
