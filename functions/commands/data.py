"""`lianghu data`: what the lake holds, and ways to put more into it."""

import re
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from datalake.imports import BadRowsError, import_table
from datalake.quality import Finding
from datalake.sample import build_sample
from datalake.status import LakeStatus, status
from datalake.sync import sync
from functions.commands.failures import BAD_INPUT, OK, CommandError
from functions.commands.screen import SYNTHETIC, bar, notes, output, write_json
from functions.reports.figures import day
from functions.settings import Settings
from functions.wiring import House


def show_status(settings: Settings, as_json: bool) -> int:
    found = status(settings.lake_url, House(settings).object_options)
    if as_json:
        write_json(_as_json(found))
        return OK
    if not found.sources:
        notes.print("the lake is empty: `lianghu data sample` makes a synthetic market, `data import` and `data sync` bring real bars")
    for source in found.sources:
        title = f"{source.newest.version} · {source.title} · {len(source.versions)} version{'s' * (len(source.versions) > 1)}"
        table = Table(title=title, title_justify="left", header_style="bold")
        for name, justify in (("table", "left"), ("rows", "right"), ("first", "right"), ("last", "right"), ("MB", "right")):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        for row in source.tables:
            dates = (day(row.first), day(row.last)) if row.first else ("", "")
            table.add_row(row.name, f"{row.rows:,}", *dates, f"{row.bytes / 1e6:.1f}")
        output.print(table)
    output.print(f"{found.url} · {found.panels} panels, {found.panel_bytes / 1e6:.1f} MB", style="dim", markup=False)
    return OK


def make_sample(settings: Settings, as_json: bool) -> int:
    with notes.status("making the sample market"):
        dataset = build_sample(settings.lake_url, House(settings).object_options)
    if as_json:
        write_json({"dataset": dataset.version})
    else:
        output.print(f"{dataset.version}: {len(dataset.catalog.instruments)} instruments, {len(dataset.catalog.sessions)} sessions")
        output.print(SYNTHETIC, style="yellow")
    return OK


def import_files(settings: Settings, table: str, files: Sequence[Path], skip_bad: bool, as_json: bool) -> int:
    try:
        with notes.status(f"reading {len(files)} file{'s' * (len(files) > 1)}"):
            report = import_table(settings.lake_url, table, files, skip_bad=skip_bad, options=House(settings).object_options)
    except BadRowsError as error:
        if as_json:
            raise
        _findings(error.findings)
        notes.print(error.problems[0].hint or "nothing was written", style="red", markup=False, soft_wrap=True)
        return BAD_INPUT
    if as_json:
        findings = [_finding(row) for row in report.findings]
        write_json({"dataset": report.dataset, "table": report.table, "rows": report.rows_written, "findings": findings})
        return OK
    dates = f", {day(report.first)} – {day(report.last)}" if report.first else ""
    output.print(f"{report.dataset}: {report.rows_written:,} of {report.rows_read:,} rows of {report.table}, {report.codes:,} codes{dates}")
    _findings(report.findings)
    return OK


def sync_tushare(settings: Settings, start: str, end: str, skip_bad: bool, as_json: bool) -> int:
    first, last = _session(start, "--start"), _session(end, "--end")
    with bar("Tushare", 1) as progress:

        def seen(done: int, total: int, session: str) -> None:
            progress.at(done / total, f"Tushare {session} ({done}/{total})")

        report = sync(
            settings.lake_url,
            settings.tushare_token.get_secret_value(),
            settings.tushare_url,
            first,
            last,
            seen,
            skip_bad=skip_bad,
            options=House(settings).object_options,
        )
        progress.at(1)
    if as_json:
        write_json(
            {"dataset": report.dataset, "fetched": report.fetched, "known": report.known, "empty": report.empty, "rows": report.rows}
        )
        return OK
    output.print(f"{report.dataset}: {report.fetched} sessions fetched, {report.known} were there, {report.rows:,} rows")
    if report.empty:
        notes.print(f"no bars yet for {', '.join(day(session) for session in report.empty[:10])}")
    _findings(report.findings)
    return OK


def _findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        notes.print(
            f"{finding.severity}: {finding}", style="red" if finding.severity == "error" else "yellow", markup=False, soft_wrap=True
        )


def _finding(finding: Finding) -> dict[str, object]:
    return {"kind": finding.kind, "severity": finding.severity, "count": finding.count, "text": str(finding)}


def _session(text: str, option: str) -> int:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise CommandError(f"{option} {text!r} is no date", "write it like 2024-12-31")
    return int(text.replace("-", ""))


def _as_json(found: LakeStatus) -> dict[str, object]:
    return {
        "url": found.url,
        "panels": found.panels,
        "panel_bytes": found.panel_bytes,
        "sources": [
            {
                "source": source.source,
                "title": source.title,
                "newest": source.newest.version,
                "versions": list(source.versions),
                "tables": [
                    {"name": row.name, "rows": row.rows, "first": row.first, "last": row.last, "bytes": row.bytes} for row in source.tables
                ],
            }
            for source in found.sources
        ],
    }
