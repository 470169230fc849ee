"""What many combinations want: the same as each alone, with any number of threads, and however few of them are computed together."""

import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from engine.crew import Crew
from engine.indicators import bars as packed
from engine.indicators import compute
from engine.indicators.bars import own_bars
from engine.indicators.operations import OPERATIONS
from engine.indicators.workspace import Operation, Values, Workspace
from engine.language import Graph, Outputs, Program, compile_strategy
from functions.templates import templates
from tests.engine.panels import random_market
from tests.engine.test_compute import watch
from tests.engine.test_templates import moved
from tests.engine.wished import all_signals, same
from tests.layers.compiling import furnished

TEMPLATES = templates()
MARKET = random_market(1, sessions=330, stocks=70, warm_up=260, holes=0.03, late=0.1, members=0.9)


def grid_of(program: Program) -> list[dict[str, float | int]]:
    """The defaults, and each parameter moved by itself: neighbours share most of their nodes."""
    defaults = {row.name: row.default for row in program.parameters}
    found = [defaults] + [each for row in program.parameters for each in moved(program, row)[:2]]
    return [*found[:6], defaults]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_wishes_of_a_grid_are_the_signals_of_each_combination(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, graph = compile_strategy(TEMPLATES[name]), Graph()
    bars = own_bars(furnished(MARKET, TEMPLATES[name]))
    outputs = program.outputs_of(graph, grid_of(program))
    alone = [next(compute.signals(bars, graph, [Outputs(*wanted)])) for wanted in outputs.tolist()]
    assert any(each.entry.any() or (each.weight > 0).any() for each in alone) == (name != "limit-up-follow-through"), "nothing is wanted"
    whole = compute.Nodes(bars, graph, Crew(1))._bytes(outputs)
    counts = set[int]()
    for limit in (0, whole // 3, whole // 2, whole):
        monkeypatch.setattr(compute, "CHUNK_BYTES", limit)
        parts = list(compute.Nodes(bars, graph, Crew(1)).parts(outputs, 0, len(outputs)))
        assert [first for first, _ in parts[1:]] == [end for _, end in parts[:-1]] and (parts[0][0], parts[-1][1]) == (0, len(outputs))
        counts.add(len(parts))
        for threads in (1, 3):
            for found, expected in zip(all_signals(bars, graph, outputs, threads), alone, strict=True):
                same(found, expected)
    assert {1, len(outputs)} <= counts


def counted(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """The operations on whole panels from now on."""
    done: list[str] = []

    def counting(name: str, honest: Operation) -> Operation:
        def run(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
            done.append(name)
            return honest.run(space, operands, numbers)

        return Operation(run, honest.result)

    for name in names:
        monkeypatch.setitem(OPERATIONS, name, counting(name, OPERATIONS[name]))
    return done


def shared(graph: Graph) -> list[Outputs]:
    """Six combinations: one rank for all, one exit for two neighbours each, an entry of each its own out of one order of stocks."""
    close = graph.add("close")
    best = graph.add("rank", (graph.add("roc", (close,), (3.0,)),))
    rank = graph.add("neg", (graph.add("ema", (close,), (4.0,)),))
    exits = [graph.add("gt", (graph.add("sma", (close,), (n,)), close)) for n in (3.0, 4.0, 5.0)]
    entries = [graph.add("gt", (best, graph.add("constant", (), (k / 10,)))) for k in range(6)]
    return [Outputs(entry, exits[k // 2], rank) for k, entry in enumerate(entries)]


@pytest.mark.parametrize("threads", [1, 3])
def test_what_the_next_combinations_need_is_kept_for_them(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a chunk of its own, and still nothing that the next one needs is made again, wanted or only read."""
    monkeypatch.setattr(compute, "CHUNK_BYTES", 0)
    steps, operations = watch(monkeypatch), counted(monkeypatch, "rank")
    bars, graph = own_bars(random_market(2, members=0.9)), Graph()
    outputs = np.array(shared(graph))
    crew = Crew(threads)
    assert [numbers.tolist() for numbers, _ in compute.wishes(bars, graph, outputs, crew)] == [[k] for k in range(6)]
    crew.close()
    assert operations == ["rank"] and steps.count("roc") == steps.count("ema") == steps.count("neg") == 1
    assert steps.count("sma_exact") == 3 and steps.count("gt") == 3 + 6


def test_what_nobody_needs_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """With each chunk there is what it wants, and what the next one reads; with the last only what it wants."""
    bars, graph = own_bars(random_market(2, members=0.9)), Graph()
    outputs = np.array(shared(graph))
    best = next(k for k, node in enumerate(graph.nodes) if node.op == "rank")
    nodes = compute.Nodes(bars, graph, Crew(1))
    for some, following, read in (
        (outputs[:1], outputs[1:2], {best}),
        (outputs[1:2], outputs[5:], {best}),
        (outputs[5:], outputs[:0], set()),
    ):
        nodes.wishes(some, following)
        assert nodes._values.keys() == {*some[some >= 0].tolist(), *read}


# ------------------------------------------------------------------------------------------------------------- what bars keep


FIELDS = ("open", "high", "low", "close", "volume", "amount", "raw_close", "vwap", "pe", "weekday")


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-7)
    yield
    sys.setswitchinterval(before)


def test_fields_that_were_read_are_kept_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    bars = own_bars(random_market(4))
    size = 8 * bars.count
    monkeypatch.setattr(packed, "KEPT_BYTES", 3 * size)
    first = {name: bars.numbers(name) for name in FIELDS[:3]}
    assert list(bars.layout.kept) == list(FIELDS[:3])
    assert all(bars.numbers(name) is first[name] for name in first), "they are there"
    for name in FIELDS[3:]:
        bars.numbers(name)
        assert sum(map(packed._bytes, bars.layout.kept.values())) <= 3 * size
    assert list(bars.layout.kept) == list(FIELDS[-3:]), "the oldest goes"
    again = bars.numbers("open")
    assert again is not first["open"] and again.tolist() == first["open"].tolist()
    sums = bars.prefix_sums("close")
    assert list(bars.layout.kept) == ["open", "close", "sums of close"] and sums.size == bars.count


def test_what_is_larger_than_the_limit_is_kept_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads it next finds it; nothing is read for every stock anew."""
    bars = own_bars(random_market(4))
    expected = {name: bars.numbers(name) for name in FIELDS}
    bars.layout.kept.clear()
    monkeypatch.setattr(packed, "KEPT_BYTES", 0)
    for name in FIELDS:
        found = bars.numbers(name)
        np.testing.assert_array_equal(found, expected[name])
        assert bars.numbers(name) is found and list(bars.layout.kept) == [name]


def test_values_do_not_depend_on_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph()
    outputs = np.array(shared(graph))
    expected = all_signals(own_bars(random_market(5)), graph, outputs)
    for limit in (0, 8_000):
        monkeypatch.setattr(packed, "KEPT_BYTES", limit)
        for found, alone in zip(all_signals(own_bars(random_market(5)), graph, outputs, 3), expected, strict=True):
            same(found, alone)


@pytest.mark.parametrize("limit", [0, 30_000, 2**30])
def test_threads_read_the_same_fields_at_once(limit: int, monkeypatch: pytest.MonkeyPatch, impatient: None) -> None:
    """Each field is read once and is whole, whoever comes first; where little may be kept it is read again."""
    monkeypatch.setattr(packed, "KEPT_BYTES", limit)
    graph, outputs = Graph(), []
    for name in FIELDS:
        best = graph.add("demean", (graph.add(name),))
        up = graph.add("gt", (best, graph.add("constant", (), (0.0,))))
        outputs.append(Outputs(up, up, best))
    expected = all_signals(own_bars(random_market(6, members=0.9)), graph, np.array(outputs))
    for _ in range(40):
        found = all_signals(own_bars(random_market(6, members=0.9)), graph, np.array(outputs), 3)
        for one, alone in zip(found, expected, strict=True):
            same(one, alone)
