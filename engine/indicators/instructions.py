"""What the machine can do to one stock's bars: a row for each operation of a graph. Free of numba."""

from typing import NamedTuple

NUMBER, TRUTH = "number", "truth"


class Instruction(NamedTuple):
    code: int
    operands: tuple[str, ...]
    """NUMBER: float64 of each bar; TRUTH: bits."""
    result: str = NUMBER


(
    ADD, SUB, MUL, DIV, MAX, MIN, NEG, ABS, GT, GE, EQ, NE, AND, OR, NOT, CROSS, IF_ELSE,
    SUM_EXACT, SMA_EXACT, SUM, SMA, STD, EMA, RSI, REF, DELTA, ROC, HIGHEST, LOWEST, COUNT,
    WMA, WILDER, KAMA, SMOOTH, AVEDEV, MFI, DI_PLUS, DI_MINUS, ADX, ARGMAX, ARGMIN, TS_RANK, QUANTILE,
    COV, CORR, SLOPE, RSQUARE, DAYS_SINCE, OBV,
) = range(49)  # fmt: skip

_ONE, _TWO, _THREE = (NUMBER,), (NUMBER, NUMBER), (NUMBER, NUMBER, NUMBER)

INSTRUCTIONS: dict[str, Instruction] = {
    "add": Instruction(ADD, _TWO),
    "sub": Instruction(SUB, _TWO),
    "mul": Instruction(MUL, _TWO),
    "div": Instruction(DIV, _TWO),
    "max": Instruction(MAX, _TWO),
    "min": Instruction(MIN, _TWO),
    "neg": Instruction(NEG, _ONE),
    "abs": Instruction(ABS, _ONE),
    "gt": Instruction(GT, _TWO, TRUTH),
    "ge": Instruction(GE, _TWO, TRUTH),
    "eq": Instruction(EQ, _TWO, TRUTH),
    "ne": Instruction(NE, _TWO, TRUTH),
    "and": Instruction(AND, (TRUTH, TRUTH), TRUTH),
    "or": Instruction(OR, (TRUTH, TRUTH), TRUTH),
    "not": Instruction(NOT, (TRUTH,), TRUTH),
    "cross_above": Instruction(CROSS, _TWO, TRUTH),
    "cross_below": Instruction(CROSS, _TWO, TRUTH),
    "if_else": Instruction(IF_ELSE, (TRUTH, NUMBER, NUMBER)),
    "sum_exact": Instruction(SUM_EXACT, _ONE),
    "sma_exact": Instruction(SMA_EXACT, _ONE),
    "sum": Instruction(SUM, _ONE),
    "sma": Instruction(SMA, _ONE),
    "std": Instruction(STD, _TWO),
    "ema": Instruction(EMA, _ONE),
    "rsi": Instruction(RSI, _ONE),
    "ref": Instruction(REF, _ONE),
    "delta": Instruction(DELTA, _ONE),
    "roc": Instruction(ROC, _ONE),
    "highest": Instruction(HIGHEST, _ONE),
    "lowest": Instruction(LOWEST, _ONE),
    "count": Instruction(COUNT, (TRUTH,)),
    "wma": Instruction(WMA, _ONE),
    "wilder": Instruction(WILDER, _ONE),
    "kama": Instruction(KAMA, _ONE),
    "smooth": Instruction(SMOOTH, _ONE),
    "avedev": Instruction(AVEDEV, _TWO),
    "mfi": Instruction(MFI, _TWO),
    "di_plus": Instruction(DI_PLUS, _THREE),
    "di_minus": Instruction(DI_MINUS, _THREE),
    "adx": Instruction(ADX, _THREE),
    "argmax": Instruction(ARGMAX, _ONE),
    "argmin": Instruction(ARGMIN, _ONE),
    "ts_rank": Instruction(TS_RANK, _ONE),
    "quantile": Instruction(QUANTILE, _ONE),
    "cov": Instruction(COV, _TWO),
    "corr": Instruction(CORR, _TWO),
    "slope": Instruction(SLOPE, _ONE),
    "rsquare": Instruction(RSQUARE, _ONE),
    "days_since": Instruction(DAYS_SINCE, (TRUTH,)),
    "obv": Instruction(OBV, _TWO),
}
