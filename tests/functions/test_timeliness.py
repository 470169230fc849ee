"""Whether the day that the exchanges closed is in the lake, on the sample market and by a clock that is handed in."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from datalake.lake import Lake
from datalake.sample.rows import sample_tables
from datalake.upstream.ingest import SOURCE, Upstream
from datalake.upstream.sync import sync
from datalake.upstream.tushare import Client, Patience
from datalake.upstream.wanted import Wish
from functions import ingest as module
from functions.ingest import Ingest, handle
from functions.settings import Settings
from functions.timeliness import timeliness
from functions.wiring import House
from infra.local import template
from tests.datalake.standin import TOKEN, Free, sample_tables_of, serve

FIRST, LAST = date(2019, 7, 22), date(2019, 12, 31)
SYNCED = 20190731
"""A Wednesday: the bars of the lake reach this day, its calendar the year's end."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """As an ingest left it that has not run since."""
    made = Lake(f"file://{tmp_path_factory.mktemp('lake')}")
    with serve(sample_tables_of(sample_tables(), FIRST, LAST)) as found:
        sync(made, Upstream(Client(TOKEN, found.url), Free(), Patience()), Wish(20190722, SYNCED), today=SYNCED)
    return made


@pytest.mark.parametrize(
    ("today", "late", "why"),
    [
        (SYNCED, False, "its bars reach 2019-07-31"),
        (20190730, False, "its bars reach 2019-07-31"),
        (20190801, True, "its bars reach 2019-07-31"),
        (20190803, False, "2019-08-03 is no session"),
        (20191001, False, "2019-10-01 is no session"),
        (20200106, True, "its bars reach 2019-07-31, and the calendar does not know the day"),
        (20200104, False, "2020-01-04 is a weekend's"),
    ],
)
def test_a_day_is_late_where_it_was_a_session_and_lacks(lake: Lake, today: int, late: bool, why: str) -> None:
    assert timeliness(lake, SOURCE, today) == (late, why, "tushare:v1")


def test_another_sources_bars_are_no_excuse(lake_url: str) -> None:
    """The sample market has every day up to its end, and the vendor's source has nothing."""
    lake = Lake(lake_url)
    assert not timeliness(lake, "sample", 20241231).late
    assert timeliness(lake, SOURCE, 20241231) == (True, "it has no bars, and the calendar does not know the day", "")


def evening_of(day: date) -> Callable[[], float]:
    """20:00 in Shanghai."""
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    return lambda: moment


def the_event() -> Any:
    """As the template's schedule sends it."""
    (schedule,) = (
        row["Properties"]
        for row in template.tree_of(template.TEMPLATE.read_text())["Resources"]["IngestFunction"]["Properties"]["Events"].values()
        if "Input" in row["Properties"]
    )
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == ("cron(0 20 ? * MON-FRI *)", "Asia/Shanghai")
    return json.loads(schedule["Input"])


@pytest.mark.parametrize(("day", "late"), [(date(2019, 7, 31), 0), (date(2019, 8, 1), 1), (date(2019, 10, 1), 0)])
def test_the_evenings_schedule_says_it_as_a_metric_and_in_the_log(
    lake: Lake,
    day: date,
    late: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House(Settings(lake_url=lake.url, tushare_token=SecretStr(TOKEN)))
    monkeypatch.setattr(module, "house", lambda: house)
    monkeypatch.setattr(module, "Ingest", lambda house, clock: Ingest(house, evening_of(day)))
    assert handle(the_event(), None) == {"late": bool(late)}
    (counted,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "IngestLate" in line]
    assert (counted["IngestLate"], counted["service"]) == ([float(late)], "ingest")
    (told,) = [vars(record) for record in caplog.records if "the day is" in record.getMessage()]
    assert (told["levelname"] == "ERROR", told["dataset"]) == (bool(late), "tushare:v1") and "2019-" in told["reason"]


def test_where_nothing_is_fetched_nothing_is_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "house", lambda: House(Settings(lake_url=f"file://{tmp_path}/lake")))
    assert handle(the_event(), None) == {"late": False}
    assert '"IngestLate":[0.0]' in capsys.readouterr().out and not (tmp_path / "lake").exists()
