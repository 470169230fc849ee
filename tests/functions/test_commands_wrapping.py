"""Chinese on a narrow screen: full lines, whole numbers, no mark at the beginning of a line."""

from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from functions.commands.wrapping import NOT_FIRST, Wrapped, breaks


def lines(text: str, width: int) -> list[str]:
    ends = [0, *breaks(text, width), len(text)]
    return [text[a:b].rstrip() for a, b in pairwise(ends)]


def test_a_number_was_cut_in_two() -> None:
    assert lines("窗口有243个，够了。", 8) == ["窗口有", "243个，", "够了。"]


def test_a_line_ended_early_where_a_blank_stood() -> None:
    assert lines("委托被拒 12 次，最多的原因：停牌。", 20) == ["委托被拒 12 次，最多", "的原因：停牌。"]


def test_a_line_began_with_a_mark() -> None:
    assert lines("一二三四，五（六）七", 8) == ["一二三", "四，五", "（六）七"]


@pytest.mark.parametrize(("text", "told"), [("", [""]), ("plain words", ["plain", "words"]), ("abcdefghij", ["abcdefgh", "ij"])])
def test_words_without_chinese_break_at_blanks(text: str, told: list[str]) -> None:
    assert lines(text, 8) == told


@example("（11 。", 6)
@given(st.text(alphabet="中文字，。（）12.5% ab", max_size=60), st.integers(6, 30))
def test_nothing_is_lost_and_every_line_fits(text: str, width: int) -> None:
    told = lines(text, width)
    assert "".join(told).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in told)
    assert breaks(text, width) == sorted(set(breaks(text, width)))
    whole = [text[begin:end] for begin, end in pairwise([0, *breaks(text, width), len(text)])]  # with the blanks that lines end with
    for last, line in pairwise(whole):
        has_company = bool(set(last) - set(NOT_FIRST) - {" "})  # marks alone have nobody to go before them
        assert not line or line[0] not in NOT_FIRST or cell_len(last) > width - 2 or not has_company


def test_cells_of_a_table_are_broken_so_with_their_style() -> None:
    table, screen = Table.grid(), StringIO()
    table.add_row(Wrapped("窗口有243个，够了。", style="dim"))
    Console(file=screen, width=8).print(table)
    assert [line.strip() for line in screen.getvalue().splitlines()] == ["窗口有", "243个，", "够了。"]
