"""Operations that look ahead, for tests that must find them out: each gives a bar what the next one should have."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from engine.indicators.kernels import roc
from engine.indicators.operations import OPERATIONS
from engine.indicators.workspace import TRUTH, Operation, Values, Workspace


def peek(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """`name`: one of AHEAD, which from now on stands before the machine's own instruction."""
    monkeypatch.setitem(OPERATIONS, name, AHEAD[name])


def _roc(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    out = space.numbers()
    for first, end in pairwise(space.bars.offsets):
        roc(operands[0][first:end], int(numbers[0]), out[first:end])
    return np.roll(out, -1)


def _cross_above(_space: Workspace, operands: Sequence[Values], _numbers: tuple[float, ...]) -> Values:
    above = operands[0] > operands[1]
    return np.append(above[1:] & ~above[:-1], False).astype(np.uint8)


AHEAD = {"roc": Operation(_roc), "cross_above": Operation(_cross_above, TRUTH)}
