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
    left = Counter(argument for node in order for argument in nodes[node].args)
    crosses = _crosses(nodes, order)
    steps, numbers, done = [], [], set[int]()

    def place_of(node: int) -> int:
        if node not in places:
            places[node] = registers[INSTRUCTIONS[nodes[node].op].result].take()
        return places[node]

    for node in order:
        if node in done:
            continue
        op, args, figures, _ = nodes[node]
        made = crosses.get(node, (node,))
        unwanted = registers[TRUTH].take() if -1 in made else NOWHERE
        results = [place_of(each) if each >= 0 else unwanted for each in made]
        operands = [places[argument] for argument in (args if len(made) == 1 else _sides(nodes[node])[0])]
        whole = [int(figure) for figure in figures[:2]]
        steps.append((INSTRUCTIONS[op].code, *_filled(results, 2), *_filled(operands, 3), *_filled(whole, 2)))
        numbers.append(figures[1] if len(figures) > 1 else 0.0)
        done.update(made)
        if unwanted:
            registers[TRUTH].give_back(unwanted)
        for argument in (argument for each in made if each >= 0 for argument in nodes[each].args):
            left[argument] -= 1
            if not left[argument] and argument not in memory:
                registers[INSTRUCTIONS[nodes[argument].op].result].give_back(places[argument])
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


def _filled(values: list[int], count: int) -> list[int]:
    return values + [0] * (count - len(values))


def _crosses(nodes: Sequence[Node], order: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Both directions of a cross are one step: the node above and the one below, for either of them; -1: nobody wants it."""
    pairs: dict[tuple[int, int], list[int]] = {}
    found: dict[int, tuple[int, int]] = {}
    for node in order:
        if INSTRUCTIONS[nodes[node].op].code == CROSS:
            operands, side = _sides(nodes[node])
            pair = pairs.setdefault(operands, [-1, -1])
            if pair[side] >= 0:  # said in two ways: cross_above(a, b) and cross_below(b, a)
                pair = pairs[operands] = [-1, -1]
            pair[side] = node
            found.update({each: (pair[0], pair[1]) for each in pair if each >= 0})
    return found


def _sides(cross: Node) -> tuple[tuple[int, int], int]:
    """The operands in one order, and whether the first crosses above (0) or below (1) the second."""
    a, b = cross.args if cross.op == "cross_above" else cross.args[::-1]
    return ((a, b), 0) if a <= b else ((b, a), 1)
