"""How a strategy trades beside its signals: the settings that may name parameters, and the words that hold for a whole grid."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from engine.errors import ParameterError, Problem
from engine.language.build import constants
from engine.language.combinations import Column, Combinations
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

    def terms(self, combinations: Combinations, **others: Any) -> list[Terms]:
        """Of each combination; equal ones are one object. `others`: terms that no setting gives. ParameterError where a value does not
        come out whole."""
        words: dict[str, Any] = dict(given.setting.choice for given in self.settings if given.setting.choice)
        uses, columns = combinations.spread([self._units(given, combinations) for given in self.settings])
        found: dict[tuple[int | Problem, ...], Terms] = {}
        rows = list(zip(*columns, strict=True))
        for row in rows:
            if row not in found:
                numbers: dict[str, Any] = dict(zip((given.setting.term for given in self.settings), row, strict=True))
                wrong = [each for each in row if isinstance(each, Problem)]
                if wrong:
                    raise ParameterError(wrong[:1])
                found[row] = Terms(keep_rest=self.keep_rest, conditions=self.conditions, **words, **numbers, **others)
        return combinations.each(Column(uses, [found[row] for row in rows]))

    def broken(self, combinations: Combinations) -> list[Column[Problem | None]]:
        """For each setting the combinations whose values it does not bring to whole units."""
        columns = [self._units(given, combinations) for given in self.settings]
        return [Column(each.uses, [unit if isinstance(unit, Problem) else None for unit in each.cells]) for each in columns]

    @staticmethod
    def _units(given: Given, combinations: Combinations) -> Column[int | Problem]:
        values = constants(given.expression, combinations)
        return Column(values.uses, [units_of(given.setting, value) for value in values.cells])

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


def units_of(setting: Setting, value: Constant) -> int | Problem:
    """A setting's value in the units of Terms. One that does not come out whole is a problem, never rounded."""
    units = value * setting.unit.factor
    return units.numerator if units.denominator == 1 else Problem(setting.path, f"{as_text(Fraction(value))} {setting.unit.precision}")
