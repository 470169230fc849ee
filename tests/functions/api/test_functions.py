"""The language as the API tells it: its words, and what is wrong with a text."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine.errors import StrategyError
from engine.indicators.catalog import FIELD, FUNCTION
from engine.language import compile_strategy
from functions.client import Client
from functions.vocabulary import WORDS
from tests.functions.api.conftest import DUAL

WRONG = "name: x\nlet:\n  fast: smaa(close, 5)\nentry: close > fast and\nrisk: {stop_loss: 8}\n"


def test_every_word_of_the_language_is_listed_with_its_bounds(api: TestClient) -> None:
    answer = api.get("/api/functions")
    assert answer.status_code == 200
    told = answer.json()
    assert [row["name"] for row in told["functions"]] == list(FUNCTION) and [row["name"] for row in told["fields"]] == list(FIELD)
    sma = next(row for row in told["functions"] if row["name"] == "sma")
    assert sma["signature"] == "sma(x, n)" and sma["look_back"] == "n - 1" and sma["chinese"] == "简单移动平均"
    assert sma["arguments"] == [
        {"name": "x", "kind": "series", "low": None, "high": None},
        {"name": "n", "kind": "whole", "low": 1, "high": 1500},
    ]
    stop = next(row for row in told["settings"] if row["path"] == "risk.stop_loss")
    assert (stop["unit"], stop["low"], stop["default"]) == ("rate", 0, "0") and 0.99 < stop["high"] < 1
    assert "if_else" not in told["keywords"] and "not" in told["keywords"]
    assert "entry" in told["sections"]


@pytest.mark.parametrize("path", [path for path in WORDS if path not in ("select.weight", "select.every")])
def test_the_words_that_are_listed_are_the_words_that_are_taken(path: str) -> None:
    """And no others; two of them at a time would be enough to tell a slip."""
    section, *keys = path.split(".")
    for choice in (*WORDS[path], "nonsense"):
        value = f"{{limit: raw_close, {keys[1]}: {choice}}}" if len(keys) == 2 else choice
        text = f"name: x\nentry: close > 0\nexit: close < 0\n{section}: {{{keys[0]}: {value}}}\n"
        if choice == "nonsense":
            with pytest.raises(StrategyError, match=r"nonsense|true or false|is not equal"):
                compile_strategy(text)
        else:
            compile_strategy(text)


def test_a_right_text_tells_what_it_comes_to(api: TestClient) -> None:
    answer = api.post("/api/strategies:validate", json={"code": DUAL})
    told = answer.json()
    assert answer.status_code == 200 and told["valid"] and told["problems"] == [] and told["warnings"] == []
    assert told["identity"] == compile_strategy(DUAL).identity and told["look_back"] == 250 and told["fields"] == []
    assert told["parameters"][0] == {"name": "ma_short", "default": 5, "min": 2, "max": 120, "whole": True}


def test_a_wrong_text_is_no_wrong_request_and_every_problem_has_its_place(api: TestClient) -> None:
    answer = api.post("/api/strategies:validate", json={"code": WRONG})
    told = answer.json()
    assert answer.status_code == 200 and not told["valid"] and told["identity"] is None and told["parameters"] == []
    places = [(row["field"], row["line"], row["column"]) for row in told["problems"]]
    assert ("let.fast", 3, 9) in places and ("risk.stop_loss", 5, 19) in places and ("entry", 4, 24) in places
    assert told["problems"][0]["hint"] == "did you mean 'sma'?"


def test_a_text_longer_than_any_strategy_is_told_so_too(api: TestClient) -> None:
    told = api.post(
        "/api/strategies:validate", json={"code": "#" * 70_000, "context": {"window": {"start": "2020-01-02", "end": "2020-06-30"}}}
    )
    assert told.status_code == 200 and "70,000 bytes" in told.json()["problems"][0]["message"]


def test_with_a_context_the_problems_are_those_of_a_backtest(api: TestClient, a_backtest: Callable[..., dict[str, Any]]) -> None:
    for code, changes in (
        (DUAL, {"universe": ["999999.SH"]}),
        (WRONG, {"datasource_version": "tushare:v9"}),
        (DUAL, {"execution": {"fil": 1}}),
    ):
        body = a_backtest(code, **changes)
        refusal = api.post("/api/backtests", json=body).json()["error"]["details"]["problems"]
        told = api.post("/api/strategies:validate", json={"code": code, "context": body["context"]}).json()
        assert not told["valid"]
        assert [(row["field"].removeprefix("strategyRef.code."), row["message"]) for row in refusal] == [
            (row["field"], row["message"]) for row in told["problems"]
        ]


def test_a_context_overrides_the_text_and_leaves_its_identity(api: TestClient, a_backtest: Callable[..., dict[str, Any]]) -> None:
    context = a_backtest(execution={"fill": "close"})["context"]
    told = api.post("/api/strategies:validate", json={"code": DUAL, "context": context}).json()
    assert told["valid"] and told["identity"] == compile_strategy(DUAL).identity
    assert [row["field"] for row in told["warnings"]] == ["context.execution.fill"]


def test_a_request_of_another_shape_is_refused(api: TestClient) -> None:
    for body in ({}, {"code": 5}, {"code": DUAL, "contxt": {}}, {"code": DUAL, "context": {"window": {}}}):
        assert api.post("/api/strategies:validate", json=body).status_code == 422


@pytest.mark.usefixtures("served")
def test_the_client_asks_the_same() -> None:
    with Client(os.environ["LIANGHU_URL"], os.environ["LIANGHU_TOKEN"]) as client:
        assert client.validate(DUAL).valid and not client.validate(WRONG).valid
        assert client.functions().functions[0].name == next(iter(FUNCTION))
