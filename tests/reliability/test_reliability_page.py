"""The page names tests that exist, and every test of the faults stands on it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
BY_ITSELF = {"test_invariants.py", "test_reliability_page.py"}
"""Tests of the tests."""


def names_in(file: Path) -> set[str]:
    return {node.name for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}


def test_every_named_test_exists() -> None:
    assert len(NAMED) >= 20
    assert [f"{file}::{name}" for file, name in NAMED if name not in names_in(ROOT / file)] == []


def test_every_row_names_its_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| fault ")]
    assert [row for row in rows if len(row.split(" | ")) != 4 or not re.search(r"`tests/[\w/]+\.py::\w+` \|$", row)] == []


def test_every_test_of_a_fault_is_on_the_page() -> None:
    found = {
        (f"tests/reliability/{file.name}", name)
        for file in Path(__file__).parent.glob("test_*.py")
        if file.name not in BY_ITSELF
        for name in names_in(file)
        if name.startswith("test_")
    }
    assert sorted(found - set(NAMED)) == []
