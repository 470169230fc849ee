"""Whether to believe the best of a grid: every indicator in words, and one verdict."""

from collections.abc import Mapping, Sequence

from engine.diagnosis.answer import Diagnosis, Trials
from engine.diagnosis.choice import CHOICE
from engine.diagnosis.collector import Collector
from engine.diagnosis.facts import facts_of
from engine.diagnosis.luck import LUCK
from engine.diagnosis.verdict import overall

INDICATORS = (*LUCK, *CHOICE)


def diagnose(collector: Collector, params: Sequence[Mapping[str, float | int]], trials: Trials | None) -> Diagnosis:
    """params: of the curves, in the order in which they were added. trials None: this grid is all that was ever tried.

    ValueError where params and curves differ in number.
    """
    facts = facts_of(collector, params, trials)
    indicators = tuple(row.indicator(facts) for row in INDICATORS)
    verdict, summary = overall({indicator.key: indicator.verdict for indicator in indicators}, facts.against)
    return Diagnosis(
        combinations=facts.combinations,
        sessions=collector.sessions,
        trials=facts.trials,
        best=None if facts.best is None else facts.best.position,
        verdict=verdict,
        summary=summary,
        indicators=indicators,
    )
