"""Plans of real programs on the sample market's catalog, without a database."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from datalake.panels.panel import PanelSpec
from datalake.sample import build_sample
from datalake.versions import Dataset
from engine.errors import ParameterError
from engine.language import Program, compile_strategy
from functions.identity import content_identity, engine_version, run_identity
from functions.jobs import plan as planning
from functions.jobs.plan import Plan, Versions, Wanted, cells_of, initial_cash_li, overrides, plan_submission, told_context
from functions.jobs.records import Backtest, StrategyVersion, blocks_of
from functions.templates import templates

SOURCE = templates()["dual-moving-average"]
CONTEXT: dict[str, Any] = {
    "universe": ["009001.SZ", "009002.SZ"],
    "frequency": "1d",
    "window": {"start": "2020-01-02", "end": "2020-12-31"},
    "datasource_version": "sample:v1",
    "initial_cash": 1_000_000,
    "benchmark": None,
}
VERSIONS = Versions("engine-1", "rules-1")
GRID = Wanted("grid", {"ma_short": [3, 5], "ma_long": {"start": 10, "stop": 30, "step": 10}})


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return build_sample(f"file://{tmp_path_factory.mktemp('lake')}")


def backtest_of(context: dict[str, Any]) -> Backtest:
    return Backtest("b", StrategyVersion("v", "s", "n", 1, SOURCE, "i"), context, "", datetime.now(UTC))


def program_of(context: dict[str, Any]) -> Program:
    return compile_strategy(SOURCE, overrides(context))


def plan_of(dataset: Dataset, wanted: Wanted = GRID, workers: int = 2, **context: Any) -> Plan:
    whole = CONTEXT | context
    return plan_submission(backtest_of(whole), program_of(whole), dataset, wanted, VERSIONS, workers)


def test_combinations_stand_in_the_order_of_the_strategy_the_last_parameter_fastest(dataset: Dataset) -> None:
    submission = plan_of(dataset).submission
    assert [(params["ma_short"], params["ma_long"]) for params in submission.combinations] == [
        (3, 10), (3, 20), (3, 30), (5, 10), (5, 20), (5, 30),
    ]  # fmt: skip
    assert len(set(submission.identities)) == 6
    assert (submission.engine_version, submission.rules_version) == ("engine-1", "rules-1")
    assert submission.spec == GRID.spec


def test_a_single_run_fills_in_the_defaults(dataset: Dataset) -> None:
    submission = plan_of(dataset, Wanted("single", {"ma_short": 7})).submission
    assert submission.combinations == ({"ma_short": 7, "ma_long": 20},)
    assert submission.blocks == ((0, 1),)


def test_the_panel_is_that_of_the_context(dataset: Dataset) -> None:
    panel = plan_of(dataset).submission.panel
    assert (panel["dataset"], panel["start"], panel["end"], panel["frequency"]) == ("sample:v1", 20200102, 20201231, "1d")
    assert panel["universe"] == {"kind": "codes", "codes": ["009001.SZ", "009002.SZ"]}
    assert panel["warm_up"] >= 250, "the declared maximum of ma_long"


def test_bad_parameters_are_told_all_at_once(dataset: Dataset) -> None:
    with pytest.raises(ParameterError) as error:
        plan_of(dataset, Wanted("grid", {"ma_shrt": [1], "ma_long": [100_000]}))
    assert len(error.value.problems) == 2
    with pytest.raises(ParameterError):
        plan_of(dataset, Wanted("single", {"ma_short": 1_000}))


def test_blocks_shrink_with_the_work_and_feed_every_worker(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Wanted("grid", {"ma_short": {"start": 2, "stop": 41, "step": 1}, "ma_long": {"start": 50, "stop": 149, "step": 1}})

    def blocks_for(*workers: int) -> list[int]:
        return [len(plan_of(dataset, wanted, each).submission.blocks) for each in workers]

    assert blocks_for(1, 2, 8, 1000) == [4, 4, 4, 4], "nobody is woken for a hundredth of a second"
    monkeypatch.setattr(planning, "CELLS_PER_SECOND", 400_000)
    assert blocks_for(1, 2, 8, 1000) == [4, 4, 8, 10], "ten seconds' work is for ten"
    monkeypatch.setattr(planning, "CELLS_PER_SECOND", 5_000)
    slow = plan_of(dataset, wanted, 1).submission
    assert len(slow.blocks) == 40 * 100 / (10 * 5_000 // (2 * (243 + slow.panel["warm_up"])))


def test_blocks_of_long_windows_stay_small_objects(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Wanted("grid", {"ma_short": {"start": 2, "stop": 41, "step": 1}, "ma_long": {"start": 50, "stop": 149, "step": 1}})
    monkeypatch.setattr(planning, "LARGEST_EQUITY", 100 * 243)
    blocks = plan_of(dataset, wanted, 1).submission.blocks
    assert max(last - first for first, last in blocks) == 100, "2020 has 243 sessions"


def test_trials_of_one_strategy_on_one_universe_are_a_family(dataset: Dataset) -> None:
    family = plan_of(dataset).submission.family
    assert len(family) == 64
    same: list[dict[str, Any]] = [
        {"window": {"start": "2021-01-04", "end": "2021-12-31"}},
        {"initial_cash": 5_000_000},
        {"costs": {"commission": 0.001}},
        {"universe": ["009002.SZ", "009001.SZ"]},
    ]
    assert {plan_of(dataset, **changed).submission.family for changed in same} == {family}
    assert plan_of(dataset, Wanted("single", {"ma_short": 9})).submission.family == family
    assert plan_of(dataset, universe=["009001.SZ"]).submission.family != family
    assert plan_of(dataset, universe={"all": True}).submission.family != family
    renamed = SOURCE.replace("name: dual-moving-average", "name: another")
    assert renamed != SOURCE
    changed = SOURCE.replace("roc(close, 20)", "roc(close, 30)")
    for text, related in ((renamed, False), (changed, True)):
        program = compile_strategy(text, overrides(CONTEXT))
        submission = plan_submission(backtest_of(CONTEXT), program, dataset, GRID, VERSIONS, 2).submission
        assert (submission.family == family) is related


def test_a_grid_that_may_stop_early_computes_little_in_vain(dataset: Dataset) -> None:
    spec = {"ma_short": {"start": 2, "stop": 41, "step": 1}, "ma_long": {"start": 50, "stop": 149, "step": 1}}
    for patience, workers, most in ((100, 2, 50), (100, 8, 20), (1, 1, 20), (10_000, 1, 1000), (999, 2, 499)):
        wanted = Wanted("grid", spec, early_stop={"metric": "sharpe", "mode": "max", "patience": patience})
        blocks = plan_of(dataset, wanted, workers).submission.blocks
        assert max(last - first for first, last in blocks) == most <= max(planning.LEAST_STOPPING, patience)


VALUES = st.lists(st.integers(2, 60), min_size=1, max_size=6, unique=True)
RANGES = st.builds(
    lambda start, more, step: {"start": start, "stop": start + more, "step": step},
    st.integers(2, 40),
    st.integers(0, 20),
    st.integers(1, 7),
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(short=VALUES | RANGES, long=VALUES | RANGES, most=st.integers(1, 40))
def test_max_evals_takes_the_first_valid_ones_and_counts_what_it_leaves_out(dataset: Dataset, short: Any, long: Any, most: int) -> None:
    spec = {"ma_short": short, "ma_long": long}
    try:
        whole = plan_of(dataset, Wanted("grid", spec))
    except ParameterError:  # no combination keeps `require`, or a value is out of bounds
        assume(False)
    some = plan_of(dataset, Wanted("grid", spec, max_evals=most))
    taken = whole.submission.combinations[:most]
    assert some.submission.combinations == taken and whole.left_out == 0
    looked_at = len(taken) + some.submission.skipped
    assert looked_at + some.left_out == len(whole.submission.combinations) + whole.submission.skipped
    assert (some.left_out == 0) if most >= len(whole.submission.combinations) else (some.left_out > 0)


@given(st.integers(1, 10_000), st.integers(1, 10**10), st.integers(0, 10_000), st.integers(1, 1000))
def test_blocks_cover_every_combination_once_and_are_never_too_large(count: int, cells: int, sessions: int, workers: int) -> None:
    blocks = blocks_of(count, planning.block_runs(cells, sessions), planning.cut_for(count, cells, workers))
    assert [position for first, last in blocks for position in range(first, last)] == list(range(count))
    longest = max(last - first for first, last in blocks)
    assert longest <= planning.LARGEST_BLOCK
    assert longest == 1 or longest * cells <= planning.BLOCK_SECONDS * planning.CELLS_PER_SECOND
    assert longest == 1 or longest * sessions <= planning.LARGEST_EQUITY
    seconds, cut = count * cells / planning.CELLS_PER_SECOND, planning.cut_for(count, cells, workers)
    assert len(blocks) >= min(count, cut)
    assert cut <= planning.FEW_WORKERS or seconds / cut >= planning.LEAST_BLOCK_SECONDS
    if seconds >= workers * planning.LEAST_BLOCK_SECONDS:
        assert cut == workers, "a grid that has work for everybody keeps everybody busy"


@pytest.mark.parametrize(
    "changed",
    [
        {"window": {"start": "2020-01-03", "end": "2020-12-31"}},
        {"initial_cash": 1_000_001},
        {"universe": ["009001.SZ"]},
        {"costs": {"commission": 0.001}},
        {"benchmark": "009300.SH"},
    ],
)
def test_whatever_decides_a_result_is_in_its_identity(dataset: Dataset, changed: dict[str, Any]) -> None:
    assert not set(plan_of(dataset).submission.identities) & set(plan_of(dataset, **changed).submission.identities)


def test_the_same_dataset_name_in_another_lake_is_another_identity(dataset: Dataset) -> None:
    """A lake made anew starts with v1 again."""
    table = dataset.tables["bars_1d"]
    other = replace(dataset, tables={**dataset.tables, "bars_1d": table._replace(snapshot="0" * 64)})
    assert other.version == dataset.version
    assert not set(plan_of(dataset).submission.identities) & set(plan_of(other).submission.identities)


def test_the_panel_holds_the_benchmark_of_the_context(dataset: Dataset) -> None:
    assert plan_of(dataset).submission.panel["benchmark"] == ""
    assert plan_of(dataset, benchmark="009300.SH").submission.panel["benchmark"] == "009300.SH"


def test_other_engines_and_rules_are_other_identities() -> None:
    base = run_identity("s", {"n": 1}, {}, "rules", "engine")
    others = {
        run_identity("t", {"n": 1}, {}, "rules", "engine"),
        run_identity("s", {"n": 2}, {}, "rules", "engine"),
        run_identity("s", {"n": 1}, {"a": 1}, "rules", "engine"),
        run_identity("s", {"n": 1}, {}, "rules-2", "engine"),
        run_identity("s", {"n": 1}, {}, "rules", "engine-2"),
    }
    assert len(others) == 5
    assert base not in others
    assert content_identity({"a": 1, "b": 2}) == content_identity({"b": 2, "a": 1})


def test_the_engines_version_names_the_cpu_target() -> None:
    assert engine_version("generic") == engine_version("generic")
    assert engine_version("generic") != engine_version("x86-64-v3")


def test_an_estimate_grows_with_the_grid(dataset: Dataset) -> None:
    small, large = plan_of(dataset), plan_of(dataset, universe={"all": True})
    assert 0 <= small.estimated_seconds < large.estimated_seconds


@pytest.mark.parametrize(
    ("universe", "bounds"),
    [
        ({"boards": ["star"]}, (1, 20)),
        ({"industry": ["银行"]}, (1, 30)),
        ({"index": "009300.SH"}, (20, 100)),
        ({"rank": "amount", "top": 4}, (12, 12)),
        ({"rank": "amount", "top": 4, "within": {"boards": ["star"]}}, (1, 12)),
        ({"any": [{"rank": "amount", "top": 4}, ["009001.SZ", "009002.SZ"]]}, (14, 14)),
        ({"any": [{"all": True}, {"boards": ["main", "chinext", "star", "fund"]}]}, (60, 100)),
    ],
)
def test_every_universe_has_an_estimate_of_its_size(dataset: Dataset, universe: Any, bounds: tuple[int, int]) -> None:
    def cells(wanted: Any) -> int:
        return cells_of(PanelSpec.of(dataset, wanted, (20240102, 20240329), 0), dataset)

    stocks = cells(universe) // cells(["009001.SZ"])
    assert bounds[0] <= stocks <= min(bounds[1], len(dataset.catalog.instruments)), stocks


def test_finer_bars_are_counted_and_decide_the_identity(dataset: Dataset) -> None:
    """48 five-minute bars a session are lived beside the daily one that signals are made on."""
    window = {"start": "2024-11-01", "end": "2024-12-31"}
    many = Wanted("grid", {"ma_short": {"start": 2, "stop": 41, "step": 1}, "ma_long": {"start": 50, "stop": 149, "step": 1}})
    daily, finer = (plan_of(dataset, many, window=window, execution=each) for each in (None, {"frequency": "5m"}))
    sessions = sum(20241101 <= day <= 20241231 for day in dataset.catalog.sessions)
    warm_up = daily.submission.panel["warm_up"]
    assert finer.submission.panel == daily.submission.panel | {"execution_frequency": "5m"}
    assert finer.estimated_seconds / daily.estimated_seconds == pytest.approx((49 * sessions + warm_up) / (sessions + warm_up), rel=0.05)
    assert not set(daily.submission.identities) & set(finer.submission.identities)


def test_weeks_and_months_are_counted_beside_the_days_that_orders_meet(dataset: Dataset) -> None:
    window = (20230103, 20231229)
    days, weeks, months = (cells_of(PanelSpec.of(dataset, ["009001.SZ"], window, 0, name), dataset) for name in ("1d", "1w", "1mo"))
    assert (days, weeks, months) == (242, 242 + 48, 242 + 12)
    minutes = PanelSpec.of(dataset, ["009001.SZ"], window, 7, "1w", (), "15m")
    assert minutes.execution_frequency == "15m" and cells_of(minutes, dataset) == 242 * 16 + 48 + 7
    assert PanelSpec.of(dataset, {"all": True}, window, 0, "1w") == PanelSpec.of(dataset, {"all": True}, window, 0, "1w", (), "1d")


def test_finer_bars_make_smaller_blocks(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "CELLS_PER_SECOND", 2_000)
    window = {"start": "2024-11-01", "end": "2024-12-31"}
    many = Wanted("grid", {"ma_short": {"start": 2, "stop": 41, "step": 1}})
    daily, finer = (plan_of(dataset, many, 1, window=window, execution=each).submission.blocks for each in (None, {"frequency": "5m"}))
    assert len(finer) > len(daily)


@pytest.mark.parametrize(
    "changed", [{"costs": {"dividends": "cash"}}, {"costs": {"dividends": "reinvest"}}, {"execution": {"fill": "vwap"}}]
)
def test_how_dividends_are_played_is_in_the_identity(dataset: Dataset, changed: dict[str, Any]) -> None:
    assert not set(plan_of(dataset).submission.identities) & set(plan_of(dataset, **changed).submission.identities)


def test_cash_is_told_in_yuan_and_counted_in_li() -> None:
    assert initial_cash_li({"initial_cash": 1_000}) == 1_000_000
    assert initial_cash_li({}) == 1_000_000_000


def test_overrides_leave_out_what_is_not_said() -> None:
    assert overrides({"universe": None, "costs": {"commission": 0.001}, "window": {}}) == {"costs": {"commission": 0.001}}


def test_a_report_tells_the_universe_that_the_strategy_names() -> None:
    program = compile_strategy(SOURCE, {"universe": ["600519.SH", "000001.SZ"]})
    own = {"kind": "codes", "codes": ["000001.SZ", "600519.SH"]}
    assert told_context({"universe": None, "window": {}}, program) == {"universe": own, "window": {}}
    assert told_context({"window": {}}, program) == {"universe": own, "window": {}}
    assert told_context({"universe": {"all": True}}, program) == {"universe": {"all": True}}


def test_templates_plan_as_they_are(dataset: Dataset) -> None:
    for name, text in templates().items():
        context = CONTEXT | {"universe": None}
        backtest = replace(backtest_of(context), strategy=StrategyVersion("v", "s", name, 1, text, "i"))
        program = compile_strategy(text)
        plan = plan_submission(backtest, program, dataset, Wanted("single", {}), VERSIONS, 2)
        assert plan.submission.panel["universe"]["kind"] in ("all", "codes"), Path(name)
