"""Who belongs to a universe on each day, as rows of bits."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.reading import Days
from engine.arrays import Flags


class Members(NamedTuple):
    codes: tuple[str, ...]
    """(N,) ascending: everyone who is a member on some day of the axis."""
    bits: Flags
    """(S, N / 8 rounded up) a row of bits each day, 1 for a member, packed along the codes; listings are not looked at."""

    @classmethod
    def of(cls, codes: Sequence[str], flags: Flags) -> "Members":
        """From (S, N) flags of ascending codes."""
        return cls(tuple(codes), np.packbits(flags, axis=1))

    @property
    def flags(self) -> Flags:
        """(S, N), unpacked anew."""
        return np.unpackbits(self.bits, axis=1, count=len(self.codes))


def always(codes: Sequence[str], days: Days) -> Members:
    """The same on every day: one row of bits."""
    row = np.packbits(np.ones(len(codes), dtype=np.uint8))
    return Members(tuple(sorted(codes)), np.broadcast_to(row, (len(days), len(row))))


def seen(codes: Sequence[str], flags: Flags) -> Members:
    """Of ascending codes those that are members on some day."""
    kept: npt.NDArray[np.bool_] = np.logical_or.reduce(flags.astype(bool), axis=0)
    return Members.of(tuple(code for code, keep in zip(codes, kept, strict=True) if keep), flags[:, kept])
