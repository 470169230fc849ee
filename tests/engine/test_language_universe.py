"""What a text may say of its universe: every kind, in every writing, is one value, and equal ones are equal."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from engine.errors import StrategyError
from engine.language import compile_strategy
from engine.language.format import formatted
from engine.language.schema import schema
from engine.language.sections.universe import MOST_PARTS, RANKABLE
from engine.universe import BOARDS, KINDS, Universe, ranked, return_sessions, union

CHECK = Draft202012Validator(schema())

SAYING: list[tuple[str, Universe]] = [
    ("[600519.SH, 000001.SZ, 600519.SH]", Universe("codes", codes=("000001.SZ", "600519.SH"))),
    ("{codes: [600519.SH]}", Universe("codes", codes=("600519.SH",))),
    ("{index: 000300.SH}", Universe("index", index="000300.SH")),
    ("{industry: 银行}", Universe("industry", industries=("银行",))),
    ("{industry: [银行, ' 白酒 ', 银行]}", Universe("industry", industries=("白酒", "银行"))),
    ("{boards: star}", Universe("boards", boards=("star",))),
    ("{boards: [fund, main, fund]}", Universe("boards", boards=("main", "fund"))),
    ("{all: true}", Universe("all")),
    ("{rank: amount, top: 30}", Universe("rank", field="amount", top=30, lag=1)),
    ("{lag: 0, rank: return_20, bottom: 5}", Universe("rank", field="return_20", top=5, lag=0, lowest=True)),
    ("{rank: pe, top: 3, within: {all: true}}", Universe("rank", field="pe", top=3, lag=1)),
    ("{rank: pe, bottom: 3, within: {index: 000300.SH}}", ranked("pe", 3, lowest=True, within=Universe("index", index="000300.SH"))),
    ("{rank: pe, bottom: 3, within: {rank: amount, top: 300}}", ranked("pe", 3, lowest=True, within=ranked("amount", 300))),
    (
        "{any: [{boards: fund}, {index: 000300.SH}, [600519.SH]]}",
        Universe(
            "any",
            parts=(
                Universe("codes", codes=("600519.SH",)),
                Universe("index", index="000300.SH"),
                Universe("boards", boards=("fund",)),
            ),
        ),
    ),
    ("{any: [{boards: star}, {any: [{boards: [fund]}, {boards: [star]}]}]}", Universe("boards", boards=("star", "fund"))),
    ("{any: [{all: true}]}", Universe("all")),
]


def text_of(universe: str) -> str:
    return f"name: x\nuniverse: {universe}\nentry: close > open\nexit: close < open\n"


@pytest.mark.parametrize(("saying", "universe"), SAYING)
def test_a_universe_is_read_from_a_text_and_from_json(saying: str, universe: Universe) -> None:
    assert compile_strategy(text_of(saying)).universe == universe
    assert compile_strategy(text_of(f"{{from: {saying}, where: close > 1}}")).universe == universe
    value = yaml.safe_load(saying)
    plain = "name: x\nentry: close > open\nexit: close < open\n"
    assert compile_strategy(plain, {"universe": value}).universe == universe
    assert compile_strategy(plain, {"universe": {"from": value, "where": "close > 1"}}).universe == universe


@pytest.mark.parametrize(("saying", "universe"), SAYING)
def test_a_universe_travels_as_json_is_formatted_and_fits_the_schema(saying: str, universe: Universe) -> None:
    assert Universe.from_json(json.loads(json.dumps(universe.to_json()))) == universe
    for source in (saying, f"{{from: {saying}, where: close > 1}}"):
        loaded: Any = yaml.safe_load(text_of(source))
        assert not list(CHECK.iter_errors(loaded))
        written = formatted(text_of(source))
        assert formatted(written) == written
        assert compile_strategy(written).universe == universe


def test_keys_inside_other_universes_have_their_order_too() -> None:
    text = text_of("{from: {within: {lag: 3, top: 300, rank: amount}, lag: 1, bottom: 3, rank: pe}}")
    assert "{rank: pe, bottom: 3, lag: 1, within: {rank: amount, top: 300, lag: 3}}" in formatted(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{any: [{boards: star}, {index: 000300.SH}]}", "{any: [{index: 000300.SH}, {boards: star}, {boards: [star]}]}"),
        ("{any: [[600519.SH], [000001.SZ]]}", "[000001.SZ, 600519.SH]"),
        ("{rank: pe, top: 3, lag: 1, within: {all: true}}", "{rank: pe, top: 3}"),
        ("{industry: [银行, 白酒]}", "{any: [{industry: 白酒}, {industry: 银行}]}"),
    ],
)
def test_equal_universes_make_equal_strategies(one: str, other: str) -> None:
    assert compile_strategy(text_of(one)).identity == compile_strategy(text_of(other)).identity


def test_which_end_is_meant_makes_a_difference() -> None:
    assert compile_strategy(text_of("{rank: pe, top: 3}")).identity != compile_strategy(text_of("{rank: pe, bottom: 3}")).identity


def test_no_text_asks_for_more_universes_than_can_be_looked_up() -> None:
    def many(count: int) -> str:
        return text_of("{any: [" + ", ".join(f"{{rank: amount, top: {number}}}" for number in range(1, count)) + "]}")

    assert compile_strategy(many(MOST_PARTS)).universe is not None
    with pytest.raises(StrategyError, match=rf"is made of {MOST_PARTS + 1} universes; at most {MOST_PARTS}"):
        compile_strategy(many(MOST_PARTS + 1))
    nested = "{rank: pe, top: 1}"
    for _ in range(4):
        nested = f"{{rank: pe, top: 2, within: {nested}}}"
    assert compile_strategy(text_of(nested)).universe is not None


@pytest.mark.parametrize(
    "saying",
    [
        "{boards: kcb}",
        "{boards: []}",
        "{boards: {star: true}}",
        "{industry: []}",
        "{industry: [[银行]]}",
        "{industry: " + "银" * 65 + "}",
        "{any: []}",
        "{any: {all: true}}",
        "{any: [600519.SH]}",
        "{any: [{all: true}, {where: is_st}]}",
        "{rank: return_0, top: 3}",
        "{rank: return_020, top: 3}",
        "{rank: close, top: 3}",
        "{rank: pe}",
        "{rank: pe, top: 3, bottom: 3}",
        "{rank: pe, bottom: 0}",
        "{rank: pe, top: 3, within: 600519.SH}",
        "{boards: star, index: 000300.SH}",
        "{index: 000300.SH, within: {all: true}}",
    ],
)
def test_slips_are_refused_by_the_language_and_the_schema(saying: str) -> None:
    with pytest.raises(StrategyError) as refused:
        compile_strategy(text_of(saying))
    assert all(problem.field.startswith("universe") and problem.line == 2 for problem in refused.value.problems)
    loaded: Any = yaml.safe_load(text_of(saying))
    assert list(CHECK.iter_errors(loaded))


def test_a_return_is_over_whole_sessions_of_at_most_a_year() -> None:
    assert [return_sessions(f"return_{count}") for count in (1, 20, 250)] == [1, 20, 250]
    assert not any(
        map(return_sessions, ("return_0", "return_251", "return_01", "return_1.5", "return_", "amount", "xreturn_1", "return_１"))
    )


PLAIN = some.one_of(
    some.lists(some.sampled_from(["600519.SH", "000001.SZ", "510300.SH"]), min_size=1, unique=True).map(
        lambda codes: Universe("codes", codes=tuple(sorted(codes)))
    ),
    some.sampled_from(["000300.SH", "000905.SH"]).map(lambda code: Universe("index", index=code)),
    some.lists(some.sampled_from(["银行", "白酒", "no"]), min_size=1, unique=True).map(
        lambda names: Universe("industry", industries=tuple(sorted(names)))
    ),
    some.lists(some.sampled_from(BOARDS), min_size=1, unique=True).map(
        lambda names: Universe("boards", boards=tuple(board for board in BOARDS if board in names))
    ),
    some.just(Universe("all")),
)


def _made_of(inner: some.SearchStrategy[Universe]) -> some.SearchStrategy[Universe]:
    rank = some.builds(
        ranked, some.sampled_from([*RANKABLE, "return_5"]), some.integers(1, 10_000), some.integers(0, 250), some.booleans(), inner
    )
    return some.one_of(rank, some.lists(inner, min_size=1, max_size=3).map(union))


UNIVERSES = some.recursive(PLAIN, _made_of, max_leaves=4)


def as_yaml(universe: Universe) -> dict[str, Any]:
    """As somebody would write it."""
    if universe.kind == "rank":
        said: dict[str, Any] = {"rank": universe.field, "bottom" if universe.lowest else "top": universe.top, "lag": universe.lag}
        return said | ({"within": as_yaml(universe.within)} if universe.within else {})
    if universe.kind == "any":
        return {"any": [as_yaml(part) for part in reversed(universe.parts)]}
    values: dict[str, Any] = {"index": universe.index, "industry": list(universe.industries), "codes": list(universe.codes), "all": True}
    return {universe.kind: values.get(universe.kind, list(universe.boards))}


def depth(universe: Universe) -> int:
    inner = (*universe.parts, *((universe.within,) if universe.within else ()))
    return 2 + max(map(depth, inner), default=0)


@settings(deadline=None)
@given(UNIVERSES)
def test_any_universe_is_the_same_however_it_travels(universe: Universe) -> None:
    assert Universe.from_json(json.loads(json.dumps(universe.to_json()))) == universe
    if depth(universe) <= 6:
        assert compile_strategy(text_of(json.dumps(as_yaml(universe), ensure_ascii=False))).universe == universe


@given(some.lists(UNIVERSES, min_size=1, max_size=4), some.randoms())
def test_a_union_knows_no_order_and_no_twice(parts: list[Universe], random: Any) -> None:
    shuffled = [*parts, *parts[:1]]
    random.shuffle(shuffled)
    assert union(shuffled) == union([union(parts[:1]), *parts]) == union(parts)


@pytest.mark.parametrize("page", ["strategy-language.md", "strategy-language.zh-CN.md"])
def test_the_page_tells_every_kind_as_it_is_written(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[\[{].*?`(?:(?: or |, |、| 或 )`.*?`)*) \|", text.partition("universe:")[2], re.MULTILINE)
    said = [source.replace("[...]", "[600519.SH]") for row in rows for source in re.findall(r"`(.*?)`", row)]
    kinds = {universe.kind for source in said if (universe := compile_strategy(text_of(source)).universe)}
    assert kinds == set(KINDS) and len(said) >= 11
