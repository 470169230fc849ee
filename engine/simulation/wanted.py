"""Between signals and kernels: what combinations want is verified, and laid out as addresses from the window's first row on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Integers
from engine.errors import MarketError, Problem
from engine.simulation.door import LARGEST_PRICE
from engine.simulation.loop import Plans
from engine.simulation.script import Script
from engine.simulation.state import NO_PRICES, Signals, Wishes
from engine.simulation.tape import Tape
from engine.terms import ONE

_MOST_VALUES = 1 << 40
"""Of a rank: how many there are nobody says."""


def wishes_of(signals: Sequence[Signals]) -> Wishes:
    """Signals as columns."""
    places = [[array.__array_interface__["data"][0] if array.size else 0 for array in one] for one in signals]
    return Wishes(np.array(places, np.uint64).reshape(len(signals), len(Signals._fields)), NO_PRICES, tuple(signals))


def plans_of(tape: Tape, wishes: Wishes, figures: Integers, script: Script) -> Plans:
    """The wishes from the window's first row on; where values are packed, their places say so already."""
    begin, words = tape.decided_by.window_start, tape.stocks // 64
    rows, is_packed = tape.decided_by.shape[0] - begin, wishes.bar_at.shape[0] > 0
    skipped = np.array([8 * words, 8 * words, *(5 * [0] if is_packed else [512 * words, *4 * [256 * words]]), 256 * words]) * begin
    addresses = np.where(wishes.addresses > 0, wishes.addresses + skipped.astype(np.uint64), np.uint64(0))
    return Plans(addresses, wishes.bar_at[begin:] if is_packed else NO_PRICES, np.zeros((0, 0)), rows, _MOST_VALUES, figures, script)


def check_signals(tape: Tape, signals: Signals) -> None:
    """MarketError where signals are not of this tape, or name what does not exist."""
    rows, words, stocks = tape.decided_by.shape[0], tape.stocks // 64, len(tape.market.codes)
    problems = []
    arrays: dict[str, npt.NDArray[Any]] = signals._asdict()
    for name, array in arrays.items():
        shape, is_price = (rows, words if name in ("entry", "exit") else tape.stocks), name not in _SIGNAL_TYPES
        dtype = _SIGNAL_TYPES.get(name, np.int32)
        lowest, highest, unit = (-1, ONE, "") if name == "weight" else (0, LARGEST_PRICE, " li")
        is_right = array.shape == shape or (is_price and array.ndim == 2 and array.size == 0)
        if array.dtype != dtype or not is_right or not array.flags.c_contiguous or not array.flags.writeable:
            found = f"{array.dtype} {array.shape}"
            problems.append(Problem(f"signals.{name}", f"must be a C-contiguous writable {np.dtype(dtype)} {shape}, is {found}"))
        elif name == "entry" and rows and (array[:, -1] >> np.uint64((stocks - 1) % 64) > np.uint64(1)).any():
            problems.append(Problem("signals.entry", f"names a column beyond the {stocks} stocks", "the last word is padded with zeros"))
        elif is_price and array.size and not lowest <= array.min() <= array.max() <= highest:
            found = str(int(array.min()) if array.min() < lowest else int(array.max()))
            problems.append(Problem(f"signals.{name}", f"must be from {lowest} to {highest:,}{unit}, and some are {found}"))
    if signals.weight.size and not problems:
        asks = signals.weight >= 0
        if (asks != asks[:, :1]).any():
            problems.append(Problem("signals.weight", "is -1 in some places of a row only", "a row of nothing but -1 asks for nothing"))
    if problems:
        raise MarketError(problems)


_SIGNAL_TYPES: dict[str, type] = {"entry": np.uint64, "exit": np.uint64, "rank": np.float64}
"""The others are prices in li, or weights, and may be missing."""
