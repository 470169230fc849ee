"""The charts of a report: whole, with gaps as gaps, and marks at round places."""

import re
from math import isfinite, nan
from xml.etree import ElementTree

from hypothesis import example, given
from hypothesis import strategies as st

from engine.statistics.tables import Period
from engine.words import Words
from functions.reports.axes import date_ticks, linear_axis, log_axis, log_ticks, money_label, number_label, percent_label, value_ticks
from functions.reports.bars import yearly_bars
from functions.reports.charts import Chart, Line, kept, line_chart, runs

NAME = Words("线", "a <line>")


def a_chart(values: list[float | None], base: float | None = None) -> Chart:
    return Chart(list(range(20200101, 20200101 + len(values))), [Line(values, "curve", NAME, is_filled=True)], number_label, base=base)


def paths(page: str, style: str) -> list[str]:
    return re.findall(rf'<path class="line {style}" d="([^"]*)"', page)


@given(st.lists(st.none() | st.floats(-1e12, 1e12) | st.just(nan), min_size=1, max_size=400), st.sampled_from([None, 0.0]), st.booleans())
@example([6.0, 3.3e-308], None, True)  # ratios without end were places that are no numbers
@example([5e-324], None, True)
def test_every_chart_is_sound_svg(values: list[float | None], base: float | None, is_log: bool) -> None:
    page = str(line_chart(a_chart(values, base), is_log=is_log))
    if page:
        assert ElementTree.fromstring(page).tag == "div" and len(ElementTree.fromstring(page).findall("svg")) == 1
    assert "nan" not in page and "inf" not in page and "None" not in page
    if not any(value is not None and isfinite(value) for value in values):
        assert page == ""


def test_a_gap_is_a_gap_in_the_line() -> None:
    (path,) = paths(str(line_chart(a_chart([1.0, 2.0, None, nan, 3.0, None, 4.0, 5.0]))), "curve")
    assert path.count("M") == 3 and path.count("h0") == 1  # a value alone is a dot
    assert [list(run) for run in runs([None, 1.0, nan, 2.0, 3.0])] == [[1], [3, 4]]


def test_the_line_goes_from_the_lowest_to_the_highest_mark() -> None:
    (path,) = paths(str(line_chart(a_chart([0.0, 10.0, 5.0]))), "curve")
    assert path == "M0.0,100.00 500.0,0.00 1000.0,50.00"
    (path,) = paths(str(line_chart(a_chart([1.0, 100.0, 10.0]), is_log=True)), "curve")
    assert path == "M0.0,100.00 500.0,0.00 1000.0,50.00"  # ten is half way from one to a hundred


def test_what_has_no_logarithm_has_no_logarithmic_chart() -> None:
    assert line_chart(a_chart([1.0, 0.0]), is_log=True) == "" and line_chart(a_chart([1.0, -1.0]), is_log=True) == ""
    assert line_chart(a_chart([5.0]), is_log=True) and log_axis(0.0, 1.0) is None


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=300), st.integers(1, 40))
def test_a_thinned_line_keeps_its_ends_and_extremes(values: list[int], columns: int) -> None:
    indices = kept(values, columns)
    assert indices == sorted(set(indices)) and indices[0] == 0 and indices[-1] == len(values) - 1
    drawn = [values[i] for i in indices]
    assert (min(drawn), max(drawn)) == (min(values), max(values))
    assert len(indices) <= 4 * columns


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
@example(0.0, 5e-324)
@example(1_000_000.0, 0.0)
def test_value_ticks_enclose_the_range(low: float, span: float) -> None:
    ticks = value_ticks(low, low + span)
    slack = 1e-9 * max(1.0, abs(low), abs(low + span))
    assert ticks[0] <= low + slack and ticks[-1] >= low + span - slack
    assert 1 <= len(ticks) <= 8
    axis = linear_axis(low, low + span)
    assert axis.low < axis.high and 0 <= axis.place(low + span) <= axis.place(low) <= 1


@given(st.floats(1e-6, 1e9), st.floats(1.0, 1e12))
def test_a_logarithmic_axis_holds_its_range(low: float, factor: float) -> None:
    axis = log_axis(low, low * factor)
    assert axis is not None and -1e-9 <= axis.place(low * factor) <= axis.place(low) <= 1 + 1e-9
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks) and len(axis.ticks) <= 20


def test_marks_of_a_logarithm_are_ones_twos_and_fives() -> None:
    assert log_ticks(0.9e6, 22e6) == [1e6, 2e6, 5e6, 1e7, 2e7]
    assert log_ticks(1.0, 1e6) == [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]
    assert log_ticks(0.95e6, 1.42e6) == [1e6, 1.1e6, 1.2e6, 1.3e6, 1.4e6]


def test_dates_are_marked_by_year_half_year_quarter_or_month() -> None:
    years = [year * 10_000 + month * 100 + 1 for year in range(2018, 2025) for month in range(1, 13)]
    assert [text for _, text in date_ticks(years)] == [str(year) for year in range(2019, 2025)]
    assert [text for _, text in date_ticks(years[:36])] == ["2018-07", "2019-01", "2019-07", "2020-01", "2020-07"]
    assert [text for _, text in date_ticks(years[:12])] == ["2018-04", "2018-07", "2018-10"]
    assert [text for _, text in date_ticks([20200131, 20200203, 20200204])] == ["2020-02"]
    many = [year * 10_000 + month * 100 + 1 for year in range(1991, 2025) for month in range(1, 13)]
    assert [text for _, text in date_ticks(many)] == ["1995", "2000", "2005", "2010", "2015", "2020"]


def test_labels_are_short_in_both_languages() -> None:
    assert money_label(1_500_000) == Words("150万", "1.5m") and money_label(2e8) == Words("2亿", "200m")
    assert money_label(950) == Words("950", "950") and money_label(-20_000) == Words("-2万", "-20k")
    assert percent_label(0.125) == "12.5%" and percent_label(-0.0) == "0%" and number_label(-0.0) == "0"


def test_yearly_bars_rise_in_red_and_fall_in_green_beside_the_benchmark() -> None:
    years = [Period(2020, 0, 0.1, 0.3, 243), Period(2021, 0, -0.1, None, 243), Period(2022, 0, 0.0, -0.1, 10)]
    page = str(yearly_bars(years))
    assert re.findall(r'<rect class="(\w*)"', page) == ["up", "other", "down", "", "other"]
    heights = [float(height) for height in re.findall(r'height="([\d.]+)"><title>', page)]
    assert heights == [25.0, 75.0, 25.0, 0.0, 25.0]
    assert "2021 · -10.00%<" in page and ElementTree.fromstring(page).tag == "div"
    assert yearly_bars([]) == ""
