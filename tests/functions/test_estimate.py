"""The model behind `lianghu estimate`: its rows agree with the template and the benchmarks, and it behaves as costs do."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.calibrate import calibrated
from bench.rush import MIX as RUSH
from functions.metrics import METRICS
from functions.scale import deployment
from functions.scale.choosing import block_sizes, memory_needed, memory_sizes, worker_counts
from functions.scale.estimate import Case, Setting, block_seconds, estimate, of_work
from functions.scale.figures import FIGURES, Range, figure
from functions.scale.measured import FILE, measured, read
from functions.scale.months import MACHINES, MIX, SCENARIOS, idle, machine_for, month
from functions.scale.prices import METERS, REGIONS, TOKYO, VIRGINIA, bill, total
from functions.scale.work import Market, single
from infra.secrets import GROUPS

ROOT = Path(__file__).parents[2]
INDEX, WHOLE = Market(300, 2500), Market(5000, 2500)
SURE = Range(1.0, 1.0, 1.0)


class _Loader(yaml.SafeLoader):
    """References as they stand: only what is said in the template itself is compared."""


def _tag(loader: Any, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return {suffix: loader.construct_scalar(node)}


_Loader.add_multi_constructor("!", _tag)
TEMPLATE = yaml.load((ROOT / "template.yaml").read_text(), _Loader)


def test_the_functions_are_those_of_the_template() -> None:
    default = TEMPLATE["Globals"]["Function"]
    for function in deployment.FUNCTIONS:
        found = {**default, **TEMPLATE["Resources"][function.name]["Properties"]}
        memory = found["MemorySize"]
        if isinstance(memory, dict):
            memory = TEMPLATE["Parameters"][memory["Ref"]]["Default"]
        assert (memory, found["Timeout"]) == (function.memory_mb, function.timeout_seconds), function.name
    parameters = {name: row.get("Default") for name, row in TEMPLATE["Parameters"].items()}
    assert parameters["WorkerConcurrency"] == deployment.WORKERS
    assert parameters["PreparedAccounts"] == deployment.PREPARED_ACCOUNTS
    assert parameters["WorkerThreads"] == deployment.WORKER_THREADS == Setting().threads
    assert parameters["BlockTimeoutSeconds"] == deployment.BLOCK_TIMEOUT_SECONDS
    assert TEMPLATE["Resources"]["WorkerFunction"]["Properties"]["EphemeralStorage"]["Size"] == deployment.WORKER_DISK_MB


def test_what_costs_something_while_nobody_works_is_counted_in_the_template() -> None:
    resources = TEMPLATE["Resources"]
    alarms = [row["Properties"] for row in resources.values() if row["Type"] == "AWS::CloudWatch::Alarm"]
    looked_at = [len([each for each in alarm["Metrics"] if "MetricStat" in each]) if "Metrics" in alarm else 1 for alarm in alarms]
    assert sum(looked_at) == deployment.ALARM_METRICS, "say so in functions/scale/deployment.py, then: python -m bench.cost_page"
    dashboards = [row["Properties"]["DashboardBody"]["Sub"] for row in resources.values() if row["Type"] == "AWS::CloudWatch::Dashboard"]
    shown = json.loads(re.sub(r"\$\{[^}]*\}", "x", dashboards[0]))
    metrics = sum(len(each["properties"].get("metrics", ())) for each in shown["widgets"])
    assert len(dashboards) == 1 and int(metrics > deployment.FREE_DASHBOARD_METRICS) == deployment.PAID_DASHBOARDS
    events = [event for row in resources.values() for event in row.get("Properties", {}).get("Events", {}).values()]
    assert len([event for event in events if event["Type"] == "SQS"]) == deployment.QUEUES_POLLED
    rows = [event["Properties"]["ScheduleExpression"] for event in events if event["Type"] == "ScheduleV2"]
    assert "rate(1 minute)" in rows and len([row for row in rows if "MON-FRI" in row]) == deployment.SCHEDULED_A_TRADING_DAY
    assert len(GROUPS) == deployment.SECRETS
    assert figure("metrics").high >= sum(len(row.services) for row in METRICS if not row.by) - 10


def test_people_of_a_month_are_those_of_the_rush() -> None:
    assert [(crew.people, crew.combinations) for crew in MIX] == [(crew.people, crew.combinations) for crew in RUSH]


def test_figures_lie_between_their_bounds() -> None:
    for row in FIGURES:
        bounds = sorted((row.low, row.high))
        assert bounds[0] <= row.typical <= bounds[1], row.key
    assert len({row.key for row in FIGURES}) == len(FIGURES)


def test_more_work_costs_more_and_takes_longer() -> None:
    for market in (INDEX, WHOLE):
        found = [estimate(count, market, Setting()) for count in (1_000, 10_000, 100_000, 1_000_000)]
        for one, more in pairwise(found):
            assert more.usd(TOKYO).typical > one.usd(TOKYO).typical
            assert more.typical.wall_seconds > one.typical.wall_seconds
            assert more.typical.postgres_seconds > one.typical.postgres_seconds
    assert estimate(1_000, WHOLE, Setting()).usd(TOKYO).typical > estimate(1_000, INDEX, Setting()).usd(TOKYO).typical


@pytest.mark.parametrize("market", [INDEX, WHOLE])
@pytest.mark.parametrize("region", REGIONS)
def test_what_is_told_lies_between_low_and_high(market: Market, region: str) -> None:
    for count in (1, 1_000, 100_000):
        setting = Setting(region=region)
        found = of_work(single(market), market, setting) if count == 1 else estimate(count, market, setting)
        low, typical, high = found.usd(region)
        assert 0 < low < typical < high
        assert found.low.wall_seconds < found.typical.wall_seconds < found.high.wall_seconds
        assert {meter.key for meter in METERS} >= set(found.typical.usage)


def test_processors_follow_memory_and_threads_follow_processors() -> None:
    assert [Setting(memory_mb=memory).threads for memory in (128, 1769, 3008, 3538, 5307, 10_240)] == [1, 1, 2, 2, 3, 6]
    half, one, two = (
        block_seconds(1000, WHOLE, Setting(memory_mb=memory, region=TOKYO), 1.0, Case.TYPICAL) for memory in (885, 1769, 3538)
    )
    assert half == pytest.approx(2 * one, rel=0.02), "half a processor takes twice as long"
    assert one / two == pytest.approx(measured().two_threads, rel=0.02), "two are as fast as two threads were measured to be"


def test_the_model_goes_through_what_was_measured() -> None:
    known = measured()
    for point in known.points:
        market = Market(point.stocks, known.sessions)
        assert known.run(market) == pytest.approx(point.seconds_a_run)
        assert known.account(market) == pytest.approx(point.seconds_an_account)
    between = known.run(Market(600, 2500))
    assert known.run(INDEX) < between < known.run(Market(1200, 2500))
    assert known.run(Market(300, 1250)) == pytest.approx(known.run(INDEX) / 2)
    assert known.strategies().low < 1 < known.strategies().typical < known.strategies().high


def test_a_size_is_chosen_by_money_by_time_and_by_both() -> None:
    choice = memory_sizes(100_000, WHOLE, Setting())
    fitting = [each for each in choice.tried if each.fits]
    assert choice.cheapest.usd == min(each.usd for each in fitting)
    assert choice.fastest.wall_seconds == min(each.wall_seconds for each in fitting)
    assert choice.knee.usd * choice.knee.wall_seconds == min(each.usd * each.wall_seconds for each in fitting)
    assert choice.cheapest.size < choice.fastest.size
    assert memory_needed(WHOLE) > 1769, "a whole market has no room in a worker with one processor"
    assert not any(each.fits for each in choice.tried if each.size < memory_needed(WHOLE))
    few = worker_counts(1_000, INDEX, Setting())
    assert few.cheapest.size < few.fastest.size, "each worker that starts is paid for"
    sizes = block_sizes(100_000, INDEX, Setting())
    assert sizes.cheapest.size > sizes.fastest.size
    assert all(each.size <= 1000 for each in sizes.tried if each.fits), "the events of a block name all of its runs"


def test_a_month_grows_with_its_people_and_an_idle_one_costs_what_stands() -> None:
    found = {each.name: month(each, Setting(region=VIRGINIA)) for each in SCENARIOS}
    names = ("idle", "small", "medium", "large")
    assert [found[name].usd.typical for name in names] == sorted(found[name].usd.typical for name in names)
    assert found["thousand"].usd.typical > found["fifty"].usd.typical > found["idle"].usd.typical
    standing = total(bill(idle(Setting(region=VIRGINIA), Case.TYPICAL), VIRGINIA))
    assert found["idle"].usd.typical == pytest.approx(standing)
    assert found["thousand"].year.typical > found["thousand"].usd.typical, "what is kept is paid for every month"
    assert found["fifty"].estimate.work.combinations == 14_920 * 21


def test_the_database_is_the_smallest_that_bears_it() -> None:
    assert machine_for(0.0, 0.0, 0.0) == MACHINES[0]
    assert machine_for(1.5, 600, 1) == MACHINES[0], "for minutes, shared cores bear it"
    assert machine_for(1.5, 36_000, 1).name == "Large"
    assert machine_for(0.1, 600, 30).name == "Medium"
    assert machine_for(100, 36_000, 1) == MACHINES[-1]


def test_figures_that_are_taken_anew_take_the_place_of_the_old() -> None:
    before = json.loads(FILE.read_text())
    machine = {"processor": "P", "cores": 4, "load_before": [0.1, 0.1, 0.1]}
    thread = {"seconds_min": 2.0}
    figures = {
        "cost": {"bars": 1000, "markets": before["markets"]},
        "W3": {"combinations": 100, "1 thread": thread, "2 threads": {"seconds_min": 1.25}},
        "W7": {"slow": {"combinations": 100, "1 thread": {"seconds_min": 5.0}}, "peak_memory_mb": 1.0},
    }
    told = calibrated({"machine": machine, "workloads": figures}, before, "2030-01-02")
    found = read(told)
    assert (found.taken, found.machine, found.sessions, found.two_threads) == ("2030-01-02", "P, 4 cores", 1000, 1.6)
    assert dict(found.templates) == {"slow": 2.5}
    assert told["checked"] == before["checked"], "what was not taken anew stays"
    with pytest.raises(ValueError, match="python -m bench cost"):
        calibrated({"machine": machine, "workloads": {}}, before, "2030-01-02")


def test_a_strategy_that_takes_twice_as_long_costs_more() -> None:
    one, two = (estimate(10_000, INDEX, Setting(), Range(*(times * each for each in SURE))) for times in (1, 2))
    assert two.typical.cells_seconds > 1.3 * one.typical.cells_seconds
    assert two.usd(TOKYO).typical > one.usd(TOKYO).typical


def test_each_account_that_nobody_asked_for_costs_something() -> None:
    for market in (INDEX, WHOLE):
        found = [estimate(1_000, market, Setting(accounts=count), SURE) for count in (0, 1, 3, 20, 100)]
        assert [each.work.accounts for each in found] == [0, 1, 3, 20, 100]
        for one, other in pairwise(found):
            assert one.usd(TOKYO).typical < other.usd(TOKYO).typical and one.typical.wall_seconds == other.typical.wall_seconds
    months = [month(SCENARIOS[4], Setting(accounts=count)).usd.typical for count in (0, 3, 20)]
    assert months == sorted(months) and months[0] < months[-1]
