"""`lianghu data versions`, `diff`, `compact` and `vacuum`, as people and programs see them."""

import json
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from datalake.errors import UnknownDatasetError
from datalake.finding import Finding
from datalake.lake import Lake
from datalake.storing.merging import merge
from datalake.storing.pieces import stage
from datalake.storing.publishing import publish_tables
from functions.cli import run_command
from functions.commands.data_upkeep import compact_sources, sweep
from functions.commands.data_versions import show_diff, show_versions
from functions.commands.failures import BAD_INPUT, OK, CommandError
from functions.commands.screen import notes, output
from functions.settings import Settings, settings
from tests.datalake.rows import bars

DAY, LATER = date(2020, 1, 2), date(2020, 1, 3)
Told = Callable[..., str]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"file://{tmp_path}/lake")


@pytest.fixture
def told(lake: Lake, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Told:
    """What a command says about the lake, on both streams."""
    for console in (output, notes):
        monkeypatch.setattr(console, "_width", 200)

    def tell(command: Callable[..., int], *arguments: Any) -> str:
        capfd.readouterr()
        assert command(Settings(lake_url=lake.url), *arguments) == OK
        said = capfd.readouterr()
        return said.out + said.err

    return tell


def put(lake: Lake, *rows: tuple[str, date, int], source: str = "import", **note: object) -> None:
    found = (Finding("off_tick", "warning", 3, "price off the tick", ("a row",)),) if note.get("bad") else ()
    publish_tables(lake, source, {"bars_1d": merge(lake, source, "bars_1d", bars(*rows))}, note, found)


def test_versions_are_listed_oldest_first_with_what_came_in(lake: Lake, told: Told) -> None:
    put(lake, ("a", DAY, 1), files=["one.csv", "two.csv", "three.csv", "four.csv"], findings={"off_tick": 3}, bad=True)
    put(lake, ("a", LATER, 1), files=["five.csv"], nothing="")
    put(lake, ("a", LATER, 1), source="tushare", sessions=1)
    lines = [line for line in told(show_versions, None, False).splitlines() if ":v" in line]
    assert ["import:v1" in lines[0], "import:v2 newest" in lines[1], "tushare:v1 newest" in lines[2]] == [True] * 3
    assert "files one.csv two.csv three.csv and 1 more" in lines[0] and "│        3 │" in lines[0] and "off_tick" not in lines[0]
    assert "files five.csv " in lines[1] and "nothing" not in lines[1] and "2020-01-03" in lines[1]
    rows = json.loads(told(show_versions, "import", True))
    assert [(row["version"], row["newest"], row["rows"], row["first"], row["last"], row["findings"]) for row in rows] == [
        ("import:v1", False, 1, 20200102, 20200102, 3),
        ("import:v2", True, 2, 20200102, 20200103, 0),
    ]
    with pytest.raises(CommandError) as caught:
        show_versions(Settings(lake_url=lake.url), "tushar", False)
    assert "did you mean 'tushare'?" in caught.value.hint


def test_an_empty_lake_has_nothing_to_list_or_to_do(lake: Lake, told: Told) -> None:
    assert "the lake is empty" in told(show_versions, None, False)
    assert json.loads(told(show_versions, None, True)) == json.loads(told(compact_sources, None, True)) == []
    assert "nothing to do" in told(compact_sources, None, False)
    assert "0 files, 0.0 MB deleted" in told(sweep, 24, False, False, False)
    with pytest.raises(UnknownDatasetError):
        show_diff(Settings(lake_url=lake.url), "import", None, False)


def test_two_versions_are_compared(lake: Lake, told: Told) -> None:
    put(lake, *((f"6000{number:02d}.SH", DAY, 10) for number in range(12)))
    with pytest.raises(CommandError, match="import:v1 is the only version of import"):
        show_diff(Settings(lake_url=lake.url), "import", None, False)
    put(lake, *((f"6000{number:02d}.SH", DAY, 20) for number in range(12)), ("000001.SZ", LATER, 1))
    publish_tables(lake, "import", {"index_1d": merge(lake, "import", "index_1d", bars(("000300.SH", DAY, 4000)))}, {})
    text = told(show_diff, "import:v1", None, False)
    assert "import:v1 → import:v3" in text and "only in import:v3" in text and "close 12" in text
    assert "bars_1d 600000.SH 2020-01-02 close: 10 → 20 li" in text and "bars_1d 000001.SZ 2020-01-03: added" in text
    assert "600008.SH and 3 more (--json has all)" in text and "600009.SH:" not in text
    assert "only in import:v3" in told(show_diff, "import", None, False)
    found = json.loads(told(show_diff, "import:v1", "import:v2", True))
    (bars_1d,) = found["tables"]
    assert (found["old"], found["new"], bars_1d["added"], bars_1d["changed"]) == ("import:v1", "import:v2", 1, 12)
    assert [row["code"] for row in bars_1d["codes"]] == ["000001.SZ", *(f"6000{number:02d}.SH" for number in range(12))]
    assert bars_1d["codes"][1]["columns"]["close"] == 1
    assert "no row is different" in told(show_diff, "import:v2", "import:v2", False)


def test_compact_and_vacuum_say_what_they_did(lake: Lake, told: Told, tmp_path: Path) -> None:
    for price in range(3):
        put(lake, (f"{price}", DAY, price + 1))
    merge(lake, "tushare", "bars_1d", bars(("a", DAY, 1)))
    merge(lake, "tushare", "bars_1d", bars(("a", DAY, 2)))
    stage(lake, "import", "bars_1d", bars(("a", DAY, 1)))
    assert "import:v4: bars_1d has 1 files instead of 3, with the same rows" in told(compact_sources, None, False)
    assert json.loads(told(compact_sources, "import", True)) == [{"dataset": "import:v4", "tables": {}}]
    assert "import:v4: nothing to do" in told(compact_sources, "import", False)
    then = time.time() - 86_400 * 2
    for file in (tmp_path / "lake").rglob("*"):
        os.utime(file, (then, then))
    text = told(sweep, 24, False, True, False)
    assert "tushare/bars_1d" in text and "would be deleted" in text and "1 staged pieces of import/bars_1d" in text
    found = json.loads(told(sweep, 24, False, False, True))
    assert {row["what"]: row["files"] for row in found["swept"]} == {"tushare/bars_1d": 1, "staging/import": 1, "outlines": 3}
    assert found["files"] == 5 and found["bytes"] == sum(row["bytes"] for row in found["swept"]) and not found["dry_run"]
    assert json.loads(told(sweep, 24, True, False, True))["files"] == 0


def test_the_commands_are_there(lake: Lake, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LAKE_URL", lake.url)
    monkeypatch.setattr("functions.cli.prepare_environment", settings)
    settings.cache_clear()
    put(lake, ("a", DAY, 1))
    put(lake, ("a", LATER, 1))
    for words, key in (
        (("versions", "import"), None),
        (("diff", "import"), "tables"),
        (("compact",), None),
        (("vacuum", "--dry-run"), "swept"),
    ):
        capfd.readouterr()
        assert run_command(["data", *words, "--json"]) == OK
        found = json.loads(capfd.readouterr().out)
        assert found and (key is None or key in found)
    assert run_command(["data", "diff", "import:v9", "--json"]) == BAD_INPUT
    assert "import:v9" in json.loads(capfd.readouterr().out)["error"]["message"]
    settings.cache_clear()
