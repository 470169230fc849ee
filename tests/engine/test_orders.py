"""Orders and weights placed on markets: which bar each meets, and what keeps a line from any."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import OrdersError
from engine.market import Market
from engine.orders.lines import Orders, Weights
from engine.orders.script import check_lines, check_prices, identity_of, script_for
from engine.orders.table import read_orders, read_weights
from engine.terms import ONE
from tests.engine.test_orders_table import table_of
from tests.engine.test_simulation_readers import SESSIONS, market_of

BOARDS = {"600001.SH": "main", "600002.SH": "main", "510300.SH": "fund", "600003.SH": "main"}


def orders_of(*lines: str, header: str = "time,code,shares") -> Orders:
    return read_orders(table_of("\n".join([header, *lines])))


def weights_of(*lines: str) -> Weights:
    return read_weights(table_of("\n".join(["time,code,weight", *lines])))


def refused(lines: Orders | Weights, market: Market) -> list[str]:
    with pytest.raises(OrdersError) as caught:
        script_for(lines, market)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def minutes() -> Market:
    """Half days of the two sessions 2024-01-02 and 03, in bars of 60 minutes: 10:30, 11:30; the first one is warm-up."""
    hours = [hour + minute / 60 for hour, minute in ((10, 30), (11, 30))]
    begin = np.datetime64("2024-01-02T00:00", "ms").astype(np.int64) - 8 * 3_600_000
    times = [int(begin + day * 24 * 3_600_000 + hour * 3_600_000) for day in (0, 1, 2) for hour in hours]
    sessions = tuple(day for day in SESSIONS[:3] for _ in hours)
    market = market_of(((10_000, 5_000),) * 6, sessions, frequency="60m", window_start=2)
    return replace(market, times=np.array(times, np.int64))


def test_an_order_meets_the_bar_of_its_day_in_rows_of_the_window() -> None:
    lines = orders_of(
        "20240105,600002.SH,-100,,,,gtc",
        "20240103,600001.SH,100,9.9,10.1,,",
        "20240105,600001.SH,100,,,10.30,",
        header="time,code,shares,limit,stop,price,tif",
    )
    script = script_for(lines, market_of(window_start=1))
    assert script.orders.tolist() == [
        [0, 0, 100, 9_900, 10_100, 0, 0, 3],
        [2, 1, -100, 0, 0, 0, 1, 2],
        [2, 0, 100, 0, 0, 10_300, 0, 4],
    ]
    assert script.order_at.tolist() == [0, 1, 1, 3, 3] and script.targets.shape == (0, 3)


def test_weights_go_to_their_days_and_cash_is_what_is_left() -> None:
    lines = weights_of(
        "20240105,cash,1",
        "20240102,600002.SH,0.25",
        "20240103,CASH,0.5",
        "20240102,600001.SH,0.3333333333333333",
        "20240103,600001.SH,0.5",
        "20240104,600001.SH,0",
    )
    script = script_for(lines, market_of())
    assert script.targets.tolist() == [[0, 1, ONE // 4], [0, 0, 3_333_333], [1, 0, ONE // 2], [2, 0, 0], [3, -1, 0]]
    assert script.orders.shape == (0, 8)


@pytest.mark.parametrize(
    ("time", "row"),
    [
        ("20240103", 0),
        ("20240103 09:30", 0),
        ("20240103 09:30:00.001", 1),
        ("20240103 10:30", 1),
        ("20240103 10:31", 2),
        ("20240104 10:30", 3),
    ],
)
def test_with_minute_bars_an_order_meets_the_first_bar_that_begins_then(minutes: Market, time: str, row: int) -> None:
    assert script_for(orders_of(f"{time},600001.SH,100"), minutes).orders[:, 0].tolist() == [row]


def test_an_order_without_a_bar_is_told(minutes: Market) -> None:
    assert refused(orders_of("20240104 10:31,600001.SH,1"), minutes) == [
        "row 2: 2024-01-04 10:31 comes after the window's last bar has begun (a later --end has another bar)"
    ]
    assert "lies outside of the window 2024-01-03 to 2024-01-04" in refused(orders_of("20240102,600001.SH,1"), minutes)[0]
    daily = market_of(window_start=1)
    for line, said in (
        ("20240102,600001.SH,1", "row 2: 2024-01-02 lies outside of the window 2024-01-03 to 2024-01-08"),
        ("20240106,600001.SH,1", "row 2: 2024-01-06 is no session of the data"),
        ("20240103 09:30,600001.SH,1", "row 2: 2024-01-03 09:30 says a time of the day, and the bars are daily"),
        ("20240103,600009.SH,1", "row 2: 600009.SH has no bar from 2024-01-03 to 2024-01-08"),
    ):
        (problem,) = refused(orders_of(line), daily)
        assert said in problem


def test_two_portfolios_for_one_bar_are_refused(minutes: Market) -> None:
    problems = refused(weights_of("20240103 09:31,600001.SH,0.5", "20240103 09:32,600002.SH,0.5"), minutes)
    assert problems == ["row 3: meets the same bar as the portfolio of row 2 (one portfolio for each bar)"]


def test_a_price_between_two_ticks_is_refused_and_not_rounded() -> None:
    lines = orders_of("20240102,600001.SH,1,9.995", "20240102,510300.SH,1,3.905", "20240102,x,1,1.2345", header="time,code,shares,limit")
    (problem,) = check_prices(lines, BOARDS)
    assert (
        str(problem) == "row 2: limit 9.995 is no whole number of ticks: 600001.SH moves by 0.01 (9.990 or 10.000; nothing is rounded here)"
    )
    assert len(refused(orders_of("20240102,600001.SH,1,9.995", header="time,code,shares,price"), market_of())) == 1


def test_what_a_dataset_does_not_know_is_told_once_for_all_its_rows() -> None:
    lines = orders_of("20240102,600001,1", "20240102,600001,1", "20240106,1,1", "20300101,600001.SH,1", "20240107,zzz,1")
    assert [str(problem) for problem in check_lines(lines, BOARDS, SESSIONS)] == [
        "row 2 and 1 more: 600001 is unknown (did you mean '600001.SH'?)",
        "row 4: 1 is unknown",
        "row 6: ZZZ is unknown",
        "row 4: 2024-01-06 is no session: the exchange was closed (the next one is 2024-01-08)",
        "row 6: 2024-01-07 is no session: the exchange was closed (the next one is 2024-01-08)",
        "row 5: 2030-01-01 lies outside of the data (they have sessions from 2024-01-02 to 2024-01-08)",
    ]
    many = orders_of(*(f"20240102,{k:06d}.SZ,1" for k in range(30)))
    told = [str(problem) for problem in check_lines(many, BOARDS, SESSIONS)]
    assert len(told) == 21 and told[-1] == "rows: and so are 10 more codes"


def test_an_identity_is_that_of_the_content() -> None:
    one, same, other = orders_of("20240102,600001.SH,100"), orders_of("2024-01-02,sh600001,1e2"), orders_of("20240102,600001.SH,101")
    assert identity_of(one) == identity_of(same) != identity_of(other)
    assert identity_of(weights_of("20240102,600001.SH,0.1")) != identity_of(weights_of("20240102,600001.SH,0.2"))
