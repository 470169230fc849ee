"""YAML to a positioned tree: what is refused, and where things are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.errors import StrategyError
from engine.language.plain import from_plain
from engine.language.source import read_source
from engine.language.tree import Listing, Scalar, Table

WORDS = some.text("abc: -?[]{},&*!|>'\"%@`#\n\t\\~<=0159.é　\x85\u2028", max_size=120)


@given(some.text(max_size=100) | WORDS | some.binary(max_size=100).map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_any_text_is_a_tree_or_a_strategy_error(text: str) -> None:
    try:
        read_source(text)
    except StrategyError as error:
        assert error.problems


@pytest.mark.parametrize(
    "text",
    [
        "[" * 65_000,
        "{a: " * 16_000,
        "- " * 32_000,
        "? " * 32_000,
        "a: '" + "''" * 32_000,
        "a: " + '"\\' + "x" * 60_000,
        "".join(f"k{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 100)),
        "a: &a [x]\n" + "".join(f"b{i}: *a\n" for i in range(5_000)),
        "%YAML 99999999999999999999.1\n---\na: b",
        "%TAG ! tag:x\n---\na: !b c",
        "a: b\n---\nc: d",
        "a: \x00",
        "\ud800: x",
        "a: b" * 20_000,
        "",
        "# only a comment",
        "just text",
    ],
)
def test_hostile_text_is_refused_quickly(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(StrategyError):
        read_source(text)
    assert time.perf_counter() - started < 10


def test_bytes_count_not_characters() -> None:
    with pytest.raises(StrategyError, match="90,006 bytes"):
        read_source("name: " + "湖" * 30_000)


def test_every_scalar_knows_its_place_and_path() -> None:
    root = read_source("name: x\nlet:\n  fast: close\nuniverse: [a, {b: c}]\n")
    let, universe = root.get("let"), root.get("universe")
    assert isinstance(let, Table) and isinstance(universe, Listing) and isinstance(universe.items[1], Table)
    fast, inner = let.get("fast"), universe.items[1].get("b")
    assert isinstance(fast, Scalar) and (fast.path, fast.place.line, fast.place.column) == ("let.fast", 3, 9)
    assert isinstance(inner, Scalar) and (inner.path, inner.place.line, inner.place.column) == ("universe[1].b", 4, 19)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: one two", 1, 8),
        ("a: 'one two'", 1, 9),
        ('a: "one two"', 1, 9),
        ("a: one\n   two", 2, 4),
        ("a: >\n  one\n\n  two\n", 4, 3),
        ("a: |- # two\n  one\n  two\n", 3, 3),
        ("a: 'it''s two'", 1, 11),
        ("\r\na: one\r\n  two", 3, 3),
        ("湖: 一 two", 1, 6),
    ],
)
def test_a_place_inside_a_scalar_is_found_in_the_text(text: str, line: int, column: int) -> None:
    scalar = read_source(text).entries[0].value
    assert isinstance(scalar, Scalar)
    problem = scalar.problem("here", at=scalar.text.index("two"))
    assert (problem.line, problem.column) == (line, column)


PLAIN = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=9)
    | some.builds(lambda: 10**5000)
    | some.binary(max_size=2),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=5) | some.integers(), inner, max_size=4),
)


@given(PLAIN)
def test_any_plain_value_is_a_tree_or_a_strategy_error(value: object) -> None:
    try:
        from_plain(value, "context")
    except StrategyError as error:
        assert error.problems


def test_plain_values_keep_their_decimals() -> None:
    tree = from_plain({"rate": 0.00025, "on": True, "n": 5}, "context")
    assert isinstance(tree, Table)
    assert [entry.value.text for entry in tree.entries if isinstance(entry.value, Scalar)] == ["0.00025", "true", "5"]
