"""Who plays in these tests: people with one of everything that can be somebody's, made by the API's own calls."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient

from functions.wiring import House
from tests.functions.api.bells import work
from tests.functions.api.conftest import token

Ids = dict[str, str]

CODE = """
name: {name}
params:
  ma_short: {{default: 5, min: 2, max: 120}}
  ma_long: {{default: 20, min: 3, max: 250}}
require: [ma_short < ma_long]
let: {{fast: "sma(close, ma_short)", slow: "sma(close, ma_long)"}}
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 20)
portfolio: {{max_positions: 3}}
"""
CONTEXT: Mapping[str, Any] = {
    "universe": ["009001.SZ", "009002.SZ"],
    "frequency": "1d",
    "window": {"start": "2022-01-04", "end": "2022-03-31"},
    "datasource_version": "sample:v1",
}
GRID = {"mode": "grid", "gridSpec": {"ma_long": [10, 30], "ma_short": [5]}}
SINGLE = {"mode": "single", "params": {"ma_short": 5, "ma_long": 10}}


@dataclass
class Person:
    user: str
    api: TestClient
    """Signed in as this person."""
    house: House
    ids: Ids = field(default_factory=dict)
    """One of everything, by the name of the parameter that names it; beside them `token` of the share and `key` itself."""

    def made(self, method: str, address: str, name: str = "", **request: Any) -> str:
        """What a call made: the value of `name` in its answer."""
        answer = self.api.request(method, address, **request)
        assert answer.status_code < 300, (method, address, answer.status_code, answer.text)
        return str(answer.json()[name]) if name else ""


def sign_in(api: TestClient, house: House, user: str) -> Person:
    api.headers["Authorization"] = f"Bearer {token(user, exp=time.time() + 3600)}"
    return Person(user, api, house)


def _backtest(who: Person) -> Ids:
    body = {"strategyRef": {"code": CODE.format(name=f"secret-idea-{who.user[:8]}")}, "context": CONTEXT, "notes": f"notes of {who.user}"}
    backtest_id = who.made("POST", "/api/backtests", "backtest_id", json=body)
    told = who.api.get(f"/api/backtests/{backtest_id}").json()["strategy"]
    return {"backtest_id": backtest_id, "strategy_id": told["strategy_id"], "version": str(told["version"])}


def _runs(who: Person) -> Ids:
    address = f"/api/backtests/{who.ids['backtest_id']}/runs"
    grid_id = who.made("POST", address, "grid_id", json=GRID)
    answer = who.api.post(address, json=SINGLE)
    work(who.house)
    return {"grid_id": grid_id, "run_id": answer.json()["run_ids"][0]}


def _profile(who: Person) -> Ids:
    with who.house.database.as_user(who.user) as connection:
        connection.execute("select lianghu.touch_profile(%s)", (who.user,))
    return {}


def _share(who: Person) -> Ids:
    body = {"days": 30, "title": f"title of {who.user}", "include": ["trades", "report"]}
    made = who.api.post(f"/api/runs/{who.ids['run_id']}/shares", json=body).json()
    return {"share_id": made["share_id"], "token": made["token"]}


def _key(who: Person) -> Ids:
    made = who.api.post(
        "/api/keys", json={"name": f"key of {who.user}", "scopes": ["read", "run", "strategies", "share"], "days": 30}
    ).json()
    return {"key_id": made["key_id"], "key": made["key"]}


def _message_client(who: Person) -> Ids:
    queue = f"arn:aws:sqs:ap-east-1:123456789012:lianghu-replies-{who.user}"
    made = who.api.post("/api/message-clients", json={"name": f"client of {who.user}", "scopes": ["read", "run"], "reply_queue": queue})
    assert made.status_code == 201, made.text
    return {"client_id": made.json()["client_id"], "code": who.house.keyring.code(made.json()["client_id"], queue)}


def _signals(who: Person) -> Ids:
    rows = f"date,code,side,shares\n2022-01-05,009001.SZ,buy,{100 + int(who.user[:2], 16) * 100}\n2022-02-08,009001.SZ,sell,100\n"
    made = who.api.post("/api/signals", json={"kind": "orders", "name": f"orders of {who.user}", "csv": rows})
    assert made.status_code == 201, made.text
    return {"signal_id": made.json()["signal_id"]}


MAKERS: list[Callable[[Person], Ids]] = [_backtest, _runs, _profile, _share, _key, _message_client, _signals]
"""In this order: later ones build on earlier ones. A room with a new kind of thing adds a row."""


def possess(who: Person) -> Person:
    """Gives the person one of everything."""
    for make in MAKERS:
        who.ids |= make(who)
    return who
