"""What quality checks found, as the command line shows it."""

from collections.abc import Sequence

from datalake.finding import Finding
from functions.commands.screen import notes


def show_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        notes.print(
            f"{finding.severity}: {finding}", style="red" if finding.severity == "error" else "yellow", markup=False, soft_wrap=True
        )


def finding_as_json(finding: Finding) -> dict[str, object]:
    return {"kind": finding.kind, "severity": finding.severity, "count": finding.count, "text": str(finding)}
