"""How strangers are counted: by household, in windows, and in bounded memory."""

import pytest

from functions.api.strangers import MOST_ADDRESSES, Strangers


def test_a_window_counts_down_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1200.0
    monkeypatch.setattr("functions.api.strangers.time.time", lambda: now)
    seen = Strangers(2, 60)
    assert [seen.take("1.2.3.4") for _ in range(3)] == [(1, 1260), (0, 1260), (-1, 1260)]
    assert seen.look("1.2.3.4") == (-1, 1260) and seen.look("1.2.3.5") == (2, 1260)
    now = 1260.0
    assert seen.take("1.2.3.4") == (1, 1320)


def test_addresses_of_one_household_are_one() -> None:
    seen = Strangers(10, 86400)
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:0001:0002::"):
        seen.take(address)
    assert seen.look("2001:db8:1:2::7")[0] == 7
    assert seen.look("2001:db8:1:3::1")[0] == 10, "the neighbour"
    seen.take("::ffff:1.2.3.4")
    assert seen.look("1.2.3.4")[0] == 9, "the same machine, written otherwise"
    seen.take("")
    seen.take("testclient")
    assert seen.look("")[0] == seen.look("testclient")[0] == 9


def test_many_addresses_do_not_fill_the_memory() -> None:
    seen = Strangers(10, 86400)
    for number in range(MOST_ADDRESSES + 500):
        seen.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(seen._seen) == MOST_ADDRESSES
