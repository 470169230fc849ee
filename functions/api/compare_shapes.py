"""Several runs side by side on the wire."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from functions.api.answers import Answered
from functions.api.models import Sent

MOST_RUNS = 20
EXAMPLE_IDS = ("6f1c1f2e-8f0a-4f0e-9a3e-0d6f6d1c2b11", "0b7a1f64-3f0e-4c55-8f3c-5d2a9a3b7c22")


class ComparisonQuery(Sent):
    run_ids: str = Field(
        min_length=1,
        max_length=MOST_RUNS * 37,
        description=f"Ids of one to {MOST_RUNS} finished runs, with commas between them, each once",
        examples=[",".join(EXAMPLE_IDS)],
    )
    points: int = Field(1000, ge=2, le=10_000, description="At most so many sessions: of more every n-th, and the last one")


class ComparedRun(Answered):
    run_id: str
    backtest_id: str
    strategy_name: str
    params: dict[str, float | int]
    context: dict[str, Any]
    """Of its backtest, as it was resolved."""
    stats: dict[str, float | int | None]
    equity: list[float | None]
    """At the closes of `sessions`; 1 is the initial cash. Null: the run does not trade in that session."""
    drawdown: list[float | None]
    """Below the highest so far of all its sessions, the initial cash included; at most 0."""


class ComparedBenchmark(Answered):
    code: str
    run_ids: list[str]
    """Of the runs that are measured by it, over the same sessions."""
    values: list[float | None]
    """The same money in the benchmark; null outside the runs' sessions and in gaps of the data."""


class Thinning(Answered):
    """Which sessions are shown. Drawdowns are measured over all of them before."""

    method: Literal["every_nth"]
    step: int
    """Every so many-th session, from the first, and the last one; 1: all of them."""
    sessions: int
    """How many there are."""


class ComparisonShown(Answered):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sessions": ["2024-01-02", "2024-01-03"],
                    "runs": [
                        {
                            "run_id": EXAMPLE_IDS[0],
                            "backtest_id": "5b1f6a0e-2c1d-4a53-9a52-0f0a5e3c7d10",
                            "strategy_name": "dual-moving-average",
                            "params": {"ma_short": 5, "ma_long": 20},
                            "context": {"frequency": "1d", "datasource_version": "sample:v1", "benchmark": "000300.SH"},
                            "stats": {"return": 0.012, "max_dd": -0.004, "sharpe": 1.1},
                            "equity": [1.0, 1.012],
                            "drawdown": [0.0, 0.0],
                        }
                    ],
                    "benchmarks": [{"code": "000300.SH", "run_ids": [EXAMPLE_IDS[0]], "values": [0.999, 1.003]}],
                    "thinning": {"method": "every_nth", "step": 1, "sessions": 2},
                }
            ]
        }
    )

    sessions: list[str]
    """Every session in which at least one of the runs trades, ascending: the time axis of all curves."""
    runs: list[ComparedRun]
    """In the order of the request."""
    benchmarks: list[ComparedBenchmark]
    """Each once, however many runs are measured by it."""
    thinning: Thinning
