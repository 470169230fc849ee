"""`lianghu data sync` as a user types it, against the stand-in."""

import json
import signal
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from datalake.sample.rows import sample_tables
from datalake.upstream.wanted import USUAL_INDICES, Wish
from functions.commands.data_sync import Choice, wished
from functions.commands.failures import CommandError
from tests.datalake.standin import TOKEN, StandIn, sample_tables_of, serve

Run = Callable[..., tuple[int, str, str]]

NOTHING = Choice("2024-01-02", "2024-01-31", (), None, (), 0, None, ())


@pytest.fixture(scope="module")
def market() -> dict:
    return sample_tables_of(sample_tables(), date(2019, 6, 3), date(2019, 6, 14))


@pytest.fixture
def standin(market: dict, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    with serve(dict(market)) as found:
        for name, value in {"TUSHARE_URL": found.url, "TUSHARE_TOKEN": TOKEN, "LAKE_URL": (tmp_path / "lake").as_uri()}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        yield found


def test_the_first_sync_needs_a_start_and_the_next_ones_go_on(lianghu: Run, standin: StandIn):
    code, out, err = lianghu("data", "sync")
    assert (code, out) == (2, "") and "the first sync needs --start" in err and standin.calls == []

    code, out, err = lianghu("data", "sync", "--start", "2019-06-01", "--end", "2019-06-12", "--index", "009300.SH")
    assert code == 0, err
    assert "tushare:v1: 7 sessions fetched, 0 were there" in out and "bars_1d" in out

    code, out, err = lianghu("data", "sync", "--end", "2019-06-17", "--index", "009300.SH", "--json")
    told = json.loads(out)
    assert (code, told["dataset"], told["fetched"], told["there"], told["empty"]) == (0, "tushare:v2", 2, 7, [20190617])
    assert told["rows"]["bars_1d"] > 100 and told["left"] == 0

    code, out, err = lianghu("data", "sync", "--end", "2019-06-17", "--refetch", "2019-06-12", "--only", "daily")
    assert code == 0 and "tushare:v2: 0 sessions fetched, 9 were there" in out
    assert "no bars yet for 2019-06-17" in " ".join(err.split())


def test_what_the_account_may_not_use_is_a_warning(lianghu: Run, standin: StandIn):
    del standin.tables["suspend_d"]
    code, out, err = lianghu("data", "sync", "--start", "2019-06-03", "--end", "2019-06-04")
    assert code == 0 and "tushare:v1" in out
    assert "interface that the account may not use: suspend_d" in " ".join(err.split())


def test_a_wrong_token_is_an_upstream_error(lianghu: Run, standin: StandIn, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TUSHARE_TOKEN", "a-secret-of-mine")
    code, out, err = lianghu("data", "sync", "--start", "2019-06-03", "--json")
    told = json.loads(out)["error"]
    assert (code, told["code"]) == (3, "UPSTREAM_ERROR") and "set TUSHARE_TOKEN" in told["message"]
    assert "a-secret-of-mine" not in out + err


def test_bad_rows_are_shown_with_what_to_do(lianghu: Run, standin: StandIn):
    rows = standin.tables["daily"]
    third = pl.int_range(pl.len()).over("trade_date") == 3
    standin.tables["daily"] = rows.with_columns(high=pl.when(third & (pl.col("trade_date") == "20190604")).then(0.01).otherwise("high"))
    asked = ("data", "sync", "--start", "2019-06-03", "--end", "2019-06-05")
    code, out, err = lianghu(*asked)
    shown = " ".join(err.split())
    assert code == 2 and out == "" and "high below low: daily 20190604 row" in shown and "--skip-bad" in shown
    code, out, _ = lianghu(*asked, "--json")
    assert code == 2 and "high_below_low" in out
    code, out, err = lianghu(*asked, "--skip-bad")
    assert code == 0 and "tushare:v1: 1 session fetched, 2 were there" in out and "high below low" in err


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(lianghu: Run, standin: StandIn):
    def interrupt(api_name: str, params: dict, number: int) -> None:
        if number == 20:
            signal.raise_signal(signal.SIGINT)

    standin.refuse = interrupt
    code, out, err = lianghu("data", "sync", "--start", "2019-06-03", "--end", "2019-06-14")
    shown = " ".join(err.split())
    assert code == 130 and "The same command goes on from here" in shown and "questions are left" in shown
    code, out, _ = lianghu("data", "sync", "--start", "2019-06-03", "--end", "2019-06-14")
    assert code == 0 and "tushare:v1" in out


def test_options_become_a_wish(tmp_path: Path):
    assert wished(NOTHING) == Wish(20240102, 20240131, USUAL_INDICES)
    codes = tmp_path / "codes.txt"
    codes.write_text("600519.SH\n000001.SZ, 600519.SH\n")
    wish = wished(
        NOTHING._replace(minutes=f"@{codes}", frequencies=("5m", "1m"), again=3, refetch="2024-01-02..2024-01-05", only=("daily",))
    )
    assert (wish.minutes, wish.frequencies, wish.again) == (("600519.SH", "000001.SZ"), ("5m", "1m"), 3)
    assert (wish.refetch, wish.interfaces) == ((20240102, 20240105), frozenset({"daily"}))
    assert wished(NOTHING._replace(refetch="2024-01-02")).refetch == (20240102, 20240102)
    assert wished(NOTHING._replace(indices=("399006.SZ",))).indices == ("399006.SZ",)
    assert wished(NOTHING._replace(start=None)).start == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start": "20240230"}, "--start: there is no day '20240230'"),
        ({"end": "tomorrow"}, "--end: there is no day 'tomorrow'"),
        ({"minutes": "600519"}, "'600519' is no code"),
        ({"minutes": "@/there/is/no/such/file"}, "cannot read"),
        ({"minutes": ","}, "is no code"),
        ({"frequencies": ("2m",)}, "'2m' is none of 1m, 5m, 15m, 30m, 60m"),
        ({"indices": ("000300",)}, "'000300' is no code"),
        ({"refetch": "2024-01"}, "there is no day '2024-01'"),
        ({"refetch": "2024-02-01..2024-01-01"}, "ends before it begins"),
    ],
)
def test_options_that_cannot_be_understood_are_named(changes: dict, said: str):
    with pytest.raises(CommandError, match=said):
        wished(NOTHING._replace(**changes))
