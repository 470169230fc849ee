"""The metrics that runs are told in."""

from fastapi import APIRouter

from engine.statistics.metrics import METRICS
from functions.api.answers import MetricList, MetricShown, WordsShown
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api/metrics", tags=["metrics"], route_class=StrictRoute)


@router.get("")
def list_metrics() -> MetricList:
    """Every key of a run's stats, in the order in which people read them: its names, unit, formula, and when it says little.

    Needs no token.
    """
    return MetricList(
        items=[
            MetricShown(
                key=row.key,
                label=WordsShown(zh=row.label.zh, en=row.label.en),
                unit=row.unit,
                formula=row.formula,
                source=row.source,
                least=row.least,
                of_what=row.of_what,
                differs=row.differs,
            )
            for row in METRICS
        ]
    )
