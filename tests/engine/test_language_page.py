"""docs/strategy-language.md and its Chinese twin say what the code does: their tables are the code's rows, and their examples compile.

Where rows have changed, `python tests/engine/test_language_page.py` in the repository writes them into both pages.
"""

import re
from pathlib import Path

import pytest

from engine.indicators.catalog import FIELDS, FUNCTIONS
from engine.language import compile_strategy
from engine.language.chinese import GROUPS, MISSING, UNITS
from engine.language.tables import Language, blocks

DOCS = Path(__file__).parents[2] / "docs"
FILES: dict[Language, Path] = {"en": DOCS / "strategy-language.md", "zh": DOCS / "strategy-language.zh-CN.md"}
PAGES = {language: file.read_text(encoding="utf-8") for language, file in FILES.items()}
EXAMPLES = [text for page in PAGES.values() for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
MADE = re.compile(r"<!-- rows: (.*?) -->\n(.*?)<!-- end -->", re.DOTALL)
HAN = re.compile("[一-鿿]")


def with_rows(page: str, language: Language) -> str:
    made = blocks(language)
    return MADE.sub(lambda place: f"<!-- rows: {place[1]} -->\n\n{made[place[1]]}\n\n<!-- end -->", page)


@pytest.mark.parametrize("language", FILES)
def test_what_is_made_from_rows_is_what_the_rows_say(language: Language) -> None:
    assert sorted(place[0] for place in MADE.findall(PAGES[language])) == sorted(blocks(language))
    wanted = with_rows(PAGES[language], language)
    assert [line for line in wanted.splitlines() if line not in PAGES[language].splitlines()] == []
    assert wanted == PAGES[language]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_examples_compile_without_a_warning(example: str) -> None:
    assert compile_strategy(example, {}).warnings == ()


def test_both_pages_have_the_same_parts_and_examples() -> None:
    """Only what is said for people may differ: headings, and comments in texts."""
    parts = {language: [line.split()[0] for line in page.splitlines() if line.startswith("#")] for language, page in PAGES.items()}
    assert parts["en"] == parts["zh"]
    assert examples_of(PAGES["en"]) == examples_of(PAGES["zh"])
    assert len(examples_of(PAGES["en"])) > 20


def examples_of(page: str) -> list[str]:
    blocks_of_code = re.findall(r"```\w*\n(.*?)```", page, re.DOTALL)
    return [re.sub(r"\s*#.*|^description:.*", "", text, flags=re.MULTILINE) for text in blocks_of_code]


@pytest.mark.parametrize("language", FILES)
def test_links_lead_somewhere(language: Language) -> None:
    anchors = {anchor(line) for line in PAGES[language].splitlines() if line.startswith("#")}
    links = re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", PAGES[language])
    assert len(links) > 15
    for file, place in links:
        assert not place or file or place in anchors, place
        assert not file or (DOCS / file).exists(), file


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lstrip("#").strip().lower()).replace(" ", "-")


def test_every_row_is_told_in_both_languages() -> None:
    for row in (*FUNCTIONS, *FIELDS):
        assert row.text.en, row.name
        assert HAN.search(row.text.zh), row.name
        assert "|" not in row.text.zh + row.text.en, "it would end a cell of the page"
        assert not HAN.search(row.text.en), row.name


def test_what_rows_share_is_put_into_chinese_and_nothing_else_is() -> None:
    assert MISSING.keys() == {row.missing for row in FUNCTIONS}
    assert GROUPS.keys() == {row.group for row in FUNCTIONS}
    assert UNITS.keys() == {row.unit for row in FIELDS} | {"true or false"}


if __name__ == "__main__":
    for _language, _file in FILES.items():
        _file.write_text(with_rows(PAGES[_language], _language), encoding="utf-8")
