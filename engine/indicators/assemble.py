"""From nodes to a program of the machine: the order of its steps, and where each keeps its result."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from engine.arrays import Bits
from engine.indicators.bars import OwnBars
from engine.indicators.instructions import CROSS, INSTRUCTIONS, NUMBER, TRUTH
from engine.indicators.kernels import room_for
from engine.indicators.machine import Code, Desk
from engine.language.graph import Node

NOWHERE = 0
"""The place of operands that an instruction does not have."""
_NUMBERS, _TRUTHS = 1 << 40, 1 << 41
"""Registers are counted from here until it is known how many places come before them."""


class Assembled(NamedTuple):
    code: Code
    memory: Bits
    """(M, 2) the places of what is read, or wanted, by others: address, and 8, or 0 for a constant; the first is NOWHERE."""
    numbers: int
    """Registers: what a stock's steps hand on to each other."""
    truths: int


def assemble(nodes: Sequence[Node], order: Sequence[int], memory: Mapping[int, tuple[int, int]]) -> Assembled:
    """`order`: the nodes to compute, operands before them. `memory`: where the values of nodes are, or go: see Assembled."""
    places = {node: 1 + k for k, node in enumerate(memory)}
    registers = {NUMBER: _Registers(_NUMBERS), TRUTH: _Registers(_TRUTHS)}
    left = Counter([argument for node in order for argument in nodes[node].args])
    crosses = _crosses(nodes, order)
    steps: list[tuple[int, ...]] = []
    numbers: list[float] = []

    def home_of(node: int) -> int:
        if node not in places:
            places[node] = registers[INSTRUCTIONS[nodes[node].op].result].take()
        return places[node]

    def release(arguments: Sequence[int]) -> None:
        for argument in arguments:
            left[argument] -= 1
            if not left[argument] and argument not in memory:
                registers[INSTRUCTIONS[nodes[argument].op].result].give_back(places[argument])

    for node in order:
        op, args, figures, _ = nodes[node]
        row = INSTRUCTIONS[op]
        if row.code == CROSS:
            above, below, is_first = crosses[node]
            if is_first:
                spare = registers[TRUTH].take()  # for a side that nobody wants
                results = home_of(above) if above >= 0 else spare, home_of(below) if below >= 0 else spare
                registers[TRUTH].give_back(spare)
                (a, b), _ = _sides(nodes[node])
                steps.append((CROSS, *results, places[a], places[b], NOWHERE, 0, 0))
                numbers.append(0.0)
        else:
            first, second, third, *_ = *[places[argument] for argument in args], NOWHERE, NOWHERE, NOWHERE
            n, m, *_ = *figures, 0.0, 0.0
            steps.append((row.code, home_of(node), NOWHERE, first, second, third, int(n), int(m)))
            numbers.append(m)
        release(args)
    table = np.array(steps, np.int64).reshape(len(steps), 8)
    between = table[:, 1:6]
    first, second = 1 + len(memory), 1 + len(memory) + registers[NUMBER].count
    is_truth, is_number = between >= _TRUTHS, (between >= _NUMBERS) & (between < _TRUTHS)
    between[is_truth] += second - _TRUTHS
    between[is_number] += first - _NUMBERS
    where = np.array([(0, 0), *memory.values()], np.uint64)
    return Assembled(Code(table, np.array(numbers)), where, registers[NUMBER].count, registers[TRUTH].count)


def desk_for(program: Assembled, bars: OwnBars) -> tuple[Desk, tuple[object, ...]]:
    """A thread's places and scratch, and what must be kept alive as long as the desk."""
    longest, words = bars.longest, -(-bars.longest // 64)
    numbers, truths = np.empty((program.numbers, longest)), np.empty((program.truths, words), np.uint64)
    rows = [(row.__array_interface__["data"][0], 0) for row in (*numbers, *truths)]
    places = np.concatenate([program.memory, np.array(rows, np.uint64).reshape(len(rows), 2)])
    return Desk(places, room_for(longest), np.empty(longest, np.uint8), np.zeros((1, 1), np.uint64)), (numbers, truths)


class _Registers:
    def __init__(self, first: int) -> None:
        self._first, self._free, self.count = first, list[int](), 0

    def take(self) -> int:
        if self._free:
            return self._free.pop()
        self.count += 1
        return self._first + self.count - 1

    def give_back(self, place: int) -> None:
        self._free.append(place)


def _crosses(nodes: Sequence[Node], order: Sequence[int]) -> dict[int, tuple[int, int, bool]]:
    """Both directions of a cross are one step: for either node, the one above, the one below (-1: nobody wants it), and who comes first."""
    pairs: dict[tuple[int, int], list[int]] = {}
    found: list[tuple[int, list[int]]] = []
    for node in order:
        if nodes[node].op in _CROSSES:
            operands, side = _sides(nodes[node])
            pair = pairs.get(operands)
            if pair is None or pair[side] >= 0:  # the latter where it is said in two ways: cross_above(a, b) and cross_below(b, a)
                pair = pairs[operands] = [-1, -1, node]
            pair[side] = node
            found.append((node, pair))
    return {node: (pair[0], pair[1], pair[2] == node) for node, pair in found}


_CROSSES = frozenset(op for op, row in INSTRUCTIONS.items() if row.code == CROSS)


def _sides(cross: Node) -> tuple[tuple[int, int], int]:
    """The operands in one order, and whether the first crosses above (0) or below (1) the second."""
    a, b = cross.args if cross.op == "cross_above" else cross.args[::-1]
    return ((a, b), 0) if a <= b else ((b, a), 1)
