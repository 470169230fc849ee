"""What happens bar by bar: arithmetic, comparisons, logic and choice, over all bars of all stocks at once.

An operand holds every bar, or is a constant: then it is shorter, and each chunk of bars meets its first values.
"""

from engine.arrays import Flags, Floats
from engine.compiled import inlined, kernel

CHUNK = 4096

ADD, SUB, MUL, DIV, MAX, MIN, NEG, ABS = range(8)
GT, GE, EQ, NE = range(4)
AND, OR, NOT = range(3)


@kernel
def arithmetic(operation: int, a: Floats, b: Floats, out: Floats) -> None:  # noqa: PLR0912 (a table of operations)
    """Unary operations ignore b. The larger or smaller of two is NaN where either is; a division by zero is infinite or NaN."""
    for low in range(0, out.size, CHUNK):
        result = out[low : low + CHUNK]
        x, y = a[place(a, low, out.size) :], b[place(b, low, out.size) :]
        if operation == ADD:
            for k in range(result.size):
                result[k] = x[k] + y[k]
        elif operation == SUB:
            for k in range(result.size):
                result[k] = x[k] - y[k]
        elif operation == MUL:
            for k in range(result.size):
                result[k] = x[k] * y[k]
        elif operation == DIV:
            for k in range(result.size):
                result[k] = x[k] / y[k]
        elif operation == MAX:
            for k in range(result.size):
                result[k] = x[k] if (x[k] > y[k]) | (x[k] != x[k]) else y[k]
        elif operation == MIN:
            for k in range(result.size):
                result[k] = x[k] if (x[k] < y[k]) | (x[k] != x[k]) else y[k]
        elif operation == NEG:
            for k in range(result.size):
                result[k] = -x[k]
        else:
            for k in range(result.size):
                result[k] = abs(x[k])


@kernel
def compare(operation: int, a: Floats, b: Floats, out: Flags) -> None:
    """A comparison with NaN is false, "not equal" included."""
    for low in range(0, out.size, CHUNK):
        result = out[low : low + CHUNK]
        x, y = a[place(a, low, out.size) :], b[place(b, low, out.size) :]
        if operation == GT:
            for k in range(result.size):
                result[k] = x[k] > y[k]
        elif operation == GE:
            for k in range(result.size):
                result[k] = x[k] >= y[k]
        elif operation == EQ:
            for k in range(result.size):
                result[k] = x[k] == y[k]
        else:
            for k in range(result.size):
                result[k] = (x[k] < y[k]) | (x[k] > y[k])


@kernel
def logic(operation: int, a: Flags, b: Flags, out: Flags) -> None:
    """Flags are 0 or 1; "not" ignores b."""
    if operation == AND:
        for k in range(out.size):
            out[k] = a[k] & b[k]
    elif operation == OR:
        for k in range(out.size):
            out[k] = a[k] | b[k]
    else:
        for k in range(out.size):
            out[k] = a[k] ^ 1


@kernel
def choose(condition: Flags, a: Floats, b: Floats, out: Floats) -> None:
    """a where the condition holds, else b."""
    for low in range(0, out.size, CHUNK):
        result, chosen = out[low : low + CHUNK], condition[low : low + CHUNK]
        x, y = a[place(a, low, out.size) :], b[place(b, low, out.size) :]
        for k in range(result.size):
            result[k] = x[k] if chosen[k] else y[k]


@inlined
def place(operand: Floats, low: int, bars: int) -> int:
    """Where an operand keeps its value of the bar `low`: a constant has it at its beginning."""
    return low if operand.size == bars else 0
