"""The page on people says what the code does: its events, quotas, measures, commands, and the login that it makes."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import typer
from psycopg import errors

from functions.commands.admin_app import admin_app
from functions.commands.admin_measures import MEASURES
from functions.product_events import PLANS, SUBJECTS, PageEvent, PlatformEvent
from functions.stores.people import NEARLY, QUOTAS
from infra.local import attempts
from tests.functions.conftest import Servers

PAGE = (Path(__file__).parents[2] / "docs" / "people.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_event_has_its_row() -> None:
    told = {event.strip("`"): subject for event, subject, _ in rows("What is counted")}
    assert list(told) == [*PageEvent, *PlatformEvent]
    for event, subjects in SUBJECTS.items():
        assert told[event] == ", ".join(f"`{subject}`" for subject in subjects)
    assert [event for event in PageEvent if told[event]] == list(SUBJECTS)
    assert f"first {['seven', 'eight'][len(PageEvent) - 7]} from any page" in PAGE


def test_every_quota_has_its_row() -> None:
    assert [(name.strip("`"), bool(again)) for name, _, again in rows("Plans")] == [(kind.name, kind.is_monthly) for kind in QUOTAS]
    assert f"from {NEARLY:.0%} on".replace("%", " %") in PAGE


def test_every_measure_has_its_row() -> None:
    named = " ".join(cell for row in rows("What the measures are") for cell in row)
    for measure in MEASURES:
        assert measure.figure in named
        assert measure.part_of is None or measure.part_of in named


def test_every_command_is_shown() -> None:
    shown = set(re.findall(r"^\.venv/bin/lianghu admin ([\w-]+)", PAGE, re.MULTILINE))
    group = typer.main.get_command(admin_app)
    assert shown == set(group.commands)  # type: ignore[attr-defined]


def test_the_numbers_of_guessing_are_the_codes() -> None:
    assert (attempts.MOST_FOR_A_NAME, attempts.MOST_FROM_AN_ADDRESS, attempts.WINDOW_SECONDS) == (10, 100, 300)
    assert PLANS == ("free", "pro")


@pytest.fixture
def made_login(servers: Servers, admin: psycopg.Connection) -> Iterator[str]:
    """The login of the page under another name, made by the owner of the database, who is no superuser."""
    (words,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    name = "lianghu_login_of_the_page"
    admin.execute("set role postgres")
    try:
        admin.execute(words.replace("lianghu_login", name).replace("<a long random one>", "x" * 32))
    finally:
        admin.execute("reset role")
    yield re.sub(r"//[^@]+@", f"//{name}:{'x' * 32}@", servers.login)
    admin.execute(f"drop role {name}")


def test_the_login_of_the_page_serves_users_and_workers_and_administers_nothing(made_login: str) -> None:
    with psycopg.connect(made_login) as connection:
        for role in ("anon", "authenticated", "lianghu_worker", "lianghu_ingest"):
            with connection.transaction():
                connection.execute(f"set local role {role}")
        for role in ("lianghu_operator", "lianghu_states", "postgres", "service_role"):
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"set local role {role}")
        for statement in (
            "select * from public.profiles",
            "select lianghu.measures('2026-01-01', '2026-12-31')",
            "create table public.x ()",
        ):
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)
