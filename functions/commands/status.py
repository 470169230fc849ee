"""`lianghu status`: what the platform does now, live in the terminal or once."""

import time
from datetime import UTC, datetime

from rich.live import Live

from functions.commands.failures import OK
from functions.commands.operator import Operator, operator
from functions.commands.screen import output, write_json
from functions.commands.status_table import shown
from functions.settings import Settings
from functions.stores.watching import PlatformStatus, depths


def status(settings: Settings, once: bool, as_json: bool, every: float) -> int:
    """Until Ctrl-C, which is no failure; once where nobody watches (a pipe)."""
    with operator(settings) as here:
        if as_json:
            write_json(_asked(here).model_dump())
            return OK
        if once or not output.is_terminal:
            output.print(shown(_asked(here), _now()))
            return OK
        try:
            with Live(shown(_asked(here), _now()), console=output, auto_refresh=False) as live:
                while True:
                    time.sleep(every)
                    live.update(shown(_asked(here), _now()), refresh=True)
        except KeyboardInterrupt:
            return OK


def _asked(here: Operator) -> PlatformStatus:
    found = here.platform.status()
    return found.model_copy(update={"queues": depths(here.sqs, here.queues)})


def _now() -> datetime:
    return datetime.now(UTC)
