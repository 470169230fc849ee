"""The command line: what is typed, what comes out, which code it ends with; through a served API and in this process."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer

from functions import cli
from functions.commands.failures import CommandError, failure
from functions.commands.inputs import grid_spec, params, universe
from functions.commands.screen import Row, runs_table
from infra.local.errors import StackError
from tests.functions.api.conftest import Run

ROOT = Path(cli.__file__).parents[1]
NAMED = re.compile(r"lianghu (data|strategy|signals|keys|admin|message-clients) ([a-z][a-z-]+)")
WINDOW = ("--start", "2020-01-02", "--end", "2020-06-30")


def test_a_grid_through_the_api_and_in_this_process_are_the_same_bytes(apart: Run, served: None, strategy: Path, tmp_path: Path) -> None:
    arguments = ("grid", strategy, "--grid", "ma_short=5,10", "--grid", "ma_long=20:40:20", *WINDOW, "--json")
    page = tmp_path / "out" / "report.html"
    code, out, _ = apart(*arguments, "--report", page)
    local_code, local_out, _ = apart(*arguments, "--local")
    assert (code, local_code) == (0, 0)
    through, local = json.loads(out), json.loads(local_out)
    assert [(row["params"], row["content_hash"]) for row in through["runs"]] == [
        (row["params"], row["content_hash"]) for row in local["runs"]
    ]
    assert len(through["runs"]) == 4 and through["context"] == local["context"]
    assert through["runs"][0]["content_hash"] in page.read_text()


def test_a_dry_run_of_a_grid_tells_what_it_would_take_and_leaves_no_run(apart: Run, served: None, strategy: Path) -> None:
    arguments = ("grid", strategy, "--grid", "ma_short=5,10", "--grid", "ma_long=20:40:20", *WINDOW, "--dry-run")
    code, out, err = apart(*arguments, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["combinations"], told["skipped"]) == (4, 0)
    assert 0 < told["estimated_wall_seconds"] <= told["estimated_compute_seconds"] and told["estimated_cost_usd"] > 0
    code, out, _ = apart(*arguments)
    assert code == 0 and "4" in out and "USD" in out
    assert apart(*arguments, "--local")[0] != 0


def test_a_ledger_from_the_api_and_one_of_this_process_are_the_same_files(apart: Run, served: None, strategy: Path, tmp_path: Path) -> None:
    for where, option in (("here", ["--local"]), ("there", [])):
        code, _, err = apart("run", strategy, *WINDOW, *option, "--ledger", tmp_path / where)
        assert code == 0, err
    names = {file.name for file in (tmp_path / "here").iterdir()}
    assert names == {file.name for file in (tmp_path / "there").iterdir()} and len(names) == 8
    for name in names - {"log.txt"}:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()


def test_an_unwritable_report_and_an_unknown_metric_were_told_after_everything_was_computed(
    lianghu: Run, strategy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.commands.local.prepare", lambda *_: pytest.fail("it computes"))
    (tmp_path / "file").touch()
    for options, said in (
        (("run", strategy, "--report", tmp_path), "is a folder"),
        (("run", strategy, "--account", tmp_path), "name a file in it"),
        (("run", strategy, "--ledger", tmp_path / "file"), "name a folder"),
        (("grid", strategy, "--grid", "ma_short=5", "--sort", "sharp"), "there is no metric 'sharp'"),
    ):
        code, _, err = lianghu(*options, "--local")
        assert code == 2 and said in " ".join(err.split()), err


def test_a_run_shows_its_figures_and_is_found_again(apart: Run, served: None, strategy: Path) -> None:
    code, out, _ = apart("run", strategy, "--param", "ma_short=10", *WINDOW)
    assert code == 0 and "sample:v1" in out and "synthetic" in out and "Sharpe" in out
    code, out, _ = apart("runs", "--json")
    (row,) = json.loads(out)["items"]
    assert code == 0 and row["best"]["params"] == {"ma_short": 10, "ma_long": 20}
    code, out, _ = apart("runs", "--backtest", row["backtest_id"], "--sort", "sharpe")
    assert code == 0 and "1 runs by Sharpe ratio" in out
    assert "%" in apart("runs")[1]


def test_runs_by_a_metric_that_is_none_were_shown_in_no_order(apart: Run, served: None, strategy: Path) -> None:
    apart("run", strategy, *WINDOW)
    (row,) = json.loads(apart("runs", "--json")[1])["items"]
    code, out, err = apart("runs", "--backtest", row["backtest_id"], "--sort", "sharp")
    assert code == 2 and not out and "no metric 'sharp'" in err


def test_figures_of_a_wide_table_were_cut(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    runs_table([Row({"a_long_name_of_a_parameter": 5}, {"return": 1.9876, "sharpe": 1.5}, "succeeded", "0123456789")], "one", 20)
    written = capfd.readouterr().out
    assert "+198.76%" in written and "01234567" in written


def test_a_terminal_without_chinese_ended_the_command(apart: Run, strategy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    code, out, _ = apart("run", strategy, "--local", *WINDOW)
    assert code == 0 and "synthetic" in out
    code, out, _ = apart("run", strategy, "--local", *WINDOW, "--param", "均线=5", "--json")
    assert code == 2 and "均线" in json.loads(out)["error"]["message"] and out.isascii()


def test_a_wrong_option_with_json_was_no_json(lianghu: Run, strategy: Path) -> None:
    code, out, _ = lianghu("run", strategy, "--dance", "--json")
    assert code == 2 and "--dance" in json.loads(out)["error"]["message"]


def test_a_wrong_option_was_sent_to_the_help_of_everything(lianghu: Run) -> None:
    for command in (("strategy", "rename", "x", "--name", "y"), ("share", "x", "--days", "0"), ("keys", "nope"), ("nope",)):
        code, _, err = lianghu(*command)
        meant = {"strategy": "lianghu strategy rename", "share": "lianghu share", "keys": "lianghu keys", "nope": "lianghu"}[command[0]]
        assert code == 2 and err.rstrip().endswith(f"\n{meant} --help"), err


def test_commands_that_need_the_platform_were_told_to_compute_without(lianghu: Run, strategy: Path) -> None:
    for command in (("me",), ("keys", "list"), ("strategy", "list"), ("grid", strategy, "--grid", "ma_short=5", "--dry-run")):
        code, _, err = lianghu(*command)
        assert code == 3 and "lianghu up" in err and "--local" not in err
    assert "--local" in lianghu("run", strategy)[2]


def test_a_hint_named_a_command_that_there_is_not() -> None:
    commands = getattr(typer.main.get_command(cli.app), "commands")  # noqa: B009  typer's types do not tell it
    groups = {name: set(found.commands) for name, found in commands.items() if hasattr(found, "commands")}
    places = [*ROOT.glob("functions/**/*.py"), *ROOT.glob("docs/*.md"), *ROOT.glob("README*.md")]
    said = {(path.name, *words) for path in places for words in NAMED.findall(path.read_text())}
    assert len(said) > 30 and set(groups) == {"data", "strategy", "signals", "keys", "admin", "message-clients"}
    assert not [(place, group, name) for place, group, name in said if name not in groups[group]]


def test_a_setting_that_is_no_number_was_called_unexpected(lianghu: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGHU_PORT", "eighty")
    monkeypatch.setenv("WORKERS", "0")
    code, _, err = lianghu("data", "status")
    assert code == 2 and "LIANGHU_PORT" in err and "WORKERS" in err and "unexpected" not in err


def test_local_needs_no_platform_and_without_one_the_others_say_what_to_do(lianghu: Run, strategy: Path) -> None:
    code, out, _ = lianghu("run", strategy, "--local", *WINDOW, "--json")
    assert code == 0 and json.loads(out)["status"] == "succeeded"
    for command in (("run", strategy), ("grid", strategy, "--grid", "ma_short=5"), ("runs",)):
        code, _, err = lianghu(*command)
        assert code == 3 and "lianghu up" in err


def test_daily_signals_on_minute_bars_began_before_the_minute_bars(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "finer.yaml"
    file.write_text("name: s\nuniverse: {all: true}\nentry: close > 0\nrisk: {max_holding: 1}\nexecution: {frequency: 5m}\n")
    code, out, err = lianghu("run", file, "--local", "--json")
    assert code == 0, err
    assert json.loads(out)["context"]["window"] == {"start": "2024-11-01", "end": "2024-12-31"}


def test_a_run_is_compared_with_what_is_named_or_with_nothing(lianghu: Run, strategy: Path) -> None:
    for said, expected in (((), "009300.SH"), (("--benchmark", "529001.SH"), "529001.SH"), (("--benchmark", "none"), None)):
        code, out, err = lianghu("run", strategy, "--local", *WINDOW, *said, "--json")
        assert code == 0, err
        assert json.loads(out)["context"]["benchmark"] == expected
    code, _, err = lianghu("grid", strategy, "--grid", "ma_short=3,5", "--local", *WINDOW, "--benchmark", "529001.SZ")
    assert code == 2 and "did you mean '529001.SH'?" in err


def test_minute_bars_take_the_window_of_their_table(lianghu: Run, tmp_path: Path) -> None:
    strategy = tmp_path / "minutes.yaml"
    strategy.write_text("name: minutes\nentry: cross_above(close, sma(close, 12))\nexit: cross_below(close, sma(close, 12))\n")
    code, out, _ = lianghu(
        "run", strategy, "--local", "--frequency", "5m", "--universe", "609001.SH,302902.SZ", "--start", "2024-11-15", "--json"
    )
    told = json.loads(out)
    assert code == 0
    assert (told["context"]["frequency"], told["context"]["window"]) == ("5m", {"start": "2024-11-15", "end": "2024-12-31"})
    assert told["stats"]["trades"] > 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "missing.yaml"), "there is no file missing.yaml"),
        (("run", "{file}", "--local", "--param", "ma_shrt=5"), "did you mean 'ma_short'?"),
        (("run", "{file}", "--local", "--param", "ma_short"), "--param name=5"),
        (("run", "{file}", "--local", "--param", "ma_short=x"), "is no number"),
        (("run", "{file}", "--local", "--start", "2020-06-30", "--end", "2020-01-02"), "starts after it ends"),
        (("run", "{file}", "--local", "--universe", "999999.SH"), "999999.SH"),
        (("run", "{file}", "--local", "--universe", ","), "empty"),
        (("run", "{file}", "--local", "--universe", "rank:amount"), "rank:amount:300"),
        (("run", "{file}", "--local", "--universe", "board:star"), "is no universe"),
        (("run", "{file}", "--local", "--universe", "boards:strar"), "did you mean 'star'?"),
        (("run", "{file}", "--local", "--universe", "all+boards:bse"), "nothing of sample:v1 is listed on bse"),
        (("run", "{file}", "--local", "--universe", "industry:银行业"), "did you mean '银行'?"),
        (("run", "{file}", "--local", "--dataset", "tushare:v9"), "tushare:v9"),
        (("run", "{file}", "--local", "--cash", "5"), "initial_cash"),
        (("grid", "{file}", "--local", "--grid", "ma_short=1:2"), "first:last:step"),
        (("grid", "{file}", "--local", "--grid", "ma_short=100", "--grid", "ma_long=50"), "require"),
        (("grid", "{file}", "--local", "--grid", "ma_short=5", "--sort", "sharp"), "no metric"),
        (("grid", "{file}"), "--grid"),
        (("data", "import", "--table", "bars_1d", "nothing.parquet"), "nothing.parquet"),
        (("data", "import", "--table", "bars", "{file}"), "no table 'bars'"),
        (("data", "sync", "--start", "yesterday", "--end", "2024-01-05"), "2024-12-31"),
        (("demo-real",), "LIANGHU_REAL_DATA"),
        (("demo-real", "--folder", "/"), "bars_1d_market_2018_2020.parquet"),
        (("dance",), "dance"),
        (("run", "{file}", "--dance"), "--dance"),
    ],
)
def test_bad_input_ends_with_2_and_says_what_is_wrong(
    lianghu: Run, strategy: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.delenv("LIANGHU_REAL_DATA", raising=False)
    code, out, err = lianghu(*(argument.replace("{file}", str(strategy)) for argument in arguments))
    assert code == 2 and said in " ".join(err.split()), err
    assert out == ""


def test_an_error_with_json_is_json_with_every_problem(lianghu: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text('name: x\nuniverse: {from: {all: true}}\nentry: cross_above(smaa(close, 5), slow)\nexit: "close >"\n')
    code, out, err = lianghu("run", bad, "--local", "--json", *WINDOW)
    problems = json.loads(out)["error"]["details"]["problems"]
    assert code == 2 and err == "" and len(problems) >= 3
    assert any(row.get("hint") == "did you mean 'sma'?" and row["line"] == 3 for row in problems)


def test_a_sync_without_a_token_and_an_empty_lake_say_what_to_do(lianghu: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TUSHARE_TOKEN", raising=False)
    code, _, err = lianghu("data", "sync", "--start", "2024-01-02", "--end", "2024-01-05")
    assert code == 3 and "TUSHARE_TOKEN" in err
    monkeypatch.setenv("LAKE_URL", (tmp_path / "empty").as_uri())
    code, out, _ = lianghu("data", "status", "--json")
    assert code == 0 and json.loads(out)["sources"] == []
    assert "data sample" in " ".join(lianghu("data", "status")[2].split())


def test_data_can_be_imported_and_seen(lianghu: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAKE_URL", (tmp_path / "lake").as_uri())
    bars = tmp_path / "bars.csv"
    header = "ts_code,trade_date,open,high,low,close,pre_close,vol,amount\n"
    bars.write_text(header + "600519.SH,20200102,10,11,9,10.5,10,1000,1050\n600519.SH,20200103,10.5,11,10,10.6,10.5,1000,1060\n")
    code, out, _ = lianghu("data", "import", "--table", "bars_1d", bars)
    assert code == 0 and "import:v1: 2 of 2 rows of bars_1d" in out
    bars.write_text(header + "600519.SH,20200106,10,9,11,10.5,10,1000,1050\n")
    code, _, err = lianghu("data", "import", "--table", "bars_1d", bars)
    assert code == 2 and "nothing was written" in " ".join(err.split())
    code, out, _ = lianghu("data", "status")
    assert code == 0 and "import:v1" in out and "2020-01-03" in out


def test_an_interrupt_ends_with_130(lianghu: Run, strategy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("functions.commands.submit.run_file", interrupt)
    assert lianghu("run", strategy)[0] == 130


def test_what_nobody_expected_is_told_without_a_traceback_unless_asked() -> None:
    found = failure(RuntimeError("odd"))
    assert found.exit_code == 3 and "LIANGHU_DEBUG=1" in found.lines()[1]
    assert failure(StackError("port 8000 cannot be used", "choose another one")).lines() == [
        "port 8000 cannot be used",
        "choose another one",
    ]
    assert failure(OSError(28, "No space left on device")).hint.startswith("free some space")
    assert failure(CommandError("words", code=1)).exit_code == 1


def test_what_is_typed_becomes_what_the_api_takes(tmp_path: Path) -> None:
    assert params(["a=5", "b=0.5", "c=-1"]) == {"a": 5, "b": 0.5, "c": -1}
    assert grid_spec(["a=5,10", "b=20:60:10"]) == {"a": [5, 10], "b": {"start": 20, "stop": 60, "step": 10}}
    codes = tmp_path / "codes.txt"
    codes.write_text("600519.SH\n000001.SZ, 000002.SZ\n")
    wanted: dict[str, Any] = {
        "all": {"all": True},
        "index:000300.SH": {"index": "000300.SH"},
        "rank:amount:300": {"rank": "amount", "top": 300},
        "600519.SH, 000001.SZ": ["600519.SH", "000001.SZ"],
        f"@{codes}": ["600519.SH", "000001.SZ", "000002.SZ"],
        "industry:银行,白酒": {"industry": ["银行", "白酒"]},
        "boards:main, star": {"boards": ["main", "star"]},
        "rank:-pe:30": {"rank": "pe", "bottom": 30},
        f"index:000300.SH + boards:fund+@{codes}": {
            "any": [{"index": "000300.SH"}, {"boards": ["fund"]}, ["600519.SH", "000001.SZ", "000002.SZ"]]
        },
    }
    assert {text: universe(text) for text in wanted} == wanted
