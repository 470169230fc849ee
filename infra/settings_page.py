"""Writes docs/settings.md to standard output: `make settings-page` renews it from functions/settings.py and template.yaml."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from functions.needs import NEEDS
from functions.secrets import group_of
from functions.settings import SET_BY_LAMBDA, Settings
from infra.local import template
from infra.local.template import Function

INTRODUCTION = """\
# Settings

Made by `make settings-page` from functions/settings.py, template.yaml and functions/needs.py; a test holds that it is current.

A setting is a variable of the environment; an empty one means the default. On one machine every setting has a default that works.
[.env.example](../.env.example) has them all, to be copied and filled in; nothing reads a file by itself: `set -a; . ./.env; set +a`.

In the cloud template.yaml gives each function its variables. *Set by* says where a value comes from there: a parameter of the template
(`sam deploy --parameter-overrides Name=value`), the template itself, a secret, or Lambda. What says *environment* no function needs; it is
for the command line and the stack on one machine.

Secrets are JSON objects in Secrets Manager, called `lianghu/<stage>/<group>`. `python -m infra.deploy.secrets <stage> <file>` makes and
updates them from a file like .env.example. A function reads those that its variable SECRETS names once, when it starts, with one request
each; a variable of the environment wins over a secret. [operations.md](operations.md) says what to do when one changes.

A function looks at all of this while it starts. Where a value is wrong, where a setting is missing that it cannot work without (*needed
by*), or where a secret is absent, forbidden or no JSON, it ends at once, and one line of its log names every problem, its place and what to
write. No line ever quotes a value.
"""
OTHERS = """\
## Variables that are no settings

| Name | Read by |
|---|---|
"""
READ_BY = {
    "NUMBA_CPU_FEATURES": "Numba; empty, because NUMBA_CPU_NAME says all",
    "NUMBA_CACHE_LOCATOR_CLASSES": "Numba: where it finds compiled kernels",
    "OPENBLAS_NUM_THREADS": "NumPy's linear algebra",
    "LIANGHU_REAL_DATA": "`make demo-real` and tests: a folder of real bars",
    "LIANGHU_DEBUG": "the command line: 1 shows where an error comes from",
}
HEADER = "| Name | Default | Meaning | Set by | Given to | Needed by |\n|---|---|---|---|---|---|\n"
FIRST = 1_000_000
"""A parameter is known again by its value: this number and those that follow, which no template has otherwise."""


@dataclass(frozen=True)
class Given:
    """What the template gives to functions."""

    origins: Mapping[str, str]
    """Where the value of a variable comes from."""
    functions: Mapping[str, tuple[str, ...]]
    """Who has a variable, or may read a secret."""


def written() -> str:
    given, meanings = given_by_the_template(), dict(_meanings())
    sections = [(title, names) for title, names in _sections() if names]
    tables = [f"## {title}\n\n{HEADER}{''.join(_row(name, meanings[name], given) for name in names)}" for title, names in sections]
    return "\n".join([INTRODUCTION, *tables, OTHERS + "".join(f"| `{name}` | {reader} |\n" for name, reader in READ_BY.items())])


def given_by_the_template() -> Given:
    parameters = {name: str(FIRST + number) for number, name in enumerate(template.parameter_names())}
    known = {value: f"parameter `{name}`" for name, value in parameters.items()}
    functions = template.read(parameters).functions(lambda name, attribute: f"<{name}.{attribute}>")
    origins: dict[str, str] = {}
    having: dict[str, list[str]] = {}
    for function in functions.values():
        service = function.handler.split(".")[1]
        for name, value in function.environment.items():
            origins[name] = known.get(value, "the template")
            having.setdefault(name, []).append(service)
        for group in _groups(function):
            having.setdefault(f"secret {group}", []).append(service)
    return Given(origins, {name: tuple(services) for name, services in having.items()})


def _groups(function: Function) -> list[str]:
    return [name.rpartition("/")[2] for name in function.environment["SECRETS"].split(",")]


def _row(name: str, meaning: str, given: Given) -> str:
    group = group_of(name)
    services = given.functions.get(f"secret {group}" if group else name, ())
    needing = [service for service, names in NEEDS.items() if name in names]
    cells = (f"`{name}`", _default(Settings.model_fields[name.lower()]), meaning, _origin(name, given), _listed(services), _listed(needing))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _origin(name: str, given: Given) -> str:
    if group := group_of(name):
        return f"secret `{group}`"
    if name in SET_BY_LAMBDA or name == "AWS_REGION":
        return "Lambda"
    return given.origins.get(name, "environment")


def _listed(services: Any) -> str:
    return "all" if len(services) == len(NEEDS) else ", ".join(services)


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.default_factory is not None or value is None or value in ({}, "") or isinstance(value, SecretStr):
        return ""
    text = str(value).lower() if isinstance(value, bool) else value.as_posix() if isinstance(value, Path) else f"{value}"
    return f"`{text}`"


def _class() -> tuple[list[str], ast.ClassDef]:
    """The lines of the class, and its tree."""
    source = inspect.getsource(Settings)
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.ClassDef)  # noqa: S101
    return source.splitlines(), tree


def _fields() -> Iterator[tuple[str, int, str]]:
    """Each setting with its line and what stands below it."""
    _, tree = _class()
    for node, below in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in Settings.model_fields:
            said = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            yield node.target.id.upper(), node.lineno, " ".join(str(said).split())


def _meanings() -> Iterator[tuple[str, str]]:
    for name, _, said in _fields():
        if not said:
            raise ValueError(f"{name} has no word about what it means in functions/settings.py")
        yield name, said


def _sections() -> Iterator[tuple[str, list[str]]]:
    """The class's comments, and the settings below each; those of the terminal are nobody's to set."""
    lines, _ = _class()
    places = [(number, line.strip("# ")) for number, line in enumerate(lines, 1) if re.match(r"    # ", line)]
    ends = [number for number, _ in places[1:]] + [len(lines) + 1]
    for (begin, title), end in zip(places, ends, strict=True):
        yield title, [n for n, line, _ in _fields() if begin < line < end and not Settings.model_fields[n.lower()].validation_alias]


if __name__ == "__main__":
    sys.stdout.write(written())
