"""Texts that are none, from the terminal and over the API: refused with 2 or told as problems, never a crash, never read whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.commands.failures import CommandError
from functions.commands.inputs import LARGEST_FILE, strategy_text, universe
from tests.functions.api.conftest import DUAL, Run

LOCAL = ("--local", "--universe", "all", "--start", "2020-01-02", "--end", "2020-06-30")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"name: \xff\xfe", "is not UTF-8 text (byte 6)"),
        ("name: 均线".encode("utf-16"), "is not UTF-8 text (byte 0)"),
        ("name: 均线".encode("gb18030"), "is not UTF-8 text (byte 6)"),
        (b"name: \xed\xa0\x80", "is not UTF-8 text (byte 6)"),
        (b"name: x\nentry: a\0b\n", "U+0000"),
        (b"\0" * 100, "U+0000"),
        (b"", "the text is empty"),
        (b"\xef\xbb\xbf", "the text is empty"),
        (b"#" * (LARGEST_FILE + 1), "at most 65,536 bytes"),
    ],
)
@pytest.mark.parametrize("command", [("strategy", "validate", "{file}"), ("run", "{file}", *LOCAL), ("strategy", "format", "{file}")])
def test_a_file_that_is_no_text_ends_with_2(lianghu: Run, tmp_path: Path, command: tuple[str, ...], data: bytes, said: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(data)
    code, out, err = lianghu(*(part.replace("{file}", str(file)) for part in command))
    assert code == 2 and said in " ".join((out + err).split()), out + err
    assert "Traceback" not in out + err


def test_a_file_without_an_end_was_read_to_its_end() -> None:
    with pytest.raises(CommandError, match="at most 65,536"):
        strategy_text(Path("/dev/zero"))


def test_a_number_that_only_looks_like_one_ended_the_command() -> None:
    with pytest.raises(CommandError, match="rank:<field>:<how many>"):
        universe("rank:amount:²")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code": "name: \xff"}', "not UTF-8"),
        (b'{"code": "name: \\ud800"}', "surrogate"),
        (b'{"code": "name: \\u0000"}', "zero character"),
        (b'{"code": NaN}', "NaN"),
        (b'{"code": ' + b"[" * 100_000, "nested more than 64 deep"),
    ],
)
def test_a_body_that_is_no_text_is_no_json(api: TestClient, body: bytes, said: str) -> None:
    answer = api.post("/api/strategies:validate", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "INVALID_INPUT"
    assert said in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "code", ['"\\uD800": x\n', 'let: {"\\uDFFF\\0": 5}\n', 'name: "\\uD800"\n', "name: !%1b%5b2J x\n", 'a: ["\\e[2J"]\n']
)
def test_an_escape_for_half_a_surrogate_ended_in_an_answer_that_could_not_be_written(api: TestClient, code: str) -> None:
    answer = api.post("/api/strategies:validate", json={"code": code})
    assert answer.status_code == 200 and not answer.json()["valid"]
    assert all((row["field"] + row["message"]).isprintable() for row in answer.json()["problems"])


def _asked(code: str, **context: Any) -> dict[str, Any]:
    return {"code": code, "context": {"window": {"start": "2020-01-02", "end": "2020-06-30"}, "universe": {"all": True}, **context}}


def test_a_field_that_the_dataset_lacks_is_named(api: TestClient) -> None:
    lacking = "name: x\nentry: index(close > open, '399999.SZ')\nexit: close < open\n"
    told = api.post("/api/strategies:validate", json=_asked(lacking)).json()
    (problem,) = told["problems"]
    assert problem["field"] == "strategy.index:399999.SZ" and "does not have" in problem["message"]


def test_a_look_back_beyond_the_data_is_no_problem_and_simply_never_trades(lianghu: Run, tmp_path: Path) -> None:
    """Windows that are never full are NaN, and NaN is above nothing; the same strategy with a short one trades."""
    trades = []
    for bars in (1500, 5):
        file = tmp_path / f"long{bars}.yaml"
        file.write_text(f'name: x\nentry: "close > sma(close, {bars})"\nexit: "close < sma(close, 5)"\n')
        code, out, err = lianghu("run", file, *LOCAL, "--json")
        assert code == 0, err
        trades.append(json.loads(out)["stats"]["trades"])
    assert trades[0] == 0 and trades[1] > 0


def test_a_grid_of_which_the_constraint_leaves_nothing_ends_with_2(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "dual.yaml"
    file.write_text(DUAL)
    code, out, err = lianghu("grid", file, *LOCAL, "--grid", "ma_short=100:120:10", "--grid", "ma_long=20:60:10")
    assert code == 2 and out == "" and "no combination keeps the strategy's `require`" in " ".join(err.split())
