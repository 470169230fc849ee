"""`lianghu strategy`: what is typed, what comes out, which code it ends with."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.indicators.catalog import FIELD, FUNCTION
from engine.indicators.compute import CHUNK_BYTES
from engine.language import compile_strategy
from engine.language.schema import schema
from functions.commands import strategy_plan
from functions.judged_text import judged
from functions.templates import templates
from tests.functions.api.conftest import DUAL, Run
from tests.peeking import peek

WINDOW = ("--start", "2020-01-02", "--end", "2020-06-30")
WRONG = "name: x\nlet:\n  fast: smaa(close, 5)\nentry: close > fast and\nrisk: {stop_loss: 8}\n"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG)
    return file


def test_a_wrong_text_is_shown_line_by_line(lianghu: Run, wrong: Path) -> None:
    code, out, err = lianghu("strategy", "validate", wrong)
    assert code == 2 and "5 problems" not in err and "3 problems" in err
    rows = out.splitlines()
    at = next(k for k, row in enumerate(rows) if row == f"{wrong}:3:9: let.fast: unknown function 'smaa'")
    assert rows[at + 1 : at + 4] == ["    3 |   fast: smaa(close, 5)", "      |         ^^^^", "        hint: did you mean 'sma'?"]
    assert "    4 | entry: close > fast and" in rows and "    5 | risk: {stop_loss: 8}" in rows


def test_the_same_as_json_is_the_apis_answer(lianghu: Run, wrong: Path, strategy: Path) -> None:
    code, out, err = lianghu("strategy", "validate", wrong, "--json")
    assert code == 2 and err == "" and json.loads(out) == judged(WRONG) and not judged(WRONG)["valid"]
    code, out, _ = lianghu("strategy", "validate", strategy, "--json")
    assert code == 0 and json.loads(out) == judged(strategy.read_text()) and json.loads(out)["look_back"] == 250


def test_a_right_text_is_told_with_its_warnings(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "right.yaml"
    file.write_text("name: x\nparams: {n: {default: 5, min: 2, max: 9}}\nlet: {unused: pe}\nentry: close > 3 and pe < n\nexit: close < 2\n")
    code, out, _ = lianghu("strategy", "validate", file)
    assert code == 0 and "x is right, with 3 warnings" in out and f"{file}:3:7: let.unused: is never used" in out
    assert "parameters: n=5 (2..9)" in out and "the data must have: pe" in out


def test_wide_and_very_long_lines_are_underlined_where_they_go_wrong(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "wide.yaml"
    long = " + ".join(["close"] * 40)
    file.write_text(f"name: 量湖\nentry: {long} > cloze\nexit: close <\ndescription: 均线\nlet: {{均线: 5}}\n")
    rows = lianghu("strategy", "validate", file)[1].splitlines()
    shown = next(k for k, row in enumerate(rows) if row.endswith(("> cloze", "> cloze…")))
    assert "…" in rows[shown] and rows[shown][rows[shown + 1].index("^") :].startswith("cloze")
    assert len(rows[shown]) < 200 and rows[shown + 1].count("^") == 5
    wide = next(k for k, row in enumerate(rows) if "{均线: 5}" in row)
    assert rows[wide + 1].count("^") == 4


@pytest.mark.parametrize(("data", "said"), [(b"\xff\xfe", "not UTF-8"), (b"x" * 70_000, "65,536"), (b"", "empty")])
def test_files_that_are_no_text_say_so(lianghu: Run, tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_bytes(data)
    code, out, err = lianghu("strategy", "validate", file)
    assert code == 2 and said in " ".join((out + err).split())
    assert lianghu("strategy", "validate", tmp_path / "none.yaml")[0] == 2


def test_formatting_prints_checks_and_writes(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "untidy.yaml"
    file.write_bytes(b"\xef\xbb\xbfexit:  close<0   # why\r\nentry: close>0\r\nname: x\r\n")
    tidy = "name: x\n\nentry: close > 0\nexit: close < 0  # why\n"
    assert lianghu("strategy", "format", file) == (0, tidy, "")
    code, out, err = lianghu("strategy", "format", file, "--check")
    assert code == 1 and "+entry: close > 0" in out and "--write" in err and file.read_bytes().startswith(b"\xef\xbb\xbf")
    code, out, err = lianghu("strategy", "format", file, "--write")
    assert code == 0 and out == "" and file.read_bytes() == tidy.encode()
    assert lianghu("strategy", "format", file, "--check") == (0, "", "")
    assert lianghu("strategy", "format", file, "--write")[0] == 0
    assert lianghu("strategy", "format", file, "--check", "--write")[0] == 2


def test_a_wrong_text_is_never_written_over(lianghu: Run, wrong: Path) -> None:
    code, out, err = lianghu("strategy", "format", wrong, "--write")
    assert code == 2 and out == "" and "let.fast (line 3, column 9)" in err and wrong.read_text() == WRONG


def test_words_are_listed_and_told(lianghu: Run) -> None:
    code, out, _ = lianghu("strategy", "functions")
    assert code == 0 and all(row.signature in out for row in FUNCTION.values()) and all(name in out for name in FIELD)
    told = json.loads(lianghu("strategy", "functions", "--json")[1])
    assert [row["name"] for row in told["functions"]] == list(FUNCTION)
    code, out, _ = lianghu("strategy", "functions", "rsi")
    assert code == 0 and "rsi(x, n)" in out and "n: whole, 1..1500" in out and FUNCTION["rsi"].source in out
    assert json.loads(lianghu("strategy", "functions", "close", "--json")[1])["unit"] == FIELD["close"].unit
    code, out, err = lianghu("strategy", "functions", "smaa")
    assert code == 2 and out == "" and "did you mean 'sma'?" in err


def test_templates_are_listed_and_printed_byte_by_byte(lianghu: Run) -> None:
    code, out, _ = lianghu("strategy", "templates")
    assert code == 0 and all(name in out for name in templates())
    for name, text in templates().items():
        assert lianghu("strategy", "templates", name) == (0, text, "")
    rows = json.loads(lianghu("strategy", "templates", "--json")[1])["items"]
    assert [row["code"] for row in rows] == list(templates().values()) and all(row["description"] for row in rows)
    code, _, err = lianghu("strategy", "templates", "dual")
    assert code == 2 and "dual-moving-average" in err


def test_the_schema_is_printed(lianghu: Run) -> None:
    assert json.loads(lianghu("strategy", "schema")[1]) == schema()


def test_a_plan_is_explained_with_what_it_takes(lianghu: Run, strategy: Path) -> None:
    code, out, _ = lianghu("strategy", "explain", strategy, "--grid", "ma_short=5,10", "--grid", "ma_long=30,60", *WINDOW)
    assert code == 0 and "19 steps for 4 combinations, 32 if each were run by itself: 40% are shared" in out
    assert "cross_above(sma(close, 5), sma(close, 30))" in out and "on sample:v1, 2020-01-02 to 2020-06-30" in out and " MiB" in out
    told = json.loads(lianghu("strategy", "explain", strategy, "--json", *WINDOW)[1])
    assert (told["combinations"], len(told["steps"]), told["steps_alone"], told["look_back"]) == (1, 8, 8, 250)
    assert told["outputs"][0]["params"] == {"ma_short": 5, "ma_long": 20} and told["estimate"]["cells"] > 0


def test_the_memory_of_a_plan_is_the_panels_and_that_of_what_is_computed_together(lianghu: Run, strategy: Path) -> None:
    """Each series has 8 bytes a bar; those of too many combinations are not there at once."""
    assert strategy_plan.VALUES_BYTES == CHUNK_BYTES

    def estimate(*options: str) -> tuple[int, int, int]:
        told: dict[str, Any] = json.loads(lianghu("strategy", "explain", strategy, "--json", *options)[1])
        return told["estimate"]["cells"], told["series_at_once"], told["estimate"]["memory_bytes"]

    cells, series, memory = estimate()
    many_cells, many, more = estimate("--grid", f"ma_short={','.join(map(str, range(2, 92)))}", "--grid", "ma_long=100,120")
    assert (cells, series) == (many_cells, 4) and many > series
    assert more - memory == 8 * cells * (many - series) > 0


def test_the_estimate_is_that_of_a_grid_that_is_submitted(lianghu: Run, strategy: Path) -> None:
    """Twice the combinations take twice the time; a shorter window less."""

    def seconds(*options: str) -> float:
        told: dict[str, Any] = json.loads(lianghu("strategy", "explain", strategy, "--json", *options)[1])
        return float(told["estimate"]["seconds"])

    one = seconds("--grid", "ma_short=5,6,7,8")
    assert abs(seconds("--grid", "ma_short=5,6,7,8", "--grid", "ma_long=30,40") - 2 * one) < 0.002
    assert seconds("--grid", "ma_short=5,6,7,8", *WINDOW) < one / 2


def test_a_plan_without_data_is_explained_all_the_same(
    lianghu: Run, strategy: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LAKE_URL", (tmp_path / "empty").as_uri())
    code, out, err = lianghu("strategy", "explain", strategy)
    assert code == 0 and "8 steps" in out and "no estimate of time and memory" in err
    assert lianghu("strategy", "explain", strategy, "--dataset", "sample:v1")[0] in (2, 3)
    assert lianghu("strategy", "explain", strategy, "--grid", "ma_shrt=5")[0] == 2


def test_a_strategy_is_proved_on_the_data(lianghu: Run, strategy: Path) -> None:
    code, out, err = lianghu("strategy", "prove", strategy, *WINDOW, "--param", "ma_short=10")
    assert code == 0, err
    assert "nothing looks ahead: 9 cuts" in out and "ma_short=10" in out and "2020-06-29" in out
    told = json.loads(lianghu("strategy", "prove", strategy, *WINDOW, "--cuts", "3", "--json")[1])
    assert told["holds"] and len(told["cuts"]) == 3 and told["outputs"] == ["entry", "exit", "rank"] and told["first"] is None


def test_a_strategy_that_looks_ahead_is_found_out(lianghu: Run, strategy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    peek(monkeypatch, "roc")
    code, out, _ = lianghu("strategy", "prove", strategy, *WINDOW, "--cuts", "2")
    assert code == 1 and "rank looks ahead: of " in out
    code, out, _ = lianghu("strategy", "prove", strategy, *WINDOW, "--cuts", "2", "--json")
    told = json.loads(out)
    assert code == 1 and told["first"]["output"] == "rank" and told["first"]["row"] <= told["first"]["last_bar"]
    assert isinstance(told["first"]["whole"], float) and told["first"]["cut"] is None, "the stock's last bar got its first value: NaN"


def test_what_cannot_be_proved_says_why(lianghu: Run, strategy: Path, wrong: Path) -> None:
    code, _, err = lianghu("strategy", "prove", strategy, "--start", "2020-01-02", "--end", "2020-01-02")
    assert code == 2 and "single bar" in err
    code, _, err = lianghu("strategy", "prove", wrong, *WINDOW)
    assert code == 2 and "did you mean 'sma'?" in err
    code, _, err = lianghu("strategy", "prove", strategy, *WINDOW, "--param", "ma_short=30")
    assert code == 2 and "ma_short < ma_long" in err


def test_the_text_of_these_tests_is_right() -> None:
    assert compile_strategy(DUAL).warnings == ()
