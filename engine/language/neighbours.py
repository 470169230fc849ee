"""The order in which combinations are best computed: those that share what is dear stand together, so that it is made once."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np

from engine.arrays import Integers
from engine.indicators.catalog import FUNCTION, cross_section
from engine.language.graph import Node

ACROSS, WINDOW = 10, 1
"""What it costs to make a node that compares the stocks of a day, and one with a number of its own, which is mostly a window: a measured
proportion, roughly. All others count as nothing; so do choices of stocks, which few combinations share."""
NONE = frozenset[int]()


def neighbours(nodes: Sequence[Node], outputs: Integers) -> Integers:
    """(P,) the numbers of the combinations in that order. outputs (P, ...) as Program.outputs_of gives them, of a graph with these nodes.

    First come together those that share the node whose sharing saves most, among them those that share the next such node, and so on.
    Where nothing is shared, or everything by all, the order stays as it is.
    """
    made_of: list[frozenset[int]] = []
    for number, node in enumerate(nodes):
        below = NONE.union(*(made_of[argument] for argument in node.args))
        made_of.append(below | {number} if _cost(node) else below)
    dear = [NONE.union(*(made_of[node] for node in row if node >= 0)) for row in outputs.tolist()]
    uses = Counter(chain.from_iterable(dear))
    saved = {node: _cost(nodes[node]) * (count - 1) for node, count in uses.items() if 1 < count < len(dear)}
    keys = [sorted((-saved[node], node) for node in each if node in saved) for each in dear]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def _cost(node: Node) -> int:
    function = FUNCTION.get(node.op)
    if function is None:
        return 0
    return ACROSS if function.group == cross_section.GROUP else WINDOW if node.numbers else 0
