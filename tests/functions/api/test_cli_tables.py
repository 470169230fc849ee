"""Tables of orders and weights on the command line: what they come to, and everything that is wrong with bad ones."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from datalake.lake import Lake
from datalake.panels.cache import PanelCache
from datalake.panels.ensure import market_of
from datalake.panels.panel import PanelSpec
from datalake.versions import Dataset, resolve
from engine.market import Market
from tests.functions.api.conftest import Run

STOCKS = ("609001.SH", "302902.SZ", "609019.SH")
WINDOW = (20220104, 20221230)


@pytest.fixture(scope="module")
def dataset(lake_url: str) -> Dataset:
    return resolve(Lake(lake_url).store, "sample:v1")


@pytest.fixture(scope="module")
def market(lake_url: str, dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Market:
    lake = Lake(lake_url)
    codes = [row.ts_code for row in dataset.catalog.instruments if row.list_date < 20200101 and not row.delist_date][:20]
    return market_of(lake, PanelSpec.of(dataset, codes, WINDOW, 0), PanelCache(lake.store, tmp_path_factory.mktemp("cache")))


@pytest.fixture
def replay(market: Market, tmp_path: Path) -> Path:
    """500 orders at random: about half at the market, the others at the close as published trades; sales of what was bought before."""
    random = np.random.default_rng(5)
    held: list[int] = []
    rows = []
    for bar in np.sort(random.integers(0, market.shape[0], 500)).tolist():
        selling = len(held) > 20
        stock = held.pop(0) if selling else int(random.integers(0, market.shape[1]))
        held += [] if selling else [stock]
        price = int(market.close[bar, stock]) / 1000 if random.random() < 0.5 and market.open[bar, stock] else None
        rows.append((str(market.sessions[bar]), market.codes[stock], -200 if selling else 200, price))
    file = tmp_path / "trades.csv"
    pl.DataFrame(rows, schema=["date", "code", "shares", "price"], orient="row").write_csv(file)
    return file


def table(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_five_hundred_trades_replay_to_the_li(lianghu: Run, replay: Path, tmp_path: Path) -> None:
    account, page = tmp_path / "out" / "account.csv", tmp_path / "out" / "report.html"
    code, out, err = lianghu("run", "--local", "--orders", replay, "--account", account, "--report", page, "--cash", 5_000_000, "--json")
    assert code == 0, err
    told = json.loads(out)
    days = table(account)
    assert Decimal(days[-1]["equity_yuan"]) == Decimal(5_000_000) + Decimal(str(told["stats"]["pnl"]))
    assert sum(int(row["fills"]) for row in days) > 300
    assert told["table"] == {"rows": 500} and told["orders"]["filled"] > 300
    assert told["context"]["window"] == {"start": days[0]["date"], "end": days[-1]["date"]}
    assert told["content_hash"] in page.read_text() and "外部委托" in page.read_text()
    before = Decimal(5_000_000)
    for row in days:
        money = {name.removesuffix("_yuan"): Decimal(value) for name, value in row.items() if name.endswith("_yuan")}
        spent = sum(money[name] for name in ("bought", "commission", "duty", "transfer", "tax"))
        before += sum(money[name] for name in ("sold", "dividends", "fractions", "delisted")) - spent
        assert money["cash"] == before
        assert money["equity"] == money["cash"] + money["receivable"] + money["market_value"]
    again = json.loads(lianghu("run", "--local", "--orders", replay, "--cash", 5_000_000, "--json")[1])
    assert again["content_hash"] == told["content_hash"]


def test_nobody_could_see_which_of_the_orders_were_refused(lianghu: Run, replay: Path, tmp_path: Path) -> None:
    code, out, err = lianghu("run", "--local", "--orders", replay, "--ledger", tmp_path / "ledger", "--cash", 100_000, "--json")
    assert code == 0 and "orders.csv" in err, err
    told, orders = json.loads(out), table(tmp_path / "ledger" / "orders.csv")
    assert len(orders) == told["orders"]["placed"] and len(table(tmp_path / "ledger" / "refusals.csv")) == sum(told["refused"].values())
    assert told["orders"]["placed"] + told["orders"].get("refused at once", 0) == 500
    assert (tmp_path / "ledger" / "log.txt").read_text().startswith("table name: trades.csv\n")


def test_a_parquet_with_sides_is_the_same_replay(lianghu: Run, replay: Path, tmp_path: Path) -> None:
    frame = pl.read_csv(replay).with_columns(
        pl.col("date").cast(pl.String).str.to_date("%Y%m%d"),
        side=pl.when(pl.col("shares") > 0).then(pl.lit("buy")).otherwise(pl.lit("sell")),
        shares=pl.col("shares").abs(),
    )
    frame.write_parquet(tmp_path / "trades.parquet")
    hashes = [
        json.loads(lianghu("run", "--local", "--orders", file, "--json")[1])["content_hash"]
        for file in (replay, tmp_path / "trades.parquet")
    ]
    assert hashes[0] == hashes[1]


def test_orders_are_compared_with_the_datas_index_with_what_is_named_or_with_nothing(lianghu: Run, replay: Path) -> None:
    told = [
        json.loads(lianghu("run", "--local", "--orders", replay, *said, "--json")[1])
        for said in ((), ("--benchmark", "529001.SH"), ("--benchmark", "none"))
    ]
    assert [one["context"]["benchmark"] for one in told] == ["009300.SH", "529001.SH", None]
    returns = [one["stats"]["benchmark_return"] for one in told]
    assert returns[0] is not None and returns[1] not in (None, returns[0]) and returns[2] is None
    assert len({one["stats"]["pnl"] for one in told}) == 1
    code, _, err = lianghu("run", "--local", "--orders", replay, "--benchmark", "009300.SZ")
    assert code == 2 and "context.benchmark" in err and "009300.SH" in err


def test_settings_decide_what_the_orders_cost(lianghu: Run, replay: Path, tmp_path: Path) -> None:
    free = tmp_path / "free.yaml"
    free.write_text("costs: {commission: 0, minimum: 0, stamp_duty: 0, transfer_fee: 0}\nrules: {price_limits: false, t_plus_one: false}\n")
    usual, without = (json.loads(lianghu("run", "--local", *file, "--orders", replay, "--json")[1])["stats"] for file in ((), (free,)))
    assert usual["fees"] > 0 and without["fees"] == 0


def test_weights_are_followed(lianghu: Run, market: Market, tmp_path: Path) -> None:
    file, account = tmp_path / "weights.csv", tmp_path / "account.csv"
    dates = [int(day) for day in market.sessions[[0, 60, 120]]]
    rows = [f"{day},{code},0.09" for day in dates[:2] for code in market.codes[:10]] + [f"{dates[2]},现金,1"]
    file.write_text("日期,代码,权重\n" + "\n".join(rows))
    code, out, err = lianghu("run", "--local", "--weights", file, "--end", "2022-12-30", "--account", account)
    assert code == 0, err
    assert "orders:" in out and "rows" in out
    days = table(account)
    assert 5 <= int(days[1]["positions"]) <= 10 and days[-1]["date"] == "2022-12-30"
    assert int(days[-1]["positions"]) == 0
    assert Decimal(days[1]["market_value_yuan"]) < Decimal("0.95") * Decimal(days[1]["equity_yuan"])


def test_orders_meet_minute_bars(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "minutes.csv"
    file.write_text("time,ts_code,shares\n2024-11-15 10:02,609001.SH,200\n2024-11-18 09:30,609001.SH,-200\n2024-11-19,609001.SH,100\n")
    code, out, err = lianghu("run", "--local", "--orders", file, "--frequency", "5m", "--json", "--account", tmp_path / "a.csv")
    assert code == 0, err
    told, days = json.loads(out), table(tmp_path / "a.csv")
    assert told["context"]["frequency"] == "5m" and told["orders"] == {"placed": 3, "filled": 3}
    assert [row["fills"] for row in days] == ["1", "1", "1"]
    settings = tmp_path / "settings.yaml"
    settings.write_text("execution: {frequency: 5m}\n")
    same = lianghu("run", "--local", settings, "--orders", file, "--json")
    assert json.loads(same[1])["content_hash"] == told["content_hash"]
    code, _, err = lianghu("run", "--local", settings, "--orders", file, "--frequency", "15m")
    assert code == 2 and "context.frequency: says 15m, execution.frequency of the settings 5m" in " ".join(err.split())


def test_an_account_of_a_strategy_and_of_a_grid(lianghu: Run, tmp_path: Path) -> None:
    strategy, account = tmp_path / "s.yaml", tmp_path / "deep" / "account.csv"
    strategy.write_text(
        "name: s\nparams: {n: {default: 5, min: 2, max: 50}}\nuniverse: {all: true}\nentry: close > sma(close, n)\nrisk: {max_holding: 5}\n"
    )
    window = ("--start", "2020-01-02", "--end", "2020-03-31", "--json")
    told = json.loads(lianghu("run", strategy, "--local", *window, "--account", account)[1])
    assert Decimal(table(account)[-1]["equity_yuan"]) == 1_000_000 + Decimal(str(told["stats"]["pnl"]))
    told = json.loads(lianghu("grid", strategy, "--local", "--grid", "n=5,10", *window, "--account", account)[1])
    assert Decimal(table(account)[-1]["equity_yuan"]) == 1_000_000 + Decimal(str(told["runs"][0]["stats"]["pnl"]))


BAD: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("has no rows",)),
    ("date,code,shares\n", ("has no rows",)),
    ("a,b\n1,2\n", ("there is none for ts_code", "there is none for shares", "there is none for time", "found: a, b")),
    ("date,code,shares\n20220104,609001,100\n", ("row 2: 609001 is unknown (did you mean '609001.SH'?)",)),
    ("date,code,shares\n2022-01-08,609001.SH,100\n", ("row 2: 2022-01-08 is no session", "the next one is 2022-01-10")),
    ("date,code,shares\n2032-01-08,609001.SH,100\n", ("row 2: 2032-01-08 lies outside of the data", "2024-12-31")),
    ("date,code,shares,limit\n20220104,609001.SH,100,9.999\n", ("9.999 is no whole number of ticks", "9.990 or 10.000")),
    ("date,code,shares\n20220104 10:00,609001.SH,100\n", ("says a time of the day, and the bars are daily",)),
    ("date,code,shares\n20220104,609001.SH,0\n20220230,609001.SH,1.5\n", ("row 2: shares '0'", "row 3: shares '1.5'", "row 3: date")),
    ('date,code,shares\n20220104,609001.SH,"1\n', ("line 2",)),
    ("date,code,shares\n20220104,609001.SH\n", ("line 2: 2 cells, and the header has 3",)),
    ("date,date,shares\n20220104,609001.SH,1\n", ("the column 'date' twice",)),
)


@pytest.mark.parametrize(("text", "said"), BAD)
def test_a_bad_table_ends_with_2_and_every_problem(lianghu: Run, tmp_path: Path, text: str, said: tuple[str, ...]) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text)
    code, out, err = lianghu("run", "--local", "--orders", file)
    assert code == 2 and not out, err
    for words in said:
        assert words in " ".join(err.split()), err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run",), "name a strategy file, or a table"),
        (("run", "--local", "--orders", "{table}", "--weights", "{table}"), "one of them"),
        (("run", "--local", "--orders", "missing.csv"), "there is no file missing.csv"),
        (("run", "--local", "--orders", "."), "is a folder"),
        (("run", "--local", "--orders", "{binary}"), "cannot be read as Parquet"),
        (("run", "--local", "--orders", "{workbook}"), "save the sheet as CSV"),
        (("run", "--local", "--weights", "{table}"), "there is none for weight"),
        (("run", "--local", "--orders", "{table}", "--param", "n=5"), "a table has no parameters"),
        (("run", "--local", "--orders", "{table}", "--universe", "all"), "the stocks are those of the table"),
        (("run", "--local", "--orders", "{table}", "--cash", "5"), "context.initial_cash"),
        (
            ("run", "--local", "--orders", "{table}", "--start", "2022-02-01", "--end", "2022-03-01"),
            "row 2: 2022-01-04 lies outside of the window",
        ),
        (("run", "--local", "--orders", "{table}", "--start", "2022-02-01"), "starts after it ends"),
        (("run", "--local", "--orders", "{table}", "--frequency", "5m"), "starts on 2024-11-01"),
        (("run", "--local", "--orders", "{table}", "--dataset", "tushare:v9"), "tushare:v9"),
        (("run", "--local", "{strategy}", "--orders", "{table}"), "unknown key 'entry'"),
    ],
)
def test_options_that_do_not_fit_a_table_are_told(lianghu: Run, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    files: dict[str, Any] = {
        "table": b"date,code,shares\n20220104,609001.SH,100\n",
        "binary": b"PAR1 and nothing more",
        "workbook": b"PK\x03\x04 and so on",
        "strategy": b"name: s\nentry: close > 1\n",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        files[name] = tmp_path / name
    code, _, err = lianghu(*(argument.format(**files) for argument in arguments))
    assert code == 2 and said in " ".join(err.split()), err


def test_problems_of_table_and_settings_come_together(lianghu: Run, tmp_path: Path) -> None:
    orders, strategy = tmp_path / "orders.csv", tmp_path / "settings.yaml"
    orders.write_text("date,code,shares\nnever,609001.SH,0\n")
    strategy.write_text("costs: {comission: 1}\n")
    code, out, _ = lianghu("run", "--local", strategy, "--orders", orders, "--json")
    problems = json.loads(out)["error"]["details"]["problems"]
    assert code == 2 and [row["field"] for row in problems] == ["costs.comission", "row 2", "row 2"]


def test_what_is_not_used_of_a_table_is_told(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes("日期,代码,数量,名称\n20220104,609001.SH,100,甲\n".encode("gb18030"))
    code, _, err = lianghu("run", "--local", "--orders", file)
    assert code == 0 and "'名称' is not used" in err
