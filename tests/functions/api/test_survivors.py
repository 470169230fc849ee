"""A dataset without delisted stocks is badged in every result that chooses from it; imported minute bars of any frequency run."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from datalake.lake import Lake
from datalake.sample.rows import sample_tables
from functions.wiring import House
from tests.datalake.cut_lake import written
from tests.datalake.test_panel_minutes import joined
from tests.functions.api.conftest import Run

CODES = ("009001.SZ", "009007.SZ", "609001.SH", "529001.SH")
STOCKS = 600
STRATEGY = "name: s\nentry: close > ref(close, 1)\nexit: close < ref(close, 1)\nportfolio: {max_positions: 2}\n"


@pytest.fixture(scope="module")
def survivors(tmp_path_factory: pytest.TempPathFactory) -> str:
    """600 listed stocks, of which three have bars, in `import`; the same with one that was delisted in `tushare`."""
    rows = sample_tables()
    tables = {name: rows[name].filter(pl.col("ts_code").is_in(CODES)) for name in ("bars_1d", "adj_factor", "bars_5m", "instruments")}
    tables["bars_15m"] = joined(tables.pop("bars_5m"), 15)
    own = tables["instruments"].with_columns(pl.lit(None, pl.Date).alias("delist_date"))
    more = (
        own.head(1).select(pl.exclude("ts_code")).join(pl.DataFrame({"ts_code": [f"60{n:04d}.SH" for n in range(STOCKS - 3)]}), how="cross")
    )
    tables["instruments"] = pl.concat([own, more.select(own.columns)])
    tables["index_members"] = rows["index_members"].with_columns(pl.lit("009001.SZ").alias("ts_code")).unique(["trade_date"])
    tables["trade_cal"] = rows["trade_cal"]
    lake = Lake(tmp_path_factory.mktemp("survivors").as_uri())
    written(lake, tables, "tushare")
    gone = pl.when(pl.col("ts_code") == "600001.SH").then(pl.date(2019, 5, 6)).otherwise("delist_date").alias("delist_date")
    written(lake, {"instruments": tables["instruments"].with_columns(gone)}, "tushare")
    written(lake, tables)
    return lake.url


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    file = tmp_path / "s.yaml"
    file.write_text(STRATEGY)
    return file


@pytest.mark.parametrize(
    ("options", "badge"),
    [
        (("--universe", "all", "--start", "2019-01-02", "--end", "2023-12-29"), "NO_DELISTED_STOCKS"),
        (("--universe", "rank:amount:2", "--start", "2019-01-02", "--end", "2019-03-29"), "NO_DELISTED_STOCKS"),
        (("--universe", "index:009300.SH", "--start", "2020-01-02", "--end", "2022-12-30"), "NO_DELISTED_STOCKS"),
        (("--universe", "all", "--start", "2024-01-02", "--end", "2024-12-31"), ""),
        (("--universe", "009001.SZ,609001.SH", "--start", "2019-01-02", "--end", "2021-12-31"), "SURVIVORSHIP"),
        (("--universe", "529001.SH", "--start", "2019-01-02", "--end", "2023-12-29"), ""),
        (("--universe", "all", "--start", "2019-01-02", "--end", "2023-12-29", "--dataset", "tushare:v2"), ""),
        (("--universe", "all", "--start", "2019-01-02", "--end", "2023-12-29", "--dataset", "tushare:v1"), "NO_DELISTED_STOCKS"),
    ],
    ids=["all", "rank, a short window", "index", "the last year alone", "a list", "funds", "one was delisted", "before that was known"],
)
def test_the_badge_shows(
    lianghu: Run, monkeypatch: pytest.MonkeyPatch, survivors: str, strategy: Path, tmp_path: Path, options: tuple[str, ...], badge: str
) -> None:
    monkeypatch.setenv("LAKE_URL", survivors)
    code, out, err = lianghu("run", strategy, "--local", *options, "--json", "--report", tmp_path / "page.html")
    assert code == 0, err
    told = json.loads(out)
    found = {each["code"] for each in told["findings"]} & {"NO_DELISTED_STOCKS", "SURVIVORSHIP"}
    assert found == ({badge} if badge else set())
    page = (tmp_path / "page.html").read_text()
    for name, title in (("NO_DELISTED_STOCKS", "数据里没有退市股票"), ("SURVIVORSHIP", "股票池是事后选定的名单")):
        assert (title in page) == (name == badge)


def test_the_api_pins_what_the_dataset_lacks(
    make_house: Callable[..., House],
    desk: Any,
    user: str,
    client_of: Callable[..., TestClient],
    a_backtest: Callable[..., Any],
    survivors: str,
) -> None:
    api = client_of(make_house(lake_url=survivors), user)
    for version, known in (("import:v1", {"stocks": STOCKS, "years": 5.0}), ("tushare:v2", None)):
        answer = api.post("/api/backtests", json=a_backtest(STRATEGY, datasource_version=version))
        assert answer.status_code == 201, answer.text
        pinned = api.get(f"/api/backtests/{answer.json()['backtest_id']}").json()
        assert pinned["context"].get("survivors") == known


def test_industries_of_a_table_of_their_own_may_be_capped(
    make_house: Callable[..., House],
    desk: Any,
    user: str,
    client_of: Callable[..., TestClient],
    a_backtest: Callable[..., Any],
    survivors: str,
) -> None:
    api, lake = client_of(make_house(lake_url=survivors), user), Lake(survivors)
    rows = sample_tables()
    plain = {name: rows[name].filter(pl.col("ts_code") == CODES[0]) for name in ("bars_1d", "instruments")}
    plain["instruments"] = plain["instruments"].with_columns(industry=pl.lit(None, pl.String))
    spell = {"ts_code": [CODES[0]], "in_date": [date(2015, 1, 5)], "l1_name": ["银行"], "l3_code": ["851911.SI"]}
    written(lake, plain, "plain")
    written(lake, plain | {"industries": pl.DataFrame(spell)}, "sorted")
    body = a_backtest(STRATEGY + "risk: {max_industry_weight: 0.3}\n", datasource_version="sorted")
    taken = api.post("/api/backtests", json=body)
    assert taken.status_code == 201, taken.text
    body["context"]["datasource_version"] = "plain"
    refused = api.post("/api/backtests", json=body)
    assert refused.status_code == 422 and "does not know any" in refused.text


@pytest.mark.parametrize("text", [STRATEGY, STRATEGY + "execution: {frequency: 15m}\n"])
def test_minutes_of_a_quarter_run_from_imported_bars(
    lianghu: Run, monkeypatch: pytest.MonkeyPatch, survivors: str, tmp_path: Path, text: str
) -> None:
    monkeypatch.setenv("LAKE_URL", survivors)
    (tmp_path / "s.yaml").write_text(text)
    frequency = ("--dataset", "import", *(() if "15m" in text else ("--frequency", "15m")))
    window = ("--start", "2024-11-11", "--end", "2024-12-31")
    code, out, err = lianghu("run", tmp_path / "s.yaml", "--local", "--universe", "009001.SZ,609001.SH", *window, *frequency, "--json")
    assert code == 0, err
    assert json.loads(out)["stats"]["trades"] > 5
    code, _, err = lianghu("run", tmp_path / "s.yaml", "--local", "--universe", "529001.SH", *window, *frequency)
    assert code == 2 and "no minute bars of 529001.SH" in err
