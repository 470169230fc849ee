"""Bars to look at: prices in each scale, changes and marks against slow twins; the charts, the page and the terminal's picture."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from datalake.calendar import to_int
from datalake.errors import ContextError
from datalake.explore.bars import Viewed, Window, view
from datalake.explore.profile import Profile, Spell
from datalake.lake import Lake
from datalake.reading import Reader
from datalake.sample import build_sample
from datalake.versions import Dataset
from engine.words import Words
from functions.commands.candle_picture import candle_picture, candles_that_fit
from functions.reports.candle_chart import POINTERS, candle_chart, time_ticks, volume_chart
from functions.reports.candles import KINDS, Adjust, Bar, Mark, bars_shown, events_of, marked
from functions.reports.candles_page import SHOWN_BARS, SHOWN_EVENTS, render_candles

EVERYTHING = Window(start=20180101)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(f"file://{tmp_path_factory.mktemp('candles')}")


@pytest.fixture(scope="module")
def dataset(lake: Lake) -> Dataset:
    return build_sample(lake.url)


@pytest.fixture(scope="module")
def everything(lake: Lake, dataset: Dataset) -> list[Viewed]:
    """A few of each board, the delisted one among them, over all their sessions."""
    rows = dataset.catalog.instruments
    chosen = {board: [row.ts_code for row in rows if row.board == board][:2] for board in {row.board for row in rows}}
    codes = {code for some in chosen.values() for code in some} | {row.ts_code for row in rows if row.delist_date}
    return [view(lake, dataset, code, EVERYTHING) for code in sorted(codes)]


def a_bar(place: int = 0, prices: Sequence[float] | None = (10, 11, 9, 10.5), amount: int = 1_000, marks: Sequence[str] = ()) -> Bar:
    day = np.datetime64("2024-01-01") + place
    names = tuple(Mark(kind, Words(f"中{kind}", f"<{kind}>")) for kind in marks)
    opened, high, low, close = prices or (None, None, None, None)
    number = int(str(day).replace("-", ""))
    return Bar(
        number, str(day), opened, high, low, close, 0.01 if prices else None, amount if prices else 0, amount if prices else 0, 1.5, names
    )


def test_prices_are_those_of_the_scale_that_was_asked_for(everything: list[Viewed]) -> None:
    for viewed in everything:
        market = viewed.market
        last = Fraction(int(market.adj_factor[-1, 0]), 10**6)
        for adjust in ("none", "back", "forward"):
            for row, bar in enumerate(bars_shown(viewed, adjust), start=viewed.start):
                factor = Fraction(int(market.adj_factor[row, 0]), 10**6)
                scale = {"none": Fraction(1), "back": factor, "forward": factor / last}[adjust]
                if market.open[row, 0] == 0:
                    assert bar.open is bar.high is bar.low is bar.close is bar.change is None and bar.volume == 0
                    continue
                for name in ("open", "high", "low", "close"):
                    exact = Fraction(int(getattr(market, name)[row, 0]), 1_000) * scale
                    assert getattr(bar, name) == pytest.approx(float(exact), abs=1e-5), (bar.time, name, adjust)
                assert bar.factor == pytest.approx(float(factor))


def test_the_last_bar_is_as_it_was_traded_in_its_own_scale(everything: list[Viewed]) -> None:
    for viewed in everything:
        plain, forward = bars_shown(viewed, "none")[-1], bars_shown(viewed, "forward")[-1]
        assert (plain.open, plain.close) == (forward.open, forward.close)


def test_changes_are_those_of_the_stored_rows_in_every_scale(lake: Lake, dataset: Dataset, everything: list[Viewed]) -> None:
    for viewed in everything:
        rows = Reader(lake, dataset).rows("bars_1d", codes=[viewed.profile.ts_code]).filter(pl.col("volume") > 0).collect()
        stored = {to_int(day): close / before - 1 for day, close, before in rows.select("trade_date", "close", "pre_close").rows()}
        for adjust in ("none", "back"):
            shown = {bar.session: bar.change for bar in bars_shown(viewed, adjust) if bar.open is not None}
            assert shown == pytest.approx(stored)


def test_changes_of_minutes_go_from_bar_to_bar_and_of_the_first_from_the_reference(lake: Lake, dataset: Dataset) -> None:
    code = dataset.catalog.bars["5m"].codes[0]
    bars = bars_shown(view(lake, dataset, code, Window(bars=500, frequency="5m")), "none")
    rows = Reader(lake, dataset).rows("bars_1d", codes=[code]).select("trade_date", "pre_close").collect()
    references = {to_int(day): before / 1000 for day, before in rows.rows()}
    for before, bar in pairwise(bars):
        reference = before.close if before.session == bar.session else references[bar.session]
        assert reference and bar.close and bar.change == pytest.approx(bar.close / reference - 1)
    assert {bar.time[11:] for bar in bars if bar.time.endswith(("09:35", "15:00"))} == {"09:35", "15:00"}


def test_changes_of_an_index_go_from_close_to_close(lake: Lake, dataset: Dataset) -> None:
    bars = bars_shown(view(lake, dataset, "009300.SH", Window(bars=30)), "none")
    assert all(bar.change is not None for bar in bars)
    for before, bar in pairwise(bars):
        assert before.close and bar.close and bar.change == pytest.approx(bar.close / before.close - 1)
    assert not marked(bars, KINDS)


def slow_limit(reference: int, percent: int, board: str) -> int:
    """Half up to the tick, as a fraction."""
    tick = 1 if board.startswith("fund") else 10
    return int(Fraction(reference * percent, 100 * tick) + Fraction(1, 2)) * tick


def test_limits_that_were_hit_are_marked(everything: list[Viewed]) -> None:
    """Of stocks and funds that have been listed for long: 10%, 20%, or 5% under special treatment on the main board."""
    seen = set()
    for viewed in everything:
        market, board = viewed.market, viewed.profile.board
        for row, bar in enumerate(bars_shown(viewed, "none"), start=viewed.start):
            leaving = int(market.listings.delisting_from[0])
            if market.listed_sessions[row, 0] < 30 or market.open[row, 0] == 0 or (leaving and bar.session >= leaving):
                continue
            wide = board in ("star", "fund_20") or (board == "chinext" and bar.session >= 20200824)
            percent = 20 if wide else 5 if market.is_st[row, 0] else 10
            reference = int(market.pre_close[row, 0])
            up, down = slow_limit(reference, 100 + percent, board), slow_limit(reference, 100 - percent, board)
            expected = set()
            if market.high[row, 0] >= up:
                expected.add("up_limit" if market.close[row, 0] >= up else "up_touched")
            if market.low[row, 0] <= down:
                expected.add("down_limit" if market.close[row, 0] <= down else "down_touched")
            found = {mark.kind for mark in bar.marks if mark.kind.startswith(("up", "down"))}
            assert found == expected, (viewed.profile.ts_code, bar)
            seen |= found
    assert seen == {"up_limit", "up_touched", "down_limit", "down_touched"}


def test_ex_dates_and_what_was_paid_are_marked(lake: Lake, dataset: Dataset, everything: list[Viewed]) -> None:
    paid = 0
    for viewed in everything:
        rows = (
            Reader(lake, dataset).rows("bars_1d", codes=[viewed.profile.ts_code]).filter(pl.col("volume") > 0).sort("trade_date").collect()
        )
        moved = [
            to_int(day)
            for day, before, last in zip(rows["trade_date"], rows["pre_close"], rows["close"].shift(1), strict=True)
            if last is not None and before != last
        ]
        found = marked(bars_shown(viewed, "none"), ["ex"])
        assert [bar.session for _, bar, _ in found] == moved
        records = Reader(lake, dataset).rows("dividends", codes=[viewed.profile.ts_code]).collect()
        cash = {to_int(row["ex_date"]): row["cash_div_tax"] / 1e6 for row in records.iter_rows(named=True) if row["cash_div_tax"]}
        for _, bar, mark in found:
            if bar.session in cash:
                assert f"{cash[bar.session]:g} CNY a share" in mark.words.en and f"每股派 {cash[bar.session]:g} 元" in mark.words.zh
                paid += 1
    assert paid > 10


def test_suspensions_and_names_are_marked(everything: list[Viewed]) -> None:
    kinds = set()
    for viewed in everything:
        bars = bars_shown(viewed, "none")
        for bar in bars:
            assert ("suspended" in {mark.kind for mark in bar.marks}) == (bar.open is None)
        begins = [bar.session for _, bar, mark in marked(bars, ["special"]) if mark.words.zh == "戴帽"]
        assert begins == [spell.first for spell in viewed.profile.special if spell.first > bars[0].session]
        leaving = [(bar.session, mark.words.zh) for _, bar, mark in marked(bars, ["special"]) if mark.words.zh == "进入退市整理期"]
        assert leaving == [(int(day), "进入退市整理期") for day in viewed.market.listings.delisting_from if day]
        kinds |= {mark.words.zh for _, _, mark in marked(bars, ["special", "normal"])}
    assert {"戴帽", "进入退市整理期"} <= kinds


def test_halts_of_hours_are_marked_on_their_day(everything: list[Viewed]) -> None:
    viewed = everything[0]
    session = int(viewed.market.sessions[-3])
    halted = replace(viewed, halts=((session, "09:30-10:00"), (session, "13:00-13:30")))
    ((_, bar, mark),) = marked(bars_shown(halted, "none"), ["halted"])
    assert bar.session == session and mark.words == Words("盘中停牌 09:30-10:00, 13:00-13:30", "halted 09:30-10:00, 13:00-13:30")


def test_a_suspension_of_many_sessions_is_one_event() -> None:
    bars = [a_bar(0), *(a_bar(place, None, marks=["suspended"]) for place in (1, 2, 3)), a_bar(4, marks=["ex", "up_limit"])]
    bars += [a_bar(5, None, marks=["suspended"]), a_bar(6), a_bar(7, None, marks=["suspended"])]
    told = [(event.mark.kind, event.first.time, event.last.time, event.bars) for event in events_of(bars)]
    assert told == [
        ("suspended", "2024-01-02", "2024-01-04", 3),
        ("ex", "2024-01-05", "2024-01-05", 1),
        ("up_limit", "2024-01-05", "2024-01-05", 1),
        ("suspended", "2024-01-06", "2024-01-06", 1),
        ("suspended", "2024-01-08", "2024-01-08", 1),
    ]


def bodies(chart: str, style: str) -> list[tuple[float, float]]:
    """Top and bottom of the filled boxes of a colour."""
    paths = [path.get("d") or "" for path in ElementTree.fromstring(chart).iter("path") if path.get("class") == f"candle {style}"]
    return [(float(top), float(bottom)) for top, bottom in re.findall(r"M[\d.]+,([\d.]+)h[\d.]+V([\d.]+)h", "".join(paths))]


def test_red_rises_and_green_falls_and_a_gap_is_a_gap() -> None:
    bars = [a_bar(0, (10, 12, 9, 11)), a_bar(1, None), a_bar(2, (11, 12, 8, 9)), a_bar(3, (9, 9, 9, 9))]
    chart = str(candle_chart(bars, "x"))
    assert len(bodies(chart, "up")) == 2 and len(bodies(chart, "down")) == 1
    (top, bottom), flat = bodies(chart, "up")
    assert 0 < top < bottom < 100 and flat[0] == flat[1]
    falling = bodies(chart, "down")[0]
    assert falling[0] == top and falling[1] == flat[0] > bottom  # from 11 to 9, and at 9


def test_nothing_is_drawn_of_nothing() -> None:
    assert (
        candle_chart([], "x") == candle_chart([a_bar(0, None)], "x") == volume_chart([], "x") == volume_chart([a_bar(0, None)], "x") == ""
    )
    assert not candle_picture([], 80).plain and not candle_picture([a_bar(0, None)], 80).plain


PRICES = st.tuples(*[st.floats(0.001, 1e6) for _ in range(4)]).map(lambda four: (four[0], max(four), min(four), four[1]))


@settings(deadline=None)
@given(prices=st.lists(st.none() | PRICES, min_size=1, max_size=40))
def test_whatever_the_prices_are_the_drawing_stays_in_its_frame(prices: list[tuple[float, ...] | None]) -> None:
    bars = [a_bar(place, four, marks=["ex"] if place % 7 == 3 else []) for place, four in enumerate(prices)]
    chart = str(candle_chart(bars, "名<&>"))
    if not any(prices):
        assert chart == ""
        return
    tree = ElementTree.fromstring(chart)
    assert tree.find("svg") is not None and "nan" not in chart and "inf" not in chart
    for style in ("up", "down"):
        assert all(0 <= top <= bottom <= 100 for top, bottom in bodies(chart, style))
    assert sum(len(bodies(chart, style)) for style in ("up", "down")) == sum(four is not None for four in prices)
    assert len([path for path in tree.iter("path") if path.get("class") == "ex"]) == len(marked(bars, ["ex"]))
    lines = candle_picture(bars, 60).plain.splitlines()
    assert max(cell_len(line) for line in lines) <= 60


def test_of_very_many_bars_only_those_with_events_are_told_where_the_pointer_rests() -> None:
    few = [a_bar(place) for place in range(POINTERS)]
    many = [a_bar(place, marks=["ex"] if place == 5 else []) for place in range(POINTERS + 1)]
    assert str(candle_chart(few, "x")).count('class="pointer"') == POINTERS
    assert str(candle_chart(many, "x")).count('class="pointer"') == 1


def test_ticks_are_years_months_days_or_hours(lake: Lake, dataset: Dataset) -> None:
    def texts(window: Window) -> list[str]:
        return [text for _, text in time_ticks(bars_shown(view(lake, dataset, "009001.SZ", window), "none"))]

    assert texts(EVERYTHING) == ["2019", "2020", "2021", "2022", "2023", "2024"]
    assert texts(Window(20240701, 20241231)) == ["2024-08", "2024-09", "2024-10", "2024-11", "2024-12"]
    days = texts(Window(20241201, 20241231))
    assert days[0] == "12-02" and len(days) <= 9 and days == sorted(days)
    hours = texts(Window(20241231, 20241231, frequency="5m"))
    assert hours[0] == "09:35" and len(hours) <= 9 and hours == sorted(hours)
    places = [place for place, _ in time_ticks([a_bar(place) for place in range(30)])]
    assert places == sorted(places) and all(0 < place < 100 for place in places)


@pytest.mark.parametrize(
    ("code", "window", "adjust", "said"),
    [
        ("009001.SZ", EVERYTHING, "none", ["样本029", "日线", "不复权", "除权除息", "涨停", "跌停", "停牌", "最近 500 根，共 1699 根"]),
        ("009013.SZ", EVERYTHING, "back", ["退市", "2023-05-31", "后复权", "戴帽", "进入退市整理期", "风险警示 ST"]),
        ("009300.SH", Window(bars=60), "none", ["009300.SH", "指数", "daily"]),
        ("009001.SZ", Window(bars=96, frequency="5m"), "forward", ["5 分钟", "in the scale of the last bar", "2024-12-31 15:00"]),
        ("009001.SZ", Window(bars=20, frequency="15m"), "none", ["15 minutes"]),
        ("009001.SZ", Window(bars=50, frequency="1w"), "none", ["周线", "weekly"]),
        ("009001.SZ", Window(bars=40, frequency="1mo"), "forward", ["月线"]),
        ("150902.SZ", Window(bars=1), "none", ["基金", "样本ETF"]),
    ],
)
def test_the_page_holds_what_is_known_in_both_languages_and_no_script(
    lake: Lake, dataset: Dataset, code: str, window: Window, adjust: Adjust, said: list[str], tmp_path: Path
) -> None:
    page = render_candles(view(lake, dataset, code, window), adjust, dataset.version)
    for words in said:
        assert words in page, words
    assert not re.search(r"<script|<link|@import|<img|<iframe|url\(|\bon\w+=", page)
    assert page.count('class="chart"') == 2 and "Synthetic sample data" in page and "合成样本数据" in page
    assert page.count("<tr") <= SHOWN_BARS + SHOWN_EVENTS + 1


def test_names_are_escaped_on_the_page(everything: list[Viewed]) -> None:
    evil = '"><script>alert(1)</script>'
    profile = Profile(
        "009001.SZ", evil, "main", evil, 0, 0, ((20200101, evil), (20210101, evil)), (Spell(20200101, 20200102),), Spell(1, 2)
    )
    page = render_candles(replace(everything[0], profile=profile), "none", "import:v1")
    assert "<script" not in page and page.count("&lt;script&gt;") >= 4
    assert "Synthetic" not in page


RED, GREEN = 1, 2
"""Of the terminal's colours."""


def colours(picture: Text) -> set[int | None]:
    return {span.style.color.number for span in picture.spans if isinstance(span.style, Style) and span.style.color}


def test_the_picture_is_as_wide_as_the_terminal_and_red_rises() -> None:
    bars = [a_bar(place, (10 + place, 12 + place, 9 + place, 11 + place)) for place in range(30)]
    for width in (40, 60, 80, 140):
        picture = candle_picture(bars[-candles_that_fit(width) :], width)
        lines = picture.plain.splitlines()
        assert max(cell_len(line) for line in lines) <= width and len(lines) <= 19
        assert "█" in picture.plain and len(lines[0]) > width * 0.5
    assert colours(candle_picture(bars, 80)) == {RED}
    falling = [a_bar(place, (11 - place / 10, 12, 5, 10 - place / 10)) for place in range(9)]
    assert colours(candle_picture(falling, 80)) == {GREEN}


@pytest.mark.parametrize(("count", "width"), [(88, 100), (43, 100), (44, 100), (1, 80), (2, 41), (28, 40), (188, 200)])
def test_every_candle_of_the_picture_has_columns_as_far_apart_as_the_others(count: int, width: int) -> None:
    bars = [a_bar(place, (10, 11, 9, 10 + place % 2)) for place in range(count)]
    lines = candle_picture(bars, width).plain.splitlines()
    left = lines[0].index("┌")
    columns = sorted({column for line in lines[1:-2] for column, sign in enumerate(line[left + 1 : -1]) if sign in "█│"})
    assert len(columns) == count
    assert len({after - before for before, after in pairwise(columns)}) <= 1 and len(lines[0]) <= width


@pytest.mark.parametrize("price", [0.001, 10.0, 1_234.56])
def test_a_bar_without_a_range_lies_in_the_middle_and_its_day_is_told(price: float, capfd: pytest.CaptureFixture[str]) -> None:
    """A single bar at its limit: plotext warned of values that are too close together, and the day was missing."""
    picture = candle_picture([a_bar(0, (price,) * 4)], 60).plain
    lines = picture.splitlines()
    assert [row for row, line in enumerate(lines) if "█" in line] == [len(lines) // 2 - 1] and "01-01" in picture
    assert capfd.readouterr() == ("", "")
    chart = str(candle_chart([a_bar(0, (price,) * 4)], "x"))
    ((top, bottom),) = bodies(chart, "up")
    assert top == bottom == 50 and "01-01" in chart


def test_a_candle_stands_beside_its_prices() -> None:
    lines = candle_picture([a_bar(0, (10, 14, 6, 12)), a_bar(1, (12, 12, 8, 8))], 40).plain.splitlines()
    heights = {float(found[1]): row for row, line in enumerate(lines) if (found := re.match(r"\s*([\d.]+)┤", line))}
    assert set(heights) >= {6.0, 8.0, 10.0, 12.0, 14.0}
    column = next(line.index("█") for line in lines if "█" in line)
    signs = [line[column] for line in lines]
    body = [row for row, sign in enumerate(signs) if sign == "█"]
    assert abs(body[0] - heights[12.0]) <= 1 and abs(body[-1] - heights[10.0]) <= 1
    assert signs[heights[14.0]] == signs[heights[6.0]] == "│"


def test_the_newest_minutes_of_a_day_fit_into_a_picture(lake: Lake, dataset: Dataset) -> None:
    bars = bars_shown(view(lake, dataset, "009001.SZ", Window(bars=48, frequency="5m")), "none")
    picture = candle_picture(bars, 90).plain
    assert "09:35" in picture and re.search(r"^\s*\d+\.\d+┤", picture, re.MULTILINE)


DAYS = st.sampled_from([0, 20171231, 20180102, 20200210, 20210101, 20230531, 20241101, 20241230, 20241231, 20250101, 20990101, 10101])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    code=st.sampled_from(["009001.SZ", "009013.SZ", "302912.SZ", "689910.SH", "150902.SZ", "009300.SH"]),
    start=DAYS,
    end=DAYS,
    count=st.integers(1, 300),
    frequency=st.sampled_from(["1d", "5m", "15m", "30m", "60m", "1w", "1mo", "1m"]),
    adjust=st.sampled_from(["none", "back", "forward"]),
)
def test_whatever_window_is_asked_for_it_is_shown_or_told(
    *, lake: Lake, dataset: Dataset, code: str, start: int, end: int, count: int, frequency: str, adjust: Adjust
) -> None:
    try:
        viewed = view(lake, dataset, code, Window(start, end, count, frequency))
    except ContextError as error:
        assert error.problems and all(problem.message for problem in error.problems)
        return
    bars = bars_shown(viewed, adjust)
    assert bars and [bar.time for bar in bars] == sorted({bar.time for bar in bars})
    assert bars[0].session >= start and (not end or bars[-1].session <= end)
    assert start or len(bars) <= count
    for bar in bars:
        if bar.open is not None and bar.high is not None and bar.low is not None and bar.close is not None:
            assert 0 < bar.low <= min(bar.open, bar.close) and max(bar.open, bar.close) <= bar.high and bar.volume > 0
    assert str(dataset.version) in render_candles(viewed, adjust, dataset.version)
    candle_picture(bars[-candles_that_fit(80) :], 80)
