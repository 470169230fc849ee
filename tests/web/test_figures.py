"""Ten runs, looked at one after the other: every figure on the page is the API's, as far as its digits go."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from functions.client import Client
from functions.templates import templates
from tests.web import steps
from tests.web.pages import by_name, drawn
from tests.web.people import Person, newcomer
from tests.web.shown import says
from tests.web.world import GRID, World, make_run

SHOWN = """() => [...document.querySelectorAll("main [data-metric]")].map((each) =>
    [each.dataset.metric, (each.querySelector("dd") ?? each).innerText])"""
CELLS = """() => [...document.querySelectorAll("[role=row]")].map((row) =>
    [row.ariaRowIndex, Object.fromEntries([...row.querySelectorAll("[data-metric]")].map((each) => [each.dataset.metric, each.innerText]))])
    .filter(([, cells]) => Object.keys(cells).length)"""
PLACE = re.compile(r"(\w+) = ([\d.]+)")
RUNS = 10
LEAST_FIGURES = 30


@pytest.fixture(scope="module")
def owner(base_url: str) -> Person:
    return newcomer(base_url)


@pytest.fixture(scope="module")
def api(owner: Person) -> Iterator[Client]:
    with owner.client() as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def runs(api: Client) -> list[str]:
    """Of ten templates."""
    return [make_run(api, name)[1] for name in islice(sorted(templates()), RUNS)]


@pytest.mark.parametrize("number", range(RUNS))
def test_every_figure_of_a_run_is_the_apis(
    as_person: Callable[..., Page], owner: Person, api: Client, runs: list[str], number: int
) -> None:
    """Those of its head, and each cell of its trades that is in sight."""
    stats = api.run_by_id(runs[number]).stats or {}
    trades = api.table(runs[number], "trades").to_dicts()
    page = as_person(owner)
    page.goto(f"/runs/?id={runs[number]}")
    steps.see_result(page)
    page.get_by_text("全部指标与公式").click()
    expect(page.locator("main [data-metric=commission]").first).to_be_visible()
    shown = [(key, text) for key, text in page.evaluate(SHOWN) if key in stats]
    assert len(shown) >= LEAST_FIGURES
    assert [(key, text, stats[key]) for key, text in shown if not says(text, stats[key])] == []

    page.get_by_role("tab", name="成交").click()
    if not trades:
        expect(page.get_by_role("main")).to_contain_text("没有记录")
        return
    expect(page.get_by_role("table", name="完整交易").locator("[data-metric]").first).to_be_visible()
    rows = page.evaluate(CELLS)
    assert rows
    for place, cells in rows:
        assert list(_wrong(cells, trades[int(place) - 2])) == []


def test_every_cell_of_a_heatmap_is_the_apis(as_person: Callable[..., Page], world: World) -> None:
    """Walked over by the keys, as it is read aloud."""
    runs = world.api.runs(world.backtest, grid_id=world.grid)
    sharpes = {tuple(sorted(run.params.items())): (run.stats or {})["sharpe"] for run in runs}
    page = as_person(world.owner)
    page.goto(f"{by_name('grid-heatmap').address(world)}&metric=sharpe")
    cells = page.get_by_label(re.compile("^热力图: 夏普")).first
    expect(drawn(page)).to_be_visible()
    cells.focus()
    told = page.get_by_role("status").filter(has_text=PLACE)
    across, down = (len(values) for values in GRID.values())
    read: dict[tuple[tuple[str, float], ...], str] = {}
    for key in [*["ArrowLeft", "ArrowUp"] * max(across, down), *[*["ArrowRight"] * across, *["ArrowLeft"] * across, "ArrowDown"] * down]:
        cells.press(key)
        place, _, text = told.inner_text().partition(": ")
        read[tuple(sorted((name, float(value)) for name, value in PLACE.findall(place)))] = text
    assert read.keys() == sharpes.keys()
    assert [(place, text, sharpes[place]) for place, text in read.items() if not says(text, sharpes[place])] == []


def _wrong(cells: Mapping[str, str], trade: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Words have no number to compare; what adds rows up is none of the API's."""
    for key, text in cells.items():
        value = trade.get(key)
        if isinstance(value, int | float | Decimal):
            right = says(text, float(value))
        else:
            right = key not in trade or key == "exit_reason" or text == str(value)
        if not right:
            yield key, text, value
