"""Expressions: the normal form says the same, and garbage is refused with a place, never with a crash."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.language.expression import (
    COMPARISONS,
    Binary,
    Call,
    Expression,
    Name,
    Number,
    Text,
    Truth,
    Unary,
    walk,
    write,
)
from engine.language.parser import DEEPEST, ExpressionError, parse

NAMES = some.sampled_from(["close", "x", "ma_long", "_", "nota", "true_range", "orx"])


def _number(digits: int, decimals: int) -> Number:
    value = Decimal(digits).scaleb(-decimals).normalize()
    return Number(value, decimals == 0)


LEAVES: some.SearchStrategy[Expression] = some.one_of(
    some.builds(_number, some.integers(0, 10**9), some.integers(0, 6)), some.builds(Truth, some.booleans()), some.builds(Name, NAMES)
)
EXPRESSIONS = some.recursive(
    LEAVES,
    lambda inner: some.one_of(
        some.builds(Unary, some.sampled_from(["not", "-"]), inner),
        some.builds(Binary, some.sampled_from(["or", "and", *COMPARISONS, "+", "-", "*", "/"]), inner, inner),
        some.builds(Call, NAMES, some.lists(inner, max_size=3).map(tuple)),
        some.builds(Call, some.just("index"), some.tuples(inner, some.builds(Text, some.sampled_from(["000300.SH", "", "a b"])))),
    ),
    max_leaves=30,
)


@given(EXPRESSIONS)
def test_normal_form_says_the_same(expression: Expression) -> None:
    if max(depth for _, depth in walk(expression)) <= 25:  # parentheses cost depth too
        text = write(expression)
        assert parse(text) == expression
        assert write(parse(text)) == text


@given(some.text(max_size=60) | some.text("()+-*/<>=!,.x5 notand\n\t", max_size=200))
def test_garbage_is_refused_at_a_place(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        assert 0 <= error.at <= len(text)
        assert error.message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 60_000,
        "-" * 60_000 + "1",
        "not " * 15_000 + "true",
        "f(" * 30_000,
        "a+" * 30_000 + "a",
        "((a+b)" * 9_000,
        "1" * 60_000,
        "9e9999999",
        "9e99999",
        "9e-99999",
        "1." + "0" * 99,
    ],
)
def test_hostile_depth_and_size_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_depth_counts_chains_and_nesting_together() -> None:
    assert max(depth for _, depth in walk(parse("+".join("a" * DEEPEST)))) == DEEPEST
    with pytest.raises(ExpressionError, match="nested deeper than 50"):
        parse("+".join("a" * (DEEPEST + 1)))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("a+b*c-(d-e)", "a + b * c - (d - e)"),
        ("(a*b)/c", "a * b / c"),
        ("a/(b*c)", "a / (b * c)"),
        ("-(-x)", "--x"),
        ("-a*b", "-a * b"),
        ("not a and b or c", "not a and b or c"),
        ("not (a and b)", "not (a and b)"),
        ("(not a) == b", "(not a) == b"),
        ("a<b and not c>=d", "a < b and not c >= d"),
        ("(a<b)==(c<d)", "(a < b) == (c < d)"),
        ("a and (b or c)", "a and (b or c)"),
        ("f( a,(b),)", "f(a, b)"),
        (" 1e3*0.50 + .5 + 7", "1000.0 * 0.5 + 0.5 + 7"),
        ("a\n  +\tb", "a + b"),
        ("index( a>b,'000300.SH' )", 'index(a > b, "000300.SH")'),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert write(parse(text)) == normal


@pytest.mark.parametrize(
    "text", ["'000300.SH'", "close > 'x'", "sma('x', 3)", "index(close, 'x' + 1)", "index(sma('x', 3), 'x')", "index(close, 'x", "('x')"]
)
def test_texts_stand_only_among_the_arguments_of_index(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert text[caught.value.at] in "'+"


def test_texts_are_short_and_plain() -> None:
    for text in ("x" * 41, 'a"b', "a\\b", "a\nb"):
        with pytest.raises(ExpressionError, match="is not part of the language"):
            parse(f"index(close, '{text}')")


def test_a_whole_number_and_a_fraction_are_different_writings() -> None:
    assert parse("5") != parse("5.0")


def test_places_point_at_the_operator_or_name() -> None:
    places = {type(inner).__name__: inner.at for inner, _ in walk(parse("ab + f(12, -c)"))}
    assert places == {"Binary": 3, "Name": 12, "Call": 5, "Number": 7, "Unary": 11}


@pytest.mark.parametrize("text", ["1000000000000000", "999999999999999.123456789012345", "0.000000000000001", "0e99999", "000"])
def test_numbers_are_exact(text: str) -> None:
    number = parse(text)
    assert isinstance(number, Number)
    assert number.value == Decimal(text)
    assert parse(write(number)) == number
