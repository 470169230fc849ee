"""`lianghu up`: the whole platform on this machine, until Ctrl-C."""

from pathlib import Path

from functions.commands.failures import OK
from functions.commands.screen import notes, output
from functions.settings import Settings
from infra.local.stack import RunningStack, run_stack
from infra.local.web import are_built


def up(settings: Settings, packages: Path | None = None) -> int:
    """Ctrl-C is the way to end it, so that is no failure."""
    with notes.status("starting the platform") as status, run_stack(settings, packages) as stack:
        status.stop()
        return stay_up(stack)


def stay_up(stack: RunningStack) -> int:
    tell(stack)
    try:
        stack.wait()
    except KeyboardInterrupt:
        notes.print("stopping")
        return OK


def tell(stack: RunningStack) -> None:
    rows = {
        "address": stack.url,
        "web terminal": web_address(stack.url),
        "API": f"{stack.url}/docs",
        "demo account": f"{stack.email} / {stack.password}",
        "data": str(stack.home),
        "logs": str(stack.home / "logs"),
    }
    for name, value in rows.items():
        output.print(f"{name:<14} {value}", markup=False, soft_wrap=True)
    output.print("Ctrl-C stops everything; all data stay.", style="dim")


def web_address(url: str) -> str:
    """Where the pages are, or what builds them."""
    return f"{url}/" if are_built() else "not built: `make web` does it, with Node 20.19 or newer"
