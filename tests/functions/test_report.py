"""The report page: whole, escaped, in both languages, without anything from elsewhere, and without a number that nobody computed."""

import re
from html.parser import HTMLParser

import pytest

from engine.doctor.examine import CHECKS
from engine.doctor.finding import Finding
from engine.prove import Difference, Proof
from engine.simulation.holdings import Position
from engine.simulation.trades import Trade
from engine.statistics.metrics import METRICS
from engine.statistics.tables import Drawdown, Period, TradeGroup
from engine.words import Words
from functions.commands import belief
from functions.reports.curve import Curve, curve_of
from functions.reports.figures import day, number, percent, signed_number, signed_percent, tone, yuan
from functions.reports.grid_verdict import VERDICTS
from functions.reports.months import MONTHS, year_rows
from functions.reports.rendering import both, hint
from functions.reports.report import MoneyRow, OrderCount, RefusalCount, Report
from functions.reports.run_page import render_run
from functions.reports.shown import GROUPS, SIGNED, STRIP, groups, show
from functions.reports.words import SEVERITIES

TRADE = Trade("600519.SH", 0, 20200102, 1_130_000, 100, 0, 20200115, 1_190_500, 152_340, 5_897_660, 0.0522, 9, "stop_loss")
SESSIONS, EQUITY = [20200102, 20200103, 20200106], [1_000_000_000, 950_000_000, 1_123_400_000]
FROM_OUTSIDE = Words("外部委托", "from outside")


def a_report(**changes: object) -> Report:
    values: dict[str, object] = {
        "strategy_name": "dual-moving-average",
        "params": {"ma_short": 5, "ma_long": 20},
        "context": {"datasource_version": "sample:v1", "universe": {"all": True}, "window": {"start": "2020-01-02", "end": "2020-01-06"}},
        "stats": {"return": 0.1234, "max_dd": -0.05, "sharpe": None, "trades": 1, "win_rate": 1.0, "pnl": -1234.5, "sessions": 3},
        "curve": Curve(
            SESSIONS, EQUITY, [0.0, -0.05, 0.0], "000300.SH", [1_000_000.0, None, 1_010_000.0], [0.0, None, 1_123_400 / 1_010_000 - 1]
        ),
        "initial_cash": 1_000_000_000,
        "too_small": ("win_rate",),
        "monthly": [Period(2020, 1, 0.1234, 0.01, 3)],
        "yearly": [Period(2020, 0, 0.1234, 0.01, 3)],
        "drawdowns": [Drawdown(-0.05, 20200102, 20200103, 20200106, 2, 1), Drawdown(-0.01, 0, 20200103, None, 2, 1)],
        "by_stock": [TradeGroup("600519.SH", 1, 1, 5_897_660, 152_340, 0.0522, 9.0, 5_897_660, 5_897_660)],
        "by_exit_reason": [TradeGroup("stop_loss", 1, 1, 5_897_660, 152_340, 0.0522, 9.0, 5_897_660, 5_897_660)],
        "findings": [
            Finding("TOO_SHORT", "serious", {"sessions": 3}, Words("区间太短", "Too short"), Words("只有 3 个交易日", "only 3 sessions"))
        ],
        "trades": [TRADE],
        "refusals": [RefusalCount(Words("买", "buy"), Words("涨停", "opens at the upper limit"), 3, 0.0321)],
        "orders": [
            OrderCount(Words("买", "buy"), FROM_OUTSIDE, 1_500, [(Words("全部成交", "filled"), 1_490), (Words("被拒", "refused"), 10)])
        ],
        "identity": {"content hash": "0" * 64},
    }
    return Report(**(values | changes))  # type: ignore[arg-type]


def nothing(**changes: object) -> Report:
    """Of a window without a bar."""
    names = ("monthly", "yearly", "drawdowns", "by_stock", "by_exit_reason", "findings", "trades", "refusals", "orders", "too_small")
    empty: dict[str, object] = dict.fromkeys(names, ())
    return a_report(**(empty | {"params": {}, "stats": {}, "curve": Curve([], [], [])} | changes))


class _Words(HTMLParser):
    """What a reader of one language sees; and whether every element is closed."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.other = {"zh": "en", "en": "zh"}[language]
        self.hidden = 0
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)
        if ("class", self.other) in attrs or self.hidden:
            self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.hidden and self.open and self.open[-1] not in ("style", "title"):
            self.seen.append(data)


def read(page: str, language: str) -> str:
    reader = _Words(language)
    reader.feed(page)
    assert not reader.open
    return re.sub(r"\s+", " ", "".join(reader.seen))


def test_a_page_says_everything_in_both_languages_and_needs_nothing_from_elsewhere() -> None:
    page = render_run(a_report())
    chinese, english = read(page, "zh"), read(page, "en")
    for text in ("dual-moving-average", "▲ +12.34%", "-5.00%", "▼ -1,234.50", "600519.SH", "1,190.50", "5,897.66", "+3.21%", "0" * 64):
        assert text in chinese and text in english
    for zh, en in (
        ("合成样本数据", "Synthetic sample data"),
        ("严重区间太短只有 3 个交易日", "seriousToo shortonly 3 sessions"),
        ("总收益", "Total return"),
        ("样本不足", "small sample"),
        ("止损", "stop loss"),
        ("涨停", "opens at the upper limit"),
        ("全部成交 1,490 · 被拒 10", "filled 1,490 · refused 10"),
        ("期初2020-01-03未恢复", "initial cash2020-01-03not yet"),
        ("基准在部分交易日没有行情", "no data for some sessions"),
        ("1月", "Jan"),
        ("区间2020-01-02 – 2020-01-06", "window2020-01-02 – 2020-01-06"),
    ):
        assert zh in chinese and en in english and en not in chinese and zh not in english
    assert not re.search(r"<script|<link|@import|<img|<iframe|url\(|\bon\w+=", page)
    assert not re.findall(r"https?://", page)


def test_the_page_switches_language_colours_and_axis_without_a_script() -> None:
    page = render_run(a_report())
    for name in ("language-zh", "language-en", "theme-auto", "theme-light", "theme-dark", "axis-linear", "axis-log"):
        assert page.count(f'id="{name}"') == page.count(f'for="{name}"') == 1
    assert {"language-zh", "language-en", "theme-auto", "theme-dark", "axis-log"} == set(re.findall(r"#([\w-]+):checked", page))
    checked = re.findall(r'id="([\w-]+)" checked', page)
    assert checked == ["language-zh", "theme-auto", "axis-linear"]


def test_dividends_taxes_and_what_was_held_at_the_end_were_nowhere() -> None:
    page = render_run(
        a_report(
            money=[MoneyRow(Words("红利税", "tax on dividends"), -777_600), MoneyRow(Words("现金", "cash"), 5_000, is_sum=True)],
            holdings=[Position("009031.SZ", 4_000, 4_000, 20190103, 35_979, 39_510, 158_040_000, 12_256_560)],
            stats={"payoff": None, "expectancy": -130_512.81, "commission": 21_042.89, "new_one": 1.5},
            context={"datasource_version": "sample:v1", "window": {"end": "2020-01-06", "start": "2020-01-02"}, "initial_cash": 1_000_000},
        )
    )
    told = read(page, "en")
    for text in (
        "tax on dividends-777.60",
        "= cash",
        "009031.SZ",
        "+12,256.56",
        "▼ -130,512.81",
        "21,042.89",
        "new_one",
        "initial cash1,000,000",
    ):
        assert text in told
    assert "None" not in page


def test_real_data_carries_no_synthetic_banner() -> None:
    assert "Synthetic" not in render_run(a_report(context={"datasource_version": "import:v2"}))


def test_texts_from_outside_are_escaped() -> None:
    evil = '"><script>alert(1)</script>'
    words = Words(evil, evil + "!")
    page = render_run(
        a_report(
            strategy_name=evil,
            params={evil: 1},
            stats={evil: 1.0},
            refusals=[RefusalCount(words, words, 1)],
            context={evil: evil, "datasource_version": evil},
            identity={evil: evil},
            findings=[Finding("X", "info", {}, words, words)],
            by_stock=[TradeGroup(evil, 1, 1, 1, 1, 0.1, 1.0, 1, 1)],
            curve=Curve(SESSIONS, EQUITY, [0.0] * 3, evil, [1.0, 2.0, 3.0], [0.0] * 3),
        )
    )
    assert "<script" not in page and evil in read(page, "zh") and evil + "!" in read(page, "en")
    assert page.count("&lt;script&gt;") >= 10


@pytest.mark.parametrize(
    "report",
    [
        nothing(),
        nothing(context={}),
        nothing(curve=curve_of([20200102], [1_000_000_000], 1_000_000_000, None), stats={"return": 0.0, "sharpe": None, "win_rate": None}),
        a_report(curve=Curve(SESSIONS, [1_000_000_000] * 3, [0.0] * 3), trades=(), by_stock=(), by_exit_reason=()),
    ],
    ids=["no bar", "no context", "one session", "all cash"],
)
def test_what_does_not_exist_is_no_number(report: Report) -> None:
    page = render_run(report)
    assert "None" not in page and "nan" not in page and "inf%" not in page
    assert "No closed trades" in read(page, "en") and "没有已平仓的交易" in read(page, "zh")


def test_a_benchmark_that_is_not_known_before_the_window_is_not_drawn_and_the_page_says_why() -> None:
    page = render_run(a_report(curve=Curve(SESSIONS, EQUITY, [0.0, -0.05, 0.0], "000300.SH")))
    assert "nothing is compared with it: 000300.SH" in read(page, "en") and "Excess" not in read(page, "en")


def test_only_the_first_trades_are_shown_and_it_says_so() -> None:
    page = render_run(a_report(trades=[TRADE] * 201, by_stock=()))
    assert page.count("<td>600519.SH</td>") == 200 and "the first 200 of 201" in page and "前 200 笔，共 201 笔" in page


def test_of_many_stocks_the_best_and_the_worst_are_shown_and_it_says_so() -> None:
    many = [TradeGroup(f"{code:06d}.SZ", 1, 1, -code, 0, 0.1, 1.0, 1, 1) for code in range(1, 31)]
    told = read(render_run(a_report(by_stock=many)), "en")
    assert "the 10 best and worst of 30" in told
    assert "000010.SZ" in told and "000021.SZ" in told and "000011.SZ" not in told and "000020.SZ" not in told


def test_ten_years_of_everything_are_less_than_three_megabytes() -> None:
    sessions = [year * 10_000 + month * 100 + number for year in range(2014, 2025) for month in range(1, 13) for number in range(1, 22)]
    equity = [1_000_000_000 + 7_919 * 977 * index % 300_000_007 for index in range(len(sessions))]
    curve = Curve(
        sessions,
        equity,
        [-0.1 + index % 97 / 1000 for index in range(len(sessions))],
        "000300.SH",
        [v / 1000 for v in equity],
        [0.1] * len(equity),
    )
    months = [Period(year, month, 0.01, 0.02, 21) for year in range(2014, 2025) for month in range(1, 13)]
    page = render_run(a_report(curve=curve, monthly=months, trades=[TRADE] * 5_000))
    assert len(page.encode()) < 3_000_000


def test_every_metric_has_its_place_and_its_unit() -> None:
    keys = [metric.key for metric in METRICS]
    assert len(set(STRIP) | {key for _, group in GROUPS for key in group}) == len(STRIP) + sum(len(group) for _, group in GROUPS)
    assert set(keys) == set(STRIP) | {key for _, group in GROUPS for key in group} and set(SIGNED) <= set(keys)
    told = {metric.key: show(metric.key, 20240102 if metric.unit == "date" else 0.5) for metric in METRICS}
    assert told["return"].text == "▲ +50.00%" and told["win_rate"].text == "50.00%" and told["max_dd_trough"].text == "2024-01-02"
    assert told["pnl"].unit == Words("元", "CNY") and told["sharpe"].text == "0.50" and "std" in told["sharpe"].hint
    assert show("sharpe", None, is_few=True) == show("sharpe", None) and show("sharpe", None).text == "—"
    assert [title.en for title, _ in groups(dict.fromkeys([*keys, "unheard_of"]), ())][-1] == "Others"


def test_months_are_coloured_by_how_much_they_earned() -> None:
    (row,) = year_rows([Period(2020, 2, 0.1, None, 20), Period(2020, 3, -0.05, None, 20), Period(2020, 4, 0.0, None, 20)], [])
    assert [None if cell is None else (cell.text, cell.style) for cell in row.months[:5]] == [
        None,
        ("+10.0", "up"),
        ("-5.0", "down"),
        ("0.0", ""),
        None,
    ]
    up, down, flat = (cell for cell in row.months if cell)
    assert up.heat > down.heat > 0 == flat.heat and row.whole is None and len(MONTHS) == len(row.months) == 12
    assert year_rows([], []) == []


def test_money_is_written_exactly() -> None:
    assert [yuan(li) for li in (0, 5, 10, -1, 1_234_567, -1_234_560)] == ["0.00", "0.005", "0.01", "-0.001", "1,234.567", "-1,234.56"]


def test_figures_of_nothing_are_dashes_and_noughts_have_no_sign() -> None:
    assert [percent(None), signed_percent(float("nan")), number(float("inf")), day(None), day(0)] == ["—"] * 5
    assert [signed_percent(0.0), signed_percent(-1e-9), percent(-1e-9), signed_number(-0.001), signed_number(0)] == [
        "0.00%",
        "0.00%",
        "0.00%",
        "0.00",
        "0",
    ]
    assert [tone(value) for value in (None, float("nan"), 0.0, 0.1, -0.1)] == ["", "", "", "up", "down"]


def test_words_stand_in_both_languages_once() -> None:
    assert both(Words("600519.SH", "600519.SH")) == both("600519.SH") == "600519.SH"
    assert both(Words("涨 <", "up <")) == '<span class="zh" lang="zh-CN">涨 &lt;</span><span class="en" lang="en">up &lt;</span>'
    assert hint([Words("涨", "up"), Words("SH", "SH")]) == "涨 · SH · up"


@pytest.mark.parametrize(("first", "said"), [(None, "无未来函数"), (Difference("entry", 20240105, 3, "600000.SH", 5, 1, 0), "偷看未来")])
def test_a_page_says_whether_signals_know_the_future(first: Difference | None, said: str) -> None:
    proof = Proof((5, 9), (20240105, 20240111), ("entry", "exit"), 1_234, first)
    page = render_run(a_report(proof=proof.to_json()))
    assert said in page and ("600000.SH" in proof.words().zh) == (first is not None)
    assert said not in render_run(a_report(proof=None))


def test_a_run_without_findings_was_silent_about_the_doctor() -> None:
    page = render_run(a_report(findings=()))
    assert f"{len(CHECKS)} 项检查均未发现问题" in page and f"{len(CHECKS)} checks found nothing" in page
    assert "均未发现问题" not in render_run(a_report()) and "均未发现问题" not in render_run(nothing())


def test_one_session_had_charts_with_nothing_in_them() -> None:
    page = render_run(a_report(curve=Curve([20200102], [1_000_000_000], [0.0]), yearly=[Period(2020, 0, 0.0, None, 1)]))
    assert 'class="chart"' not in page and 'id="axis-log"' not in page and "The window has one session" in page


def test_a_parameter_was_written_otherwise_than_in_the_ranking_of_its_grid() -> None:
    assert "<dt>dip</dt><dd>0</dd>" in render_run(a_report(params={"dip": 0.0}))


def test_the_screen_has_a_style_for_every_severity_and_verdict_of_the_pages() -> None:
    assert belief.STYLES.keys() == SEVERITIES.keys() | VERDICTS.keys()
