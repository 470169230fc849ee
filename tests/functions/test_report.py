"""The report page: whole, escaped, without anything from elsewhere, and its charts' small functions."""

import re
from xml.etree import ElementTree

from hypothesis import example, given
from hypothesis import strategies as st

from functions.charts import Series, date_ticks, kept, line_chart, value_ticks
from functions.report import HoldingRow, MoneyRow, OrderCount, RefusalCount, Report, TradeRow, drawdowns, render_report, yuan

TRADE = TradeRow("600519.SH", 20200102, 1_130_000, 20200115, 1_190_500, 100, 152_340, 5_897_660, 0.0522, 9, "signal")


def a_report(**changes: object) -> Report:
    values: dict[str, object] = {
        "strategy_name": "dual-moving-average",
        "params": {"ma_short": 5, "ma_long": 20},
        "context": {"datasource_version": "sample:v1", "universe": {"all": True}, "window": {"start": "2020-01-02", "end": "2020-01-06"}},
        "stats": {"return": 0.1234, "max_dd": -0.05, "sharpe": None, "trades": 1, "pnl": -1234.5, "exposure": 0.5},
        "sessions": [20200102, 20200103, 20200106],
        "equity": [1_000_000_000, 950_000_000, 1_123_400_000],
        "initial_cash": 1_000_000_000,
        "trades": [TRADE],
        "refusals": [RefusalCount("opens at the upper limit", 3, 0.0321)],
        "orders": [OrderCount("买 buy: 外部委托 from outside", 1_500, [("全部成交 filled", 1_490), ("被拒 refused", 10)])],
        "identity": {"content hash": "0" * 64},
    }
    return Report(**(values | changes))  # type: ignore[arg-type]


def test_a_page_says_everything_and_needs_nothing_from_elsewhere() -> None:
    page = render_report(a_report())
    for text in (
        "dual-moving-average",
        "▲ +12.34%",
        "-5.00%",
        "▼ -1,234.50",
        "600519.SH",
        "1,190.50",
        "5,897.66",
        "upper limit",
        "+3.21%",
        "全部成交 filled 1,490 · 被拒 refused 10",
        "0" * 64,
    ):
        assert text in page
    assert "合成样本数据" in page and "Synthetic sample data" in page
    assert "<script" not in page and "<link" not in page and "@import" not in page
    assert set(re.findall(r"https?://[^\s\"']+", page)) <= {"http://www.w3.org/2000/svg"}


def test_dividends_taxes_and_what_was_held_at_the_end_were_nowhere() -> None:
    page = render_report(
        a_report(
            money=[MoneyRow("红利税 tax on dividends", -777_600), MoneyRow("现金 cash", 5_000, is_sum=True)],
            holdings=[HoldingRow("009031.SZ", 4_000, 20190103, 35_979, 39_510, 158_040_000, 12_256_560)],
            stats={"payoff": None, "expectancy": -130_512.81, "commission": 21_042.89, "new_one": 1.5},
            context={"datasource_version": "sample:v1", "window": {"end": "2020-01-06", "start": "2020-01-02"}, "initial_cash": 1_000_000},
        )
    )
    for text in (
        "<td>红利税 tax on dividends</td><td>-777.60</td>",
        "= 现金 cash",
        "009031.SZ",
        "+12,256.56",
        "盈亏比 Payoff",
        "▼ -130,512.81",
        "21,042.89",
        "new_one",
        "<dt>区间 window</dt><dd>2020-01-02 – 2020-01-06</dd>",
        "<dd>1,000,000</dd>",
    ):
        assert text in page
    assert "None" not in page


def test_real_data_carries_no_synthetic_banner() -> None:
    assert "Synthetic" not in render_report(a_report(context={"datasource_version": "import:v2"}))


def test_texts_from_outside_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    page = render_report(
        a_report(strategy_name=evil, params={evil: 1}, refusals=[RefusalCount(evil, 1)], context={evil: evil, "datasource_version": evil})
    )
    assert "<script" not in page


def test_a_run_without_a_trade_or_a_bar_has_a_page() -> None:
    page = render_report(a_report(trades=(), refusals=(), params={}, stats={}, equity=[], sessions=[]))
    assert "No closed trades" in page and "No order was refused" in page


def test_only_the_first_trades_are_shown_and_it_says_so() -> None:
    page = render_report(a_report(trades=[TRADE] * 201))
    assert page.count("<td>600519.SH</td>") == 200 and "the first 200 of 201" in page


def test_money_is_written_exactly() -> None:
    assert [yuan(li) for li in (0, 5, 10, -1, 1_234_567, -1_234_560)] == ["0.00", "0.005", "0.01", "-0.001", "1,234.567", "-1,234.56"]


def test_the_drawdown_includes_the_initial_cash() -> None:
    assert drawdowns([90, 120, 60], 100) == [90 / 100 - 1, 0.0, -0.5]


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=400))
def test_every_chart_is_sound_svg(values: list[float]) -> None:
    chart = line_chart(Series(list(range(20200101, 20200101 + len(values))), values), height=200, style="equity")
    assert ElementTree.fromstring(chart).tag.endswith("svg")
    assert "nan" not in chart


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=300), st.integers(1, 40))
def test_a_thinned_line_keeps_its_ends_and_extremes(values: list[int], columns: int) -> None:
    indices = kept(values, columns)
    assert indices == sorted(set(indices)) and indices[0] == 0 and indices[-1] == len(values) - 1
    drawn = [values[i] for i in indices]
    assert (min(drawn), max(drawn)) == (min(values), max(values))
    assert len(indices) <= max(4 * columns, columns)


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
@example(0.0, 5e-324)
@example(1_000_000.0, 0.0)
def test_value_ticks_enclose_the_range(low: float, span: float) -> None:
    ticks = value_ticks(low, low + span)
    slack = 1e-9 * max(1.0, abs(low), abs(low + span))
    assert ticks[0] <= low + slack and ticks[-1] >= low + span - slack
    assert 1 <= len(ticks) <= 8


def test_dates_are_marked_by_year_quarter_or_month() -> None:
    years = [year * 10_000 + month * 100 + 1 for year in range(2018, 2025) for month in range(1, 13)]
    assert [text for _, text in date_ticks(years)] == [str(year) for year in range(2019, 2025)]
    assert [text for _, text in date_ticks(years[:12])] == ["2018-04", "2018-07", "2018-10"]
    assert [text for _, text in date_ticks([20200131, 20200203, 20200204])] == ["2020-02"]
