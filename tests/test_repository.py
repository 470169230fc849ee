"""What the project says of itself: its settings, its commands, its lock and its pages agree with the code."""

import re
from pathlib import Path

import pytest

from functions.settings import SET_BY_LAMBDA, Settings
from infra.settings_page import READ_BY, given_by_the_template, written

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    # Others are the terminal's, or Lambda's own.
    ours = {name.upper() for name, field in Settings.model_fields.items() if field.validation_alias is None} - SET_BY_LAMBDA
    known = ours | {name for name in READ_BY if name.startswith("LIANGHU_")}
    assert named == known


def test_the_page_of_settings_is_current_and_knows_every_variable_of_the_template() -> None:
    assert (ROOT / "docs/settings.md").read_text() == written(), "renew it with: make settings-page"
    assert given_by_the_template().origins.keys() <= {name.upper() for name in Settings.model_fields} | READ_BY.keys()


def test_the_lock_has_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = re.split(r"\n(?=\S)", lock.strip())
    assert len(pinned) > 100
    assert all("==" in row and "--hash=sha256:" in row for row in pinned)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_and_links_of_a_page_exist(page: Path) -> None:
    text = page.read_text()
    assert set(re.findall(r"`make ([a-z-]+)", text)) | set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)) <= TARGETS
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_table_of_a_page_is_torn(page: Path) -> None:
    """A row without a head above it is shown as text."""
    for table in re.findall(r"(?:^[ ]*\|.*\n)+", _prose(page.read_text()), re.MULTILINE):
        assert re.fullmatch(r"[ ]*\|[\s:|-]+\|", table.splitlines()[1] if table.count("\n") > 1 else ""), table.splitlines()[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_to_a_chapter_finds_it(page: Path) -> None:
    for name, chapter in re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", page.read_text()):
        text = (page.parent / name if name else page).read_text()
        assert chapter in _chapters(text), f"{name}#{chapter}"


def _chapters(text: str) -> set[str]:
    """As GitHub names them: lower case, without marks, words joined."""
    heads = re.findall(r"^#+ +(.+?)\s*$", _prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", re.sub(r"\[(.*?)\]\(.*?\)", r"\1", head)).lower().replace(" ", "-") for head in heads}


def _prose(text: str) -> str:
    """Without what is shown as it stands."""
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)


def test_the_two_readmes_name_the_same_commands() -> None:
    commands = [
        re.findall(r"^(make \S+|\.venv/bin/lianghu .*?)\s*(?:#|$)", (ROOT / name).read_text(), re.MULTILINE)
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert commands[0] == commands[1]
    assert commands[0][:2] == ["make demo", "make test"]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_each_page_is_named_by_the_readme(name: str) -> None:
    named = set(re.findall(r"\]\(docs/([\w.-]+)", (ROOT / name).read_text()))
    pages = {page.name.replace(".zh-CN.md", ".md") for page in ROOT.glob("docs/*.md")}
    assert {page.replace(".zh-CN.md", ".md") for page in named if page.endswith(".md")} == pages


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_the_way_into_the_cloud(name: str) -> None:
    text = (ROOT / name).read_text()
    shown = set(re.findall(r"^make (\S+)", text, re.MULTILINE)) | set(re.findall(r"`make ([a-z-]+)", text))
    ours = {"clean", "help", "lock", "openapi", "settings-page", "licences", "soak", "pages"}
    assert shown == TARGETS - ours, "what users call, and not what renews a file of the project"
    assert "lianghu estimate" in text


def test_both_readmes_begin_with_the_same_strategy() -> None:
    english, chinese = (re.search(r"```yaml\n(.*?)```", (ROOT / name).read_text(), re.DOTALL) for name in ("README.md", "README.zh-CN.md"))
    assert english and chinese and english[1] == chinese[1]
