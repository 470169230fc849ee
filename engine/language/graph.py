"""The graph of nodes that a strategy, or a whole grid of its combinations, asks for; equal nodes are one node."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

OWN, DAILY = "", "daily"
INDEX_PREFIX = "index:"
"""Places: the bars of the strategy; the stocks' daily bars; with a code behind it, those of an index."""

EVERY_WEEK, EVERY_MONTH = -1.0, -2.0
"""`every` of select_entry and select_exit; a positive number counts sessions."""


class Node(NamedTuple):
    op: str
    args: tuple[int, ...]
    """Nodes added before this one."""
    numbers: tuple[float, ...]
    place: str = OWN
    """The bars that it is computed on."""


class Outputs(NamedTuple):
    """The nodes that one combination trades by. rank -1: none, all are equal and ties go by ts_code."""

    entry: int
    exit: int
    rank: int
    buy_limit: int = -1
    """From here on prices of orders; -1: there are none."""
    buy_stop: int = -1
    sell_limit: int = -1
    sell_stop: int = -1
    weight: int = -1
    """What each stock is to be worth, by session; -1: purchases go by the sizing."""


PRICES = Outputs._fields[3:7]


class Graph:
    """Nodes in an order in which operands come first."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._numbers: dict[Node, int] = {}

    def add(self, op: str, args: tuple[int, ...] = (), numbers: tuple[float, ...] = (), place: str = OWN) -> int:
        node = Node(op, tuple(sorted(args)) if op in _COMMUTATIVE else args, numbers, place)
        number = self._numbers.setdefault(node, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(node)
        return number

    def add_all(self, op: str, args: Sequence[Sequence[int]] = (), numbers: Sequence[Sequence[float]] = (), place: str = OWN) -> list[int]:
        """Adds many nodes of one op: `args` and `numbers` are columns, one for each operand. Without any it is one node."""
        if not (args or numbers):
            return [self.add(op, (), (), place)]
        operands: Iterable[tuple[int, ...]] = zip(*args, strict=True) if args else repeat(())
        if op in _COMMUTATIVE:
            operands = (pair if pair[0] <= pair[1] else pair[::-1] for pair in operands)
        known, nodes, found = self._numbers, self.nodes, []
        rows = zip(repeat(op), operands, zip(*numbers, strict=True) if numbers else repeat(()), repeat(place))
        for node in map(tuple.__new__, repeat(Node), rows):  # as Node(...), without a call of Python for each
            number = known.setdefault(node, len(nodes))
            if number == len(nodes):
                nodes.append(node)
            found.append(number)
        return found


_COMMUTATIVE = frozenset(("add", "mul", "eq", "ne", "and", "or"))
"""a + b and b + a are the same bits."""
