"""`python -m layers.doors`: keeps of the compiled kernels in NUMBA_CACHE_DIR those that Python calls, two thirds less.

A kernel has the machine code of everything that it calls within itself. What other kernels call is kept for whoever compiles another caller
some day, and in a package nobody compiles.
"""

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import engine.numba_loading  # isort: skip  before anything else of Numba, which is loaded there without what it need not load

from numba.extending import is_jitted


def main() -> None:
    dropped = kept = 0
    for dispatcher in dispatchers():
        files = dispatcher._cache._cache_file
        index, data = Path(files._index_path), list(Path(files._cache_path).glob(files._data_name_pattern.replace("{number:d}", "*")))
        if dispatcher.targetoptions.get("no_cpython_wrapper"):
            for file in (index, *data):
                file.unlink(missing_ok=True)
            dropped += len(data)
        else:
            kept += len(data)
    if not kept:
        sys.exit(f"there are no kernels in {os.environ['NUMBA_CACHE_DIR']}")
    sys.stdout.write(f"{kept} kernels kept, {dropped} that only kernels call dropped\n")


def dispatchers() -> Iterator[Any]:
    for row in pkgutil.walk_packages(engine.__path__, "engine."):
        for value in vars(importlib.import_module(row.name)).values():
            if is_jitted(value) and value.py_func.__module__ == row.name:
                yield value


if __name__ == "__main__":
    main()
