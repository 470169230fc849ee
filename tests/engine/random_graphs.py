"""Random graphs over the fields of a market: every function of the catalogue but those of other bars, and every operator."""

from dataclasses import dataclass, field
from random import Random

from engine.indicators.catalog import FUNCTIONS, Function, other_bars
from engine.language.build import node_of
from engine.language.check import reads
from engine.language.graph import Graph

NUMBERS = ("open", "high", "low", "close", "volume", "amount", "raw_close", "vwap", "pe", "listed_days", "weekday")
TRUTHS = ("is_st", "member")
ABOVE_ZERO = ("open", "high", "low", "close")
"""What is divided by: the twins know no infinities."""
FUNCTIONS_HERE = [row for row in FUNCTIONS if row.definition is None and row.group != other_bars.GROUP and row.name != "roc"]
LONGEST = 9


@dataclass
class Grown:
    graph: Graph = field(default_factory=Graph)
    numbers: list[int] = field(default_factory=list)
    truths: list[int] = field(default_factory=list)


def random_graph(seed: int, size: int) -> Grown:
    """`size` nodes beside fields and constants; later ones take earlier ones as operands, the latest most often."""
    random, grown = Random(seed), Grown()
    graph = grown.graph
    grown.numbers += [graph.add(name) for name in random.sample(NUMBERS, 5)]
    grown.truths += [graph.add(name) for name in TRUTHS]
    for _ in range(size):
        chosen = random.random()
        if chosen < 0.45:
            _call(random, grown, random.choice(FUNCTIONS_HERE))
        elif chosen < 0.6:
            _arithmetic(random, grown)
        elif chosen < 0.85:
            a, b = _number(random, grown), _number(random, grown)
            op = random.choice(("gt", "ge", "eq", "ne", "cross_above", "cross_below"))
            grown.truths.append(graph.add(op, (a, b)))
            if op.startswith("cross"):  # both directions, said in both ways
                grown.truths.append(graph.add(random.choice(("cross_above", "cross_below")), random.choice(((a, b), (b, a)))))
        else:
            op, one, other = random.choice(("and", "or", "not")), _truth(random, grown), _truth(random, grown)
            grown.truths.append(graph.add(op, (one,) if op == "not" else (one, other)))
    return grown


def _call(random: Random, grown: Grown, function: Function) -> None:
    graph = grown.graph
    read = [node_of(graph, expression, {}) for expression in reads(function)]
    operands = [
        _truth(random, grown) if argument.kind == "truth" else _number(random, grown)
        for argument in function.arguments
        if argument.kind in ("series", "value", "truth")
    ]
    constants = [
        float(random.randint(argument.low, LONGEST)) if argument.kind == "whole" else random.choice((0.0, 0.3, 1.0))
        for argument in function.arguments
        if argument.kind in ("whole", "number")
    ]
    node = graph.add(function.name, (*read, *operands), tuple(constants))
    (grown.truths if function.result == "truth" else grown.numbers).append(node)


def _arithmetic(random: Random, grown: Grown) -> None:
    graph, a = grown.graph, _number(random, grown)
    op = random.choice(("add", "sub", "mul", "div", "neg", "roc"))
    if op == "mul":
        grown.numbers.append(graph.add(op, (a, graph.add("constant", (), (random.choice((0.5, -2.0, 3.0)),)))))
    elif op == "div":
        grown.numbers.append(graph.add(op, (a, graph.add(random.choice(ABOVE_ZERO)))))
    elif op == "roc":
        grown.numbers.append(graph.add(op, (graph.add(random.choice(ABOVE_ZERO)),), (float(random.randint(1, LONGEST)),)))
    else:
        grown.numbers.append(graph.add(op, (a,) if op == "neg" else (a, _number(random, grown))))


def _number(random: Random, grown: Grown) -> int:
    if random.random() < 0.05:
        return grown.graph.add("constant", (), (float(random.randint(-2, 20)),))
    return _late(random, grown.numbers)


def _truth(random: Random, grown: Grown) -> int:
    return _late(random, grown.truths)


def _late(random: Random, nodes: list[int]) -> int:
    return random.choice(nodes[-6:]) if random.random() < 0.6 else random.choice(nodes)
