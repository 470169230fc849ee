"""docs/security.md names tests that exist, and no file of attacks is missing from it."""

import ast
import re
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = (FOLDER.parents[1] / "docs" / "security.md").read_text()
NAMED = set(re.findall(r"`([\w/]*test_\w+\.py)::(test_\w+)`", PAGE))
"""Files of this folder, or with their folder below `tests/`."""


def functions_of(file: Path) -> set[str]:
    return {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_named_test_exists() -> None:
    assert len(NAMED) > 40
    places = {file: FOLDER.parent / file if "/" in file else FOLDER / file for file, _ in NAMED}
    missing = [f"{file}::{name}" for file, name in sorted(NAMED) if not places[file].exists() or name not in functions_of(places[file])]
    assert missing == []


def test_every_file_of_attacks_is_named() -> None:
    assert {file.name for file in FOLDER.glob("test_*.py")} == {file for file, _ in NAMED if "/" not in file}


def test_every_row_of_the_table_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| attack")]
    assert len(rows) > 30
    assert [row for row in rows if not re.search(r"`[\w/]*test_\w+\.py::", row)] == []
