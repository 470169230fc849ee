"""What a submission resolves and pins: how dividends are played, which bars orders meet, what the data must know for it."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from datalake.files.imports import import_table
from functions.api.context import known_dataset
from functions.commands import local
from functions.wiring import House
from tests.functions.api.bells import work
from tests.functions.api.conftest import DUAL, Run
from tests.functions.api.test_backtests import problems

Body = Callable[..., dict[str, Any]]
MINUTES = {"start": "2024-11-18", "end": "2024-12-31"}
CODE = "600001.SH"
BEFORE_THE_TAX = {"start": "2015-08-03", "end": "2015-10-30"}
TAXED = {"start": "2015-09-08", "end": "2015-10-30"}


@pytest.fixture(scope="module")
def plain_lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Half a year of 2015 with an ex-date in June and one in September; nobody has recorded a dividend."""
    return _imported(tmp_path_factory.mktemp("plain"), "")


@pytest.fixture(scope="module")
def told_lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same with its records."""
    return _imported(tmp_path_factory.mktemp("told"), f"{CODE},20150610,1.0\n{CODE},20150915,1.0\n")


def _imported(folder: Path, records: str) -> str:
    url, rows, day, close = (folder / "lake").as_uri(), [], date(2015, 5, 4), 20.0
    while day < date(2015, 11, 1):
        if day.weekday() < 5:
            before = close - 1.0 if day in (date(2015, 6, 10), date(2015, 9, 15)) else close
            close = before + (0.1 if day.day % 2 else -0.1)
            low, high = min(before, close), max(before, close)
            prices = ",".join(f"{price:.2f}" for price in (before, high, low, close, before))
            rows.append(f"{CODE},{day:%Y%m%d},{prices},10000,20000")
        day += timedelta(days=1)
    (folder / "daily.csv").write_text("ts_code,trade_date,open,high,low,close,pre_close,vol,amount\n" + "\n".join(rows))
    import_table(url, "bars_1d", [folder / "daily.csv"])
    if records:
        (folder / "dividends.csv").write_text("ts_code,ex_date,cash_div_tax\n" + records)
        import_table(url, "dividends", [folder / "dividends.csv"])
    return url


@pytest.fixture
def pinned(make_house: Callable[..., House], client_of: Callable[..., TestClient], desk: object, user: str, a_backtest: Body) -> Any:
    """What a lake's newest dataset makes of a context: the context that is pinned, or the problems."""

    def resolve(lake_url: str, **changes: Any) -> Any:
        api = client_of(make_house(lake_url=lake_url), user)
        answer = api.post("/api/backtests", json=a_backtest(**{"datasource_version": None, "universe": [CODE]} | changes))
        if answer.status_code != 201:
            return problems(answer)
        return api.get(f"/api/backtests/{answer.json()['backtest_id']}").json()["context"]

    return resolve


def test_dividends_are_paid_in_cash_where_they_are_known_and_it_is_pinned(pinned: Any, lake_url: str, told_lake: str) -> None:
    assert pinned(lake_url, universe={"all": True})["costs"] == {"dividends": "cash"}
    assert pinned(told_lake, window=TAXED)["costs"] == {"dividends": "cash"}
    assert pinned(told_lake, window=TAXED, costs={"commission": 0.001, "dividends": "auto"})["costs"] == {
        "commission": 0.001,
        "dividends": "cash",
    }


def test_dividends_are_reinvested_where_nobody_recorded_them(pinned: Any, plain_lake: str) -> None:
    assert pinned(plain_lake, window=TAXED)["costs"] == {"dividends": "reinvest"}


def test_who_says_how_is_not_asked_again(pinned: Any, lake_url: str) -> None:
    assert pinned(lake_url, universe={"all": True}, costs={"dividends": "reinvest"})["costs"] == {"dividends": "reinvest"}
    assert "costs" not in pinned(lake_url, universe={"all": True}, code=DUAL + "costs: {dividends: reinvest}\n")
    assert "costs" not in pinned(lake_url, universe={"all": True}, code=DUAL + "costs: {dividends: cash}\n")


def test_dividends_in_cash_without_records_were_lost_in_silence(pinned: Any, plain_lake: str, told_lake: str) -> None:
    found = pinned(plain_lake, window=TAXED, costs={"dividends": "cash"})
    assert "import:v1 has no dividend records" in found["strategy.costs.dividends"]
    found = pinned(plain_lake, window=TAXED, code=DUAL + "costs: {dividends: cash}\n")
    assert "import dividends" in found["strategy.costs.dividends"]
    assert pinned(told_lake, window=TAXED, costs={"dividends": "cash"})["costs"] == {"dividends": "cash"}


def test_before_the_rules_of_its_tax_auto_is_reinvest_and_cash_is_refused(pinned: Any, told_lake: str) -> None:
    assert pinned(told_lake, window=BEFORE_THE_TAX)["costs"] == {"dividends": "reinvest"}
    found = pinned(told_lake, window=BEFORE_THE_TAX, costs={"dividends": "cash"})
    assert list(found) == ["context.window.start"]
    assert "dividend tax begin on 2015-09-08" in found["context.window.start"]
    assert "leave the tax out" in found["context.window.start"]
    without = {"dividend_tax": False}
    assert pinned(told_lake, window=BEFORE_THE_TAX, costs=without)["costs"] == {**without, "dividends": "cash"}


def test_an_own_transfer_fee_begins_earlier_than_the_rules(pinned: Any, told_lake: str) -> None:
    early = {"start": "2015-06-01", "end": "2015-10-30"}
    assert "rules of board main begin on 2015-08-01" in pinned(told_lake, window=early)["context.window.start"]
    assert pinned(told_lake, window=early, costs={"transfer_fee": 0.00002})["costs"]["dividends"] == "reinvest"


def test_a_benchmark_is_the_datas_own_where_nobody_names_one(pinned: Any, lake_url: str, plain_lake: str) -> None:
    assert pinned(lake_url, universe={"all": True})["benchmark"] == "009300.SH"
    assert pinned(lake_url, universe={"all": True}, benchmark="609001.SH")["benchmark"] == "609001.SH"
    assert pinned(plain_lake, window=TAXED)["benchmark"] is None, "it has no index"
    assert pinned(plain_lake, window=TAXED, benchmark=CODE)["benchmark"] == CODE
    assert "did you mean '600001.SH'?" in pinned(plain_lake, window=TAXED, benchmark="600001.SZ")["context.benchmark"]
    assert "is empty" in pinned(plain_lake, window=TAXED, benchmark="")["context.benchmark"]


def test_null_is_no_benchmark_and_saying_the_usual_one_changes_nothing(api: TestClient, house: House, a_backtest: Body) -> None:
    bodies = [a_backtest(), a_backtest(benchmark="009300.SH"), a_backtest(benchmark="609001.SH"), a_backtest()]
    bodies[-1]["context"]["benchmark"] = None
    shown = [api.get(f"/api/backtests/{api.post('/api/backtests', json=body).json()['backtest_id']}").json() for body in bodies]
    assert [answer["context"]["benchmark"] for answer in shown] == ["009300.SH", "009300.SH", "609001.SH", None]
    plans = [local.prepare(body["strategyRef"], body["context"], {"mode": "single"}, house.settings) for body in bodies]
    found = [plan.market.benchmark for plan in plans]
    assert [one.code if one else None for one in found] == ["009300.SH", "009300.SH", "609001.SH", None]
    assert all(len(one.closes) == plans[0].market.shape[0] - plans[0].market.window_start + 1 for one in found if one)
    cells = [local.record(plan, plan.combinations[0]).cell for plan in plans]
    assert cells[0].content_hash == cells[1].content_hash
    assert [cell.stats["benchmark_return"] is None for cell in cells] == [False, False, False, True]
    assert cells[0].stats["benchmark_return"] != cells[2].stats["benchmark_return"]
    assert len({cell.stats["pnl"] for cell in cells}) == 1, "no order sees the benchmark"


def test_the_resolved_way_decides_the_identity_however_it_was_said(api: TestClient, house: House, a_backtest: Body) -> None:
    """auto, cash in the context and cash in the text are one result; reinvest is another."""
    said = (
        a_backtest(),
        a_backtest(costs={"dividends": "cash"}),
        a_backtest(DUAL + "costs: {dividends: cash}\n"),
        a_backtest(costs={"dividends": "reinvest"}),
    )
    hashes = []
    for body in said:
        backtest = api.post("/api/backtests", json=body).json()["backtest_id"]
        (run_id,) = api.post(f"/api/backtests/{backtest}/runs", json={"mode": "single"}).json()["run_ids"]
        work(house)
        hashes.append(api.get(f"/api/backtests/{backtest}/runs/{run_id}").json()["content_hash"])
    assert hashes[0] == hashes[1] == hashes[2] != hashes[3]
    plans = [local.prepare(body["strategyRef"], body["context"], {"mode": "single"}, house.settings) for body in said]
    assert [plan.program.identity == plans[0].program.identity for plan in plans] == [True, True, True, False]
    assert [local.record(plan, plan.combinations[0]).cell.content_hash for plan in plans] == hashes


def test_orders_on_finer_bars_go_through_every_room(api: TestClient, house: House, a_backtest: Body) -> None:
    codes = house_codes(house)[:4]
    body = a_backtest(universe=codes, window=MINUTES, execution={"frequency": "5m"})
    backtest = f"/api/backtests/{api.post('/api/backtests', json=body).json()['backtest_id']}"
    assert api.get(backtest).json()["context"]["execution"] == {"frequency": "5m"}
    spec = {"mode": "grid", "gridSpec": {"ma_short": [2, 3], "ma_long": [5, 8]}}
    dry = api.post(f"{backtest}/runs?dry_run=true", json=spec).json()
    daily = api.post("/api/backtests", json=a_backtest(universe=codes, window=MINUTES)).json()["backtest_id"]
    assert (
        dry["estimated_compute_seconds"]
        > api.post(f"/api/backtests/{daily}/runs?dry_run=true", json=spec).json()["estimated_compute_seconds"]
    )
    grid = api.post(f"{backtest}/runs", json=spec).json()
    work(house)
    runs = api.get(f"{backtest}/runs?grid_id={grid['grid_id']}").json()["items"]
    assert [run["status"] for run in runs] == ["succeeded"] * 4
    for run in runs:
        (single,) = api.post(f"{backtest}/runs", json={"mode": "single", "params": run["params"]}).json()["run_ids"]
        work(house)
        assert api.get(f"{backtest}/runs/{single}").json()["content_hash"] == run["content_hash"]
        api.get(f"/api/runs/{run['run_id']}/artifacts/account?format=csv")  # made when it is asked for, unless it is one of the best
        work(house)
        api.get(f"/api/runs/{run['run_id']}/artifacts/account")
        work(house)
        account = [api.get(f"/api/runs/{each}/artifacts/account?format=csv").text for each in (single, run["run_id"])]
        assert account[0] == account[1]
        days = account[0].splitlines()
        assert days[1].startswith("2024-11-18,") and days[-1].startswith("2024-12-31,")
        assert len(days) == 1 + len({line[:10] for line in days[1:]}), "one row a session, not one a bar"
    assert any(run["stats"]["trades"] for run in runs)
    plan = local.prepare(body["strategyRef"], body["context"], spec, house.settings)
    rows = local.evaluate_all(plan, 2, "grid")
    assert [row.content_hash for row in rows] == [run["content_hash"] for run in runs]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"execution": {"frequency": "5m"}}, "context.window.start", "the 5m bars that orders are to meet"),
        ({"execution": {"frequency": "1m"}, "window": MINUTES}, "strategy.execution.frequency", "has no bars of frequency '1m'"),
        (
            {"execution": {"frequency": "15m"}, "frequency": "5m", "window": MINUTES, "universe": "minutes"},
            "strategy.execution.frequency",
            "cannot meet 15m bars where signals are computed on 5m bars",
        ),
        ({"execution": {"frequency": "1d"}, "window": MINUTES}, "context.execution.frequency", "5m"),
        (
            {"execution": {"frequency": "5m"}, "window": MINUTES, "universe": ["009002.SZ"]},
            "context.universe",
            "no minute bars of 009002.SZ",
        ),
    ],
)
def test_finer_bars_that_cannot_be_served_are_refused(
    api: TestClient, house: House, a_backtest: Body, changes: dict[str, Any], field: str, said: str
) -> None:
    codes = {"universe": house_codes(house)} if changes.get("universe") in (None, "minutes") else {}
    found = problems(api.post("/api/backtests", json=a_backtest(**changes | codes)))
    assert field in found and said in found[field], found


def test_bars_that_signals_are_made_on_anyway_are_no_finer_ones(api: TestClient, house: House, a_backtest: Body) -> None:
    same = a_backtest(universe=house_codes(house)[:2], frequency="5m", window=MINUTES, execution={"frequency": "5m"})
    backtest = f"/api/backtests/{api.post('/api/backtests', json=same).json()['backtest_id']}"
    without = a_backtest(universe=house_codes(house)[:2], frequency="5m", window=MINUTES)
    other = f"/api/backtests/{api.post('/api/backtests', json=without).json()['backtest_id']}"
    wanted = {"mode": "single", "params": {"ma_short": 5, "ma_long": 20}}
    hashes = []
    for address in (backtest, other):
        (run_id,) = api.post(f"{address}/runs", json=wanted).json()["run_ids"]
        work(house)
        hashes.append(api.get(f"{address}/runs/{run_id}").json()["content_hash"])
    assert hashes[0] == hashes[1] is not None


@pytest.mark.parametrize(
    ("universe", "fields"),
    [
        ({"boards": "strar"}, ["context.universe.boards"]),
        ({"rank": "amuont", "top": 3}, ["context.universe.rank"]),
        ({"any": [[], {"index": "x"}]}, ["context.universe.any[0]", "context.universe.any[1].index"]),
        ({"any": [{"industry": "银仃"}, {"boards": ["bse"]}]}, ["context.universe.industry", "context.universe.boards"]),
        ({"rank": "pe", "top": 3, "within": {"all": False}}, ["context.universe.within.all"]),
        ({"industry": [3, {}]}, ["context.universe.industry[1]"]),
        (7, ["context.universe"]),
    ],
)
def test_what_is_wrong_with_a_universe_was_said_twice(api: TestClient, a_backtest: Body, universe: Any, fields: list[str]) -> None:
    answer = api.post("/api/backtests", json=a_backtest(universe=universe))
    told = answer.json()["error"]["details"]["problems"]
    assert answer.status_code == 422 and [row["field"] for row in told] == fields and all(row["hint"] for row in told), told


def test_a_cap_per_industry_needs_to_know_them(pinned: Any, lake_url: str, plain_lake: str) -> None:
    code = DUAL + "risk: {max_industry_weight: 0.3}\n"
    found = pinned(plain_lake, window=TAXED, code=code)
    assert "does not know any" in found["strategy.max_industry_weight"]
    assert pinned(lake_url, universe={"all": True}, code=code)["datasource_version"] == "sample:v1"


@pytest.mark.parametrize("told", [False, True])
def test_orders_from_a_file_resolve_dividends_alike(
    lianghu: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plain_lake: str, told_lake: str, told: bool
) -> None:
    """Windows before the tax were computed by rates that nobody knows, an own transfer fee began no earlier, and cash lost dividends."""
    monkeypatch.setenv("LAKE_URL", told_lake if told else plain_lake)
    orders, settings = tmp_path / "orders.csv", tmp_path / "settings.yaml"

    def resolved(first: str, text: str) -> str:
        orders.write_text(f"date,code,shares\n{first},{CODE},100\n2015-10-30,{CODE},-100\n")
        settings.write_text(text)
        code, out, _ = lianghu("run", "--local", settings, "--orders", orders, "--json")
        answer = json.loads(out)
        return str(answer["context"]["costs"]["dividends"]) if code == 0 else str(answer["error"]["details"]["problems"][0]["message"])

    assert resolved("2015-09-08", "") == ("cash" if told else "reinvest")
    assert resolved("2015-08-03", "") == "reinvest"
    assert resolved("2015-06-01", "costs: {transfer_fee: 0.00002}\n") == "reinvest"
    assert "begin on 2015-08-01" in resolved("2015-06-01", "")
    cash = resolved("2015-09-08", "costs: {dividends: cash}\n")
    assert cash == ("cash" if told else "is cash, and import:v1 has no dividend records")
    if told:
        assert "dividend tax begin on 2015-09-08" in resolved("2015-08-03", "costs: {dividends: cash}\n")


def house_codes(house: House) -> list[str]:
    """The stocks of the sample that have minute bars."""

    return list(known_dataset(house.lake, "sample:v1").catalog.bars["5m"].codes)
