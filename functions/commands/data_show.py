"""`lianghu data show`: one stock, fund or index: who it is, its bars, and a picture of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from datalake.explore.bars import Viewed, Window, view
from datalake.explore.scales import Adjust
from datalake.lake import Lake
from datalake.versions import Dataset, resolve
from engine.words import Words
from functions.commands.candle_picture import candle_picture, candles_that_fit
from functions.commands.failures import OK, CommandError
from functions.commands.inputs import typed_day
from functions.commands.screen import SYNTHETIC, in_line, notes, output, said, show_table, write_json
from functions.reports.axes import money_label
from functions.reports.candles import ADJUSTMENTS, Bar, bars_shown
from functions.reports.candles_page import FREQUENCIES, facts, render_candles
from functions.reports.figures import number, signed_percent, tone
from functions.settings import Settings
from functions.wiring import House

ON_SCREEN, ON_A_PAGE = 30, 250
"""Bars that are shown where nobody says how many."""
COLUMNS = (
    Words("时间", "time"),
    Words("开", "open"),
    Words("高", "high"),
    Words("低", "low"),
    Words("收", "close"),
    Words("涨跌", "change"),
    Words("股数", "shares"),
    Words("金额", "CNY"),
    Words("因子", "factor"),
    Words("事件", "events"),
)
COLOURS = {"up": "red", "down": "green"}
_MARKS = {"up_limit": "red", "up_touched": "red", "down_limit": "green", "down_touched": "green", "ex": "yellow", "special": "bold red"}


class Choice(NamedTuple):
    """What was typed."""

    code: str
    start: str | None
    end: str | None
    frequency: str
    adjust: str
    last: int | None
    dataset: str | None
    html: Path | None
    as_json: bool
    picture: bool


def show(settings: Settings, choice: Choice) -> int:
    if choice.adjust not in ADJUSTMENTS:
        raise CommandError(f"--adjust {choice.adjust} is unknown", f"one of {', '.join(ADJUSTMENTS)}")
    if choice.last is not None and choice.start is not None:
        raise CommandError("--last and --start both say where to begin", "leave one of them out")
    if not choice.code.strip():
        raise CommandError("there is no code", "name one, like 600519.SH")
    adjust = cast("Adjust", choice.adjust)
    lake = Lake(settings.lake_url, House(settings).object_options)
    dataset = resolve(lake.store, choice.dataset)
    most = choice.last or (ON_A_PAGE if choice.html else ON_SCREEN)
    window = Window(_day("--start", choice.start), _day("--end", choice.end), most, choice.frequency)
    viewed = view(lake, dataset, choice.code.strip().upper(), window)
    if choice.html:
        choice.html.parent.mkdir(parents=True, exist_ok=True)
        choice.html.write_text(render_candles(viewed, adjust, dataset.version), encoding="utf-8")
    bars = bars_shown(viewed, adjust)
    if choice.as_json:
        write_json(_as_json(dataset, viewed, choice, bars))
    elif choice.html:
        output.print(f"{viewed.profile.ts_code}: {choice.html.absolute()}", markup=False, soft_wrap=True)
    else:
        _show(dataset, viewed, bars, adjust, choice.picture)
    return OK


def _day(option: str, typed: str | None) -> int:
    """YYYYMMDD; 0 where nothing was typed."""
    return 0 if typed is None else typed_day(option, typed)


def _show(dataset: Dataset, viewed: Viewed, bars: Sequence[Bar], adjust: Adjust, has_picture: bool) -> None:
    profile = viewed.profile
    name = profile.ts_code if profile.name == profile.ts_code else f"{profile.name} {profile.ts_code}"
    output.print(Text(name, style="bold"))
    for words, text in facts(profile):
        output.print(f"{in_line(words)}  {in_line(text)}", style="dim", markup=False, soft_wrap=True)
    show_table(_table(bars))
    if has_picture:
        shown = bars[-candles_that_fit(output.width) :]
        output.print(candle_picture(shown, output.width))
        if len(shown) < len(bars):
            notes.print(f"the picture holds the newest {len(shown):,} bars; a wider terminal more, --html all", style="dim")
    parts = (in_line(FREQUENCIES[viewed.frequency]), in_line(ADJUSTMENTS[adjust]), f"{len(bars):,} bars", dataset.version)
    notes.print(" · ".join(parts), style="dim", markup=False, soft_wrap=True)
    if dataset.source == "sample":
        notes.print(SYNTHETIC, style="yellow")


def _table(bars: Sequence[Bar]) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for place, words in enumerate(COLUMNS):
        table.add_column("\n".join(said(words)), justify="left" if place in {0, len(COLUMNS) - 1} else "right", no_wrap=True)
    for bar in bars:
        events = Text(" ").join(Text(in_line(mark.words), style=_MARKS.get(mark.kind, "dim")) for mark in bar.marks)
        if bar.open is None:
            table.add_row(Text(bar.time, style="dim"), *["—"] * 7, f"{bar.factor:.6g}", events)
            continue
        prices = [number(price, 3) for price in (bar.open, bar.high, bar.low, bar.close)]
        change = Text(signed_percent(bar.change), style=COLOURS.get(tone(bar.change), ""))
        sizes = [f"{bar.volume:,}", in_line(_money(bar.amount))]
        table.add_row(bar.time, *prices, change, *sizes, f"{bar.factor:.6g}", events)
    return table


def _money(li: int) -> Words:
    """Four figures are enough beside the prices."""
    yuan = li / 1000
    return money_label(float(f"{yuan:.4g}"))


def _as_json(dataset: Dataset, viewed: Viewed, choice: Choice, bars: Sequence[Bar]) -> dict[str, Any]:
    profile = viewed.profile
    return {
        "dataset": dataset.version,
        "frequency": viewed.frequency,
        "adjust": choice.adjust,
        "profile": {
            "ts_code": profile.ts_code,
            "name": profile.name,
            "board": profile.board,
            "industry": profile.industry or None,
            "list_date": profile.list_date or None,
            "delist_date": profile.delist_date or None,
            "names": [{"since": since, "name": name} for since, name in profile.names],
            "special_treatment": [spell._asdict() for spell in profile.special],
            "bars": profile.bars._asdict(),
        },
        "html": str(choice.html.absolute()) if choice.html else None,
        "bars": [_bar_as_json(bar) for bar in bars],
    }


def _bar_as_json(bar: Bar) -> dict[str, Any]:
    """Prices in CNY, amount in CNY, volume in shares; what a session without a bar does not have is null."""
    row: dict[str, Any] = bar._asdict() | {
        "amount": bar.amount / 1000,
        "marks": [{"kind": mark.kind, **mark.words._asdict()} for mark in bar.marks],
    }
    return row if bar.open is not None else row | {"volume": None, "amount": None}
