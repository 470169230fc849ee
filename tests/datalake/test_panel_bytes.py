"""The bytes of a panel's arrays are those of its format: who changes them raises panel.FORMAT, or stored panels would serve old arrays."""

import hashlib

import pytest

from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import FORMAT, PanelSpec
from datalake.versions import Dataset

YEAR, WINTER = (20210104, 20211231), (20241122, 20241231)
PANELS = {
    "all": ({"all": True}, YEAR, "1d", ["is_st", "listed_sessions"], ""),
    "an index": ({"index": "009300.SH"}, YEAR, "1d", ["past_members"], ""),
    "a rank": ({"rank": "amount", "top": 10, "lag": 1}, YEAR, "1d", ["index:009300.SH"], ""),
    "minutes beside days": ({"all": True}, WINTER, "5m", ["daily"], ""),
    "days whose orders meet minutes": ({"all": True}, WINTER, "1d", [], "5m"),
    "made of shorter bars": ({"all": True}, WINTER, "30m", [], ""),
    "weeks": ({"all": True}, YEAR, "1w", [], ""),
}
"""Name to universe, window, frequency, fields, and the frequency that orders meet."""

PINNED = {
    "format": 8,
    "all": "1717716594d11020",
    "an index": "d0b8785b0f2fc130",
    "a rank": "ad354f7dcac09f8b",
    "minutes beside days": "edaf2a638f3144ac",
    "days whose orders meet minutes": "21fe3cdab5f7df5a",
    "made of shorter bars": "2c29f9898ec41b8a",
    "weeks": "1c5f72ff4d295454",
}


@pytest.mark.parametrize("name", PANELS)
def test_the_arrays_of_a_format_are_the_same_for_ever(sample_lake: Lake, sample: Dataset, name: str):
    universe, window, frequency, fields, execution = PANELS[name]
    spec = PanelSpec.of(sample, universe, window, 30, frequency, fields, execution).reaching(20)
    arrays = unpack(build_panel(sample_lake, spec))[1]
    digest = hashlib.sha256()
    for key, array in sorted(arrays.items()):
        digest.update(f"{key} {array.dtype.str} {array.shape} ".encode() + array.tobytes())
    assert (FORMAT, digest.hexdigest()[:16]) == (PINNED["format"], PINNED[name]), "if this is meant, raise FORMAT and pin what comes out"
