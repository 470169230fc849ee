"""`lianghu data import`: files into the lake."""

from collections.abc import Sequence
from pathlib import Path

from datalake.finding import BadRowsError
from datalake.imports import import_table
from functions.commands.data_findings import finding_as_json, show_findings
from functions.commands.failures import BAD_INPUT, OK
from functions.commands.screen import notes, output, write_json
from functions.reports.figures import day
from functions.settings import Settings
from functions.wiring import House


def import_files(settings: Settings, table: str, files: Sequence[Path], skip_bad: bool, as_json: bool) -> int:
    try:
        with notes.status(f"reading {len(files)} file{'s' * (len(files) > 1)}"):
            report = import_table(settings.lake_url, table, files, skip_bad=skip_bad, options=House(settings).object_options)
    except BadRowsError as error:
        if as_json:
            raise
        show_findings(error.findings)
        notes.print(error.problems[0].hint or "nothing was written", style="red", markup=False, soft_wrap=True)
        return BAD_INPUT
    if as_json:
        findings = [finding_as_json(row) for row in report.findings]
        write_json({"dataset": report.dataset, "table": report.table, "rows": report.rows_written, "findings": findings})
        return OK
    dates = f", {day(report.first)} – {day(report.last)}" if report.first else ""
    output.print(f"{report.dataset}: {report.rows_written:,} of {report.rows_read:,} rows of {report.table}, {report.codes:,} codes{dates}")
    show_findings(report.findings)
    return OK
