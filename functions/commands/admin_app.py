"""`lianghu admin`: what whoever runs the platform reads and sets. Needs the service key and the database of its owner."""

from typing import Annotated

import typer

from functions.settings import settings

# Commands import what they need when they run, as in cli.py.
# ruff: noqa: PLC0415

admin_app = typer.Typer(help="For whoever runs the platform: measures, feedback, people, plans.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output")]
Email = Annotated[str, typer.Argument(help="The address that somebody signs in with")]


@admin_app.command("measures")
def measures(
    start: Annotated[str | None, typer.Option(help="First day, like 2026-11-01; omitted: 29 days before the last")] = None,
    end: Annotated[str | None, typer.Option(help="Last day; omitted: today in Shanghai")] = None,
    as_json: AsJson = False,
) -> None:
    """How the product is used: backtests, people, retention, templates, shares, prices, quotas."""
    from functions.commands.admin_measures import show_measures

    raise typer.Exit(show_measures(settings(), start, end, as_json))


@admin_app.command("feedback")
def feedback(limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many")] = 20, as_json: AsJson = False) -> None:
    """What people tell us, newest first."""
    from functions.commands.admin_measures import show_feedback

    raise typer.Exit(show_feedback(settings(), limit, as_json))


@admin_app.command("users")
def users(limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many")] = 50, as_json: AsJson = False) -> None:
    """Who has an account, and how it is used."""
    from functions.commands.admin_people import show_users

    raise typer.Exit(show_users(settings(), limit, as_json))


@admin_app.command("plan")
def plan(email: Email, name: Annotated[str, typer.Argument(metavar="PLAN", help="free or pro")], as_json: AsJson = False) -> None:
    """Give somebody a plan."""
    from functions.commands.admin_people import give_plan

    raise typer.Exit(give_plan(settings(), email, name, as_json))


@admin_app.command("plans")
def plans(
    quota: Annotated[
        list[str] | None, typer.Option("--set", metavar="PLAN.QUOTA=LIMIT", help="free.combinations=30000; may come again")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The plans and their quotas, which are hints and block nothing; --set changes them."""
    from functions.commands.admin_plans import show_plans

    raise typer.Exit(show_plans(settings(), quota or [], as_json))


@admin_app.command("announce")
def announce(
    texts: Annotated[list[str] | None, typer.Argument(help="What everybody reads; each a notice of its own")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Announce nothing any more")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell everybody something; without a text: what is told now."""
    from functions.commands.admin_plans import announce as tell

    raise typer.Exit(tell(settings(), texts or [], clear, as_json))


@admin_app.command("demo-account")
def demo_account(
    email: Email,
    password: Annotated[str | None, typer.Option(help="Omitted: one is made up and shown")] = None,
    fill: Annotated[bool, typer.Option("--fill", help="With the grid of `lianghu demo` on the sample market to look at")] = False,
    as_json: AsJson = False,
) -> None:
    """An account to look around in, which changes nothing; again: a new password for it."""
    from functions.commands.admin_demo import make_demo_account

    raise typer.Exit(make_demo_account(settings(), email, password, fill, as_json))


@admin_app.command("invite")
def invite(
    email: Email,
    link: Annotated[bool, typer.Option("--link", help="Show the link instead of sending a mail; on this machine always")] = False,
    as_json: AsJson = False,
) -> None:
    """Invite somebody."""
    from functions.commands.admin_people import invite as ask

    raise typer.Exit(ask(settings(), email, link, as_json))


@admin_app.command("link")
def link(email: Email, as_json: AsJson = False) -> None:
    """A link with which somebody who forgot their password signs in once."""
    from functions.commands.admin_people import show_link

    raise typer.Exit(show_link(settings(), email, as_json))
