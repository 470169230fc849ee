"""What an estimate is of, and the sizes at which it was tried: what is computed and what is shown both speak of it."""

from typing import NamedTuple

from functions.scale.choosing import Choice
from functions.scale.figures import Range
from functions.scale.work import Market, Work


class Known(NamedTuple):
    """What is estimated."""

    work: Work
    market: Market
    strategy: Range
    name: str
    skipped: int = 0


class Choices(NamedTuple):
    memory: Choice
    workers: Choice
    blocks: Choice
