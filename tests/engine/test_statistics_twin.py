"""Every figure against its slow twin in exact fractions, on curves that hypothesis makes: flat, falling, of one session, with gaps."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings

from engine.statistics import METRICS, sessions_of, too_small
from engine.statistics.drawdowns import drawdowns
from engine.statistics.figures import statistics
from tests import naive_statistics as naive
from tests.engine.curves import INITIAL, NONE, Made, made_curves

NEEDS_TALLIES = {row.key for row in METRICS[[row.key for row in METRICS].index("trades") :]} - {"sessions"}


FAINT = Fraction(1, 10**12)
"""Of squares of returns."""


def found_of(made: Made) -> dict[str, float | int | None]:
    return statistics(made.equity, sessions_of(made.days), INITIAL, NONE, made.benchmark)


def steady(values: list[Fraction]) -> bool:
    """Hardly any variation but some: digits of a ratio then drown in the curve's own rounding to the li."""
    spread = naive.covariance(values, values)
    return bool(spread) and spread < FAINT


def hardly_falls(values: list[Fraction]) -> bool:
    """Falls that are there and hardly more than the li: what is divided by them drowns as well."""
    falls = sum(min(value, Fraction(0)) ** 2 for value in values) / max(len(values), 1)
    return bool(falls) and falls < FAINT


@settings(max_examples=300, deadline=None)
@given(made_curves())
def test_every_figure_is_its_twin(made: Made) -> None:
    equity, days = made.equity.tolist(), made.days.tolist()
    _, money = naive.by_session(equity, days)
    returns = naive.changes([INITIAL, *money])
    assume(not steady(returns) and not hardly_falls(returns))
    if made.closes is not None and None not in made.closes:
        theirs = naive.changes(made.closes)
        assume(not steady(theirs) and not steady([a - b for a, b in zip(returns, theirs, strict=True)]))
    found, expected = found_of(made), naive.figures(equity, days, INITIAL, made.closes)
    assert set(expected) == {row.key for row in METRICS} - NEEDS_TALLIES
    for key, value in expected.items():
        assert found[key] == (pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value), key


@settings(max_examples=200, deadline=None)
@given(made_curves(benchmark=False))
def test_a_fall_is_the_first_row_of_the_table_of_falls(made: Made) -> None:
    """Of sessions; the bars within one may fall deeper."""
    ends, days = sessions_of(made.days)
    money = made.equity[ends]
    found, table = statistics(money, sessions_of(days), INITIAL, NONE), drawdowns(days, money, INITIAL)
    if not table:
        assert [found[key] for key in ("max_dd", "max_dd_start", "max_dd_trough", "max_dd_sessions")] == [0.0, None, None, 0]
        return
    first = table[0]
    assert (found["max_dd"], found["max_dd_start"] or 0, found["max_dd_trough"]) == (naive.rounded(first.depth), first.start, first.trough)
    assert (found["max_dd_recovery"], found["max_dd_sessions"]) == (first.recovery, first.sessions)


@settings(max_examples=200, deadline=None)
@given(made_curves())
def test_what_always_holds(made: Made) -> None:
    found = found_of(made)
    for low, high in (("worst_session", "best_session"), ("worst_session", "cvar_95"), ("cvar_95", "var_95"), ("var_95", "best_session")):
        if found[low] is not None:
            assert found[low] <= found[high] + 1e-12, (low, high)  # type: ignore[operator]
    assert -1.0 <= found["max_dd"] <= 0.0  # type: ignore[operator]
    assert found["positive_sessions"] is None or 0.0 <= found["positive_sessions"] <= 1.0
    assert all(found[key] is not None for key in too_small(found))
    assert all(isinstance(found[row.key], int | None) for row in METRICS if row.unit == "date")


@settings(max_examples=100, deadline=None)
@given(made_curves(benchmark=False))
def test_a_run_that_is_its_benchmark_has_nothing_of_its_own(made: Made) -> None:
    days = sessions_of(made.days)
    assume(days.ends.size > 1)
    own = made._replace(closes=[float(INITIAL), *(float(money) for money in made.equity[days.ends])])
    found = found_of(own)
    assert (found["excess_return"], found["tracking_error"], found["information_ratio"]) == (0.0, 0.0, None)
    assert found["beta"] in (1.0, None) and found["alpha"] in (0.0, None)
    assert (found["beta"] is None) == (found["volatility"] == 0.0)
