"""docs/findings.md says what the doctor looks for: its sections are the rows of the checks.

What a failure shows as missing is the section to write.
"""

from pathlib import Path

import pytest

from engine.doctor.check import Check
from engine.doctor.examine import CHECKS
from functions.reports.words import SEVERITIES

FILE = Path(__file__).parents[2] / "docs/findings.md"


def section(check: Check) -> str:
    when = check.when.filled(**check.thresholds)
    return "\n".join(
        (
            f"### `{check.code}` {check.title.en} {check.title.zh}",
            "",
            f"{SEVERITIES[check.severity].en} {SEVERITIES[check.severity].zh}: {when.en}.",
            f"{check.advice.en}",
            "",
            f"> 触发条件：{when.zh}。{check.advice.zh}",
        )
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_the_page_has_every_check(check: Check) -> None:
    assert f"\n\n{section(check)}\n" in FILE.read_text(encoding="utf-8")


def test_the_page_has_no_other_in_their_order() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert [line.split("`")[1] for line in lines if line.startswith("### ")] == [check.code for check in CHECKS]
