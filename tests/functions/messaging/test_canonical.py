"""The bytes that are signed: one text for one message, whoever writes it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.messaging.canonical import canonical, carried, plain, read

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXTS, inside, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_it_is_what_pythons_json_writes_with_sorted_names(value: Any) -> None:
    wanted = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(value) == wanted
    for sent in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False), wanted):
        assert canonical(read(sent.encode())) == wanted, "however it was sent"
        assert plain(read(sent.encode())) == value


@given(VALUES | st.sampled_from(["\ufffe", {"a\uffff": "\\\uffff"}]))
def test_two_characters_that_sqs_takes_from_nobody_travel_as_escapes(value: Any) -> None:
    """An answer that held one was refused by SQS again and again, and ended as a dead letter."""
    text = carried(canonical(value))
    assert not set(text) & {"\ufffe", "\uffff"} and read(text.encode()) == read(canonical(value).encode())


@pytest.mark.parametrize("number", ["0", "-0", "0.10", "1.0", "1e21", "1E+2", "-1.50e-07", "123456789012345678901234567890"])
def test_a_number_keeps_its_letters(number: str) -> None:
    assert canonical(read(f'{{ "a" : [ {number} ] }}'.encode())) == f'{{"a":[{number}]}}'
    assert plain(read(number.encode())) == json.loads(number)


def test_a_text_of_digits_is_no_number() -> None:
    assert canonical(read(b'{"b": "1", "a": 1}')) == '{"a":1,"b":"1"}'
    assert canonical(plain(read(b'"1"'))) == '"1"'


@pytest.mark.parametrize("sent", [b'{"a":1,"a":2}', b"NaN", b"[Infinity]", b'"\\ud800"', b'"\\u0000"', b"\xff", b"", b"[" * 65 + b"]" * 65])
def test_what_could_be_understood_in_two_ways_is_none(sent: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        read(sent)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_json_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": value})
