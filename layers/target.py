"""What packages are built for: a Python, its platform in the cloud, a processor."""

import platform
import sys
from dataclasses import dataclass

from layers.errors import BuildError


@dataclass(frozen=True)
class Python:
    """A runtime of Lambda. `glibc` is the minor version of its C library 2.x, which decides what wheels can be loaded."""

    version: str
    runtime: str
    system: str
    glibc: int


PYTHONS = (
    Python("3.11", "python3.11", "Amazon Linux 2", 26),
    Python("3.12", "python3.12", "Amazon Linux 2023", 34),
    Python("3.13", "python3.13", "Amazon Linux 2023", 34),
)
"""Those of https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html that all libraries in the lock know."""
DEPLOYED = "3.12"
"""The one that template.yaml names. What is built by another is for trying packages where they were built."""

NEWEST_PATCH = 99
"""Of a Python that is not here: the cloud's is always a new one."""

OLDEST_GLIBC, NEWEST_GLIBC = 5, 36
"""Of wheels that are taken: from manylinux1 to Debian 12, the image's system."""


@dataclass(frozen=True)
class Architecture:
    """`name` is the template's word for it, `machine` the kernel's. Kernels are compiled where packages are built, so for x86_64 alone."""

    name: str
    machine: str


ARCHITECTURES = {row.name: row for row in (Architecture("x86_64", "x86_64"), Architecture("arm64", "aarch64"))}


@dataclass(frozen=True)
class Target:
    python: Python
    architecture: Architecture

    @property
    def name(self) -> str:
        return f"{self.architecture.name}-{self.python.version}"

    @property
    def platforms(self) -> list[str]:
        """Tags of wheels that can be loaded, in pip's words; where there are several, it takes the one that needs the oldest C library."""
        machine = self.architecture.machine
        named = [f"{name}_{machine}" for name in ("manylinux1", "manylinux2010", "manylinux2014")]
        return named + [f"manylinux_2_{minor}_{machine}" for minor in range(OLDEST_GLIBC, NEWEST_GLIBC + 1)]

    @property
    def markers(self) -> dict[str, str]:
        """What a requirement's condition may ask, where it is not what this machine would answer."""
        return {
            "platform_machine": self.architecture.machine,
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "python_version": self.python.version,
            "python_full_version": platform.python_version() if self.python.version == HERE else f"{self.python.version}.{NEWEST_PATCH}",
            "extra": "",
        }


HERE = "{}.{}".format(*sys.version_info)


def target(architecture: str, version: str = HERE) -> Target:
    """Of the Python that runs this: bytecode and kernels are made for no other one."""
    found = [row for row in PYTHONS if row.version == version]
    if not found or sys.implementation.name != "cpython":
        known = ", ".join(row.version for row in PYTHONS)
        told = f"{sys.implementation.name} {version}"
        raise BuildError(f"packages are built by the Python that will run them, and Lambda has nothing for {told}", f"use CPython {known}")
    return Target(found[0], ARCHITECTURES[architecture])
