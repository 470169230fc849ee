"""What people do on the pages, by the words that they read there."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.pages import drawn, row

RESULT = re.compile(r"/runs/\?(.*&)?id=([0-9a-f-]{36})")
GRID = re.compile(r"/grids/\?(.*&)?id=([0-9a-f-]{36})")


def enter(page: Page) -> None:
    """As the demo user, by the one button."""
    page.goto("/sign-in/")
    page.get_by_role("button", name="一键进入演示账户").click()
    page.wait_for_url("**/templates/")


def choose(page: Page, template: str) -> None:
    """In the gallery; until its text can be sent off."""
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=template))
    card.get_by_role("link", name="用这个模板").click()
    expect(start_button(page)).to_be_enabled()


def start_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^开始(回测|网格)"))


def start(page: Page) -> str:
    """The one press; the id of the run or grid to which it leads."""
    expect(start_button(page)).to_be_enabled()
    start_button(page).click()
    page.wait_for_url(re.compile(f"{RESULT.pattern}|{GRID.pattern}"))
    return id_of(page)


def id_of(page: Page) -> str:
    found = RESULT.search(page.url) or GRID.search(page.url)
    assert found, page.url
    return found[2]


def to_grid(page: Page, **candidates: str) -> None:
    """In the workspace: from a single run to a grid of these."""
    page.get_by_role("radio", name="参数网格").click()
    for name, text in candidates.items():
        page.get_by_role("textbox", name=name).fill(text)


def see_result(page: Page) -> None:
    """Of a run: its figures and its first chart."""
    expect(figure(page, "return")).to_be_visible()
    expect(drawn(page)).to_be_visible()


def see_table(page: Page) -> None:
    expect(row(page)).to_be_visible()


def figure(page: Page | Locator, key: str) -> Locator:
    """The headline figure of the API's name."""
    return page.locator(f"dl [data-metric='{key}'] dd").first


def write(page: Page, text: str) -> None:
    """Another text into the editor. What was there goes first: text typed over coloured words makes chromium itself keep their look in a
    `style`, which the pages' policy refuses, and tells so."""
    editor = page.get_by_role("textbox", name="策略文本")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)
