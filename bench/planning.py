"""What happens before a number is computed: a long text compiled, the nodes of a large grid, and a MACD grid that shares its means."""

from collections.abc import Callable

from bench.measuring import race
from bench.stored import stored_market
from bench.strategies import INITIAL_CASH, TEMPLATES, Combination, dual_moving_average, many_pairs
from bench.workload import Figures, Size
from engine.evaluate import evaluate_block
from engine.language import Graph, compile_strategy

NODES = 200
FAST, SLOW = range(5, 15), range(20, 40, 2)


def run(size: Size) -> Figures:
    long = long_text()
    nodes = _nodes_of(long)
    pairs, program = many_pairs(size.combinations), compile_strategy(dual_moving_average(slots=1))
    macd = compile_strategy((TEMPLATES / "macd-cross.yaml").read_text())
    grid: list[Combination] = [{"fast": fast, "slow": slow} for fast in FAST for slow in SLOW]
    market = stored_market(size.stocks, size.bars)
    evaluate_block(macd, market, grid[:2], INITIAL_CASH)
    ways: dict[str, Callable[[], object]] = {
        "a text compiled": lambda: compile_strategy(long),
        "nodes of a grid": lambda: program.outputs_of(Graph(), program.check_combinations(pairs)),
        "a MACD grid": lambda: evaluate_block(macd, market, grid, INITIAL_CASH),
    }
    times = race(ways, size)
    return {
        "a text compiled": {**times["a text compiled"].figures(), "nodes": nodes},
        "nodes of a grid": times["nodes of a grid"].figures(len(pairs)),
        "a MACD grid": {**times["a MACD grid"].figures(len(grid)), **exponential_means(grid)},
    }


def long_text(nodes: int = NODES) -> str:
    """A strategy of at least so many distinct nodes; each condition brings five."""
    count = -(-nodes // 5)
    conditions = {f"c{k}": f"sma(close, {k + 2}) > ema(open, {k + 3}) * {1 + k / 1000}" for k in range(count)}
    rows = "\n".join(f'  {name}: "{text}"' for name, text in conditions.items())
    return f"name: long\nuniverse: {{all: true}}\nlet:\n{rows}\nentry: {' and '.join(conditions)}\nexit: not c0\n"


def exponential_means(grid: list[Combination]) -> dict[str, int]:
    """How many of them the grid asks for, and how many there are among its nodes; of closes, and of the differences behind them."""
    program, graph = compile_strategy((TEMPLATES / "macd-cross.yaml").read_text()), Graph()
    program.outputs_of(graph, program.check_combinations(grid))
    operands = [graph.nodes[node.args[0]].op for node in graph.nodes if node.op == "ema"]
    return {
        "means_asked_for": 3 * len(grid),
        "means_of_closes": operands.count("close"),
        "means_of_differences": len(operands) - operands.count("close"),
    }


def _nodes_of(text: str) -> int:
    program, graph = compile_strategy(text), Graph()
    program.outputs_of(graph, program.check_combinations([{}]))
    return len(graph.nodes)
