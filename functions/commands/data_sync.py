"""`lianghu data sync`: Tushare into the lake."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from datalake.errors import Problem, TokenError
from datalake.finding import BadRowsError
from datalake.lake import Lake
from datalake.tables import FREQUENCIES
from datalake.upstream.asking import Stop
from datalake.upstream.ingest import Upstream, today_in_shanghai
from datalake.upstream.sync import SyncReport, checked, sync
from datalake.upstream.throttle import Limits
from datalake.upstream.tushare import Client, Patience
from datalake.upstream.wanted import USUAL_INDICES, Wish
from functions.commands.data_findings import finding_as_json, show_findings
from functions.commands.failures import BAD_INPUT, INTERRUPTED, OK, CommandError
from functions.commands.inputs import typed_day
from functions.commands.screen import bar, notes, output, write_json
from functions.reports.figures import day
from functions.settings import Settings
from functions.wiring import House


class Choice(NamedTuple):
    """What the options say, as they were typed."""

    start: str | None
    end: str | None
    indices: tuple[str, ...]
    minutes: str | None
    frequencies: tuple[str, ...]
    again: int
    refetch: str | None
    only: tuple[str, ...]


def sync_tushare(settings: Settings, choice: Choice, workers: int, skip_bad: bool, as_json: bool) -> int:
    wish = wished(choice)
    token = settings.tushare_token.get_secret_value()
    if not token:
        raise TokenError(Problem("TUSHARE_TOKEN", "there is no token", "set TUSHARE_TOKEN to your Tushare Pro token"))
    stop, house = Stop(), House(settings)
    upstream = Upstream(
        Client(token, settings.tushare_url),
        House(settings).throttle,
        Patience(longest=settings.tushare_patience, wait=stop.wait),
        Limits(settings.tushare_caps, settings.tushare_points),
    )
    lake = Lake(settings.lake_url, house.object_options)
    wish = checked(lake, wish, today_in_shanghai())
    try:
        with bar("Tushare", 1) as progress:

            def seen(done: int, total: int, text: str) -> None:
                progress.at(done, f"Tushare {text}", total)

            report = sync(lake, upstream, wish, seen, workers=workers, skip_bad=skip_bad, stop=stop)
    except BadRowsError as error:
        if as_json:
            raise
        show_findings(error.findings)
        notes.print(_ADVICE, style="red", markup=False, soft_wrap=True)
        return BAD_INPUT
    if as_json:
        write_json(_as_json(report))
    else:
        _show(report)
    return INTERRUPTED if report.left else OK


_ADVICE = (
    "no version was made; what else was fetched is kept. --skip-bad leaves bad rows out (not where most are bad or gone: "
    "there the answer itself is wrong, and is to be asked for another day)"
)


def wished(choice: Choice) -> Wish:
    """The options understood; CommandError says which one cannot be."""
    for frequency in choice.frequencies:
        if frequency not in FREQUENCIES:
            raise CommandError(f"--frequency {frequency!r} is none of {', '.join(FREQUENCIES)}")
    for code in choice.indices:
        if not _CODE.fullmatch(code):
            raise CommandError(f"--index {code!r} is no code", "write it like 000300.SH")
    return Wish(
        start=typed_day("--start", choice.start) if choice.start else 0,
        end=typed_day("--end", choice.end) if choice.end else today_in_shanghai(),
        indices=choice.indices or USUAL_INDICES,
        minutes=_codes(choice.minutes) if choice.minutes else (),
        frequencies=choice.frequencies or ("5m",),
        again=choice.again,
        refetch=_range(choice.refetch) if choice.refetch else None,
        interfaces=frozenset(choice.only) if choice.only else None,
    )


_CODE = re.compile(r"[0-9A-Z]{6}\.[A-Z]{2,4}", re.ASCII)


def _codes(text: str) -> tuple[str, ...]:
    """Codes with commas, or the codes in a file."""
    if text.startswith("@"):
        path = Path(text[1:])
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"--minutes: cannot read {path}", "a text file with codes like 600519.SH") from error
    codes = tuple(dict.fromkeys(re.split(r"[\s,]+", text.strip(" \t\r\n,"))))
    wrong = [code for code in codes if not re.fullmatch(r"\d{6}\.(SH|SZ|BJ)", code, re.ASCII)]
    if wrong:
        raise CommandError(f"--minutes: {wrong[0]!r} is no code", "write codes like 600519.SH,000001.SZ, or @file with one a line")
    return codes


def _range(text: str) -> tuple[int, int]:
    """Two days, or one."""
    first, dots, last = text.partition("..")
    found = typed_day("--refetch", first), typed_day("--refetch", last if dots else first)
    if found[0] > found[1]:
        raise CommandError(f"--refetch {text!r} ends before it begins")
    return found


def _show(report: SyncReport) -> None:
    came = ", ".join(f"{count:,} {table}" for table, count in report.rows.items() if count)
    sessions = (
        f"{report.fetched} session{'s' * (report.fetched != 1)} fetched, {report.there} {'was' if report.there == 1 else 'were'} there"
    )
    if report.left:
        notes.print(
            f"stopped: {sessions}; what came is kept, about {report.left:,} questions are left. "
            "The same command goes on from here; a version is made when all is there.",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
    elif report.dataset:
        output.print(f"{report.dataset}: {sessions}", markup=False, soft_wrap=True)
    else:
        notes.print("no session of these days is out yet; nothing was published", style="yellow")
    if came:
        output.print(f"rows that came in: {came}", style="dim", markup=False, soft_wrap=True)
    if report.empty:
        more = f" and {len(report.empty) - 10} more" if len(report.empty) > 10 else ""
        notes.print(f"no bars yet for {', '.join(day(session) for session in report.empty[:10])}{more}: ask again later", soft_wrap=True)
    show_findings(report.findings)


def _as_json(report: SyncReport) -> dict[str, Any]:
    return {
        "dataset": report.dataset or None,
        "fetched": report.fetched,
        "there": report.there,
        "empty": list(report.empty),
        "answers": report.answers,
        "rows": dict(report.rows),
        "left": report.left,
        "findings": [finding_as_json(row) for row in report.findings],
    }
