"""A name, a note or a title that is code stays a text: in reports, in pages that are shared, and in cells that a spreadsheet opens."""

import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from functions.jobs.columns import held, let_go
from tests.functions.api.bells import work
from tests.security.people import CODE, CONTEXT, GRID, SINGLE, Person

NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "</title><svg/onload=alert(1)>",
    "javascript:alert(1)",
)
ACTIVE_TAGS = ("script", "iframe", "object", "embed", "form", "link", "base")
ACTIVE = re.compile(r"javascript:|data:text/html|vbscript:", re.IGNORECASE)


class Page(HTMLParser):
    """What of a page could act."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.acting: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "form", "link", "base", "meta") and not (
            tag == "meta" and "http-equiv" not in dict(attrs)
        ):
            self.acting.append(tag)
        self.acting += [f"{tag} {name}" for name, value in attrs if name.startswith("on") or ACTIVE.match((value or "").strip())]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_code_is_shown_as_text(new_person: Callable[[], Person], stranger: TestClient, name: str) -> None:
    """Through everything that shows it: run, grid and shared pages, and every table of the run."""
    who = new_person()
    code = CODE.format(name="plain").replace("name: plain", f"name: {_quoted(name)}")
    made = who.api.post("/api/backtests", json={"strategyRef": {"code": code}, "context": dict(CONTEXT), "notes": name})
    if made.status_code == 422:
        assert "name" in made.json()["error"]["details"]["problems"][0]["field"]
        return
    address = f"/api/backtests/{made.json()['backtest_id']}"
    (run_id,) = who.api.post(f"{address}/runs", json=SINGLE).json()["run_ids"]
    grid_id = who.api.post(f"{address}/runs", json=GRID).json()["grid_id"]
    work(who.house)
    share = who.api.post(f"/api/runs/{run_id}/shares", json={"days": 1, "title": name, "include": ["report", "trades"]}).json()
    pages = [
        who.api.get(f"/api/runs/{run_id}/artifacts/report"),
        who.api.get(f"{address}/grids/{grid_id}/report"),
        stranger.get(f"/api/shares/{share['token']}/report"),
    ]
    for page in pages:
        assert page.status_code == 200, page.text
        assert Page(page.text).acting == []
        assert "<" not in name or name not in page.text
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "sandbox" in policy and "script-src" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
    told = stranger.get(f"/api/shares/{share['token']}")
    assert told.headers["Content-Type"].startswith("application/json") and told.json()["title"] == name
    for kind in ("equity", "account", "trades", "positions", "orders", "refusals", "events"):
        table = who.api.get(f"/api/runs/{run_id}/artifacts/{kind}?format=csv")
        assert table.headers["Content-Disposition"].startswith("attachment")
        formulas = [cell for row in csv.reader(io.StringIO(table.text)) for cell in row if _is_formula(cell)]
        assert formulas == [], kind


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _is_formula(cell: str) -> bool:
    """As a spreadsheet takes it: begins like one, and is no number."""
    if not cell.lstrip("\ufeff").startswith(("=", "+", "-", "@", "\t", "\r")):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "'=1", "''", "plain", "-", "平安银行", ""]
)
def test_a_cell_that_is_a_formula_is_escaped_and_comes_back(text: str) -> None:
    assert not _is_formula(held(text))
    assert let_go(held(text)) == text
