"""A folder of its own for the stack that a benchmark starts: nothing in it, and nothing of the terminal's that would lead elsewhere."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.stored import HOME
from functions.commands.environment import prepare_environment
from functions.settings import Settings

ELSEWHERE = ("LAKE_URL", "RESULTS_URL", "DATA_CACHE_DIR")
"""What a terminal may have, and a new home makes anew."""


class Home(NamedTuple):
    settings: Settings
    folder: Path


@contextmanager
def new_home(name: str, **settings: object) -> Iterator[Home]:
    """`settings` by their names in the environment, LIANGHU_HOME and a free port besides. The folder is gone afterwards."""
    HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME.absolute(), prefix=f"{name}-") as folder:
        os.environ |= {"LIANGHU_HOME": folder, "LIANGHU_PORT": "0"} | {each: str(value) for each, value in settings.items()}
        for each in ELSEWHERE:
            os.environ.pop(each, None)
        yield Home(prepare_environment(), Path(folder))
