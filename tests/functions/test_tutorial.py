"""The tutorial's strategy and commands work as they are written."""

import re
import shlex
from pathlib import Path

import pytest

from engine.language import compile_strategy
from functions import cli
from functions.settings import settings

TEXT = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text()


def test_the_tutorials_local_commands_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (strategy,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert compile_strategy(strategy).name == "my-averages"
    commands = [shlex.split(line, comments=True)[1:] for line in re.findall(r"^\.venv/bin/lianghu .*$", TEXT, re.MULTILINE)]
    local = [command for command in commands if "--local" in command or command[:2] == ["data", "sample"]]
    assert len(local) == 4
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text(strategy)
    for name, value in {"LIANGHU_HOME": str(tmp_path / "home"), "LAKE_URL": "", "DATA_CACHE_DIR": "", "WORKERS": "2"}.items():
        monkeypatch.setenv(name, value)
    for command in local:
        assert cli.run_command(command) == 0, capfd.readouterr().err
    assert "my-averages" in Path("out/my.html").read_text()
    assert "14 runs by return, 1 excluded by require" in capfd.readouterr().out
    settings.cache_clear()
