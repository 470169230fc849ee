"""Bad input: whatever is wrong with a text is said at its place, at once, and in words; nothing crashes, and nothing grows."""

import gc
import time
import tracemalloc
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from engine.errors import ParameterError, StrategyError
from engine.grid import expand
from engine.indicators.catalog import FUNCTIONS, Function
from engine.language import compile_settings, compile_strategy
from engine.language.check import Checker, Meaning
from engine.language.constants import Range
from engine.language.expression import Call, Name, Text
from engine.language.tree import MOST_PROBLEMS, Place, Scalar

HEAD = "name: x\nuniverse: [600519.SH]\n"
TRADES = HEAD + "entry: close > open\nexit: close < open\n"
RANGES = "params: {p: {default: 0.5, min: 0.0, max: 1.0}, n: {default: 5, min: 2, max: 9}}\n"
HERE = "¦"
"""Where a problem must be told."""
SECONDS = 1.0
"""Of one text, in process time."""
PEAK = 64 * 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
def _a_small_heap() -> Iterator[None]:
    """What thousands of other tests have left behind is not the collector's business while texts are timed."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def problems(text: str, context: dict[str, Any] | None = None) -> list[Any]:
    with pytest.raises(StrategyError) as caught:
        compile_strategy(text, context)
    return list(caught.value.problems)


def place_of(marked: str) -> tuple[int, int]:
    lines = marked[: marked.index(HERE)].split("\n")
    return len(lines), len(lines[-1]) + 1


WRONG = {
    "wrong type": (TRADES + "rank: close ¦> open", "needs a number"),
    "wrong type inside": (TRADES + "rank: close + ¦is_st", "`+` needs a number"),
    "text for a number": (TRADES + "risk: {stop_loss: ¦'five'}", "unknown name 'five'"),
    "list for a number": (TRADES + "risk: {stop_loss: ¦[0.05]}", "must be an expression"),
    "mapping for an expression": (TRADES + "rank: ¦{close: 5}", "must be an expression"),
    "number for a section": (TRADES + "risk: ¦5", "must be a mapping"),
    "list for a section": (TRADES + "risk: ¦[stop_loss]", "must be a mapping"),
    "unknown name": (TRADES + "rank: 2 * ¦closing", "unknown name 'closing'"),
    "unknown function": (TRADES + "rank: roc(¦smaa(close, 5), 3)", "unknown function 'smaa'"),
    "missing parameter": (TRADES + 'rank: "roc(close, ¦look)"', "unknown name 'look'"),
    "unknown key": (TRADES + "risk:\n  ¦stoploss: 0.05", "unknown key 'stoploss'"),
    "circle of one": (TRADES + "let:\n  a: ¦a + 1", "is defined by itself: a -> a"),
    "circle": (TRADES + "let: {a: ¦b + 1, b: -c, c: a}", "is defined by itself: a -> b -> c -> a"),
    "look-back": (TRADES + 'rank: ¦"ema(sma(close, 100), 300)"', "looks back over 1,599 bars"),
    "look-back through names": (HEAD + "let: {m: 'ema(close, 300)'}\nexit: close < open\nentry: ¦cross_above(m, ref(m, 1))", "1,502 bars"),
    "window of no bars": (TRADES + 'rank: "sma(close, ¦0)"', "is 0, outside 1..1500"),
    "window below none": (TRADES + 'rank: "sma(close, ¦-5)"', "is -5, outside 1..1500"),
    "window of a fraction": (TRADES + 'rank: "sma(close, ¦2.5)"', "must be a whole number"),
    "defaults that nothing allows": (TRADES + RANGES + "require: [¦n < 2]", "the defaults of the parameters break this"),
    "twice": (TRADES + "¦entry: close > high", "stands here twice"),
    "twice below": (TRADES + "let:\n  a: close\n  ¦a: open", "stands here twice"),
    "tag": (TRADES + "rank: ¦!!float 5", "the tag tag:yaml.org,2002:float is not allowed"),
    "object": ("name: ¦!!python/object/apply:os.system [ls]", "is not allowed"),
    "anchor": (TRADES + "rank: ¦&a close", "the anchor &a is not allowed"),
    "alias": (TRADES + "rank: ¦*a", "the alias *a is not allowed"),
    "merge": (TRADES + "¦<<: {rank: close}", "unknown key '<<'"),
    "second document": (TRADES + "¦---\nname: y", "holds a second document"),
    "nesting of YAML": (TRADES + "rank: " + "[" * 7 + "¦[", "is nested deeper than 8 levels"),
    "nesting of parentheses": (TRADES + "rank: " + "(" * 50 + "¦(", "is nested deeper than 50 levels"),
    "nesting of calls": (TRADES + "rank: " + "abs(" * 50 + "¦abs(", "is nested deeper than 50 levels"),
    "nesting of signs": (TRADES + "rank: 1 " + "- " * 50 + "¦- 1", "is nested deeper than 50 levels"),
    "1e308": (TRADES + "rank: close - ¦1e308", "too large or too fine"),
    "1e-308": (TRADES + "rank: close - ¦1e-308", "too large or too fine"),
    "1e999999999": (TRADES + "rank: close - ¦1e999999999", "too large or too fine"),
    "thousands of digits": (TRADES + "rank: close - ¦" + "9" * 5_000, "too large or too fine"),
    "nan": (TRADES + "rank: ¦nan", "unknown name 'nan'"),
    "inf": (TRADES + "risk: {stop_loss: ¦inf}", "unknown name 'inf'"),
    "nan of YAML": (TRADES + "risk: {stop_loss: ¦.nan}", "'.' is not part of the language"),
    "inf of YAML": (TRADES + "risk: {stop_loss: -¦.inf}", "'.' is not part of the language"),
    "hexadecimal": (TRADES + "risk: {max_holding: 0¦x10}", "a number is followed by 'x'"),
    "underscores": (TRADES + "risk: {max_holding: 1¦_000}", "a number is followed by '_'"),
    "base sixty": (TRADES + "risk: {max_holding: 1¦:30}", "':' is not part of the language"),
    "other digits": (TRADES + "risk: {max_holding: ¦１０}", "'１' is not part of the language"),
    "constant too large": (TRADES + "rank: close * (1000000000000 ¦* 1000000000)", "grows beyond 10^18"),
    "constant too large by division": (TRADES + "rank: close * (1000000 ¦/ 0.000000000000001)", "grows beyond 10^18"),
    "divides by zero": (TRADES + "rank: close ¦/ 0", "divides by zero"),
    "may divide by zero": (TRADES + RANGES + "rank: close ¦/ p", "the divisor may be zero: it ranges over 0..1"),
    "NUL": (TRADES + "rank: clo¦\0se", "a character that YAML forbids: U+0000"),
    "bell": (TRADES + "rank: clo¦\ase", "a character that YAML forbids: U+0007"),
    "half a surrogate": (TRADES + "rank: clo¦\ud800se", "a character that YAML forbids: U+D800"),
    "NUL by escape": (TRADES + 'rank: "clo¦\\0se"', "'\\x00' is not part of the language"),
    "byte order mark inside": (TRADES + "rank: ¦\ufeffclose", "'\\ufeff' is not part of the language"),
    "parameters in a fee": (TRADES + RANGES + "costs: {stamp_duty: ¦p}", "a fee is the same for the whole grid"),
    "a let in a setting": (TRADES + "let: {m: volume}\nrisk: {stop_loss: ¦m}", "'m' cannot stand here"),
    "parameter of a text": (TRADES + "params: {a: {default: ¦'5 + 1', min: 1, max: 9}}", "must be a plain number"),
    "parameter without bounds": (TRADES + "params: {a: ¦5}", "must say its default and bounds"),
    "name of no letters": (TRADES + "let: {¦1st: close}", "'1st' is no name"),
    "name of another alphabet": (TRADES + "let: {¦均线: close}", "'均线' is no name"),
    "name of the language": (TRADES + "let: {¦close: open}", "'close' is already a field"),
    "no code": (TRADES.replace("600519.SH", "¦600519"), "'600519' is no ts_code"),
    "no universe": (TRADES.replace("[600519.SH]", "¦{}"), "must have exactly one of"),
    "name of two lines": ('name: ¦"a\\nb"\n' + TRADES[8:], "must be one line"),
}


@pytest.mark.parametrize(("marked", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_at_its_place(marked: str, said: str | None) -> None:
    found = problems(marked.replace(HERE, ""), {})
    place = place_of(marked)
    assert [problem for problem in found if (problem.line, problem.column) == place and (said or "") in problem.message], found


BARS = ["atr(14)", "obv()", "kdj_k(9, 3)", "volume_ratio(5)", "count(true, 5)", "true_range() / 2", "max(1, atr(3))", "daily(atr(3))"]


@pytest.mark.parametrize("written", BARS)
@pytest.mark.parametrize(
    "section",
    [
        'risk: {stop_loss: "¦"}',
        'costs: {commission: "¦"}',
        'costs: {stamp_duty: "¦"}',
        'require: ["¦ > 0"]',
        'select: {top: "¦", by: volume, every: week}',
        'select: {top: 5, by: volume, every: "¦"}',
        'select: {top: 5, by: volume, every: week, keep_within: "¦"}',
    ],
)
def test_a_function_that_names_no_field_stood_where_only_numbers_may(section: str, written: str) -> None:
    """It reads fields all the same: settings were dropped in silence, rotations and `require` crashed."""
    text = (HEAD if section.startswith("select") else TRADES) + section
    (problem,) = problems(text.replace(HERE, written), {})
    assert "changes from bar to bar" in problem.message
    line, column = place_of(text)
    assert problem.line == line and column - 1 <= problem.column < column + len(written)


@pytest.mark.parametrize(
    "grows",
    ["a{0} * a{0}", "a{0} * a{0} / a{0} * a{0}", "a{0} + a{0} * a{0}", "if_else(a{0} > p, a{0}, 1) * a{0}", "max(a{0}, p) * min(a{0}, p)"],
)
@pytest.mark.parametrize("first", ["1 / 3", "1.000001", "p", "1 - p / 3"])
def test_squares_of_squares_of_a_small_constant_had_millions_of_digits(first: str, grows: str) -> None:
    """Of a number near one, or below: 24 names took a minute, and 40 all the memory there is."""
    rows = "".join(f"  a{i + 1}: {grows.format(i)}\n" for i in range(60))
    started = time.process_time()
    found = problems(f"{TRADES}{RANGES}let:\n  a0: {first}\n{rows}rank: close * a60\n")
    assert time.process_time() - started < SECONDS
    said = ("made of more than 100 numbers", "beyond 10^18", "the divisor may be zero")
    assert any(words in problem.message for problem in found for words in said)


def test_a_constant_of_as_many_numbers_as_may_be_is_quick_and_exact() -> None:
    rows = "".join(f"  a{i}: (a{i - 1} + p) * p\n" for i in range(1, 50))
    program = compile_strategy(f"{TRADES}{RANGES}let:\n  a0: p\n{rows}require: [p >= 0]\nrank: close * a49\n")
    smallest = 5e-324  # has 324 decimals
    started = time.process_time()
    for value in (0.1234567890123456, smallest, 0.9999999999999999):
        assert program.allows(program.check_params({"p": value}))
    assert time.process_time() - started < SECONDS


FLOODS = {
    "keys": "".join(f"entr{i:x}:\n" for i in range(4_900)),
    "keys twice": "a:\n" * 20_000,
    "tags": "a: [" + "!a x," * 9_000 + "]",
    "anchors": "a: [" + "&a x," * 9_000 + "]",
    "aliases": "a: [&a x," + "*a ," * 15_000 + "]",
    "codes": "name: x\nuniverse: [" + "a," * 9_000 + "]\n",
    "empty names": TRADES + "let:\n" + "".join(f" b{i:x}:\n" for i in range(4_900)),
    "broken names": TRADES + "let:\n" + "".join(f" b{i:x}: 1 +\n" for i in range(4_900)),
    "long names": TRADES + "let:\n" + "".join(f" {'a' * 65}{i:x}: close\n" for i in range(800)),
    "parameters": TRADES + "params:\n" + "".join(f" b{i}: []\n" for i in range(4_900)),
    "conditions": TRADES + "require: [" + "1 +," * 9_000 + "]",
    "unknown names": HEAD + "entry: max(" + ", ".join("x" * 120 + str(i) for i in range(240)) + ") > 0\nexit: close < open\n",
    "unknown names far apart": HEAD
    + "entry: >\n  max("
    + (", \n  " + " " * 200).join(f"x{i}" for i in range(240))
    + ") > 0\nexit: is_st\n",
    "unknown names escaped": HEAD + 'entry: "max(' + ("," + "\\x5a" * 50).join(f"x{i}" for i in range(240)) + ')"\nexit: is_st\n',
    "names that are nearly known": HEAD
    + "exit: is_st\nentry: max("
    + ", ".join(f"highest_high_of_the_last_twenty_days_and_so_on_{i}z" for i in range(230))
    + ")\nlet:\n"
    + "".join(f" highest_high_of_the_last_twenty_days_and_so_on_{i}: close\n" for i in range(260)),
}


@pytest.mark.parametrize("text", FLOODS.values(), ids=FLOODS)
def test_thousands_of_problems_are_told_as_the_first_hundred(text: str) -> None:
    started = time.process_time()
    found = problems(text, {})
    assert time.process_time() - started < SECONDS
    assert len(found) == MOST_PROBLEMS + 1 and "these are the first 100" in found[-1].message
    assert sum(len(str(problem)) for problem in found) < 64 * 1024


@pytest.mark.parametrize(
    "text",
    [
        "a: [" + "[]," * 21_000,
        "a: [" + "b," * 32_000,
        "- \n" * 21_000,
        "".join(f"k{i:x}:\n" for i in range(9_000)),
        "name: x\nuniverse: [" + ",".join(f"{600_000 + i}.SH" for i in range(6_400)) + "]\nentry: is_st\nexit: is_st\n",
        "a: " + "x" * 65_000,
        "a: '" + "''" * 32_000 + "'",
        'a: "' + "\\n" * 32_000 + '"',
        "a: |\n" + " \n" * 32_000 + " x",
        "#\n" * 32_000,
        HEAD + "entry: " + "1+" * 32_000,
        HEAD + "entry: sma(" + "1," * 32_000,
        HEAD + "entry: " + "not " * 16_000,
        TRADES + "let:\n" + "".join(f" a{i}: a{i + 1}\n" for i in range(490)) + " a490: close\n",
        TRADES + "let:\n" + "".join(f" a{i}: a{(i + 1) % 490}\n" for i in range(490)),
        HEAD + "exit: is_st\nentry: " + " and ".join(f'index(close > 0, "{i:06}.SH")' for i in range(45)),
    ],
    ids=lambda text: f"{text[:16]!r}…{len(text)}",
)
def test_the_largest_texts_take_neither_time_nor_memory(text: str) -> None:
    tracemalloc.start()
    _compile(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < PEAK
    started = time.process_time()
    _compile(text)
    assert time.process_time() - started < SECONDS


def _compile(text: str) -> None:
    try:
        compile_strategy(text, {})
    except StrategyError as error:
        assert error.problems


def test_more_values_than_any_strategy_has_are_refused_where_they_begin_to_be_too_many() -> None:
    (problem,) = problems("a: [" + "b, " * 12_000)
    assert (problem.line, problem.column, problem.message) == (1, 5 + 3 * (10_000 - 3), "the text has more than 10,000 keys and values")


def test_a_circle_of_hundreds_of_names_is_told_in_a_line() -> None:
    (problem,) = problems(TRADES + "let:\n" + "".join(f" a{i}: a{(i + 1) % 400}\n" for i in range(400)))
    assert problem.message == f"is defined by itself: {' -> '.join(f'a{i}' for i in range(11))} -> … -> a0"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('"\\uD800": x\n', "\\ud800"),
        ('"\\e[2J": x\n', "\\x1b[2J"),
        ('let: {"a\\0": 5}\n', "let.a\\x00"),
        ('"\\u202e": x\n', "\\u202e"),
        ("let: {均: 5}\n", "let.均"),
    ],
)
def test_a_key_that_no_answer_can_hold_broke_the_answer_or_the_terminal(text: str, path: str) -> None:
    assert path in [problem.field for problem in problems(TRADES + text)]
    assert all(str(problem).isprintable() and str(problem).encode() for problem in problems(TRADES + text))


def test_a_tag_of_escapes_reached_the_terminal() -> None:
    (problem,) = problems("name: !%1b%5b2J x\n")
    assert problem.message == "the tag !\\x1b[2J is not allowed"


def test_a_name_has_so_many_characters() -> None:
    name = "a" * 64
    compile_strategy(f"{TRADES}let: {{{name}: close}}\nrank: {name} / open\n")
    (problem,) = problems(f"{TRADES}let: {{{name}a: close}}\n")
    assert (problem.line, problem.column) == (5, 7) and "has 65 characters; a name has at most 64" in problem.message


@pytest.mark.parametrize("size", [64 * 1024, 64 * 1024 + 1, 1_000_000])
def test_64_kib_are_the_most_and_comments_count(size: int) -> None:
    text = TRADES + "#" * (size - len(TRADES))
    if size <= 64 * 1024:
        compile_strategy(text)
    else:
        (problem,) = problems(text)
        assert (problem.field, problem.line) == ("strategy", None) and f"has {size:,} bytes; at most 65,536" in problem.message


CONTEXTS: list[tuple[dict[Any, Any], str, str]] = [
    ({"costs": {"commission": float("nan")}}, "context.costs.commission", "is nan, not a"),
    ({"costs": {"commission": float("inf")}}, "context.costs.commission", "is inf, not a"),
    ({"costs": {"commission": 10**400}}, "context.costs.commission", "a number of hundreds of digits"),
    ({"costs": {"commission": 1e308}}, "context.costs.commission", "too large or too fine"),
    ({"costs": {"commission": 5e-324}}, "context.costs.commission", "too large or too fine"),
    ({"costs": {"commission": None}}, "context.costs.commission", "is None, not a"),
    ({"costs": {"commission": "atr(14)"}}, "context.costs.commission", "changes from bar to bar"),
    ({"costs": {"commission": b"5"}}, "context.costs.commission", "not a mapping, list, text"),
    ({"costs": {"a\x00\x1b": 1}}, "context.costs.a\\x00\\x1b", "unknown key"),
    ({"costs": {5: 1}}, "context.costs", "5 is no name"),
    ({"costs": [1]}, "context.costs", "must be a mapping"),
    ({"universe": ["600519.SH"] * 10_001}, "context.universe", "has 10,001 entries"),
    ({"costs": {f"k{i}": 1 for i in range(10_001)}}, "context.costs", "has 10,001 entries"),
    ({"universe": {"all": "false"}}, "context.universe.all", "must be true"),
    ({"execution": {"fill": ["close"]}}, "context.execution.fill", "'this' is none of next_open"),
    ({"execution": {"buy": {"limit": "clos"}}}, "context.execution.buy.limit", "unknown name 'clos'"),
    ({"universe": {"from": [[[[[[[[[]]]]]]]]]}}, "context.universe.from[0][0][0][0][0][0][0]", "nested deeper than 8 levels"),
]


@pytest.mark.parametrize(("context", "field", "said"), CONTEXTS, ids=[repr(row[0])[:50] for row in CONTEXTS])
def test_a_context_is_no_better_than_a_text(context: dict[Any, Any], field: str, said: str) -> None:
    found = [problem for problem in problems(TRADES, context) if problem.field == field and said in problem.message]
    assert found, problems(TRADES, context)


def test_a_context_with_thousands_of_problems_is_told_as_the_first_hundred() -> None:
    for context in ({"costs": {f"k{i}": 1 for i in range(9_000)}}, {"universe": [[None] * 9_000] * 9}):
        started = time.process_time()
        assert len(problems(TRADES, context)) == MOST_PROBLEMS + 1
        assert time.process_time() - started < SECONDS


def test_thousands_of_unknown_parameters_are_told_as_the_first_hundred() -> None:
    program = compile_strategy(TRADES + RANGES + "rank: close * p * n\n")
    many = {f"parameter_{i}": 1 for i in range(100_000)}
    for ask in (lambda: program.check_params(many), lambda: expand(program, {key: [1] for key in many}, None)):
        started = time.process_time()
        with pytest.raises(ParameterError) as caught:
            ask()
        assert time.process_time() - started < SECONDS and len(caught.value.problems) == MOST_PROBLEMS


def test_a_constraint_that_leaves_nothing_of_a_grid_is_named() -> None:
    program = compile_strategy(f"{TRADES}{RANGES}require: [n > 4]\nrank: close * p * n\n")
    with pytest.raises(ParameterError, match=r"gridSpec: no combination keeps the strategy's `require`"):
        expand(program, {"n": [2, 3, 4]}, None)
    assert expand(program, {"n": [4, 5]}, None).skipped == 1
    with pytest.raises(ParameterError, match=r"require: the parameters break n > 4"):
        program.check_params({"n": 3})


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("risk: {stop_loss: atr(14)}", 1, 19, "changes from bar to bar"),
        ("risk:\n  stop_loss: n", 2, 14, "unknown name 'n'"),
        ("execution: [1]", 1, 12, "must be a mapping"),
        ("a\0", 1, 2, "U+0000"),
        ("[" * 65_000, 1, 9, "nested deeper than 8 levels"),
    ],
)
def test_settings_of_orders_from_a_file_are_no_better(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(StrategyError) as caught:
        compile_settings(text)
    assert [problem for problem in caught.value.problems if (problem.line, problem.column) == (line, column) and said in problem.message]


def _arguments(function: Function, end: int) -> tuple[dict[str, Meaning], Call]:
    """A call whose windows and numbers stand at one end of what is allowed."""
    names, expressions = {}, []
    for i, argument in enumerate(function.arguments):
        if argument.kind == "code":
            expressions.append(Text("000300.SH"))
            continue
        bound = Fraction((argument.low, argument.high)[end])
        constant = argument.kind in ("whole", "number")
        kind = "truth" if argument.kind == "truth" else "number"
        names[f"a{i}"] = Meaning(kind, Range(bound, bound) if constant else None, argument.kind == "whole")  # type: ignore[arg-type]
        expressions.append(Name(f"a{i}"))
    return names, Call(function.name, tuple(expressions))


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_what_is_within_bounds_is_never_lost_in_silence(function: Function, end: int) -> None:
    """A definition's own problems were thrown away, and its call meant nothing without anybody saying so."""
    names, call = _arguments(function, end)
    checker = Checker(Scalar("x", "let.x", Place(1, 1)), names)
    meaning = checker.meaning(call)
    assert (meaning is None) == bool(checker.problems)
    assert all(problem.message.startswith(f"inside {function.name}: ") for problem in checker.problems)
