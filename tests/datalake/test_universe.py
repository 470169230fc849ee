"""Who belongs to a universe on each day, against the slow twin: every kind, unions, ranks among others, lags over holidays."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from datalake.asked.context import check_context
from datalake.asked.universe import read_universe
from datalake.asked.universe_checks import boards_of
from datalake.calendar import dates_to_ints, ints_to_dates
from datalake.errors import ContextError
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.members import Members, always
from datalake.panels.membership import resolve_members
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.reading import Reader
from datalake.versions import Catalog, Dataset
from engine.universe import BOARDS
from tests.datalake.cut_lake import CODES, whole, written
from tests.datalake.naive_universe import members_on, sessions_of
from tests.datalake.rows import bars

INDEX = "009300.SH"
WINDOW = date(2022, 1, 4), date(2023, 3, 31)
NAMES = ("旧0", "旧1", "新0", "新2", "中1", "小3", "小4")
Rows = dict[str, pl.DataFrame]


@pytest.fixture(scope="session")
def rows(sample_rows: Rows) -> Rows:
    """The cut market, with industries of three levels and lists of an index that lack somebody."""
    tables = whole(sample_rows)
    number = pl.int_range(pl.len())
    tables["industries"] = tables["industries"].with_columns(
        l2_name=pl.when(number % 5 > 0).then(pl.format("中{}", number % 3)), l3_name=pl.format("小{}", number % 6)
    )
    return tables


@pytest.fixture(scope="session")
def reader(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    lake = Lake(f"file://{tmp_path_factory.mktemp('universes')}")
    return Reader(lake, written(lake, rows))


@pytest.fixture(scope="session")
def sample_reader(sample_lake: Lake, sample: Dataset) -> Reader:
    return Reader(sample_lake, sample)


def resolved(reader: Reader, universe: Any, days: list[date], minutes: bool = False) -> dict[date, set[str]]:
    axis = np.array(days, dtype="datetime64[D]")
    told = np.append(axis[:1] - 1, axis[:-1]) if minutes else axis
    members = resolve_members(reader, read_universe(universe), axis, told)
    assert members.codes == tuple(sorted(set(members.codes)))
    assert members.bits.shape == (len(days), -(-len(members.codes) // 8)) and members.bits.dtype == np.uint8
    flags = members.flags
    return {day: {code for code, flag in zip(members.codes, row, strict=True) if flag} for day, row in zip(days, flags, strict=True)}


def same_as_the_twin(reader: Reader, rows: Rows, universe: dict[str, Any], days: list[date], minutes: bool = False) -> None:
    found = resolved(reader, universe, days, minutes)
    for before, day in zip([None, *days], days, strict=False):
        told = (before or date.fromordinal(day.toordinal() - 1)) if minutes else day
        assert found[day] == members_on(rows, universe, day, told), (day, universe)


EXAMPLES = [
    {"codes": ["009001.SZ", "529001.SH"]},
    {"all": True},
    {"boards": ["star", "chinext", "fund"]},
    {"industry": ["旧1", "中1", "小3"]},
    {"index": INDEX},
    {"rank": "amount", "top": 4},
    {"rank": "amount", "bottom": 2, "lag": 3},
    {"rank": "pe", "bottom": 3, "within": {"boards": ["main"]}},
    {"rank": "volume", "top": 1, "within": {"boards": ["fund"]}},
    {"rank": "return_20", "top": 3, "lag": 2},
    {"rank": "total_mv", "top": 2, "within": {"index": INDEX}},
    {"rank": "amount", "top": 3, "within": {"any": [{"boards": ["fund"]}, {"industry": ["旧1"]}]}},
    {"rank": "pe", "bottom": 2, "lag": 0, "within": {"rank": "amount", "top": 6, "lag": 2}},
    {"any": [{"boards": ["fund"]}, {"rank": "amount", "top": 2}, {"codes": ["689901.SH"]}]},
]


@pytest.mark.parametrize("universe", EXAMPLES, ids=str)
def test_every_kind_equals_its_slow_twin(reader: Reader, rows: Rows, universe: dict[str, Any]) -> None:
    days = [day for day in sessions_of(rows) if WINDOW[0] <= day <= WINDOW[1]]
    same_as_the_twin(reader, rows, universe, days[:: 9 if "return" in str(universe) else 1])


@pytest.mark.parametrize("universe", [EXAMPLES[3], EXAMPLES[4], EXAMPLES[10], EXAMPLES[13]], ids=str)
def test_minutes_know_the_lists_of_the_session_before(reader: Reader, rows: Rows, universe: dict[str, Any]) -> None:
    days = [day for day in sessions_of(rows) if WINDOW[0] <= day <= WINDOW[1]][:150]
    same_as_the_twin(reader, rows, universe, days, minutes=True)


@pytest.mark.parametrize("lag", [1, 2, 7])
def test_a_lag_counts_sessions_over_the_longest_holidays(sample_reader: Reader, sample_rows: Rows, lag: int) -> None:
    for year, month in ((2020, 2), (2023, 10)):  # behind the Spring Festival, and the National Day
        days = [day for day in sessions_of(sample_rows) if (day.year, day.month) == (year, month)][:4]
        same_as_the_twin(sample_reader, sample_rows, {"rank": "amount", "top": 5, "lag": lag}, days)


def test_a_lag_beyond_the_calendar_is_nobody(reader: Reader, rows: Rows) -> None:
    calendar = sessions_of(rows)
    same_as_the_twin(reader, rows, {"rank": "amount", "top": 3, "lag": 250}, calendar[:300:10])
    assert set().union(*resolved(reader, {"rank": "amount", "top": 3, "lag": 250}, calendar[:250]).values()) == set()


PLAIN = some.one_of(
    some.lists(some.sampled_from(CODES), min_size=1, max_size=4, unique=True).map(lambda codes: {"codes": codes}),
    some.lists(some.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(lambda names: {"industry": names}),
    some.lists(some.sampled_from(BOARDS), min_size=1, max_size=3, unique=True).map(lambda names: {"boards": names}),
    some.sampled_from([{"all": True}, {"index": INDEX}]),
)


def _made_of(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    rank = some.fixed_dictionaries(
        {
            "rank": some.sampled_from(["amount", "volume", "pe", "total_mv", "return_1", "return_20"]),
            "lag": some.integers(0, 5),
            "within": inner,
        }
    )
    ends = some.tuples(rank, some.sampled_from(["top", "bottom"]), some.integers(1, 8)).map(lambda each: each[0] | {each[1]: each[2]})
    return some.one_of(ends, some.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(universe=some.recursive(PLAIN, _made_of, max_leaves=4), start=some.integers(0, 600), minutes=some.booleans())
def test_any_universe_equals_its_slow_twin(reader: Reader, rows: Rows, universe: dict[str, Any], start: int, minutes: bool) -> None:
    days = [day for day in sessions_of(rows) if day >= WINDOW[0]][start : start + 12]
    same_as_the_twin(reader, rows, universe, days, minutes)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=some.lists(some.sampled_from(EXAMPLES), min_size=1, max_size=4))
def test_a_union_is_whoever_is_in_a_part(reader: Reader, rows: Rows, parts: list[dict[str, Any]]) -> None:
    days = sessions_of(rows)[-30:]
    alone = [resolved(reader, part, days) for part in parts]
    assert resolved(reader, {"any": parts}, days) == {day: set().union(*(each[day] for each in alone)) for day in days}


def test_who_is_ranked_among_others_is_one_of_them(reader: Reader, rows: Rows) -> None:
    days = sessions_of(rows)[-200:]
    index = resolved(reader, {"index": INDEX}, days)
    best = resolved(reader, {"rank": "amount", "top": 3, "within": {"index": INDEX}}, days)
    assert all(best[day] <= index[day] for day in days) and any(len(best[day]) == 3 for day in days)


def test_cutting_the_future_off_changes_no_member(reader: Reader, rows: Rows) -> None:
    days = [day for day in sessions_of(rows) if WINDOW[0] <= day <= WINDOW[1]]
    for universe in EXAMPLES:
        whole_time = resolved(reader, universe, days)
        for end in (40, 111):
            assert resolved(reader, universe, days[:end]) == {day: whole_time[day] for day in days[:end]}, universe


def test_without_a_table_the_industries_are_those_of_the_list(sample_reader: Reader, sample_rows: Rows) -> None:
    days = sessions_of(sample_rows)[:3]
    universe = {"industry": ["银行", "食品饮料"]}
    found = resolved(sample_reader, universe, days)
    assert found[days[0]] == members_on(sample_rows, universe, days[0])
    assert len(found[days[0]]) > 1


def test_bits_hold_an_eighth_and_those_who_are_always_there_one_row() -> None:
    random = np.random.default_rng(1)
    flags = random.integers(0, 2, (20, 13), dtype=np.uint8)
    members = Members.of([f"{number:06}.SZ" for number in range(13)], flags)
    assert members.bits.nbytes == 40 and np.array_equal(members.flags, flags)
    days = ints_to_dates([20200102] * 1000)
    many = always([f"{number:06}.SZ" for number in range(5000)], days)
    assert many.flags.all() and many.flags.shape == (1000, 5000) and many.bits.strides[0] == 0
    none = Members.of((), np.zeros((3, 0), dtype=np.uint8))
    assert none.flags.shape == (3, 0)


def test_equal_universes_have_equal_panels(sample: Dataset) -> None:
    def key(universe: Any) -> str:
        return PanelSpec.of(sample, universe, (20200102, 20200630), 0).key

    assert key({"any": [{"boards": ["star"]}, ["009001.SZ"], {"boards": ["fund"]}]}) == key(
        {"any": [["009001.SZ"], {"any": [{"boards": ["fund", "star"]}]}]}
    )
    assert key({"rank": "pe", "top": 3, "within": {"all": True}}) == key({"rank": "pe", "top": 3})
    assert key({"rank": "pe", "top": 3}) != key({"rank": "pe", "bottom": 3})
    spec = PanelSpec.of(sample, EXAMPLES[-1], (20200102, 20200630), 0)
    assert PanelSpec.from_json(spec.to_json()) == spec


def test_all_boards_and_funds_stand_together_in_one_panel(sample_lake: Lake, sample: Dataset) -> None:
    spec = PanelSpec.of(sample, {"any": [{"boards": list(BOARDS)}]}, (20240102, 20240329), 0)
    market = to_market(*unpack(build_panel(sample_lake, spec)))
    assert {*market.boards} == {"main", "chinext", "star", "fund", "fund_20"}
    assert market.member.any(axis=0).all()


def test_beijing_and_funds_are_found_by_their_codes(lake: Lake) -> None:
    days = [date(2024, 1, day) for day in (2, 3, 4)]
    codes = ("000001.SZ", "430047.BJ", "688981.SH", "300750.SZ", "159915.SZ", "920002.BJ")
    price = {code: 10_000 + 1000 * number for number, code in enumerate(codes)}
    dataset = written(lake, {"bars_1d": bars(*((code, day, price[code]) for code in codes for day in days))})
    own = Reader(lake, dataset)
    assert resolved(own, {"boards": ["bse"]}, days)[days[0]] == {"430047.BJ", "920002.BJ"}
    assert resolved(own, {"all": True}, days)[days[0]] == set(codes) - {"159915.SZ"}
    assert resolved(own, {"rank": "amount", "top": 2, "within": {"boards": ["bse", "fund"]}}, days)[days[1]] == {"920002.BJ", "159915.SZ"}
    market = to_market(*unpack(build_panel(lake, PanelSpec.of(dataset, {"boards": list(BOARDS)}, (20240102, 20240104), 0))))
    assert market.boards == ("main", "fund", "chinext", "bse", "star", "bse")


def problems_of(dataset: Dataset, universe: Any) -> list[str]:
    return [str(problem) for problem in check_context(dataset, universe, (20200102, 20200630))]


@pytest.mark.parametrize(
    ("universe", "said"),
    [
        ({"industry": "银仃"}, "context.universe.industry: sample:v1 has no industry '银仃' (did you mean '银行'?)"),
        ({"industry": "银行业"}, "context.universe.industry: sample:v1 has no industry '银行业' (did you mean '银行'?)"),
        ({"industry": "x"}, "context.universe.industry: sample:v1 has no industry 'x' (it has "),
        ({"boards": ["bse"]}, "context.universe.boards: nothing of sample:v1 is listed on bse (it has main, chinext, star, fund)"),
        ({"index": "009301.SH"}, "context.universe.index: sample:v1 has no members of index 009301.SH (did you mean '009300.SH'?)"),
        ({"rank": "amuont", "top": 3}, "context.universe.field: sample:v1 cannot rank by 'amuont' (did you mean 'amount'?)"),
        ({"rank": "return_251", "top": 3}, "context.universe.field: sample:v1 cannot rank by 'return_251'"),
        ({"rank": "pe", "top": 3, "within": {"industry": "银仃"}}, "did you mean '银行'?"),
        ({"any": [{"boards": ["bse"]}, {"all": True}]}, "nothing of sample:v1 is listed on bse"),
        ({"any": [["999999.SZ"], {"all": True}]}, "there is no 999999.SZ in sample:v1"),
        ({"boards": ["kcb"]}, "context.universe.boards: 'kcb' is no board"),
        ({"any": []}, "context.universe.any: must be a list of universes"),
        ({"any": "all"}, "context.universe.any: must be a list of universes"),
        ({"industry": []}, "context.universe.industry: [] is not the name of an industry"),
        ({"kind": "ranks"}, "unknown kind 'ranks' (did you mean 'rank'?)"),
        ({"kind": ["rank"]}, "unknown kind ['rank']"),
        (7, "7 is no universe"),
        ({"rank": "pe", "bottom": 0}, "context.universe.bottom: 0 is not how many stocks to take"),
    ],
)
def test_what_the_dataset_cannot_serve_is_said_with_a_hint(sample: Dataset, universe: Any, said: str) -> None:
    found = problems_of(sample, universe)
    assert len(found) == 1 and said in found[0], found


def test_a_dataset_of_minutes_alone_says_what_a_ranking_needs(sample: Dataset) -> None:
    minutes = replace(sample)
    vars(minutes)["catalog"] = replace(sample.catalog, fields=(), bars={"5m": sample.catalog.bars["5m"]})
    found = [str(each) for each in check_context(minutes, {"rank": "amount", "top": 3}, (20241104, 20241231), "5m")]
    assert len(found) == 1 and "cannot rank by 'amount' (rankings are of days: import bars_1d)" in found[0], found


def test_many_unknown_industries_are_counted(sample: Dataset) -> None:
    found = problems_of(sample, {"industry": [f"x{number:03}" for number in range(53)]})
    assert len(found) == 21 and found[-1] == "context.universe.industry: and 33 more unknown industries"


@pytest.mark.parametrize(
    ("universe", "boards"),
    [
        ({"codes": ["009001.SZ", "529001.SH", "999999.SZ"]}, {"main", "fund"}),
        ({"boards": ["fund"]}, {"fund", "fund_20"}),
        ({"any": [{"boards": ["star"]}, ["529001.SH"]]}, {"star", "fund"}),
        ({"rank": "amount", "top": 3, "within": {"boards": ["chinext", "bse"]}}, {"chinext"}),
        ({"rank": "amount", "top": 3}, {"main", "chinext", "star"}),
        ({"industry": "银行"}, {"main", "chinext", "star"}),
    ],
)
def test_whose_rules_are_needed_is_known_beforehand(sample: Dataset, universe: Any, boards: set[str]) -> None:
    assert boards_of(sample.catalog, read_universe(universe), 20241231) == boards
    assert "star" not in boards_of(sample.catalog, read_universe(universe), 20190101)


def test_no_universe_is_nested_without_end(sample: Dataset) -> None:
    universe: Any = {"all": True}
    for _ in range(5000):
        universe = {"rank": "pe", "top": 3, "within": universe}
    with pytest.raises(ContextError, match="more than 8 universes stand inside each other"):
        read_universe(universe)


def test_a_table_of_industries_names_them_and_an_old_catalog_does_not_know(reader: Reader) -> None:
    dataset, span = reader.dataset, (20220104, 20220630)
    assert {"旧0", "中1", "小3"} <= set(dataset.catalog.industries)
    assert "has no industry '银行'" in str(check_context(dataset, {"industry": "银行"}, span)[0])
    said = dataset.catalog.to_json()
    assert Catalog.from_json(said) == dataset.catalog
    del said["industries"]
    old = replace(dataset, store=None)
    vars(old)["catalog"] = Catalog.from_json(said)
    assert check_context(old, {"industry": "银行"}, span) == []


def test_the_twin_is_no_twin_of_itself(reader: Reader, rows: Rows) -> None:
    """That ranks move, spells end and lists change in the window, so that the comparisons above compare something."""
    days = [day for day in sessions_of(rows) if WINDOW[0] <= day <= WINDOW[1]]
    for universe in EXAMPLES[3:]:
        found = resolved(reader, universe, days)
        assert len({frozenset(each) for each in found.values()}) > 1, universe
    assert int(dates_to_ints(np.array(days[:1], dtype="datetime64[D]"))[0]) == 20220104
