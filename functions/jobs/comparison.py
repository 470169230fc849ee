"""Curves of several runs brought to one axis of sessions, and thinned alike. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from functions.jobs.curves import Wealth


class Axis(NamedTuple):
    sessions: Sequence[int]
    """Those that are shown, YYYYMMDD, ascending."""
    step: int
    of: int
    """How many there are in all."""


class SharedBenchmark(NamedTuple):
    code: str
    run_ids: Sequence[str]
    values: Sequence[float | None]


def axis_of(curves: Sequence[Wealth], points: int) -> Axis:
    """The union of all sessions; of more than `points` (at least 2) every n-th from the first, and the last one."""
    sessions = sorted({session for curve in curves for session in curve.sessions})
    count = len(sessions)
    step = max(1, -(-(count - 1) // (points - 1)))
    shown = sessions[::step]
    if sessions and shown[-1] != sessions[-1]:
        shown.append(sessions[-1])
    return Axis(shown, step, count)


def on_axis(axis: Axis, sessions: Sequence[int], values: Sequence[float | None]) -> list[float | None]:
    """None where the curve has no such session."""
    known = dict(zip(sessions, values, strict=True))
    return [known.get(session) for session in axis.sessions]


def benchmarks_of(axis: Axis, curves: Mapping[str, Wealth], datasets: Mapping[str, str]) -> list[SharedBenchmark]:
    """Each benchmark once, in the order of the runs: it is the same over the same sessions of the same version of the data."""
    found: dict[tuple[str, str, tuple[int, ...]], list[str]] = {}
    for run_id, curve in curves.items():
        if curve.benchmark:
            found.setdefault((curve.benchmark_code, datasets[run_id], tuple(curve.sessions)), []).append(run_id)
    return [
        SharedBenchmark(code, run_ids, on_axis(axis, sessions, curves[run_ids[0]].benchmark))
        for (code, _, sessions), run_ids in found.items()
    ]
