"""`lianghu admin users | plan | invite | link`: people and their accounts."""

from typing import Literal, get_args

from rich.box import SIMPLE_HEAD
from rich.table import Table

from functions.commands.auth_accounts import AuthAccounts
from functions.commands.failures import OK, CommandError
from functions.commands.operator import operator
from functions.commands.screen import day, notes, output, show_table, write_json
from functions.product_events import Plan
from functions.settings import Settings


def show_users(settings: Settings, limit: int, as_json: bool) -> int:
    with operator(settings) as here:
        users = [user for user, _ in zip(here.accounts.all(), range(limit), strict=False)]
        profiles = here.platform.profiles([user.id for user in users])
    rows = []
    for user in users:
        profile = profiles.get(user.id)
        rows.append(
            {
                "user_id": user.id,
                "email": user.email,
                "created_at": user.created_at.isoformat(),
                "plan": profile.plan if profile else "free",
                "read_only": bool(profile and profile.read_only),
                "last_seen": profile.last_seen.isoformat() if profile else None,
                "submissions": profile.submissions if profile else 0,
            }
        )
    if as_json:
        write_json({"items": rows})
        return OK
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("email", "plan", "", "since", "last seen"):
        table.add_column(name, no_wrap=True)
    table.add_column("submissions", justify="right")
    for user, row in zip(users, rows, strict=True):
        kind = "read-only" if row["read_only"] else ""
        cells = (row["email"], row["plan"], kind, day(user.created_at), row["last_seen"] or "never", f"{row['submissions']:,}")
        table.add_row(*(str(cell) for cell in cells))
    show_table(table)
    return OK


def give_plan(settings: Settings, email: str, name: str, as_json: bool) -> int:
    plan: Plan | None = next((plan for plan in get_args(Plan) if plan == name), None)
    if plan is None:
        raise CommandError(f"there is no plan {name!r}", f"known: {', '.join(get_args(Plan))}")
    with operator(settings) as here:
        user = here.accounts.find(email)
        here.platform.set_plan(user.id, plan)
    if as_json:
        write_json({"user_id": user.id, "email": user.email, "plan": plan})
    else:
        output.print(f"{user.email}: {plan}", markup=False)
    return OK


def invite(settings: Settings, email: str, link: bool, as_json: bool) -> int:
    with operator(settings) as here:
        if link or here.is_local:
            return _tell_link(email, here.accounts, "invite", as_json)
        here.accounts.invite(email)
    if as_json:
        write_json({"email": email, "mailed": True})
    else:
        output.print(f"an invitation is on its way to {email}", markup=False)
    return OK


def show_link(settings: Settings, email: str, as_json: bool) -> int:
    with operator(settings) as here:
        return _tell_link(email, here.accounts, "recovery", as_json)


def _tell_link(email: str, accounts: AuthAccounts, kind: Literal["invite", "recovery"], as_json: bool) -> int:
    found = accounts.link(kind, email)
    if as_json:
        write_json({"email": email, "link": found})
    else:
        output.print(found, markup=False, soft_wrap=True)
        notes.print("whoever has this link signs in with it, once", style="dim")
    return OK
