"""How a strategy trades: prices of orders, finer bars, dividends, fees, rules; and the same settings without a strategy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.errors import StrategyError
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals
from engine.language import Graph, Program, Settings, compile_settings, compile_strategy
from engine.simulation.door import check_terms
from engine.terms import ONE, Conditions, Terms
from tests.engine.panels import random_market

MARKET_ORDERS = "949aea3ea18c8c13c569524d3fa31e5a1593e94cbeeec3a70584bcedce8de742"
"""The identity of `plain()` before there were orders at a price."""


def plain(**sections: str) -> str:
    rows = {"name": "simple", "universe": "[600519.SH]", "entry": "close > open", "exit": "close < open", **sections}
    return "".join(f"{key}: {value}\n" for key, value in rows.items())


def priced(buy: str = "", sell: str = "", **sections: str) -> Program:
    sides = [f"{side}: {{{written}}}" for side, written in (("buy", buy), ("sell", sell)) if written]
    return compile_strategy(plain(execution=f"{{{', '.join(sides)}}}", **sections))


def ops(program: Program, params: dict[str, float] | None = None) -> dict[str, tuple[str, tuple[float, ...]]]:
    """What each price of an order is made of, and how it is taken: adjusted, rounded up."""
    graph = Graph()
    outputs = program.outputs(graph, params or {})._asdict()
    found = {name: graph.nodes[node] for name, node in outputs.items() if "_" in name and node >= 0}
    return {name: (graph.nodes[node.args[0]].op, node.numbers) for name, node in found.items() if node.op == "order_price"}


def messages(text: str | None, context: dict[str, object] | None = None) -> list[str]:
    with pytest.raises(StrategyError) as caught:
        compile_settings(text, context)
    return [str(problem) for problem in caught.value.problems]


# -------------------------------------------------------------------------------------------------------------- prices of orders


def test_every_side_has_a_limit_and_a_stop() -> None:
    program = priced('limit: raw_close, stop: "highest(high, 20)"', 'limit: open, stop: "ref(raw_low, 3)"')
    assert ops(program) == {
        "buy_limit": ("raw_close", (0.0, 0.0)),
        "buy_stop": ("highest", (1.0, 1.0)),
        "sell_limit": ("open", (1.0, 1.0)),
        "sell_stop": ("ref", (0.0, 0.0)),
    }
    assert program.look_back == 19
    assert program.warnings == ()


def test_without_prices_nothing_is_new() -> None:
    assert ops(compile_strategy(plain())) == {}
    assert compile_strategy(plain()).identity == MARKET_ORDERS
    for same in ("costs: {dividends: auto, dividend_tax: true}", "rules: {price_limits: true, t_plus_one: true, lots: true}"):
        assert compile_strategy(f"{plain()}{same}\n").identity == MARKET_ORDERS


def test_how_long_orders_wait() -> None:
    for buy, sell in ((False, False), (True, False), (False, True), (True, True)):
        force = [f"raw_close, time_in_force: {'gtc' if each else 'day'}" for each in (buy, sell)]
        terms = priced(f"limit: {force[0]}", f"stop: {force[1]}").terms({}, 1)
        assert (terms.buy_until_cancelled, terms.sell_until_cancelled) == (buy, sell)
    assert priced("limit: raw_close").identity == priced("limit: raw_close, time_in_force: day").identity


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("close * 0.98", 1.0),
        ("raw_close * 0.98", 0.0),
        ("raw_high + 0.01", 0.0),
        ("sma(close, 5) - 2 * std(close, 5)", 1.0),
        ("max(vwap, low)", 1.0),
        ("if_else(close > open, raw_low, 0)", 0.0),
        ("level", 1.0),
        ("(raw_high + raw_low) / 2", 0.0),
        ("close * share", 1.0),
    ],
)
def test_prices_are_levels_of_prices(written: str, taken: float) -> None:
    sections = {"let": '{level: "lowest(low, 5)"}', "params": "{share: {default: 0.9, min: 0.5, max: 1.5}}"}
    assert ops(priced(f'limit: "{written}"', **sections))["buy_limit"][1] == (taken, 0.0)


@pytest.mark.parametrize("written", ["10", "share", "share * 2 + 1", "close / open", "roc(close, 5)", "volume", "amount / volume", "ratio"])
def test_what_comes_from_no_price_is_refused(written: str) -> None:
    with pytest.raises(StrategyError) as caught:
        priced(
            sell=f'stop: "{written}"',
            let="{ratio: raw_close / raw_open}",
            params="{share: {default: 0.9, min: 0.5, max: 1.5}}",
            entry="ratio > share",
        )
    (problem,) = caught.value.problems
    assert problem.field == "execution.sell.stop" and problem.message.startswith("is not a price: ")
    assert problem.hint is not None and "raw_close" in problem.hint
    assert ("a constant" in problem.message) == (written in ("10", "share", "share * 2 + 1"))


def test_a_comma_inside_braces_was_told_as_an_unknown_key() -> None:
    with pytest.raises(StrategyError) as caught:
        priced(buy="stop: highest(raw_high, 5)")
    hints = [problem.hint or "" for problem in caught.value.problems]
    assert any("put quotes around the expression" in hint for hint in hints)


def test_an_adjusted_level_beside_a_traded_price_is_warned_about() -> None:
    (warning,) = priced('limit: "max(low, raw_close)"').warnings
    assert warning.field == "execution.buy.limit" and "adjusted" in warning.message


def test_prices_of_sales_need_an_exit() -> None:
    text = "name: x\nentry: close > open\nrisk: {stop_loss: 0.1}\nexecution: {sell: {limit: raw_close}}\n"
    (warning,) = compile_strategy(text).warnings
    assert (warning.field, warning.message, warning.line) == ("execution.sell", "is never used without `exit`", 4)
    assert compile_strategy(text + "exit: close < open\n").warnings == ()


def test_a_rotation_may_be_priced() -> None:
    text = 'name: x\nselect: {top: 3, by: "roc(close, 9)", every: week}\nexecution: {buy: {limit: raw_close * 1.01}, sell: {stop: low}}\n'
    program, graph = compile_strategy(text, {"universe": {"all": True}}), Graph()
    assert set(ops(program)) == {"buy_limit", "sell_stop"}
    assert program.warnings == ()
    found = next(signals(own_bars(random_market(1)), graph, [program.outputs(graph, {})]))
    assert found.buy_limit.any() and found.sell_stop.any() and found.sell_limit.size == 0


def test_prices_count_as_uses_and_say_what_they_need() -> None:
    sections = {"params": "{n: {default: 5, min: 2, max: 40}}", "let": '{floor: "lowest(low, n)"}'}
    program = priced(sell="stop: floor", buy='limit: "if_else(pe > 0, raw_close, 0)"', **sections)
    assert program.warnings == ()
    assert program.fields == {"pe"}
    assert program.look_back == 39
    graph = Graph()
    shorter, longer = (program.outputs(graph, {"n": n}) for n in (5, 6))
    assert shorter._replace(sell_stop=0) == longer._replace(sell_stop=0) and shorter.sell_stop != longer.sell_stop


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("limit: raw_close", "limit: raw_open"),
        ("limit: raw_close", "stop: raw_close"),
        ("limit: raw_close", "limit: raw_close, time_in_force: gtc"),
        ("buy:", "sell:"),
        ("{buy: {limit: raw_close}}", "{}"),
    ],
)
def test_identity_sees_prices(old: str, new: str) -> None:
    text = plain(execution="{buy: {limit: raw_close}}")
    assert compile_strategy(text.replace(old, new)).identity != compile_strategy(text).identity


def test_a_backtest_replaces_a_side_as_a_whole() -> None:
    text = plain(execution="{buy: {limit: raw_close, time_in_force: gtc}, sell: {stop: low}}")
    program = compile_strategy(text, {"execution": {"buy": {"stop": "high"}}})
    assert program.identity == compile_strategy(plain(execution="{buy: {stop: high}, sell: {stop: low}}")).identity
    with pytest.raises(StrategyError, match=r"context.execution.buy.limit: is not a price"):
        compile_strategy(text, {"execution": {"buy": {"limit": 10}}})


# ---------------------------------------------------------------------------------------------------------- conditions and terms


@pytest.mark.parametrize(
    ("section", "written", "expected"),
    [
        ("costs", "{stamp_duty: 0.0005}", Conditions(stamp_duty=5_000)),
        ("costs", "{stamp_duty: 0, transfer_fee: 0.00001 * 2}", Conditions(stamp_duty=0, transfer_fee=200)),
        ("costs", "{dividends: cash}", Conditions(actions="cash")),
        ("costs", "{dividends: cash, dividend_tax: false}", Conditions(actions="cash", dividend_tax=False)),
        ("costs", "{dividends: reinvest}", Conditions()),
        ("costs", "{dividends: auto}", Conditions()),
        ("execution", "{fill: vwap}", Conditions(fill="vwap")),
        ("rules", "{price_limits: false}", Conditions(price_limits=False)),
        ("rules", "{t_plus_one: false, lots: true}", Conditions(t_plus_one=False)),
        ("rules", "{lots: false}", Conditions(lots=False)),
    ],
)
def test_conditions_hold_for_program_and_terms(section: str, written: str, expected: Conditions) -> None:
    for program in (compile_strategy(plain(**{section: written})), compile_settings(f"{section}: {written}")):
        terms = program.terms({}, 10**9) if isinstance(program, Program) else program.terms(10**9)
        assert program.conditions == terms.conditions == expected
        check_terms(terms, expected)


def test_dividends_are_resolved_by_the_context() -> None:
    program = compile_strategy(plain())
    assert program.dividends == "auto" and program.conditions.actions == "reinvest"
    for word in ("cash", "reinvest"):
        resolved = compile_strategy(plain(costs="{dividends: auto}"), {"costs": {"dividends": word}})
        assert resolved.dividends == resolved.conditions.actions == word
        assert resolved.identity == compile_strategy(plain(costs=f"{{dividends: {word}}}")).identity != program.identity


@pytest.mark.parametrize("rule", ["price_limits", "t_plus_one", "lots"])
def test_a_rule_that_is_switched_off_is_warned_about(rule: str) -> None:
    (warning,) = compile_strategy(plain(rules=f"{{{rule}: false}}")).warnings
    assert (warning.field, warning.line) == (f"rules.{rule}", 5)
    assert "nobody can trade like this" in warning.message
    assert [each.field for each in compile_settings(f"rules: {{{rule}: false}}").warnings] == [f"rules.{rule}"]


@pytest.mark.parametrize("frequency", ["1m", "5m", "15m", "30m", "60m"])
def test_orders_may_meet_finer_bars(frequency: str) -> None:
    program = compile_strategy(plain(execution=f"{{frequency: {frequency}}}"))
    assert program.execution_frequency == frequency
    assert program.identity != MARKET_ORDERS
    assert compile_strategy(plain(), {"execution": {"frequency": frequency}}).identity == program.identity
    assert compile_settings(f"execution: {{frequency: {frequency}}}").execution_frequency == frequency
    assert compile_strategy(plain()).execution_frequency == compile_settings("").execution_frequency == ""


def test_an_industrys_weight_may_be_a_parameter() -> None:
    program = compile_strategy(plain(risk="{max_industry_weight: w}", params="{w: {default: 0.3, min: 0.1, max: 1.0}}"))
    assert program.terms({"w": 0.25}, 1).max_industry_weight == ONE // 4
    assert compile_strategy(plain()).terms({}, 1).max_industry_weight == 0


# ------------------------------------------------------------------------------------------------------ settings without a strategy


@pytest.mark.parametrize(
    "text", [None, "", "  \n\n", "# nothing\n\n  # at all\n", "{}", "risk:\n", "costs: {dividends: auto}\nrules: {lots: true}"]
)
def test_no_settings_are_every_default(text: str | None) -> None:
    found = compile_settings(text)
    assert found.terms(10**9) == Terms(initial_cash=10**9, max_positions=32_767)
    assert (found.conditions, found.dividends, found.execution_frequency, found.warnings) == (Conditions(), "auto", "", ())
    assert found.identity == compile_settings(None).identity
    check_terms(found.terms(1), Conditions())


SETTINGS = """
portfolio: {cash_reserve: 0.02}
risk: {stop_loss: 0.08, take_profit: 0.5, trailing_stop: 0.1, max_holding: 20, max_drawdown: 0.3, daily_loss: 0.05}
execution: {fill: vwap, slippage: {ticks: 1}, volume_cap: 0.1, frequency: 5m}
costs: {commission: 0.0003, minimum: 1, stamp_duty: 0.001, dividends: cash}
"""


def test_settings_become_terms() -> None:
    assert compile_settings(SETTINGS).terms(7) == Terms(
        initial_cash=7,
        max_positions=32_767,
        cash_reserve=200_000,
        commission=3_000,
        commission_minimum=1_000,
        conditions=Conditions(fill="vwap", actions="cash", stamp_duty=10_000),
        slippage=1,
        slippage_model="ticks",
        volume_cap=1_000_000,
        stop_loss=800_000,
        take_profit=5_000_000,
        trailing_stop=1_000_000,
        max_holding=20,
        max_drawdown=3_000_000,
        daily_loss=500_000,
    )


def test_the_context_overrides_settings_too() -> None:
    context = {"execution": {"slippage": {"bps": 5}, "fill": "next_open"}, "costs": {"minimum": 5, "dividends": "reinvest"}}
    found = compile_settings(SETTINGS, context)
    terms = found.terms(1)
    assert (terms.slippage_model, terms.slippage, terms.commission, terms.commission_minimum) == ("bps", 5_000, 3_000, 5_000)
    assert (terms.conditions.fill, found.dividends) == ("next_open", "reinvest")
    assert found.identity != compile_settings(SETTINGS).identity


def test_the_identity_of_settings_is_their_meaning() -> None:
    same = "# the same\n" + SETTINGS.replace("0.02", "0.020").replace("commission: 0.0003, minimum: 1", "minimum: 1, commission: 0.0003")
    assert compile_settings(same).identity == compile_settings(SETTINGS).identity
    others = [
        SETTINGS.replace(*each) for each in (("0.08", "0.09"), ("vwap", "close"), ("cash}", "auto}"), ("5m", "1m"), ("0.001", "0.002"))
    ]
    assert len({compile_settings(each).identity for each in (SETTINGS, *others)}) == 6


def test_what_belongs_to_a_strategy_is_refused() -> None:
    only = "(the orders come from a file: only portfolio, risk, execution, costs, rules may stand here)"
    assert messages("name: x\nentry: close > open\nparams: {n: {default: 1, min: 1, max: 2}}\nfees: 1\nrisk: {stop_loss: n}\n") == [
        f"name (line 1, column 1): unknown key 'name' {only}",
        f"entry (line 2, column 1): unknown key 'entry' {only}",
        f"params (line 3, column 1): unknown key 'params' {only}",
        "fees (line 4, column 1): unknown key 'fees' (known here: portfolio, risk, execution, costs, rules)",
        "risk.stop_loss (line 5, column 19): unknown name 'n'",
    ]
    assert messages("portfolio: {max_positions: 5, sizing: equal}\nexecution: {buy: {limit: raw_close}, order: limit}\n") == [
        "portfolio.max_positions (line 1, column 13): unknown key 'max_positions' (orders from a file say how much themselves)",
        "portfolio.sizing (line 1, column 31): unknown key 'sizing' (orders from a file say how much themselves)",
        "execution.buy (line 2, column 13): unknown key 'buy' (orders from a file name their own prices)",
        "execution.order (line 2, column 38): unknown key 'order' (orders from a file name their own prices)",
    ]
    assert messages("a list", {"universe": {"all": True}}) == [
        "settings (line 1, column 1): these settings are no mapping (begin with `execution:`)"
    ]
    assert messages(None, {"universe": {"all": True}, "costs": {"minimum": 500}}) == [
        "context.universe: unknown key 'universe' (known here: execution, costs)",
        "context.costs.minimum: is 500, outside 0..100",
    ]
    assert messages("risk: [\n")[0].startswith("settings (line")


def test_settings_that_no_order_from_a_file_heeds_are_warned_about() -> None:
    found = compile_settings("execution: {fill: close, keep_rest: true}\nrisk: {max_weight: 0.1, cool_down: 3, max_industry_weight: 0.2}\n")
    assert [warning.field for warning in found.warnings] == [
        *("execution.fill", "execution.keep_rest", "risk.max_weight", "risk.cool_down", "risk.max_industry_weight"),
    ]


VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.sampled_from(["raw_close", "cash", "gtc", "5m", "0.1", "low * 2"]),
    lambda inner: (
        some.lists(inner, max_size=2)
        | some.dictionaries(some.sampled_from(["buy", "sell", "limit", "stop", "time_in_force", "frequency", "dividends", "lots"]), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(some.dictionaries(some.sampled_from(["execution", "costs"]), VALUES))
def test_any_context_of_orders_is_refused_or_taken(context: dict[str, object]) -> None:
    for attempt in (lambda: compile_strategy(plain(), context), lambda: compile_settings(SETTINGS, context)):
        try:
            found = attempt()
        except StrategyError as error:
            assert error.problems
        else:
            assert isinstance(found, Program | Settings)


@settings(deadline=None, max_examples=100)
@given(some.data())
def test_damaged_settings_are_refused_or_compiled(data: some.DataObject) -> None:
    text = SETTINGS
    for _ in range(data.draw(some.integers(1, 4))):
        at, cut = data.draw(some.integers(0, len(text))), data.draw(some.integers(0, 12))
        text = text[:at] + data.draw(some.text("{}[]():,-+*/<>=&!#'\"|\n\t 059.eanot", max_size=6)) + text[at + cut :]
    try:
        terms = compile_settings(text).terms(10**9)
    except StrategyError as error:
        assert all(problem.message and problem.field for problem in error.problems)
    else:
        check_terms(terms, terms.conditions)


def test_prices_stand_in_their_sessions() -> None:
    market, graph = random_market(7, holes=0.2), Graph()
    program = compile_strategy(plain(execution="{buy: {limit: raw_low}}"))
    found = next(signals(own_bars(market), graph, [program.outputs(graph, {})])).buy_limit
    np.testing.assert_array_equal(found[:, :5], np.where(market.open > 0, market.low, 0))
