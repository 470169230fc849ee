"""Somebody who has never been here: from the sign-in to a result one can trust, and on to the best of a grid."""

import re
import time
from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import Locator, Page, expect

from functions.client import Client
from tests.web import steps
from tests.web.pages import drawn
from tests.web.people import Person
from tests.web.shown import read, says
from tests.web.workers import Workers
from tests.web.world import TEMPLATE

PROMISED_SECONDS = 60
HEADLINES = ("return", "annual_return", "sharpe", "max_dd", "win_rate", "trades")


def test_from_the_sign_in_to_the_first_result(page: Page, demo: Person) -> None:
    began = time.monotonic()
    steps.enter(page)
    steps.choose(page, TEMPLATE)
    run_id = steps.start(page)
    steps.see_result(page)
    assert time.monotonic() - began < PROMISED_SECONDS
    _figures_are_the_apis(page, demo.client(), run_id)


def test_a_grid_and_its_best_into_a_run(person: Person, as_person: Callable[..., Page], workers: Workers) -> None:
    page = as_person(person)
    page.goto("/templates/")
    steps.choose(page, TEMPLATE)
    steps.to_grid(page, ma_short="5, 10, 20", ma_long="30..60 step 10")
    told = page.get_by_role("main")
    expect(told).to_contain_text("12 组")
    expect(told).to_contain_text(re.compile("计算.*云端费用"))
    with workers.still():
        grid_id = steps.start(page)
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_role("button", name="取消", exact=True)).to_be_visible()
    steps.see_table(page)
    expect(page.get_by_role("progressbar")).to_have_count(0)

    api = person.client()
    grid = api.grid_by_id(grid_id)
    rows = page.get_by_role("row").filter(has=page.get_by_role("cell"))
    expect(rows).to_have_count(12)
    for descending in (True, False):
        page.get_by_role("columnheader", name="夏普").get_by_role("button").click()
        sharpes = rows.locator("[data-metric=sharpe]")
        expect(page.get_by_role("columnheader", name="夏普")).to_have_attribute("aria-sort", "descending" if descending else "ascending")
        order = list(api.runs(grid.backtest_id, grid_id=grid_id, sort="-stats.sharpe" if descending else "stats.sharpe"))
        expect(sharpes.first).to_have_text(_text_of(sharpes, (order[0].stats or {})["sharpe"]))
        shown = [read(text) for text in sharpes.all_inner_texts()]
        values = [each.value for each in shown if each]
        assert len(values) == 12 and all((a >= b) if descending else (a <= b) for a, b in pairwise(values))

    page.get_by_role("tab", name="热力图").click()
    expect(drawn(page)).to_be_visible()

    best = api.grid_by_id(grid_id).best
    assert best
    page.get_by_role("button", name="用这组参数回测").first.click()
    page.wait_for_url(steps.RESULT)
    steps.see_result(page)
    run_id = steps.id_of(page)
    made, cell = api.run_by_id(run_id), api.run_by_id(best.run_id)
    assert run_id != best.run_id and made.params == best.params
    assert (made.content_hash, made.stats) == (cell.content_hash, cell.stats)
    _figures_are_the_apis(page, api, run_id)


def _text_of(cells: Locator, value: float | None) -> str:
    """What a cell of this value says, once one does: the table is sorted by the API, which takes a moment."""
    assert value is not None
    return f"{value:.2f}".replace("-", "−")


def _figures_are_the_apis(page: Page, api: Client, run_id: str) -> None:
    stats = api.run_by_id(run_id).stats or {}
    for key in HEADLINES:
        text = steps.figure(page, key).inner_text()
        assert says(text, stats[key]), (key, text, stats[key])


def test_the_whole_way_by_the_keyboard_alone(page: Page) -> None:
    page.goto("/sign-in/")
    expect(page.get_by_role("button", name="一键进入演示账户")).to_be_visible()
    _tab_to(page, page.get_by_role("button", name="一键进入演示账户"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/templates/")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=TEMPLATE))
    expect(card).to_be_visible()
    _tab_to(page, card.get_by_role("link", name="用这个模板"))
    page.keyboard.press("Enter")
    expect(steps.start_button(page)).to_be_enabled()
    editor = page.get_by_role("textbox", name="策略文本")
    expect(editor).to_be_visible()
    _tab_to(page, editor)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(steps.RESULT)
    steps.see_result(page)
    _tab_to(page, page.get_by_role("tab", name="概览"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="概览")).to_have_attribute("aria-selected", "false")


def _tab_to(page: Page, wanted: Locator, most: int = 80) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{most} presses of Tab do not lead there")
