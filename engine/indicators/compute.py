"""Computes the nodes of a strategy's graph over a market: each distinct node once, when it is needed, and dropped after its last use."""

from collections.abc import Iterator, Sequence

from engine.indicators.bars import EXACT, FLAGS, OwnBars
from engine.indicators.operations import OPERATIONS
from engine.indicators.other_bars import BRINGING, Places
from engine.indicators.workspace import Values, whole
from engine.language.graph import PRICES, Graph, Node, Outputs
from engine.simulation.state import Signals


def signals(bars: OwnBars, graph: Graph, outputs: Sequence[Outputs]) -> Iterator[Signals]:
    """The signals of each combination in order. Combinations share every node that is equal, also what was brought to sessions."""
    plan, new = _lowered(graph)
    wanted = [_by_session(plan, new, output) for output in outputs]
    nodes = Nodes(bars, plan, [node for combination in wanted for node in combination.values()])
    for combination in wanted:
        yield Signals(**{name: nodes.take(node) for name, node in combination.items()})


def values(bars: OwnBars, graph: Graph, node: int) -> Values:
    """(B,) one node's numbers or flags over all bars of its place."""
    plan, new = _lowered(graph)
    found = Nodes(bars, plan, [new[node]])
    return whole(found.places[graph.nodes[node].place].bars, found.take(new[node]))


class Nodes:
    """Values of a graph's nodes, made when first asked for; `wanted` lists every take that will come, in any order."""

    def __init__(self, bars: OwnBars, graph: Graph, wanted: Sequence[int]) -> None:
        self.places = Places(bars)
        self._nodes = graph.nodes
        self._left = _uses(graph.nodes, wanted)
        self._values: dict[int, Values] = {}

    def take(self, node: int) -> Values:
        """One use of a node's values; the last one forgets them."""
        values = self._get(node)
        self._use(node)
        return values

    def _get(self, node: int) -> Values:
        """Operands first, by a list of what waits: a strategy may nest deeper than Python calls may."""
        waiting = [node]
        while waiting:
            current = waiting.pop()
            if current in self._values:
                continue
            missing = [argument for argument in self._nodes[current].args if argument not in self._values]
            if missing:
                waiting += [current, *missing]
            else:
                self._values[current] = self._compute(self._nodes[current])
        return self._values[node]

    def _use(self, node: int) -> Values | None:
        """Counts a use; the values if it was the last."""
        self._left[node] -= 1
        return None if self._left[node] else self._values.pop(node)

    def _compute(self, node: Node) -> Values:
        """Operands count as used only when the result is there: one may be the last user of what another still needs."""
        made = self._carry_out(node, [self._values[argument] for argument in node.args])
        for argument in node.args:
            spare = self._use(argument)
            if spare is not None:
                self.places[self._nodes[argument].place].give_back(spare)
        return made

    def _carry_out(self, node: Node, operands: Sequence[Values]) -> Values:
        space = self.places[node.place]
        if node.op in BRINGING:
            return self.places.bring(operands[0], self._nodes[node.args[0]].place, node.place)
        if node.op in OPERATIONS:
            return OPERATIONS[node.op](space, operands, node.numbers)
        return space.bars.flags(node.op) if node.op in FLAGS else space.bars.numbers(node.op)


def _by_session(plan: Graph, new: Sequence[int], output: Outputs) -> dict[str, int]:
    """What a combination asks for, by its name in Signals; prices that it does not use are left out."""
    wanted = {name: plan.add("bits_by_session", (new[node],)) for name, node in (("entry", output.entry), ("exit", output.exit))}
    wanted["rank"] = plan.add("numbers_by_session", (new[output.rank],)) if output.rank >= 0 else plan.add("equal_ranks")
    prices = {name: getattr(output, name) for name in PRICES}
    wanted |= {"weight": new[output.weight]} if output.weight >= 0 else {}
    return wanted | {name: plan.add("prices_by_session", (new[node],)) for name, node in prices.items() if node >= 0}


def _uses(nodes: Sequence[Node], wanted: Sequence[int]) -> dict[int, int]:
    """How often each node that is needed will be taken: once for every argument that it is, and for every wish."""
    uses: dict[int, int] = {}
    waiting = list(wanted)
    while waiting:
        node = waiting.pop()
        uses[node] = uses.get(node, 0) + 1
        if uses[node] == 1:
            waiting.extend(nodes[node].args)
    return uses


def _lowered(graph: Graph) -> tuple[Graph, list[int]]:
    """The graph in terms of the kernels, and the new number of each node.

    Sums over fields of whole numbers use their prefix sums, a deviation shares the mean of its window, prices from adjusted levels share
    what the unit of these is worth, and crossing below is crossing above with the sides exchanged.
    """
    plan, new = Graph(), list[int]()
    for op, old_args, numbers, place in graph.nodes:
        args = tuple(new[argument] for argument in old_args)
        if op in ("sma", "sum"):
            new.append(_add_sum(plan, op, args, numbers, place))
        elif op in ("std", "avedev"):
            new.append(plan.add(op, (*args, _add_sum(plan, "sma", args, numbers, place)), numbers, place))
        elif op == "cross_below":
            new.append(plan.add("cross_above", args[::-1], (), place))
        elif op == "order_price" and numbers[0]:
            new.append(plan.add(op, (*args, plan.add("adjusted_unit")), numbers))
        else:
            new.append(plan.add(op, args, numbers, place))
    return plan, new


def _add_sum(plan: Graph, op: str, args: tuple[int, ...], numbers: tuple[float, ...], place: str) -> int:
    if plan.nodes[args[0]].op in EXACT:
        return plan.add(f"{op}_exact", (plan.add("prefix_sums", args, (), place),), numbers, place)
    return plan.add(op, args, numbers, place)
