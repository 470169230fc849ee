"""docs/strategy-language.md says what the code does: its tables are the code's rows, and its examples compile."""

import re
from pathlib import Path

import pytest

from engine.language import compile_strategy
from engine.language.tables import field_table, function_table, not_yet, setting_table

PAGE = (Path(__file__).parents[2] / "docs/strategy-language.md").read_text()
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("table", [field_table(), function_table(), setting_table()], ids=["fields", "functions", "settings"])
def test_tables_are_the_codes_rows(table: str) -> None:
    assert f"\n\n{table}\n\n" in PAGE


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_examples_compile_without_a_warning(example: str) -> None:
    assert compile_strategy(example, {}).warnings == ()


def test_the_page_names_what_is_not_supported_yet() -> None:
    assert f"\n{not_yet()}.\n" in PAGE


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 2
