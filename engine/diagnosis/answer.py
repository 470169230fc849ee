"""What a diagnosis says: indicators with a verdict and words, and one verdict over all."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from engine.words import Words

Verdict = Literal["good", "doubtful", "bad", "unknown"]


@dataclass(frozen=True)
class Trials:
    """How many combinations were ever tried, so that the best of them is not admired for luck."""

    count: int
    """Different ones; those of this grid are among them."""
    variance: float | None
    """Of their Sharpe ratios per session (not a year's), ddof 1, of those in this grid's window; None: this grid's own."""
    scope: Literal["grid", "owner"]
    """grid: nobody counted the earlier ones; owner: all that their owner ever ran on this strategy and universe."""


@dataclass(frozen=True)
class Indicator:
    key: str
    label: Words
    value: float | int | None
    """None: it cannot be told; `meaning` says why."""
    unit: Literal["probability", "sessions", "correlation", "share", "count", "ratio"]
    verdict: Verdict
    meaning: Words
    """What this value says."""
    advice: Words
    """What to do about it; empty where there is nothing to do."""
    formula: str
    source: str


@dataclass(frozen=True)
class Diagnosis:
    combinations: int
    """Those with a curve, which were judged."""
    sessions: int
    trials: Trials
    best: int | None
    """Position (among those judged) of the highest Sharpe ratio; None where none has one."""
    verdict: Verdict
    summary: Words
    indicators: tuple[Indicator, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values; words become {"zh", "en"}."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
