"""A strategy's text in a request: its program, or every problem of it with line and column."""

from engine.errors import EngineError
from engine.language import Program, compile_strategy
from functions.errors import invalid_input


def compiled(code: str, place: str) -> Program:
    """INVALID_INPUT; `place` is the text's JSON path in the request."""
    try:
        return compile_strategy(code)
    except EngineError as error:
        raise invalid_input(error.problems, place) from error
