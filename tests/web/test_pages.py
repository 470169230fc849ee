"""What every page must be, whatever is on it: found by its address, named in the window, readable, and no wider than the screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, ViewportSize, expect

from tests.web.pages import PAGES, Place, by_name, heading, routes, visit
from tests.web.people import Person
from tests.web.world import World

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
NARROW: ViewportSize = {"width": 390, "height": 844}
PRODUCT = "量湖 LiangHu"
SETTLING_MS = 5_000
"""For a page that gets another size."""
FAULTS = """async () => (await axe.run()).violations.map(
    (each) => `${each.id}: ${each.help}: ${each.nodes.map((node) => node.html.slice(0, 200)).slice(0, 3).join(" | ")}`)"""
FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
WIDER = """() => {
    const scrolls = (each) => getComputedStyle(each).overflowX !== "visible";
    const held = (each) => each !== document.body && (scrolls(each) || held(each.parentElement));
    const beyond = (each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
    return [...document.querySelectorAll("body *")].filter((each) => beyond(each) && !held(each.parentElement))
        .map((each) => each.outerHTML.slice(0, 200)).slice(0, 5);
}"""
"""What scrolls within itself may hold what is wider."""


def test_the_table_of_pages_has_every_page() -> None:
    assert {place.route for place in PAGES} == routes()
    assert len({place.name for place in PAGES}) == len(PAGES)


@pytest.mark.parametrize("place", PAGES, ids=lambda place: place.name)
def test_a_page_is_named_and_can_be_read_by_everybody(as_person: Callable[..., Page], world: World, place: Place) -> None:
    page = as_person(place.visitor(world), theme="light")
    visit(page, place, world)
    expect(heading(page)).to_have_count(1)
    title = page.title()
    faults = {"in light": faults_of(page), "in dark": faults_of(page, "dark"), "on a telephone": _wider(page, place)}
    assert {where: found for where, found in faults.items() if found} == {}
    assert title.endswith(f"{place.title} · {PRODUCT}" if place.title else PRODUCT)


def faults_of(page: Page, theme: str = "light") -> list[str]:
    """What axe finds."""
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
    page.evaluate(AXE.read_text())
    return list(page.evaluate(FAULTS))


def _wider(page: Page, place: Place) -> list[str]:
    """What reaches beyond the edge of a page that is opened there."""
    page.set_viewport_size(NARROW)
    page.reload()
    expect(place.ready(page)).to_be_visible()
    try:
        page.wait_for_function(FITS, timeout=SETTLING_MS)
    except Error:
        return list(page.evaluate(WIDER))
    return []


@pytest.mark.parametrize("name", ["editor", "run-trades", "grid-heatmap"])
def test_a_stranger_signs_in_and_comes_back_to_where_a_link_led(page: Page, world: World, name: str) -> None:
    place = by_name(name)
    page.goto(place.address(world))
    page.get_by_role("button", name="一键进入演示账户").click()
    expect(place.ready(page)).to_be_visible()
    assert page.url.endswith(place.address(world))


def test_the_account_is_that_of_whoever_is_signed_in(person: Person, as_person: Callable[..., Page]) -> None:
    page = as_person(person)
    page.goto("/account/")
    expect(page.get_by_role("main")).to_contain_text(person.email)
