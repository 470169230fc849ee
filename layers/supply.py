"""`make supply`: what is in each package, as a software bill of materials (CycloneDX), and whether anything known is wrong with it.

The bills go to out/supply, one for each package, one for all of them, and, where npm is there, one for the pages of the web terminal, whose
advisories nobody asks for here (`npm audit` does). Exits with 1 where a library has a known vulnerability or a
licence that may not be shipped, and with 3 where the advisories could not be asked, three times, which is not the same as none. With
`--unknown-passes` that is told and no failure: a deployment, which may bring what mends something, does not wait for another's server.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from layers.contents import ROOT
from layers.licences import LicenceError, page, shipped
from layers.plan import planned
from layers.target import target
from layers.web_licences import in_pages

PACKAGES, OUT, LOCK = ROOT / "out/packages", ROOT / "out/supply", ROOT / "requirements.lock"
FINE, FOUND, UNKNOWN = 0, 1, 3
PAUSES = (5.0, 30.0)
"""Seconds before the advisories are asked again."""
CHECK = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
for file in sys.argv[1:]:
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(file, encoding="utf-8").read()):
        sys.exit(f"{file}: {error}")
"""
"""Run by the tools' Python, which has the schema."""


class SupplyError(Exception):
    """A bill cannot be made."""


def bills(whole: Mapping[str, Any], sizes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A bill by package, and "lianghu" for all: from the environment's bill, and what a build says that it packed."""
    held = {name: frozenset(package["parts"]) for name, package in sizes["packages"].items()}
    made = {name: _bill(whole, parts, name, sizes["packages"][name].get("sha256", "")) for name, parts in held.items()}
    return made | {"lianghu": _bill(whole, frozenset().union(*held.values()), "lianghu", "")}


def _bill(whole: Mapping[str, Any], parts: frozenset[str], name: str, digest: str) -> dict[str, Any]:
    components = [row for row in whole["components"] if canonicalize_name(row["name"]) in parts]
    kept = {row["bom-ref"] for row in components}
    subject: dict[str, Any] = {"type": "application", "name": name, "bom-ref": f"package:{name}"}
    if digest:
        subject["hashes"] = [{"alg": "SHA-256", "content": digest}]
    needs = [
        {**row, "dependsOn": sorted(kept.intersection(row.get("dependsOn", [])))} for row in whole["dependencies"] if row["ref"] in kept
    ]
    return {
        **{key: whole[key] for key in ("$schema", "bomFormat", "specVersion", "version")},
        "metadata": {"component": subject, "tools": whole["metadata"]["tools"]},
        "components": components,
        "dependencies": [*needs, {"ref": subject["bom-ref"], "dependsOn": sorted(kept)}],
    }


def advisories(answer: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Of what pip-audit says: what is wrong, and which libraries could not be looked up."""
    wrong = [
        f"{row['name']} {row['version']}: {found['id']}" + (f", mended in {found['fix_versions'][0]}" if found.get("fix_versions") else "")
        for row in answer["dependencies"]
        for found in row.get("vulns", [])
    ]
    return wrong, [row["name"] for row in answer["dependencies"] if "skip_reason" in row]


def bill_of_pages(whole: Mapping[str, Any]) -> dict[str, Any]:
    """Of npm's bill of all that is installed what goes into pages, the same each time it is made."""
    carried = {(row.name, row.version) for row in in_pages()}
    components = [row for row in whole["components"] if (row["name"], row["version"]) in carried]
    kept = {row["bom-ref"] for row in components}
    needs = [
        {**row, "dependsOn": sorted(kept.intersection(row.get("dependsOn", [])))} for row in whole["dependencies"] if row["ref"] in kept
    ]
    subject = {"type": "application", "name": "web", "bom-ref": "package:web"}
    return {
        **{key: whole[key] for key in ("$schema", "bomFormat", "specVersion", "version")},
        "metadata": {"component": subject},
        "components": components,
        "dependencies": [*needs, {"ref": subject["bom-ref"], "dependsOn": sorted(kept)}],
    }


def _written_of_pages() -> str:
    """SupplyError: npm is there and makes no bill."""
    npm = shutil.which("npm")
    if npm is None:
        return "no bill of materials of the pages: there is no npm on this machine"
    # Not with --omit dev, which leaves React out, because tools ask for it, too.
    done = _run([npm, "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--prefix", str(ROOT / "web")])
    if done.returncode:
        raise SupplyError(f"npm sbom failed: {done.stderr.strip()[-1000:]}")
    bill = bill_of_pages(json.loads(done.stdout))
    (OUT / "web.cdx.json").write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return f"a bill of materials of the pages, {len(bill['components'])} packages"


def _environment_bill(tools: Path) -> dict[str, Any]:
    done = _run([str(tools / "cyclonedx-py"), "environment", "--output-reproducible", "--spec-version", "1.6", sys.executable])
    if done.returncode:
        raise SupplyError(f"cyclonedx-py failed: {done.stderr.strip()}")
    return dict(json.loads(done.stdout))


def _audited(tools: Path) -> list[tuple[int, str]]:
    """What the last attempt said: an index that does not answer may do so in a moment."""
    told = list(_audit(tools))
    for pause in PAUSES:
        if UNKNOWN not in (code for code, _ in told):
            break
        time.sleep(pause)
        told = list(_audit(tools))
    return told


def _audit(tools: Path) -> Iterator[tuple[int, str]]:
    """What pip-audit finds in the lock. It says "no known vulnerabilities" too where it reached nobody."""
    done = _run([str(tools / "pip-audit"), "--disable-pip", "--require-hashes", "--requirement", str(LOCK), "--format", "json"])
    try:
        wrong, unknown = advisories(json.loads(done.stdout))
    except (json.JSONDecodeError, KeyError):
        yield UNKNOWN, f"the advisories could not be asked: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}"
        return
    for line in wrong:
        yield FOUND, line
    if unknown:
        some = ", ".join(unknown[:5]) + (" ..." if len(unknown) > 5 else "")
        yield UNKNOWN, f"{len(unknown)} libraries of the lock could not be looked up ({some}): can the package index be reached?"
    elif not wrong:
        yield FINE, "no library of the lock has a known vulnerability"


def _write(tools: Path) -> str:
    """SupplyError: there are no packages, or a bill is not as the standard wants it."""
    try:
        sizes = json.loads((PACKAGES / "sizes.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SupplyError(f"there are no packages in {PACKAGES}; `make build` makes them") from None
    OUT.mkdir(parents=True, exist_ok=True)
    made = bills(_environment_bill(tools), sizes)
    files = []
    for name, bill in made.items():
        files.append(OUT / f"{name}.cdx.json")
        files[-1].write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    done = _run([str(tools / "python"), "-c", CHECK, *map(str, files)])
    if done.returncode:
        raise SupplyError(f"a bill is not as CycloneDX wants it: {done.stderr.strip()[-1000:]}")
    return f"{len(files)} bills of materials in {OUT}, {len(made['lianghu']['components'])} libraries"


def _run(words: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  our own tools


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m layers.supply", description="Bills of materials, known vulnerabilities, licences.")
    parser.add_argument("tools", type=Path, help="the folder of cyclonedx-py and pip-audit")
    parser.add_argument("--unknown-passes", action="store_true", help="no failure where the advisories cannot be asked")
    asked = parser.parse_args(arguments)
    worst = FINE
    try:
        sys.stdout.write(f"{_write(asked.tools)}\n")
        sys.stdout.write(f"{_written_of_pages()}\n")
        page(shipped(planned(target("x86_64"))), in_pages())
        sys.stdout.write("every library that is shipped has a licence that allows it (docs/licences.md)\n")
    except (SupplyError, LicenceError) as error:
        sys.stderr.write(f"{error}\n")
        worst = FOUND
    for code, line in _audited(asked.tools):
        (sys.stderr if code else sys.stdout).write(f"{line}\n")
        worst = FOUND if FOUND in (worst, code) else max(worst, code)
    return FINE if worst == UNKNOWN and asked.unknown_passes else worst


if __name__ == "__main__":
    sys.exit(main())
