"""`lianghu estimate`: what is typed, what comes out, in which language, and what is wrong told at once."""

import json
from pathlib import Path

import pytest

from functions.jobs.plan import Wanted
from tests.functions.api.conftest import Run
from tests.functions.platform import Platform

WINDOW = ("--from", "2022-01-04", "--to", "2022-12-30")
GRID = ("--grid", "ma_short=2,3,5,8", "--grid", "ma_long=10:40:10")


def test_combinations_without_a_strategy(lianghu: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGHU_LANGUAGE", "en")
    code, out, err = lianghu("estimate", "--combinations", 20_000, "--stocks", 5000, "--region", "us-east-1")
    assert code == 0, err
    assert "20,000 combinations, 5,000 stocks, 2,500 sessions" in out and "us-east-1 N. Virginia" in out
    for words in ("until the summary", "accounts of the best", "cold starts", "Lambda", "cheapest", "an estimate, no bill"):
        assert words in out
    code, out, err = lianghu("estimate", "--combinations", 20_000, "--stocks", 5000, "--region", "us-east-1", "--json")
    told = json.loads(out)
    assert (told["work"]["submissions"], told["work"]["combinations"], told["setting"]["region"]) == (2, 20_000, "us-east-1")
    assert told["usd"]["low"] < told["usd"]["typical"] < told["usd"]["high"]
    assert told["choices"]["memory"]["cheapest"]["usd"] <= told["choices"]["memory"]["fastest"]["usd"]
    assert {"meter", "units", "usd", "verified"} == set(told["bill"][0])


@pytest.mark.parametrize(
    ("language", "there", "absent"), [("zh", "到汇总为止", "until the summary"), ("en", "until the summary", "到汇总为止")]
)
def test_it_speaks_the_terminals_language(lianghu: Run, monkeypatch: pytest.MonkeyPatch, language: str, there: str, absent: str) -> None:
    monkeypatch.setenv("LIANGHU_LANGUAGE", language)
    code, out, err = lianghu("estimate")
    assert code == 0, err
    assert there in out and absent not in out


def test_a_month_of_people(lianghu: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGHU_LANGUAGE", "en")
    code, out, err = lianghu("estimate", "--month", "users=50, requests=10")
    assert code == 0, err
    assert "a month: 50 users, 313,320 combinations" in out and "the database: " in out
    few, many = (json.loads(lianghu("estimate", "--month", f"users={users}", "--json")[1]) for users in (50, 1000))
    assert few["usd"]["typical"] < many["usd"]["typical"] < many["year"]["typical"]


@pytest.mark.parametrize("month", [(), ("--month", "users=50,combinations=1000")])
def test_accounts_of_the_best_are_as_many_as_one_says(lianghu: Run, month: tuple[str, ...]) -> None:
    none, usual, many = (
        json.loads(lianghu("estimate", *month, *more, "--json")[1]) for more in (("--accounts", 0), (), ("--accounts", 20))
    )
    assert [told["setting"]["accounts"] for told in (none, usual, many)] == [0, 3, 20]
    assert none["usd"]["typical"] < usual["usd"]["typical"] < many["usd"]["typical"]


def test_a_strategy_on_data_is_cut_as_the_planner_cuts_it(lianghu: Run, platform: Platform, user: str, strategy: Path) -> None:
    code, out, err = lianghu("estimate", strategy, *GRID, *WINDOW, "--workers", 3, "--json")
    assert code == 0, err
    told = json.loads(out)
    backtest = platform.backtest(user, strategy.read_text(), universe=None)
    spec = {"ma_short": [2, 3, 5, 8], "ma_long": {"start": 10, "stop": 40, "step": 10}}
    plan = platform.plan(user, backtest, Wanted("grid", spec), workers=3)
    assert told["work"]["combinations"] == len(plan.submission.combinations) == 16
    assert told["work"]["blocks"] == len(plan.submission.blocks) == 2, "so little is cut for two"
    assert told["market"]["sessions"] == plan.sessions
    assert told["market"]["stocks"] * plan.sessions == pytest.approx(plan.cells, rel=0.02)
    assert told["strategy"] == "dual-moving-average"


def test_a_strategy_needs_no_data_where_the_market_is_said(
    lianghu: Run, strategy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_URL", (tmp_path / "nothing").as_uri())
    assert lianghu("estimate", strategy, *GRID)[0] != 0
    code, out, err = lianghu("estimate", strategy, *GRID, "--stocks", 500, "--json")
    assert code == 0, err
    known = json.loads(out)
    assert (known["work"]["combinations"], known["market"]) == (16, {"stocks": 500, "sessions": 2500})
    unknown = json.loads(lianghu("estimate", "--combinations", 16, "--stocks", 500, "--json")[1])
    spread = [told["high"]["cells_seconds"] / told["low"]["cells_seconds"] for told in (known, unknown)]
    assert spread[0] < spread[1], "of a strategy that was measured more is known"
    code, out, err = lianghu("estimate", strategy, "--stocks", 500, "--json")
    assert json.loads(out)["work"]["combinations"] == 1, "without a grid it is one run"


def test_everything_that_is_wrong_is_told_at_once(lianghu: Run, strategy: Path) -> None:
    wrong = (
        "--region",
        "ap-est-1",
        "--workers",
        0,
        "--memory",
        99_999,
        "--stocks",
        -1,
        "--month",
        "usres=3,days=99,users=x,requests=1,requests=2",
    )
    code, out, err = lianghu("estimate", *wrong)
    assert (code, out) == (2, "")
    for words in (
        "--region: there are no prices of 'ap-est-1' (did you mean 'ap-east-1'?)",
        "--workers: must be 1 to 1,000, not 0",
        "--memory: must be 128 to 10,240, not 99,999",
        "--stocks: must be 1 to 20,000, not -1",
        "--month: unknown word 'usres' (did you mean 'users'?)",
        "--month: days must be 1 to 31, not 99",
        "--month: 'users=x' says no number",
        "--month: requests is said twice",
    ):
        assert words in err
    code, out, err = lianghu("estimate", strategy, "--combinations", 5, "--month", "users=1")
    assert code == 2 and "--combinations: a strategy file has its own" in err and "--month: is of many strategies" in err
    code, out, err = lianghu("estimate", "--grid", "a=1,2")
    assert code == 2 and "--grid: there is no strategy" in err
    assert json.loads(lianghu("estimate", "--month", "", "--json")[1])["error"]["details"]["problems"][0]["field"] == "--month"
    assert lianghu("estimate", "--month", "users=nan")[0] == 2


def test_what_is_wrong_with_a_strategy_is_told_without_data_and_beside_the_options(
    lianghu: Run, strategy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty lake hid it, and one wrong option hid all of it."""
    monkeypatch.setenv("LAKE_URL", (tmp_path / "nothing").as_uri())
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: x\nentry: cross_above(close\nexits: 1\n")
    code, out, err = lianghu("estimate", bad, "--grid", "a=x", "--workers", 0)
    assert (code, out) == (2, "")
    for words in ("line 2", "--grid: 'a=x': 'x' is no number", "--workers: must be 1 to 1,000, not 0"):
        assert words in err, err
    code, _, err = lianghu("estimate", strategy, "--grid", "ma_shrt=3", "--memory", 1)
    assert code == 2 and "did you mean 'ma_short'" in err and "--memory: must be" in err and "the lake is empty" not in err
    for file, words in ((tmp_path, "is a folder"), (tmp_path / "none.yaml", "there is no file"), (Path("/dev/zero"), "is larger")):
        code, out, err = lianghu("estimate", file, "--region", "mars", "--json")
        problems = json.loads(out)["error"]["details"]["problems"]
        assert code == 2 and words in problems[0]["message"] and [row["field"] for row in problems] == ["STRATEGY", "--region"], err


def test_a_month_has_no_half_people(lianghu: Run) -> None:
    code, out, err = lianghu("estimate", "--month", "users=1.5,days=2.5,combinations=1e3,requests=0.5")
    assert (code, out) == (2, "") and "--month: users must be a whole number, not 1.5" in err and "days must be" in err
    assert "combinations" not in err and "requests" not in err


def test_what_makes_the_figures_doubtful_is_told(lianghu: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGHU_LANGUAGE", "en")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    for arguments in (("--stocks", 5000, "--memory", 1769), ("--month", "users=5,stocks=5000", "--memory", 1769)):
        code, out, err = lianghu("estimate", *arguments, "--json")
        assert code == 0 and json.loads(out)["setting"]["region"] == "ap-east-1"
        assert "the prices of AWS_REGION eu-west-1 are not known: those of ap-east-1 Hong Kong are taken" in err
        assert "a worker needs about 1,800 MB" in err
    assert "no function has room" in lianghu("estimate", "--stocks", 20_000, "--sessions", 20_000)[2]
    assert lianghu("estimate", "--region", "ap-east-1", "--stocks", 5000)[2] == ""
