"""What is shipped: bills of materials made of what was packed, advisories that were asked or were not, licences that allow it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from layers import licences, supply
from layers.licences import ALLOWED, LicenceError, page, refused, shipped
from layers.plan import Plan, planned
from layers.shipped import Shipped
from layers.supply import FINE, FOUND, UNKNOWN, advisories, bills
from layers.target import target
from layers.web_licences import in_pages

ROOT = Path(__file__).parents[2]
WHOLE: dict[str, Any] = {
    "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": {"tools": {"components": []}},
    "components": [
        {"bom-ref": f"{name}==1", "name": name, "version": "1", "type": "library"} for name in ("NumPy", "typing_extensions", "pytest")
    ],
    "dependencies": [
        {"ref": "NumPy==1", "dependsOn": ["pytest==1", "typing_extensions==1"]},
        {"ref": "pytest==1"},
        {"ref": "typing_extensions==1"},
    ],
}
SIZES = {
    "packages": {
        "numeric-layer": {"sha256": "a" * 64, "parts": {"numpy": 1, "kernels": 2}},
        "api": {"sha256": "b" * 64, "parts": {"typing-extensions": 1, "ours": 2}},
    }
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(target("x86_64"))


def test_a_bill_has_what_its_package_holds_and_its_hash() -> None:
    made = bills(WHOLE, SIZES)
    assert {name: [row["name"] for row in bill["components"]] for name, bill in made.items()} == {
        "numeric-layer": ["NumPy"],
        "api": ["typing_extensions"],
        "lianghu": ["NumPy", "typing_extensions"],
    }
    assert made["api"]["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": "b" * 64}]
    assert made["lianghu"]["dependencies"] == [
        {"ref": "NumPy==1", "dependsOn": ["typing_extensions==1"]},
        {"ref": "typing_extensions==1", "dependsOn": []},
        {"ref": "package:lianghu", "dependsOn": ["NumPy==1", "typing_extensions==1"]},
    ]


@pytest.mark.skipif(not shutil.which("npm"), reason="there is no npm on this machine")
def test_the_bill_of_the_pages_is_what_the_page_on_licences_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supply, "OUT", tmp_path)
    assert f"{len(in_pages())} packages" in supply._written_of_pages()
    bill = json.loads((tmp_path / "web.cdx.json").read_text())
    assert {(row["name"], row["version"]) for row in bill["components"]} == {(row.name, row.version) for row in in_pages()}
    assert all(row["licenses"] and row["purl"] for row in bill["components"])
    assert not [row for row in bill["dependencies"] if set(row["dependsOn"]) - {each["bom-ref"] for each in bill["components"]}]


def test_what_the_pages_need_is_found_as_node_finds_it(tmp_path: Path) -> None:
    places: dict[str, Any] = {
        "": {"dependencies": {"a": "1", "next": "1"}},
        "node_modules/a": {"version": "1", "license": "MIT", "dependencies": {"b": "2", "c": "1"}},
        "node_modules/a/node_modules/b": {"version": "2", "license": "0BSD", "dependencies": {"c": "1"}},
        "node_modules/b": {"version": "1", "license": "GPL-3.0-only"},
        "node_modules/c": {"version": "1", "license": "MIT", "dependencies": {"types-only": "1", "b": "1"}},
        "node_modules/next": {"version": "16", "license": "MIT", "dependencies": {"sharp": "1", "@swc/helpers": "1"}},
        "node_modules/@swc/helpers": {"version": "1", "license": "Apache-2.0"},
        "node_modules/sharp": {"version": "1", "license": "LGPL-3.0-only"},
    }
    (tmp_path / "lock.json").write_text(json.dumps({"packages": places}))
    found = [(row.name, row.version, row.licence) for row in in_pages(tmp_path / "lock.json")]
    assert found == [
        ("@swc/helpers", "1", "Apache-2.0"), ("a", "1", "MIT"), ("b", "1", "GPL-3.0-only"), ("b", "2", "0BSD"), ("c", "1", "MIT"),
        ("next", "16", "MIT"),
    ]  # fmt: skip
    with pytest.raises(LicenceError, match=r"b is under GPL-3\.0-only"):
        page([], in_pages(tmp_path / "lock.json"))


def test_a_library_that_could_not_be_looked_up_is_not_one_without_faults() -> None:
    answer = {
        "dependencies": [
            {"name": "good", "version": "1", "vulns": []},
            {"name": "bad", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}, {"id": "PYSEC-2", "fix_versions": []}]},
            {"name": "away", "skip_reason": "not found"},
        ]
    }
    assert advisories(answer) == (["bad 1: PYSEC-1, mended in 1.1", "bad 1: PYSEC-2"], ["away"])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, FINE),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X"}]}, {"name": "b", "skip_reason": "-"}]}, FOUND),
        ({"dependencies": [{"name": "a", "skip_reason": "-"}]}, UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_the_exit_code_tells_clean_from_found_and_from_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Any, code: int
) -> None:
    monkeypatch.setattr(supply, "OUT", tmp_path / "out")
    monkeypatch.setattr(supply, "PACKAGES", tmp_path)
    (tmp_path / "sizes.json").write_text(json.dumps(SIZES))
    answers = {"cyclonedx-py": json.dumps(WHOLE), "pip-audit": json.dumps(answer) if answer else "", "python": ""}
    for name, text in answers.items():
        (tmp_path / name).write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(supply, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(supply, "_written_of_pages", lambda: "")
    assert supply.main([str(tmp_path)]) == code
    assert supply.main([str(tmp_path), "--unknown-passes"]) == (FINE if code == UNKNOWN else code), "what was found is found"
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["api.cdx.json", "lianghu.cdx.json", "numeric-layer.cdx.json"]


def test_an_index_that_was_away_for_a_moment_stopped_a_deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(supply.time, "sleep", waited.append)
    monkeypatch.setattr(supply, "_write", lambda tools: "")
    monkeypatch.setattr(supply, "_written_of_pages", lambda: "")
    answers = [[(UNKNOWN, "away")], [(UNKNOWN, "away")], [(FINE, "none")]]
    monkeypatch.setattr(supply, "_audit", lambda tools: iter(answers.pop(0)))
    assert supply.main([str(tmp_path)]) == FINE
    assert waited == list(supply.PAUSES) and answers == []
    answers += [[(FOUND, "a 1: X")]]
    assert supply.main([str(tmp_path), "--unknown-passes"]) == FOUND and len(waited) == 2, "nobody asks again what was answered"
    answers += [[(UNKNOWN, "away")]] * 3
    assert supply.main([str(tmp_path)]) == UNKNOWN


def test_without_packages_there_is_no_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(supply, "PACKAGES", tmp_path)
    monkeypatch.setattr(supply, "_audit", lambda tools: iter([(FINE, "")]))
    assert supply.main([str(tmp_path)]) == FOUND
    assert "make build" in capsys.readouterr().err


def test_everything_that_is_shipped_has_a_licence_that_allows_it_and_the_page_says_so(plan: Plan) -> None:
    rows = shipped(plan)
    assert {row.name for row in rows} == plan.distributions
    assert page(rows, in_pages()) == (ROOT / "docs/licences.md").read_text(), "make licences"


@pytest.mark.parametrize(
    ("licence", "wrong"),
    [
        ("MIT", []),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", []),
        ("GPL-3.0-only OR MIT", []),
        ("MIT AND GPL-3.0-only", ["GPL-3.0-only"]),
        ("AGPL-3.0-only", ["AGPL-3.0-only"]),
    ],
)
def test_of_a_choice_one_must_be_allowed_and_of_several_all(licence: str, wrong: list[str]) -> None:
    assert refused(licence) == wrong


def test_a_library_that_may_not_be_shipped_is_refused() -> None:
    with pytest.raises(LicenceError, match=r"tool is under GPL-3\.0-only"):
        page([Shipped("tool", "1", "GPL-3.0-only", ("api",))])


def test_a_library_that_does_not_say_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "READ", {})
    with pytest.raises(LicenceError, match="tushare does not say"):
        licences.licence_of("tushare")


def test_no_licence_is_allowed_for_nothing(plan: Plan) -> None:
    text = " ".join(row.licence for row in shipped(plan))
    assert not [name for name in ALLOWED if name not in text]
