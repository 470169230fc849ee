"""The watch over the pages sees what it must: else a test that passes says nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from bench import browser as machine
from tests.web.watching import Watch


@pytest.fixture
def own(browser: Browser, base_url: str, watch: Watch) -> Iterator[tuple[Page, Watch]]:
    """A page that another watch looks at, whose findings are nobody's failure."""
    looking = Watch(watch.host)
    context = browser.new_context(base_url=base_url, locale=machine.LOCALE)
    looking.over(context)
    page = context.new_page()
    page.goto("/about/")
    page.wait_for_load_state("networkidle")
    assert looking.verdict() == []
    yield page, looking
    context.close()


@pytest.mark.parametrize(
    ("what", "script"),
    [
        ("console: a complaint", "() => console.error('a complaint')"),
        ("fell: ", "() => { setTimeout(() => { throw new Error('fallen') }) }"),
        ("401 GET /api/backtests", "() => fetch('/api/backtests').then(() => null)"),
        ("Content Security Policy", "() => { document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>') }"),
        ("Content Security Policy", "() => fetch('https://here.invalid/').catch(() => null)"),
        ("Content Security Policy", "() => { document.body.append(Object.assign(new Image(), {src: 'https://here.invalid/x.png'})) }"),
    ],
)
def test_it_sees(own: tuple[Page, Watch], what: str, script: str) -> None:
    page, looking = own
    page.evaluate(script)
    page.wait_for_timeout(500)
    assert any(what in each for each in looking.verdict()), looking.verdict()


def test_what_is_expected_is_no_finding_and_must_come(own: tuple[Page, Watch]) -> None:
    page, looking = own
    looking.expect(401, "^/api/backtests$")
    assert looking.verdict() == ["no answer 401 of ^/api/backtests$"]
    page.evaluate("() => fetch('/api/backtests').then(() => null)")
    assert looking.verdict() == []
