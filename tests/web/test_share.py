"""A result given away: whoever has the link sees it without an account, never its source, and no more once it is taken back."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.pages import drawn
from tests.web.people import Person
from tests.web.watching import Watch
from tests.web.world import TEMPLATE, make_run

SOURCE = "cross_above"
"""A word of the strategy's text."""


def test_a_link_works_for_a_stranger_until_it_is_revoked(
    person: Person, as_person: Callable[..., Page], new_context: Callable[..., BrowserContext], watch: Watch
) -> None:
    with person.client() as api:
        _, run_id = make_run(api)
        stats = api.run_by_id(run_id).stats or {}
    mine = as_person(person)
    mine.goto(f"/runs/?id={run_id}")
    mine.get_by_role("button", name="分享").click()
    dialog = mine.get_by_role("dialog")
    dialog.get_by_label("标题").fill("给朋友看的")
    dialog.get_by_role("button", name="生成链接").click()
    link = dialog.get_by_label("分享链接").input_value()

    theirs = new_context().new_page()
    theirs.goto(link)
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("给朋友看的")
    expect(drawn(theirs)).to_be_visible()
    expect(theirs.locator("[data-metric=sharpe]").first).to_contain_text(f"{stats['sharpe']:.2f}".replace("-", "−"))
    assert SOURCE not in theirs.content()
    assert run_id not in theirs.content()
    assert theirs.evaluate("() => localStorage.getItem('lianghu.session')") is None

    dialog.get_by_role("button", name="撤销分享：给朋友看的").click()
    dialog.get_by_role("button", name="确认撤销").click()
    expect(dialog.get_by_text("已撤销").first).to_be_visible()
    watch.expect(404, r"^/api/shares/")
    theirs.reload()
    expect(drawn(theirs)).to_have_count(0)
    expect(theirs.get_by_role("main")).not_to_contain_text("给朋友看的")
    expect(theirs.get_by_role("main")).to_contain_text("撤销")


def test_a_link_that_never_was_says_so_kindly(page: Page, watch: Watch) -> None:
    watch.expect(404, r"^/api/shares/")
    page.goto("/share/?token=no-such-token-no-such-token-no-such")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("链接")
    assert TEMPLATE not in page.content()
