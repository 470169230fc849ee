"""A real platform with the sample market, the built pages and a real browser; nothing in between is pretended.

One platform for all tests of the process. A test fails, too, where its pages complain, fall, break their own policy, ask another host or
get an answer that nobody expected: `watch.expect` says which are.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from bench import browser as machine
from bench.built_pages import PagesMissingError, build_pages
from infra.local.accounts import DEMO_EMAIL, DEMO_PASSWORD
from tests.e2e.conftest import Platform
from tests.web.pages import PATIENCE_MS
from tests.web.people import Person, browser_storage, newcomer
from tests.web.watching import Watch
from tests.web.workers import Workers
from tests.web.world import World, make_world

KEPT = Path(__file__).parents[2] / ".lianghu" / "browser"
"""What a failed test leaves behind: what its pages looked like."""
SESSION_SECONDS = 600
"""The first test pays for the pages, the platform and the world."""
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.timeout(SESSION_SECONDS))


def _lacking(reason: str) -> None:
    if machine.may_be_skipped():
        pytest.skip(reason)
    pytest.fail(reason, pytrace=False)


@pytest.fixture(scope="session")
def built() -> Path:
    try:
        return build_pages()
    except PagesMissingError as error:
        _lacking(str(error))
        raise


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    if reason := machine.missing(playwright):
        _lacking(reason)
    return {**browser_type_launch_args, "executable_path": machine.executable(), "args": list(machine.FLAGS)}


@pytest.fixture(scope="session")
def platform(built: Path, browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    made = Platform(tmp_path_factory.mktemp("web") / "home", {"WORKERS": "2"})
    made.lianghu("data", "sample")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def base_url(platform: Platform) -> str:
    return platform.start().url


@pytest.fixture(scope="session")
def workers(platform: Platform, base_url: str) -> Workers:
    return Workers(platform.home)


@pytest.fixture(scope="session")
def demo(base_url: str) -> Person:
    return Person(base_url, DEMO_EMAIL, DEMO_PASSWORD)


@pytest.fixture(scope="session")
def world(demo: Person) -> World:
    """To be looked at, not to be changed."""
    return make_world(demo)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    asked = {"locale": machine.LOCALE, "timezone_id": machine.ZONE, "viewport": machine.SIZE, "base_url": base_url}
    return {**browser_context_args, **asked, "accept_downloads": True}


@pytest.fixture(autouse=True)
def watch(base_url: str) -> Iterator[Watch]:
    made = Watch(urlsplit(base_url).netloc)
    yield made
    assert made.verdict() == []


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """As the plugin's, watched; what its pages looked like is kept where the test fails."""
    made: list[BrowserContext] = []

    def make(**asked: Any) -> BrowserContext:
        context = new_context(**asked)
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        watch.over(context)
        made.append(context)
        return context

    yield make
    report = getattr(request.node, "rep_call", None)
    if (report is not None and report.failed) or watch.verdict():
        pages = [page for context in made for page in context.pages]
        for number, page in enumerate(pages):
            _keep(page, f"{re.sub(r'[^A-Za-z0-9_-]+', '-', request.node.name)}-{number}")


def _keep(page: Page, name: str) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=KEPT / f"{name}.png", full_page=True)
    (KEPT / f"{name}.txt").write_text(f"{page.url}\n{page.title()}\n\n{page.locator('body').inner_text()}\n", encoding="utf-8")


@pytest.fixture
def person(base_url: str) -> Person:
    """Somebody new, with an account of their own."""
    return newcomer(base_url)


@pytest.fixture
def as_person(new_context: Callable[..., BrowserContext], base_url: str) -> Callable[..., Page]:
    """A page of a browser in which somebody is signed in, or nobody; what else it has kept comes by name (`theme="dark"`)."""

    def open_page(who: Person | None, **kept: str) -> Page:
        return new_context(storage_state=browser_storage(base_url, who, **kept)).new_page()

    return open_page
