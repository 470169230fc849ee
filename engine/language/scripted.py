"""The settings of a run whose orders come from a file: a strategy's text without a strategy, only how it trades."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.errors import Problem, StrategyError
from engine.language.combinations import Combinations
from engine.language.manner import Dividends, Manner
from engine.language.plain import from_plain
from engine.language.read import KEYS, merged
from engine.language.reading import Reading, in_order
from engine.language.sections.settings import KEYS as SETTINGS_KEYS
from engine.language.sections.settings import SECTIONS, find_settings, read_manner
from engine.language.source import read_source
from engine.language.strategy import LANGUAGE
from engine.language.tree import Place, Table, problem_at
from engine.simulation.door import MOST_POSITIONS
from engine.terms import Conditions, Terms

OVERRIDES = ("execution", "costs")
_KEYS = SETTINGS_KEYS | {"portfolio": ("cash_reserve",), "execution": ("fill", "slippage", "volume_cap", "keep_rest", "frequency")}
_SECTION_HINT = f"the orders come from a file: only {', '.join(SECTIONS)} may stand here"
_HINTS = dict.fromkeys(("max_positions", "sizing"), "orders from a file say how much themselves") | dict.fromkeys(
    ("buy", "sell", "order", "limit", "stop", "time_in_force"), "orders from a file name their own prices"
)
_WITHOUT_EFFECT = ("risk.max_weight", "risk.max_industry_weight", "risk.cool_down", "execution.keep_rest")


def compile_settings(text: str | None, context: Mapping[str, Any] | None = None) -> "Settings":
    """StrategyError with every problem. No text, or an empty one: every default.

    `context`: what a backtest overrides: "execution", "costs", as in the YAML. Parameters have no place here.
    """
    root = _source(text) if text is not None and _says_something(text) else Table("settings", Place(), ())
    reading = Reading()
    reading.table(root, SECTIONS, dict.fromkeys(set(KEYS) - set(SECTIONS), _SECTION_HINT))
    overrides = {entry.key.text: entry.value for entry in reading.table(from_plain(context or {}, "context"), OVERRIDES)}
    found = find_settings(reading, merged(root, overrides), _KEYS, _HINTS)
    manner = read_manner(reading, found, {}, {}, _KEYS)
    reading.stop_if_wrong()
    idle = (problem_at(found[path], "has no effect on orders from a file") for path in _WITHOUT_EFFECT if path in found)
    return Settings(manner, tuple(in_order([*reading.warnings, *idle])))


@dataclass(frozen=True)
class Settings:
    manner: Manner = field(repr=False)
    warnings: tuple[Problem, ...]

    @property
    def identity(self) -> str:
        normal = {"language": LANGUAGE, "settings of": "orders from a file", **self.manner.normal()}
        text = json.dumps(normal, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def conditions(self) -> Conditions:
        """`dividends: auto` plays as reinvest."""
        return self.manner.conditions

    @property
    def dividends(self) -> Dividends:
        return self.manner.dividends

    @property
    def execution_frequency(self) -> str:
        return self.manner.frequency

    def terms(self, initial_cash: int) -> Terms:
        """initial_cash in li. Slots are not counted for orders from a file, so there are as many as there can be."""
        return self.manner.terms(Combinations(1, {}), initial_cash=initial_cash, max_positions=MOST_POSITIONS)[0]


def _source(text: str) -> Table:
    try:
        return read_source(text, "these settings are no mapping", "execution:")
    except StrategyError as error:
        places = (replace(problem, field="settings") if problem.field == "strategy" else problem for problem in error.problems)
        raise StrategyError(list(places)) from error


def _says_something(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())
