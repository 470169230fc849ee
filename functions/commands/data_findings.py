"""What quality checks found, as the command line shows it."""

from collections.abc import Sequence

from datalake.finding import Finding
from functions.commands.screen import notes


def show_findings(findings: Sequence[Finding]) -> None:
    for finding in sorted(findings, key=lambda finding: finding.severity != "error"):
        table = f"{finding.table}, " if finding.table else ""
        style = "red" if finding.severity == "error" else "yellow"
        notes.print(f"{finding.severity}: {table}{finding}", style=style, markup=False, soft_wrap=True)


def finding_as_json(finding: Finding) -> dict[str, object]:
    """As it is kept, with all of it as one text."""
    return finding.to_json() | {"text": str(finding)}
