"""From what is typed to what the API understands: strategy files, parameters, grids, universes, contexts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datalake.calendar import is_day
from functions.commands.failures import CommandError

LARGEST_FILE = 64 * 1024
NO_BENCHMARK = "none"


@dataclass(frozen=True)
class Where:
    """The context options that `run` and `grid` share; what is None is left to the strategy or to the newest data."""

    universe: str | None = None
    start: str | None = None
    end: str | None = None
    dataset: str | None = None
    cash: int | None = None
    frequency: str = "1d"
    benchmark: str | None = None
    """A code, or NO_BENCHMARK."""

    def context(self, first: str, last: str) -> dict[str, Any]:
        """The backtest's context; `first` and `last` are the days of the data, for a window that is not given."""
        context: dict[str, Any] = {
            "window": {"start": dashed(self.start or first), "end": dashed(self.end or last)},
            "frequency": self.frequency,
        }
        if self.universe is not None:
            context["universe"] = universe(self.universe)
        if self.dataset is not None:
            context["datasource_version"] = self.dataset
        if self.cash is not None:
            context["initial_cash"] = self.cash
        if self.benchmark is not None:
            context["benchmark"] = None if self.benchmark == NO_BENCHMARK else self.benchmark
        return context


def typed_day(option: str, typed: str) -> int:
    """A day as it is typed, 2024-12-31 or 20241231, to YYYYMMDD."""
    number = int(dashed(typed).replace("-", "")) if _DAY.fullmatch(dashed(typed)) else 0
    if not is_day(number):
        raise CommandError(f"{option}: there is no day {typed!r}", "a day is written like 2024-12-31")
    return number


def dashed(typed: str) -> str:
    """20241231 -> 2024-12-31; all else as it is typed, for whoever says what is wrong with it."""
    return f"{typed[:4]}-{typed[4:6]}-{typed[6:]}" if _DIGITS.fullmatch(typed) else typed


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGITS = re.compile(r"\d{8}", re.ASCII)


def strategy_text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_FILE + 1)  # not all of what may have no end
    except FileNotFoundError as error:
        raise CommandError(f"there is no file {file}") from error
    except IsADirectoryError as error:
        raise CommandError(f"{file} is a folder, not a strategy") from error
    if len(data) > LARGEST_FILE:
        raise CommandError(f"{file} is larger than a strategy, which has at most {LARGEST_FILE:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8 text (byte {error.start})", "save it as UTF-8") from error


def params(texts: Sequence[str]) -> dict[str, float | int]:
    """["ma_short=5", ...]"""
    found: dict[str, float | int] = {}
    for text in texts:
        name, value = _pair(text, "--param name=5")
        if name in found:
            raise CommandError(f"--param names {name} twice")
        found[name] = _number(value, text)
    return found


def grid_spec(texts: Sequence[str]) -> dict[str, Any]:
    """["ma_short=5,10,20", "ma_long=20:60:10"]: a list, or first:last:step."""
    found: dict[str, Any] = {}
    for text in texts:
        name, value = _pair(text, '--grid "name=5,10,20" or --grid "name=20:60:10"')
        if name in found:
            raise CommandError(f"--grid names {name} twice")
        if ":" in value:
            parts = value.split(":")
            if len(parts) != 3:
                raise CommandError(f"--grid {text!r}: a range is first:last:step", 'for example "ma_long=20:60:10"')
            found[name] = dict(zip(("start", "stop", "step"), (_number(part, text) for part in parts), strict=True))
        else:
            found[name] = [_number(part, text) for part in value.split(",")]
    return found


def universe(text: str) -> Any:
    """UNIVERSE_FORMS; several with + between them are whoever is in one of them. @file holds a code a line."""
    parts = [text] if text.startswith("@") else text.split("+")
    return _one_universe(text) if len(parts) == 1 else {"any": [_one_universe(part) for part in parts]}


UNIVERSE_FORMS = (
    "all, index:CODE, industry:NAME, boards:main,star, rank:FIELD:N (rank:-FIELD:N has the least), codes with commas, @file, "
    "or several with + between them"
)


def _one_universe(text: str) -> Any:
    text = text.strip()
    kind, colon, rest = text.partition(":")
    if text == "all":
        return {"all": True}
    if text.startswith("@"):
        return re.findall(r"[^\s,;]+", strategy_text(Path(text[1:])))
    if not colon:
        return _listed(text)
    if kind not in _UNIVERSES or not rest:
        raise CommandError(f"--universe {text!r} is no universe", f"one of: {UNIVERSE_FORMS}")
    return _UNIVERSES[kind](rest)


def _ranked(text: str) -> Any:
    field, _, count = text.partition(":")
    end, name = ("bottom", field[1:]) if field.startswith("-") else ("top", field)
    if not name or not (count.isascii() and count.isdigit()):
        raise CommandError(
            f"--universe rank:{text}: say rank:<field>:<how many>", "for example rank:amount:300, or rank:-pe:30 for the least"
        )
    return {"rank": name, end: int(count)}


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


_UNIVERSES: dict[str, Callable[[str], Any]] = {
    "index": lambda text: {"index": text},
    "industry": lambda text: {"industry": _listed(text)},
    "boards": lambda text: {"boards": _listed(text)},
    "rank": _ranked,
}


def _pair(text: str, example: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise CommandError(f"{text!r} is no name=value", f"for example {example}")
    return name.strip(), value.strip()


def _number(text: str, whole: str) -> float | int:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError as error:
            raise CommandError(f"{whole!r}: {text.strip()!r} is no number") from error
