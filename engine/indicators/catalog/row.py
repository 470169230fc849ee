"""What a row of the catalogue says, and the arguments and words that many rows share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from engine.words import Words

Kind = Literal["number", "truth"]
Scale = Literal["plain", "adjusted", "traded"]
"""What a number's size means: adjusted price levels are arbitrary (only their ratios mean something), traded prices are yuan."""

LONGEST = 1500
"""Bars that a strategy may look back over, and the largest window."""


@dataclass(frozen=True)
class Field:
    """A fact of each bar. `needs`: what the market must offer beyond plain bars."""

    name: str
    unit: str
    text: Words
    kind: Kind = "number"
    scale: Scale = "plain"
    needs: str | None = None
    is_shared: bool = False
    """The same for all stocks of a bar: it tells none from another."""


@dataclass(frozen=True)
class Argument:
    """`series` must vary over bars, `value` may also be constant, `truth` is true or false per bar.

    `whole` and `number` are constants (literals or expressions of parameters) between low and high. `elsewhere` is a number or a truth that
    varies over other bars than the stock's own, `code` a text.
    """

    name: str
    kind: Literal["series", "value", "truth", "whole", "number", "elsewhere", "code"] = "series"
    low: int = 1
    high: int = LONGEST


@dataclass(frozen=True)
class Function:
    name: str
    chinese: str
    group: str
    arguments: tuple[Argument, ...]
    formula: str
    missing: str
    """When the result is NaN (or false)."""
    source: str
    result: Kind = "number"
    scale: Literal["same", "plain"] = "same"
    """`same`: the result is an adjusted price level where the operands are."""
    definition: str | None = None
    reads: tuple[str, ...] = ()
    """What its kernel reads of the bar before its own arguments: expressions of fields at the same bar."""
    needs: str | None = None
    """What the market must offer beyond plain bars."""
    look_back: Callable[..., int] = lambda: 0
    """Bars before the current one that the function itself needs, from its whole arguments. Abbreviations: see their parts."""
    look_back_text: str = "0"
    text: Words = field(kw_only=True)
    """What it is: a phrase in English, and in Chinese a line that stands for formula and source."""
    example: str = ""
    """An expression that uses it as people do."""

    @property
    def signature(self) -> str:
        return f"{self.name}({', '.join(argument.name for argument in self.arguments)})"


SETTLED_EMA = 5
"""After 5n bars the first bar weighs (1 - 2/(n+1))^5n < e^-10 in an ema: a longer warm-up changes nothing that matters."""
SETTLED_WILDER = 10
"""The same for Wilder's smoothing, whose weight is 1/n."""

X, A, B, N = Argument("x"), Argument("a", "value"), Argument("b", "value"), Argument("n", "whole")
CONDITION = Argument("condition", "truth")
K = Argument("k", "number", 0, 100)
FAST, SLOW = Argument("fast", "whole"), Argument("slow", "whole")

IN_WINDOW = "the first n-1 bars; a NaN in the window"
AT_SHIFT = "the first n bars; a NaN at either end"
WHILE_SETTLING = "the first n-1 bars, also after a NaN, where it starts again"
IF_EITHER = "either is"
NO_CROSS = "false on the first bar and where one is NaN"
