"""docs/explore.md tells every column of the views as it is, and its questions have answers."""

import re
from pathlib import Path

import pytest

from datalake.explore.query import BATCH, MEMORY_MB, SECONDS, asked
from datalake.explore.views import shown, stored
from datalake.lake import Lake
from datalake.tables import TABLES
from datalake.versions import Dataset

PAGE = (Path(__file__).parents[2] / "docs" / "explore.md").read_text()
QUESTIONS = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_column_is_told_as_it_is(name: str) -> None:
    table = TABLES[name]
    section = PAGE.split(f"\n### {name}\n")[1].split("\n#")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert rows[0] == f"| column | type | unit | raw.{name} |"
    expected = []
    for column, kept in zip(shown(table), stored(table), strict=False):
        is_same = (column.type, column.unit) == (kept.type, kept.unit)
        expected.append(f"| {column.name} | {column.type} | {column.unit} | {'' if is_same else f'{kept.type}, {kept.unit}'} |")
    assert rows[1:] == expected
    assert (f"has `{table.parts}` besides" in section) == bool(table.parts)


def test_the_page_has_questions() -> None:
    assert len(QUESTIONS) >= 5


@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_its_questions_have_answers(sample_lake: Lake, sample: Dataset, question: str) -> None:
    with asked(sample_lake, sample, question) as answer:
        rows = [row for batch in answer.batches for row in batch.to_pylist()]
    assert 3 <= len(rows) < BATCH and all(value is not None for row in rows for value in row.values())


def test_the_bounds_are_those_of_the_code() -> None:
    assert f"{MEMORY_MB // 1000} GB of memory, and {SECONDS:g} seconds" in PAGE
