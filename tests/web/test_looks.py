"""How the pages look is a choice that stays: language, theme, and which colour rises."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.pages import by_name, visit
from tests.web.world import World


def test_the_language_stays(as_person: Callable[..., Page], world: World) -> None:
    page = as_person(world.owner)
    visit(page, by_name("run"), world)
    page.get_by_role("button", name="English").click()
    for _ in range(2):
        expect(page.get_by_role("tab", name="Trades")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.reload()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("tab", name="成交")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_stay(as_person: Callable[..., Page], world: World, theme: str) -> None:
    page = as_person(world.owner, theme=theme)
    visit(page, by_name("run"), world)
    gain = page.locator("[data-metric=return] dd").first
    ground = _colour(page, "background-color")
    red = gain.locator("span").first.evaluate("(element) => getComputedStyle(element).color")
    page.get_by_role("button", name="红涨绿跌").click()
    expect(page.get_by_role("button", name="绿涨红跌")).to_be_visible()
    green = gain.locator("span").first.evaluate("(element) => getComputedStyle(element).color")
    assert red != green
    assert re.search("[▲▼]", gain.inner_text()), "colour alone says nothing to some"
    page.get_by_role("button", name="浅色" if theme == "dark" else "深色").click()
    other = _colour(page, "background-color")
    assert other != ground
    page.reload()
    expect(page.get_by_role("button", name="绿涨红跌")).to_be_visible()
    assert _colour(page, "background-color") == other


def _colour(page: Page, what: str) -> str:
    return str(page.evaluate("(what) => getComputedStyle(document.body).getPropertyValue(what)", what))
