"""What goes on while somebody looks: ended by a button, and not lost by a page that is loaded anew."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.web import steps
from tests.web.people import Person
from tests.web.workers import Workers
from tests.web.world import TEMPLATE

_ANY_NUMBER = re.compile(r"^\d")
LONG = {"ma_short": "2..60 step 1", "ma_long": "61..220 step 1"}
"""9,440 combinations: nobody waits for all of them."""


def _cancel(page: Page) -> None:
    page.get_by_role("button", name="取消", exact=True).click()


def _in_workspace(page: Page) -> None:
    page.goto(f"/strategies/?template={TEMPLATE}")
    expect(steps.start_button(page)).to_be_enabled()


def test_a_long_grid_is_cancelled(person: Person, as_person: Callable[..., Page]) -> None:
    """In the middle: what has ended until then stays."""
    page = as_person(person)
    _in_workspace(page)
    steps.to_grid(page, **LONG)
    grid_id = steps.start(page)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", _ANY_NUMBER)
    _cancel(page)
    expect(page.get_by_role("main").get_by_text("已取消").first).to_be_visible()
    api = person.client()
    grid = api.wait_grid(api.grid_by_id(grid_id).backtest_id, grid_id, timeout_seconds=60)
    assert grid.status == "cancelled" and grid.counts["cancelled"] > 0
    page.reload()
    expect(page.get_by_role("main").get_by_text("已取消").first).to_be_visible()


def test_a_run_is_cancelled(person: Person, as_person: Callable[..., Page], workers: Workers) -> None:
    page = as_person(person)
    _in_workspace(page)
    with workers.still():
        run_id = steps.start(page)
        _cancel(page)
        expect(page.get_by_role("main").get_by_text("已取消").first).to_be_visible()
    assert person.client().run_by_id(run_id).status == "cancelled"


def test_a_page_loaded_anew_in_the_middle_of_a_run_goes_on(person: Person, as_person: Callable[..., Page], workers: Workers) -> None:
    page = as_person(person)
    _in_workspace(page)
    with workers.still():
        steps.start(page)
        expect(page.get_by_role("progressbar")).to_be_visible()
        page.reload()
        expect(page.get_by_role("progressbar")).to_be_visible()
    steps.see_result(page)
