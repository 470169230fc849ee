"""From a table of signals and a wanted context to the context that is pinned; what the dataset cannot serve is told all at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from datalake.asked.benchmark import check_benchmark
from datalake.asked.caveats import caveats
from datalake.asked.context import check_actions, check_context
from datalake.asked.universe import read_universe
from datalake.calendar import from_iso, iso
from datalake.errors import UnknownDatasetError
from datalake.frequencies import PERIODS
from datalake.versions import Dataset
from engine.errors import EngineError, Problem
from engine.language.scripted import Settings
from engine.orders.lines import NO_CLOCK, Orders, place_of
from engine.orders.script import check_lines, check_prices
from engine.simulation.rules import check_window
from functions.api.context import actions_of, benchmark_of, known_dataset
from functions.api.models import Context
from functions.errors import AnyProblem, invalid_input
from functions.signals.document import Lines, trading_of
from functions.wiring import House

Value = TypeVar("Value")


Locate = Callable[[Sequence[Problem]], Iterable[AnyProblem]]
"""Says where the problems of a table lie, as whoever asked knows it."""


def resolve_signals(lines: Lines, settings: str | None, wanted: Context, house: House, locate: Locate = tuple) -> dict[str, Any]:
    """The context to pin, with the table's own stocks as the universe. INVALID_INPUT with everything that is wrong."""
    problems: list[AnyProblem] = []
    asked = {"costs": wanted.costs, "execution": wanted.execution}
    trading = _collect(problems, lambda: trading_of(settings, asked))
    dataset = _collect(problems, lambda: known_dataset(house.lake, wanted.datasource_version))
    if wanted.universe is not None:
        hint = "leave it out: the stocks are those of the table"
        problems.append(Problem("context.universe", "has no meaning for a table of orders or weights", hint))
    if trading is None or dataset is None:
        raise invalid_input(problems)
    frequency = _frequency(trading, wanted.frequency, problems)
    codes = sorted(lines.codes[k] for k in set(lines.stocks.tolist()) if k >= 0)
    window = from_iso(wanted.window.start), from_iso(wanted.window.end)
    placed = wanted.model_copy(update={"frequency": frequency})
    problems += locate(_of_table(dataset, lines, placed))
    problems += _of_context(dataset, codes, placed, trading)
    if problems:
        raise invalid_input(problems)
    overriding = {key: value for key, value in asked.items() if value is not None}
    dividends = actions_of(dataset, window, trading.conditions) if trading.dividends == "auto" else trading.dividends
    overriding["costs"] = {**(wanted.costs or {}), "dividends": dividends}
    context = {
        **overriding,
        "universe": codes,
        "frequency": frequency,
        "window": {"start": wanted.window.start, "end": wanted.window.end},
        "datasource_version": dataset.version,
        "initial_cash": wanted.initial_cash,
        "benchmark": benchmark_of(wanted, dataset),
    }
    return context | caveats(dataset, read_universe(codes), window, frequency, 0)


def _frequency(trading: Settings, wanted: str, problems: list[AnyProblem]) -> str:
    """Of the bars that the orders meet."""
    own = trading.execution_frequency
    if own and wanted not in ("1d", own):
        message = f"says {wanted}, execution.frequency of the settings {own}"
        problems.append(Problem("context.frequency", message, "say one of the two"))
    elif wanted in PERIODS:
        message = f"says {wanted}: a table has no signals that weeks or months could decide on"
        problems.append(Problem("context.frequency", message, "orders meet days, 1d, or minutes"))
    return own or wanted


def _of_table(dataset: Dataset, lines: Lines, wanted: Context) -> list[Problem]:
    """Rows that the dataset cannot serve."""
    boards = {row.ts_code: row.board for row in dataset.catalog.instruments}
    problems = check_lines(lines, boards, dataset.catalog.sessions)
    problems += _meeting_none(lines, (from_iso(wanted.window.start), from_iso(wanted.window.end)), wanted.frequency)
    if isinstance(lines, Orders):
        problems += check_prices(lines, boards)
    if (lines.stocks < 0).all():
        problems.append(Problem("rows", "no row names a stock", "a table of nothing but cash trades nothing"))
    return problems


def _of_context(dataset: Dataset, codes: Sequence[str], wanted: Context, trading: Settings) -> list[AnyProblem]:
    """What of the context the dataset cannot serve."""
    window = from_iso(wanted.window.start), from_iso(wanted.window.end)
    problems: list[AnyProblem] = list(check_benchmark(dataset, wanted.benchmark))
    if trading.dividends == "cash":
        problems += check_actions(dataset, window)
    boards = {row.ts_code: row.board for row in dataset.catalog.instruments}
    known = [code for code in codes if code in boards]
    if known:
        problems += check_context(dataset, known, window, wanted.frequency)
        _collect(problems, lambda: check_window(window[0], {boards[code] for code in known}, trading.conditions))
    return problems


def _meeting_none(lines: Lines, window: tuple[int, int], frequency: str) -> Iterator[Problem]:
    """Lines that no bar of the window can serve."""
    outside = (lines.days < window[0]) | (lines.days > window[1])
    if outside.any():
        words = f"{iso(int(lines.days[outside][0]))} lies outside of the window {iso(window[0])} to {iso(window[1])}"
        yield Problem(place_of(lines.rows[outside]), words, "context.window says another one")
    timed = (lines.clock != NO_CLOCK) & (frequency == "1d")
    if timed.any():
        words = f"{iso(int(lines.days[timed][0]))} says a time of the day, and the bars are daily"
        yield Problem(place_of(lines.rows[timed]), words, "say only the day, or frequency 5m")


def _collect(problems: list[AnyProblem], attempt: Callable[[], Value]) -> Value | None:
    try:
        return attempt()
    except (EngineError, UnknownDatasetError) as error:
        problems += error.problems
        return None
