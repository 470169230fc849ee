"""How many series of all bars are kept at once where nodes are computed together: what the machine hands on within a stock is not."""

from collections.abc import Sequence

from engine.indicators.catalog import FIELD
from engine.indicators.instructions import INSTRUCTIONS, TRUTH
from engine.language.graph import DAILY, INDEX_PREFIX, Node

TRUTHS_OF_A_SERIES = 64
"""A truth is a bit, a number has 64."""
_BRINGING = (DAILY, INDEX_PREFIX.removesuffix(":"))
_TRUTHS = frozenset(
    {
        *(op for op, row in INSTRUCTIONS.items() if row.result == TRUTH),
        *(name for name, row in FIELD.items() if row.kind == "truth"),
        *("member", "select_entry", "select_exit"),
    }
)


def held(nodes: Sequence[Node], wanted: Sequence[int]) -> int:
    """Fields, what is done to whole panels, what is wanted, and what a later program of the machine reads. nodes: lowered."""
    level: dict[int, int] = {}
    kept = set(wanted)
    for node in _operands_first(nodes, wanted):
        op, args, _, _ = nodes[node]
        is_read = not args or op == "prefix_sums"
        level[node] = max((level[argument] for argument in args), default=0) + (op not in INSTRUCTIONS and not is_read)
        kept.update(argument for argument in args if level[argument] != level[node])
        if op not in INSTRUCTIONS:
            kept.add(node)
    series = [node for node in kept if nodes[node].op != "constant"]
    truths = sum(_is_truth(nodes, node) for node in series)
    return len(series) - truths + -(-truths // TRUTHS_OF_A_SERIES)


def _operands_first(nodes: Sequence[Node], wanted: Sequence[int]) -> list[int]:
    order: dict[int, None] = {}
    waiting = list(wanted)
    while waiting:
        missing = [argument for argument in nodes[waiting[-1]].args if argument not in order]
        if missing:
            waiting += missing
        else:
            order[waiting.pop()] = None
    return list(order)


def _is_truth(nodes: Sequence[Node], node: int) -> bool:
    while nodes[node].op in _BRINGING:
        node = nodes[node].args[0]
    return nodes[node].op in _TRUTHS
