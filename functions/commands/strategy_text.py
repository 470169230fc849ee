"""A strategy's file: judged, with the lines that are wrong; and in its normal writing."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.text import Text

from engine.language.format import formatted
from engine.language.source import LARGEST_TEXT
from engine.language.tree import lines_of
from functions.commands.failures import BAD_INPUT, OK, RUN_FAILED, CommandError
from functions.commands.inputs import strategy_text
from functions.commands.pointing import pointed
from functions.commands.screen import notes, output, write_json
from functions.judged_text import judged


def show_judgement(file: Path, as_json: bool) -> int:
    text = strategy_text(file)
    told = judged(text)
    if as_json:
        write_json(told)
    else:
        _tell(told, text, file)
    return OK if told["valid"] else BAD_INPUT


def show_formatted(file: Path, check: bool, write: bool) -> int:
    """StrategyError where the file is no strategy: there is nothing to bring into order."""
    if check and write:
        raise CommandError("--check only looks, and --write writes", "name one of them")
    text = strategy_text(file)
    wanted = formatted(text)
    if check:
        return _compared(text, wanted, file)
    if not write:
        print(wanted, end="")  # noqa: T201  byte by byte what a file is to hold
        return OK
    if wanted == text and not _begins_with_mark(file):
        notes.print(f"{file} is in its normal writing", markup=False)
        return OK
    if len(wanted.encode()) > LARGEST_TEXT:
        raise CommandError(f"the normal writing of {file} has more than {LARGEST_TEXT:,} bytes, the most that a strategy may have")
    file.write_bytes(wanted.encode())
    notes.print(f"{file} is written", markup=False)
    return OK


def _compared(text: str, wanted: str, file: Path) -> int:
    if wanted == text and not _begins_with_mark(file):
        return OK
    for line in difflib.unified_diff(lines_of(text), lines_of(wanted), str(file), "its normal writing", lineterm="", n=1):
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        output.print(line, style=style, markup=False, soft_wrap=True)
    notes.print(
        f"{file} is not in its normal writing: lianghu strategy format {file} --write", style="yellow", markup=False, soft_wrap=True
    )
    return RUN_FAILED


def _begins_with_mark(file: Path) -> bool:
    """The byte order mark that some editors put before everything."""
    return file.read_bytes().startswith(b"\xef\xbb\xbf")


def _tell(told: Mapping[str, Any], text: str, file: Path) -> None:
    lines = lines_of(text)
    for kind, colour in (("problems", "red"), ("warnings", "yellow")):
        for problem in told[kind]:
            for row in pointed(problem, lines, str(file), colour):
                output.print(row, soft_wrap=True)
            output.print()
    if not told["valid"]:
        count = len(told["problems"])
        notes.print(f"{count} problem{'s' * (count != 1)}: {file} is no strategy yet", style="red", markup=False, soft_wrap=True)
        return
    parameters = ", ".join(f"{row['name']}={row['default']:g} ({row['min']:g}..{row['max']:g})" for row in told["parameters"])
    output.print(
        Text.assemble((f"{told['name']}", "bold"), " is right", (f", with {len(told['warnings'])} warnings" if told["warnings"] else ""))
    )
    output.print(f"parameters: {parameters or 'none'}", markup=False, soft_wrap=True)
    output.print(f"look-back: {told['look_back']} bars", markup=False)
    if told["fields"]:
        output.print(f"the data must have: {', '.join(told['fields'])}", markup=False, soft_wrap=True)
    output.print(f"identity: {told['identity'][:16]}", markup=False)
