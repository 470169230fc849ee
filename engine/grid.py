"""Grids: what a request asks to vary -> combinations in the strategy's order -> blocks of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product
from math import prod
from typing import Any

from engine.errors import ParameterError, Problem
from engine.language import Parameter, Program
from engine.language.check import did_you_mean
from engine.language.constants import is_number, shorten, shown
from engine.language.tree import MOST_PROBLEMS

LIMIT = 10_000
"""Combinations of one grid."""
WALKED = 10
"""How many times the limit may be walked in search of combinations that `require` allows."""
STRETCH = 10_000
"""Combinations that are walked at once."""

Value = float | int


@dataclass(frozen=True)
class Grid:
    """`skipped`: combinations before the last one that break `require`, and so are never run."""

    combinations: tuple[dict[str, Value], ...]
    skipped: int


def expand(program: Program, spec: Mapping[str, Any], max_evals: int | None, limit: int = LIMIT) -> Grid:
    """Every combination that `require` allows; parameters that the spec leaves out keep their defaults.

    spec: for each parameter a list of values, or {start, stop, step} with stop included. The order is that of the strategy's parameters,
    the last one fastest, never that of the spec. `max_evals` takes the first ones. ParameterError with every problem.
    """
    axes, problems = _axes(program, spec)
    if max_evals is not None and (isinstance(max_evals, bool) or not isinstance(max_evals, int) or max_evals < 1):
        problems.append(Problem("max_evals", f"{shown(max_evals)} is not a number of combinations", "a whole number from 1"))
    size = prod(map(len, axes.values()))
    if not problems and size > limit * WALKED:
        problems.append(Problem("gridSpec", f"asks for {size:,} combinations; at most {limit:,} are allowed", "fewer or coarser values"))
    if problems:
        raise ParameterError(problems)
    return _walk(program, axes, max_evals, limit)


def split(count: int, per_block: int) -> list[tuple[int, int]]:
    """Blocks of at most `per_block` combinations, as (first, one past the last)."""
    if per_block < 1:
        raise ValueError("a block has at least one combination")
    return [(first, min(first + per_block, count)) for first in range(0, count, per_block)]


def _walk(program: Program, axes: Mapping[str, list[Value]], max_evals: int | None, limit: int) -> Grid:
    found: list[dict[str, Value]] = []
    skipped = 0
    wanted = limit if max_evals is None else min(max_evals, limit)
    walked = product(*axes.values())
    while rows := list(islice(walked, STRETCH)):
        params = [dict(zip(axes, row, strict=True)) for row in rows]
        allowed = [k for k, is_allowed in enumerate(program.allowed(params)) if is_allowed]
        taken = allowed[: wanted - len(found)]
        found += program.check_combinations([params[k] for k in taken])
        if len(taken) == len(allowed):
            skipped += len(rows) - len(allowed)
            continue
        if max_evals is None or max_evals > limit:
            hint = f"fewer or coarser values, or max_evals up to {limit:,}"
            raise ParameterError([Problem("gridSpec", f"asks for more than {limit:,} combinations, the most allowed", hint)])
        skipped += allowed[len(taken)] - len(taken)
        break
    if not found:
        raise ParameterError([Problem("gridSpec", "no combination keeps the strategy's `require`", "choose other values")])
    return Grid(tuple(found), skipped)


def _axes(program: Program, spec: Mapping[str, Any]) -> tuple[dict[str, list[Value]], list[Problem]]:
    known = {parameter.name: parameter for parameter in program.parameters}
    unknown = islice((name for name in spec if name not in known), MOST_PROBLEMS)
    problems = [_unknown(str(name), known) for name in unknown]
    if not spec:
        problems.append(Problem("gridSpec", "names no parameter to vary", _known(known)))
    axes: dict[str, list[Value]] = {}
    for name, parameter in known.items():
        wanted = spec.get(name, [parameter.default])
        field = f"gridSpec.{name}"
        found = list(_range(field, wanted) if isinstance(wanted, Mapping) else _list(field, wanted))
        values = [_value(parameter, field, value) if not isinstance(value, Problem) else value for value in found]
        problems += [value for value in values if isinstance(value, Problem)]
        axes[name] = [value for value in values if not isinstance(value, Problem)]
        problems += _twice(field, axes[name])
    return axes, problems


def _list(field: str, wanted: object) -> Iterator[object]:
    if not isinstance(wanted, list | tuple):
        yield Problem(field, "must be a list of values, or {start, stop, step}")
    elif not wanted:
        yield Problem(field, "the list is empty", "name at least one value, or leave the parameter out")
    elif len(wanted) > LIMIT:
        yield Problem(field, f"has {len(wanted):,} values; at most {LIMIT:,} are allowed")
    else:
        yield from wanted


def _range(field: str, wanted: Mapping[str, Any]) -> Iterator[object]:
    """start, start + step ... up to stop, in exact decimals: 0.1, 0.2, 0.3 and not 0.30000000000000004."""
    if set(wanted) != {"start", "stop", "step"}:
        yield Problem(field, f"has {', '.join(map(shown, wanted)) or 'nothing'}", "a range is exactly {start, stop, step}")
        return
    numbers = {key: _decimal(value) for key, value in wanted.items()}
    wrong = [Problem(f"{field}.{key}", f"{shown(wanted[key])} is no number") for key, number in numbers.items() if number is None]
    if wrong:
        yield from wrong
        return
    start, stop, step = (Decimal(numbers[key] or 0) for key in ("start", "stop", "step"))
    if step <= 0:
        yield Problem(f"{field}.step", f"{shown(wanted['step'])} is not above zero")
    elif stop < start:
        yield Problem(f"{field}.stop", f"{shown(wanted['stop'])} is below start, {shown(wanted['start'])}", "exchange start and stop")
    elif (stop - start) / step >= LIMIT:
        yield Problem(field, f"has more than {LIMIT:,} values", "a larger step")
    else:
        for k in range(int((stop - start) / step) + 1):
            yield float(start + k * step)


def _decimal(value: object) -> Decimal | None:
    return Decimal(repr(value)) if is_number(value) else None


def _value(parameter: Parameter, field: str, value: object) -> Value | Problem:
    checked = parameter.read(value)
    return Problem(field, checked) if isinstance(checked, str) else checked


def _twice(field: str, values: list[Value]) -> Iterator[Problem]:
    seen: set[Value] = set()
    for value in values:
        if value in seen:
            yield Problem(field, f"{shown(value)} stands here twice", "keep one of them")
        seen.add(value)


def _unknown(name: str, known: Mapping[str, Parameter]) -> Problem:
    return Problem(f"gridSpec.{shorten(name)}", f"the strategy has no parameter {shown(name)}", did_you_mean(name, known) or _known(known))


def _known(names: Mapping[str, Parameter]) -> str:
    return f"known: {', '.join(names)}" if names else "the strategy has no parameters: make it a single run"
