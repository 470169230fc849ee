"""What a page of the web terminal makes a browser fetch and read before it can be used: its scripts, as they travel, packed."""

import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.local.web import OUT

BUDGETS_KB: Mapping[str, int] = {
    "compare": 260,
    "grids": 260,
    "runs": 260,
    "share": 260,
    "data": 250,
    "history": 250,
    "strategies": 250,
    "account": 240,
    "sign-in": 220,
    "feedback": 220,
    "templates": 220,
}
"""By the page's folder, in thousands of bytes. The editor, the K-line and what else is large come later, when they are asked for."""
OTHERS_KB = 215
"""Pages of words."""
SCRIPT = re.compile(r"<script\b([^>]*)>")
PRELOAD = re.compile(r"<link\b([^>]*\bas=\"script\"[^>]*)>")


def page_weights(folder: Path = OUT) -> dict[str, float]:
    """Thousands of bytes by the page's folder; "" is the first page."""
    return {name: weight_of(page.read_text(encoding="utf-8"), folder) for name, page in built_pages(folder)}


def built_pages(folder: Path = OUT) -> Iterator[tuple[str, Path]]:
    """Folder and file, without what Next makes for itself."""
    for page in sorted(folder.rglob("index.html")):
        name = page.parent.relative_to(folder).as_posix().removeprefix(".")
        if not name.startswith("_"):
            yield name, page


def weight_of(text: str, folder: Path) -> float:
    files = {address.partition("?")[0].lstrip("/") for address in initial_scripts(text)}
    return round(sum(len(gzip.compress((folder / file).read_bytes(), 9, mtime=0)) for file in files) / 1000, 1)


def initial_scripts(text: str) -> list[str]:
    """Addresses in a page's text. Scripts for browsers without modules (`nomodule`) are fetched by none that can show the page."""
    tags = [attributes for attributes in SCRIPT.findall(text) if "nomodule" not in attributes.lower()]
    sources = [found[1] for tag in tags if (found := re.search(r"\bsrc=\"([^\"]+)\"", tag))]
    preloads = [found[1] for tag in PRELOAD.findall(text) if (found := re.search(r"\bhref=\"([^\"]+)\"", tag))]
    return list(dict.fromkeys([*sources, *preloads]))


def budget_of(name: str) -> int:
    return BUDGETS_KB.get(name, OTHERS_KB)


if __name__ == "__main__":
    told = {name or "/": {"kilobytes": weight, "budget": budget_of(name)} for name, weight in page_weights().items()}
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
