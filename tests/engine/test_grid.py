"""Grids: the strategy's order, exact steps, `require`, limits, and every problem at once."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.errors import ParameterError
from engine.grid import expand, split
from engine.language import compile_strategy

PROGRAM = compile_strategy(
    """
name: grid
params:
  short: {default: 5, min: 2, max: 120}
  long: {default: 20, min: 3, max: 250}
  stop: {default: 0.1, min: 0.0, max: 0.5}
require: [short < long]
entry: cross_above(sma(close, short), sma(close, long))
risk: {stop_loss: stop, take_profit: 0.2}
"""
)
NO_PARAMETERS = compile_strategy("name: none\nentry: close > open\nexit: close < open\n")


def problems(spec: object, max_evals: object = None, limit: int = 10_000) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        expand(PROGRAM, spec, max_evals, limit)  # type: ignore[arg-type]
    return [str(problem) for problem in caught.value.problems]


def test_order_is_the_strategys_and_the_last_is_fastest() -> None:
    grid = expand(PROGRAM, {"stop": [0.2, 0.1], "short": [5, 3], "long": [10, 20]}, None)
    expected = [{"short": a, "long": b, "stop": c} for a, b, c in itertools.product([5, 3], [10, 20], [0.2, 0.1])]
    assert list(grid.combinations) == expected
    assert [list(params) for params in grid.combinations] == [["short", "long", "stop"]] * 8
    assert grid.skipped == 0


def test_parameters_left_out_keep_their_defaults() -> None:
    assert expand(PROGRAM, {"long": [30]}, None).combinations == ({"short": 5, "long": 30, "stop": 0.1},)


def test_what_breaks_require_is_skipped_and_counted() -> None:
    grid = expand(PROGRAM, {"short": {"start": 2, "stop": 12, "step": 2}, "long": [6, 7]}, None)
    assert [(params["short"], params["long"]) for params in grid.combinations] == [(2, 6), (2, 7), (4, 6), (4, 7), (6, 7)]
    assert grid.skipped == 7


def test_max_evals_takes_the_first_valid_ones() -> None:
    spec = {"short": [8, 4], "long": [5, 6, 7, 8, 9]}
    whole = expand(PROGRAM, spec, None).combinations
    for count in range(1, len(whole) + 3):
        assert expand(PROGRAM, spec, count).combinations == whole[:count]
    assert expand(PROGRAM, spec, 1).skipped == 4


def test_steps_are_exact_decimals_and_stop_is_included() -> None:
    grid = expand(PROGRAM, {"stop": {"start": 0.1, "stop": 0.35, "step": 0.05}}, None)
    assert [params["stop"] for params in grid.combinations] == [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]
    assert [params["stop"] for params in expand(PROGRAM, {"stop": {"start": 0, "stop": 0.5, "step": 0.4}}, None).combinations] == [0.0, 0.4]


def test_whole_parameters_are_ints_and_others_floats() -> None:
    (params,) = expand(PROGRAM, {"short": [4.0], "stop": [0]}, None).combinations
    assert [type(value) for value in params.values()] == [int, int, float]


def test_every_problem_is_named() -> None:
    spec = {"shrt": [1], "short": [5, 5.0, 2.5, "6", None, 1], "long": [], "stop": {"start": 0.5, "stop": 0.1, "step": 0.1}}
    assert problems(spec, 0) == [
        "gridSpec.shrt: the strategy has no parameter 'shrt' (did you mean 'short'?)",
        "gridSpec.short: 2.5 is not a whole number",
        "gridSpec.short: '6' is no number",
        "gridSpec.short: None is no number",
        "gridSpec.short: 1 is outside 2..120",
        "gridSpec.short: 5 stands here twice (keep one of them)",
        "gridSpec.long: the list is empty (name at least one value, or leave the parameter out)",
        "gridSpec.stop.stop: 0.1 is below start, 0.5 (exchange start and stop)",
        "max_evals: 0 is not a number of combinations (a whole number from 1)",
    ]


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        (5, "gridSpec.short: must be a list of values, or {start, stop, step}"),
        ("5,6", "gridSpec.short: must be a list of values, or {start, stop, step}"),
        ({"start": 2, "stop": 5}, "gridSpec.short: has 'start', 'stop' (a range is exactly {start, stop, step})"),
        ({"start": 2, "stop": 5, "step": 0}, "gridSpec.short.step: 0 is not above zero"),
        ({"start": 2, "stop": 5, "step": "1"}, "gridSpec.short.step: '1' is no number"),
        ({"start": 2, "stop": 5, "step": float("nan")}, "gridSpec.short.step: nan is no number"),
        ({"start": 2, "stop": 100, "step": 1e-300}, "gridSpec.short: has more than 10,000 values (a larger step)"),
        ({"start": 2, "stop": 10**5000, "step": 1}, "gridSpec.short.stop: a number of hundreds of digits is no number"),
        (list(range(20_000)), "gridSpec.short: has 20,000 values; at most 10,000 are allowed"),
        ([50, 60], "gridSpec: no combination keeps the strategy's `require` (choose other values)"),
    ],
)
def test_wrong_axes(axis: object, expected: str) -> None:
    assert problems({"short": axis}) == [expected]


def test_grids_of_nothing_and_of_too_much() -> None:
    assert problems({}) == ["gridSpec: names no parameter to vary (known: short, long, stop)"]
    full = {"short": {"start": 2, "stop": 120, "step": 1}, "long": {"start": 3, "stop": 250, "step": 1}}
    assert problems(full)[0].startswith("gridSpec: asks for more than 10,000 combinations")
    assert len(expand(PROGRAM, full, 10_000).combinations) == 10_000
    assert problems(full, 10_001)[0].startswith("gridSpec: asks for more than 10,000 combinations")
    assert problems({**full, "stop": {"start": 0.1, "stop": 0.5, "step": 0.1}})[0].startswith("gridSpec: asks for 147,560 combinations")
    with pytest.raises(ParameterError, match="make it a single run"):
        expand(NO_PARAMETERS, {}, None)


def test_a_rate_without_an_integer_is_refused() -> None:
    assert problems({"stop": [0.1, 0.12345678]}) == ["risk.stop_loss: 0.12345678 has more than 7 decimals"]


@given(some.integers(0, 500), some.integers(1, 60))
def test_blocks_cover_everything_once(count: int, per_block: int) -> None:
    blocks = split(count, per_block)
    assert [place for first, last in blocks for place in range(first, last)] == list(range(count))
    assert all(1 <= last - first <= per_block for first, last in blocks)


def one_by_one(spec: dict[str, list[float]], max_evals: int | None, limit: int) -> tuple[list[dict[str, float | int]], int]:
    """The combinations and how many were skipped, each asked for by itself."""
    found: list[dict[str, float | int]] = []
    skipped = 0
    for values in itertools.product(*(spec.get(row.name, [row.default]) for row in PROGRAM.parameters)):
        params = dict(zip((row.name for row in PROGRAM.parameters), values, strict=True))
        if not PROGRAM.allows(params):
            skipped += 1
        elif len(found) == (limit if max_evals is None else max_evals):
            assert max_evals is not None, "too many"
            break
        else:
            found.append(PROGRAM.check_params(params))
    return found, skipped


@given(some.data())
def test_grids_that_are_walked_in_stretches_are_those_that_are_walked_one_by_one(data: some.DataObject) -> None:
    axis = some.lists(some.integers(3, 12).map(float), min_size=1, max_size=6, unique=True)
    spec: dict[str, list[float]] = {
        "short": data.draw(axis),
        "long": data.draw(axis),
        "stop": data.draw(some.sampled_from([[0.1], [0.0, 0.25, 0.3]])),
    }
    max_evals = data.draw(some.none() | some.integers(1, 40))
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("engine.grid.STRETCH", data.draw(some.integers(1, 20)))
        try:
            grid = expand(PROGRAM, spec, max_evals, 40)
        except ParameterError as error:
            if "asks for more than 40" in str(error):
                with pytest.raises(AssertionError, match="too many"):
                    one_by_one(spec, max_evals, 40)
            else:
                assert one_by_one(spec, max_evals, 40)[0] == [] and "no combination" in str(error)
        else:
            assert (list(grid.combinations), grid.skipped) == one_by_one(spec, max_evals, 40)
