"""A place in which root, too, can write only what is open to it."""

import os
import shutil
from dataclasses import replace

from infra.local.runtime import Place

NO_OVERRIDE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")
"""Without the right to pass by permissions, which a function's user does not have either."""


def read_only(place: Place) -> Place:
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return place
    return replace(place, python=(*NO_OVERRIDE, *place.python))
