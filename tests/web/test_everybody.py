"""For whoever uses keys and a reader of screens, and reads English: what opens above a page, and every page in the other language."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.pages import PAGES, Place, by_name, heading, visit
from tests.web.test_pages import FITS, NARROW, PRODUCT, faults_of
from tests.web.world import World

CHINESE = re.compile("[\u4e00-\u9fff]")
OPENERS = {
    "templates": "详细说明",
    "strategies": "改名",
    "editor": "保存",
    "strategy": "历史版本",
    "run": "分享",
    "grid": "选择列",
    "compare": "添加回测",
    "account": "新建密钥",
}
"""Pages by what opens a dialog on them."""
HAS_FOCUS = "(element) => document.activeElement === element"


@pytest.mark.parametrize("name", OPENERS)
def test_a_dialog_is_for_keys_too(as_person: Callable[..., Page], world: World, name: str) -> None:
    """Opened, read and left without a mouse; then the keys are where they were."""
    page = as_person(world.owner, theme="light")
    page.set_viewport_size(NARROW)
    visit(page, by_name(name), world)
    opener = page.get_by_role("main").get_by_role("button", name=OPENERS[name]).first
    expect(opener).to_be_enabled()
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults_of(page) == []
    assert faults_of(page, "dark") == []
    assert page.evaluate(FITS)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_timeout(100)
    assert opener.evaluate(HAS_FOCUS)


def test_keys_leave_the_editor(as_person: Callable[..., Page], world: World) -> None:
    """Tab indents there; the words beside it say how to go on."""
    page = as_person(world.owner)
    visit(page, by_name("editor"), world)
    text = page.get_by_role("textbox", name="策略文本")
    text.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not text.evaluate(HAS_FOCUS)
    expect(page.get_by_role("main")).to_contain_text("Esc 再 Tab")


@pytest.mark.parametrize("place", PAGES, ids=lambda place: place.name)
def test_a_page_in_english(as_person: Callable[..., Page], world: World, place: Place) -> None:
    page = as_person(place.visitor(world), language="en", theme="light")
    page.goto(place.address(world))
    expect(heading(page)).to_have_count(1)
    expect(page.locator("main .animate-pulse")).to_have_count(0)  # what is waited for elsewhere is named in Chinese
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert faults_of(page) == []
    title = page.title()
    assert title.endswith(PRODUCT) and not CHINESE.search(title.removesuffix(PRODUCT)), title


def test_a_stranger_goes_from_the_gallery_through_the_sign_in_to_the_editor(page: Page, world: World) -> None:
    visit(page, by_name("templates"), world)
    page.get_by_role("main").get_by_role("listitem").first.get_by_role("link", name="用这个模板").click()
    page.get_by_role("button", name="一键进入演示账户").click()
    expect(by_name("editor").ready(page)).to_be_enabled()
