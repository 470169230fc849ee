"""`lianghu data import`: files into the lake."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datalake.files.imports import ImportReport, import_table
from datalake.finding import BadRowsError
from datalake.rows.mapping import Dialect
from functions.commands.data_findings import finding_as_json, show_findings
from functions.commands.failures import BAD_INPUT, OK, CommandError
from functions.commands.screen import bar, notes, output, write_json
from functions.reports.figures import day
from functions.settings import Settings
from functions.wiring import House

OTHER_UNITS = {
    "vol_in_shares": "--unit vol=shares",
    "amount_in_yuan": "--unit amount=cny",
    "shares_and_yuan": "--unit vol=shares --unit amount=cny",
    "vol_in_hands": "--unit vol=hands",
    "amount_in_thousands": "--unit amount=thousand_cny",
    "hands_and_thousands": "--unit vol=hands --unit amount=thousand_cny",
}
"""What a slip of units may be, by the kind of the finding."""


@dataclass(frozen=True)
class Choice:
    """The options of one import."""

    table: str
    files: tuple[Path, ...]
    names: tuple[str, ...] = ()
    """Like vol=成交量."""
    units: tuple[str, ...] = ()
    """Like vol=shares."""
    dry_run: bool = False
    skip_bad: bool = False


def import_files(settings: Settings, choice: Choice, as_json: bool) -> int:
    dialect = Dialect(_pairs("--map", choice.names, "vol=成交量"), _pairs("--unit", choice.units, "vol=shares"))
    try:
        with bar(choice.table, 100) as progress:
            report = import_table(
                settings.lake_url,
                choice.table,
                choice.files,
                skip_bad=choice.skip_bad,
                options=House(settings).object_options,
                dialect=dialect,
                dry_run=choice.dry_run,
                progress=lambda done, text: progress.at(int(100 * done), text),
            )
    except BadRowsError as error:
        if as_json:
            raise
        show_findings(error.findings)
        for finding in error.findings:
            if finding.kind in OTHER_UNITS:
                notes.print(f"where the files are right, say {OTHER_UNITS[finding.kind]}", style="red", markup=False, soft_wrap=True)
        notes.print(error.problems[0].hint or "nothing was written", style="red", markup=False, soft_wrap=True)
        return BAD_INPUT
    if as_json:
        write_json(_as_json(report))
        return OK
    dates = f", {day(report.first)} – {day(report.last)}" if report.first else ""
    what = f"{report.rows_written:,} of {report.rows_read:,} rows of {report.table}, {report.codes:,} codes{dates}"
    output.print(f"{report.dataset}: {what}" if report.dataset else f"nothing was written: {what} are fit to come in", soft_wrap=True)
    show_findings(report.findings)
    return OK


def _pairs(option: str, given: Sequence[str], example: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise CommandError(f"{option} {text!r} cannot be read", f"write it like {option} {example}")
        if found.setdefault(name, value) != value:
            raise CommandError(f"{option} names {name!r} twice: {found[name]!r} and {value!r}")
    return found


def _as_json(report: ImportReport) -> dict[str, object]:
    return {
        "dataset": report.dataset or None,
        "table": report.table,
        "rows_read": report.rows_read,
        "rows": report.rows_written,
        "codes": report.codes,
        "first": report.first or None,
        "last": report.last or None,
        "findings": [finding_as_json(row) for row in report.findings],
    }
