"""The web terminal in a browser: until a page shows something and all of it, what a press costs until the next picture, what is read."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.browser import LOCALE, SIZE, ZONE, launched
from bench.built_pages import build_pages
from bench.homes import new_home
from bench.page_weight import page_weights
from bench.workload import Figures, Size
from datalake.sample import build_sample
from functions.client import Client
from functions.commands.connection import client_of
from infra.local.stack import run_stack

TEMPLATE = "dual-moving-average"
CONTEXT = {"window": {"start": "2019-12-31", "end": "2024-12-31"}, "datasource_version": "sample:v1"}
PATIENCE_MS = 60_000
QUICKEST_MS = 16
"""The browser tells of no event that was quicker."""
NO_LIMIT = 1_000_000

PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
LISTEN = """() => {
    window.events = [];
    new PerformanceObserver((list) => window.events.push(...list.getEntries().map((each) => each.duration)))
        .observe({type: "event", durationThreshold: 16});
}"""
TAKEN = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
    done(Math.max(0, ...window.events)); window.events.length = 0;
}, 100))))"""
"""The longest event since the last time, from its own moment to the picture after it."""


class Looked(NamedTuple):
    address: str
    whole: str
    """A selector of what is there when all of it is."""


def run(size: Size) -> Figures:
    """`combinations` of the grid whose page is looked at, `rounds` of everything; each page with an empty cache."""
    folder = build_pages()
    with new_home("web", WORKERS=2, RATE_LIMIT_REQUESTS=NO_LIMIT) as (settings, home):
        build_sample((home / "lake").as_uri())
        with run_stack(settings) as stack, client_of(stack) as api, sync_playwright() as playwright:
            pages = _made(api, size.combinations)
            browser = launched(playwright)
            try:
                told: Figures = {"opened_ms": {name: _opened(browser, stack.url, each, size.rounds) for name, each in pages.items()}}
                told["pressed_ms"] = _pressed(browser, stack.url, pages, size.rounds)
            finally:
                browser.close()
    return {**told, "initial_scripts_gz_kb": page_weights(folder)}


def _made(api: Client, combinations: int) -> Mapping[str, Looked]:
    """A run and a grid to look at."""
    backtest = api.create_backtest({"template": TEMPLATE}, CONTEXT)
    run = api.submit_single(backtest, {})
    grid = str(api.submit_grid(backtest, {"ma_short": [5, 10], "ma_long": list(range(20, 20 + max(combinations // 2, 1)))}).grid_id)
    api.wait_run(backtest, run)
    api.wait_grid(backtest, grid)
    return {
        "sign-in": Looked("/sign-in/", "form"),
        "run": Looked(f"/runs/?id={run}", "[data-drawn=true]"),
        "grid": Looked(f"/grids/?id={grid}", "[role=cell]"),
    }


def _opened(browser: Browser, url: str, page: Looked, rounds: int) -> Figures:
    """Medians: until the first picture with something in it, and until the last part that this page waits for."""
    painted, whole = [], []
    for _ in range(rounds):
        with _visitor(browser, url, signed_in="sign-in" not in page.address) as visitor:
            tab = visitor.new_page()
            tab.goto(url + page.address)
            tab.locator(page.whole).first.wait_for(timeout=PATIENCE_MS)
            whole.append(float(tab.evaluate("() => performance.now()")))
            painted.append(float(tab.evaluate(PAINTED)))
    return {"first_contentful_paint": round(statistics.median(painted)), "whole": round(statistics.median(whole)), "rounds": rounds}


def _pressed(browser: Browser, url: str, pages: Mapping[str, Looked], rounds: int) -> Figures:
    """From a press to the picture after it."""
    with _visitor(browser, url, signed_in=True) as visitor:
        tab = visitor.new_page()
        _look(tab, url, pages["run"])
        told = {
            "logarithmic scale": _turns(tab, rounds, lambda name: tab.get_by_role("radio", name=name).first.click(), ("对数", "线性")),
            "another tab": _turns(tab, rounds, lambda name: tab.get_by_role("tab", name=name, exact=True).click(), ("参数", "概览")),
        }
        _look(tab, url, pages["grid"])
        heads = tab.get_by_role("columnheader")
        sort = _turns(tab, rounds, lambda name: heads.filter(has_text=name).get_by_role("button").first.click(), ("夏普", "最大回撤"))
        return {**told, "the grid's order": sort}


def _look(tab: Page, url: str, page: Looked) -> None:
    tab.goto(url + page.address)
    tab.locator(page.whole).first.wait_for(timeout=PATIENCE_MS)
    tab.evaluate(LISTEN)


def _turns(tab: Page, rounds: int, press: Callable[[str], None], names: tuple[str, str]) -> Figures:
    """There and back; the first turn reads scripts, so it stands alone."""
    taken = []
    for _ in range(rounds + 1):
        for name in names:
            press(name)
            taken.append(max(QUICKEST_MS, round(float(tab.evaluate(TAKEN)))))
    return {"first": taken[0], "median": statistics.median(taken[2:]), "longest": max(taken[2:]), "rounds": rounds}


@contextmanager
def _visitor(browser: Browser, url: str, *, signed_in: bool) -> Iterator[BrowserContext]:
    """Somebody with an empty cache."""
    asked: dict[str, Any] = {"locale": LOCALE, "timezone_id": ZONE, "viewport": SIZE}
    context = browser.new_context(**asked)
    context.set_default_timeout(PATIENCE_MS)
    try:
        if signed_in:
            page = context.new_page()
            page.goto(f"{url}/sign-in/")
            page.get_by_role("button", name="一键进入演示账户").click()
            page.wait_for_url("**/templates/")
            state = context.storage_state()
            context.close()
            context = browser.new_context(**asked, storage_state=state)
            context.set_default_timeout(PATIENCE_MS)
        yield context
    finally:
        context.close()
