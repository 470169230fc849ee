"""`lianghu admin` against a running Auth service and Postgres: measures, feedback, plans, accounts to look around in, invitations."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest
import uvicorn
from psycopg.types.json import Jsonb
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Mount

from functions import cli
from functions.client import ClientError
from functions.commands import operator as operating
from functions.commands.admin_demo import make_demo_account
from functions.commands.admin_measures import MEASURES, show_feedback, show_measures
from functions.commands.admin_people import give_plan, invite, show_link, show_users
from functions.commands.admin_plans import announce, show_plans
from functions.commands.failures import CommandError
from functions.errors import ApiError
from functions.jobs.database import Database
from functions.product_events import PageEvent, PlatformEvent
from functions.settings import Settings, settings
from functions.stores.administration import Administration
from functions.stores.people import People
from infra.local import postgres
from infra.local.auth import auth_app
from infra.local.aws import free_port
from infra.local.migrate import migrate
from infra.local.tokens import Signer
from tests.functions.conftest import Servers
from tests.functions.test_people import a_grid

SHANGHAI = ZoneInfo("Asia/Shanghai")
Told = Callable[..., Any]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A project: its Postgres, its Auth, and the settings of whoever runs it."""
    server = postgres.start(tmp_path_factory.mktemp("admin") / "postgres")
    migrate(server.url_admin)
    port, keys = free_port(), tmp_path_factory.mktemp("keys")
    url = f"http://127.0.0.1:{port}"
    app = Starlette(routes=[Mount("/auth/v1", auth_app(server.url_auth, f"{url}/auth/v1", keys))])
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    settings = Settings(
        supabase_url=url,
        supabase_service_role_key=SecretStr(Signer(f"{url}/auth/v1", keys).service_key()),
        database_url=SecretStr(server.url("postgres")),
    )
    database = Database(server.url_login)
    with psycopg.connect(server.url_admin, autocommit=True) as admin:
        yield SimpleNamespace(settings=settings, server=server, url=url, people=People(database), admin=admin, keys=keys)
    database.close()
    running.should_exit = True
    thread.join()
    server.stop()


@pytest.fixture
def told(platform: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> Told:
    """What a command says with --json."""

    def ask(command: Callable[..., int], *arguments: Any) -> Any:
        capsys.readouterr()
        assert command(platform.settings, *arguments, True) == 0
        return json.loads(capsys.readouterr().out)

    return ask


def sign_up(platform: SimpleNamespace, password: str = "correct horse") -> tuple[str, str]:
    """Address and id of somebody new."""
    email = f"{uuid.uuid4()}@lianghu.local"
    answer = httpx.post(f"{platform.url}/auth/v1/signup", json={"email": email, "password": password})
    return email, answer.json()["user"]["id"]


def enters(platform: SimpleNamespace, email: str, password: str) -> bool:
    body = {"email": email, "password": password}
    return httpx.post(f"{platform.url}/auth/v1/token?grant_type=password", json=body).status_code == 200


def test_somebody_gets_a_plan(platform: SimpleNamespace, told: Told) -> None:
    email, user = sign_up(platform)
    assert told(give_plan, email.upper(), "pro") == {"user_id": user, "email": email, "plan": "pro"}
    assert platform.people.allowance(user).plan == "pro"
    told(give_plan, email, "free")
    assert platform.people.allowance(user).plan == "free"
    for words, arguments in (("no plan 'gold'", (email, "gold")), ("nobody has the address", ("x@lianghu.local", "pro"))):
        with pytest.raises(CommandError, match=words):
            give_plan(platform.settings, *arguments, True)


def test_a_demo_account_looks_around_and_changes_nothing(platform: SimpleNamespace, told: Told) -> None:
    email = f"{uuid.uuid4()}@lianghu.local"
    made = told(make_demo_account, email, None, False)
    assert made["read_only"] is True
    assert enters(platform, email, made["password"])
    assert platform.people.allowance(made["user_id"]).read_only is True
    again = told(make_demo_account, email, "another password", False)
    assert again["user_id"] == made["user_id"]
    assert (enters(platform, email, made["password"]), enters(platform, email, "another password")) == (False, True)
    with pytest.raises(CommandError, match="not written to any more"):
        make_demo_account(platform.settings, email, None, True, True)


def test_an_account_that_could_not_be_filled_is_locked_all_the_same(platform: SimpleNamespace) -> None:
    email = f"{uuid.uuid4()}@lianghu.local"
    with pytest.raises(CommandError, match="whose address is not known"):
        make_demo_account(platform.settings, email, None, True, True)
    nowhere = platform.settings.model_copy(update={"lianghu_url": "http://127.0.0.1:9"})
    with pytest.raises(ClientError, match="does not answer"):
        make_demo_account(nowhere, email, None, True, True)
    query = "select p.read_only from public.profiles p join auth.users u on u.id = p.owner where u.email = %s"
    assert platform.admin.execute(query, (email,)).fetchone() == (True,)


def test_nobodys_own_account_becomes_a_demo_account(platform: SimpleNamespace) -> None:
    for has_come in (False, True):
        email, user = sign_up(platform)
        if has_come:
            platform.people.allowance(user)
        with pytest.raises(CommandError, match="somebody's account"):
            make_demo_account(platform.settings, email, "stolen password", False, True)
        assert enters(platform, email, "correct horse")
        assert platform.people.allowance(user).read_only is False


def test_invitations_and_forgotten_passwords_are_links(platform: SimpleNamespace, told: Told) -> None:
    email = f"{uuid.uuid4()}@lianghu.local"
    link = told(invite, email, True)["link"]
    assert "access_token=" in httpx.get(link).headers["Location"]
    assert "type=recovery" in told(show_link, email)["link"]
    with pytest.raises(CommandError, match="already been registered"):
        invite(platform.settings, email, True, True)
    with pytest.raises(CommandError, match="not found"):
        show_link(platform.settings, "nobody@lianghu.local", True)
    assert told(invite, f"{uuid.uuid4()}@lianghu.local", False)["mailed"] is True


def test_the_users_are_listed_with_what_they_do(platform: SimpleNamespace, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    email, user = sign_up(platform)
    stranger, _ = sign_up(platform)
    platform.people.allowance(user)
    a_grid(platform.admin, user, runs=3)
    rows = {row["email"]: row for row in told(show_users, 1000)["items"]}
    assert (rows[email]["submissions"], rows[email]["plan"], rows[email]["last_seen"]) == (1, "free", str(datetime.now(SHANGHAI).date()))
    assert (rows[stranger]["submissions"], rows[stranger]["last_seen"]) == (0, None)
    assert len(told(show_users, 2)["items"]) == 2
    show_users(platform.settings, 1000, False)
    assert email in capsys.readouterr().out


def test_quotas_are_changed_where_they_exist(platform: SimpleNamespace, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    _, user = sign_up(platform)
    before = told(show_plans, [])["plans"]["free"]
    after = told(show_plans, ["free.combinations=7", "free.compute_seconds=0.5"])["plans"]["free"]
    assert after == before | {"combinations": 7, "compute_seconds": 0.5}
    assert [quota.limit for quota in platform.people.allowance(user).quotas][:2] == [7, 0.5]
    for change in ("gold.combinations=7", "free.combinations=-1", "free.combinations", "free.combinations=1e9"):
        with pytest.raises(CommandError, match="not understood"):
            show_plans(platform.settings, [change], True)
    with pytest.raises(ApiError, match="no quota 'gold'"):
        show_plans(platform.settings, ["free.gold=7"], True)
    assert told(show_plans, ["pro.weight=2.5"])["plans"]["pro"]["weight"] == 2.5
    with pytest.raises(ApiError, match=r"between 0\.01 and 100"):
        show_plans(platform.settings, ["pro.weight=0"], True)
    told(show_plans, ["pro.weight=4"])
    capsys.readouterr()
    show_plans(platform.settings, [f"free.{name}={limit}" for name, limit in before.items()], False)
    assert "20,000" in capsys.readouterr().out


def test_everybody_reads_what_is_announced(platform: SimpleNamespace, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    _, user = sign_up(platform)
    assert told(announce, ["周日维护"], False) == {"notices": ["周日维护"]}
    assert platform.people.allowance(user).announcements == ("周日维护",)
    assert told(announce, [], False) == {"notices": ["周日维护"]}
    with pytest.raises(CommandError, match="--clear"):
        announce(platform.settings, ["x"], True, True)
    assert told(announce, [], True) == {"notices": []}
    announce(platform.settings, [], False, False)
    assert "nothing is announced" in capsys.readouterr().out


def test_feedback_is_read_newest_first(platform: SimpleNamespace, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    platform.admin.execute("truncate public.feedback")
    show_feedback(platform.settings, 10, False)
    assert "nobody has said anything" in capsys.readouterr().out
    _, user = sign_up(platform)
    platform.people.give_feedback(user, "idea", "first", "/runs/")
    platform.people.give_feedback(user, "problem", "[bold]second[/bold]")
    rows = told(show_feedback, 10)["items"]
    assert [(row["kind"], row["message"], row["page"], row["user_id"]) for row in rows] == [
        ("problem", "[bold]second[/bold]", "", user),
        ("idea", "first", "/runs/", user),
    ]
    assert len(told(show_feedback, 1)["items"]) == 1
    show_feedback(platform.settings, 10, False)
    assert "[bold]second[/bold]" in capsys.readouterr().out, "no markup of others is obeyed"


def test_the_measures_are_what_the_page_says(platform: SimpleNamespace, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything from one small history whose figures are counted by hand."""
    admin, today = platform.admin, datetime.now(SHANGHAI).date()
    admin.execute("truncate public.grids, public.profiles, public.product_events, public.feedback cascade")
    people = [sign_up(platform)[1] for _ in range(4)]
    for user, first, last, plan, read_only in (
        (people[0], 20, 0, "pro", False),  # came back after a week
        (people[1], 20, 15, "free", False),  # did not
        (people[2], 3, 0, "free", False),  # too new to say
        (people[3], 20, 0, "free", True),  # the demo account is no person
    ):
        admin.execute(
            "insert into public.profiles (owner, first_seen, last_seen, plan, read_only) values (%s, %s, %s, %s, %s)",
            (user, today - timedelta(days=first), today - timedelta(days=last), plan, read_only),
        )
    noon = datetime.now(SHANGHAI).replace(hour=0, minute=0, second=1)
    for number in range(3):
        a_grid(admin, people[0], runs=10, created_at=noon)
        ended(admin, people[0], {"succeeded": 9, "failed": 1}, seconds=10 + 10 * number, waited=2)
    for _ in range(2):
        a_grid(admin, people[1], runs=10_000, created_at=noon)
        ended(admin, people[1], {"failed": 10_000}, seconds=500, waited=4)
    a_grid(admin, people[2], runs=1, created_at=noon)  # still runs
    a_grid(admin, people[2], runs=1, created_at=noon - timedelta(days=40))  # before the range
    for _ in range(3):
        platform.people.record(PageEvent.PRICING_VIEWED)
    platform.people.record(PageEvent.INTENT, "pro")
    platform.people.count(PlatformEvent.TEMPLATE_USED, "dual-moving-average")
    platform.people.give_feedback(people[0], "idea", "x")

    found = told(show_measures, None, None)
    assert (found["from"], found["to"]) == ((today - timedelta(days=29)).isoformat(), today.isoformat())
    assert found["submissions"] == {
        "submitted": 6, "ended": 5, "completed": 3, "mean_seconds": 20.0, "mean_wait_seconds": 2.8, "p95_wait_seconds": 4.0,
    }  # fmt: skip
    assert found["people"] == {
        "all": 3, "new": 3, "seen_within_30_days": 3, "seen_for_a_week_or_longer_ago": 2, "of_them_back_after_7_days": 1,
        "submitting": 3, "with_3_completed": 1,
    }  # fmt: skip
    assert found["quotas"] == {"submitting_this_month": 3, "exhausted": 1}
    assert found["plans"] == {"free": 2, "pro": 1}
    assert found["feedback"] == {"idea": 1}
    assert {(row["event"], row["subject"]): row["count"] for row in found["events"]} == {
        ("pricing_viewed", ""): 3, ("intent", "pro"): 1, ("template_used", "dual-moving-average"): 1,
    }  # fmt: skip
    before = told(show_measures, (today - timedelta(days=60)).isoformat(), (today - timedelta(days=31)).isoformat())
    assert (before["submissions"]["submitted"], before["people"]["new"], before["events"]) == (1, 0, [])

    capsys.readouterr()
    show_measures(platform.settings, None, None, False)
    words = capsys.readouterr().out
    assert "60.0% (3 / 5)" in words
    assert "50.0% (1 / 2)" in words
    assert "intent pro" in words
    assert all(measure.words.en.split(",")[0] in words for measure in MEASURES)


def ended(admin: psycopg.Connection, owner: str, counts: dict[str, int], *, seconds: float, waited: float) -> None:
    """What became of the submission that was made last."""
    admin.execute(
        """update public.grids set status = 'finished', summary = %s, aggregated_at = now(),
            started_at = created_at + make_interval(secs => %s), finished_at = created_at + make_interval(secs => %s)
        where owner = %s and aggregated_at is null""",
        (Jsonb({"counts": counts}), waited, seconds, owner),
    )


def test_an_empty_platform_has_measures_too(platform: SimpleNamespace, told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    platform.admin.execute("truncate public.grids, public.profiles, public.product_events, public.feedback cascade")
    found = told(show_measures, "2020-01-01", "2020-01-31")
    assert found["submissions"]["mean_seconds"] is None
    assert found["plans"] == {}
    show_measures(platform.settings, "2020-01-01", "2020-01-31", False)
    assert "—" in capsys.readouterr().out
    for start, end in (("2020-02-01", "2020-01-01"), ("someday", None)):
        with pytest.raises(CommandError):
            show_measures(platform.settings, start, end, True)


def test_the_functions_login_administers_nothing(platform: SimpleNamespace, servers: Servers) -> None:
    with pytest.raises(ApiError, match="no operator's") as refused:
        database = Database(platform.server.url_login)
        try:
            Administration(database).plans()
        finally:
            database.close()
    assert refused.value.code == "FORBIDDEN"


def test_what_is_missing_is_named(platform: SimpleNamespace, tmp_path: Path) -> None:
    half = Settings(supabase_url=platform.url, lianghu_home=tmp_path)
    with pytest.raises(CommandError, match="SUPABASE_SERVICE_ROLE_KEY and DATABASE_URL is empty"), operating.operator(half):
        pass
    with pytest.raises(CommandError, match="none is running on this machine"), operating.operator(Settings(lianghu_home=tmp_path)):
        pass


def test_a_wrong_service_key_and_a_silent_service_are_told(platform: SimpleNamespace) -> None:
    wrong = platform.settings.model_copy(update={"supabase_service_role_key": SecretStr("a.b.c")})
    with pytest.raises(CommandError, match="refused: User not allowed") as refused:
        show_users(wrong, 10, True)
    assert refused.value.code == 2
    silent = platform.settings.model_copy(update={"supabase_url": "http://127.0.0.1:9"})
    with pytest.raises(CommandError, match=r"127.0.0.1:9") as unreachable:
        show_users(silent, 10, True)
    assert unreachable.value.code == 3


def test_the_stack_of_this_machine_is_administered_without_settings(
    platform: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its keys and passwords lie in its folder, which only its owner reads."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "auth").symlink_to(platform.keys)
    (home / "postgres").symlink_to(Path(platform.server._lock.name).parent)
    stack = SimpleNamespace(url=platform.url, home=home, database_port=platform.server.port, aws_url="http://127.0.0.1:9", queues={})
    monkeypatch.setattr(operating, "running_stack", lambda folder: stack if folder == home else None)
    email, user = sign_up(platform)
    with operating.operator(Settings(lianghu_home=home)) as here:
        assert here.is_local
        assert here.accounts.find(email).id == user
        here.platform.set_plan(user, "pro")
    assert platform.people.allowance(user).plan == "pro"


def test_the_commands_as_they_are_typed(
    platform: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = platform.settings
    for name, value in (
        ("SUPABASE_URL", platform.url),
        ("SUPABASE_SERVICE_ROLE_KEY", secrets.supabase_service_role_key.get_secret_value()),
        ("DATABASE_URL", secrets.database_url.get_secret_value()),
        ("LIANGHU_HOME", str(tmp_path)),
        ("LAKE_URL", tmp_path.as_uri()),
    ):
        monkeypatch.setenv(name, value)
    email, _ = sign_up(platform)
    guest, demo = (f"{uuid.uuid4()}@lianghu.local" for _ in range(2))
    try:
        for words, expected, code in (
            (["measures"], "回测完成率", 0),
            (["feedback", "--limit", "3"], "", 0),
            (["users"], email, 0),
            (["plan", email, "pro"], f"{email}: pro", 0),
            (["plan", email, "gold"], "there is no plan 'gold'", 2),
            (["plans"], "combinations submitted", 0),
            (["announce", "维护"], "维护", 0),
            (["announce", "--clear"], "nothing is announced", 0),
            (["demo-account", demo, "--password", "look around"], f"{demo} · look around", 0),
            (["invite", guest, "--link"], "type=invite", 0),
            (["invite", f"x{guest}"], "an invitation is on its way", 0),
            (["link", email], "type=recovery", 0),
        ):
            capsys.readouterr()
            assert cli.run_command(["admin", *words]) == code, words
            written = capsys.readouterr()
            assert expected in written.out + written.err
            assert "Traceback" not in written.err
            assert secrets.supabase_service_role_key.get_secret_value() not in written.out + written.err
    finally:
        settings.cache_clear()
