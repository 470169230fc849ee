"""Small texts that want to become large work: YAML that grows, expressions and universes that nest, grids without end."""

import time
from typing import Any

import pytest

from tests.security.people import CODE, CONTEXT, Person

SECONDS = 4.0
"""More than enough on a busy machine; a bomb takes minutes, or the process."""

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefghijklmn", "bcdefghijklmno", strict=True)
)
YAML: dict[str, str] = {
    "billion laughs": LAUGHS,
    "laughs as an entry": f"{LAUGHS}entry: *o\n",
    "an anchor inside itself": "a: &a [*a]\nentry: *a\n",
    "merge keys": "a: &a {x: 1}\n" + "".join(f"k{n}: {{<<: [*a, *a, *a]}}\n" for n in range(500)),
    "deep lists": "[" * 30_000,
    "deep closed lists": "entry: " + "[" * 20_000 + "]" * 20_000,
    "deep maps": "{a: " * 15_000,
    "deep by columns": "".join(" " * n + "a:\n" for n in range(300)),
    "many documents": "---\na: 1\n" * 6_000,
    "many keys": "".join(f"k{n}: 1\n" for n in range(6_000)),
    "one key again and again": "entry: close > open\n" * 3_000,
    "tags": "entry: !!python/object/apply:os.system ['touch /tmp/owned']\n",
    "more tags": "!!python/object/new:subprocess.Popen [['true']]\n",
    "a long line": "entry: " + "x" * 60_000,
    "a long number": "params: {a: {default: " + "9" * 60_000 + ", min: 1, max: 2}}",
    "parentheses": CODE.format(name="bomb").replace(
        "entry: cross_above(fast, slow)", "entry: " + "(" * 20_000 + "close > 1" + ")" * 20_000
    ),
    "a chain of operators": CODE.format(name="bomb").replace(
        "entry: cross_above(fast, slow)", "entry: " + " and ".join(["close > 1"] * 4_000)
    ),
    "a chain of minus": CODE.format(name="bomb").replace("entry: cross_above(fast, slow)", "entry: " + "-" * 50_000 + "close > 1"),
    "a chain of not": CODE.format(name="bomb").replace("entry: cross_above(fast, slow)", "entry: " + "not " * 12_000 + "close > 1"),
    "lets that double": CODE.format(name="bomb").replace(
        'let: {fast: "sma(close, ma_short)", slow: "sma(close, ma_long)"}',
        'let: {fast: "sma(close, ma_short)", slow: "sma(close, ma_long)", v0: "close + close", '
        + ", ".join(f'v{n + 1}: "v{n} + v{n} * v{n}"' for n in range(60))
        + "}",
    ),
    "lets in a circle": 'let: {a: "b + 1", b: "a + 1"}\nentry: a > 1\n',
    "functions inside functions": CODE.format(name="bomb").replace(
        "entry: cross_above(fast, slow)", "entry: " + "sma(" * 3_000 + "close" + ", 5)" * 3_000 + " > 1"
    ),
    "a power of powers": CODE.format(name="bomb").replace("max: 120", "max: 9e999"),
    "escapes": 'name: "' + "\\x41" * 14_000 + '"\n',
    "tabs and blanks": "\t \n" * 18_000,
    "comments": "# c\n" * 16_000,
    "a block text without end": "name: |\n" + " x\n" * 20_000,
    "colons": "a" + ": a" * 20_000,
    "question marks": "? " * 20_000,
    "dashes": "- " * 20_000,
    "quotes": "'" * 60_001,
}


@pytest.mark.parametrize("name", sorted(YAML))
@pytest.mark.parametrize("address", ["/api/strategies:validate", "/api/backtests", "/api/strategies"])
def test_a_text_that_wants_to_explode_is_refused_soon(attacker: Person, address: str, name: str) -> None:
    text = YAML[name]
    body = {"strategyRef": {"code": text}, "context": dict(CONTEXT)} if address == "/api/backtests" else {"code": text}
    began = time.perf_counter()
    answer = attacker.api.post(address, json=body)
    took = time.perf_counter() - began
    assert answer.status_code in (200, 201, 409, 422), answer.text[:500]
    assert took < SECONDS, f"{took:.1f} s"
    assert len(answer.content) < 2**20, "an answer that is far larger than what was asked"


def nested(depth: int, inner: Any) -> Any:
    for _ in range(depth):
        inner = {"any": [inner]}
    return inner


UNIVERSES: dict[str, Any] = {
    "deep": nested(30, {"all": True}),
    "wide": {"any": [{"index": "000300.SH"}] * 5_000},
    "many codes": [f"{n:06d}.SZ" for n in range(60_000)],
    "the same code": ["009001.SZ"] * 60_000,
    "paths as codes": ["../../../etc/passwd", "..%2f..%2fx.SZ", "/etc/passwd.SZ", "009001.SZ/../009002.SZ", "009001.SZ\x00", "*", "%"],
    "an index by path": {"index": "../../../etc/passwd"},
    "SQL as industry": {"industry": ["'; drop table public.backtests; --"]},
    "a deep condition": {"from": {"all": True}, "where": "(" * 5_000 + "not is_st" + ")" * 5_000},
    "a long condition": {"from": {"all": True}, "where": " and ".join(["not is_st"] * 5_000)},
    "a huge rank": {"rank": "amount", "top": 10**30},
    "a negative rank": {"rank": "amount", "top": -1, "lag": -(10**9)},
    "a rank by path": {"rank": "../../secret", "top": 5},
    "a list of lists": [[["009001.SZ"]]],
    "numbers": [1, 2.5, None, True, {}],
}


@pytest.mark.parametrize("name", sorted(UNIVERSES))
def test_a_universe_that_wants_to_be_more_is_refused_soon(attacker: Person, name: str) -> None:
    body = {"strategyRef": {"strategy_id": attacker.ids["strategy_id"]}, "context": {**CONTEXT, "universe": UNIVERSES[name]}}
    began = time.perf_counter()
    answer = attacker.api.post("/api/backtests", json=body)
    assert answer.status_code in (201, 400, 422), answer.text[:500]
    assert time.perf_counter() - began < SECONDS
    assert len(answer.content) < 4 * 2**20


GRIDS: dict[str, Any] = {
    "a range of quintillions": {"ma_short": {"start": 0, "stop": 1e18, "step": 1e-9}},
    "a step of nothing": {"ma_short": {"start": 1, "stop": 2, "step": 0}},
    "a step backwards": {"ma_short": {"start": 1, "stop": 2, "step": -1}},
    "the smallest step": {"ma_short": {"start": 1, "stop": 2, "step": 5e-324}},
    "the largest numbers": {"ma_short": {"start": -1.7e308, "stop": 1.7e308, "step": 1.7e308}},
    "long lists that multiply": {"ma_short": list(range(2, 120)) * 100, "ma_long": list(range(3, 250)) * 100},
    "a hundred thousand values": {"ma_short": list(range(100_000))},
    "big whole numbers": {"ma_short": [10**300, -(10**300)]},
    "nothing": {"ma_short": []},
    "an unknown parameter": {f"p{n}": [1, 2] for n in range(200)},
}


@pytest.mark.parametrize("name", sorted(GRIDS))
@pytest.mark.parametrize("more", [{}, {"max_evals": 10_000}])
def test_a_grid_without_end_is_refused_soon(attacker: Person, name: str, more: dict[str, int]) -> None:
    address = f"/api/backtests/{attacker.ids['backtest_id']}/runs"
    began = time.perf_counter()
    answer = attacker.api.post(address, json={"mode": "grid", "gridSpec": GRIDS[name], **more}, params={"dry_run": "true"})
    assert answer.status_code == 422, answer.text[:500]
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize(
    "address",
    [
        "/api/market/datasets/..%2f..%2f..%2fetc%2fpasswd", "/api/market/datasets/sample:v1%2f..%2f..",
        "/api/market/datasets/sample%00:v1",
        "/api/runs/{run_id}/artifacts/..%2freport", "/api/runs/{run_id}/artifacts/equity.csv",
        "/api/runs/{run_id}/artifacts/..%2f..%2fsecret",
        "/api/runs/{run_id}/artifacts/cells_path", "/api/runs/{run_id}/artifacts/equity%00", "/api/runs/..%2f{run_id}/artifacts/equity",
        "/api/runs/{run_id}/../../../../etc/passwd", "/api/shares/..%2f..%2fetc%2fpasswd", "/api/shares/%00", "/api/shares/{run_id}",
    ],
)  # fmt: skip
def test_paths_lead_nowhere(attacker: Person, address: str) -> None:
    answer = attacker.api.get(address.format(**attacker.ids))
    assert answer.status_code in (404, 422), answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "version",
    [
        "../../../etc:v1",
        "sample:v1/../../x",
        "sample:v0",
        "sample:v-1",
        "sample:v99999999999",
        "/sample:v1",
        "SAMPLE:V1",
        "sample:v1\x00",
        "*",
        "",
    ],
)
def test_a_dataset_is_a_name_and_no_path(attacker: Person, version: str) -> None:
    body = {"strategyRef": {"strategy_id": attacker.ids["strategy_id"]}, "context": {**CONTEXT, "datasource_version": version}}
    assert attacker.api.post("/api/backtests", json=body).status_code in (400, 422)
    for address in ("/api/market/rankings?field=amount", "/api/market/bars?code=009001.SZ&frequency=1d"):
        assert attacker.api.get(address, params={"datasource_version": version}).status_code in (400, 422)


@pytest.mark.parametrize(
    "code", ["../../etc/passwd", "009001.SZ/../x", "009001.SZ\x00", "%2e%2e", "*", "", "x" * 5_000, "009001.SZ,009002.SZ"]
)
def test_a_code_is_a_name_and_no_path(attacker: Person, code: str) -> None:
    assert attacker.api.get("/api/market/bars", params={"code": code, "frequency": "1d"}).status_code in (400, 422)
    body = {"strategyRef": {"strategy_id": attacker.ids["strategy_id"]}, "context": {**CONTEXT, "benchmark": code}}
    assert attacker.api.post("/api/backtests", json=body).status_code in (400, 422)
