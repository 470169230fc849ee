"""`lianghu estimate`: what combinations, or a month, would take and cost in the cloud. Nothing is computed and nobody is asked."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from engine.errors import EngineError, Problem
from engine.grid import Grid, expand
from engine.language import compile_strategy
from functions.commands.estimate_asked import Asked, Options, as_json, asked
from functions.commands.estimate_known import Choices, Known
from functions.commands.estimate_tables import doubts, tell_estimate, tell_month
from functions.commands.failures import OK, CommandError
from functions.commands.inputs import Where, grid_spec, strategy_text
from functions.commands.screen import in_line, notes, write_json
from functions.scale.choosing import block_sizes, memory_sizes, worker_counts
from functions.scale.estimate import Estimate, of_work
from functions.scale.figures import Range
from functions.scale.measured import measured
from functions.scale.months import month
from functions.scale.prices import REGIONS, bill, price_of
from functions.scale.work import Market, Work, grid_of, single, work_of
from functions.settings import Settings

OF_THE_MEASURE = "dual-moving-average"
SURE = Range(0.9, 1.0, 1.2)
"""Of a strategy that was measured itself."""


class Strategy(NamedTuple):
    """A file that can be compiled, and what is wanted of it."""

    text: str
    name: str
    spec: dict[str, Any]
    """Of a grid; empty: a single run."""
    runs: Grid | None


def estimate(file: Path | None, given: Sequence[str], where: Where, options: Options, settings: Settings, as_json_only: bool) -> int:
    """The exit code."""
    wrong: list[Problem] = []
    strategy: Strategy | None = None
    if file is not None:
        strategy, wrong = _read(file, given)
    elif given:
        wrong.append(Problem("--grid", "there is no strategy whose parameters it could name", "name a file, or say --combinations"))
    if file is not None and options.combinations is not None:
        wrong.append(Problem("--combinations", "a strategy file has its own", 'say which with --grid "name=5,10,20"'))
    if file is not None and options.month is not None:
        wrong.append(Problem("--month", "is of many strategies", "leave the file out"))
    wanted = asked(options, settings.aws_region, wrong)
    if wanted.month:
        return _tell_month(wanted, as_json_only)
    known = _known(strategy, where, options, wanted, settings)
    for words in doubts(wanted, known.market):
        notes.print(in_line(words), style="yellow", markup=False, soft_wrap=True)
    found = of_work(known.work, known.market, wanted.setting, known.strategy)
    count = known.work.combinations
    at = count, known.market, wanted.setting, known.strategy
    choices = Choices(memory_sizes(*at), worker_counts(*at), block_sizes(*at))
    if as_json_only:
        write_json(_as_json(known, found, choices, wanted))
    else:
        tell_estimate(known, found, choices, wanted)
    return OK


def _read(file: Path, given: Sequence[str]) -> tuple[Strategy | None, list[Problem]]:
    """What is wrong with both of them is told together, and before any data are looked for."""
    wrong: list[Problem] = []
    text, program, spec, runs = "", None, {}, None
    try:
        text = strategy_text(file)
        program = compile_strategy(text)
    except CommandError as error:
        wrong.append(Problem("STRATEGY", error.message, error.hint or None))
    except EngineError as error:
        wrong += error.problems
    try:
        spec = grid_spec(given)
        runs = expand(program, spec, None) if program and spec else None
    except CommandError as error:
        wrong.append(Problem("--grid", error.message.removeprefix("--grid "), error.hint or None))
    except EngineError as error:
        wrong += error.problems
    return (Strategy(text, program.name, spec, runs) if program else None), wrong


def _known(strategy: Strategy | None, where: Where, options: Options, wanted: Asked, settings: Settings) -> Known:
    if strategy is None:
        count, market = wanted.combinations, wanted.market
        return Known(single(market) if count == 1 else _grids(count, wanted), market, measured().strategies(), "")
    if options.stocks is None and options.sessions is None:
        return _planned(strategy.text, strategy.spec, where, wanted, settings)
    name, runs = strategy.name, strategy.runs
    work = _grids(len(runs.combinations), wanted) if runs else single(wanted.market)
    return Known(work, wanted.market, _like(name), name, runs.skipped if runs else 0)


def _grids(count: int, wanted: Asked) -> Work:
    return work_of(count, wanted.market, wanted.setting.workers, prepared=wanted.setting.accounts)


def _planned(text: str, spec: dict[str, Any], where: Where, wanted: Asked, settings: Settings) -> Known:
    """On data that are there, as the planner would cut it."""
    from functions.commands.local import planned  # noqa: PLC0415  loads polars
    from functions.commands.submit import lake_days  # noqa: PLC0415
    from functions.wiring import House  # noqa: PLC0415

    here = settings.model_copy(update={"workers": wanted.setting.workers})
    runs = {"mode": "grid", "gridSpec": spec} if spec else {"mode": "single", "params": {}}
    backtest, plan = planned({"code": text}, where.context(*lake_days(here, where, text)), runs, House(here))
    market = Market(max(1, round(plan.cells / max(1, plan.sessions))), max(1, plan.sessions))
    work = grid_of([last - first for first, last in plan.submission.blocks], market, wanted.setting.accounts) if spec else single(market)
    return Known(work, market, _like(backtest.strategy.name), backtest.strategy.name, plan.submission.skipped)


def _like(name: str) -> Range:
    """How many times as long as the measured one; little is known of a strategy that nobody measured."""
    times = 1.0 if name == OF_THE_MEASURE else measured().templates.get(name)
    return measured().strategies() if times is None else Range(*(times * each for each in SURE))


def _tell_month(wanted: Asked, as_json_only: bool) -> int:
    if wanted.month is None:
        raise ValueError("no month was asked for")
    found = month(wanted.month, wanted.setting)
    for words in doubts(wanted, wanted.month.market):
        notes.print(in_line(words), style="yellow", markup=False, soft_wrap=True)
    if as_json_only:
        told = as_json(replace(found, estimate=None, lines=())) | {  # type: ignore[arg-type]
            "usd": as_json(found.usd),
            "bill": [{"meter": line.meter, **_line(line.units, line.usd)} for line in found.lines[1]],
            "setting": as_json(wanted.setting),
        }
        write_json({name: value for name, value in told.items() if name not in ("estimate", "lines")})
    else:
        tell_month(found, wanted.setting)
    return OK


def _line(units: float, usd: float) -> dict[str, float]:
    return {"units": float(f"{units:.4g}"), "usd": float(f"{usd:.4g}")}


def _as_json(known: Known, found: Estimate, choices: Choices, wanted: Asked) -> dict[str, Any]:
    region = wanted.setting.region
    lines = bill(found.typical.usage, region, free=False)
    return {
        "strategy": known.name or None,
        "skipped": known.skipped,
        "market": as_json(known.market),
        "setting": as_json(wanted.setting),
        "work": as_json(found.work),
        "usd": as_json(found.usd(region)),
        **{name: as_json(spent) for name, spent in zip(Range._fields, found.cases(), strict=True)},
        "bill": [{"meter": line.meter, **_line(line.units, line.usd), "verified": price_of(line.meter, region).verified} for line in lines],
        "choices": {name: as_json(choice) for name, choice in choices._asdict().items()},
        "region": REGIONS[region],
    }
