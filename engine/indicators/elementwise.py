"""Arithmetic bar by bar."""

from engine.arrays import Floats
from engine.compiled import kernel

ADD, SUB, MUL, DIV, MAX, MIN, NEG, ABS = range(8)


@kernel
def arithmetic(operation: int, x: Floats, y: Floats, out: Floats) -> None:  # noqa: PLR0912 (a table of operations)
    """Unary operations ignore y. The larger or smaller of two is NaN where either is; a division by zero is infinite or NaN."""
    if operation == ADD:
        for k in range(out.size):
            out[k] = x[k] + y[k]
    elif operation == SUB:
        for k in range(out.size):
            out[k] = x[k] - y[k]
    elif operation == MUL:
        for k in range(out.size):
            out[k] = x[k] * y[k]
    elif operation == DIV:
        for k in range(out.size):
            out[k] = x[k] / y[k]
    elif operation == MAX:
        for k in range(out.size):
            out[k] = x[k] if (x[k] > y[k]) | (x[k] != x[k]) else y[k]
    elif operation == MIN:
        for k in range(out.size):
            out[k] = x[k] if (x[k] < y[k]) | (x[k] != x[k]) else y[k]
    elif operation == NEG:
        for k in range(out.size):
            out[k] = -x[k]
    else:
        for k in range(out.size):
            out[k] = abs(x[k])
