"""A run's full account as files: exact yuan with three decimals, dates of the exchange; the same run gives the same bytes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.market import Market
from engine.simulation.days import days
from engine.simulation.events import AT_ONCE, REJECT_TEXT, Event, events, refusals
from engine.simulation.holdings import positions
from engine.simulation.outcome import Kind, Outcome, Phase, Reject
from engine.simulation.placed import orders
from engine.simulation.trades import trades
from functions.jobs.columns import ACCOUNT, TABLES, table_csv
from functions.jobs.event_words import reason_of, words_of, yuan

if TYPE_CHECKING:
    from engine.results import Result


LATELY = 65_536
"""Days and times whose texts are kept: each stands in many lines of several tables."""
_PHASES, _KINDS = (tuple(each.name.lower() for each in names) for names in (Phase, Kind))


def ledger_files(result: "Result", title: Mapping[str, str]) -> dict[str, bytes]:
    """By the names of results.FILES, without the report. `title` says in the log what was run.

    Where the outcome has somebody to tell of its reading, it may be ended by what they raise.
    """
    return {
        **{f"{name}.csv": table_csv(TABLES[name], _read(result, rows(result))) for name, rows in _ROWS.items()},
        "log.txt": "".join(f"{line}\n" for line in _log(result, title)).encode(),
    }


def account_csv(result: "Result") -> bytes:
    """Day by day what there was, what came and what went."""
    return table_csv(TABLES["account"], _account(result))


def _read(result: "Result", rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows, and now and then a word that they are being read."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % AT_ONCE == 0 and result.outcome.reading is not None:
            result.outcome.reading(0)


def _equity(result: "Result") -> Iterator[tuple[Any, ...]]:
    market = result.market
    for bar, equity in enumerate(result.outcome.equity.tolist(), market.window_start):
        yield _date(int(market.sessions[bar])), _time(int(market.times[bar])), yuan(equity)


def _account(result: "Result") -> Iterator[tuple[Any, ...]]:
    for row in days(result.outcome, result.market):
        yield _date(row.date), *(yuan(getattr(row, name)) for name in ACCOUNT), row.fills, row.refusals, row.positions


def _trades(result: "Result") -> Iterator[tuple[Any, ...]]:
    for row in trades(result.outcome, result.market):
        yield (
            row.ts_code,
            _date(row.entry_date),
            yuan(row.entry_price),
            row.shares,
            _date(row.exit_date),
            yuan(row.exit_price),
            yuan(row.fees),
            yuan(row.tax),
            yuan(row.dividends),
            yuan(row.pnl),
            f"{row.profit_rate:.12g}",
            row.holding_sessions,
            row.exit_reason,
        )


def _positions(result: "Result") -> Iterator[tuple[Any, ...]]:
    for row in positions(result.outcome, result.market):
        prices = yuan(row.entry_price), yuan(row.last_price), yuan(row.value), yuan(row.pnl)
        yield row.ts_code, row.shares, row.sellable, _date(row.entry_date), *prices


def _orders(result: "Result") -> Iterator[tuple[Any, ...]]:
    """Orders that may rest. What went to the market at once stands in the events alone."""
    for row in orders(result.outcome, result.market):
        told = row.ts_code, row.side, row.origin, row.shares, yuan(row.price) if row.price else "", yuan(row.frozen)
        became = row.filled, yuan(row.value), row.refused, row.ended, _date(row.end_date) if row.end_date else ""
        yield row.sequence, _date(row.date), _time(row.time), *told, *became


def _refusals(result: "Result") -> Iterator[tuple[Any, ...]]:
    words = dict(REJECT_TEXT)
    for row in refusals(result.outcome, result.market):
        earned = "" if row.earned is None else f"{row.earned:.12g}"
        yield _date(row.date), _time(row.time), row.ts_code, row.side, row.reject.name.lower(), yuan(row.price), earned, words[row.reject]


def _events(result: "Result") -> Iterator[tuple[Any, ...]]:
    market = result.market
    dates, times = _texts(market)
    for row in events(result.outcome):
        yield (
            row.sequence,
            dates[row.bar],
            times[row.bar],
            _PHASES[row.phase],
            _KINDS[row.kind],
            row.order or "",
            market.codes[row.stock] if row.stock >= 0 else "",
            reason_of(row),
            row.shares,
            yuan(row.price),
            yuan(row.value),
            yuan(row.commission),
            yuan(row.duty),
            yuan(row.transfer),
            yuan(row.tax),
            words_of(row, market),
        )


def _texts(market: Market) -> tuple[list[str], list[str]]:
    """Of each bar's session and time."""
    return [_date(session) for session in market.sessions.tolist()], [_time(time) for time in market.times.tolist()]


_ROWS: dict[str, Callable[["Result"], Iterator[tuple[Any, ...]]]] = {
    "equity": _equity,
    "account": _account,
    "trades": _trades,
    "positions": _positions,
    "orders": _orders,
    "refusals": _refusals,
    "events": _events,
}


def _log(result: "Result", title: Mapping[str, str]) -> Iterator[str]:
    """What was run and what the market did with it: nothing that a second computation would say differently."""
    market, outcome, tallies = result.market, result.outcome, result.outcome.tallies
    yield from (f"{key}: {value}" for key, value in title.items())
    yield f"params: {', '.join(f'{name}={value}' for name, value in result.cell.params.items())}"
    stocks, bars = market.shape[1], len(outcome.equity)
    own = market.decided_by or market
    beside = f"; signals on {own.shape[0] - own.window_start} bars of {own.frequency}" if market.decided_by else ""
    yield f"data: {market.dataset}, {market.frequency}, {stocks} stocks, {bars} bars{beside}, after {own.window_start} of warm-up"
    if result.cell.content_hash:
        yield f"content hash: {result.cell.content_hash}"
    dates, _ = _texts(market)
    for row in events(outcome, _LOGGED):
        yield _line(row, dates[row.bar], market)
    yield f"fills: {tallies.buys} buys, {tallies.sells} sells; closed trades: {tallies.trades}; fees: {yuan(tallies.fees)} yuan"
    if tallies.dividends or tallies.tax:
        yield f"dividends paid: {yuan(tallies.dividends)} yuan; tax on dividends: {yuan(tallies.tax)} yuan"
    refused = ", ".join(f"{Reject(code).name.lower()} {times}" for code, times in enumerate(tallies.refusals) if times)
    yield f"refused: {refused or 'nothing'}"
    yield f"equity at the end: {yuan(int(outcome.equity[-1]))} yuan, of it {_of_it(outcome)}" if len(outcome.equity) else "no bars"


def _of_it(outcome: Outcome) -> str:
    due = f", dividends not yet paid: {yuan(outcome.receivable)}" if outcome.receivable else ""
    return f"cash: {yuan(outcome.cash)}{due}"


_LOGGED = tuple(kind for kind in Kind if kind is not Kind.MARK)


def _line(row: Event, date: str, market: Market) -> str:
    stock = market.codes[row.stock] if row.stock >= 0 else "account"
    reason, words = reason_of(row), words_of(row, market)
    return f"{date} {_KINDS[row.kind]} {stock}{f' {reason}' if reason else ''}{f': {words}' if words else ''}"


@lru_cache(LATELY)
def _date(session: int) -> str:
    return f"{session // 10_000:04d}-{session // 100 % 100:02d}-{session % 100:02d}"


@lru_cache(LATELY)
def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
