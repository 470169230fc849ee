"""What a check is: a row with its code, its thresholds, its words and the function that looks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.doctor.case import Case
from engine.doctor.finding import Finding, Severity
from engine.words import Words

Found = Mapping[str, float | int | str | Words]
"""Figures by name; words where a figure reads differently in each language."""


@dataclass(frozen=True)
class Check:
    code: str
    severity: Severity
    title: Words
    when: Words
    """When it is found, with the thresholds in braces."""
    found: Words
    """What was found, with the figures and thresholds in braces."""
    advice: Words
    """What it means and what to do."""
    find: Callable[[Case], Found | None]
    """The figures, or None where all is well or nothing can be told."""
    thresholds: Mapping[str, float | int] = field(default_factory=dict)

    def look(self, case: Case) -> Finding | None:
        figures = self.find(case)
        if figures is None:
            return None
        zh, en = ({**self.thresholds, **_in(figures, language)} for language in (0, 1))
        text = Words(f"{self.found.zh.format(**zh)}{self.advice.zh}", f"{self.found.en.format(**en)} {self.advice.en}")
        return Finding(self.code, self.severity, _in(figures, 1), self.title, text)


def _in(figures: Found, language: int) -> dict[str, float | int | str]:
    return {name: value[language] if isinstance(value, Words) else value for name, value in figures.items()}
