"""What of a wheel stays: everything but what no function ever opens."""

import fnmatch
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from layers.elf import without_symbols
from layers.wheels import Wheel


@dataclass(frozen=True)
class Trim:
    """Files of a distribution ("*": of any) that are left out; `but` names those that stay all the same."""

    distribution: str
    patterns: tuple[str, ...]
    why: str
    but: tuple[str, ...] = ()


AWS_SERVICES = ("events", "s3", "secretsmanager", "sqs", "sts")
"""What functions call by boto3; sts is how botocore takes on a role."""

TRIMS = (
    Trim("*", ("*/tests/*", "*/test/*"), "tests of the library itself"),
    Trim("*", ("*.pyi", "*.pyx", "*.pxd", "*.h", "*.hpp", "*.c", "*.cpp", "*.a", "*.pxi", "*/py.typed"), "for compilers and type checkers"),
    Trim("*", ("*.data/*",), "scripts and headers"),
    Trim(
        "*",
        ("*.dist-info/*",),
        "for installers",
        ("*.dist-info/METADATA", "*.dist-info/entry_points.txt", "*.dist-info/licenses/*", "*.dist-info/LICENSE*"),
    ),
    Trim("botocore", ("botocore/data/*/*",), "services that nothing calls", tuple(f"botocore/data/{name}/*" for name in AWS_SERVICES)),
    Trim("boto3", ("boto3/data/*", "boto3/examples/*"), "resources, which nothing uses"),
    Trim(
        "numpy",
        ("numpy/f2py/*", "numpy/distutils/*", "numpy/*_tests.*.so", "numpy/_core/_simd.*", "numpy/_pyinstaller/*"),
        "build tools and tests",
    ),
    Trim("numba", ("numba/cuda/*", "numba/misc/help/*"), "graphics cards"),
    Trim("pyarrow", ("pyarrow/include/*", "pyarrow/src/*", "pyarrow/includes/*"), "headers"),
)


def unpack(wheel: Wheel, folder: Path) -> None:
    """Into `folder`, trimmed."""
    with zipfile.ZipFile(wheel.file) as archive:
        for name in _kept(wheel.name, archive.namelist()):
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_written(name, archive.read(name)))


def _kept(distribution: str, names: list[str]) -> Iterator[str]:
    rows = [row for row in TRIMS if row.distribution in ("*", distribution)]
    for name in names:
        if not name.endswith("/") and not any(_matches(name, row.patterns) and not _matches(name, row.but) for row in rows):
            yield name


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _written(name: str, data: bytes) -> bytes:
    if name.endswith(".dist-info/METADATA"):
        return data.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n"  # the rest is the library's read-me
    return without_symbols(data) if re.search(r"\.so(\.|$)", name) else data
