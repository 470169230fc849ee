"""docs/data.md tells every table, column and check as they are."""

from pathlib import Path

from datalake.review.reviews import REVIEWS
from datalake.rows.quality import CHECKS, FUTURE
from datalake.tables import TABLES

DOCS = (Path(__file__).parents[2] / "docs" / "data.md").read_text()


def test_every_column_is_told_as_it_is():
    for table in TABLES.values():
        section = DOCS.split(f"\n### {table.name}\n")[1].split("\n#")[0]
        rows = [f"| {row.name} | {row.type} | {row.unit} | {row.tushare} | {'yes' if row.required else ''} |" for row in table.columns]
        assert [line for line in section.splitlines() if line.startswith("| ")][1:] == rows
        assert (
            all(f"`{name}`" in section for name in table.interfaces)
            and (table.interfaces or "import only" in section)
            and ", ".join(table.key) in section
        )


def test_every_check_is_told():
    for check in (*CHECKS, *REVIEWS):
        assert f"| {check.kind} | {check.message} | {check.severity} |" in DOCS
    assert f"| future | {FUTURE} | error |" in DOCS
