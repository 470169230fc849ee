"""Files that the browser saves are the API's, byte for byte."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.pages import by_name, visit
from tests.web.world import World

KINDS = {"净值": "equity", "账户": "account", "成交": "trades", "持仓": "positions", "拒单": "refusals", "事件": "events"}


@pytest.fixture
def dialog(as_person: Callable[..., Page], world: World) -> Locator:
    page = as_person(world.owner)
    visit(page, by_name("run"), world)
    page.get_by_role("button", name="导出", exact=True).click()
    return page.get_by_role("dialog")


def test_each_csv_is_the_apis(dialog: Locator, world: World) -> None:
    for name, kind in KINDS.items():
        row = dialog.get_by_role("listitem").filter(has=dialog.page.get_by_text(name, exact=True))
        saved = _saved(dialog.page, row.get_by_role("button", name="CSV"))
        assert saved == world.api.artifact(world.run, kind, "csv"), kind
        assert len(saved.splitlines()) > 1, kind


def test_the_report_is_the_apis(dialog: Locator, world: World) -> None:
    saved = _saved(dialog.page, dialog.get_by_role("button", name="HTML 报告"))
    assert saved == world.api.artifact(world.run, "report") and saved.startswith(b"<!")


def test_the_report_of_a_grid_is_the_apis(as_person: Callable[..., Page], world: World) -> None:
    page = as_person(world.owner)
    visit(page, by_name("grid"), world)
    saved = _saved(page, page.get_by_role("button", name="HTML 报告"))
    assert saved == world.api.grid_report(world.backtest, world.grid)


def test_the_csv_of_a_grid_has_every_run_with_the_apis_figures(as_person: Callable[..., Page], world: World) -> None:
    page = as_person(world.owner)
    visit(page, by_name("grid"), world)
    lines = _saved(page, page.get_by_role("button", name="导出 CSV")).decode("utf-8-sig").splitlines()
    runs = list(world.api.runs(world.backtest, grid_id=world.grid))
    assert len(lines) == 1 + len(runs)
    text = "\n".join(lines)
    for run in runs:
        assert str((run.stats or {})["sharpe"]) in text, run.params


def _saved(page: Page, button: Locator) -> bytes:
    expect(button).to_be_enabled()
    with page.expect_download() as told:
        button.click()
    return Path(told.value.path()).read_bytes()
