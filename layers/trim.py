"""What of a wheel stays: everything but what no function ever opens."""

import fnmatch
import gzip
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


AWS_SERVICES = ("events", "s3", "secretsmanager", "sqs", "sts", "xray")
"""What functions call by boto3; sts is how botocore takes on a role, xray how traces ask which are wanted."""

INTEGRATIONS = ("__init__", "_wsgi_common", "argv", "atexit", "dedupe", "excepthook", "logging", "modules", "stdlib", "threading")
"""Of Sentry: those that functions.error_reports starts, and what these import."""

TRIMS = (
    Trim("*", ("*/tests/*", "*/test/*"), "tests of the library itself"),
    Trim("*", ("*.pyi", "*.pyx", "*.pxd", "*.pxi", "*.h", "*.hpp", "*.c", "*.cpp", "*.a", "*/py.typed"), "for compilers and type checkers"),
    Trim("*", ("*.data/*",), "scripts and headers"),
    Trim(
        "*",
        ("*.dist-info/*",),
        "for installers",
        but=("*.dist-info/METADATA", "*.dist-info/entry_points.txt", "*.dist-info/licenses/*", "*.dist-info/LICENSE*"),
    ),
    Trim(
        "aws-lambda-powertools",
        (
            "aws_lambda_powertools/event_handler/*",
            *(f"aws_lambda_powertools/utilities/{name}/*" for name in ("auth_alpha", "circuit_breaker", "data_masking", "feature_flags")),
            *(f"aws_lambda_powertools/utilities/{name}/*" for name in ("idempotency", "kafka", "parameters", "streaming")),
        ),
        "other people's doors: ours are FastAPI's and the queues'",
    ),
    Trim("botocore", ("botocore/data/*/*",), "services that nothing calls", but=tuple(f"botocore/data/{name}/*" for name in AWS_SERVICES)),
    Trim("boto3", ("boto3/data/*", "boto3/examples/*"), "resources, which nothing uses"),
    Trim(
        "numpy",
        ("numpy/f2py/*", "numpy/distutils/*", "numpy/_pyinstaller/*", "numpy/testing/*", "numpy/*_tests.*.so", "numpy/_core/_simd.*"),
        "build tools, tests",
    ),
    Trim("numba", ("numba/cuda/*", "numba/misc/help/*", "numba/scripts/*", "numba/pycc/*"), "graphics cards, commands, another compiler"),
    Trim("numba", ("numba/np/ufunc/tbbpool.*", "numba/np/ufunc/omppool.*"), "threads of prange, which no kernel uses"),
    Trim("pyarrow", ("pyarrow/include/*", "pyarrow/src/*", "pyarrow/includes/*"), "headers"),
    Trim("pydantic", ("pydantic/v1/*", "pydantic/mypy.py"), "its first version, and a plugin of a type checker"),
    Trim("python-dateutil", ("dateutil/zoneinfo/*.tar.gz",), "time zones: Python's own are read"),
    Trim(
        "sentry-sdk",
        ("sentry_sdk/integrations/*",),
        "libraries that are told of automatically, which functions.error_reports does not ask for",
        but=tuple(f"sentry_sdk/integrations/{name}.py" for name in INTEGRATIONS),
    ),
)


def unpack(wheel: Wheel, folder: Path) -> None:
    """Into `folder`, trimmed."""
    with zipfile.ZipFile(wheel.file) as archive:
        for name in _kept(wheel.name, archive.namelist()):
            path, data = _written(name, archive.read(name))
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def _kept(distribution: str, names: list[str]) -> Iterator[str]:
    rows = [row for row in TRIMS if row.distribution in ("*", distribution)]
    for name in names:
        if not name.endswith("/") and not any(_matches(name, row.patterns) and not _matches(name, row.but) for row in rows):
            yield name


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _written(name: str, data: bytes) -> tuple[str, bytes]:
    if name.endswith(".dist-info/METADATA"):
        return name, data.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n"  # the rest is the library's read-me
    if fnmatch.fnmatchcase(name, "botocore/data/*.json"):
        return f"{name}.gz", gzip.compress(data, mtime=0)  # botocore reads these as well
    return name, without_symbols(data) if re.search(r"\.so(\.|$)", name) else data
