"""The quick start of docs/strategy-language.md, followed by a stranger: each text is saved, each command is run as it is written."""

import re
import shlex
from pathlib import Path

import pytest

from functions import cli
from functions.settings import settings

PAGE = (Path(__file__).parents[2] / "docs/strategy-language.md").read_text(encoding="utf-8")
START = PAGE[PAGE.index("## Quick start") : PAGE.index("## Sections")]
STEPS = re.findall(r"```(yaml|sh)\n(.*?)```", START, re.DOTALL)


def test_a_stranger_comes_from_nothing_to_a_grid_and_a_proof(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert [kind for kind, _ in STEPS] == ["yaml", "sh", "yaml", "sh", "sh"] and "`mine.yaml`" in START
    monkeypatch.chdir(tmp_path)
    told = {"LIANGHU_HOME": str(tmp_path / "home"), "LAKE_URL": "", "DATA_CACHE_DIR": "", "WORKERS": "2", "LIANGHU_LANGUAGE": "en"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    said = []
    for kind, text in STEPS:
        if kind == "yaml":
            Path("mine.yaml").write_text(text)
            continue
        for line in text.splitlines():
            program, *command = shlex.split(line, comments=True)
            assert program == ".venv/bin/lianghu"
            assert cli.run_command(command) == 0, capfd.readouterr().err
            said.append(capfd.readouterr().out)
    data, right, run, grid, plan, proof, word, templates = said
    assert "sample:v1" in data and "my-first is right" in right
    assert figure(run, "Trades") > 100, "the first text must trade"
    assert "6 runs by Total return" in grid
    assert "6 combinations" in plan and "nothing looks ahead" in proof
    assert "rsi(x, n)" in word and "turtle" in templates
    slip = Path("slip.yaml")
    slip.write_text(STEPS[0][1].replace("sma", "smaa"))
    assert cli.run_command(["strategy", "validate", "slip.yaml"]) == 2
    assert "did you mean 'sma'?" in capfd.readouterr().out
    settings.cache_clear()


def figure(said: str, name: str) -> float:
    """A figure of the table that a run shows."""
    found = re.search(rf"^{name}\s+([\d,.]+)", said, re.MULTILINE)
    assert found, said
    return float(found[1].replace(",", ""))
