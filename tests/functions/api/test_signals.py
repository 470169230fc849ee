"""Tables of orders and weights: uploaded as JSON or CSV, refused with every problem, pinned by backtests, read by nobody else."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

Body = Callable[..., dict[str, Any]]
ORDERS = "date,ts_code,shares\n2020-01-03,609001.SH,200\n2020-03-02,609001.SH,-200\n"
WEIGHTS = "日期,代码,权重\n20200103,609001.SH,0.5\n20200103,现金,0.5\n"
ROWS = [{"date": "2020-01-03", "ts_code": "609001.SH", "shares": 200}, {"date": 20200302, "ts_code": "609001.SH", "shares": -200.0}]


@pytest.fixture
def uploaded(api: TestClient) -> dict[str, Any]:
    answer = api.post("/api/signals", json={"kind": "orders", "csv": ORDERS, "name": "trades"})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


@pytest.fixture
def of_signals(a_backtest: Body) -> Body:
    """A backtest of a table; keys of the context can be changed, None leaves one out."""

    def make(signal_id: str, **changes: Any) -> dict[str, Any]:
        return {**a_backtest(**({"universe": None} | changes)), "strategyRef": {"signals": signal_id}}

    return make


def listed(api: TestClient, **query: Any) -> Iterator[dict[str, Any]]:
    while True:
        page = api.get("/api/signals", params=query).json()
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        query["cursor"] = page["next_cursor"]


def problems_of(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 422, answer.text
    found: list[dict[str, Any]] = answer.json()["error"]["details"]["problems"]
    return found


def test_a_table_is_the_same_however_it_comes(api: TestClient, uploaded: dict[str, Any]) -> None:
    told = {"kind": "orders", "name": "trades", "rows": 2, "codes": 1, "first": "2020-01-03", "last": "2020-03-02", "has_settings": False}
    assert told.items() <= uploaded.items() and uploaded["unused"] == uploaded["warnings"] == []
    as_csv = api.post("/api/signals?kind=orders&name=trades", content=ORDERS.encode(), headers={"Content-Type": "text/csv; charset=utf-8"})
    as_rows = api.post("/api/signals", json={"kind": "orders", "rows": ROWS, "name": "trades"})
    for again in (as_csv, as_rows):
        assert again.status_code == 200 and again.json() == uploaded
    table = api.get(f"/api/signals/{uploaded['signal_id']}/table").json()
    assert (table["csv"], table["rows"], table["settings"]) == (ORDERS, None, None)
    other = api.post("/api/signals", json={"kind": "orders", "rows": ROWS, "name": "others", "settings": "costs: {commission: 0}\n"})
    assert other.status_code == 201 and other.json()["identity"] != uploaded["identity"] and other.json()["has_settings"]
    assert api.get(f"/api/signals/{other.json()['signal_id']}/table").json()["rows"] == ROWS
    assert [row["name"] for row in listed(api, limit=1)] == ["others", "trades"]
    assert [row["name"] for row in listed(api, name="tr")] == ["trades"]


def test_weights_of_a_spreadsheet_in_chinese_are_read(api: TestClient) -> None:
    answer = api.post("/api/signals?kind=weights", content=WEIGHTS.encode("gb18030"), headers={"Content-Type": "text/csv"})
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert (shown["rows"], shown["codes"], shown["name"]) == (2, 1, "weights 2020-01-03 - 2020-01-03")
    assert api.get(f"/api/signals/{shown['signal_id']}/table").json()["csv"] == WEIGHTS


def test_every_problem_of_table_and_settings_has_its_row_and_column(api: TestClient) -> None:
    sent = {
        "kind": "orders",
        "csv": "date,ts_code,remark,shares\nnever,609001.SH,x,0\n2020-01-03,,x,1.5\n",
        "settings": "costs: {comission: 1}\n",
    }
    told = problems_of(api.post("/api/signals", json=sent))
    assert told[0]["field"] == "costs.comission" and told[0]["line"] == 1
    places = [(row["line"], row["column"], row["field"]) for row in told[1:]]
    assert sorted(places) == [(2, 1, "row 2"), (2, 4, "row 2"), (3, 2, "row 3"), (3, 4, "row 3")]
    rows = [ROWS[0], {**ROWS[1], "shares": "many"}]
    (told_of_rows,) = problems_of(api.post("/api/signals", json={"kind": "orders", "rows": rows}))
    assert (told_of_rows["line"], told_of_rows["column"]) == (2, 3) and "'many' is no number" in told_of_rows["message"]


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"kind": "orders"}, "", "exactly one of rows, csv"),
        ({"kind": "orders", "csv": ORDERS, "rows": ROWS}, "", "exactly one of rows, csv"),
        ({"kind": "prices", "csv": ORDERS}, "kind", "'orders' or 'weights'"),
        ({"csv": ORDERS}, "kind", "is missing"),
        ({"kind": "orders", "csv": ORDERS, "nmae": "x"}, "nmae", "unknown key"),
        ({"kind": "weights", "csv": ORDERS}, "columns", "there is none for weight"),
        ({"kind": "orders", "csv": ""}, "file", "has no rows"),
        ({"kind": "orders", "rows": []}, "file", "has no rows"),
        ({"kind": "orders", "rows": ["x"]}, "rows[0]", "must be an object"),
        ({"kind": "orders", "rows": [{"date": True}]}, "rows[0]", "must be a text, a number or null"),
        ({"kind": "orders", "rows": [{"date": [1]}]}, "rows[0]", "must be a text, a number or null"),
        ({"kind": "orders", "rows": [{"shares": 10**400}]}, "rows[0]", "larger than any figure"),
        ({"kind": "orders", "rows": [{"x" * 101: 1}]}, "rows[0]", "longer than a cell"),
        ({"kind": "orders", "rows": [{f"c{n}": 1 for n in range(51)}]}, "rows[0]", "more than 50 columns"),
        ({"kind": "orders", "rows": [{f"c{n}": 1} for n in range(201)]}, "columns", "there are 201"),
        ({"kind": "orders", "rows": [{f"c{n % 100}": 1} for n in range(10_001)]}, "rows", "too many cells"),
        ({"kind": "orders", "csv": ",".join(f"c{n}" for n in range(100_000))}, "columns", "there are 100,000"),
        ({"kind": "orders", "csv": 'date,ts_code,shares\n2020-01-03,609001.SH,"1\n'}, "line 2", "unexpected end of data"),
        ({"kind": "orders", "csv": "date,ts_code,shares\n2020-01-03,609001.SH\n"}, "line 2", "2 cells, and the header has 3"),
        ({"kind": "orders", "csv": "date,date,shares\n2020-01-03,609001.SH,1\n"}, "columns", "the column 'date' twice"),
        ({"kind": "orders", "csv": ORDERS, "settings": "entry: close > 1\n"}, "entry", "unknown key"),
        ({"kind": "orders", "csv": ORDERS, "settings": "x" * 70_000}, "settings", "longer than 64 KiB"),
        ({"kind": "orders", "csv": ORDERS, "name": "a\nb"}, "name", "one line"),
        ({"kind": "orders", "csv": "date,ts_code,shares\n2020-01-03,609001.SH,1e999999999\n"}, "row 2", "is no number"),
        ({"kind": "weights", "csv": WEIGHTS.replace("0.5", "0.6")}, "row 2", "add up to 1.2"),
    ],
)
def test_what_is_no_table_is_told(api: TestClient, sent: dict[str, Any], field: str, message: str) -> None:
    told = problems_of(api.post("/api/signals", json=sent))
    assert told[0]["field"] == field and message in told[0]["message"], told
    assert list(listed(api)) == []


@pytest.mark.parametrize(
    ("query", "body", "type_", "status", "message"),
    [
        ("", ORDERS.encode(), "text/csv", 422, "kind: is missing"),
        ("?kind=orders", b"\xff\xff\xff", "text/csv", 422, "neither UTF-8 nor GB 18030"),
        ("?kind=orders&kind=weights&x=1", ORDERS.encode(), "text/csv", 422, "x: unknown key"),
        ("?kind=orders", b'{"kind": "orders", "csv": ""}', "application/json", 422, "say it inside the body"),
        ("", b"{", "application/json", 400, "no JSON"),
        ("", b'{"kind": "orders", "kind": "weights"}', "application/json", 400, "comes twice"),
        ("", b"[]", "application/json", 422, "must be a JSON object"),
        ("", b"", "", 400, "no JSON"),
    ],
)
def test_a_body_that_is_neither_is_refused(api: TestClient, query: str, body: bytes, type_: str, status: int, message: str) -> None:
    answer = api.post(f"/api/signals{query}", content=body, headers={"Content-Type": type_})
    told = answer.json()["error"]
    assert answer.status_code == status and message in str(told) and told["code"] == "INVALID_INPUT"


def test_a_backtest_pins_the_table_and_its_own_stocks(api: TestClient, uploaded: dict[str, Any], of_signals: Body) -> None:
    answer = api.post("/api/backtests", json=of_signals(uploaded["signal_id"], costs={"commission": 0}))
    assert answer.status_code == 201, answer.text
    shown = api.get(f"/api/backtests/{answer.json()['backtest_id']}").json()
    assert shown["strategy"] == {
        "strategy_id": uploaded["signal_id"], "version": 1, "name": "trades", "identity": uploaded["identity"], "kind": "orders",
    }  # fmt: skip
    context = shown["context"]
    assert context["universe"] == ["609001.SH"] and context["costs"] == {"commission": 0, "dividends": "cash"}
    assert context["frequency"] == "1d" and context["benchmark"] == "009300.SH"
    assert list(api.get("/api/strategies").json()["items"]) == []  # no strategy of rules


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"universe": {"all": True}}, "context.universe", "no meaning for a table"),
        ({"window": {"start": "2020-01-02", "end": "2020-02-03"}}, "strategyRef.signals.row 3", "outside of the window"),
        ({"frequency": "1w"}, "context.frequency", "weeks or months"),
        ({"frequency": "5m"}, "context.window.start", "2024-11-01"),
        ({"costs": {"comission": 0}}, "context.costs.comission", "unknown key"),
        ({"execution": {"frequency": "5m"}}, "context.window.start", "2024-11-01"),
        ({"datasource_version": "tushare:v9"}, "context.datasource_version", "tushare:v9"),
        ({"benchmark": "999999.SH"}, "context.benchmark", ""),
        ({"costs": {"dividends": "cash"}, "benchmark": "x"}, "context.benchmark", ""),
    ],
)
def test_what_the_context_cannot_serve_is_told(
    api: TestClient, uploaded: dict[str, Any], of_signals: Body, changes: dict[str, Any], field: str, message: str
) -> None:
    told = problems_of(api.post("/api/backtests", json=of_signals(uploaded["signal_id"], **changes)))
    assert field in [row["field"] for row in told] and message in str(told), told
    assert api.get("/api/backtests").json()["items"] == []


def test_lines_that_the_dataset_does_not_know_are_told_with_their_rows(api: TestClient, of_signals: Body) -> None:
    text = (
        "date,ts_code,shares,limit\n2020-01-04,609001.SH,100,\n2020-01-03,609999.SH,100,\n"
        "2020-01-06,609001.SH,100,9.999\n2020-01-07 10:00,609001.SH,1,\n"
    )
    made = api.post("/api/signals", json={"kind": "orders", "csv": text}).json()
    told = {row["line"]: row["message"] for row in problems_of(api.post("/api/backtests", json=of_signals(made["signal_id"])))}
    assert "no session" in told[2] and "unknown" in told[3] and "no whole number of ticks" in told[4] and "time of the day" in told[5]


def test_a_table_of_nothing_but_cash_is_no_backtest(api: TestClient, of_signals: Body) -> None:
    made = api.post("/api/signals", json={"kind": "weights", "csv": "date,ts_code,weight\n2020-01-03,CASH,1\n"}).json()
    told = problems_of(api.post("/api/backtests", json=of_signals(made["signal_id"])))
    assert "no row names a stock" in str(told)


def test_a_table_is_run_once_and_never_as_a_grid(api: TestClient, uploaded: dict[str, Any], of_signals: Body) -> None:
    backtest = api.post("/api/backtests", json=of_signals(uploaded["signal_id"])).json()["backtest_id"]
    grid = problems_of(api.post(f"/api/backtests/{backtest}/runs", json={"mode": "grid", "gridSpec": {"n": [1]}}))
    assert grid[0]["field"] == "mode" and "no grid" in grid[0]["message"]
    params = problems_of(api.post(f"/api/backtests/{backtest}/runs", json={"mode": "single", "params": {"n": 1, "m": 2}}))
    assert [row["field"] for row in params] == ["params.n", "params.m"]
    dry = api.post(f"/api/backtests/{backtest}/runs?dry_run=true", json={"mode": "single"})
    assert dry.status_code == 200 and dry.json()["combinations"] == 1
    submitted = api.post(f"/api/backtests/{backtest}/runs", json={"mode": "single"})
    assert submitted.status_code == 202
    run = api.get(f"/api/runs/{submitted.json()['run_ids'][0]}").json()
    assert run["params"] == {} and run["status"] == "queued"


def test_a_deleted_table_goes_or_stays_with_its_results(api: TestClient, uploaded: dict[str, Any], of_signals: Body) -> None:
    address = f"/api/signals/{uploaded['signal_id']}"
    unused = api.post("/api/signals", json={"kind": "orders", "csv": ORDERS, "name": "unused"}).json()["signal_id"]
    assert api.post("/api/backtests", json=of_signals(uploaded["signal_id"])).status_code == 201
    for name in (uploaded["signal_id"], unused):
        assert api.delete(f"/api/signals/{name}").status_code == 204
        assert api.delete(f"/api/signals/{name}").status_code == api.get(f"/api/signals/{name}").status_code == 404
        assert api.post("/api/backtests", json=of_signals(name)).status_code == 404
    assert list(listed(api)) == []
    assert api.get(f"{address}/table").json()["csv"] == ORDERS and api.get(f"/api/signals/{unused}/table").status_code == 404
    again = api.post("/api/signals", json={"kind": "orders", "csv": ORDERS, "name": "trades"})
    assert again.status_code == 201 and again.json()["signal_id"] != uploaded["signal_id"]


def test_somebody_elses_table_is_unknown(api: TestClient, other_api: TestClient, uploaded: dict[str, Any], of_signals: Body) -> None:
    address = f"/api/signals/{uploaded['signal_id']}"
    unknown = f"/api/signals/{uuid4()}"
    for call in (other_api.get, other_api.delete):
        assert call(address).status_code == call(unknown).status_code == 404
    assert other_api.get(f"{address}/table").status_code == 404
    assert other_api.post("/api/backtests", json=of_signals(uploaded["signal_id"])).status_code == 404
    assert list(listed(other_api)) == [] and api.get(address).status_code == 200


def test_a_strategy_is_no_table_and_a_table_no_strategy(
    api: TestClient, uploaded: dict[str, Any], a_backtest: Body, of_signals: Body
) -> None:
    api.post("/api/backtests", json=a_backtest())
    strategy = api.get("/api/strategies").json()["items"][0]["strategy_id"]
    table = uploaded["signal_id"]
    for address in (f"/api/signals/{strategy}", f"/api/strategies/{table}"):
        assert api.get(address).status_code == api.delete(address).status_code == 404
    assert api.get(f"/api/strategies/{table}/versions/1").status_code == api.get(f"/api/strategies/{table}/versions").status_code == 404
    assert api.patch(f"/api/strategies/{table}", json={"name": "x"}).status_code == 404
    assert api.get(f"/api/signals/{strategy}/table").status_code == 404
    by_id = {**of_signals(table), "strategyRef": {"strategy_id": table}}
    assert api.post("/api/backtests", json=by_id).status_code == 404
    assert api.post("/api/backtests", json=of_signals(strategy)).status_code == 404
