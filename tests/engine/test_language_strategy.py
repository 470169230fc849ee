"""Whole strategies: what they compile to, what their identity depends on, what they allow."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.errors import ParameterError, StrategyError
from engine.indicators.catalog import FUNCTION, NODES
from engine.language import Graph, Outputs, Parameter, Program, Universe, compile_strategy
from engine.terms import FILLS, ONE, Terms

PAIRS = sorted((Path(__file__).parent.parent / "data/strategies").glob("*.yaml"))
TEMPLATES = {path.stem: path.read_text() for path in sorted((Path(__file__).parents[2] / "engine/templates").glob("*.yaml"))}

CROSS = """
name: cross
params:
  short: {default: 5, min: 2, max: 120}
  long: {default: 20, min: 3, max: 250}
require: [short < long]
universe: {from: {index: "000300.SH"}, where: not is_st and listed_days > 60 and pe < 40}
let:
  slow: sma(close, long)
  fast: sma(close, short)
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 20)
risk: {stop_loss: 0.08, max_holding: short * 3}
execution: {slippage: {bps: 5}, volume_cap: 0.1}
costs: {commission: 0.0003, minimum: 5}
"""


def simple(entry: str = "close > open", **sections: str) -> str:
    rows = {"name": "simple", "universe": "[600519.SH]", "entry": entry, "exit": "close < open", **sections}
    return "".join(f"{key}: {value}\n" for key, value in rows.items())


def messages(text: str, context: dict[str, object] | None = None) -> list[str]:
    with pytest.raises(StrategyError) as caught:
        compile_strategy(text, context)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_bad_text_gets_every_problem_at_its_place(path: Path) -> None:
    assert messages(path.read_text(), {}) == path.with_suffix(".problems").read_text().splitlines()


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_compile_without_a_warning(name: str) -> None:
    program = compile_strategy(TEMPLATES[name], {})
    assert program.name == name
    assert program.warnings == ()
    program.terms(program.check_params({}), 10**9)


def test_a_program_says_what_it_needs() -> None:
    program = compile_strategy(CROSS)
    assert program.parameters == (Parameter("short", 5, 2, 120, True), Parameter("long", 20, 3, 250, True))
    assert program.universe == Universe("index", index="000300.SH")
    assert program.fields == {"is_st", "listed_sessions", "pe"}
    assert program.look_back == 250  # the long mean's 249 bars, and the cross looks one back


def test_terms_are_exact_integers() -> None:
    terms = compile_strategy(CROSS).terms({"short": 5, "long": 20}, 10**9)
    assert terms == Terms(
        initial_cash=10**9,
        max_positions=10,
        commission=3_000,
        commission_minimum=5_000,
        slippage=5_000,
        volume_cap=1_000_000,
        stop_loss=800_000,
        max_holding=15,
    )


def test_defaults_are_those_of_the_terms() -> None:
    assert compile_strategy(simple()).terms({}, 7) == Terms(initial_cash=7, max_positions=10)


def test_outputs_gate_entries_but_not_exits() -> None:
    graph = Graph()
    outputs = compile_strategy(simple(universe="{from: {all: true}, where: volume > 100}")).outputs(graph, {})
    ops = [(node.op, *(graph.nodes[arg].op for arg in node.args)) for node in graph.nodes]
    assert ops[outputs.entry] == ("and", "and", "gt") and graph.nodes[outputs.entry].args[0] != outputs.exit
    eligible = graph.nodes[outputs.entry].args[0]
    assert ops[eligible][0] == "and" and set(ops[eligible][1:]) == {"member", "gt"}
    assert ops[outputs.exit] == ("gt", "open", "close")
    assert outputs.rank == -1


def test_without_exit_the_exit_never_holds() -> None:
    text = "name: x\nuniverse: [600519.SH]\nentry: close > open\nrisk: {take_profit: 0.1}\n"
    graph = Graph()
    node = graph.nodes[compile_strategy(text).outputs(graph, {}).exit]
    assert (node.op, len(set(node.args)), graph.nodes[node.args[0]].op) == ("gt", 1, "constant")


def test_a_rotation_selects_among_the_eligible() -> None:
    text = """
name: rotation
params: {look: {default: 60, min: 5, max: 250}, top: {default: 10, min: 1, max: 20}}
universe: {from: {rank: amount, top: 300}, where: not is_st}
select: {top: top, by: "roc(close, look)", every: EVERY, keep_within: top + 5}
"""
    for every, code in {"week": -1.0, "month": -2.0, "20": 20.0}.items():
        program = compile_strategy(text.replace("EVERY", every))
        graph = Graph()
        outputs = program.outputs(graph, {"look": 20, "top": 8})
        entry, exit_ = graph.nodes[outputs.entry], graph.nodes[outputs.exit]
        assert (entry.op, entry.numbers, exit_.op, exit_.numbers) == ("select_entry", (8.0, code), "select_exit", (13.0, code))
        assert entry.args == exit_.args == (outputs.rank, entry.args[1])
        assert graph.nodes[outputs.rank].op == "roc"
        assert program.terms({"look": 20, "top": 8}, 1).max_positions == 8
        assert program.universe == Universe("rank", field="amount", top=300, lag=1)


def test_a_grid_shares_nodes() -> None:
    program, graph = compile_strategy(CROSS), Graph()
    outputs = [program.outputs(graph, {"short": short, "long": long}) for short in range(2, 12) for long in range(20, 30)]
    assert sum(node.op == "sma" for node in graph.nodes) == 20
    assert len(set(outputs)) == 100
    assert program.outputs(graph, {"short": 2, "long": 20}) == outputs[0]


def test_two_strategies_can_share_a_graph() -> None:
    graph = Graph()
    first = compile_strategy(simple("close > open")).outputs(graph, {})
    second = compile_strategy(simple("close > high")).outputs(graph, {})
    assert first.entry != second.entry and first.exit == second.exit


@pytest.mark.parametrize(
    "same",
    [
        CROSS.replace("name: cross", "name: 'cross'   # a comment"),
        CROSS.replace("{default: 5, min: 2, max: 120}", "{max: 120, min: 2, default: 5}"),
        CROSS.replace("  slow: sma(close, long)\n  fast: sma(close, short)", "  fast: sma( close,short )\n  slow: (sma(close, long))"),
        CROSS.replace("0.08", "0.0800").replace("rank: roc(close, 20)\n", "") + "rank: >\n  roc(close,\n  20)\n",
        CROSS + "description: what it does\nportfolio: {max_positions: 10, sizing: equal}\n",
        CROSS.replace('{index: "000300.SH"}', "{index: 000300.SH}"),
    ],
)
def test_identity_survives_writing(same: str) -> None:
    assert compile_strategy(same).identity == compile_strategy(CROSS).identity


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("entry: close > 2 * open", "entry: close > 2.0 * open"),
        ("let:\n  x: max(close - 1, -3)\nentry: close > x", "let:\n  x: max(close - 1.0, -3.0)\nentry: close > x"),
        ("entry: close > open\nrank: close * 5", "entry: close > open\nrank: close * 5.000"),
        ("entry: close > open\ncosts: {minimum: 5}", "entry: close > open\ncosts: {minimum: 5.0}"),
        (
            "entry: close > open\nexecution: {buy: {limit: raw_close * 1}}",
            "entry: close > open\nexecution: {buy: {limit: raw_close * 1.0}}",
        ),
    ],
)
def test_a_decimal_point_without_decimals_is_writing(short: str, long: str) -> None:
    one, other = (compile_strategy(f"name: a\nuniverse: {{all: true}}\nexit: close < low\n{text}\n") for text in (short, long))
    assert one.identity == other.identity != compile_strategy(CROSS).identity


def test_a_parameter_with_a_decimal_point_is_another_one() -> None:
    text = "name: a\nuniverse: {all: true}\nparams: {x: {default: 2, min: 1, max: 3}}\nentry: close > x * open\nexit: close < low\n"
    assert compile_strategy(text).identity != compile_strategy(text.replace("default: 2", "default: 2.0")).identity


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max: 250", "max: 251"),
        ("default: 5", "default: 6"),
        ("min: 2, max: 120", "min: 2.0, max: 120"),
        ("short < long", "short < long - 1"),
        ("listed_days > 60", "listed_days > 61"),
        ("000300.SH", "000905.SH"),
        ("cross_above(fast, slow)", "cross_above(slow, fast)"),
        ("0.08", "0.09"),
        ("bps: 5", "bps: 6"),
        ("name: cross", "name: crossing"),
        ("volume_cap: 0.1", "keep_rest: true, volume_cap: 0.1"),
    ],
)
def test_identity_sees_meaning(old: str, new: str) -> None:
    changed = CROSS.replace(old, new).replace("sma(close, short)", "sma(close, 5)") if "2.0" in new else CROSS.replace(old, new)
    changed = changed.replace("short * 3", "15") if "2.0" in new else changed
    assert compile_strategy(changed).identity != compile_strategy(CROSS).identity


def test_context_overrides_and_where_stays() -> None:
    context = {"universe": ["600519.SH", "000001.SZ"], "costs": {"commission": 0.0001}, "execution": {"slippage": {"bps": 0}}}
    program = compile_strategy(CROSS, context)
    assert program.universe == Universe("codes", codes=("000001.SZ", "600519.SH"))
    assert program.fields == {"is_st", "listed_sessions", "pe"}
    terms = program.terms({}, 1)
    assert (terms.commission, terms.commission_minimum, terms.slippage, terms.volume_cap) == (1_000, 5_000, 0, 1_000_000)
    assert program.identity != compile_strategy(CROSS).identity
    assert compile_strategy(CROSS, {}).identity == compile_strategy(CROSS).identity


@pytest.mark.parametrize(
    ("written", "model", "much"),
    [("bps: 5", "bps", 5_000), ("ticks: 2", "ticks", 2), ("range: 0.1", "range", ONE // 10), ("impact: 1", "impact", ONE)],
)
def test_slippage_has_one_model_and_the_context_replaces_it(written: str, model: str, much: int) -> None:
    program = compile_strategy(simple(execution=f"{{slippage: {{{written}}}}}"))
    terms = program.terms({}, 1)
    assert (terms.slippage_model, terms.slippage) == (model, much)
    assert [path for path in program.strategy.normal()["settings"] if "slippage" in path] == [f"execution.slippage.{model}"]
    other = compile_strategy(simple(execution="{slippage: {ticks: 3}}"), {"execution": {"slippage": {model: 0}}})
    assert (other.terms({}, 1).slippage_model, other.terms({}, 1).slippage) == (model, 0)
    assert messages(simple(execution=f"{{slippage: {{{written}, {'bps' if model != 'bps' else 'range'}: 1}}}}"))[0].endswith(
        "there is one slippage model at a time (keep one of bps, ticks, range, impact)"
    )


@pytest.mark.parametrize("fill", FILLS)
def test_what_orders_meet(fill: str) -> None:
    program = compile_strategy(simple(execution=f"{{fill: {fill}}}"))
    assert program.terms({}, 1).conditions.fill == fill
    assert (program.identity == compile_strategy(simple()).identity) == (fill == "next_open")
    assert [warning.field for warning in program.warnings] == ["execution.fill"] * (fill == "close")
    assert compile_strategy(simple(execution="{fill: close}"), {"execution": {"fill": fill}}).identity == program.identity


@pytest.mark.parametrize(
    ("written", "sizing", "size"),
    [
        ("equal", "equal", 0),
        ("{amount: 20000.5}", "amount", 20_000_500),
        ("{shares: 300}", "shares", 300),
        ("{percent: 0.1}", "percent", ONE // 10),
    ],
)
def test_how_purchases_are_sized(written: str, sizing: str, size: int) -> None:
    program = compile_strategy(simple(portfolio=f"{{sizing: {written}}}", risk="{max_weight: 0.2, cool_down: 3}"))
    terms = program.terms({}, 1)
    assert (terms.sizing, terms.size, terms.max_weight, terms.cool_down) == (sizing, size, ONE // 5, 3)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{}", "portfolio.sizing: must be equal, or say how much (as in {percent: 0.1})"),
        ("[1]", "portfolio.sizing: must be equal, or say how much (as in {percent: 0.1})"),
        ("half", "portfolio.sizing: 'half' is not equal, and does not say how much (as in {amount: 20000})"),
        ("{percent: 0.1, shares: 1}", "portfolio.sizing.shares: there is one sizing at a time (keep one of amount, shares, percent)"),
        ("{shares: 0.5}", "portfolio.sizing.shares: must be a whole number"),
    ],
)
def test_sizings_that_are_none(written: str, message: str) -> None:
    found = re.sub(r" \(line \d+, column \d+\)", "", messages(simple(portfolio=f"{{sizing: {written}}}"))[0])
    assert found.startswith(message)


def test_problems_of_the_context_name_their_path() -> None:
    assert messages(CROSS, {"universe": ["x"], "costs": {"comission": 1}, "window": {}}) == [
        "context.window: unknown key 'window' (known here: universe, execution, costs)",
        "context.costs.comission: unknown key 'comission' (did you mean 'commission'?)",
        "context.universe[0]: 'x' is no ts_code (six digits and the exchange, as in 600519.SH, 000001.SZ, 430047.BJ)",
    ]


def test_a_universe_is_needed_once_there_is_a_backtest() -> None:
    text = "name: x\nentry: close > open\nexit: close < open\n"
    assert compile_strategy(text).universe is None
    assert "neither the strategy nor the backtest names a universe" in messages(text, {})[0]
    assert compile_strategy(text, {"universe": {"all": True}}).universe == Universe("all")
    assert "names a universe" in messages(text + "universe: {where: volume > 1}\n", {})[0]


@pytest.mark.parametrize(
    "spec",
    [
        Universe("codes", codes=("000001.SZ", "600519.SH")),
        Universe("index", index="000300.SH"),
        Universe("all"),
        Universe("rank", field="total_mv", top=30, lag=2),
    ],
)
def test_a_universe_travels_as_json(spec: Universe) -> None:
    assert Universe.from_json(spec.to_json()) == spec


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"shrt": 1}, "params.shrt: the strategy has no parameter 'shrt' (did you mean 'short'?)"),
        ({"short": 1}, "params.short: 1 is outside 2..120"),
        ({"short": 2.5}, "params.short: 2.5 is not a whole number"),
        ({"short": "5"}, "params.short: '5' is no number"),
        ({"short": True}, "params.short: True is no number"),
        ({"short": float("nan")}, "params.short: nan is no number"),
        ({"short": 10**5000}, "params.short: a number of hundreds of digits is no number"),
        ({"short": 30}, "require: the parameters break short < long"),
    ],
)
def test_wrong_parameters_are_named(params: dict[str, float], expected: str) -> None:
    with pytest.raises(ParameterError) as caught:
        compile_strategy(CROSS).check_params(params)
    assert [str(problem) for problem in caught.value.problems] == [expected]


def test_parameters_are_filled_in_and_typed() -> None:
    program = compile_strategy(CROSS)
    checked = program.check_params({"long": 30.0})
    assert checked == {"short": 5, "long": 30} and all(type(value) is int for value in checked.values())
    assert program.allows({"short": 5, "long": 20}) and not program.allows({"short": 20, "long": 20})


def test_a_rate_that_no_integer_holds_is_refused_for_its_combination() -> None:
    text = simple(params="{stop: {default: 0.1, min: 0.0, max: 0.3}}", risk="{stop_loss: stop / 3 * 2}")
    program = compile_strategy(text.replace("default: 0.1", "default: 0.3"))
    assert program.terms(program.check_params({"stop": 0.15}), 1).stop_loss == 1_000_000
    with pytest.raises(ParameterError, match=r"risk.stop_loss: 0.0666667 has more than 7 decimals"):
        program.check_params({"stop": 0.1})


def test_defaults_that_cannot_run_are_a_problem_of_the_strategy() -> None:
    text = simple(params="{stop: {default: 0.1, min: 0.0, max: 0.3}}", risk="{stop_loss: stop / 3}")
    assert messages(text) == ["risk.stop_loss: 0.0333333 has more than 7 decimals (the defaults of the parameters lead there)"]


def test_keeping_as_many_as_are_bought_is_the_default_and_the_same_strategy() -> None:
    text = 'name: x\nselect: {top: 10, by: "roc(close, 5)", every: 5}\n'
    assert compile_strategy(text).identity == compile_strategy(text.replace("5}", "5, keep_within: 10}")).identity


def test_keeping_fewer_than_are_bought_is_refused() -> None:
    text = "name: x\nuniverse: [600519.SH]\nparams: {keep: {default: 10, min: 1, max: 20}}\n"
    program = compile_strategy(text + 'select: {top: 10, by: "roc(close, 5)", every: 5, keep_within: keep}\n')
    with pytest.raises(ParameterError, match=r"select.keep_within: is 9, less than top, which is 10"):
        program.check_params({"keep": 9})


@pytest.mark.parametrize(
    "entry",
    [
        "close > 10",
        "sma(close, 5) - 3 > open",
        "high > raw_high",
        "cross_above(boll_upper(close, 20, 2), 50)",
        "max(close, 5) > open",
        "close > volume",
    ],
)
def test_an_adjusted_level_beside_something_else_is_warned_about(entry: str) -> None:
    (warning,) = compile_strategy(simple(entry)).warnings
    assert (warning.field, warning.line) == ("entry", 3)
    assert warning.hint is not None and "raw_close" in warning.hint


@pytest.mark.parametrize(
    "entry",
    ["close > open * 1.01", "raw_close > 10", "close / open > 2", "close - open > 0", "rsi(close, 14) > 30", "count(close > open, 5) > 3",
     "close / std(close, 5) > 3", "max(close - open, 0) > 0", "volume > 1000"],
)  # fmt: skip
def test_ratios_and_traded_prices_are_not(entry: str) -> None:
    assert compile_strategy(simple(entry)).warnings == ()


def test_ranking_by_a_level_is_warned_about() -> None:
    (warning,) = compile_strategy(simple(rank="close")).warnings
    assert warning.field == "rank"
    assert compile_strategy(simple(rank="raw_close")).warnings == ()


@pytest.mark.parametrize(
    ("expression", "expanded"),
    [
        ("boll_lower(close, 20, 2.5) > close", "sma(close, 20) - 2.5 * std(close, 20) > close"),
        ("boll_mid(close, 20) > close", "sma(close, 20) > close"),
        ("macd_hist(close, 12, 26, 9) > 0", "ema(close, 12) - ema(close, 26) - ema(ema(close, 12) - ema(close, 26), 9) > 0"),
        ("every(close > open, 3)", "count(close > open, 3) == 3"),
        ("close < open", "open > close"),
        ("close <= open", "open >= close"),
        ("volume > 2 * 3 + max(1, 4)", "volume > 10"),
        ("volume > if_else(1 < 2, 5, 6)", "volume > 5"),
        ("close + open > high", "open + close > high"),
        ("1 > 2 and is_st", "2 < 1 and is_st"),
    ],
)
def test_two_writings_of_the_same_nodes(expression: str, expanded: str) -> None:
    graph = Graph()
    first, second = (compile_strategy(simple(text)).outputs(graph, {}) for text in (expression, expanded))
    assert first == second


def test_constants_are_exact_until_they_meet_a_series() -> None:
    graph = Graph()
    compile_strategy(simple("volume > 0.1 + 0.2")).outputs(graph, {})
    assert [node.numbers for node in graph.nodes if node.op == "constant"] == [(0.3,)]


def test_limits_are_problems() -> None:
    assert "more than 500" in messages(simple("close > " + " + ".join(f"({' + '.join(['open'] * 20)})" for _ in range(20))))[0]
    assert "at most 20" in messages(simple(params="{" + ", ".join(f"p{i}: {{default: 1, min: 1, max: 2}}" for i in range(21)) + "}"))[0]
    many = "".join(f"  a{i}: a{i - 1} + close\n" for i in range(1, 160))
    assert compile_strategy(simple("a159 > close") + "let:\n  a0: close\n" + many).look_back == 0


def filled(forms: list[str], inner: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    return some.builds(str.format, some.sampled_from(forms), inner, inner)


BAR = ["open", "close", "raw_close", "volume", "n", "2", "0.5"]
SERIES_OF = ["sma({0}, n)", "ema(close, 3)", "ref({0} + close, 2)", "max({0}, {1})", "({0} - {1})", "{0} * {1}", "-{0}"]
TRUTHS_OF = ["{0} > {1}", "{0} != {1} or is_st", "not ({0} <= {1})", "cross_above({0}, {1})", "every({0} >= {1}, n)"]
NUMBERS = some.recursive(some.sampled_from(BAR), lambda inner: filled([*SERIES_OF, "if_else({0} > {1}, {1}, close)"], inner), max_leaves=8)
TRUTHS = filled(TRUTHS_OF, NUMBERS)


def _try(text: str) -> Program | None:
    try:
        return compile_strategy(text, {})
    except StrategyError as error:
        assert all(problem.message and problem.field for problem in error.problems)
        return None


@settings(deadline=None)
@given(TRUTHS, TRUTHS, NUMBERS, some.integers(2, 9))
def test_graphs_are_sound_and_look_no_further_back_than_said(entry: str, exit_: str, rank: str, n: int) -> None:
    program = _try(simple(f'"{entry}"', exit=f'"{exit_}"', rank=f'"{rank}"', params="{n: {default: 5, min: 2, max: 9}}"))
    if program is None:
        return
    graph = Graph()
    outputs = program.outputs(graph, {"n": n})
    look_back: list[int] = []
    for place, node in enumerate(graph.nodes):
        assert node.op in NODES
        assert all(arg < place for arg in node.args)
        own = FUNCTION[node.op].look_back(*map(int, node.numbers)) if node.op in FUNCTION else 0
        look_back.append(own + max((look_back[arg] for arg in node.args), default=0))
    assert max(look_back[node] for node in outputs) <= program.look_back
    assert len(set(graph.nodes)) == len(graph.nodes)
    assert program.outputs(graph, {"n": n}) == outputs and len(look_back) == len(graph.nodes)


CONSTANTS_OF = ["({0} + {1})", "({0} - {1})", "{0} * {1}", "({0} / ({1}))", "max({0}, {1})", "min({0}, {1})", "abs({0})", "-{0}"]
CONSTANTS = some.recursive(
    some.sampled_from(["a", "b", "2", "0.5", "7"]),
    lambda inner: filled([*CONSTANTS_OF, "if_else({0} > {1}, {0}, {1})"], inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(CONSTANTS, some.integers(1, 4), some.decimals("0.1", "0.9", places=1))
def test_what_holds_for_the_bounds_holds_for_every_combination(value: str, a: int, b: object) -> None:
    """max_holding is checked at the extremes of a and b; no combination may then leave its bounds."""
    params = "{a: {default: 2, min: 1, max: 4}, b: {default: 0.5, min: 0.1, max: 0.9}}"
    program = _try(simple(params=params, risk=f'{{take_profit: "{value}"}}'))
    if program is None:
        return
    try:
        terms = program.terms(program.check_params({"a": a, "b": float(str(b))}), 1)
    except ParameterError as error:
        assert "more than 7 decimals" in str(error)
    else:
        assert 0 <= terms.take_profit <= 100 * 10_000_000


@settings(deadline=None, max_examples=200)
@given(some.data())
def test_damaged_strategies_are_refused_or_compiled(data: some.DataObject) -> None:
    text = data.draw(some.sampled_from([CROSS, *TEMPLATES.values()]))
    for _ in range(data.draw(some.integers(1, 4))):
        at = data.draw(some.integers(0, len(text)))
        cut = data.draw(some.integers(0, 12))
        text = text[:at] + data.draw(some.text("{}[]():,-+*/<>=&!#'\"|\n\t 059.eanot", max_size=6)) + text[at + cut :]
    program = _try(text)
    if program is not None:
        program.outputs(Graph(), program.check_params({}))


CONTEXTS = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.sampled_from(["600519.SH", "amount", "true", "0.1"]),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(
                ["universe", "costs", "execution", "from", "where", "codes", "index", "rank", "top", "slippage", "bps", "minimum"]
            ),
            inner,
        )
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(some.dictionaries(some.sampled_from(["universe", "costs", "execution", "else"]), CONTEXTS))
def test_any_context_is_refused_or_taken(context: dict[str, object]) -> None:
    try:
        compile_strategy(CROSS, context)
    except StrategyError as error:
        assert error.problems


def test_outputs_are_a_value() -> None:
    assert Outputs(1, 2, -1)._replace(rank=3) == Outputs(1, 2, 3)
    assert replace(Universe("all")) == Universe("all")


def test_bounds_may_be_negative() -> None:
    program = compile_strategy(simple("roc(close, 5) > low_water", params="{low_water: {default: -5.5, min: -10, max: -0.5}}"))
    assert program.parameters == (Parameter("low_water", -5.5, -10.0, -0.5, False),)
    graph = Graph()
    program.outputs(graph, {"low_water": -2.5})
    assert (-2.5,) in [node.numbers for node in graph.nodes]
