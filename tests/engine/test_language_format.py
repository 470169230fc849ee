"""The normal writing of a text: it means the same, keeps its comments, and formatting it again changes nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import StrategyError
from engine.language import compile_strategy
from engine.language.comments import comments, remarks
from engine.language.format import WIDTH, formatted
from engine.language.scalars import scalar_lines, scalar_text
from engine.language.source import read_source
from engine.language.tree import Scalar, Table

TEMPLATES = sorted((Path(__file__).parents[2] / "engine/templates").glob("*.yaml"))


def same(text: str) -> str:
    """Formats, and checks what holds of every text."""
    found = formatted(text)
    assert formatted(found) == found
    assert compile_strategy(found).identity == compile_strategy(text).identity
    assert sorted(each.text for each in comments(found)) == sorted(each.text for each in comments(text))
    return found


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_templates_keep_their_meaning_and_comments(file: Path) -> None:
    text = file.read_text()
    found = same(text)
    assert compile_strategy(found).parameters == compile_strategy(text).parameters, "in their order, which is that of grids"
    assert read_source(found).get("description") == read_source(text).get("description")


def test_everything_has_one_order_and_one_writing() -> None:
    text = """
costs: {minimum: 5.0, commission: 2.5e-4}
risk:
  max_holding:   (n)
  stop_loss: .1
exit:   not(close>fast)
entry: "close > fast"
let: {fast: "sma( close,n )"}
params: {n: {max: 20, min: 2, default: 5}}
universe: {where: is_st==is_st, from: {all: true}}
portfolio: {}
name:  'x'
""".replace("is_st==is_st", "not  is_st")
    assert (
        same(text)
        == """name: x

params:
  n: {default: 5, min: 2, max: 20}

universe:
  from: {all: true}
  where: not is_st

let:
  fast: sma(close, n)
entry: close > fast
exit: not close > fast

risk: {stop_loss: 0.1, max_holding: n}
costs: {commission: 0.00025, minimum: 5.0}
"""
    )


def test_comments_stay_with_what_they_are_about() -> None:
    text = """# My first strategy
# 量湖

# what it is called
name: x     # short
# how it trades
risk: {stop_loss: 0.1}   # ten percent
portfolio:
  # many
  max_positions: 20   # slots
  cash_reserve: 0.1
  # nothing more
entry: close > 0 # always
universe:
  from:
    - 600519.SH   # 茅台
    # - 000001.SZ
    - 000002.SZ
  # where: not is_st
exit: close < 0
# the end
"""
    assert (
        same(text)
        == """# My first strategy
# 量湖

# what it is called
name: x  # short

universe:
  from:
    - 600519.SH  # 茅台
    # - 000001.SZ
    - 000002.SZ
  # where: not is_st

entry: close > 0  # always
exit: close < 0

portfolio:
  # many
  max_positions: 20  # slots
  cash_reserve: 0.1
  # nothing more
# how it trades
risk: {stop_loss: 0.1}  # ten percent
# the end
"""
    )


def test_marks_inside_texts_are_no_comments() -> None:
    text = 'name: "a # b"\ndescription: |\n  one # two\n  # three\nentry: >\n  close\n  > 0\nexit: close < 0   # real\n'
    assert [each.text for each in comments(text)] == ["# real"]
    assert same(text).startswith('name: "a # b"\ndescription: |\n  one # two\n  # three\n\nentry: close > 0\n')


def test_a_long_list_is_filled_and_a_long_mapping_opened() -> None:
    codes = ", ".join(f"{600000 + k}.SH" for k in range(40))
    more = "fill: vwap, slippage: {bps: 5}, volume_cap: 0.1, keep_rest: true, buy: {limit: raw_close * 0.99, time_in_force: gtc}"
    text = f"name: x\nuniverse: [{codes}]\nentry: close > 0\nexit: close < 0\nexecution: {{{more}}}\n"
    found = same(text)
    assert max(map(len, found.splitlines())) <= WIDTH
    assert (
        "execution:\n  slippage: {bps: 5}\n  volume_cap: 0.1\n" in found
        and "\n  buy: {limit: raw_close * 0.99, time_in_force: gtc}\n" in found
    )
    assert found.count("\n", 0, found.index("entry")) < 12


def test_what_needs_quotes_in_brackets_gets_them() -> None:
    text = "name: x\nselect:\n  top: 3\n  by: roc(close, 20)\n  every: month\n"
    assert 'select: {top: 3, by: "roc(close, 20)", every: month}\n' in same(text)
    text = "name: x\nentry: index(close, '000300.SH') > 0 and close > 0\nexit: close < 0\n"
    assert '\nentry: index(close, "000300.SH") > 0 and close > 0\n' in same(text)


def test_a_wrong_text_is_not_formatted() -> None:
    with pytest.raises(StrategyError):
        formatted("name: x\nentry: close >\n")


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    text = "\ufeffname: x  # here\r\nentry: close > 0\r\nexit: close < 0\r\n# end\r\n"
    assert same(text.removeprefix("\ufeff")) == "name: x  # here\n\nentry: close > 0\nexit: close < 0\n# end\n"


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\x85\u2028\u2029\ufeff"), max_size=30)


@given(text=TEXTS, is_inside=st.booleans())
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_any_text_is_read_back_as_it_was_written(text: str, is_inside: bool) -> None:
    written = scalar_text(text, is_inside)
    source = f"a: {{k: {written}, l: [{written}]}}\n" if is_inside else f"a:\n  k: {written}\n"
    inner = read_source(source).get("a")
    assert isinstance(inner, Table) and isinstance(found := inner.get("k"), Scalar) and found.text == text


@given(lines=st.lists(st.text("ab# :-'\t", max_size=8), min_size=1, max_size=5), ending=st.sampled_from(["", "\n", "\n\n"]))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_texts_of_several_lines_are_read_back(lines: list[str], ending: str) -> None:
    text = "\n".join(lines) + ending
    first, *others = scalar_lines(text, "  ")
    source = "\n".join([f"k: {first}", *others, "other: 1", ""])
    found = read_source(source).get("k")
    assert isinstance(found, Scalar) and found.text == text


PIECES = st.lists(st.sampled_from(["# one", "  # two", "    # three", "", "   "]), max_size=2)
BLOCKS = (
    ["name: x"], ["params:", "  n: {default: 5, min: 2, max: 9}", "  m:", "    default: 1", "    max: 2", "    min: 0"],
    ["universe:", "  from:", "    - 600519.SH", "    - 000001.SZ", "  where: not is_st"], ["let: {a: n + 1,", "  b: close}"],
    ["entry: close > b * n", "exit: close <\n  a"], ["execution:", "  slippage:", "    bps: 5", "  fill: vwap"],
    ["require:", "- n > 1", "- m < 3"], ["portfolio: {max_positions: m + 1,", "  cash_reserve: 0.1}"], ["risk:", "  stop_loss: 0.1"],
)  # fmt: skip


@given(data=st.data())
@settings(max_examples=80, deadline=None, derandomize=True, database=None)
def test_comments_anywhere_survive_and_settle(data: st.DataObject) -> None:
    """Between any two lines, behind any line that may end with one, with the sections in any order."""
    lines: list[str] = []
    for block in data.draw(st.permutations(BLOCKS)):
        for line in block:
            lines += data.draw(PIECES)
            lines.append(line + data.draw(st.sampled_from(["", "  # beside"])))
    same("\n".join(lines) + "\n")


def test_remarks_tell_nothing_of_a_text_without_comments() -> None:
    text = "name: x\nentry: close > 0\nexit: close < 0\n"
    assert remarks(text, read_source(text)).texts == []


def test_a_text_full_of_comments_takes_no_time() -> None:
    lines = "\n".join(["name: x", *["#"] * 20_000, "entry: close > 0", "exit: close < 0", ""])
    assert len(list(comments(formatted(lines)))) == 20_000


def test_formatting_reads_the_language_and_not_json() -> None:
    text = json.dumps({"name": "x", "entry": "close > 0", "exit": "close < 0", "risk": {"stop_loss": 0.1}})
    assert same(text) == "name: x\n\nentry: close > 0\nexit: close < 0\n\nrisk: {stop_loss: 0.1}\n"
