"""The wheels of the lock for a target: downloaded once, by their hashes, and kept."""

import hashlib
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from layers.errors import BuildError
from layers.target import Target


@dataclass(frozen=True)
class Locked:
    """A line of the lock: which version, and the hashes of the files it may come as."""

    name: str
    version: str
    lines: str
    hashes: frozenset[str]


@dataclass(frozen=True)
class Wheel:
    name: str
    version: str
    file: Path
    digest: str

    @cached_property
    def tags(self) -> list[str]:
        return sorted(map(str, parse_wheel_filename(self.file.name)[3]))


def read_lock(text: str, target: Target) -> dict[str, Locked]:
    """By canonical name: the lines that apply to the target."""
    environment = {**default_environment(), **target.markers}
    found: dict[str, Locked] = {}
    for lines in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        told, *hashes = (line.strip().removesuffix("\\").strip() for line in lines.splitlines() if line.strip()) if lines.strip() else ("",)
        if not told:
            continue
        requirement = Requirement(told)
        if requirement.marker is None or requirement.marker.evaluate(environment):  # type: ignore[arg-type]
            name = canonicalize_name(requirement.name)
            version = str(requirement.specifier).removeprefix("==")
            found[name] = Locked(name, version, lines, frozenset(line.removeprefix("--hash=sha256:") for line in hashes))
    return found


def fetch(names: Iterable[str], lock: Mapping[str, Locked], folder: Path, target: Target) -> dict[str, Wheel]:
    """The wheels by name. What `folder` has already, whole, is not downloaded again."""
    wanted = {name: _locked(name, lock) for name in sorted(set(names))}
    folder.mkdir(parents=True, exist_ok=True)
    there = _there(wanted, folder)
    missing = [row for name, row in wanted.items() if name not in there]
    if missing:
        _download(missing, folder, target)
        there = _there(wanted, folder)
    lost = [name for name in wanted if name not in there]
    if lost:
        raise BuildError(f"pip brought no wheel of {', '.join(lost)} for {target.name}")
    return there


def _locked(name: str, lock: Mapping[str, Locked]) -> Locked:
    if name not in lock:
        raise BuildError(f"{name} is needed by a function and is not in requirements.lock", "run make lock")
    installed = metadata.version(name)
    if installed != lock[name].version:
        raise BuildError(
            f"{name} {installed} is installed, and the lock says {lock[name].version}", "run make again: it renews the environment"
        )
    return lock[name]


def _there(wanted: Mapping[str, Locked], folder: Path) -> dict[str, Wheel]:
    found = {}
    for file in sorted(folder.glob("*.whl")):
        name, version = parse_wheel_filename(file.name)[:2]
        row = wanted.get(name)
        if row and row.version == str(version):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            if digest in row.hashes:
                found[str(name)] = Wheel(name, row.version, file, digest)
    return found


def _download(rows: Iterable[Locked], folder: Path, target: Target) -> None:
    """By pip, which compares the hashes."""
    lines = folder / "wanted.txt"
    lines.write_text("".join(row.lines for row in rows))
    options = ["--python-version", platform.python_version(), "--implementation", "cp"]
    options += [word for abi in (f"cp{target.python.version.replace('.', '')}", "abi3", "none") for word in ("--abi", abi)]
    options += [word for platform in target.platforms for word in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run(  # noqa: S603  our own words and the lock's
        [*command, "--require-hashes", *options, "--dest", str(folder), "--requirement", str(lines)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [done.stderr.strip()]
        raise BuildError("pip could not download the wheels: " + " ".join(errors)[-2000:], "is the package index within reach?")
