"""What the benchmarks are made of says what it claims: grids, markets, stored markets, means of a MACD grid, the loop by hand."""

from pathlib import Path

import numpy as np
import pytest

from bench import expressions
from bench.generated import generated_market
from bench.generated_facts import INDEX, with_facts
from bench.measuring import race
from bench.planning import exponential_means, long_text
from bench.stored import mapped, packed
from bench.strategies import TEN, Combination, Varied, dual_moving_average, hundred_pairs, many_pairs, wide_pairs
from bench.workload import Size
from engine.language import Graph, compile_strategy
from engine.simulation.door import check_market


@pytest.mark.parametrize("row", TEN, ids=lambda row: row.template)
def test_a_template_varies_its_own_parameters_in_a_hundred_ways(row: Varied) -> None:
    program = compile_strategy(row.text())
    combinations = row.combinations(1_000)
    assert len({tuple(each.items()) for each in combinations}) == 100
    assert all(program.allows(each) for each in combinations)
    assert set(row.grid) <= {parameter.name for parameter in program.parameters}


def test_the_ten_are_ten() -> None:
    assert len({row.template for row in TEN}) == len({row.differs for row in TEN}) == 10


@pytest.mark.parametrize(
    "pairs", [hundred_pairs(), many_pairs(10_000), many_pairs(100_000), wide_pairs(1_000), wide_pairs(10_000)], ids=len
)
def test_pairs_differ_and_are_allowed(pairs: list[Combination]) -> None:
    assert len({(pair["ma_short"], pair["ma_long"]) for pair in pairs}) == len(pairs)
    program = compile_strategy(dual_moving_average(slots=1))
    assert all(program.allows(pair) for pair in [*pairs[:: len(pairs) // 50], pairs[-1]])


@pytest.mark.parametrize("stocks", [1, 64, 500])
def test_a_generated_market_is_one_that_the_engine_takes(stocks: int) -> None:
    market = with_facts(generated_market(400, stocks))
    assert check_market(market) == []
    assert [problem.field for problem in check_market(market.references[INDEX])] == ["boards"]  # an index is right, and never traded
    assert np.isnan(market.fields["pe"]).any() == (stocks > 1)


def test_prices_without_bonus_issues_need_no_factor() -> None:
    assert (generated_market(400, 5, bonus_issues=False).adj_factor == 1_000_000).all()
    assert (generated_market(400, 5).adj_factor[-1] > 1_000_000).all()


def test_a_stored_market_is_the_same(tmp_path: Path) -> None:
    market = with_facts(generated_market(120, 3))
    file = tmp_path / "market.panel"
    file.write_bytes(packed(market))
    again = mapped(file)
    for name in ("sessions", "times", "open", "high", "low", "close", "pre_close", "volume", "amount", "adj_factor", "member"):
        assert np.array_equal(getattr(again, name), getattr(market, name)), name
    assert (again.codes, again.listings.industries, list(again.fields)) == (market.codes, market.listings.industries, list(market.fields))
    assert np.array_equal(again.references[INDEX].close, market.references[INDEX].close)
    assert again.benchmark is not None and market.benchmark is not None
    assert np.array_equal(again.benchmark.closes, market.benchmark.closes)


def test_a_macd_grid_has_each_exponential_mean_once() -> None:
    grid: list[Combination] = [{"fast": fast, "slow": slow} for fast in range(5, 15) for slow in range(20, 40, 2)]
    assert exponential_means(grid) == {"means_asked_for": 300, "means_of_closes": 20, "means_of_differences": 100}


def test_a_long_text_has_the_nodes_that_it_promises() -> None:
    program, graph = compile_strategy(long_text(200)), Graph()
    program.outputs(graph, program.check_params({}))
    assert 200 <= len(graph.nodes) < 300


def test_a_loop_by_hand_that_finds_something_else_is_no_measure() -> None:
    found = [(np.zeros((3, 1), np.uint64), np.zeros((3, 1), np.uint64))]
    other = [(np.ones((3, 1), np.uint64), np.zeros((3, 1), np.uint64))]
    with pytest.raises(ValueError, match="other signals"):
        expressions._against(expressions.Language(lambda: found, lambda: found), lambda: other, Size(1, 3, 1, 1))


def test_contestants_take_turns() -> None:
    order: list[str] = []
    times = race({name: lambda name=name: order.append(name) for name in "ab"}, Size(1, 1, 1, 3))  # type: ignore[misc]
    assert order == list("ababab")
    assert [len(each.wall) for each in times.values()] == [3, 3]
    assert times["a"].figures(10)["combinations_per_second"] > 0
