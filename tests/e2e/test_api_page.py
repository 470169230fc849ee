"""A stranger with curl alone: the commands of docs/api.md, as they are written, against the platform as `lianghu up` starts it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from functions.api.app import create_app
from functions.api.document import operations
from tests.e2e import api_page
from tests.e2e.conftest import Platform

TEXT = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
PAGE = api_page.read(TEXT)
DOCUMENT = create_app().openapi()


def test_the_page_shows_every_call_of_the_document_and_no_other() -> None:
    shown = {(call.method, call.path) for call in PAGE.shown}
    real = {(method.upper(), path) for path, method, _ in operations(DOCUMENT)}
    assert not real - shown, "docs/api.md does not show these calls"
    assert not shown - real, "docs/api.md shows calls that the API does not have"


def test_a_status_on_the_page_is_one_of_the_document() -> None:
    for call in PAGE.shown:
        assert str(call.status) in DOCUMENT["paths"][call.path][call.method.lower()]["responses"], call


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="there is no curl or no bash on this machine")
def test_the_commands_of_the_page_do_what_it_says(platform: Platform, tmp_path: Path) -> None:
    stack = platform.start()
    platform.lianghu("data", "sample")
    folder = tmp_path / "stranger"
    folder.mkdir()
    done = api_page.run(PAGE, stack.url, folder)
    for call in done.calls:
        assert call.status < 500, call
    made = {(call.method, api_page.operation(call, DOCUMENT), call.status, PAGE.blocks[call.block].section) for call in done.calls}
    missing = [shown for shown, section in PAGE.shown.items() if (*shown, section) not in made]
    assert not missing, "these calls are named, and no command beside them makes them with that status"
    wrong = []
    for block, written in zip(PAGE.blocks, done.answers, strict=True):
        if block.answer is not None:
            wrong += [f"{block.commands.splitlines()[0]}: {each}" for each in api_page.differences(block.answer, json.loads(written))]
    assert not wrong, "\n".join(wrong)
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    program = program.replace(api_page.ADDRESS, stack.url)
    told = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=200, check=False)
    assert told.returncode == 0 and "stats.sharpe" in told.stdout, told.stderr
    assert (folder / "report.html").read_bytes().startswith(b"<!")


def test_an_answer_of_another_shape_is_seen() -> None:
    real = {"id": "a", "stats": {"sharpe": 1.5, "alpha": None}, "items": [1, 2, 3], "ok": True}
    right = {"id": "b", "stats": {"sharpe": 2, api_page.MORE: api_page.MORE}, "items": [9, api_page.MORE], "ok": False}
    assert not list(api_page.differences(right, real))
    wrong = [
        {**right, "id": 7},
        {**right, "new": 1},
        {"id": "b"},
        {**right, "items": [1]},
        {**right, "items": [1, 2, 3, 4]},
        {**right, "ok": 1},
    ]
    assert all(list(api_page.differences(each, real)) for each in wrong)
