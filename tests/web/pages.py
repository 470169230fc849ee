"""Every page of the web terminal: where it is, and when it is there. Tests that look at each page, and the screenshots, walk this table."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect

from tests.web.people import Person
from tests.web.world import STRATEGY, TEMPLATE, World

APP = Path(__file__).parents[2] / "web" / "src" / "app"
PATIENCE_MS = 60_000
"""For whatever must appear: a noisy machine is slow, and a page that never shows it fails all the same."""


class Place(NamedTuple):
    name: str
    route: str
    """Of its file below web/src/app; the same for several places of one page."""
    title: str
    """Before the name of the product, in the title of the window."""
    ready: Callable[[Page], Locator]
    """Visible when all of the page is there."""
    query: Callable[[World], str] = lambda world: ""
    signed_in: bool = True

    def visitor(self, world: World) -> Person | None:
        return world.owner if self.signed_in else None

    def address(self, world: World) -> str:
        query = self.query(world)
        return f"{self.route}?{query}" if query else self.route


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def drawn(page: Page) -> Locator:
    """The first chart of the page, with something in it."""
    return page.locator("[data-drawn=true]").first


def row(page: Page) -> Locator:
    """The first row of a table that has cells."""
    return page.get_by_role("row").filter(has=page.get_by_role("cell")).first


def tab(route: str, of: Callable[[World], str], key: str, ready: Callable[[Page], Locator]) -> "Place":
    """One of the tabs of a page, which has an address of its own."""
    name, title = ("run", "回测结果") if route == "/runs/" else ("grid", "参数网格")
    return Place(f"{name}-{key}", route, title, ready, lambda world: f"id={of(world)}&tab={key}")


def of_run(key: str, ready: Callable[[Page], Locator]) -> "Place":
    return tab("/runs/", lambda world: world.run, key, ready)


def of_grid(key: str, ready: Callable[[Page], Locator]) -> "Place":
    return tab("/grids/", lambda world: world.grid, key, ready)


def panel(page: Page) -> Locator:
    """Of the open tab."""
    return page.get_by_role("tabpanel")


def start_button(page: Page) -> Locator:
    return page.get_by_role("button", name="开始回测")


PAGES = (
    Place("welcome", "/", "", heading, signed_in=False),
    Place("home", "/", "", heading),
    Place("sign-in", "/sign-in/", "登录", lambda page: page.get_by_role("button", name="一键进入演示账户"), signed_in=False),
    Place("templates", "/templates/", "策略模板", lambda page: page.get_by_role("heading", name=TEMPLATE), signed_in=False),
    Place("strategies", "/strategies/", "策略", lambda page: page.get_by_role("main").get_by_text(STRATEGY)),
    Place("editor", "/strategies/", "策略", start_button, lambda world: f"template={TEMPLATE}"),
    Place("strategy", "/strategies/", "策略", start_button, lambda world: f"id={world.strategy}"),
    Place("rerun", "/strategies/", "策略", start_button, lambda world: f"run={world.run}"),
    Place("run", "/runs/", "回测结果", drawn, lambda world: f"id={world.run}"),
    of_run("chart", panel),
    of_run("trades", row),
    of_run("positions", row),
    of_run("refusals", panel),
    of_run("parameters", panel),
    of_run("findings", panel),
    of_run("configuration", panel),
    of_run("events", row),
    of_run("log", panel),
    Place("grid", "/grids/", "参数网格", row, lambda world: f"id={world.grid}"),
    of_grid("heatmap", drawn),
    of_grid("diagnosis", panel),
    Place("compare", "/compare/", "对比", drawn, lambda world: f"runs={world.run},{world.other_run}"),
    Place("history", "/history/", "历史", row),
    Place("share", "/share/", "", drawn, lambda world: f"token={world.share}", signed_in=False),
    Place("data", "/data/", "数据", lambda page: page.get_by_role("heading", name="看一个标的")),
    Place("account", "/account/", "账户", lambda page: page.get_by_role("main").get_by_text("demo@lianghu.local").first),
    Place("pricing", "/pricing/", "价格", heading, signed_in=False),
    Place("tutorial", "/tutorial/", "教程", heading, signed_in=False),
    Place("faq", "/faq/", "常见问题", heading, signed_in=False),
    Place("about", "/about/", "免责声明", heading, signed_in=False),
    Place("feedback", "/feedback/", "反馈", heading),
)


def routes() -> set[str]:
    """Of the pages that there are, as their files say it."""
    folders = [file.parent.relative_to(APP) for file in APP.rglob("page.tsx")]
    return {"/" if folder == Path() else f"/{folder.as_posix()}/" for folder in folders}


def visit(page: Page, place: Place, world: World) -> None:
    page.goto(place.address(world))
    expect(place.ready(page)).to_be_visible(timeout=PATIENCE_MS)


def by_name(name: str) -> Place:
    (found,) = [place for place in PAGES if place.name == name]
    return found
