"""docs/deployment.md as something to run: its commands, and programs that stand in for those that need an account."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"<[\w./@][^<>\n|]*>")
"""What a reader puts in: <you@example.com>."""
IMAGE = "123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/lianghu-tables"

SHELL = {"export", "unset", "umask", "[", "echo", "printf", ">", "rm", "cat", "grep"}
"""What every machine has."""

STAND_IN = """#!{python}
import json, os, subprocess, sys
words = [os.path.basename(sys.argv[0]), *sys.argv[1:]]
with open({notes!r}, "a") as notes:
    notes.write(json.dumps({{"words": words, "stage": os.environ.get("STAGE"), "image": os.environ.get("TABLES_IMAGE")}}) + "\\n")
line = " ".join(words)
for part, answer in json.loads({answers!r}).items():
    if part in line:
        if answer.startswith("$ "):
            sys.exit(subprocess.run(answer[2:], shell=True).returncode)
        print(answer)
        break
"""


@dataclass(frozen=True)
class Command:
    """One program with its words, as far as they can be known without running the shell."""

    program: str
    words: tuple[str, ...]

    @property
    def options(self) -> list[str]:
        return [word.partition("=")[0] for word in self.words if re.fullmatch(r"--?[a-zA-Z][\w-]*(=.*)?", word)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """With the reader's own values. KeyError: the page has a placeholder that nobody knows."""
    return PLACEHOLDER.sub(lambda found: values[found[0]], text)


def commands() -> Iterator[Command]:
    """Of every block. Documents and what is sent to programs in quotes are no commands."""
    for block in BLOCKS:
        text = re.sub(r"<<(\w+)\n.*?^\1$", "", PLACEHOLDER.sub("x", block), flags=re.MULTILINE | re.DOTALL)
        text = text.replace("\\\n", " ")
        for line in text.splitlines():
            yield from _of_line(line)


def _of_line(line: str) -> Iterator[Command]:
    for inner in re.findall(r"\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)", line):
        yield from _of_line(inner)
    if body := re.fullmatch(r"\w+\(\) \{ (.*); \}", line.strip()):
        yield from _of_line(body[1])
        return
    line = re.sub(r"\$\([^()]*(?:\([^()]*\)[^()]*)*\)", "x", line).strip()
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return
    while words and (words[0] in ("if", "then", "{", "}", "fi") or re.match(r"\w+=", words[0])):
        words = words[1:]
    if words and words[0] not in SHELL:
        cut = next((place for place, word in enumerate(words) if word in (">", "|", ";")), len(words))
        yield Command(words[0], tuple(words[1:cut]))


def stand_in(folder: Path, name: str, python: str, notes: Path, answers: Mapping[str, str]) -> None:
    """A program that notes its words and answers by the first part of `answers` that is among them; "$ ..." is run."""
    file = folder / name
    file.write_text(STAND_IN.format(python=python, notes=str(notes), answers=json.dumps(answers)))
    file.chmod(0o755)
