"""`python -S -P bytecode.py folder prefix`: compiles every module below the folder, the same bytes wherever and whenever it is done.

It runs by itself in a process of its own, with nothing loaded and PYTHONHASHSEED=0, because both leave traces in what
`marshal` writes. A function's disk is read-only, so without bytecode every start would compile anew; it is never compared with the source.
"""

import py_compile
import sys
from pathlib import Path


def main() -> int:
    folder, prefix = Path(sys.argv[1]), sys.argv[2]
    broken = 0
    for file in sorted(folder.rglob("*.py")):
        shown = f"{prefix}/{file.relative_to(folder).as_posix()}"
        try:
            py_compile.compile(str(file), dfile=shown, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        except py_compile.PyCompileError as error:
            sys.stderr.write(f"{error.msg}\n")
            broken += 1
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
