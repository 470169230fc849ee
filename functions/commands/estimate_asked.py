"""What `lianghu estimate` is asked for: options to a market, a deployment, a month; everything that is wrong is told at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from engine.errors import Problem
from engine.language.check import did_you_mean
from functions.errors import invalid_input
from functions.scale import deployment
from functions.scale.estimate import Setting
from functions.scale.months import TRADING_DAYS, Scenario, asked_month
from functions.scale.prices import HONG_KONG, REGIONS
from functions.scale.work import Market

MOST_COMBINATIONS = 1_000_000_000
MOST_ACCOUNTS = 100
"""As PREPARED_ACCOUNTS may say."""
MOST_STOCKS, MOST_SESSIONS = 20_000, 20_000
USUAL = Market(300, 2500)
"""Where nothing is said: the stocks of an index over ten years."""


@dataclass(frozen=True)
class Options:
    """As they are typed; None: not said."""

    combinations: int | None = None
    stocks: int | None = None
    sessions: int | None = None
    workers: int | None = None
    memory: int | None = None
    region: str | None = None
    arm: bool = False
    month: str | None = None
    accounts: int | None = None


@dataclass(frozen=True)
class Asked:
    """What all of it means."""

    combinations: int
    market: Market
    setting: Setting
    month: Scenario | None
    unpriced: str = ""
    """AWS_REGION, where its prices are not known and another region's are taken."""


def asked(options: Options, default_region: str, problems: Sequence[Problem] = ()) -> Asked:
    """ApiError INVALID_INPUT with every problem, those that were found before among them."""
    wrong = list(problems)
    _whole(wrong, "--combinations", options.combinations, 1, MOST_COMBINATIONS)
    _whole(wrong, "--stocks", options.stocks, 1, MOST_STOCKS)
    _whole(wrong, "--sessions", options.sessions, 1, MOST_SESSIONS, "a year has about 244")
    _whole(wrong, "--workers", options.workers, 1, 1000)
    _whole(wrong, "--memory", options.memory, deployment.LEAST_MB, deployment.MOST_MB, "MB; 1769 are one processor")
    _whole(wrong, "--accounts", options.accounts, 0, MOST_ACCOUNTS, "prepared for each grid before anybody asks")
    region = options.region if options.region is not None else default_region if default_region in REGIONS else HONG_KONG
    if region not in REGIONS:
        hint = did_you_mean(region, REGIONS) or f"prices are known of {', '.join(REGIONS)}"
        wrong.append(Problem("--region", f"there are no prices of {region!r}", hint))
    market = Market(options.stocks or USUAL.stocks, options.sessions or USUAL.sessions)
    month = None if options.month is None else _month(wrong, options.month, market, options.combinations or 0)
    if wrong:
        raise invalid_input(wrong)
    accounts = deployment.PREPARED_ACCOUNTS if options.accounts is None else options.accounts
    setting = Setting(options.workers or deployment.WORKERS, options.memory or deployment.WORKER.memory_mb, region, options.arm, accounts)
    unpriced = default_region if options.region is None and default_region not in REGIONS else ""
    return Asked(options.combinations or 1_000, market, setting, month, unpriced)


def _whole(wrong: list[Problem], option: str, value: int | None, least: int, most: int, hint: str | None = None) -> None:
    if value is not None and not least <= value <= most:
        wrong.append(Problem(option, f"must be {least:,} to {most:,}, not {value:,}", hint))


MONTHS: dict[str, tuple[float, float]] = {
    "users": (0, 1_000_000),
    "combinations": (0, MOST_COMBINATIONS),
    "days": (1, 31),
    "requests": (0, 1_000_000),
    "stocks": (1, MOST_STOCKS),
    "sessions": (1, MOST_SESSIONS),
}
"""What may be said of a month, and between what it lies."""
WHOLE = MONTHS.keys() - {"requests"}
EXAMPLE = "for example --month users=1000,combinations=100000,days=21,requests=200"


def _month(wrong: list[Problem], text: str, market: Market, combinations: int) -> Scenario | None:
    said: dict[str, float] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, equals, typed = (each.strip() for each in part.partition("="))
        if name not in MONTHS:
            hint = did_you_mean(name, MONTHS) or f"there are {', '.join(MONTHS)}"
            wrong.append(Problem("--month", f"unknown word {name!r}", hint))
        elif not equals or (value := _number(typed)) is None:
            wrong.append(Problem("--month", f"{part!r} says no number", EXAMPLE))
        elif not MONTHS[name][0] <= value <= MONTHS[name][1]:
            least, most = MONTHS[name]
            wrong.append(Problem("--month", f"{name} must be {least:,.0f} to {most:,.0f}, not {typed}"))
        elif name in WHOLE and value != int(value):
            wrong.append(Problem("--month", f"{name} must be a whole number, not {typed}"))
        elif name in said:
            wrong.append(Problem("--month", f"{name} is said twice"))
        else:
            said[name] = value
    if not said and not wrong:
        wrong.append(Problem("--month", "says nothing", EXAMPLE))
    whole: Callable[[str, float], int] = lambda name, other: int(said.get(name, other))  # noqa: E731
    own = Market(whole("stocks", market.stocks), whole("sessions", market.sessions))
    return asked_month(whole("users", 0), whole("combinations", combinations), own, whole("days", TRADING_DAYS), said.get("requests"))


def _number(typed: str) -> float | None:
    try:
        value = float(typed.replace("_", ""))
    except ValueError:
        return None
    return value if isfinite(value) else None


def as_json(told: Any) -> Any:
    """Values of the model as JSON has them: fields by name."""
    if hasattr(told, "_asdict"):
        return {name: as_json(value) for name, value in told._asdict().items()}
    if hasattr(told, "__dataclass_fields__"):
        return {name: as_json(getattr(told, name)) for name in told.__dataclass_fields__}
    if isinstance(told, dict):
        return {name: as_json(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [as_json(value) for value in told]
    return float(f"{told:.4g}") if isinstance(told, float) else told
