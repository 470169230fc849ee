"""The JSON Schema: what compiles validates, and what is commonly mistyped does not."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from engine.errors import StrategyError
from engine.language import compile_strategy
from engine.language.schema import schema

ROOT = Path(__file__).parents[2]
CHECK = Draft202012Validator(schema())
TEXTS = sorted([*(ROOT / "engine/templates").glob("*.yaml"), *(ROOT / "tests/data").glob("**/*.yaml")])
RIGHT = "name: x\nentry: close > 0\nexit: close < 0\n"


def wrong(text: str) -> list[str]:
    loaded: Any = yaml.safe_load(text)
    return [error.message for error in CHECK.iter_errors(loaded)]


def test_the_schema_is_one_and_the_page_has_it() -> None:
    Draft202012Validator.check_schema(schema())
    written = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    assert (ROOT / "docs/strategy.schema.json").read_text() == written, "lianghu strategy schema > docs/strategy.schema.json"


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_what_compiles_validates(file: Path) -> None:
    text = file.read_text()
    try:
        compile_strategy(text)
    except StrategyError:
        return  # strategies that are wrong on purpose: a schema cannot know everything
    assert wrong(text) == []


def test_there_is_something_to_validate() -> None:
    assert len(TEXTS) > 3


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        "name: x\nentry: true\nrisk: {max_holding: 5}\n",
        "name: x\nselect: {top: n, by: 'roc(close, 20)', every: 5, weight: equal}\nparams: {n: {default: 5, min: 1, max: 9}}\n",
        RIGHT + "universe: [600519.SH]\nportfolio: {sizing: {percent: 0.1}, max_entries: 3}\n",
        RIGHT + "universe: {from: {rank: amount, top: 30, lag: 1}, where: not is_st}\n",
        RIGHT + "execution: {fill: vwap, slippage: {ticks: 1}, buy: {limit: raw_close}}\nrules: {lots: false}\nlet:\nrequire:\n",
    ],
)
def test_right_texts_validate(text: str) -> None:
    compile_strategy(text)
    assert wrong(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "entry: close > 0\nexit: close < 0\n",
        "name: x\nexit: close < 0\n",
        "name: x\nentry: close > 0\n",
        "name: x\nentry: close > 0\nrisk: {max_weight: 0.5}\n",
        RIGHT + "exits: close < 0\n",
        RIGHT + "select: {top: 5, by: close, every: month}\n",
        "name: x\nselect: {top: 5, by: close, every: quarter}\nrank: close\n",
        "name: x\nselect: {top: 5, every: month}\n",
        RIGHT.replace("close > 0", "'close > 10%'"),
        RIGHT.replace("close > 0", "[close > 0]"),
        RIGHT.replace("close > 0", "close ＞ 0"),
        RIGHT + "params: {n: 5}\n",
        RIGHT + "params: {n: {default: 5, min: 1}}\n",
        RIGHT + "params: {n: {default: 5, min: 1, max: nine}}\n",
        RIGHT + "params: {close: {default: 5, min: 1, max: 9}}\n",
        RIGHT + "let: {sma: close}\n",
        RIGHT + "let: {my-name: close}\n",
        RIGHT + "risk: {stop_loss: 8}\n",
        RIGHT + "risk: {stop_los: 0.1}\n",
        RIGHT + "risk: {max_holding: 2.5}\n",
        RIGHT + "portfolio: {max_position: 5}\n",
        RIGHT + "portfolio: {sizing: {percent: 0.1, shares: 100}}\n",
        RIGHT + "portfolio: {sizing: percent}\n",
        RIGHT + "execution: {fill: open}\n",
        RIGHT + "execution: {slippage: 5}\n",
        RIGHT + "execution: {buy: {time_in_force: gtc}}\n",
        RIGHT + "execution: {frequency: 3m}\n",
        RIGHT + "costs: {commission: 0.1}\n",
        RIGHT + "costs: {stamp_duty: n}\n",
        RIGHT + "costs: {dividends: none}\n",
        RIGHT + "rules: {t_plus_one: 0}\n",
        RIGHT + "universe: {index: csi300}\n",
        RIGHT + "universe: [600519]\n",
        RIGHT + "universe: {all: false}\n",
        RIGHT + "universe: {rank: amonut, top: 30}\n",
        RIGHT + "universe: {all: true, index: 000300.SH}\n",
    ],
)
def test_common_slips_do_not_and_do_not_compile_either(text: str) -> None:
    assert wrong(text)
    with pytest.raises(StrategyError):
        compile_strategy(text)


def test_every_bound_is_that_of_the_row() -> None:
    told = schema()["properties"]["risk"]["properties"]["stop_loss"]
    assert told["anyOf"][0]["minimum"] == 0 and 0.99 < told["anyOf"][0]["maximum"] < 1 and told["description"].endswith("default 0")
