"""When schedules fire."""

import threading
from datetime import UTC, datetime

import pytest

from infra.local import schedules
from infra.local.errors import StackError
from infra.local.schedules import Clock, next_time
from infra.local.template import Schedule

FRIDAY = datetime(2024, 3, 1, 10, 30, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("rate(1 minute)", "UTC", "2024-03-01T10:31:20"),
        ("rate(2 hours)", "UTC", "2024-03-01T12:30:20"),
        ("cron(30 18 ? * MON-FRI *)", "UTC", "2024-03-01T18:30:00"),
        ("cron(30 18 ? * MON-FRI *)", "Asia/Shanghai", "2024-03-04T10:30:00"),
        ("cron(0/15 * * * ? *)", "UTC", "2024-03-01T10:45:00"),
        ("cron(10,40 9-10 * * ? *)", "UTC", "2024-03-01T10:40:00"),
        ("cron(0 0 1 JAN ? *)", "UTC", "2025-01-01T00:00:00"),
        ("cron(0 0 ? * 1 *)", "UTC", "2024-03-03T00:00:00"),
        ("cron(0 0 29 2 ? *)", "UTC", "2028-02-29T00:00:00"),
    ],
)
def test_next_time(expression: str, zone: str, expected: str) -> None:
    assert next_time(Schedule(expression, zone), FRIDAY) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("expression", ["rate(1 fortnight)", "at(2024-01-01T00:00:00)", "cron(1 2 3)", "cron(0 0 ? * * 1999)"])
def test_what_we_do_not_understand_is_told_at_the_start(expression: str) -> None:
    with pytest.raises(StackError, match="schedule"):
        Clock(Schedule(expression, "UTC"), lambda: None)


def test_a_clock_fires_again_and_again_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(schedules.UNITS, "minute", 0.02)
    fired = threading.Semaphore(0)
    clock = Clock(Schedule("rate(1 minute)", "UTC"), fired.release)
    for _ in range(3):
        assert fired.acquire(timeout=5)
    clock.stop()
    clock._thread.join(5)
    assert not clock._thread.is_alive()
