"""What a strategy, or a grid of its combinations, asks to be computed: every distinct step, its look-back, and what combinations share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.indicators.catalog import FUNCTION
from engine.indicators.lowering import lowered
from engine.language.formula import formulas
from engine.language.graph import Graph, Node, Outputs
from engine.language.held import held
from engine.language.program import Program


@dataclass(frozen=True)
class Step:
    """A distinct node of the plan. `formula` names longer operands by their number, as in #7."""

    number: int
    formula: str
    look_back: int
    """Bars before the current one, of the bars that it is computed on."""
    place: str
    """"": the strategy's bars; "daily", "index:000300.SH": other ones."""
    combinations: int
    """How many ask for it."""


@dataclass(frozen=True)
class Explanation:
    outputs: tuple[Mapping[str, int], ...]
    """For each combination: the number of the step that is its entry, exit, rank, weight or price."""
    steps: tuple[Step, ...]
    alone: int
    """Steps of all combinations if each were run by itself."""
    held: int
    """Series of all bars that are kept at once while all combinations are computed together; truths are bits, 64 of them count as one."""
    held_alone: int
    """The same of the one combination that needs most: no machine does with less."""
    look_back: int
    """Bars of warm-up, whatever the parameters."""
    further_look_back: int
    fields: tuple[str, ...]
    """What the data must have beyond plain bars."""

    @property
    def shared(self) -> int:
        """Steps that are not computed again because another combination asks for the same."""
        return self.alone - len(self.steps)


def explain(program: Program, combinations: Sequence[Mapping[str, float | int]]) -> Explanation:
    """`combinations` as check_params or expand give them, at least one."""
    graph = Graph()
    rows = program.outputs_of(graph, combinations).tolist()
    outputs = [{name: node for name, node in zip(Outputs._fields, row, strict=True) if node >= 0} for row in rows]
    reached = [_reached(graph.nodes, list(each.values())) for each in outputs]
    asked = [0] * len(graph.nodes)
    for nodes in reached:
        for node in nodes:
            asked[node] += 1
    used = [node for node in range(len(graph.nodes)) if asked[node]]
    number = {node: k for k, node in enumerate(used, start=1)}
    written, look_backs = formulas(graph.nodes, number), _look_backs(graph.nodes)
    steps = lowered(graph.nodes)
    return Explanation(
        outputs=tuple({name: number[node] for name, node in each.items()} for each in outputs),
        steps=tuple(Step(number[k], written[k], look_backs[k], graph.nodes[k].place, asked[k]) for k in used),
        alone=sum(map(len, reached)),
        held=held(steps, [node for each in outputs for node in each.values()]),
        held_alone=max(held(steps, list(each.values())) for each in outputs),
        look_back=program.look_back,
        further_look_back=program.further_look_back,
        fields=tuple(sorted(program.fields)),
    )


def _reached(nodes: Sequence[Node], wanted: Sequence[int]) -> set[int]:
    found: set[int] = set()
    waiting = list(wanted)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += nodes[node].args
    return found


def _look_backs(nodes: Sequence[Node]) -> list[int]:
    """Of each node, on the bars of its place: what is brought from other bars begins anew."""
    found: list[int] = []
    for node in nodes:
        function = FUNCTION.get(node.op)
        own = 0
        if function:
            given = [argument.kind for argument in function.arguments if argument.kind in ("whole", "number")]
            own = function.look_back(*(int(value) for kind, value in zip(given, node.numbers, strict=False) if kind == "whole"))
        found.append(own + max((found[k] for k in node.args if nodes[k].place == node.place), default=0))
    return found
