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
from functions.metrics import METRICS, NAMESPACE
from functions.scale.model import Times
from functions.settings import KNOWN, Settings, settings
from infra.local import template

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
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


TICKED = re.findall(r"`([^`\n]+)`", PAGE)
FOREIGN = {"AccessDenied", "Comment", "ConcurrentExecutions", "DeletionPolicy", "MemorySize", "Runtime", "Task"}
"""Words of AWS."""


def sources(*folders: str) -> str:
    return "\n".join(file.read_text(encoding="utf-8") for folder in folders for file in (ROOT / folder).rglob("*.py"))


def test_settings_and_parameters_that_the_page_names_exist() -> None:
    trees = [template.tree_of((ROOT / file).read_text()) for file in ("template.yaml", "infra/deploy/global.yaml")]
    known = {name for tree in trees for part in ("Parameters", "Resources") for name in tree[part]} | {row.name for row in METRICS}
    parameters = {name for words in TICKED for name in re.findall(r"^[A-Z][a-z]+(?:[A-Z][a-z]+)*\b", words)}
    assert len(parameters) > 40 and parameters - known - FOREIGN - {NAMESPACE} == set()
    settings_named = {name for words in TICKED for name in re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", words)}
    assert len(settings_named) > 15 and settings_named - set(KNOWN) == {"ROLLBACK_ON_ALARMS"}  # of `make deploy`
    assert "ROLLBACK_ON_ALARMS" in (ROOT / "infra" / "deploy" / "deploy.py").read_text()


def test_defaults_that_the_page_names_are_those_of_the_settings() -> None:
    rows = re.findall(r"^\| .*?`([A-Z_]+)` \| ([\d,]+)[ |]", PAGE, re.MULTILINE) + re.findall(r"`([A-Z_]+)` \(([\d,]+)[;)]", PAGE)
    assert {name for name, _ in rows} >= {"DATA_CACHE_MB", "DATA_MEMORY_MB", "INGEST_START", "INGEST_AGAIN", "RETENTION_DAYS"}
    for name, told in rows:
        assert Settings.model_fields[name.lower()].default == int(told.replace(",", "")), name
    parameters = template.tree_of((ROOT / "template.yaml").read_text())["Parameters"]
    for name, told in re.findall(r"`([A-Z][a-z]+[A-Za-z]+)` \(([\d,]+)\)", PAGE):
        assert parameters[name]["Default"] == int(told.replace(",", "")), name


def test_what_the_page_looks_for_in_logs_is_written_there() -> None:
    filters = re.findall(r'message = "([^"]+)"', PAGE) + [
        words for group in re.findall(r"message in \[(.*?)\]", PAGE) for words in re.findall(r'"([^"]+)"', group)
    ]
    table = PAGE.split("| in the log of `IngestFunction` |")[1].split("\n\n")[0]
    told = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    written = sources("functions")
    assert len(filters) > 9 and len(told) > 7
    assert [words for words in (*filters, *told, "the panel is not whole", "a message comes back") if f'"{words}' not in written] == []


def test_files_modules_and_functions_of_postgres_that_the_page_names_exist() -> None:
    named = [words for words in TICKED if re.match(r"^(tests|infra|layers|functions|docs|bench)/[\w./-]+$", words)]
    assert len(named) >= 5 and [words for words in named if not (ROOT / words).exists()] == []
    modules = set(re.findall(r"python -m ([\w.]+)", PAGE)) | {"layers.bake"}
    assert [name for name in modules if not (ROOT / f"{name.replace('.', '/')}.py").exists()] == []
    migrations = {file.name[11:]: file.read_text() for file in (ROOT / "infra" / "supabase" / "migrations").glob("*.sql")}
    assert set(re.findall(r"`(\d{3}_\w+\.sql)`", PAGE)) <= migrations.keys()
    functions = set(re.findall(r"`lianghu\.(\w+)`", PAGE))
    assert functions and [name for name in functions if not any(f"function lianghu.{name}(" in text for text in migrations.values())] == []


def test_what_somebody_who_waits_costs_is_said_alike_everywhere() -> None:
    """One page said 24 us, the others 15."""
    found = {
        int(told)
        for page, words in (
            ("operations", r"(\d+) us of Postgres for each"),
            ("performance", r"the people who wait \((\d+) us each\)"),
            ("cost", r"A claim costs (\d+) us for each person who waits"),
        )
        for told in re.findall(words, (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    }
    assert found == {round(Times().claim_person * 1e6)}


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
