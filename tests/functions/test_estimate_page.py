"""docs/cost.md: its tables are what the code says, its words name what there is."""

import re
from pathlib import Path

import pytest

from bench.cost_page import MARKED, PAGE, TABLES, renewed
from functions.jobs.summary import PREPARED
from functions.scale.prices import PRICES

TEXT = PAGE.read_text()
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_page_is_what_the_code_says(name: str) -> None:
    found = {mark[2]: mark[3].strip() for mark in MARKED.finditer(TEXT)}
    assert found[name] == TABLES[name]().strip(), "python -m bench.cost_page writes it anew"


def test_the_page_has_each_table_once_and_stays_as_it_is() -> None:
    assert sorted(mark[2] for mark in MARKED.finditer(TEXT)) == sorted(TABLES)
    assert renewed(TEXT) == TEXT


def test_every_price_without_a_second_source_is_marked() -> None:
    told = TABLES["prices"]()
    assert told.count("**?**") >= sum(not price.verified for price in PRICES)


def test_what_the_words_say_is_so() -> None:
    assert PREPARED == 20 and "twenty full accounts" in TEXT
    parameters = (ROOT / "template.yaml").read_text() + (ROOT / "infra" / "deploy" / "global.yaml").read_text()
    for name in ("WorkerConcurrency", "RetentionDays", "ArchiveKeepsFiles", "LogRetentionDays", "MonthlyBudgetUsd", "ApiProvisioned"):
        assert f"`{name}" in TEXT and f"  {name}:" in parameters
    assert re.search(r"^## Scale$", TEXT, re.MULTILINE)
