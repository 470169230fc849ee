"""What is somebody's is nobody else's, whatever they know of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.pages import by_name, heading
from tests.web.people import Person
from tests.web.watching import Watch
from tests.web.world import STRATEGY, World


@pytest.mark.parametrize(("name", "asked"), [("run", r"^/api/runs/"), ("grid", r"^/api/grids/"), ("strategy", r"^/api/strategies/")])
def test_an_id_of_somebody_else_leads_to_nothing(
    person: Person, as_person: Callable[..., Page], world: World, watch: Watch, name: str, asked: str
) -> None:
    watch.expect(404, asked)
    page = as_person(person)
    page.goto(by_name(name).address(world))
    expect(page.get_by_role("main").get_by_role("alert").first).to_contain_text("请求编号")
    expect(page.get_by_role("main")).not_to_contain_text(STRATEGY)
    assert page.locator("[data-metric]").count() == 0


def test_lists_of_a_newcomer_are_empty(person: Person, as_person: Callable[..., Page], world: World) -> None:
    page = as_person(person)
    for address in ("/history/", "/strategies/"):
        page.goto(address)
        expect(heading(page)).to_be_visible()
        expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
        expect(page.get_by_role("main")).not_to_contain_text(STRATEGY)
        assert world.run not in page.content() and world.grid not in page.content()
