"""Which frequencies a dataset serves, stored or made, and what is said where it does not."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from datalake.asked.caveats import warm_up
from datalake.asked.context import check_context
from datalake.frequencies import DAILY, FREQUENCIES, MINUTES, bars_a_session, bars_of, finest_of, frequencies_of, source_of, told
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.tables import FREQUENCIES as STORED
from datalake.versions import Bars, Dataset, TableVersion

FIRST, LAST = 20240102, 20241231


def having(sample: Dataset, rows: Mapping[str, int]) -> Dataset:
    """The sample with other bars: so many rows of each stored frequency."""
    bars = {name: Bars(FIRST, LAST, () if name == DAILY else (f"00900{len(name)}.SZ",)) for name in rows}
    found = replace(sample, tables={f"bars_{name}": TableVersion(1, count, FIRST, LAST, name) for name, count in rows.items()})
    vars(found)["catalog"] = replace(sample.catalog, bars=bars)  # where its cached_property looks first
    return found


def test_every_stored_frequency_is_known():
    assert tuple(MINUTES) == STORED and set(FREQUENCIES) == {*STORED, "1d", "1w", "1mo"}
    lengths = [*MINUTES.values(), 120, 240]  # half a session and a whole one
    assert all(longer % shorter == 0 for shorter, longer in pairwise(lengths))
    assert [bars_a_session(name) for name in (*STORED, "1d", "1w")] == [240, 48, 16, 8, 4, 1, 1]


@pytest.mark.parametrize(
    ("rows", "made"),
    [
        ({"1d": 9}, {"1d": "1d", "1w": "1d", "1mo": "1d"}),
        ({"1d": 9, "5m": 9}, {"1d": "1d", "5m": "5m", "15m": "5m", "30m": "5m", "60m": "5m", "1w": "1d", "1mo": "1d"}),
        ({"1m": 9}, dict.fromkeys(FREQUENCIES, "1m")),
        ({"30m": 9}, dict.fromkeys(("1d", "30m", "60m", "1w", "1mo"), "30m")),
        ({"15m": 20, "30m": 10}, {"15m": "15m", "30m": "30m", "60m": "30m", "1d": "30m", "1w": "30m", "1mo": "30m"}),
        ({"1m": 5_000, "5m": 999}, {"1m": "1m", "5m": "5m", **dict.fromkeys(("15m", "30m", "60m", "1d", "1w", "1mo"), "1m")}),
        ({"1m": 4_000, "5m": 999}, {"1m": "1m", "5m": "5m", **dict.fromkeys(("15m", "30m", "60m", "1d", "1w", "1mo"), "5m")}),
        ({}, {}),
    ],
    ids=["days", "days and 5m", "1m alone", "30m alone", "the longest of equal ones", "more of 1m", "less of 1m", "nothing"],
)
def test_what_is_not_stored_is_made_from_what_covers_most(sample: Dataset, rows: dict[str, int], made: dict[str, str]):
    dataset = having(sample, rows)
    assert frequencies_of(dataset) == made
    for name in FREQUENCIES:
        assert bars_of(dataset, name) == (dataset.catalog.bars[made[name]] if name in made else None)
    assert source_of(dataset, "7m") is None and bars_of(dataset, "2h") is None


def test_it_is_told_what_is_made_of_what(sample: Dataset):
    assert told(sample) == "1d, 5m; 1w, 1mo made from 1d; 15m, 30m, 60m made from 5m"
    assert told(sample, MINUTES) == "5m; 15m, 30m, 60m made from 5m"
    assert told(having(sample, {})) == "no bars at all"
    (problem,) = check_context(sample, ["009001.SZ"], (20240102, 20240131), "1m")
    assert (problem.field, problem.hint) == ("context.frequency", f"it has {told(sample)}")


def test_orders_of_weekly_signals_meet_days():
    assert [finest_of(name) for name in FREQUENCIES] == ["1d", *MINUTES, "1d", "1d"]
    assert finest_of("1w", "5m") == finest_of("5m") == "5m"


@pytest.mark.parametrize(
    ("frequency", "window", "execution", "field", "hint"),
    [
        ("15m", (20240102, 20240131), "", "context.window.start", "sample:v1 starts on 2024-11-01"),
        ("15m", (20241111, 20241129), "5m", "strategy.execution.frequency", "leave it out, or use frequency 1d"),
        ("1d", (20241111, 20241129), "1m", "strategy.execution.frequency", "it has 1d, 5m; 15m, 30m, 60m made from 5m"),
        ("1w", (20241111, 20241129), "1m", "strategy.execution.frequency", "it has 1d, 5m; 15m, 30m, 60m made from 5m"),
        ("1w", (20241008, 20241129), "15m", "context.window.start", "sample:v1 starts on 2024-11-01"),
        ("1w", (20240101, 20251231), "", "context.window.end", "sample:v1 ends on 2024-12-31"),
        ("1w", (20241111, 20241114), "", "context.window", "a window that holds the last session of a whole week"),
        ("1mo", (20241101, 20241128), "", "context.window", "a window that holds the last session of a whole month"),
    ],
)
def test_what_a_frequency_lacks_is_told(sample: Dataset, frequency: str, window: tuple[int, int], execution: str, field: str, hint: str):
    codes = list(sample.catalog.bars["5m"].codes)
    (problem,) = check_context(sample, codes, window, frequency, (), execution)
    assert (problem.field, problem.hint) == (field, hint)


def test_days_beside_weeks_are_allowed(sample: Dataset):
    codes = list(sample.catalog.bars["5m"].codes)
    for frequency, execution in (("1w", ""), ("1mo", "15m"), ("15m", "")):
        assert check_context(sample, codes, (20241111, 20241231), frequency, {"daily"}, execution) == []


@pytest.mark.parametrize("frequency", ["1d", "5m", "30m", "1w", "1mo"])
def test_the_warm_up_that_is_told_is_that_of_the_panel(sample_lake: Lake, sample: Dataset, frequency: str):
    """Whether the window begins with a period, inside one or between two, and whether the data have enough before it."""
    starts = (20241101, 20241113, 20241203) if frequency in MINUTES else (20180102, 20180104, 20180305, 20191008, 20240211)
    codes = list(sample.catalog.bars["5m"].codes)
    for start in starts:
        for wanted in (0, 3, 100):
            market = to_market(*unpack(build_panel(sample_lake, PanelSpec.of(sample, codes, (start, 20241231), wanted, frequency))))
            got = (market.decided_by or market).window_start
            per_session = bars_a_session(frequency)
            assert warm_up(sample, start, frequency, wanted) == min(got, wanted) and got - wanted < per_session, (start, wanted)
