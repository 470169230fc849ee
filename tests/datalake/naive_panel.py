"""The slow twin of panel building: one cell at a time, from the tables' rows, by the words of docs/data.md."""

import math
from datetime import date

from engine.market import FAR
from tests.datalake.naive_universe import Rows, members_on, sessions_of


def naive_panel(tables: Rows, universe: dict, start: date, end: date, warm_up: int, fields: list[str], past_members: bool = False) -> dict:
    calendar = sessions_of(tables)
    inside = [day for day in calendar if start <= day <= end]
    first = max(calendar.index(inside[0]) - warm_up, 0)
    days = calendar[first : calendar.index(inside[-1]) + 1]
    listed = {row["ts_code"]: row for row in tables["instruments"].iter_rows(named=True)}
    bars = {(row["ts_code"], row["trade_date"]): row for row in tables["bars_1d"].iter_rows(named=True) if row["volume"]}
    limits = {(row["ts_code"], row["trade_date"]): row for row in tables["limits"].iter_rows(named=True)} if "limits" in tables else {}
    paid = {
        (row["ts_code"], min((day for day in calendar if day >= row["ex_date"]), default=None))
        for row in tables["dividends"].iter_rows(named=True)
        if row["stk_div"] or row["cash_div_tax"]
    }
    factors = {(row["ts_code"], row["trade_date"]): row["adj_factor"] for row in tables["adj_factor"].iter_rows(named=True)}
    basics = {(row["ts_code"], row["trade_date"]): row for row in tables["daily_basic"].iter_rows(named=True)}
    by_day = {day: members_on(tables, universe, day) for day in days}

    def is_member(code: str, day: date) -> bool:
        gone = listed[code]["delist_date"]
        return code in by_day[day] and listed[code]["list_date"] <= day and (gone is None or day < gone)

    codes = sorted(code for code in listed if any(is_member(code, day) for day in inside) and any((code, day) in bars for day in inside))
    if past_members:
        codes = sorted({*codes, *(code for code in listed if any(is_member(code, day) and (code, day) in bars for day in days))})
    out: dict = {name: [[0] * len(codes) for _ in days] for name in NAMES}
    out["fields"] = {name: [[math.nan] * len(codes) for _ in days] for name in fields}
    for column, code in enumerate(codes):
        names = [name for name in tables["namechange"].iter_rows(named=True) if name["ts_code"] == code]
        last_close, last_factor, factor, due = 0, 0, 1_000_000, False
        for row, day in enumerate(days):
            bar = bars.get((code, day))
            due = due or (code, day) in paid
            out["low"][row][column] = FAR
            if bar:
                given = factors[code, day]
                if last_close == 0:
                    factor = given
                elif bar["pre_close"] != last_close or due:
                    over, under = given, last_factor
                    if over == under and (due or (code, days[row - 1]) in bars):
                        over, under = last_close, bar["pre_close"]
                    factor = (factor * over * 2 + under) // (2 * under)
                due = False
                for name in ("limit_up", "limit_down"):
                    out[name][row][column] = limits.get((code, day), {}).get(name, 0)
                for name in ("open", "high", "low", "pre_close", "volume", "amount"):
                    out[name][row][column] = bar[name]
                last_close, last_factor = bar["close"], given
            out["close"][row][column] = last_close
            out["adj_factor"][row][column] = factor
            out["member"][row][column] = int(is_member(code, day))
            out["is_st"][row][column] = int(any(is_special(name, day, names) for name in names))
            out["listed_sessions"][row][column] = listed_for(listed[code]["list_date"], day, calendar)
            for name in fields:
                value = basics.get((code, day), {}).get(name)
                out["fields"][name][row][column] = math.nan if value is None else value
    out["listings"] = {
        "industries": [industry_on(tables, listed[code], max(inside[0], listed[code]["list_date"])) for code in codes],
        "same_day": [listed[code]["same_day"] or 0 for code in codes],
        "delist_date": [until(number(listed[code]["delist_date"]), inside[-1]) for code in codes],
        "delisting_from": [until(leaving_from(tables, code, calendar), inside[-1]) for code in codes],
    }
    out["dividends"] = dividends_of(tables, codes, start, end)
    out["previous_session"] = [number(max((earlier for earlier in calendar if earlier < day), default=None)) for day in days]
    out["next_session"] = [number(min((later for later in calendar if later > day), default=None)) for day in days]
    return {"codes": codes, "days": days, "window_start": len(days) - len(inside), **out}


def number(day: date | None) -> int:
    return int(f"{day:%Y%m%d}") if day else 0


def until(day: int, last: date) -> int:
    """What lies ahead is not known."""
    return day if day <= number(last) else 0


def industry_on(tables: Rows, listed: dict, day: date) -> str:
    if "industries" not in tables:
        return listed["industry"] or ""
    rows = [
        (row["in_date"], row["l3_code"], row["l1_name"])
        for row in tables["industries"].iter_rows(named=True)
        if row["ts_code"] == listed["ts_code"] and row["in_date"] <= day and (row["out_date"] is None or day <= row["out_date"])
    ]
    return max(rows)[2] if rows else ""


def leaving_from(tables: Rows, code: str, calendar: list[date]) -> int:
    rows = [row for row in tables["namechange"].iter_rows(named=True) if row["ts_code"] == code]
    starts = [row["start_date"] for row in rows if row["name"].startswith("退市") or row["name"].endswith("退")]
    return min((number(min(day for day in calendar if day >= start)) for start in starts), default=0)


def dividends_of(tables: Rows, codes: list[str], start: date, end: date) -> list[list[int]]:
    out: dict[tuple[int, int], list[int]] = {}
    for row in tables["dividends"].iter_rows(named=True):
        if row["ts_code"] in codes and start <= row["ex_date"] <= end:
            found = out.setdefault((number(row["ex_date"]), codes.index(row["ts_code"])), [0, 0, 0, 0])
            found[0] += row["stk_div"] or 0
            found[1] += row["cash_div_tax"] or 0
            found[2] = max(found[2], number(row["pay_date"]))
            found[3] = max(found[3], number(row["div_listdate"]))
    return [[*key, *values] for key, values in sorted(out.items())]


NAMES = (
    "open", "high", "low", "close", "pre_close", "volume", "amount", "adj_factor", "limit_up", "limit_down",
    "member", "is_st", "listed_sessions",
)  # fmt: skip


def is_special(row: dict, day: date, names: list[dict]) -> bool:
    """An open end lasts to the next name."""
    ended = day > row["end_date"] if row["end_date"] else any(row["start_date"] < other["start_date"] <= day for other in names)
    return row["name"].startswith(("ST", "*ST")) and row["start_date"] <= day and not ended


def listed_for(listed: date, day: date, calendar: list[date]) -> int:
    """Sessions of the calendar, and weekdays before its first one."""
    if listed > day:
        return 0
    known = sum(1 for session in calendar if max(listed, calendar[0]) <= session <= day)
    before = (calendar[0] - listed).days
    return known + sum(1 for step in range(max(before, 0)) if date.fromordinal(listed.toordinal() + step).weekday() < 5)


def benchmark_on(rows: list[dict], calendar: list[date], start: date, end: date, factors: dict[date, float] | None = None) -> list[float]:
    """The reference before the window, then the close of each session, from one code's daily rows; NaN where there is none.

    Without `factors` an index in points; with them the price in li times the day's factor.
    """
    bars = {row["trade_date"]: row for row in rows}
    inside = [day for day in calendar if start <= day <= end]

    def worth(day: date, name: str) -> float:
        if day not in bars:
            return math.nan
        return bars[day][name] / 1000 if factors is None else float(bars[day][name] * factors[day])

    before = [day for day in calendar if day < inside[0]]
    reference = worth(inside[0], "pre_close")
    if math.isnan(reference) and before:
        reference = worth(before[-1], "close")
    return [reference, *(worth(day, "close") for day in inside)]
