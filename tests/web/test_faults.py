"""When something is out of order the page says what, in words, with the number under which the log has it, and goes on when it is over."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Platform
from tests.web import steps
from tests.web.pages import by_name, heading, visit
from tests.web.people import Person
from tests.web.watching import Watch
from tests.web.world import TEMPLATE, World, make_run

NOBODYS = "00000000-0000-4000-8000-000000000000"


def test_a_network_that_is_down_is_said_and_passes(as_person: Callable[..., Page], world: World, watch: Watch) -> None:
    page = as_person(world.owner)
    visit(page, by_name("templates"), world)
    watch.expect(0, "^/api/")
    page.route("**/api/**", lambda route: route.abort())
    page.goto(by_name("run").address(world))
    expect(page.get_by_role("main").get_by_role("alert").first).to_contain_text("连不上服务器")
    page.unroute("**/api/**")
    page.get_by_role("button", name="再试一次").first.click()
    expect(by_name("run").ready(page)).to_be_visible()


def test_a_lost_answer_makes_no_second_run(person: Person, as_person: Callable[..., Page], watch: Watch) -> None:
    """The platform took the order, and the connection broke before it could say so: whoever presses again gets that one."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page = as_person(person)
    page.goto(f"/strategies/?template={TEMPLATE}")
    expect(steps.start_button(page)).to_be_enabled()
    watch.expect(0, "^/api/backtests/.*/runs$")
    page.route("**/api/backtests/*/runs", lose, times=1)
    steps.start_button(page).click()
    expect(page.get_by_role("main")).to_contain_text("连不上服务器")
    run_id = steps.start(page)
    with person.client() as api:
        assert [run.run_id for run in api.runs(api.run_by_id(run_id).backtest_id)] == [run_id]


def test_a_refusal_has_its_words_and_its_number(as_person: Callable[..., Page], world: World, watch: Watch) -> None:
    watch.expect(404, "^/api/runs/")
    page = as_person(world.owner)
    with page.expect_response(lambda answer: f"/api/runs/{NOBODYS}" in answer.url and answer.status == 404) as told:
        page.goto(f"/runs/?id={NOBODYS}")
    told_error = told.value.json()["error"]
    alert = page.get_by_role("main").get_by_role("alert").first
    expect(alert).to_contain_text(told_error["message"])
    expect(alert).to_contain_text(told_error["code"])
    expect(alert).to_contain_text("请求编号")
    expect(heading(page)).to_have_count(1)


def test_a_file_that_is_lost_is_said_beside_what_is_whole(
    person: Person, as_person: Callable[..., Page], platform: Platform, watch: Watch
) -> None:
    """The platform's own fault: a result's file is lost. The head of the result still stands."""
    with person.client() as api:
        _, run_id = make_run(api)
        api.artifact(run_id, "statistics", "json")
    files = [
        file for file in (platform.home / "results").rglob("*") if file.is_file() and run_id in str(file) and "statistics" in file.name
    ]
    assert files, sorted(str(file) for file in (platform.home / "results").rglob("*") if run_id in str(file))
    for file in files:
        file.unlink()
    watch.expect(404, f"^/api/runs/{run_id}/artifacts/statistics")
    page = as_person(person)
    page.goto(f"/runs/?id={run_id}")
    alert = page.get_by_role("main").get_by_role("alert").first
    expect(alert).to_contain_text("NOT_FOUND")
    expect(alert).to_contain_text("请求编号")
    expect(steps.figure(page, "return")).to_be_visible()


def test_files_that_cannot_be_read_are_said_with_a_number(
    person: Person, as_person: Callable[..., Page], platform: Platform, watch: Watch
) -> None:
    """The server falls over one of them and passes the other on; the page falls over neither."""
    with person.client() as api:
        _, run_id = make_run(api)
        api.artifact(run_id, "trades", "csv")
    files = {file.name: file for file in (platform.home / "results").rglob("*") if file.is_file() and run_id in str(file)}
    files["trades.csv"].write_bytes(b"no ledger")
    files["statistics.json"].write_bytes(b"<html>")
    watch.expect(502, f"^/api/runs/{run_id}/artifacts/trades")
    page = as_person(person)
    page.goto(f"/runs/?id={run_id}&tab=trades")
    alert = page.get_by_role("main").get_by_role("alert").first
    expect(alert).to_contain_text("服务器的一部分暂时没有回答")
    expect(alert).to_contain_text("UPSTREAM_ERROR")
    expect(alert).to_contain_text("请求编号")
    page.get_by_role("tab", name="概览").click()
    expect(alert).to_contain_text("服务器的回答读不懂")
    expect(steps.figure(page, "return")).to_be_visible()


def test_a_part_of_the_site_that_does_not_load_is_said_in_its_place(as_person: Callable[..., Page], world: World, watch: Watch) -> None:
    """As with a bad connection, or after a newer version came out."""
    page = as_person(world.owner)
    visit(page, by_name("run"), world)
    watch.expect(0, "^/_next/")
    watch.excuse("Failed to load chunk")
    page.route("**/_next/static/chunks/**", lambda route: route.abort())
    page.get_by_role("tab", name="成交").click()
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_role("alert")).to_contain_text("这里没能显示出来")
    expect(heading(page)).to_be_visible()
    page.unroute("**/_next/static/chunks/**")
    panel.get_by_role("button", name="重新载入").click()
    expect(by_name("run-trades").ready(page)).to_be_visible()


def test_a_sign_out_needs_nobodys_word(as_person: Callable[..., Page], world: World) -> None:
    page = as_person(world.owner)
    visit(page, by_name("history"), world)
    page.route("**/auth/v1/logout**", lambda route: None)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("banner").get_by_role("link", name="登录", exact=True)).to_be_visible()
    assert page.evaluate("() => localStorage.getItem('lianghu.session')") is None


def test_an_address_that_leads_nowhere_says_where_to_go(page: Page, watch: Watch) -> None:
    watch.expect(404, "^/no-such-page/")
    page.goto("/no-such-page/")
    expect(heading(page)).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
