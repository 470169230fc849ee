"""A strategy's graph in terms of what the machine and the operations can do. Free of numba."""

from collections.abc import Sequence

from engine.language.graph import Node

EXACT = frozenset({"open", "high", "low", "close", "volume", "listed_days"})
"""Fields of whole numbers: their window sums are differences of prefix sums, exact below 2^53."""


def lowered(nodes: Sequence[Node]) -> list[Node]:
    """Every node keeps its number; those that are added come after all others, though they may be operands.

    Sums over fields of whole numbers use their prefix sums, a deviation shares the mean of its window, prices from adjusted levels share
    what the unit of these is worth.
    """
    out, added = list(nodes), dict[Node, int]()

    def number_of(node: Node) -> int:
        if node not in added:
            added[node] = len(out)
            out.append(node)
        return added[node]

    def summed(node: Node) -> Node:
        if nodes[node.args[0]].op not in EXACT:
            return node
        prefix = number_of(Node("prefix_sums", node.args, (), node.place))
        return Node(f"{node.op}_exact", (prefix,), node.numbers, node.place)

    for k, node in enumerate(nodes):
        if node.op in ("sma", "sum"):
            out[k] = summed(node)
            added[out[k]] = k
    for k, node in enumerate(nodes):
        if node.op in ("std", "avedev"):
            mean = number_of(summed(Node("sma", node.args, node.numbers, node.place)))
            out[k] = Node(node.op, (*node.args, mean), node.numbers, node.place)
        elif node.op == "order_price" and node.numbers[0]:
            out[k] = Node(node.op, (*node.args, number_of(Node("adjusted_unit", (), ()))), node.numbers)
    return out
