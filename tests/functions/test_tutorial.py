"""The tutorial's strategy and commands work as they are written."""

import csv
import re
import shlex
from pathlib import Path

import pytest

from engine.language import compile_strategy
from functions import cli
from functions.settings import settings

TEXT = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text()


FILES = {"my.yaml": 0, "dip.yaml": 1, "settings.yaml": 2}, {"trades.csv": 0, "weights.csv": 1}
"""What readers save: the blocks of YAML and of CSV in their order."""


def test_the_tutorials_local_commands_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commands = [shlex.split(line, comments=True)[1:] for line in re.findall(r"^\.venv/bin/lianghu .*$", TEXT, re.MULTILINE)]
    local = [command for command in commands if {"--local", "--orders", "--weights"} & set(command) or command[:2] == ["data", "sample"]]
    assert len(local) == 7
    monkeypatch.chdir(tmp_path)
    for kind, names in zip(("yaml", "csv"), FILES, strict=True):
        blocks = re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)
        assert len(blocks) == len(names)
        for name, place in names.items():
            assert f"`{name}`" in TEXT
            Path(name).write_text(blocks[place])
    assert compile_strategy(Path("my.yaml").read_text()).name == "my-averages"
    for name, value in {"LIANGHU_HOME": str(tmp_path / "home"), "LAKE_URL": "", "DATA_CACHE_DIR": "", "WORKERS": "2"}.items():
        monkeypatch.setenv(name, value)
    for command in local:
        assert cli.run_command(command) == 0, capfd.readouterr().err
    assert "my-averages" in Path("out/my.html").read_text()
    assert "trades.csv" in Path("out/trades.html").read_text()
    assert len(list(Path("out/my").iterdir())) == 8 and "挂单" in Path("out/dip.html").read_text()
    out = capfd.readouterr().out
    assert "14 runs by Total return" in out and "1 more excluded by require" in out
    assert accounts_of("out/account.csv", 110) == {"1", "2"} and accounts_of("out/weights.csv", 80) == {"0", "1", "2"}
    settings.cache_clear()


def accounts_of(file: str, sessions: int) -> set[str]:
    """How many positions there were at closes; at least so many sessions have a row."""
    rows = list(csv.DictReader(Path(file).read_text().splitlines()))
    assert len(rows) >= sessions
    return {row["positions"] for row in rows}
