"""A text is kept whatever happens to the page or the session, and what is wrong with it stands beside it."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web import steps
from tests.web.people import KEPT, Person
from tests.web.watching import Watch
from tests.web.world import TEMPLATE

BAD = """name: mine
universe: {from: {all: true}}
entry: cross_above(smaa(close, 5), close)
exit: close < sma(close, 20)
"""
GOOD = BAD.replace("smaa", "sma")


@pytest.fixture
def page(person: Person, as_person: Callable[..., Page]) -> Page:
    opened = as_person(person)
    opened.goto(f"/strategies/?template={TEMPLATE}")
    expect(steps.start_button(opened)).to_be_enabled()
    return opened


def test_what_is_wrong_with_a_text_stands_beside_it(page: Page) -> None:
    steps.write(page, BAD)
    main = page.get_by_role("main")
    expect(main).to_contain_text("smaa")
    expect(main).to_contain_text("是不是想写「sma」")
    expect(main).to_contain_text("第 3 行")
    expect(main).to_contain_text("1 处问题")
    expect(steps.start_button(page)).to_be_disabled()
    steps.write(page, GOOD)
    expect(main).to_contain_text("没有问题")
    expect(steps.start_button(page)).to_be_enabled()


def test_a_draft_outlives_the_page(page: Page) -> None:
    steps.write(page, GOOD.replace("mine", "not-saved-yet"))
    expect(page.get_by_role("main")).to_contain_text("没有问题")
    page.reload()
    expect(page.get_by_role("textbox", name="策略文本")).to_contain_text("not-saved-yet")


def test_a_session_that_ends_takes_nothing_away(page: Page, person: Person, watch: Watch) -> None:
    """Its token is good no more; the one who is asked for the password anew goes on where they were."""
    steps.write(page, GOOD.replace("mine", "typed-before"))
    expect(page.get_by_role("main")).to_contain_text("没有问题")
    watch.expect(401, "^/api/")
    session = json.loads(page.evaluate("(key) => localStorage.getItem(key)", KEPT))
    session["access_token"] = session["access_token"][:-8] + "AAAAAAAA"
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [KEPT, json.dumps(session)])
    steps.start_button(page).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("登录已过期")
    dialog.get_by_label("密码", exact=True).fill(person.password)
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("textbox", name="策略文本")).to_contain_text("typed-before")
    steps.start(page)
    steps.see_result(page)
