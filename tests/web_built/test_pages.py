"""The pages as they are delivered: how much a browser must read, and that nothing in them breaks the policy or asks anybody else."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from bench.page_weight import BUDGETS_KB, budget_of, built_pages, initial_scripts, page_weights, weight_of
from layers.web_licences import in_pages

SOURCES = Path(__file__).parents[2] / "web/src/app"
NAMED_ONLY = {
    "www.w3.org": "names of XML's spaces",
    "react.dev": "in the words of an error",
    "nextjs.org": "in the words of an error",
    "github.com": "a licence of core-js",
    "tr.designtokens.org": "in a comment of a style",
    "echarts.apache.org": "in the words of a warning",
    "www.tradingview.com": "where lightweight-charts' mark would lead, which is off",
    "supabase.com": "in the words of an error",
    "here.invalid": "the beginning of an address that only its path is taken of",
    "localhost": "where there is no browser",
    "a": "core-js tries how addresses are read",
    "x": "core-js tries how addresses are read",
    "n": "core-js tries how addresses are read",
}
"""Hosts that scripts contain and never ask, and why they do."""
LOADING = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
}


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and self.cdata_elem and data.strip():
            self.inside.append(data)


def every_page(folder: Path) -> Iterator[tuple[str, Tags]]:
    for file in sorted(folder.rglob("*.html")):
        yield file.relative_to(folder).as_posix(), Tags(file.read_text(encoding="utf-8"))


def test_every_page_of_the_sources_is_built(pages: Path) -> None:
    wanted = {"" if file.parent == SOURCES else file.parent.relative_to(SOURCES).as_posix() for file in SOURCES.rglob("page.tsx")}
    assert {name for name, _ in built_pages(pages)} - {"404"} == wanted
    assert (pages / "404.html").is_file() and wanted >= BUDGETS_KB.keys()


def test_no_page_makes_a_browser_read_more_than_its_budget(pages: Path) -> None:
    weights = page_weights(pages)
    assert min(weights.values()) > 50, "else scripts are not found, and this test proves nothing"
    assert {name: weight for name, weight in weights.items() if weight > budget_of(name)} == {}


def test_what_a_page_weighs_is_what_its_browser_fetches(tmp_path: Path) -> None:
    (tmp_path / "_next").mkdir()
    for name in ("a.js", "b.js", "old.js", "pre.js"):
        (tmp_path / "_next" / name).write_bytes(bytes(range(256)) * 8)
    text = """<link rel="preload" as="script" href="/_next/pre.js"/><script src="/_next/a.js?x=1" async=""></script>
    <script src="/_next/a.js?x=1"></script><script src="/_next/b.js"></script><script src="/_next/old.js" noModule=""></script>
    <link rel="stylesheet" href="/x.css"/>"""
    assert initial_scripts(text) == ["/_next/a.js?x=1", "/_next/b.js", "/_next/pre.js"]
    alone = weight_of('<script src="/_next/a.js"></script>', tmp_path)
    assert weight_of(text, tmp_path) == round(3 * alone, 1)


def test_no_page_has_a_script_or_a_style_in_its_text(pages: Path) -> None:
    """What the Content-Security-Policy would not run or show."""
    for name, page in every_page(pages):
        assert page.inside == [], name
        for tag, attributes in page.tags:
            assert tag != "style", name
            assert tag != "script" or attributes.get("src"), name
            wrong = [each for each in attributes if each == "style" or each.startswith("on")]
            assert not wrong, (name, tag, attributes)
            assert not any((value or "").strip().lower().startswith("javascript:") for value in attributes.values()), (name, tag)


def test_a_page_loads_from_its_own_site_alone(pages: Path) -> None:
    for name, page in every_page(pages):
        loaded = [attributes.get(LOADING[tag]) or "" for tag, attributes in page.tags if tag in LOADING]
        assert [address for address in loaded if not re.match(r"/(?!/)|data:image/", address)] == [], name
    for style in pages.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
        named = re.findall(r"url\(\s*[\"']?([^\"')]+)", text) + re.findall(r"@import\s+[\"']([^\"']+)", text)
        assert [address for address in named if re.match(r"[a-z]+:(?!image/)|//", address.removeprefix("data:"))] == [], style.name


def test_scripts_name_no_host_that_nobody_knows_of(pages: Path) -> None:
    """A script of a third party, a font, a counter of visitors: whatever asks somebody else has an address."""
    found = {
        host
        for script in pages.rglob("*.js")
        for host in re.findall(r"(?:https?|wss?)://([A-Za-z0-9.-]+)", script.read_text(encoding="utf-8"))
    }
    assert found, "else nothing was looked at"
    assert found - NAMED_ONLY.keys() == set(), "who is this, and is it ever asked? Enter it with the reason"


def test_every_file_that_a_page_names_is_there(pages: Path) -> None:
    for name, page in every_page(pages):
        for tag, attributes in page.tags:
            address = (attributes.get(LOADING[tag]) or "").partition("?")[0] if tag in LOADING else ""
            if address.startswith("/"):
                assert (pages / address.lstrip("/")).is_file(), (name, address)


def test_licences_and_notices_go_along(pages: Path) -> None:
    told = (pages / "licences.txt").read_text(encoding="utf-8")
    missing = [row for row in in_pages() if f"\n{row.name} {row.version} ({row.licence})" not in told]
    assert missing == []
    assert "Copyright (с) 2025 TradingView, Inc. https://www.tradingview.com/" in told
    assert "This product includes software developed at\nThe Apache Software Foundation" in told
    assert told.count("Permission is hereby granted") > 50
