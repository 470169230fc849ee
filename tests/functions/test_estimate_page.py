"""docs/cost.md: its tables are what the code says, its words name what there is."""

import re
from pathlib import Path

import pytest

from bench.cost_page import INDEX, MARKED, PAGE, TABLES, WHOLE, renewed
from functions.jobs.summary import BEST_BY
from functions.scale.deployment import PREPARED_ACCOUNTS
from functions.scale.estimate import Case, Setting, account_seconds, cold_seconds
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
    assert f"**{PREPARED_ACCOUNTS} is the default**: it has the two runs that a summary names" in TEXT and len(BEST_BY) == 2
    market = {name: account_seconds(each, Setting(), 1.0, Case.TYPICAL) for name, each in (("index", INDEX), ("whole", WHOLE))}
    cold = {name: cold_seconds(each, Setting(), Case.TYPICAL) for name, each in (("index", INDEX), ("whole", WHOLE))}
    said = re.search(r"on 300 stocks ([\d.]+) s .* on a whole market (\d+) s .* and (\d+) or (\d+) s more", TEXT)
    assert said and [float(each) for each in said.groups()] == [
        round(market["index"], 1), round(market["whole"]), round(cold["index"]), round(cold["whole"])
    ]  # fmt: skip
    parameters = (ROOT / "template.yaml").read_text() + (ROOT / "infra" / "deploy" / "global.yaml").read_text()
    for name in (
        "PreparedAccounts",
        "WorkerConcurrency",
        "RetentionDays",
        "ArchiveKeepsFiles",
        "LogRetentionDays",
        "MonthlyBudgetUsd",
        "ApiProvisioned",
    ):
        assert f"`{name}" in TEXT and f"  {name}:" in parameters
    assert re.search(r"^## Scale$", TEXT, re.MULTILINE)
