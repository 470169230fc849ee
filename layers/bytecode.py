"""Compiles every module below a folder, to the same bytes each time: `python -X no_debug_ranges -S -P bytecode.py kind folder prefix`.

It runs by itself in a process of its own, with nothing loaded and PYTHONHASHSEED=0, because both leave traces in what `marshal` writes. A
function's disk is read-only, so without bytecode every start would compile anew; it is never compared with the source. Without columns,
which only underline a part of a line in tracebacks, it is a fifth smaller.

Kinds: `sources` stay, with the bytecode beside them as Python keeps it; `bytecode` takes the source's place, which Python reads as well,
and a traceback then names a line without showing it.
"""

import py_compile
import sys
from importlib.util import cache_from_source
from pathlib import Path


def main(kind: str, folder: Path, prefix: str) -> None:
    for file in sorted(folder.rglob("*.py")):
        shown = f"{prefix}/{file.relative_to(folder).as_posix()}"
        target = cache_from_source(str(file)) if kind == "sources" else str(file.with_suffix(".pyc"))
        py_compile.compile(str(file), target, shown, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        if kind != "sources":
            file.unlink()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
