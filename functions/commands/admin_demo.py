"""`lianghu admin demo-account`: an account to look around in, shared by many, which changes nothing."""

import secrets

from functions.client import Client
from functions.commands.demo import GRID, TEMPLATE, WINDOW
from functions.commands.failures import OK, PLATFORM, CommandError
from functions.commands.operator import Operator, operator
from functions.commands.screen import notes, output, write_json
from functions.commands.submit import grid_through
from functions.settings import Settings


def make_demo_account(settings: Settings, email: str, password: str | None, fill: bool, as_json: bool) -> int:
    """Read-only before anybody has its password, so nobody writes with it in between. `fill`: with the demo's grid to look at."""
    chosen = password or secrets.token_urlsafe(12)
    with operator(settings) as here:
        known = next((user for user in here.accounts.all() if (user.email or "").lower() == email.lower()), None)
        profile = here.platform.profiles([known.id]).get(known.id) if known else None
        if known and not (profile and profile.read_only):
            raise CommandError(f"{email} is somebody's account, and would be locked by this", "take another address")
        if known and fill:
            raise CommandError(f"{email} is an account to look around in already, and is not written to any more", "take another address")
        if fill and not here.api_url:
            raise CommandError("--fill runs a grid through the API, whose address is not known", "set LIANGHU_URL")
        unknown = secrets.token_urlsafe(24)
        user = known or here.accounts.create(email, unknown, {"demo": True})
        try:
            if fill:
                _run_grid(here, email, unknown)
        finally:
            here.platform.set_read_only(user.id, True)
        here.accounts.set_password(user.id, chosen)
    if as_json:
        write_json({"user_id": user.id, "email": user.email, "password": chosen, "read_only": True})
    else:
        output.print(f"{user.email} · {chosen}", markup=False)
        notes.print("it sees what it is given and changes nothing", style="dim")
    return OK


def _run_grid(here: Operator, email: str, password: str) -> None:
    with Client(here.api_url) as api:
        api.sign_in(email, password, auth_url=here.accounts.url, api_key=here.accounts.key)
        backtest_id = api.create_backtest({"template": TEMPLATE}, {"window": WINDOW, "datasource_version": "sample"}, "lianghu demo")
        told = grid_through(api, backtest_id, GRID)
    if not any(row.status == "succeeded" for row in told.rows):
        raise CommandError("the demo's grid did not succeed; the account is there, empty and read-only", "lianghu runs", PLATFORM)
