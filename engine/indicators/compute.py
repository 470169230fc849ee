"""Computes the nodes of a strategy's graph over a market: each distinct node once for a whole grid, or for as much of it as memory allows.

Nodes of one level are one program, which the machine carries out stock by stock. Operations on whole panels lie between the levels.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import or_

import numpy as np

from engine.arrays import Bits, Integers
from engine.crew import Crew
from engine.indicators import cross_section, sessions
from engine.indicators.assemble import assemble, desk_for
from engine.indicators.bars import FLAGS, OwnBars
from engine.indicators.instructions import INSTRUCTIONS, NUMBER, TRUTH
from engine.indicators.lowering import lowered
from engine.indicators.machine import Span, run
from engine.indicators.operations import OPERATIONS
from engine.indicators.other_bars import BRINGING, Places
from engine.indicators.workspace import Values
from engine.language.graph import PRICES, Graph, Outputs
from engine.language.neighbours import neighbours
from engine.simulation.state import Signals, Wishes

CHUNK_BYTES = 256 * 2**20
"""What the values of the combinations that are computed together may take."""
_TRUTHS_AT_ONCE = 16
Homes = Mapping[int, tuple[Bits, int]]
"""Where the truths of nodes are to be: an array, and its address."""
NOBODY: Homes = {}
Before = Callable[[int, int], None]
"""Told how many combinations come next, and how much work their nodes are: as much as so many steps of the machine on one bar."""
UNTOLD: Before = lambda *_: None  # noqa: E731
_STEP = 5
"""What a step of the machine may cost: some are windows."""
_OPERATION = 60
"""What an operation on a whole panel is for each of its bars (measured; a bar's step takes about a nanosecond)."""
_RANGES = 8
"""Into how many tasks the stocks are cut for each thread, so that none waits long for another."""


def wishes(bars: OwnBars, graph: Graph, outputs: Integers, crew: Crew, before: Before = UNTOLD) -> Iterator[tuple[Integers, Wishes]]:
    """(numbers of some combinations, what they want), as many at a time as memory allows. outputs (P, ...) as Outputs.

    Combinations share every node that is equal; what the next ones need as well is kept for them. Where not all fit, those come together
    that share what compares stocks, which is dear. Whoever asks for the next must be done with the ones before, whose memory they may use.
    Interrupted where the bars' pulse says so.
    """
    nodes = Nodes(bars, graph, crew)
    parts = list(nodes.parts(outputs, 0, len(outputs)))
    numbers = np.arange(len(outputs))
    if len(parts) > 1 and any(node.op in cross_section.OPERATIONS for node in graph.nodes):
        numbers = neighbours(graph.nodes, outputs)
        parts = list(nodes.parts(outputs[numbers], 0, len(outputs)))
    for k, (first, end) in enumerate(parts):
        following = numbers[slice(*parts[k + 1])] if k + 1 < len(parts) else numbers[:0]
        yield numbers[first:end], nodes.wishes(outputs[numbers[first:end]], outputs[following], before)


def signals(bars: OwnBars, graph: Graph, outputs: Sequence[Outputs], before: Before = UNTOLD) -> Iterator[Signals]:
    """The signals of each combination in order, in the panel's rows and columns."""
    nodes = Nodes(bars, graph, Crew(1))
    for each in outputs:
        yield nodes.signals(each, before)


def values(bars: OwnBars, graph: Graph, node: int) -> Values:
    """(B,) one node's numbers, or truths as flags, over all bars of its place."""
    return Nodes(bars, graph, Crew(1)).whole(node)


class Nodes:
    """Values of a graph's nodes: numbers (B,) or bits, made when they are asked for."""

    def __init__(self, bars: OwnBars, graph: Graph, crew: Crew) -> None:
        self.nodes = lowered(graph.nodes)
        self._is_step = [op in INSTRUCTIONS and op not in OPERATIONS for op, *_ in self.nodes]
        self._is_source = [not (op in INSTRUCTIONS or op in OPERATIONS or op in BRINGING) for op, *_ in self.nodes]
        """What is read from the market, or written down at once."""
        self._has_operations = not all(map(or_, self._is_step, self._is_source))
        self._bars, self._crew = bars, crew
        self._places = Places(bars)
        self._values: dict[int, Values] = {}

    def wishes(self, outputs: Integers, following: Integers, before: Before = UNTOLD) -> Wishes:
        """`following`: what will be asked for next."""
        by_kind = [np.unique(outputs[:, column]) for column in range(outputs.shape[1])]
        truths = np.unique(outputs[:, :2])
        wanted = [int(node) for nodes in (truths, *by_kind[2:]) for node in nodes if node >= 0]
        before(len(outputs), self._work(wanted))
        own = np.empty((truths.size, self._bars.words[-1]), np.uint64)
        begin, step = own.ctypes.data, own.strides[0]
        homes = {node: (row, begin + k * step) for k, (node, row) in enumerate(zip(truths.tolist(), own, strict=True))}
        self._make(wanted, np.unique(following).tolist(), homes)
        for node, (home, _) in homes.items():
            if self._values.get(node) is not home:  # what is read from the market, or was there
                home[:] = self._value(node)
                self._bars.pulse.did()
        bits = self._by_session(own)
        addresses = np.zeros(outputs.shape, np.uint64)
        for column in (0, 1):
            addresses[:, column] = bits.__array_interface__["data"][0] + np.searchsorted(truths, outputs[:, column]) * bits[:1].nbytes
        kept: list[Values] = [bits]
        for column in range(2, outputs.shape[1]):
            arrays = [self._delivered(column, int(node)) for node in by_kind[column]]
            kept += arrays
            where = np.array([array.__array_interface__["data"][0] if array.size else 0 for array in arrays], np.uint64)
            addresses[:, column] = where[np.searchsorted(by_kind[column], outputs[:, column])]
        return Wishes(addresses, self._bars.bar_at, tuple(kept))

    def signals(self, output: Outputs, before: Before = UNTOLD) -> Signals:
        wanted = [node for node in output if node >= 0]
        before(1, self._work(wanted))
        self._make(wanted)
        entry, exit_ = (self._by_session(self._value(node)[np.newaxis]) for node in output[:2])
        prices = {
            name: sessions.prices_by_session(self._bars, self._delivered(3 + k, node))
            for k, (name, node) in enumerate(zip(Outputs._fields[3:7], output[3:7], strict=True))
            if node >= 0
        }
        weight = {"weight": self._values[output.weight]} if output.weight >= 0 else {}
        rank = sessions.numbers_by_session(self._bars, self._delivered(2, output.rank))
        if output.rank < 0:
            rank[:] = 0.0
        return Signals(entry[0], exit_[0], rank, **prices, **weight)

    def whole(self, node: int) -> Values:
        self._make([node])
        space = self._places[self.nodes[node].place]
        made = self._value(node)
        return space.flags_of(made) if self._kind(node) == TRUTH else made

    def parts(self, outputs: Integers, first: int, end: int) -> Iterator[tuple[int, int]]:
        """(first combination, one after the last) of stretches whose values fit into CHUNK_BYTES, or of one each."""
        if end - first > 1 and self._bytes(outputs[first:end]) > CHUNK_BYTES:
            middle = (first + end) // 2
            yield from self.parts(outputs, first, middle)
            yield from self.parts(outputs, middle, end)
        elif end > first:
            yield first, end

    def _bytes(self, outputs: Integers) -> int:
        """The most that the values of some combinations take at once: those that are delivered, and what programs leave for each other."""
        (rows, stocks), words = self._bars.market.shape, int(self._bars.words[-1])
        truths, others = np.unique(outputs[:, :2]).tolist(), np.unique(outputs[:, 2:])
        delivered = 8 * (len(truths) * (words + rows * sessions.words(stocks)) + others.size * self._bars.count)
        if not self._has_operations:
            return delivered
        wanted = [node for node in (*truths, *others.tolist()) if node >= 0]
        order = self._order(wanted)
        level = self._levels(order)
        last = self._last_read(order, level)
        ends = {node: last.get(node, current) for node, current in level.items() if not self._is_step[node] or node in last}
        change = [0] * (2 + max(level.values(), default=0))
        for node, end in ends.items():
            change[level[node]] += 8 * (self._bars.count if self._kind(node) == NUMBER else words)
            change[end + 1] -= 8 * (self._bars.count if self._kind(node) == NUMBER else words)
        return delivered + max(accumulate(change))

    def _work(self, wanted: Sequence[int]) -> int:
        """See Before; of what is not there yet."""
        return sum(
            (1 if self._is_step[node] else _OPERATION) * self._places[self.nodes[node].place].bars.count for node in self._order(wanted)
        )

    # ------------------------------------------------------------------------------------------------------------------ making

    def _make(self, wanted: Sequence[int], following: Sequence[int] = (), homes: Homes = NOBODY) -> None:
        """Computes what is wanted and not there; forgets everything else, except what is read for the following."""
        order = self._order(wanted)
        level = self._levels(order)
        last = self._last_read(order, level)
        staying = {*wanted, *self._there(following, {*wanted, *last, *self._values})}
        for current in range(1 + max(level.values(), default=0)):
            here = [node for node in order if level[node] == current]
            self._crew.do(self._operate, [node for node in here if not self._is_step[node]])
            steps: dict[str, list[int]] = {}
            for node in here:
                if self._is_step[node]:
                    steps.setdefault(self.nodes[node].place, []).append(node)
            for place, program in steps.items():
                self._run(place, program, {*wanted, *last}, homes)
            for node in [node for node in self._values if node not in staying and last.get(node, -1) <= current]:
                self._forget(node)

    def _there(self, wanted: Sequence[int], made: set[int]) -> set[int]:
        """What of `made` need not be made again where these are wanted."""
        found, seen = set[int](), set[int]()
        waiting = [node for node in wanted if node >= 0]
        while waiting:
            node = waiting.pop()
            if node in made:
                found.add(node)
            elif node not in seen:
                seen.add(node)
                waiting.extend(self.nodes[node].args)
        return found

    def _order(self, wanted: Sequence[int]) -> list[int]:
        """What must be computed, operands first, by a list of what waits: a strategy may nest deeper than Python calls may."""
        order: list[int] = []
        seen: set[int] = set()
        for root in wanted:
            waiting = [root]
            while waiting:
                node = waiting[-1]
                if node < 0:
                    node = -1 - waiting.pop()
                    order.append(node)
                elif node in seen or node in self._values or self._is_source[node]:
                    waiting.pop()
                else:
                    seen.add(node)
                    waiting[-1] = -1 - node
                    waiting.extend(self.nodes[node].args[::-1])
        return order

    def _levels(self, order: Sequence[int]) -> dict[int, int]:
        """What is done to whole panels is one level above its operands."""
        level: dict[int, int] = {}
        if all(self._is_step[node] for node in order):
            return dict.fromkeys(order, 0)
        for node in order:
            below = max((level.get(argument, 0) for argument in self.nodes[node].args), default=0)
            level[node] = below if self._is_step[node] else below + 1
        return level

    def _last_read(self, order: Sequence[int], level: dict[int, int]) -> dict[int, int]:
        """Nodes that are read outside the program that computes them, and the last level where they are."""
        last: dict[int, int] = {}
        if any(level.values()):
            for node in order:
                for argument in self.nodes[node].args:
                    if not (self._is_step[node] and self._is_step[argument] and level.get(argument, -1) == level[node]):
                        last[argument] = max(last.get(argument, 0), level[node])
        return last

    def _run(self, place: str, order: Sequence[int], keep: set[int], homes: Homes) -> None:
        """One program of the machine, over all stocks of a place."""
        space = self._places[place]
        inside, bars = set(order), space.bars
        memory: dict[int, tuple[int, int]] = {}
        held: list[Values] = []
        for node in order:
            for argument in self.nodes[node].args:
                if argument not in inside and argument not in memory:
                    is_constant = self.nodes[argument].op == "constant"
                    held.append(np.full(bars.longest, self.nodes[argument].numbers[0]) if is_constant else self._value(argument))
                    memory[argument] = held[-1].ctypes.data, 0 if is_constant else 8
            if node in homes:
                self._values[node], address = homes[node]
                memory[node] = address, 8
            elif node in keep:
                is_truth = INSTRUCTIONS[self.nodes[node].op].result == TRUTH
                self._values[node] = np.empty(bars.words[-1], np.uint64) if is_truth else space.numbers()
                memory[node] = self._values[node].ctypes.data, 8
        program = assemble(self.nodes, order, memory)
        stocks = bars.offsets.size - 1
        count = min(stocks, 1 if self._crew.threads == 1 else _RANGES * self._crew.threads)
        edges = [stocks * k // count for k in range(count + 1)]

        def work(k: int) -> None:
            desk, _alive = desk_for(program, bars)
            work = len(order) * int(bars.offsets[edges[k + 1]] - bars.offsets[edges[k]])
            for first, end in bars.pulse.stretches(edges[k + 1] - edges[k], _STEP * len(order) * bars.longest, work):
                run(program.code, Span(bars.offsets, bars.words), desk, edges[k] + first, edges[k] + end)

        self._crew.do(work, range(count))

    def _operate(self, node: int) -> None:
        """Something that is done to a whole panel."""
        op, args, numbers, place = self.nodes[node]
        space = self._places[place]
        if op in BRINGING:
            source = self.nodes[args[0]].place
            made = self._places.bring(self._whole(args[0]), source, place)
            self._values[node] = space.bits_of(made) if self._kind(node) == TRUTH else made
            space.bars.pulse.did(_OPERATION * space.bars.count)
            return
        made = OPERATIONS[op].run(space, [self._whole(argument) for argument in args], numbers)
        self._values[node] = space.bits_of(made) if OPERATIONS[op].result == TRUTH else made
        space.bars.pulse.did(_OPERATION * space.bars.count)

    # ----------------------------------------------------------------------------------------------------------------- reading

    def _kind(self, node: int) -> str:
        while self.nodes[node].op in BRINGING:
            node = self.nodes[node].args[0]
        op = self.nodes[node].op
        if op in OPERATIONS:
            return OPERATIONS[op].result
        return INSTRUCTIONS[op].result if op in INSTRUCTIONS else TRUTH if op in FLAGS else NUMBER

    def _value(self, node: int) -> Values:
        """Numbers (B,), or bits."""
        if node in self._values:
            return self._values[node]
        op, args, numbers, place = self.nodes[node]
        space = self._places[place]
        if op == "constant":
            return np.full(space.bars.count, numbers[0])
        if op == "prefix_sums":
            field = self.nodes[args[0]].op
            return space.bars.prefix_sums(field)
        if op in FLAGS:
            made: Values = space.bars.keep(f"bits of {op}", lambda: space.bits_of(space.bars.flags(op)))
            return made
        return space.bars.numbers(op)

    def _whole(self, node: int) -> Values:
        """What operations work on."""
        made = self._value(node)
        return self._places[self.nodes[node].place].flags_of(made) if self._kind(node) == TRUTH else made

    def _by_session(self, own: Bits) -> Bits:
        """(E, T, W) in the panel's rows and columns what own (E, all words) has by bar."""
        rows, stocks = self._bars.market.shape
        out = np.empty((len(own), rows, sessions.words(stocks)), np.uint64)

        def bring(first: int) -> None:
            sessions.bits_by_session(self._bars, own[first : first + _TRUTHS_AT_ONCE], out[first : first + _TRUTHS_AT_ONCE])
            self._bars.pulse.did()

        self._crew.do(bring, range(0, len(own), _TRUTHS_AT_ONCE))
        return out

    def _delivered(self, column: int, node: int) -> Values:
        """What the simulation reads of one output; nothing where there is none, but without a rank all are equal."""
        if node < 0:
            return np.zeros(self._bars.count) if column == Outputs._fields.index("rank") else np.zeros(0)
        made = self._value(node)
        return made.astype(np.int32) if Outputs._fields[column] in PRICES else made

    def _forget(self, node: int) -> None:
        made = self._values.pop(node)
        if made.dtype == np.float64:
            self._places[self.nodes[node].place].give_back(made)
