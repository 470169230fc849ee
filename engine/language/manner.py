"""How a strategy trades beside its signals: the settings that may name parameters, and the words that hold for a whole grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from engine.errors import ParameterError, Problem
from engine.language.build import number
from engine.language.constants import Constant, as_text
from engine.language.expression import Expression, meaning
from engine.language.settings import Setting
from engine.terms import Conditions, Terms

Dividends = Literal["auto", "cash", "reinvest"]
DIVIDENDS: tuple[Dividends, ...] = get_args(Dividends)
"""auto: cash where dividend records cover the window, else reinvest; who submits a backtest knows, and says which."""

FREQUENCIES = ("1m", "5m", "15m", "30m", "60m")
"""Finer bars that orders may meet."""


@dataclass(frozen=True)
class Given:
    """A setting as the strategy gives it. `high`: its largest value over all allowed parameters."""

    setting: Setting
    expression: Expression
    high: Fraction


@dataclass(frozen=True)
class Manner:
    """`conditions.actions` is what `dividends` comes to, and reinvest for auto. `frequency` "": orders meet the bars of the signals."""

    settings: tuple[Given, ...]
    conditions: Conditions
    dividends: Dividends
    keep_rest: bool
    frequency: str

    def terms(self, values: Mapping[str, Constant], **others: Any) -> Terms:
        """`others`: terms that no setting gives. ParameterError where a value does not come out whole."""
        numbers: dict[str, Any] = {}
        for given in self.settings:
            units = units_of(given.setting, number(given.expression, values))
            if isinstance(units, Problem):
                raise ParameterError([units])
            numbers[given.setting.term] = units
            if given.setting.choice is not None:
                name, word = given.setting.choice
                numbers[name] = word
        return Terms(keep_rest=self.keep_rest, conditions=self.conditions, **numbers, **others)

    def broken(self, values: Mapping[str, Constant]) -> list[Problem]:
        """The settings that these values do not bring to whole units."""
        units = (units_of(given.setting, number(given.expression, values)) for given in self.settings)
        return [each for each in units if isinstance(each, Problem)]

    def normal(self) -> dict[str, Any]:
        """Settings with their defaults; of the words only those that are none."""
        usual = vars(Conditions())
        changed = {name: value for name, value in vars(self.conditions).items() if name != "actions" and value != usual[name]}
        return {
            "settings": {given.setting.path: meaning(given.expression) for given in self.settings},
            "keep_rest": self.keep_rest,
            **changed,
            **({} if self.dividends == "auto" else {"dividends": self.dividends}),
            **({"frequency": self.frequency} if self.frequency else {}),
        }


def units_of(setting: Setting, value: Fraction) -> int | Problem:
    """A setting's value in the units of Terms. One that does not come out whole is a problem, never rounded."""
    units = value * setting.unit.factor
    return units.numerator if units.denominator == 1 else Problem(setting.path, f"{as_text(value)} {setting.unit.precision}")
