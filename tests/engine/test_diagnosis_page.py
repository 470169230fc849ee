"""The page for users says what the rows say: every indicator with its thresholds, formula and source, and the rule of the verdict."""

from pathlib import Path

import pytest

from engine.diagnosis.collector import LEAST_SESSIONS
from engine.diagnosis.diagnose import INDICATORS
from engine.diagnosis.facts import LEAST_COMBINATIONS
from engine.diagnosis.figures import LEAST_RETURNS
from engine.diagnosis.row import Row
from engine.diagnosis.surface import LEAST_FILLED, LEAST_VALUES
from engine.diagnosis.verdict import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "diagnosis.md").read_text(encoding="utf-8")


def number(row: Row, value: float) -> str:
    return f"{value:.0%}" if not row.judged and row.unit in ("probability", "share") else f"{value:g}"


def facts_of(row: Row) -> list[str]:
    """What the page has to say of an indicator."""
    rising = row.good > row.bad
    good = f"good {'from' if rising else 'up to'} {number(row, row.good)}, bad {'below' if rising else 'above'} {number(row, row.bad)}"
    judged = f" (judged: {row.judged})" if row.judged else ""
    return [
        f"### {row.label.zh} {row.label.en} `{row.key}`",
        f"- Verdict: {good}{judged}.",
        f"- Formula: `{row.formula}`",
        f"- Source: {row.source}.",
    ]


@pytest.mark.parametrize("row", INDICATORS, ids=lambda row: row.key)
def test_every_indicator_has_a_section(row):
    section = PAGE.partition(facts_of(row)[0])[2].partition("\n### ")[0].partition("\n## ")[0]
    assert [line for line in facts_of(row)[1:] if line not in section] == []
    said = [line for line in section.splitlines() if line and not line.startswith("-")]
    assert len(" ".join(said)) > 150, "what it means and what to do"


def test_no_section_is_of_an_indicator_that_is_gone():
    assert [line.rpartition("`")[0].rpartition("`")[2] for line in PAGE.splitlines() if line.startswith("### ")] == [
        row.key for row in INDICATORS
    ]


def test_the_rule_of_the_verdict():
    rows = [f"| {place} | {rule.when} | {rule.verdict} | {rule.summary.zh} {rule.summary.en} |" for place, rule in enumerate(RULES, 1)]
    assert "\n".join(rows) in PAGE


def test_the_least_that_is_needed():
    for text in (
        f"{LEAST_SESSIONS} sessions",
        f"{LEAST_RETURNS} sessions",
        f"{LEAST_COMBINATIONS} combinations",
        f"{LEAST_VALUES} values",
        "a third",
    ):
        assert text in PAGE
    assert pytest.approx(1 / 3) == LEAST_FILLED
