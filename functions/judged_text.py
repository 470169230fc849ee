"""A strategy's text, judged: what is wrong with it, or what it comes to. One answer for the API, the editor and the command line."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import Problem, StrategyError
from engine.language import Program, compile_strategy

KEYS = ("field", "message", "hint", "line", "column")


def judged(code: str, context: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """As JSON. `context`: what overrides the text, as compile_strategy takes it; None: the text is judged by itself."""
    try:
        program = compile_strategy(code, context)
    except StrategyError as error:
        return refused([problem_row(problem) for problem in error.problems])
    return {"valid": True, "problems": [], **_told(program)}


def refused(problems: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answer about a text that is wrong; each problem has the keys of KEYS that it knows."""
    rows = [{key: problem.get(key) for key in KEYS} for problem in problems]
    empty: dict[str, Any] = {
        "warnings": [],
        "name": None,
        "identity": None,
        "parameters": [],
        "look_back": None,
        "fields": [],
        "execution_frequency": None,
    }
    return {"valid": False, "problems": rows, **empty}


def problem_row(problem: Problem) -> dict[str, Any]:
    return {key: getattr(problem, key) for key in KEYS}


def _told(program: Program) -> dict[str, Any]:
    return {
        "warnings": [problem_row(warning) for warning in program.warnings],
        "name": program.name,
        "identity": program.identity,
        "parameters": [
            {"name": row.name, "default": row.default, "min": row.min, "max": row.max, "whole": row.is_integer}
            for row in program.parameters
        ],
        "look_back": program.look_back,
        "fields": sorted(program.fields),
        "execution_frequency": program.execution_frequency,
    }
