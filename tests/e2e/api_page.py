"""docs/api.md as something to run: its commands in their order in one shell, the calls they make, and the answers that the page shows."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ADDRESS = "http://127.0.0.1:8000"
"""As the page has it."""
MORE = "…"
"""A key or an element of an answer on the page: there is more than is shown."""

# Answers go where the page sends them; what was called is noted beside them. A `-w` of the page's own is kept.
_PRELUDE = r"""
set -eu -o pipefail
curl() {
  local words=() own='' each next=''
  for each in "$@"; do
    if [ "$next" = w ]; then own=$each; next=''; continue; fi
    if [ "$each" = -w ]; then next=w; continue; fi
    words+=("$each")
  done
  command curl --show-error "${words[@]}" -w "$own"'%{stderr}'"$BLOCK"' %{method} %{http_code} %{url_effective}\n' 2>>calls.txt
}
"""


class Call(NamedTuple):
    block: int
    method: str
    status: int
    path: str


class Shown(NamedTuple):
    """A call that the page names: `GET /api/me` → 200."""

    method: str
    path: str
    status: int


@dataclass
class Block:
    """Commands, and the answer that the page shows for them."""

    section: int
    commands: str
    answer: Any = None


@dataclass
class Page:
    shown: dict[Shown, int] = field(default_factory=dict)
    """The calls that the page names, by the section that does."""
    blocks: list[Block] = field(default_factory=list)


def read(text: str) -> Page:
    """Sections begin with a heading; a block of JSON right after one of commands is their answer."""
    page, section = Page(), 0
    pattern = r"^(?P<heading>#+ [^\n]*)$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$|`(?P<method>[A-Z]+) (?P<path>/api\S*)` → (?P<status>\d+)"
    for found in re.finditer(pattern, text, re.MULTILINE | re.DOTALL):
        if found["heading"]:
            section += 1
            for method, path, status in re.findall(r"`([A-Z]+) (/api\S*)` → (\d+)", found["heading"]):
                page.shown[Shown(method, path, int(status))] = section
        elif found["method"]:
            page.shown[Shown(found["method"], found["path"], int(found["status"]))] = section
        elif found["kind"] == "sh":
            page.blocks.append(Block(section, found["text"]))
        elif found["kind"] == "json":
            page.blocks[-1].answer = json.loads(found["text"])
    return page


class Done(NamedTuple):
    calls: list[Call]
    answers: list[str]
    """What each block wrote."""


def run(page: Page, url: str, folder: Path, seconds: float = 300) -> Done:
    """Raises AssertionError with what the shell said where a command fails."""
    script = _PRELUDE
    for place, block in enumerate(page.blocks):
        script += f"BLOCK={place}\n{{\n{block.commands.replace(ADDRESS, url)}}} > {place}.out\n"
    (folder / "calls.txt").touch()
    try:
        done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
        failure = done.stderr if done.returncode else ""
    except subprocess.TimeoutExpired:
        failure = f"not done after {seconds:g} s"
    lines = (folder / "calls.txt").read_text(encoding="utf-8").splitlines()
    assert not failure, f"{failure}; last called: {lines[-2:]}"
    written = [(folder / f"{place}.out").read_text(encoding="utf-8") for place in range(len(page.blocks))]
    return Done([_call(line) for line in lines if line[:1].isdigit()], written)


def _call(line: str) -> Call:
    block, method, status, url = line.split(" ", 3)
    return Call(int(block), method, int(status), urlsplit(url).path)


def operation(call: Call, document: Mapping[str, Any]) -> str | None:
    """The document's path that a call belongs to: the one with the fewest parameters."""
    fitting = [
        (path.count("{"), path)
        for path, methods in document["paths"].items()
        if call.method.lower() in methods and re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)), call.path)
    ]
    return min(fitting)[1] if fitting else None


def differences(shown: Any, real: Any, place: str = "answer") -> Iterator[str]:
    """Where a shown answer is not of the shape of the real one: other keys, other kinds of values. Figures and texts may differ."""
    if isinstance(shown, dict) and isinstance(real, dict):
        for key in shown.keys() - {MORE} - real.keys():
            yield f"{place}.{key} is on the page and not in the answer"
        for key in real.keys() - shown.keys() if MORE not in shown else ():
            yield f"{place}.{key} is in the answer and not on the page"
        for key in shown.keys() & real.keys():
            yield from differences(shown[key], real[key], f"{place}.{key}")
    elif isinstance(shown, list) and isinstance(real, list):
        listed = [each for each in shown if each != MORE]
        if len(listed) > len(real) or (len(listed) < len(real) and MORE not in shown):
            yield f"{place} has {len(real)} elements in the answer and {len(listed)} on the page"
        for number, (left, right) in enumerate(zip(listed, real, strict=False)):
            yield from differences(left, right, f"{place}[{number}]")
    elif _kind(shown) != _kind(real):
        yield f"{place} is {shown!r} on the page and {real!r} in the answer"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, int | float) else type(value).__name__
