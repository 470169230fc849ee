"""No look-ahead: a panel whose window ends on a day is the same from a lake that ends on that day; every fact equals its slow twin."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import pytest

from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import DAILY, DECIDING, LISTED, PanelSpec, to_market
from datalake.versions import Dataset
from engine.market import Market
from tests.datalake.cut_lake import CODES, Rows, codes_listed, cut, whole, written
from tests.datalake.naive_panel import NAMES, naive_panel, number, sessions_of

FIELDS = ["is_st", "listed_sessions", "pe", "turnover_rate_f", "ps_ttm", "dv_ttm", "free_share"]
NEEDED = {"is_st": "namechange", "listed_sessions": "instruments"}
DAYS = (
    date(2022, 3, 8),  # industries begin and end about here
    date(2022, 6, 30),  # before a code changes, and an index
    date(2022, 7, 1),
    date(2023, 2, 10),  # before a listing
    date(2023, 5, 10),  # a delisting period begins
    date(2023, 5, 30),  # before a delisting
    date(2023, 5, 31),
    date(2024, 6, 21),  # a Friday; the name of the delisting period begins on Monday
    date(2024, 12, 5),
    date(2024, 12, 31),
)  # fmt: skip


class Whole(NamedTuple):
    rows: Rows
    lake: Lake
    dataset: Dataset


@pytest.fixture(scope="module")
def everything(sample_rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    lake, rows = Lake(f"file://{tmp_path_factory.mktemp('whole')}"), whole(sample_rows)
    return Whole(rows, lake, written(lake, rows))


def built(lake: Lake, spec: PanelSpec) -> Market:
    return to_market(*unpack(build_panel(lake, spec)))


Wish = Callable[[Dataset, int, int], PanelSpec]


def wishes(rows: Rows, day: date) -> dict[str, Wish]:
    """Panels of all kinds by name."""
    minutes = rows["bars_5m"].filter(rows["bars_5m"]["trade_date"] <= day)["ts_code"].unique().sort().to_list()

    def wish(universe: object, warm_up: int, fields: list[str], *frequencies: str, further: int = 0, benchmark: str = "") -> Wish:
        def of(data: Dataset, start: int, end: int) -> PanelSpec:
            first = max(start, 20241105) if "5m" in frequencies else start
            own, finer = frequencies or ("1d", "")
            return PanelSpec.of(data, universe, (first, end), warm_up, own, fields, finer).reaching(further).compared_with(benchmark)

        return of

    facts = [name for name in FIELDS if NEEDED.get(name, "bars_1d") in rows]
    found = {
        "all": wish({"all": True}, 20, [*facts, "past_members"]),
        "codes": wish(codes_listed(rows, day), 5, facts, benchmark="529001.SH"),
        "index": wish({"index": "009300.SH"}, 9, ["index:009300.SH", "pe"], further=30, benchmark="009300.SH"),
        "traded": wish({"rank": "amount", "top": 4, "lag": 1}, 7, ["past_members"]),
        "large": wish({"rank": "total_mv", "top": 6, "lag": 0}, 0, []),
        "mixed": wish({"any": [*_old_industries(rows), {"rank": "return_20", "bottom": 3}, {"boards": ["fund"]}]}, 6, ["past_members"]),
        "within": wish({"rank": "amount", "top": 2, "lag": 2, "within": {"any": [{"boards": ["fund", "star"]}, ["009001.SZ"]]}}, 3, []),
    }
    if minutes:
        found["moving"] = wish({"any": [*_old_industries(rows), {"rank": "volume", "top": 5}]}, 60, [], "5m", "")
        found["minutes"] = wish(minutes, 60, [*facts, "daily"], "5m", "", further=9)
        found["orders"] = wish(minutes, 30, facts, "1d", "5m")
    return found


def _old_industries(rows: Rows) -> list[object]:
    """Those that begin before all bars, as the cut lake knows no others."""
    return [{"industry": ["旧1", "旧2"]}] if "industries" in rows else []


def assert_no_look_ahead(everything: Whole, folder: Path, day: date, start: date) -> None:
    """Of every kind of panel, for a window that ends on the day.

    Two things may differ. `next_session` of the last session: the exchange publishes its calendar in advance, and a calendar cut at the
    day does not reach the session after it. And the header's list of who was left out, which names members without a bar in the window:
    a stock that is not listed yet is unknown to the cut lake.
    """
    lake = Lake(f"file://{folder}/cut")
    dataset = written(lake, cut(everything.rows, day))
    for name, wish in wishes(everything.rows, day).items():
        specs = [wish(data, number(start), number(day)) for data in (everything.dataset, dataset)]
        (header, arrays), (cut_header, cut_arrays) = (
            unpack(build_panel(*pair)) for pair in zip((everything.lake, lake), specs, strict=True)
        )
        assert set(header["left_out"]) >= set(cut_header["left_out"])
        for key in ("spec", "dataset", "left_out"):
            del header[key], cut_header[key]
        assert header == cut_header, (name, day)
        assert list(arrays) == list(cut_arrays)
        for key, array in arrays.items():
            known = slice(None)
            if key.removeprefix(DAILY).removeprefix(DECIDING) == "next_session":
                sessions = arrays[key.replace("next_session", "sessions")]
                known = slice(0, int(np.searchsorted(sessions, sessions[-1])))
            assert array.dtype == cut_arrays[key].dtype
            np.testing.assert_array_equal(array[known], cut_arrays[key][known], err_msg=f"{name} {key} {day}")


def assert_known_by_then(everything: Whole, folder: Path, day: date, start: date, end: date) -> None:
    """What a panel says of a day inside its window is what a lake says that ends on that day: nothing of later days shows on earlier ones.

    Stocks that join or trade only later are not in the shorter panel, and what is said once for all of a stock's days carries its date:
    it may be later than the day.
    """
    lake = Lake(f"file://{folder}/cut")
    dataset = written(lake, cut(everything.rows, day))
    last = number(day)
    for name, wish in wishes(everything.rows, day).items():
        long = unpack(build_panel(everything.lake, wish(everything.dataset, number(start), number(end))))
        header, short = unpack(build_panel(lake, wish(dataset, number(start), last)))
        columns = [long[0]["codes"].index(code) for code in header["codes"]]
        assert header["industries"] == [long[0]["industries"][column] for column in columns]
        for key, array in short.items():
            found, bare = long[1][key], key.removeprefix(DAILY).removeprefix(DECIDING)
            if bare == "next_session":
                continue
            if bare in LISTED:
                found = np.where(found > last, 0, found)[columns] if bare != "same_day" else found[columns]
            elif bare in ("dividends", "code_changes"):
                found = found[(found[:, 0] <= last) & np.isin(found[:, 1], columns)]
                found[:, 1] = np.searchsorted(columns, found[:, 1])
                if bare == "code_changes":
                    found[:, 2] = np.searchsorted(columns, found[:, 2])
            else:
                found = found[: len(array)]
                found = found[:, columns] if array.ndim > 1 and not key.startswith("reference:") else found
            np.testing.assert_array_equal(found, array, err_msg=f"{name} {key} {day}")


@pytest.mark.slow
@pytest.mark.parametrize("lacking", [["instruments"], ["trade_cal", "limits"], ["adj_factor", "namechange"], ["dividends", "industries"]])
def test_nor_where_tables_are_missing(everything: Whole, tmp_path: Path, lacking: list[str]):
    rows = {name: table for name, table in everything.rows.items() if name not in lacking}
    lake = Lake(f"file://{tmp_path}/whole")
    some = Whole(rows, lake, written(lake, rows))
    for place, day in enumerate(DAYS[1::2]):
        assert_no_look_ahead(some, tmp_path / str(place), day, date(day.year, 1 + day.month // 2, 4))


@pytest.mark.parametrize("day", [DAYS[4], DAYS[8]])
def test_a_panel_knows_nothing_of_the_time_after_its_window(everything: Whole, tmp_path: Path, day: date):
    assert_no_look_ahead(everything, tmp_path, day, date(day.year, max(day.month - 3, 1), 4))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_nor_on_any_other_day(everything: Whole, tmp_path: Path, seed: int):
    """The remarkable days, and drawn ones; windows of all lengths."""
    draw = Random(seed)
    days = [day for day in sessions_of(everything.rows) if day >= date(2022, 2, 7)]
    for place, day in enumerate([*DAYS[seed::8], *draw.sample(days, 2)]):
        start = draw.choice([other for other in days if other <= day])
        assert_no_look_ahead(everything, tmp_path / str(place), day, start)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_no_day_of_a_window_knows_a_later_one(everything: Whole, tmp_path: Path, seed: int):
    draw = Random(seed)
    days = [day for day in sessions_of(everything.rows) if day >= date(2022, 2, 7)]
    drawn = [*DAYS[seed:-1:8], *draw.sample(days[1:-30], 2)]
    for place, day in enumerate(drawn):
        start = draw.choice([other for other in days if other <= day and (day < date(2024, 11, 1) or other.year == day.year)])
        assert_known_by_then(everything, tmp_path / str(place), day, start, draw.choice([later for later in days if later > day]))


@pytest.mark.parametrize(
    "case",
    [
        ({"codes": [code for code in CODES if code != "009018.SZ"]}, date(2022, 4, 20), date(2022, 9, 30), 30),
        ({"all": True}, date(2023, 4, 20), date(2023, 6, 20), 5),
        ({"rank": "amount", "top": 5, "lag": 1}, date(2022, 8, 1), date(2022, 9, 9), 3),
    ],
)
def test_every_table_equals_its_slow_twin(everything: Whole, case: tuple[dict[str, object], date, date, int]):
    universe, start, end, warm_up = case
    spec = PanelSpec.of(everything.dataset, universe, (number(start), number(end)), warm_up, fields=FIELDS)
    market = built(everything.lake, spec)
    names = FIELDS[2:]
    slow = naive_panel(everything.rows, universe, start, end, warm_up, names)
    assert [code for code in market.codes if code not in ("009018.SZ", "009031.SZ")] == [
        code for code in slow["codes"] if code not in ("009018.SZ", "009031.SZ")
    ], "a code that changed is there under both"
    mine = [market.codes.index(code) for code in slow["codes"]]
    for name in NAMES:
        assert getattr(market, name)[:, mine].tolist() == slow[name], name
    for name, values in slow["listings"].items():
        assert [getattr(market.listings, name)[column] for column in mine] == values, name
    for name in names:
        assert np.array_equal(market.fields[name][:, mine], slow["fields"][name], equal_nan=True), name
        assert np.isfinite(market.fields[name]).any(), name
    assert (market.limit_up > 0).any() and ((market.limit_up == 0) & (market.open > 0)).any()
    assert not market.limit_up[market.open == 0].any()
