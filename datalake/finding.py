"""What a check of rows says: the kind, how many, where, and the first few. Free of polars: the API shows findings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from datalake.errors import ImportRefusedError, Problem

Severity = Literal["error", "warning"]
"""An error makes results wrong for sure and is not written; a warning may be true, and is told."""

EXAMPLES = 3
"""Of each kind of bad rows."""


@dataclass(frozen=True)
class Finding:
    """One kind of bad rows of one table: how many, and the first few of them."""

    kind: str
    severity: Severity
    count: int
    message: str
    examples: tuple[str, ...]
    table: str = ""
    first: int = 0
    """The first of the dates concerned, YYYYMMDD; 0: none is known."""
    last: int = 0

    def __str__(self) -> str:
        return f"{self.count} x {self.message}" + (f": {'; '.join(self.examples)}" if self.examples else "")

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"examples": list(self.examples)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Finding":
        """What to_json gave; raises KeyError or TypeError for anything else."""
        return cls(**{**value, "examples": tuple(value["examples"])})


class BadRowsError(ImportRefusedError):
    """Files that can be read and hold bad rows; `findings` counts each kind."""

    hint = "mend the file, or import with --skip-bad to leave these rows out; nothing was written"

    def __init__(self, table: str, rows: int, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        self.rows = rows
        errors = [finding for finding in findings if finding.severity == "error"]
        super().__init__([Problem(f"{finding.table or table}.{finding.kind}", str(finding), self.hint) for finding in errors])


class ContradictionError(BadRowsError):
    """Rows that are right by themselves and contradict each other, or what is stored: which of them is wrong is not known."""

    hint = "mend these rows, or those that they contradict; --skip-bad only leaves out rows that are bad by themselves; nothing was written"


def together(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of several lots of rows, each kind of a table once: counts added up, the first few examples, the whole range of dates."""
    found: dict[tuple[str, str], Finding] = {}
    for row in findings:
        known = found.get((row.table, row.kind))
        found[row.table, row.kind] = _joined(known, row) if known else row
    return tuple(found.values())


def _joined(known: Finding, row: Finding) -> Finding:
    return replace(
        known,
        severity="error" if "error" in (known.severity, row.severity) else "warning",
        count=known.count + row.count,
        examples=(known.examples + row.examples)[:EXAMPLES],
        first=min((day for day in (known.first, row.first) if day), default=0),
        last=max(known.last, row.last),
    )
