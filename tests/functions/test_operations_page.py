"""The drill of docs/operations.md, literally as it is written, in an empty folder; and every other command of the page exists."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from functions.cli import app, run_command
from functions.settings import settings

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
BEFORE, DRILL = PAGE.split("\n## The drill\n")
BLOCKS = re.findall(r"```sh\n(.*?)```", DRILL.split("\n## ")[0], re.DOTALL)
COMMAND = re.compile(r"^\.venv/bin/lianghu (.*)$", re.MULTILINE)


@pytest.mark.slow
def test_the_drill_brings_everything_back(tmp_path: Path) -> None:
    lianghu = Path(sys.executable).with_name("lianghu")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "lianghu").symlink_to(lianghu)
    hidden = {"LIANGHU_HOME", "LAKE_URL", "DATA_CACHE_DIR"}
    environment = {key: value for key, value in os.environ.items() if key not in hidden} | {"LIANGHU_LANGUAGE": "en"}
    said = []
    for block in BLOCKS:
        command = ["bash", "-euo", "pipefail", "-c", block]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        said.append(done.stdout + done.stderr)
    made, destroyed, restored = said
    assert "sample:v1" in made
    assert "the lake is empty" in destroyed
    assert re.search(r"sample:v1: [1-9]\d* objects", restored) and "sample:v1: 0 objects, 0 bytes" in restored
    assert "sample:v1, all rows together: nothing was found" in restored and ".panel: OK" in restored
    assert json.loads((tmp_path / "before.json").read_text())["stats"]["trades"] > 100


def test_every_other_command_of_the_page_exists() -> None:
    commands = [shlex.split(line, comments=True) for line in COMMAND.findall(BEFORE)]
    assert len(commands) >= 8
    for words in commands:
        found = typer.main.get_command(app)
        while hasattr(found, "commands"):
            found = found.commands[words.pop(0)]
        with found.make_context("lianghu", list(words)) as context:
            assert context.params


def test_backups_by_their_exit_codes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"LIANGHU_HOME": str(tmp_path / "home"), "LAKE_URL": "", "DATA_CACHE_DIR": ""}.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> tuple[int, str]:
        code = run_command(["data", *words])
        told = capsys.readouterr()
        return code, told.out if "--json" in words else told.err

    code, words = run("export", "sample", "--to", "x.tar")
    assert code == 2 and "the lake is empty" in words and not Path("x.tar").exists()
    assert run("sample")[0] == 0
    code, out = run("export", "sample", "--to", "x.tar", "--json")
    told = json.loads(out)
    assert code == 0 and told["dataset"] == "sample:v1" and told["bytes"] == Path("x.tar").stat().st_size
    code, out = run("restore", "x.tar", "--into", f"file://{tmp_path}/other", "--json")
    assert code == 0 and json.loads(out) == {
        "dataset": "sample:v1",
        "lake": f"file://{tmp_path}/other",
        "objects": told["objects"],
        "bytes": json.loads(out)["bytes"],
        "there": 0,
    }
    code, words = run("export", "sample", "--to", "x.tar")
    assert code == 2 and "it is there already" in words
    Path("x.tar").write_bytes(Path("x.tar").read_bytes()[:-3000])
    code, words = run("restore", "x.tar", "--into", f"file://{tmp_path}/third")
    assert code == 2 and "not whole" in words.replace("\n", " ") and not list((tmp_path / "third").iterdir())
    code, out = run("restore", "none.tar", "--json")
    assert code == 2 and json.loads(out)["error"]["details"]["problems"][0]["message"] == "there is no such file"
    code, words = run("restore", "x.tar", "--into", "ftp://nowhere")
    assert code == 3 and "is no address of a lake" in words
    settings.cache_clear()
