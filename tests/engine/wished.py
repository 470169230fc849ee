"""What lies at the addresses of wishes, as the signals of each combination."""

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers
from engine.crew import Crew
from engine.indicators import compute, sessions
from engine.indicators.bars import OwnBars
from engine.language.graph import PRICES, Graph, Outputs
from engine.simulation.state import Signals, Wishes


def all_signals(bars: OwnBars, graph: Graph, outputs: Integers, threads: int = 1) -> list[Signals]:
    """Each chunk is read before the next one is asked for."""
    crew = Crew(threads)
    found: dict[int, Signals] = {}
    for numbers, wanted in compute.wishes(bars, graph, outputs, crew):
        assert not found.keys() & set(numbers.tolist())
        found.update(zip(numbers.tolist(), read(bars, wanted, outputs[numbers]), strict=True))
    crew.close()
    return [found[k] for k in range(len(outputs))]


def read(bars: OwnBars, wanted: Wishes, outputs: Integers) -> Iterator[Signals]:
    (rows, stocks), words = bars.market.shape, sessions.words(bars.market.shape[1])
    seen = wanted.bar_at >= 0
    assert wanted.bar_at.shape == (rows, 64 * words) and not seen[:, stocks:].any()
    for addresses, nodes in zip(wanted.addresses.tolist(), outputs.tolist(), strict=False):
        entry, exit_ = (_at(address, (rows, words), np.uint64) for address in addresses[:2])
        packed = {"rank": _at(addresses[2], (bars.count,), np.float64)}
        packed |= {name: _at(addresses[at], (bars.count,), np.int32) for name in PRICES if nodes[at := Outputs._fields.index(name)] >= 0}
        dense = {name: np.full(seen.shape, np.nan if name == "rank" else 0, x.dtype) for name, x in packed.items()}
        for name, x in packed.items():
            dense[name][seen] = x[wanted.bar_at[seen]]
        if nodes[2] < 0:
            dense["rank"][:] = np.where(seen, dense["rank"], 0.0)
        if nodes[-1] >= 0:
            dense["weight"] = _at(addresses[-1], (rows, 64 * words), np.int32)
        unused = [address for address, name in zip(addresses, Outputs._fields, strict=True) if name not in ("entry", "exit", *dense)]
        assert not any(unused)
        yield Signals(entry, exit_, **dense)


def same(one: Signals, other: Signals) -> None:
    for name, found, expected in zip(Signals._fields, one, other, strict=True):
        assert found.dtype == expected.dtype, name
        np.testing.assert_array_equal(found, expected, err_msg=name)


def _at(address: int, shape: tuple[int, ...], dtype: type[np.generic]) -> npt.NDArray[Any]:
    count = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return np.frombuffer((ctypes.c_char * count).from_address(address), dtype).reshape(shape).copy()
