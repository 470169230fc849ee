"""What the doctor says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.words import Words

Severity = Literal["serious", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    code: str
    """Stable, in capitals: TOO_FEW_TRADES."""
    severity: Severity
    figures: Mapping[str, float | int | str]
    title: Words
    text: Words
    """What was found, with its figures, what it means, and what to do."""

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "figures": dict(self.figures),
            "title": self.title._asdict(),
            "text": self.text._asdict(),
        }
