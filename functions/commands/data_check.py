"""`lianghu data check`: what was found when a version came in, and what all its rows say now."""

from datalake.lake import Lake
from datalake.review.examination import keep
from datalake.review.review import examine
from datalake.versions import resolve
from functions.commands.data_findings import finding_as_json, show_findings
from functions.commands.failures import OK, RUN_FAILED
from functions.commands.screen import notes, output, write_json
from functions.settings import Settings
from functions.wiring import House


def check_version(settings: Settings, version: str | None, as_json: bool) -> int:
    """0, or 1 where all its rows, looked at together, have errors."""
    lake = Lake(settings.lake_url, House(settings).object_options)
    dataset = resolve(lake.store, version)
    with notes.status(f"looking at all rows of {dataset.version}"):
        fresh = keep(lake.store, dataset, examine(lake, dataset))
    errors = sum(finding.severity == "error" for finding in fresh.findings)
    code = RUN_FAILED if errors else OK
    if as_json:
        write_json(
            {
                "dataset": dataset.version,
                "errors": errors,
                "warnings": len(fresh.findings) - errors,
                "ingested": [finding_as_json(row) for row in dataset.findings],
                "examined_at": fresh.examined_at,
                "examined": [finding_as_json(row) for row in fresh.findings],
            }
        )
        return code
    output.print(f"{dataset.version}, as it came in: {_count(len(dataset.findings))}", markup=False)
    show_findings(dataset.findings)
    output.print(f"{dataset.version}, all rows together: {_count(len(fresh.findings))}", markup=False)
    show_findings(fresh.findings)
    return code


def _count(findings: int) -> str:
    return f"{findings} kind{'s' * (findings > 1)} of findings" if findings else "nothing was found"
