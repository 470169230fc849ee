"""Functions across stocks: each equals its slow twin on every day, sees members alone, and agrees with pandas and SciPy."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Floats
from engine.errors import StrategyError
from engine.indicators import compute
from engine.indicators.bars import own_bars
from engine.indicators.catalog.cross_section import FUNCTIONS, PAST_MEMBERS
from engine.language import Graph, compile_strategy
from engine.market import Market
from tests import naive_cross_section as naive
from tests.engine.panels import random_market
from tests.engine.test_sorting import SHAPES

NAN, INF = float("nan"), float("inf")
INDUSTRIES = ("bank", "coal", "")
Panel = npt.NDArray[np.float64]

numbers = st.one_of(st.sampled_from([NAN, INF, -INF, 0.0, 0.1]), st.integers(-3, 3).map(float), st.floats(-1e6, 1e6, allow_subnormal=False))


def with_pe(market: Market, pe: Panel) -> Market:
    industries = tuple(INDUSTRIES[k % len(INDUSTRIES)] for k in range(market.shape[1]))
    return replace(market, fields={"pe": pe}, listings=replace(market.listings, industries=industries))


def of_pe(market: Market, function: str, *constants: float) -> Panel:
    """(T, N) the function of pe; infinite without a bar, so that NaN is what the function says."""
    bars, graph = own_bars(market), Graph()
    panel = np.full(market.shape, INF)
    panel.reshape(-1)[bars.cells] = compute.values(bars, graph, graph.add(function, (graph.add("pe"),), constants))
    return panel


def expected(market: Market, function: str, *constants: float) -> Panel:
    panel = np.where(market.open > 0, NAN, INF)
    for row in range(market.shape[0]):
        there = np.flatnonzero((market.open[row] > 0) & (market.member[row] == 1))
        more = ([market.listings.industries[k] for k in there],) if function == "neutralize" else constants
        panel[row, there] = getattr(naive, function)(market.fields["pe"][row, there].tolist(), *more)
    return panel


CALLS = [("rank",), ("demean",), ("zscore",), ("winsorize", 0.0), ("winsorize", 0.8), ("winsorize", 3.0), ("neutralize",)]


def test_every_function_is_here() -> None:
    assert {name for name, *_ in CALLS} == {row.name for row in FUNCTIONS}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(map(str, call)))
@pytest.mark.parametrize("stocks", [1, 2, 7, 66])
def test_it_is_its_slow_twin(call: tuple[str, float], stocks: int) -> None:
    market = random_market(stocks, sessions=40, stocks=stocks, members=0.8, holes=0.2)
    market = with_pe(market, market.fields["pe"])
    np.testing.assert_array_equal(of_pe(market, *call), expected(market, *call))


@pytest.mark.parametrize("shape", ["heavy tails", "ties", "infinities"])
def test_ranks_of_a_wide_day(shape: str) -> None:
    """Of shapes that equal steps from the smallest to the largest do not tell apart."""
    market = random_market(3, sessions=4, stocks=300, members=0.9, holes=0.1)
    market = with_pe(market, np.array([SHAPES[shape](np.random.default_rng(row), 300) for row in range(4)]))
    np.testing.assert_array_equal(of_pe(market, "rank"), expected(market, "rank"))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(map(str, call)))
@settings(max_examples=60, deadline=None)
@given(day=st.lists(numbers, min_size=1, max_size=9))
def test_awkward_days(call: tuple[str, float], day: list[float]) -> None:
    """Infinite numbers, ties, nobody with a number, everybody equal."""
    market = with_pe(random_market(1, sessions=3, stocks=len(day), holes=0.0, late=0.0), np.tile(day, (3, 1)))
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(of_pe(market, *call), expected(market, *call))


def a_day(values: list[float], **others: Floats) -> Market:
    return replace(with_pe(random_market(1, sessions=1, stocks=len(values), holes=0.0, late=0.0), np.array([values])), **others)


def test_ranks_run_from_zero_to_one_and_equals_share_their_mean() -> None:
    assert of_pe(a_day([30.0, 10.0, 20.0, 20.0, INF]), "rank").tolist() == [[0.75, 0.0, 0.375, 0.375, 1.0]]
    assert of_pe(a_day([7.0, NAN]), "rank")[0, 0] == 0.5


def test_who_is_no_member_counts_nowhere() -> None:
    members = np.array([[1, 0, 1]], np.uint8)
    assert of_pe(a_day([1.0, 50.0, 3.0], member=members), "demean")[0].tolist()[::2] == [-1.0, 1.0]
    assert np.isnan(of_pe(a_day([1.0, 50.0, 3.0], member=members), "rank")[0, 1])


def test_equal_numbers_deviate_by_nothing() -> None:
    """0.1 + 0.1 + 0.1 is more than 0.3: a mean of that would make everybody cheap."""
    equal = a_day([0.1] * 3)
    assert of_pe(equal, "demean").tolist() == [[0.0] * 3]
    assert np.isnan(of_pe(equal, "zscore")).all()
    assert of_pe(equal, "winsorize", 1.0).tolist() == [[0.1] * 3]
    assert of_pe(a_day([0.1] * 9), "neutralize").tolist() == [[0.0] * 9]


def test_an_infinite_number_spoils_nobody_else() -> None:
    day = a_day([1.0, 2.0, 3.0, INF])
    assert of_pe(day, "demean").tolist() == [[-1.0, 0.0, 1.0, INF]]
    assert of_pe(day, "zscore").tolist() == [[-1.0, 0.0, 1.0, INF]]
    assert of_pe(day, "winsorize", 1.0).tolist() == [[1.0, 2.0, 3.0, 3.0]]


def test_an_industry_is_measured_by_itself() -> None:
    """bank, coal, unknown, bank, coal: who is alone in its industry is its mean."""
    assert of_pe(a_day([1.0, 10.0, 7.0, 3.0, 30.0]), "neutralize").tolist() == [[-1.0, -10.0, 0.0, 1.0, 10.0]]


@pytest.mark.parametrize(
    ("call", "theirs"),
    [
        (("rank",), lambda day: (day.rank() - 1) / (day.count() - 1)),
        (("demean",), lambda day: day - day.mean()),
        (("zscore",), lambda day: pd.Series(scipy.stats.zscore(day, ddof=1, nan_policy="omit"), day.index)),
        (("winsorize", 1.5), lambda day: day.clip(day.mean() - 1.5 * day.std(), day.mean() + 1.5 * day.std())),
    ],
    ids=["rank", "demean", "zscore", "winsorize"],
)
def test_pandas_and_scipy_agree(call: tuple[str, float], theirs: Callable[[pd.Series], pd.Series]) -> None:
    market = random_market(5, sessions=30, stocks=40, members=0.8)
    seen = np.where((market.open > 0) & (market.member == 1), market.fields["pe"], NAN)
    found = np.where(market.open > 0, of_pe(market, *call), NAN)
    np.testing.assert_allclose(found, np.array([theirs(pd.Series(day)) for day in seen]), rtol=1e-9, atol=1e-9)


def test_pandas_agrees_within_industries() -> None:
    market = random_market(6, sessions=30, stocks=40, members=0.8)
    market = with_pe(market, market.fields["pe"])
    seen = pd.DataFrame(np.where((market.open > 0) & (market.member == 1), market.fields["pe"], NAN))
    own = list(market.listings.industries)
    theirs = pd.DataFrame([day - day.groupby(own).transform("mean") for _, day in seen.iterrows()])
    np.testing.assert_allclose(np.where(market.open > 0, of_pe(market, "neutralize"), NAN), theirs, rtol=1e-9, atol=1e-9)


def test_the_members_of_the_panel_are_found_once_and_in_its_order() -> None:
    market = random_market(2, sessions=20, stocks=9, members=0.7)
    bars = own_bars(market)
    assert bars.members is bars.members
    cells = bars.cells[bars.members.bars]
    assert cells.tolist() == np.flatnonzero((market.open > 0) & (market.member == 1)).tolist()
    assert [(cells // 9 == row).sum() for row in range(20)] == np.diff(bars.members.starts).tolist()


def strategy(entry: str, let: str = "") -> str:
    return f"name: across\nuniverse: {{all: true}}\nlet: {{{let}}}\nentry: {entry}\nexit: close < open\n"


def test_who_was_a_member_before_the_window_is_asked_for() -> None:
    """Also where the function stands in a let; not where a let with it is never used."""
    assert compile_strategy(strategy("rank(pe) > 0.5")).fields == {"pe", PAST_MEMBERS}
    assert compile_strategy(strategy("best", 'cheap: "zscore(-close / open)", best: "sma(cheap, 20) > 1"')).fields == {PAST_MEMBERS}
    assert compile_strategy(strategy("close > open", 'cheap: "zscore(pe)"')).fields == frozenset()


def test_comparing_stocks_by_adjusted_levels_is_warned_about() -> None:
    (warning,) = compile_strategy(strategy("rank(sma(close, 5)) > 0.5")).warnings
    assert "compares stocks by an adjusted price level" in str(warning)
    for fine in ("rank(close / ref(close, 5)) > 0.5", "rank(raw_close) > 0.5", "demean(roc(close, 5)) > 0"):
        assert compile_strategy(strategy(fine)).warnings == ()


def test_an_industry_is_no_number() -> None:
    with pytest.raises(StrategyError, match=r"unknown name 'industry' \(it is no number; neutralize\(x\)"):
        compile_strategy(strategy("industry > 3"))
