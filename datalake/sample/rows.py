"""The sample market as the lake's tables."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from datalake.frames import conform
from datalake.sample.closed import FIRST, LAST
from datalake.sample.draws import Draws, Whole
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
    codes = listing.codes
    days, columns = np.nonzero(prices.has_bar)
    key = {"ts_code": codes[days, columns], "trade_date": [listing.days[day] for day in days]}
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
        "dividends": _dividends(draws, listing, prices),
        "code_changes": _code_changes(listing),
        "index_1d": pl.DataFrame({"ts_code": [INDEX] * len(listing.days), "trade_date": list(listing.days), **index.bars}),
        "index_members": pl.DataFrame(
            {
                "index_code": [INDEX] * len(change),
                "trade_date": [listing.days[index.changes[number]] for number in change],
                "ts_code": codes[np.array(index.changes)[change], member],
                "weight": index.weights[change, member],
            }
        ),
        "bars_5m": pl.DataFrame(
            {
                "ts_code": np.repeat(codes[minutes.days, minutes.columns], 48),
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
    return conform(rows, table).with_columns(pl.col(pl.Float64).fill_nan(None)).sort(table.key)


_MARKETS = {"main": "主板", "chinext": "创业板", "star": "科创板", "fund": "ETF", "fund_20": "ETF"}


def _instruments(listing: Listing) -> pl.DataFrame:
    """A company that changed its code stands under both, listed when it was listed first."""
    prefixes = {spell.column: spell.prefix for spell in listing.spells if spell.last is None} | {
        column: GONE for column, _ in listing.leaving
    }
    rows: list[dict[str, object]] = []
    for column, share in enumerate(listing.shares):
        row: dict[str, object] = {
            "ts_code": share.ts_code,
            "name": prefixes.get(column, "") + share.name,
            "area": AREAS[column % len(AREAS)],
            "industry": "基金" if share.is_fund else INDUSTRIES[share.sector],
            "market": _MARKETS[share.board],
            "list_status": "D" if share.delist_date else "L",
            "list_date": share.list_date,
            "delist_date": share.delist_date,
            "limit_percent": (20 if share.board == "fund_20" else 10) if share.is_fund else None,
            "same_day": int(share.same_day) if share.is_fund else None,
        }
        rows.append(row)
        new = listing.new_code
        if column == new.column:
            rows[-1] = row | {"list_status": "D", "delist_date": listing.days[new.row]}
            rows.append(row | {"ts_code": new.ts_code, "name": new.name})
    return pl.DataFrame(rows, infer_schema_length=None)


def _code_changes(listing: Listing) -> pl.DataFrame:
    new = listing.new_code
    old = listing.shares[new.column].ts_code
    return pl.DataFrame({"old_code": [old], "new_code": [new.ts_code], "change_date": [listing.days[new.row]]})


def _calendar(listing: Listing) -> pl.DataFrame:
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    open_days = set(listing.days)
    before: date = date(2017, 12, 29)
    rows = []
    for day in days:
        rows.append({"exchange": "SSE", "cal_date": day, "is_open": int(day in open_days), "pretrade_date": before})
        before = day if day in open_days else before
    return pl.DataFrame(rows)


GONE = "退市"
"""Before the name in the delisting period."""


def _names(listing: Listing) -> pl.DataFrame:
    """Each stock's names in time: its own, with ST in front during a spell, and what it is called in its delisting period."""
    rows: list[dict[str, object]] = []
    for column, share in enumerate(listing.shares):
        if share.is_fund:
            continue
        names = [(share.ts_code, share.name, share.list_date, "其他")]
        for spell in listing.spells:
            if spell.column == column:
                names.append((share.ts_code, spell.prefix + share.name, listing.days[spell.first], "ST"))
                if spell.last is not None:
                    names.append((share.ts_code, share.name, listing.days[spell.last], "撤销ST"))
        for leaving, row in listing.leaving:
            if leaving == column:
                names[-1] = (share.ts_code, GONE + share.name, listing.days[row], "退市整理")
        if listing.new_code.column == column:
            names.append((listing.new_code.ts_code, listing.new_code.name, listing.days[listing.new_code.row], "变更代码"))
        ends = [start - timedelta(days=1) for _, _, start, _ in names[1:]]
        rows += [_name(code, name, start, end, why) for (code, name, start, why), end in zip(names, [*ends, None], strict=True)]
    return pl.DataFrame(rows, schema_overrides={"end_date": pl.Date})


def _name(ts_code: str, name: str, start: date, end: date | None, reason: str) -> dict[str, object]:
    return {"ts_code": ts_code, "name": name, "start_date": start, "end_date": end, "change_reason": reason}


def _suspensions(listing: Listing) -> pl.DataFrame:
    days, columns = np.nonzero(listing.suspended)
    return pl.DataFrame(
        {
            "ts_code": listing.codes[days, columns],
            "trade_date": [listing.days[day] for day in days],
            "suspend_type": ["S"] * len(days),
            "suspend_timing": pl.Series([None] * len(days), dtype=pl.String),
        }
    )


def _dividends(draws: Draws, listing: Listing, prices: Prices) -> pl.DataFrame:
    """For the year before; recorded on the session before the ex-date. Half of them pay on it, the others some sessions later; new shares
    are listed within two."""
    days, columns = np.nonzero((prices.cash > 0) | (prices.bonus > 0))
    cash, bonus = prices.cash[days, columns], prices.bonus[days, columns]
    count = len(days)
    paid = days + np.where(draws.below(2, count) == 0, 0, draws.between(1, 7, count))
    listed = days + draws.below(3, count)
    return pl.DataFrame(
        {
            "ts_code": listing.codes[days, columns],
            "ex_date": [listing.days[day] for day in days],
            "end_date": [date(listing.days[day].year - 1, 12, 31) for day in days],
            "record_date": [listing.days[day - 1] for day in days],
            "pay_date": _dates(listing, np.where(cash > 0, paid, -1)),
            "div_listdate": _dates(listing, np.where(bonus > 0, listed, -1)),
            "stk_div": bonus,
            "cash_div_tax": cash * (MILLION // 1000),
        }
    )


def _dates(listing: Listing, rows: Whole) -> pl.Series:
    return pl.Series([listing.days[row] if row >= 0 else None for row in rows.tolist()], dtype=pl.Date)
