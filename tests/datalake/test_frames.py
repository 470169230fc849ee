"""Tables as frames: their types, and what is loaded to say them."""

import subprocess
import sys

import polars as pl
import pytest

from datalake.frames import types_of
from datalake.tables import TABLES


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_types_are_those_of_the_stored_columns(table):
    empty = pl.from_arrow(table.schema.empty_table())
    assert isinstance(empty, pl.DataFrame)
    assert types_of(table) == empty.schema


def test_nobody_waits_for_pandas():
    """It took a quarter of a second of a planner's first panel."""
    text = (
        "import sys\nfrom datalake.frames import types_of\nfrom datalake.panels import build\nfrom datalake.tables import TABLES\n"
        "assert all(len(types_of(table)) for table in TABLES.values())\nprint('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
