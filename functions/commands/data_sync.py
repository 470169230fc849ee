"""`lianghu data sync`: Tushare into the lake."""

import re

from datalake.sync import sync
from functions.commands.data_findings import show_findings
from functions.commands.failures import OK, CommandError
from functions.commands.screen import bar, notes, output, write_json
from functions.reports.figures import day
from functions.settings import Settings
from functions.wiring import House


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
    show_findings(report.findings)
    return OK


def _session(text: str, option: str) -> int:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise CommandError(f"{option} {text!r} is no date", "write it like 2024-12-31")
    return int(text.replace("-", ""))
