"""The sample market as the lake's tables."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from datalake.sample.closed import FIRST, LAST
from datalake.sample.draws import Draws
from datalake.sample.facts import INDEX, make_basics, make_index
from datalake.sample.listing import AREAS, INDUSTRIES, Listing, make_listing
from datalake.sample.minutes import agree, make_minutes
from datalake.sample.prices import MILLION, Prices, make_prices
from datalake.tables import TABLES

SEED = 20180102


def sample_tables() -> dict[str, pl.DataFrame]:
    """Every table of the sample, in the lake's units."""
    draws = Draws(SEED)
    listing = make_listing(draws)
    prices = make_prices(draws, listing)
    minutes = make_minutes(draws, listing, prices)
    agree(prices, minutes)
    basics = make_basics(draws, listing, prices)
    index = make_index(listing, prices)
    codes = [share.ts_code for share in listing.shares]
    days, columns = np.nonzero(prices.has_bar)
    key = {"ts_code": [codes[column] for column in columns], "trade_date": [listing.days[day] for day in days]}
    per_bar = {name: values[days, columns] for name, values in vars(prices).items()}
    bar = ("open", "high", "low", "close")
    change, member = np.nonzero(index.members)
    flat = minutes.times.size
    found = {
        "instruments": _instruments(listing),
        "trade_cal": _calendar(listing),
        "bars_1d": pl.DataFrame(key | {name: per_bar[name] for name in (*bar, "pre_close", "volume", "amount")}),
        "adj_factor": pl.DataFrame(key | {"adj_factor": per_bar["factor"]}),
        "daily_basic": pl.DataFrame(key | {name: values[days, columns] for name, values in basics.items()}).filter(
            pl.col("total_mv").is_not_nan()
        ),
        "namechange": _names(listing),
        "suspensions": _suspensions(listing),
        "dividends": _dividends(listing, prices),
        "code_changes": pl.DataFrame(schema={"old_code": pl.String, "new_code": pl.String, "change_date": pl.Date}),
        "index_1d": pl.DataFrame({"ts_code": [INDEX] * len(listing.days), "trade_date": list(listing.days), **index.bars}),
        "index_members": pl.DataFrame(
            {
                "index_code": [INDEX] * len(change),
                "trade_date": [listing.days[index.changes[number]] for number in change],
                "ts_code": [codes[column] for column in member],
                "weight": index.weights[change, member],
            }
        ),
        "bars_5m": pl.DataFrame(
            {
                "ts_code": np.repeat([codes[column] for column in minutes.columns], 48),
                "trade_date": [listing.days[day] for day in np.repeat(minutes.days, 48)],
                "time": pl.Series(minutes.times.reshape(flat)).cast(pl.Datetime("ms", "UTC")).cast(pl.Datetime("us", "UTC")),
                **{name: getattr(minutes, name).reshape(flat) for name in (*bar, "volume", "amount")},
            }
        ),
    }
    return {name: _typed(name, rows) for name, rows in found.items()}


def _typed(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The table's columns with the types that it is stored with; not-a-numbers are nulls."""
    table = TABLES[name]
    types = pl.from_arrow(table.schema.empty_table()).schema  # type: ignore[union-attr]
    typed = rows.select(pl.col(column).cast(types[column]) for column in table.names)
    return typed.with_columns(pl.col(pl.Float64).fill_nan(None)).sort(table.key)


def _instruments(listing: Listing) -> pl.DataFrame:
    market = {"main": "主板", "chinext": "创业板", "star": "科创板", "fund": "ETF"}
    special = {spell.column: spell.prefix for spell in listing.spells if spell.last is None}
    return pl.DataFrame(
        {
            "ts_code": [share.ts_code for share in listing.shares],
            "name": [special.get(column, "") + share.name for column, share in enumerate(listing.shares)],
            "area": [AREAS[column % len(AREAS)] for column in range(len(listing.shares))],
            "industry": ["基金" if share.board == "fund" else INDUSTRIES[share.sector] for share in listing.shares],
            "market": [market[share.board] for share in listing.shares],
            "list_status": ["D" if share.delist_date else "L" for share in listing.shares],
            "list_date": [share.list_date for share in listing.shares],
            "delist_date": pl.Series([share.delist_date for share in listing.shares], dtype=pl.Date),
            "limit_percent": pl.Series([None] * len(listing.shares), dtype=pl.Int8),
            "same_day": pl.Series([None] * len(listing.shares), dtype=pl.Int8),
        }
    )


def _calendar(listing: Listing) -> pl.DataFrame:
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    open_days = set(listing.days)
    before: date = date(2017, 12, 29)
    rows = []
    for day in days:
        rows.append({"exchange": "SSE", "cal_date": day, "is_open": int(day in open_days), "pretrade_date": before})
        before = day if day in open_days else before
    return pl.DataFrame(rows)


def _names(listing: Listing) -> pl.DataFrame:
    """Each stock's names in time: its own, with ST in front during a spell."""
    rows: list[dict[str, object]] = []
    for column, share in enumerate(listing.shares):
        if share.board == "fund":
            continue
        spell = next((spell for spell in listing.spells if spell.column == column), None)
        start = listing.days[spell.first] if spell else None
        rows.append(_name(share.ts_code, share.name, share.list_date, start and start - timedelta(days=1), "其他"))
        if spell and start:
            end = listing.days[spell.last] if spell.last is not None else None
            rows.append(_name(share.ts_code, spell.prefix + share.name, start, end and end - timedelta(days=1), "ST"))
            if end:
                rows.append(_name(share.ts_code, share.name, end, None, "撤销ST"))
    return pl.DataFrame(rows, schema_overrides={"end_date": pl.Date})


def _name(ts_code: str, name: str, start: date, end: date | None, reason: str) -> dict[str, object]:
    return {"ts_code": ts_code, "name": name, "start_date": start, "end_date": end, "change_reason": reason}


def _suspensions(listing: Listing) -> pl.DataFrame:
    days, columns = np.nonzero(listing.suspended)
    return pl.DataFrame(
        {
            "ts_code": [listing.shares[column].ts_code for column in columns],
            "trade_date": [listing.days[day] for day in days],
            "suspend_type": ["S"] * len(days),
            "suspend_timing": pl.Series([None] * len(days), dtype=pl.String),
        }
    )


def _dividends(listing: Listing, prices: Prices) -> pl.DataFrame:
    """Paid on the ex-date; the record date is the session before."""
    days, columns = np.nonzero((prices.cash > 0) | (prices.bonus > 0))
    ex_dates = [listing.days[day] for day in days]
    return pl.DataFrame(
        {
            "ts_code": [listing.shares[column].ts_code for column in columns],
            "ex_date": ex_dates,
            "end_date": pl.Series([None] * len(days), dtype=pl.Date),
            "record_date": [listing.days[day - 1] for day in days],
            "pay_date": ex_dates,
            "div_listdate": ex_dates,
            "stk_div": prices.bonus[days, columns],
            "cash_div_tax": prices.cash[days, columns] * (MILLION // 1000),
        }
    )
