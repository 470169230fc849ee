"""How a text is written as a scalar of YAML: bare where it may be, else in quotes, several lines as a block."""

import re

_FIRST = "-?:,[]{}#&*!|>'\"%@`"
"""Marks that a bare scalar may not begin with."""
_BARE = re.compile(r"(?!\s)[^\r\n]*(?<!\s)")
_INSIDE = re.compile(r"[,\[\]{}]")
"""What ends a bare scalar within brackets."""


def scalar_text(text: str, is_inside: bool) -> str:
    """In one line. `is_inside`: within {...} or [...], where commas and brackets end a bare scalar."""
    if _is_bare(text) and not (is_inside and _INSIDE.search(text)):
        return text
    if not text.isprintable():
        return f'"{"".join(map(_escaped, text))}"'
    return f"'{text.replace(chr(39), chr(39) * 2)}'" if '"' in text or "\\" in text else f'"{text}"'


def scalar_lines(text: str, indent: str) -> list[str]:
    """What stands behind a key: one line, or for a text of several lines a block below it."""
    lines = text.removesuffix("\n").split("\n")
    is_block = (
        len(lines) > 1 and lines[0][:1].strip() and all(line.isprintable() and (line == line.rstrip()) for line in lines) and lines[-1]
    )
    if not is_block:
        return [scalar_text(text, is_inside=False)]
    return ["|" if text.endswith("\n") else "|-", *(f"{indent}{line}" if line else "" for line in lines)]


def _is_bare(text: str) -> bool:
    if not text or not text.isprintable() or not _BARE.fullmatch(text):
        return False
    if text[0] in _FIRST and not (text[0] in "-?:" and len(text) > 1 and text[1] not in " ,[]{}"):
        return False
    return ": " not in text and " #" not in text and not text.endswith(":") and not text.startswith(("---", "..."))


def _escaped(character: str) -> str:
    if character.isprintable():
        return f"\\{character}" if character in '"\\' else character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
