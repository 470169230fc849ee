"""The page of one code: who it is, its candlesticks, what happened, and its bars as a table."""

from datalake.explore.bars import Viewed
from datalake.explore.profile import Profile
from datalake.explore.scales import Adjust
from engine.words import Words
from functions.reports.candle_chart import candle_chart, volume_chart
from functions.reports.candles import ADJUSTMENTS, BOARDS, bars_shown, events_of, marked
from functions.reports.figures import day
from functions.reports.rendering import render

SHOWN_BARS = 500
"""Rows of the table; the newest."""
SHOWN_EVENTS = 200

FREQUENCIES = {
    "1d": Words("日线", "daily"),
    "1w": Words("周线", "weekly"),
    "1mo": Words("月线", "monthly"),
    **{f"{minutes}m": Words(f"{minutes} 分钟", f"{minutes} minutes") for minutes in (1, 5, 15, 30, 60)},
}


def render_candles(viewed: Viewed, adjust: Adjust, dataset: str) -> str:
    """The page's HTML."""
    bars = bars_shown(viewed, adjust)
    events = events_of(bars)
    name = f"{viewed.profile.name} {viewed.profile.ts_code}"
    return render(
        "candles.html",
        profile=viewed.profile,
        dataset=dataset,
        synthetic=dataset.split(":", maxsplit=1)[0] == "sample",
        frequency=FREQUENCIES[viewed.frequency],
        adjustment=ADJUSTMENTS[adjust],
        facts=facts(viewed.profile),
        window=(bars[0].time, bars[-1].time),
        traded=sum(bar.open is not None for bar in bars),
        candles=candle_chart(bars, name),
        volumes=volume_chart(bars, f"{name} 成交额 amount"),
        has_ex=bool(marked(bars, ["ex"])),
        events=events[::-1][:SHOWN_EVENTS],
        all_events=len(events),
        bars=bars[::-1][:SHOWN_BARS],
        all_bars=len(bars),
    )


def facts(profile: Profile) -> list[tuple[Words, Words]]:
    """What is known of a code, in the order in which it is told."""
    rows = [(Words("板块", "board"), BOARDS[profile.board])]
    if profile.industry:
        rows.append((Words("行业", "industry"), _same(profile.industry)))
    if profile.list_date:
        rows.append((Words("上市", "listed"), _same(day(profile.list_date))))
    if profile.delist_date:
        rows.append((Words("退市", "delisted"), _same(day(profile.delist_date))))
    rows.append((Words("行情", "bars"), _same(f"{day(profile.bars.first)} – {day(profile.bars.last)}")))
    if len(profile.names) > 1:
        rows.append((Words("曾用名", "names"), _same(", ".join(f"{name} ({day(since)})" for since, name in profile.names))))
    if profile.special:
        rows.append((Words("风险警示 ST", "special treatment (ST)"), _same(_spells(profile))))
    return rows


def _spells(profile: Profile) -> str:
    return ", ".join(f"{day(spell.first)} – {day(spell.last)}" for spell in profile.special)


def _same(text: str) -> Words:
    return Words(text, text)
