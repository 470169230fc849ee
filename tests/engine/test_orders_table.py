"""Tables of orders and weights: what columns may be called, what texts mean, and everything that is wrong with a bad one."""

import numpy as np
import pytest

from engine.errors import OrdersError
from engine.orders.columns import ORDERS, unused
from engine.orders.lines import NO_CLOCK, Table, column_of
from engine.orders.table import MOST_ROWS, read_orders, read_weights


def table_of(text: str) -> Table:
    """A CSV's lines; the header is line 1."""
    header, *lines = [line.strip().split(",") for line in text.strip().splitlines()]
    columns = {name: column_of(line[k] for line in lines) for k, name in enumerate(header)}
    return Table(columns, np.arange(2, len(lines) + 2))


def told(text: str, read: object = read_orders) -> list[str]:
    with pytest.raises(OrdersError) as caught:
        read(table_of(text))  # type: ignore[operator]
    return [str(problem) for problem in caught.value.problems]


def test_orders_as_most_people_write_them() -> None:
    orders = read_orders(
        table_of(
            """
        time,ts_code,shares,limit,stop,price,time_in_force
        2024-01-02,600519.SH,100,1700.5,,,gtc
        20240103,sz000001,-2000,,9.87,0,day
        2024/1/4 9:35,600519.XSHG,1e2,,,1690.00,
        2024-01-04T13:00:01.5+08:00,000001.SZ,"100",,,,DAY
    """.replace('"', "")
        )
    )
    assert orders.rows.tolist() == [2, 3, 4, 5]
    assert orders.days.tolist() == [20240102, 20240103, 20240104, 20240104]
    assert orders.clock.tolist() == [NO_CLOCK, NO_CLOCK, 34_500_000, 46_801_500]
    assert [orders.codes[k] for k in orders.stocks] == ["600519.SH", "000001.SZ", "600519.SH", "000001.SZ"]
    assert orders.shares.tolist() == [100, -2000, 100, 100]
    assert orders.limit.tolist() == [1_700_500_000, 0, 0, 0]
    assert (orders.stop.tolist(), orders.price.tolist()) == ([0, 9_870_000, 0, 0], [0, 0, 1_690_000_000, 0])
    assert orders.until_cancelled.tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "date,code,qty,direction\n20240102,600519.SH,100,SELL",
        "日期,证券代码,数量,方向\n2024年1月2日,600519.SH,100,卖出",
        "Trade Date,Symbol,Quantity,Side,Name\n2024-01-02 00:00:00,SH600519,100.0,s,x",
        "成交日期,成交时间,证券代码,成交数量,操作,成交金额\n20240102,00:00:00,600519.SH,100,证券卖出,1",
        "datetime,ts_code,symbol,volume,action\n20240102000000,600519.SH,600519,100,sell",
        "time,ts_code,shares\n20240102.0,600519.SS,-100",
    ],
)
def test_columns_and_texts_have_other_names(text: str) -> None:
    orders = read_orders(table_of(text))
    assert (orders.days.tolist(), orders.clock.tolist(), orders.codes, orders.shares.tolist()) == ([20240102], [-1], ("600519.SH",), [-100])


def test_a_day_and_a_time_may_stand_apart() -> None:
    orders = read_orders(
        table_of("日期,时间,代码,数量\n2024-01-02,9:35:00,600519.SH,100\n20240102,93501,600519.SH,100\n20240103,15:00,1,1")
    )
    assert (orders.days.tolist(), orders.clock.tolist()) == ([20240102, 20240102, 20240103], [34_500_000, 34_501_000, 54_000_000])


def test_a_float_as_it_is_written_is_the_price_that_was_meant() -> None:
    orders = read_orders(table_of("time,ts_code,shares,limit\n20240102,600519.SH,100,12.340000000000002\n20240102,600519.SH,100,12.345"))
    assert orders.limit.tolist() == [12_340_000, 12_345_000]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,ts_code,shares", ["file: has no rows (it needs a header and a row for each line)"]),
        ("a,b\n1,2", ["columns: there is none for ts_code", "columns: there is none for shares", "columns: there is none for time"]),
        ("time,ts_code,amount\n20240102,600519.SH,1", ["an amount may be shares or money: call it shares"]),
        ("time,ts_code,shares,limt\n20240102,600519.SH,1,9", ["columns: nothing is known of 'limt' (did you mean 'limit'?)"]),
        ("time,code,symbol,shares\n20240102,600519.SH,x,1", ["columns: 'code' and 'symbol' all mean ts_code (leave one)"]),
        ("date,time,code,shares\n20240102,20240102,600519.SH,1", ["columns: 'date' and 'time' both say the day"]),
        ("time,code,shares\nx,600519.SH,1\nx,600519.SH,1", ["row 2 and 1 more: time 'x' is no time"]),
        ("time,code,shares\n20240230,600519.SH,1", ["row 2: time '20240230' is no day of the calendar"]),
        ("time,code,shares\n20240102 25:00,600519.SH,1", ["is no time of the day"]),
        ("time,code,shares\n2024-01-02 01:00Z,600519.SH,1", ["is in another time zone (times are Shanghai's, +08:00)"]),
        ("time,code,shares\n,,", ["row 2: time is empty", "row 2: code is empty", "row 2: shares is empty"]),
        ("time,code,qty\n20240102,600519.SH,0", ["row 2: qty '0' orders nothing (leave the row out)"]),
        (
            "time,code,qty\n20240102,600519.SH,1.5\n20240102,600519.SH,many",
            ["row 2: qty '1.5' is no whole", "row 3: qty 'many' is no number"],
        ),
        (
            "time,code,qty\n20240102,600519.SH,nan\n20240102,600519.SH,inf",
            ["row 2: qty 'nan' is no number", "row 3: qty 'inf' is no number"],
        ),
        ("time,code,qty,side\n20240102,600519.SH,-5,sell", ["row 2: qty is negative, and the side is said besides"]),
        ("time,code,qty,side\n20240102,600519.SH,5,up", ["row 2: side 'up' is no side (buy or sell)"]),
        ("time,code,qty,side\n20240102,600519.SH,5,", ["row 2: side is empty"]),
        ("time,code,qty,limit\n20240102,600519.SH,5,-1", ["row 2: limit '-1' is no price"]),
        ("time,code,qty,price,stop\n20240102,600519.SH,5,9,8", ["row 2: price is given beside a limit or a stop"]),
        ("time,code,qty,price,tif\n20240102,600519.SH,5,9,gtc", ["row 2: tif is gtc (an order at exactly a price lives for one bar)"]),
        ("time,code,qty,tif\n20240102,600519.SH,5,week", ["row 2: tif 'week' is unknown (day or gtc)"]),
    ],
)
def test_everything_wrong_with_orders_is_told(text: str, said: list[str]) -> None:
    problems = told(text)
    assert len(problems) == len(said), problems
    for problem, words in zip(problems, said, strict=True):
        assert words in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,code,weight\n20240102,600519.SH,5", "row 2: weight '5' is above 1 (a share of equity: is 5% meant, 0.05?)"),
        ("time,code,weight\n20240102,600519.SH,5%", "row 2: weight '5%' is no number (5% is 0.05)"),
        ("time,code,weight\n20240102,600519.SH,-0.1", "row 2: weight '-0.1' is negative (there are no short sales)"),
        ("time,code,weight\n20240102,A,0.6\n20240102,B,0.6", "row 2: the weights of this time add up to 1.2"),
        ("time,code,weight\n20240102,A,0.1\n20240103,A,0.1\n20240102,A,0.2", "row 4: gives A a weight that row 2 has given"),
        ("日期,代码\n20240102,A", "columns: there is none for weight"),
    ],
)
def test_what_is_wrong_with_weights(text: str, said: str) -> None:
    (problem,) = told(text, read_weights)
    assert said in problem


def test_weights_of_floats_add_up_and_cash_is_no_stock() -> None:
    tenth = "\n".join(f"20240102,{k:06d}.SZ,{1 / 3:.17g}" for k in range(3))
    weights = read_weights(table_of(f"日期,代码,权重\n{tenth}\n20240103,现金,1\n20240104,000001.SZ,0.9\n20240104,cash,0.1"))
    assert weights.weights.sum() == 3 * 333_333_333_333 + 2 * 10**12
    assert weights.stocks.tolist() == [0, 1, 2, -1, 1, -1]


def test_many_problems_of_one_kind_are_counted() -> None:
    text = "time,code,shares\n" + "\n".join(f"20240102,600519.SH,x{k}" for k in range(50))
    problems = told(text)
    assert len(problems) == 21 and problems[-1] == "rows: 30 more texts of shares are wrong"


def test_a_table_is_not_too_long() -> None:
    column = column_of(["a"])
    rows = np.zeros(MOST_ROWS + 1, np.int64)
    with pytest.raises(OrdersError, match="1,000,001 rows"):
        read_orders(Table({"time": column._replace(at=rows)}, rows))


def test_columns_that_nobody_reads_are_known() -> None:
    assert unused(table_of("date,code,qty,name,commission\n1,2,3,4,5"), ORDERS) == ["name", "commission"]
