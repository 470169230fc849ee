"""The report of a grid: plain data of its maps against a slow twin, its pictures, and a page that holds whatever a grid may come to."""

import re
import time
from collections.abc import Iterator, Mapping
from itertools import product
from math import inf, nan
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diagnosis.answer import Diagnosis, Indicator, Trials
from engine.statistics.metrics import METRICS
from engine.words import Words
from functions.reports.grid_maps import pictures_of
from functions.reports.grid_page import COLUMNS, SHOWN_ROWS, GridReport, GridRow, render_grid
from functions.reports.heatmap import Axes, best, heatmap, slices, varied, widest
from functions.reports.heatmap_chart import LEFT, RIGHT, SHADES, TOP, Map, Scale, colour, legend, map_chart, scale_of
from functions.reports.profile_chart import BARS, Profile, profile_chart

CONTEXT = {
    "datasource_version": "sample:v1",
    "window": {"start": "2019-01-02", "end": "2024-12-31"},
    "benchmark": None,
    "initial_cash": 1_000_000,
}
LONG = {"sessions": 1_456, "trades": 300}


def a_row(params: Mapping[str, float], **stats: float | None) -> GridRow:
    return GridRow(params, LONG | {"return": 0.1, "sharpe": 0.5, "max_dd": -0.2} | stats, "succeeded", "ab" * 32, "run-1")


def a_failure(params: Mapping[str, float], message: str = "no bars in the window") -> GridRow:
    return GridRow(params, None, "failed", message=message)


def a_grid(**axes: list[float]) -> list[GridRow]:
    """Returns that rise along the first axes and fall along the last, no two the same."""
    rows = []
    for values in product(*axes.values()):
        height = sum(value / 10 ** (3 * place) for place, value in enumerate(values, start=1))
        rows.append(a_row(dict(zip(axes, values, strict=True)), **{"return": height, "sharpe": 10 * height}))
    return rows


def a_diagnosis(**changes: Any) -> dict[str, Any]:
    indicator = Indicator(
        "deflated_sharpe",
        Words("扣除运气", "Deflated"),
        0.537182,
        "probability",
        "bad",
        Words("含义", "<meaning>"),
        Words("建议", "advice"),
        "f",
        "s",
    )
    count = Indicator("trials", Words("次数", "Tried"), 36, "count", "unknown", Words("共36", "36 of them"), Words("", ""), "N", "s")
    record = Indicator(
        "min_track_record", Words("记录", "Record"), 1293.2, "sessions", "good", Words("够", "enough"), Words("", ""), "T", "s"
    )
    nothing = Indicator("plateau", Words("高原", "Plateau"), None, "share", "unknown", Words("太少", "too few"), Words("", ""), "p", "s")
    found = Diagnosis(36, 1456, Trials(72, 0.001, "owner"), 0, "bad", Words("靠运气", "luck"), (indicator, count, record, nothing))
    return found.to_json() | changes


def a_page(rows: list[GridRow], **changes: Any) -> str:
    values: dict[str, Any] = {"strategy_name": "two", "context": CONTEXT, "spec": {"a": [1, 2]}, "rows": rows, "diagnosis": a_diagnosis()}
    return render_grid(GridReport(**(values | changes)))


def naive_heatmap(rows: list[GridRow], x: str, y: str, metric: str) -> dict[str, Any]:
    xs, ys = sorted({row.params[x] for row in rows}), sorted({row.params[y] for row in rows})
    table: list[list[float | None]] = []
    for up in ys:
        table.append([])
        for across in xs:
            here = [row for row in rows if row.params[x] == across and row.params[y] == up]
            value = here[0].stats[metric] if here and here[0].stats is not None else None
            table[-1].append(None if value is None or not -inf < value < inf else value)
    return {"x": xs, "y": ys, "values": table}


figures = st.one_of(st.none(), st.just(nan), st.just(inf), st.floats(-1, 5))
cells = st.dictionaries(st.tuples(st.integers(1, 6), st.integers(1, 5)), st.one_of(st.just("failed"), figures), min_size=1, max_size=25)


@given(cells)
def test_a_map_is_that_of_the_slow_twin(given_cells: dict[tuple[int, int], Any]) -> None:
    rows = [
        a_failure({"a": a, "b": b}) if value == "failed" else a_row({"a": a, "b": b}, sharpe=value) for (a, b), value in given_cells.items()
    ]
    assert heatmap(rows, "a", "b", "sharpe") == naive_heatmap(rows, "a", "b", "sharpe")
    assert heatmap(rows, "b", "a", "sharpe") == naive_heatmap(rows, "b", "a", "sharpe")
    page = a_page(rows)
    assert "nan" not in page and "inf%" not in page and "None" not in page


def test_a_map_is_of_one_slice_or_it_is_refused() -> None:
    rows = a_grid(a=[1, 2], b=[10, 20], c=[5, 6])
    with pytest.raises(ValueError, match="another parameter varies"):
        heatmap(rows, "a", "b", "return")
    with pytest.raises(ValueError, match="over itself"):
        heatmap(rows, "a", "a", "return")
    with pytest.raises(KeyError):
        heatmap(rows, "a", "unknown", "return")
    assert heatmap(rows, "a", "b", "return", {"c": 6}) == naive_heatmap([row for row in rows if row.params["c"] == 6], "a", "b", "return")
    assert heatmap(rows, "a", "b", "return", {"c": 7}) == {"x": [], "y": [], "values": []}
    assert heatmap([], "a", "b", "return") == {"x": [], "y": [], "values": []}


def test_the_widest_parameters_become_axes_the_earlier_first() -> None:
    assert varied(a_grid(a=[3, 1], b=[1], c=[1, 2, 3])) == {"a": [1, 3], "c": [1, 2, 3]}
    assert widest({"a": [1, 2], "b": [1, 2, 3], "c": [1, 2]}) == ("b", "a")
    with pytest.raises(ValueError, match="two parameters"):
        widest({"a": [1, 2]})
    assert varied([]) == {}


def test_slices_lie_around_the_best_and_hold_it_and_the_other_best() -> None:
    rows = a_grid(a=[1, 2], b=[1, 2], c=[1, 2, 3, 4, 5, 6, 7, 8, 9])
    axes = Axes("a", "b", [1, 2], [1, 2])
    at = {row.params["c"]: row for row in rows}
    assert [part.fixed["c"] for part in slices(rows, axes, [at[4], at[9]], 4)] == [3, 4, 5, 9]
    assert [part.fixed["c"] for part in slices(rows, axes, [at[1]], 3)] == [1, 2, 3]
    assert [part.fixed["c"] for part in slices(rows, axes, [], 2)] == [1, 2]
    every = slices(rows, axes, [at[5]], 100)
    assert sorted(index for part in every for index in part.places.values()) == list(range(len(rows)))
    for part in every:
        for (column, line), index in part.places.items():
            assert rows[index].params == {"a": axes.columns[column], "b": axes.rows[line], **part.fixed}


def test_the_best_is_the_first_of_equals_and_no_nan() -> None:
    rows = [a_row({"a": 0}, sharpe=nan), a_row({"a": 1}, sharpe=-1.0), a_row({"a": 2}, sharpe=1.0), a_row({"a": 3}, sharpe=1.0)]
    assert best([*rows, a_failure({"a": 4})], "sharpe") is rows[2]
    assert best(rows, "calmar") is None and best([], "sharpe") is None


def test_colours_are_those_of_viridis_and_grow_lighter() -> None:
    def light(shade: int) -> float:
        red, green, blue = (int(colour(shade)[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert (colour(0), colour(SHADES - 1)) == ("#440154", "#fde725")
    assert [light(shade) for shade in range(SHADES)] == sorted(light(shade) for shade in range(SHADES))


def test_a_scale_reaches_from_the_lowest_to_the_highest() -> None:
    scale = scale_of([None, nan, 0.5, -1.0, inf, 0.0])
    assert scale == Scale(-1.0, 0.5)
    assert (scale.shade(-1.0), scale.shade(0.5)) == (0, SHADES - 1)
    assert Scale(2.0, 2.0).shade(2.0) == SHADES // 2
    assert scale_of([None, nan]) is None
    assert legend(Scale(2.0, 2.0), str).count("2.0") == 1, "one figure stands once"


def a_map(**changes: Any) -> Map:
    values: dict[str, Any] = {
        "x": "a<",
        "y": "b",
        "columns": [1, 2, 3],
        "rows": [10, 20],
        "values": [[0.0, 1.0, None], [0.5, None, 1.0]],
        "places": {(0, 0): 0, (1, 0): 1, (2, 0): 2, (0, 1): 3, (2, 1): 4},
        "scale": Scale(0.0, 1.0),
        "written": lambda value: f"{value:.1f}",
        "letters": 3,
        "marks": {(1, 0): "★"},
    }
    return Map(**(values | changes))


def hints(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter("title")]


def test_each_cell_has_its_colour_and_its_hint() -> None:
    svg = map_chart(a_map())
    assert sorted(hints(svg)) == [
        "a< 1, b 10: 0.0",
        "a< 1, b 20: 0.5",
        "a< 2, b 10: 1.0",
        "a< 2, b 20: —",
        "a< 3, b 10: —",
        "a< 3, b 20: 1.0",
    ]
    groups = {group.get("fill"): len(list(group)) for group in ElementTree.fromstring(svg).iter("g")}
    assert groups == {
        colour(0): 1,
        colour(SHADES // 2): 1,
        colour(SHADES - 1): 2,
        "url(#missing)": 1,
        "var(--tint)": 1,
    }, "what failed is hatched, what was not asked for is grey"
    assert svg.count('class="mark"') == 1 and "★" in svg


def test_y_grows_upwards() -> None:
    sides = [node for node in ElementTree.fromstring(map_chart(a_map())).iter("text") if node.get("class") == "side"]
    assert [node.text for node in sides] == ["10", "20"]
    assert float(sides[0].get("y", "nan")) > float(sides[1].get("y", "nan"))


def test_figures_stand_in_all_cells_or_in_none() -> None:
    assert map_chart(a_map()).count('class="light"') + map_chart(a_map()).count('class="dark"') == 4
    assert 'class="light"' not in map_chart(a_map(letters=30)) and 'class="dark"' not in map_chart(a_map(letters=30))


def painted(svg: str, wide: float, high: float) -> dict[tuple[int, int], str]:
    """The colour of each cell, counted from the left and the top, of paths like M58 22h10v5h-10z; no cell may be painted twice."""
    found: dict[tuple[int, int], str] = {}
    for path in ElementTree.fromstring(svg).iter("path"):
        for x, y, run in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)v", path.get("d", "")):
            for step in range(round(float(run) / wide)):
                cell = round((float(x) - LEFT) / wide) + step, round((float(y) - TOP) / high)
                assert cell not in found
                found[cell] = path.get("fill", "")
    return found


def test_a_large_map_is_drawn_colour_by_colour_and_still_covers_every_cell() -> None:
    side = list(range(50))
    values = [[float((i * j) // 3 % 7) for i in side] for j in side]
    shown = a_map(columns=side, rows=side, values=values, places={(i, j): i for i in side for j in side}, scale=Scale(0, 6), marks={})
    svg = map_chart(shown)
    assert hints(svg) == []
    assert len(svg) < 50 * 50 * 30
    wide = (shown.width - LEFT - RIGHT) / 50
    assert painted(svg, wide, wide * 0.55) == {(i, 49 - j): colour(Scale(0, 6).shade(values[j][i])) for i in side for j in side}


def test_one_parameter_is_a_bar_for_each_value_with_gaps_where_it_failed() -> None:
    chart = profile_chart(Profile("ma", [5, 10, 20], [0.1, None, -0.2], lambda value: f"{value:+.1%}", str, best=0))
    assert chart.count("<rect") == 3 and chart.count('class="missing"') == 1 and chart.count('class="up"') == 1
    assert "ma 20: -20.0%" in chart and "ma 10: —" in chart and "★" in chart
    assert profile_chart(Profile("ma", [5], [None], str, str)) == ""
    many = profile_chart(Profile("ma", range(BARS + 1), [0.1] * BARS + [None], str, str))
    assert "<rect" not in many and many.count("<path") == 3


def test_pictures_fit_what_varies() -> None:
    assert pictures_of([]).galleries == () and pictures_of([a_row({"a": 1})]).galleries == ()
    assert pictures_of(a_grid(a=[1, 2, 3])).axes == ("a",)
    two = pictures_of(a_grid(a=[1, 2], b=[1, 2, 3]))
    assert two.axes == ("b", "a") and [len(gallery.pictures) for gallery in two.galleries] == [1, 1, 1]
    four = pictures_of(a_grid(a=[1, 2, 3], b=[1, 2, 3], c=[1, 2, 3], d=[1, 2, 3, 4, 5]))
    assert four.axes == ("d", "a") and [len(gallery.pictures) for gallery in four.galleries] == [9, 9, 9] and four.left_out == 0
    many = pictures_of(a_grid(a=[1, 2, 3], b=[1, 2], c=list(range(30))[:3], d=[1, 2], e=[1, 2], f=[1, 2]))
    assert all(len(gallery.pictures) == 12 for gallery in many.galleries) and many.left_out == 16 - 12
    assert all(sum(picture.is_best for picture in gallery.pictures) == 1 for gallery in many.galleries)


def test_the_verdict_comes_first_then_the_indicators() -> None:
    page = a_page(a_grid(a=[1, 2], b=[1, 2]))
    order = ["不可信", "靠运气", "扣除运气", "最佳组合", "参数分布", "排名", "配置"]
    assert [page.index(text) for text in order] == sorted(page.index(text) for text in order)
    for text in ("53.7%", "1,294", "&lt;meaning&gt;", "建议", "for information", "无法判断", "72 were ever tried"):
        assert text in page
    only = a_diagnosis(trials={"count": 36, "variance": None, "scope": "grid"})
    assert "only the 36 of this grid are counted" in a_page(a_grid(a=[1, 2]), diagnosis=only)
    assert "No diagnosis could be made" in a_page(a_grid(a=[1, 2]), diagnosis=None)


def test_a_diagnosis_that_was_given_up_says_only_why() -> None:
    page = a_page(
        a_grid(a=[1, 2]), diagnosis=a_diagnosis(sessions=0, indicators=[], verdict="unknown", summary={"zh": "读不出", "en": "lost"})
    )
    assert "读不出" in page and "无法判断" in page
    assert "0 个交易日" not in page and "过拟合诊断" not in page


def test_the_same_reason_was_told_line_after_line() -> None:
    little = {"zh": "只有一个组合", "en": "one combination only"}
    rows = [{**row, "value": None, "meaning": little, "advice": {"zh": "", "en": ""}} for row in a_diagnosis()["indicators"]]
    page = a_page(a_grid(a=[1, 2]), diagnosis=a_diagnosis(indicators=rows))
    assert page.count("只有一个组合") == 1 and page.count("同上") == len(rows) - 1
    assert "同上" not in a_page(a_grid(a=[1, 2]))


def test_parameters_were_listed_in_an_order_that_was_nobodys() -> None:
    page = a_page(a_grid(short=[1, 2], long=[3]), spec={"long": [3], "short": [1, 2]})
    listed = page[page.rindex(">参数<") :]
    assert listed.index("<dt>short</dt>") < listed.index("<dt>long</dt>")


def test_a_star_was_explained_where_nothing_has_a_sharpe_ratio() -> None:
    rows = a_grid(a=[1, 2], b=[1, 2])
    assert "★ <span" in a_page(rows)
    assert "★ <span" not in a_page([row._replace(stats=LONG | {"return": 0.0}) for row in rows])


def test_a_run_without_time_was_cancelled_for_a_budget() -> None:
    page = a_page([a_row({"a": 1}), a_failure({"a": 2}, "cancelled: budget")])
    assert "计算时间用完（budget_ms）" in page and "cancelled: budget" not in page


@pytest.mark.parametrize(
    ("universe", "said"),
    [
        ({"kind": "all"}, "全部股票"), ({"all": True}, "all stocks"), ({"kind": "index", "index": "000300.SH"}, "000300.SH 的成份股"),
        ({"kind": "rank", "field": "amount", "top": 300, "lag": 1}, "the 300 highest by amount (lag 1)"),
        ({"kind": "codes", "codes": ["000001.SZ", "600519.SH"]}, "000001.SZ, 600519.SH"), (["600519.SH"], "<dd>600519.SH</dd>"),
        ({"industry": "银行"}, "银行 行业"), ({"kind": "boards", "boards": ["main", "star", "fund"]}, "主板、科创板、ETF"),
        ({"rank": "pe", "bottom": 30, "within": {"index": "000300.SH"}}, "the 30 lowest by pe (lag 1) of members of 000300.SH"),
        ({"any": [{"boards": ["fund"]}, ["600519.SH"]]}, "600519.SH, or ETFs"),
        ({"from": {"all": True}, "where": "not is_st"}, "all stocks, where not is_st"), ({"where": "not is_st"}, "符合 not is_st"),
    ],
)  # fmt: skip
def test_a_universe_was_told_as_the_program_keeps_it(universe: Any, said: str) -> None:
    page = a_page([], context=CONTEXT | {"universe": universe})
    assert said in page and "kind:" not in page


def rank_cells(page: str) -> list[str]:
    """Of the first parameter."""
    table = page[page.index("排名") :]
    return re.findall(r"<tr><td>\d+</td><td>([\d.]+)</td>", table)


def test_the_ranking_is_by_return_and_ends_at_its_limit() -> None:
    rows = [a_row({"a": a}, **{"return": value}) for a, value in enumerate([0.1, None, 0.3, -0.2, 0.3])]
    assert rank_cells(a_page(rows)) == ["2", "4", "0", "3", "1"], "equals in grid order, what has no figure last"
    many = [a_row({"a": a}, **{"return": a / 1e4}) for a in range(SHOWN_ROWS + 5)]
    page = a_page(many)
    assert len(rank_cells(page)) == SHOWN_ROWS and f"the first {SHOWN_ROWS} of {SHOWN_ROWS + 5}" in page


def test_a_run_that_is_the_best_by_several_metrics_has_one_line() -> None:
    rows = [a_row({"a": 1}, sharpe=2.0, calmar=1.0, **{"return": 0.5}), a_row({"a": 2}, sharpe=1.0, calmar=3.0, **{"return": 0.4})]
    page = a_page(rows)
    start = page.index("<tbody>", page.index("最佳组合"))
    table = page[start : page.index("</tbody>", start)]
    assert table.count("<tr>") == 2 and "总收益" in table and "卡玛" in table


def test_too_small_samples_are_marked() -> None:
    assert "†" not in a_page([a_row({"a": 1}, win_rate=0.4), a_row({"a": 2})])
    page = a_page([a_row({"a": 1}, win_rate=0.4, trades=3), a_row({"a": 2})])
    assert "40.00%<sup" in page and "样本不足" in page


def test_failures_are_told_by_message_and_escaped() -> None:
    page = a_page([a_failure({"a": 1}, "<b>late</b>"), a_failure({"a": 2}), a_failure({"a": 3}), GridRow({"a": 4}, None, "cancelled")])
    assert "&lt;b&gt;late" in page and "<b>late" not in page
    assert page.index("no bars in the window") < page.index("&lt;b&gt;late"), "the most frequent first"
    assert "没有成功的组合" in page and "已取消" in page


def test_the_overview_counts_the_whole_grid() -> None:
    rows = [a_row({"a": a}, excess_return=value - 0.15, **{"return": value}) for a, value in enumerate([0.1, 0.2, -0.3])]
    page = a_page([*rows, a_failure({"a": 9})], skipped=7)
    for label, text in (
        ("组合数", "4"),
        ("未成功", "1"),
        ("被约束排除", "7"),
        ("盈利组合占比", "66.7%"),
        ("收益中位数", "+10.00%"),
        ("跑赢基准占比", "33.3%"),
    ):
        assert re.search(rf'{label}</span>.*?</span><b class="[a-z]*">{re.escape(text)}</b>', page), label


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [a_row({})],
        [a_row({"a": 1})],
        [a_row({"a": 1}, sharpe=None, **{"return": None})],
        [a_failure({"a": a, "b": b}) for a in (1, 2) for b in (1, 2)],
        [a_row({"a": a, "b": b}, sharpe=None, max_dd=0.0, trades=0, **{"return": 0.0}) for a in (1, 2) for b in (1, 2)],
        [GridRow({"a": 1}, {"return": 0.1}, "succeeded")],
        [a_row({"a": 0.1, "b": 1e-9}), a_row({"a": 0.2, "b": 1e-9}), a_row({"a": 0.2, "b": 1e9})],
    ],
    ids=["nothing", "no parameters", "one", "no figures", "all failed", "all cash", "older statistics", "odd numbers"],
)
@pytest.mark.parametrize("diagnosis", [None, a_diagnosis(indicators=[])], ids=["undiagnosed", "no indicators"])
def test_a_page_of_little_invents_nothing(rows: list[GridRow], diagnosis: dict[str, Any] | None) -> None:
    page = a_page(rows, diagnosis=diagnosis, spec={}, context={})
    assert "None" not in page and "nan" not in page


def test_the_page_needs_nothing_from_elsewhere_and_names_what_it_came_from() -> None:
    page = a_page(
        a_grid(a=[1, 2], b=[1, 2]), identity={"engine version": "1.2", "strategy": "c0ffee"}, spec={"a": {"start": 1, "stop": 2, "step": 1}}
    )
    assert "<script" not in page and "<link" not in page and "@import" not in page and "<img" not in page
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}
    for text in ("合成样本数据", "c0ffee", "1.2", "1 至 2，步长 1", "1 to 2 by 1", "2019-01-02 – 2024-12-31"):
        assert text in page
    assert "合成样本数据" not in a_page([], context={"datasource_version": "import:v2"})


def openings(page: str) -> Iterator[tuple[str, int]]:
    for tag in ("div", "section", "table", "tr", "td", "th", "span", "figure", "svg", "g", "p", "h2", "b", "dl", "dd"):
        yield tag, len(re.findall(rf"<{tag}[\s>]", page)) - page.count(f"</{tag}>")


def test_every_element_is_closed() -> None:
    page = a_page([*a_grid(a=[1, 2], b=[1, 2], c=[1, 2]), a_failure({"a": 3, "b": 1, "c": 1})])
    assert {tag: open_ for tag, open_ in openings(page) if open_} == {}


def test_columns_are_metrics() -> None:
    assert set(COLUMNS) <= {row.key for row in METRICS}


@pytest.mark.parametrize("axes", [(100, 100), (10_000,), (10, 10, 10, 10), (20, 20, 25)])
def test_ten_thousand_combinations_stay_small_and_quick(axes: tuple[int, ...]) -> None:
    rows = a_grid(**{name: [float(value) for value in range(size)] for name, size in zip("abcd", axes, strict=False)})
    began = time.process_time()
    page = a_page(rows)
    assert time.process_time() - began < 3
    assert len(page.encode()) < 3_000_000
