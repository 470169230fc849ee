"""`python -m layers.licences`: docs/licences.md, under which licences the libraries are that a deployment ships, from their metadata.

A library whose licence is not in the table below is refused, and so is one that does not say.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from layers.plan import Plan, planned
from layers.shipped import Shipped
from layers.target import DEPLOYED, target
from layers.wheels import read_lock

LOCK = Path(__file__).parents[1] / "requirements.lock"

ALLOWED: Mapping[str, str] = {
    "0BSD": "nothing",
    "Apache-2.0": "the licence and its notices go along",
    "Apache-2.0 WITH LLVM-exception": "the licence goes along with sources; compiled, nothing",
    "BSD-2-Clause": "the licence goes along",
    "BSD-3-Clause": "the licence goes along; their name recommends nothing",
    "CC0-1.0": "nothing",
    "LGPL-3.0-only": "the licence goes along, and the library can be replaced by another version of it, as a package of Python can",
    "MIT": "the licence goes along",
    "MIT-0": "nothing",
    "MPL-2.0": "changes to their own files are published; there are none",
    "PSF-2.0": "the licence goes along",
    "Zlib": "nothing",
}
"""Licences of what may be shipped, by SPDX's names, and what they ask of whoever ships it unchanged."""
SPOKEN: Mapping[str, str] = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What older metadata say, in SPDX's names."""
READ: Mapping[str, str] = {
    "jinja2": "BSD-3-Clause",
    "numba": "BSD-2-Clause",
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "tushare": "BSD-3-Clause",
}
"""Libraries whose metadata say only "BSD" or "dual": as their files say."""


class LicenceError(Exception):
    """A library must not be shipped, or does not say whether it may."""


def shipped(plan: Plan) -> list[Shipped]:
    """Everything that goes into a package, sorted by name, in the versions that the lock has for the cloud's Python."""
    lock = read_lock(LOCK.read_text(), target("x86_64", DEPLOYED))
    return [Shipped(name, lock[name].version, licence_of(name), _packages(name, plan.holds)) for name in sorted(plan.distributions)]


def licence_of(name: str) -> str:
    """By its files, where somebody read them; else by its metadata: an expression, a short text, the classifiers.

    LicenceError: none of them can be understood.
    """
    if name in READ:
        return READ[name]
    told = metadata.metadata(name)
    classifiers = [row.rpartition(" :: ")[2] for row in told.get_all("Classifier", []) if row.startswith("License ::")]
    spoken = [SPOKEN.get(row, row) for row in classifiers]
    for text in (*told.get_all("License-Expression", []), *told.get_all("License", []), " OR ".join(spoken)):
        try:
            return canonicalize_license_expression(SPOKEN.get(text, text))
        except InvalidLicenseExpression:
            continue
    raise LicenceError(f"{name} does not say under which licence it is: read its files and add a row to READ")


def refused(licence: str) -> list[str]:
    """Licences of an expression that are not allowed, where no other one can be chosen."""
    choices = [re.split(r" AND ", choice) for choice in re.split(r" OR ", licence.replace("(", "").replace(")", ""))]
    wrong = [[each for each in choice if each not in ALLOWED] for choice in choices]
    return [] if [] in wrong else sorted({each for choice in wrong for each in choice})


def page(rows: Iterable[Shipped], in_pages: Iterable[Shipped] = ()) -> str:
    """`in_pages`: what browsers get. LicenceError: one of them may not be shipped."""
    rows, in_pages = list(rows), list(in_pages)
    bad = [f"{row.name} is under {', '.join(found)}" for row in (*rows, *in_pages) if (found := refused(row.licence))]
    if bad:
        raise LicenceError("; ".join(bad) + ": choose another library, or allow the licence with what it asks")
    used = {each for row in (*rows, *in_pages) for each in re.split(r" AND | OR ", row.licence) if each in ALLOWED}
    lines = [
        "# Licences of what is shipped",
        "",
        "LiangHu is under the [Apache License 2.0](../LICENSE). A deployment carries these libraries as they were published, without their",
        "tests, headers and debug symbols. The packages hold the texts of their licences (in `*.dist-info`), also of what is compiled into",
        "them. Tools and tests use more, which nobody ships. This page is made by `make licences`, and a test holds that it is current.",
        "",
        "| library | version | licence | in |",
        "|---|---|---|---|",
        *(f"| {row.name} | {row.version} | {row.licence} | {', '.join(row.packages)} |" for row in rows),
        "",
        "## In the pages",
        "",
        "The pages of the web terminal carry code of these packages. The texts of their licences go along: `make web` writes them into",
        "`/licences.txt` beside the pages. What builds and tests the pages is shipped to nobody.",
        "",
        "| package | version | licence |",
        "|---|---|---|",
        *(f"| {row.name} | {row.version} | {row.licence} |" for row in in_pages),
        "",
        "Two of them have notices that go along: Apache ECharts (Copyright 2017-2026 The Apache Software Foundation; this product includes",
        "software developed at [The Apache Software Foundation](https://www.apache.org/)), and TradingView Lightweight Charts™",
        "(Copyright (с) 2025 TradingView, Inc. [www.tradingview.com](https://www.tradingview.com/)). Its mark on the chart is off, so its",
        "notice and link stand on a page for users.",
        "",
        "## What they ask",
        "",
        "| licence | what it asks of whoever ships it unchanged |",
        "|---|---|",
        *(f"| {name} | {what} |" for name, what in ALLOWED.items() if name in used),
    ]
    return "\n".join(lines) + "\n"


def _packages(name: str, holds: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    return tuple(sorted(package for package, names in holds.items() if name in names))


def main() -> int:
    from layers.web_licences import in_pages  # noqa: PLC0415  which needs this module

    try:
        sys.stdout.write(page(shipped(planned(target("x86_64"))), in_pages()))
    except LicenceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
