"""The doctor on results of the real engine: what it reads is what the ledger says, and honest runs are not accused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.sample import build_sample
from engine.doctor.case import Case
from engine.doctor.examine import examine
from engine.evaluate import evaluate
from engine.language import compile_strategy
from engine.market import FAR, Market
from engine.results import Result, cell_of
from engine.simulation.limits import price_limits
from engine.simulation.run import Signals, simulate
from engine.simulation.tape import prepare
from engine.statistics import sessions_of
from engine.terms import Conditions, Terms
from tests.engine.made_results import CASH, quiet_market
from tests.engine.panels import random_market as calm_market
from tests.engine.random_markets import pack, padded, random_case

TEMPLATES = Path(__file__).parents[2] / "engine" / "templates"
WINDOW = (20190102, 20241231)


def result_of(market: Market, signals: Signals, terms: Terms) -> Result:
    outcome = simulate(prepare(market, terms.conditions), signals, terms, record=True)
    cell = cell_of({}, outcome, sessions_of(market.sessions[market.window_start :]), terms.initial_cash, market.benchmark)
    return Result(cell, outcome, market, terms)


def traded(market: Market, entry: Any, exit_: Any, **terms: Any) -> Result:
    """entry, exit_ (T, N) bool."""
    signals = Signals(pack(entry), pack(exit_), padded(np.zeros(market.shape)))
    return result_of(market, signals, Terms(**{"initial_cash": CASH, "max_positions": market.shape[1], **terms}))


def codes(result: Result, **context: Any) -> set[str]:
    return {finding.code for finding in examine(result, context)}


# ------------------------------------------------------------------------------------------------- random ledgers


@pytest.mark.parametrize("seed", range(60))
def test_random_ledgers_are_read_exactly(seed: int) -> None:
    """Ex-dates, dividends, delistings, new codes, orders at a price, minute bars: trades and positions earn the run's pnl to the li."""
    case = random_case(seed)
    result = result_of(case.market, case.signals, case.terms)
    read = Case(result, {})
    assert read.earned is not None
    assert read.fills is not None
    assert read.limits_of_fills is not None
    assert sum(pnl for _, pnl in read.earned) == read.pnl == int(result.outcome.equity[-1]) - case.terms.initial_cash
    up, down = price_limits(case.market)
    at = (read.fills.bar, read.fills.stock)
    np.testing.assert_array_equal(read.limits_of_fills, (up[at], down[at]))
    for finding in examine(result, {}):
        json.dumps(finding.to_json(), allow_nan=False)


# ------------------------------------------------------------------------------------------------- who knows the future, and who does not


def walk(seed: int, sessions: int = 400) -> Market:
    """No suspensions, no limits in the way."""
    return calm_market(seed, sessions=sessions, stocks=8, holes=0.0, late=0.0, ex_dates=0.0)


def rises(market: Market) -> Any:
    """(T, N) whether the stock's next bar closes above its open; the last bar's next is unknown."""
    up = np.zeros(market.shape, bool)
    up[:-1] = market.close[1:] > market.open[1:]
    return up


@pytest.mark.parametrize("seed", range(6))
def test_signals_that_know_the_next_bar_are_found_out(seed: int) -> None:
    market = walk(seed)
    up = rises(market)
    finding = next(each for each in examine(traded(market, up, ~up), {}) if each.code == "LOOK_AHEAD")
    assert finding.severity == "serious"
    assert finding.figures["z"] > 5  # type: ignore[operator]
    assert finding.figures["place"] > 0.65  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(12))
def test_signals_that_know_nothing_are_not_accused(seed: int) -> None:
    market, rng = walk(seed), np.random.default_rng(seed)
    result = traded(market, rng.random(market.shape) < 0.3, rng.random(market.shape) < 0.3, volume_cap=1_000_000)
    assert result.outcome.tallies.trades > 100
    assert not {each.code for each in examine(result, {}) if each.severity == "serious"}


@pytest.mark.parametrize("seed", range(6))
def test_signals_that_know_this_bar_are_not_accused(seed: int) -> None:
    """Which is what a strategy may know: it buys what fell, and sells what rose."""
    market = walk(seed)
    fell = market.close < market.open
    assert "LOOK_AHEAD" not in codes(traded(market, fell, ~fell))


# ------------------------------------------------------------------------------------------------- what the engine lets through


def some(market: Market) -> tuple[Any, Any]:
    """Buys on every fourth bar, sells two bars later."""
    entry, exit_ = np.zeros(market.shape, bool), np.zeros(market.shape, bool)
    entry[::4], exit_[2::4] = True, True
    return entry, exit_


def test_the_volume_cap_heals_what_no_market_could_fill() -> None:
    market = quiet_market()
    thin = replace(market, volume=np.full(market.shape, 5_000, np.int64))
    assert "MORE_THAN_TRADED" in codes(traded(thin, *some(thin)))
    assert not {"MORE_THAN_TRADED", "LARGE_IN_VOLUME"} & codes(traded(thin, *some(thin), volume_cap=1_000_000))


def test_the_rule_of_limits_heals_purchases_at_the_limit() -> None:
    market = quiet_market()
    limits = np.full(market.shape, 11_000, np.int32)
    limits[1::8] = 10_000  # the open of half of the bars that are bought in
    locked = replace(market, limit_up=limits)
    free = traded(locked, *some(locked), conditions=Conditions(price_limits=False))
    finding = next(each for each in examine(free, {}) if each.code == "FILLS_AT_LIMIT")
    assert finding.figures["share"] == pytest.approx(0.25, abs=0.01)
    assert finding.figures["locked"] == 0
    assert "FILLS_AT_LIMIT" not in codes(traded(locked, *some(locked)))
    assert "RULES_OFF" in codes(free)


def test_bars_that_never_left_the_limit_are_counted() -> None:
    market = quiet_market()
    rows = np.arange(300)[:, None] % 4 == 1
    flat = replace(
        market,
        high=np.where(rows, 11_000, market.high).astype(np.int32),
        low=np.where(rows, 11_000, market.low).astype(np.int32),
        open=np.where(rows, 11_000, market.open).astype(np.int32),
        close=np.where(rows, 11_000, market.close).astype(np.int32),
    )
    result = traded(flat, *some(flat), conditions=Conditions(price_limits=False))
    finding = next(each for each in examine(result, {}) if each.code == "FILLS_AT_LIMIT")
    assert finding.figures["locked"] == finding.figures["count"] == result.outcome.tallies.buys


def test_minimum_commissions_on_tiny_orders_are_named() -> None:
    market = walk(1)
    rng = np.random.default_rng(1)
    assert "COSTS" in codes(
        traded(market, rises(market), rng.random(market.shape) < 0.5, sizing="shares", size=100, commission_minimum=50_000)
    )


def test_a_breaker_is_dated_by_its_session() -> None:
    market = walk(3)
    up = rises(market)
    result = traded(market, ~up, up, max_drawdown=500_000)
    finding = next(each for each in examine(result, {}) if each.code == "BREAKER")
    equity = [CASH, *result.cell.equity.tolist()]
    fallen = next(k for k in range(1, len(equity)) if equity[k] <= max(equity[: k + 1]) * 0.95)
    day = str(Case(result, {}).dates[fallen - 1])
    assert finding.figures["since"] == f"{day[:4]}-{day[4:6]}-{day[6:]}"


def test_cash_alone_is_no_result() -> None:
    market = quiet_market()
    nothing = np.zeros(market.shape, bool)
    assert codes(traded(market, nothing, nothing)) == {"NO_TRADES"}


def test_a_market_without_limits_and_bars() -> None:
    market = quiet_market(30)
    empty = {name: np.zeros(market.shape, np.int32) for name in ("open", "high", "close", "pre_close")}
    bare = replace(market, low=np.full(market.shape, FAR, np.int32), volume=np.zeros(market.shape, np.int64), **empty)
    assert codes(traded(bare, *some(bare))) == {"NO_TRADES", "TOO_SHORT"}


# ------------------------------------------------------------------------------------------------- the sample market


@pytest.fixture(scope="module")
def sample_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(f"file://{tmp_path_factory.mktemp('lake')}")
    build_sample(lake.url)
    return lake


@pytest.mark.parametrize("name", sorted(path.stem for path in TEMPLATES.glob("*.yaml")))
def test_templates_on_the_sample_market_are_not_accused(name: str, sample_lake: Lake) -> None:
    dataset = build_sample(sample_lake.url)
    program = compile_strategy((TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert program.universe is not None
    spec = PanelSpec.of(dataset, program.universe.to_json(), WINDOW, program.look_back, fields=program.fields)
    market = to_market(*unpack(build_panel(sample_lake, replace(spec, benchmark=next(iter(dataset.catalog.indices))))))
    result = evaluate(program, market, {}, CASH)
    assert result.cell.stats["trades"]
    assert [finding.code for finding in examine(result, {"universe": None}) if finding.severity == "serious"] == []
