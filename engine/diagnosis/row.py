"""The shape of an indicator's row: what it is, when it is good or bad, and what is said then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.diagnosis.answer import Indicator, Verdict
from engine.diagnosis.facts import Facts
from engine.diagnosis.figures import Known, Told
from engine.words import Words

Unit = Literal["probability", "sessions", "correlation", "share", "count", "ratio"]
NOTHING = Words("", "")
UNKNOWN = Words("无法判断：{why}。", "Cannot be told: {why}.")


class Says(NamedTuple):
    """For one verdict. Places in braces: value, against, and the row's own figures."""

    meaning: Words
    advice: Words = NOTHING


@dataclass(frozen=True)
class Row:
    key: str
    label: Words
    unit: Unit
    figure: Callable[[Facts], Told]
    good: float
    """Good at or beyond it."""
    bad: float
    """Bad beyond it; above `good`, less is better."""
    when_good: Says
    when_doubtful: Says
    when_bad: Says
    formula: str
    source: str
    judged: str = ""
    """What the thresholds are for, where that is not the value."""

    def verdict(self, figure: float) -> Verdict:
        sign = 1.0 if self.good > self.bad else -1.0
        if sign * figure >= sign * self.good:
            return "good"
        return "bad" if sign * figure < sign * self.bad else "doubtful"

    def indicator(self, facts: Facts) -> Indicator:
        told = self.figure(facts)
        if isinstance(told, Words):
            meaning = Words(UNKNOWN.zh.format(why=told.zh), UNKNOWN.en.format(why=told.en))
            return Indicator(self.key, self.label, None, self.unit, "unknown", meaning, NOTHING, self.formula, self.source)
        verdict = self.verdict(told.value if told.judged is None else told.judged)
        says = {"good": self.when_good, "doubtful": self.when_doubtful, "bad": self.when_bad}[verdict]
        figures = self.figures(facts, told)
        meaning, advice = filled(says.meaning, figures), filled(says.advice, figures)
        value = plain(told.value, self.unit)
        return Indicator(self.key, self.label, value, self.unit, verdict, meaning, advice, self.formula, self.source)

    def figures(self, facts: Facts, told: Known) -> dict[str, Words | str]:
        """For the places of the texts."""
        return {"value": shown(told.value, self.unit), "against": facts.against, **dict(told.words)}


def shown(value: float, unit: Unit) -> str:
    """For texts: percent for shares and probabilities, whole numbers for what is counted."""
    if unit in ("probability", "share"):
        return f"{round(value, 3) + 0.0:.1%}"
    return f"{value:,.0f}" if unit in ("count", "sessions") else f"{round(value, 2) + 0.0:.2f}"


def plain(value: float, unit: Unit) -> float | int:
    """Six significant digits, for people; whole numbers stay whole."""
    whole = unit in ("count", "sessions") and float(value).is_integer()
    return int(value) if whole else float(f"{value:.6g}")


def filled(words: Words, figures: Mapping[str, Words | str]) -> Words:
    """Each language with its own figures."""
    chinese = {name: figure.zh if isinstance(figure, Words) else figure for name, figure in figures.items()}
    english = {name: figure.en if isinstance(figure, Words) else figure for name, figure in figures.items()}
    return Words(words.zh.format(**chinese), words.en.format(**english))
