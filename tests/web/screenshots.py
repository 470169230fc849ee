"""`python -m tests.web.screenshots FOLDER [--url URL]`: every page as people may see it, to be looked at.

Each of the table of pages in light, dark, on a telephone and in English, as FOLDER/page-variant.png. Without --url a platform with the
sample market is started for it; with it the one there is used, as its demo user. A run, a grid, a share and a strategy are made first.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, sync_playwright

from bench.browser import LOCALE, SIZE, ZONE, launched
from bench.built_pages import build_pages
from infra.local.accounts import DEMO_EMAIL, DEMO_PASSWORD
from tests.e2e.conftest import Platform
from tests.web.pages import PAGES, PATIENCE_MS, Place
from tests.web.people import Person, browser_storage
from tests.web.world import World, make_world

VARIANTS: dict[str, dict[str, str]] = {
    "light": {"theme": "light"},
    "dark": {"theme": "dark"},
    "390": {"theme": "light"},
    "english": {"theme": "light", "language": "en"},
}
NARROW = {"width": 390, "height": 844}
SETTLING_MS = 800
"""For what fades or is drawn after the page is there."""


def main(arguments: list[str]) -> int:
    """1 where a page did not come; what there was of it is in its picture all the same."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--url", help="of a platform that runs")
    asked.add_argument("--only", help="pages with this in their name", default="")
    told = asked.parse_args(arguments)
    told.folder.mkdir(parents=True, exist_ok=True)
    lacking = 0
    with ExitStack() as parts:
        url = told.url or parts.enter_context(_platform())
        world = make_world(Person(url, DEMO_EMAIL, DEMO_PASSWORD))
        browser = launched(parts.enter_context(sync_playwright()))
        parts.callback(browser.close)
        for place in PAGES:
            if told.only in place.name:
                lacking += sum(not _taken(browser, place, variant, world, told.folder) for variant in VARIANTS)
    return int(lacking > 0)


@contextmanager
def _platform() -> Iterator[str]:
    build_pages()
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder) / "home", {"WORKERS": "2"})
        platform.lianghu("data", "sample")
        try:
            yield platform.start().url
        finally:
            platform.stop()


def _taken(browser: Browser, place: Place, variant: str, world: World, folder: Path) -> bool:
    kept = VARIANTS[variant]
    asked: dict[str, Any] = {"locale": LOCALE, "timezone_id": ZONE, "viewport": NARROW if variant == "390" else SIZE}
    storage = browser_storage(world.owner.url, place.visitor(world), **kept)
    with browser.new_context(**asked, base_url=world.owner.url, storage_state=storage) as context:
        page = context.new_page()
        page.goto(place.address(world))
        there = True
        try:
            if "language" in kept:
                page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)  # what is waited for is named in Chinese
            else:
                place.ready(page).wait_for(timeout=PATIENCE_MS)
        except Error:
            there = False
            sys.stderr.write(f"{place.name}-{variant}: did not come\n")
        page.wait_for_timeout(SETTLING_MS)
        page.screenshot(path=folder / f"{place.name}-{variant}.png", full_page=True)
    return there


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
