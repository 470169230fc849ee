"""What goes into a package, and that the same files become the same bytes."""

import ctypes
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import markupsafe._speedups
import pytest
import yaml

from infra.local.template import TEMPLATE, _Loader
from layers import build
from layers.archive import Part, pack
from layers.contents import ROOT, data_files, needs_of, source_files
from layers.elf import glibc_needed, without_symbols
from layers.errors import BuildError
from layers.image import write_image
from layers.packages import Workshop
from layers.plan import Plan, planned
from layers.prepared import UNUSED_DAYS, kept, prepare_libraries, prepare_ours
from layers.rows import COMMON, DATA, FUNCTIONS, IMAGE, IMAGE_MODULES, NUMERIC
from layers.sizes import LIMIT, MIB, Size, as_json, of_function, too_large
from layers.target import PYTHONS, target
from layers.trim import AWS_SERVICES, unpack
from layers.wheels import Wheel, fetch, read_lock

HERE = target("x86_64")
WHEEL = {
    "tiny/__init__.py": '"""Words."""\nNAME = "tiny"\n\n\ndef fail() -> None:\n    raise ValueError("here")\n',
    "tiny/tests/test_tiny.py": "assert True\n",
    "tiny/tiny.pyi": "NAME: str\n",
    "tiny/include/tiny.h": "int tiny;\n",
    "tiny-1.0.data/scripts/tiny": "#!python\n",
    "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n\nA long read-me.\n",
    "tiny-1.0.dist-info/RECORD": "",
    "tiny-1.0.dist-info/licenses/LICENSE": "Do as you like.\n",
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(HERE)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    tree: dict[str, Any] = yaml.load(TEMPLATE.read_text(), _Loader)
    return tree["Resources"]


# ------------------------------------------------------------------------------------------------ the tables


def test_the_table_of_functions_says_what_the_template_says(template: Mapping[str, Any]) -> None:
    layers = {name: Path(row["Properties"]["ContentUri"]).stem for name, row in template.items() if row["Type"].endswith("LayerVersion")}
    functions = [row["Properties"] for row in template.values() if row["Type"] == "AWS::Serverless::Function"]
    told = {
        (Path(row["CodeUri"]).stem, row["Handler"].rpartition(".")[0], tuple(layers[layer["Ref"]] for layer in row["Layers"]))
        for row in functions
        if "CodeUri" in row
    }
    assert told == {(row.name, row.module, row.layers) for row in FUNCTIONS}
    images = {row["ImageConfig"]["Command"][0].rpartition(".")[0] for row in functions if row.get("PackageType") == "Image"}
    assert images == set(IMAGE_MODULES)
    assert {row["Runtime"] for row in functions if "Runtime" in row} <= {row.runtime for row in PYTHONS}


def test_every_module_that_reads_files_beside_itself_has_a_row(plan: Plan) -> None:
    modules = frozenset().union(*(needs.modules for needs in plan.needs.values()))
    reading = re.compile(r"\b__file__\b|PackageLoader|importlib\.resources|pkgutil")
    found = {module for module in modules for file in source_files([module]).values() if reading.search(file.read_text())}
    assert found == {row.module for row in DATA}
    assert all(list(ROOT.glob(pattern)) for row in DATA for pattern in row.patterns)


def test_what_a_function_reads_comes_with_it_and_nothing_else() -> None:
    assert not data_files(["functions.sweeper"])
    assert "functions/pages/run.html" in data_files(["functions.reports.rendering"])
    assert "engine/templates/macd-cross.yaml" in data_files(["functions.templates"])


def test_no_service_is_called_whose_description_is_cut_away(plan: Plan) -> None:
    modules = frozenset().union(*(needs.modules for needs in plan.needs.values()))
    text = "".join(file.read_text() for file in source_files(modules).values())
    called = set(re.findall(r"""\bclient\(\s*["'](\w+)["']""", text))
    assert {"sqs", "events"} <= called <= set(AWS_SERVICES)
    assert "boto3.resource" not in text


# ------------------------------------------------------------------------------------------------ what a function needs


def test_imports_inside_functions_count_and_those_for_type_checkers_do_not(plan: Plan) -> None:
    assert "import sentry_sdk  #" in (ROOT / "functions/error_reports.py").read_text()
    for row in FUNCTIONS:
        held = plan.needs[row.name].distributions
        assert "sentry-sdk" in held
        assert not [name for name in held if name.endswith(("-stubs", "types-pyyaml")) or name.startswith("mypy")]


def test_a_module_brings_the_packages_around_it_and_a_library_what_it_stands_on() -> None:
    needs = needs_of(["functions.api.auth"], HERE)
    assert {"functions", "functions.api", "functions.api.auth", "functions.settings"} <= needs.modules
    assert {"pyjwt", "cryptography", "cffi", "pydantic", "pydantic-core"} <= needs.distributions


def test_each_function_finds_every_library_once(plan: Plan) -> None:
    for row in FUNCTIONS:
        places = [plan.holds[name] for name in (row.name, *row.layers)]
        assert sum(map(len, places)) == len(frozenset().union(*places)), f"{row.name} has a library twice"
        assert frozenset().union(*places) >= plan.needs[row.name].distributions
    assert plan.holds[IMAGE] >= {"deltalake", "polars", "pyarrow", "tushare", "six", "awslambdaric"}


def test_no_function_carries_what_it_never_loads(plan: Plan) -> None:
    assert {"numba", "llvmlite"} == plan.holds[NUMERIC]
    tables = {"polars", "pyarrow", "pandas", "deltalake", "duckdb"}
    for row in FUNCTIONS:
        held = frozenset().union(*(plan.holds[name] for name in (row.name, *row.layers)))
        assert not held & (tables | {"moto", "pytest", "rich", "awslambdaric"})
        assert ("numba" in held) == (row.name == "worker")
        assert ("fastapi" in held) == (row.name in ("api", "responder"))
    assert "engine.compiled" not in plan.needs["api"].modules


def test_the_layer_of_everybody_holds_what_everybody_needs(plan: Plan) -> None:
    assert {"numpy", "boto3", "botocore", "psycopg", "psycopg-binary"} <= plan.holds[COMMON]
    assert all(plan.holds[COMMON] <= plan.needs[row.name].distributions for row in FUNCTIONS)


def test_a_module_that_is_not_there_is_told() -> None:
    with pytest.raises(BuildError, match=r"no module functions\.nobody"):
        needs_of(["functions.nobody"], HERE)


def test_another_python_is_refused() -> None:
    with pytest.raises(BuildError, match=r"3\.9.*use CPython 3\.11"):
        target("x86_64", "3.9")


# ------------------------------------------------------------------------------------------------ wheels


def lock_of(digest: str) -> str:
    mine = f"tiny==1.0 \\\n    --hash=sha256:{digest} \\\n    --hash=sha256:{'0' * 64}\n"
    return mine + "other==2 ; sys_platform == 'win32' \\\n    --hash=sha256:11\n"


def test_the_lock_is_read_for_the_target() -> None:
    lock = read_lock(lock_of("ab"), HERE)
    assert lock.keys() == {"tiny"}
    assert lock["tiny"].hashes == {"ab", "0" * 64}
    real = read_lock((ROOT / "requirements.lock").read_text(), HERE)
    assert real["numpy"].version == metadata.version("numpy")
    assert "--hash=sha256:" in real["numpy"].lines


def test_what_the_lock_does_not_name_is_told() -> None:
    with pytest.raises(BuildError, match=r"markupsafe is needed by a function and is not in requirements\.lock"):
        fetch(["markupsafe"], {}, Path("nowhere"), HERE)


def test_another_version_than_the_installed_one_is_told() -> None:
    with pytest.raises(BuildError, match=r"markupsafe .* is installed, and the lock says 0\.1"):
        fetch(["markupsafe"], read_lock("markupsafe==0.1 \\\n    --hash=sha256:ab\n", HERE), Path("nowhere"), HERE)


def test_a_wheel_of_other_bytes_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is downloaded again, which pip cannot without an index."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    version = metadata.version("markupsafe")
    (tmp_path / f"markupsafe-{version}-py3-none-any.whl").write_bytes(b"something else")
    lock = read_lock(f"markupsafe=={version} \\\n    --hash=sha256:{'0' * 64}\n", HERE)
    with pytest.raises(BuildError, match="pip could not download"):
        fetch(["markupsafe"], lock, tmp_path, HERE)


# ------------------------------------------------------------------------------------------------ trimming and compiling


def wheel(folder: Path, files: Mapping[str, str] = WHEEL) -> Wheel:
    file = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return Wheel("tiny", "1.0", file, "digest")


def test_a_library_is_packed_without_what_no_function_opens(tmp_path: Path) -> None:
    unpack(wheel(tmp_path), tmp_path / "into")
    found = {file.relative_to(tmp_path / "into").as_posix() for file in (tmp_path / "into").rglob("*") if file.is_file()}
    assert found == {"tiny/__init__.py", "tiny-1.0.dist-info/METADATA", "tiny-1.0.dist-info/licenses/LICENSE"}
    assert "read-me" not in (tmp_path / "into/tiny-1.0.dist-info/METADATA").read_text()


def test_a_library_runs_from_its_bytecode_and_says_where_it_fails(tmp_path: Path) -> None:
    folder = prepare_libraries({"tiny": wheel(tmp_path)}, tmp_path / "kept", lambda: None)["tiny"]
    assert [file.name for file in folder.rglob("*.py*")] == ["__init__.pyc"]
    code = "import importlib.metadata, tiny; print(importlib.metadata.version('tiny'), tiny.NAME); tiny.fail()"
    done = subprocess.run([sys.executable, "-S", "-c", code], env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False)
    assert done.stdout == "1.0 tiny\n"
    assert 'File "/opt/python/tiny/__init__.py", line 6, in fail' in done.stderr


def test_a_prepared_library_is_made_once_and_anew_when_the_wheel_is_another(tmp_path: Path) -> None:
    first = prepare_libraries({"tiny": wheel(tmp_path)}, tmp_path / "kept", lambda: None)["tiny"]
    (first / "seen").touch()
    assert (prepare_libraries({"tiny": wheel(tmp_path)}, tmp_path / "kept", lambda: None)["tiny"] / "seen").exists()
    other = Wheel("tiny", "1.0", wheel(tmp_path).file, "another")
    assert not (prepare_libraries({"tiny": other}, tmp_path / "kept", lambda: None)["tiny"] / "seen").exists()


def test_what_no_build_used_for_weeks_was_kept_for_ever(tmp_path: Path) -> None:
    used = prepare_libraries({"tiny": wheel(tmp_path)}, tmp_path / "kept", lambda: None)["tiny"]
    stale, recent = (used.with_name(f"tiny-0.{number}-of-another-recipe") for number in (1, 2))
    for folder, days in ((used, UNUSED_DAYS + 1), (stale, UNUSED_DAYS + 1), (recent, UNUSED_DAYS - 1)):
        folder.mkdir(exist_ok=True)
        (folder / "file").touch()
        os.utime(folder, (0, time.time() - days * 86_400))
    prepare_libraries({"tiny": wheel(tmp_path)}, tmp_path / "kept", lambda: None)
    assert used.exists() and recent.exists() and not stale.exists()


def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "half").touch()
        raise BuildError("no")

    with pytest.raises(BuildError):
        kept(tmp_path / "kept", make)
    assert list(tmp_path.iterdir()) == []


def test_code_that_cannot_be_compiled_is_told(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"cannot be compiled.*SyntaxError"):
        prepare_libraries({"tiny": wheel(tmp_path, {"tiny.py": "def"})}, tmp_path / "kept", lambda: None)


def test_a_shared_object_without_symbols_still_works(tmp_path: Path) -> None:
    whole = Path(str(markupsafe._speedups.__file__)).read_bytes()
    cut = without_symbols(whole)
    assert len(cut) < len(whole)
    file = tmp_path / "_speedups.so"
    file.write_bytes(cut)
    assert ctypes.CDLL(str(file)).PyInit__speedups
    assert without_symbols(b"GROUP ( libc.so.6 )") == b"GROUP ( libc.so.6 )"
    assert glibc_needed(whole) == glibc_needed(cut) > 0
    assert glibc_needed(b"\0GLIBC_2.99\0") == 0


# ------------------------------------------------------------------------------------------------ the same bytes


def zipped(folder: Path, library: Path) -> Path:
    modules = source_files(needs_of(["engine.words"], HERE).modules)
    prepare_ours(modules, data_files(["functions.templates"]), folder / "ours")
    pack([Part("library", library, "python"), Part("ours", folder / "ours")], folder / "made.zip")
    return folder / "made.zip"


@pytest.mark.parametrize(("architecture", "here"), [("x86_64", True), ("arm64", False)])
def test_what_another_python_made_said_of_arm64_that_it_runs_here(
    architecture: str, here: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"python": "3.11", "over_budget": [], "too_new": {}}
    monkeypatch.setattr(build, "build", lambda *_: told)
    monkeypatch.setattr(build, "show", lambda *_: None)
    assert build.main(["--architecture", architecture, "--out", str(tmp_path)]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert ("they run here" in said) is here, said
    assert "for Python 3.11" in said and "CLOUD_PYTHON" in said and (here or "sizes of arm64" in said)


def test_the_same_files_become_the_same_zip(tmp_path: Path) -> None:
    made = []
    for name in ("one", "another/much/deeper"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        library = prepare_libraries({"tiny": wheel(folder)}, folder / "kept", lambda: None)["tiny"]
        for file in library.rglob("*"):
            os.utime(file, (len(made) + 1e9, len(made) + 1e9))
            file.chmod(0o700 if made else 0o755)
        made.append(zipped(folder, library).read_bytes())
    assert made[0] == made[1]


def test_a_zip_has_no_times_no_folders_and_everybody_may_read_it(tmp_path: Path) -> None:
    library = prepare_libraries({"tiny": wheel(tmp_path)}, tmp_path / "kept", lambda: None)["tiny"]
    with zipfile.ZipFile(zipped(tmp_path, library)) as archive:
        rows = archive.infolist()
    assert [row.filename for row in rows] == sorted(row.filename for row in rows)
    assert {row.date_time for row in rows} == {(1980, 1, 1, 0, 0, 0)}
    assert {row.external_attr >> 16 for row in rows} == {0o100644}
    names = {row.filename for row in rows}
    assert {"engine/words.py", f"engine/__pycache__/words.{sys.implementation.cache_tag}.pyc", "python/tiny/__init__.pyc"} <= names
    assert "engine/templates/turtle.yaml" in names


def test_the_image_is_a_folder_and_a_dockerfile_that_only_copies(tmp_path: Path) -> None:
    library = prepare_libraries({"tiny": wheel(tmp_path)}, tmp_path / "kept", lambda: None)["tiny"]
    for name in ("one", "two"):
        write_image([Part("tiny", library)], tmp_path / name, HERE)
    assert (tmp_path / "one/contents/tiny/__init__.pyc").exists()
    commands = [line.split()[0] for line in (tmp_path / "one/Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    assert commands == ["ARG", "FROM", "COPY", "WORKDIR", "USER", "ENTRYPOINT", "CMD"]
    told = [
        {(file.relative_to(tmp_path / name).as_posix(), file.stat().st_mtime, file.stat().st_mode) for file in (tmp_path / name).rglob("*")}
        for name in ("one", "two")
    ]
    assert told[0] == told[1]


def test_an_image_built_by_somebody_careful_could_be_read_by_nobody_else(tmp_path: Path) -> None:
    """Docker keeps the modes of folders, and Lambda's user is not root."""
    library = tmp_path / "tiny"
    (library / "tiny/deep").mkdir(parents=True)
    (library / "tiny/deep/words.py").touch()
    before = os.umask(0o077)
    try:
        write_image([Part("tiny", library)], tmp_path / "image", HERE)
    finally:
        os.umask(before)
    modes = {f"{file.is_dir()} {file.stat().st_mode & 0o777:o}" for file in ((tmp_path / "image"), *(tmp_path / "image").rglob("*"))}
    assert modes == {"True 755", "False 644"}


def test_what_is_put_together_names_its_own_version_and_that_of_the_engines_libraries(tmp_path: Path, plan: Plan) -> None:
    libraries = {name: tmp_path / name for name in (*plan.distributions, "numba", "llvmlite")}
    for name in ("numba", "llvmlite"):
        (libraries[name] / f"{name}-1.dist-info").mkdir(parents=True)
        (libraries[name] / f"{name}-1.dist-info/METADATA").write_text(f"Name: {name}\nVersion: 1\n")
    workshop = Workshop(plan, libraries, tmp_path / "shop")
    assert sorted(path for path, _ in workshop.parts(COMMON)[-1].files()) == [
        "python/llvmlite-1.dist-info/METADATA",
        "python/numba-1.dist-info/METADATA",
    ]
    ours = {path for path, _ in workshop.parts("sweeper")[-1].files()}
    assert {"functions/sweeper.py", "engine/simulation/loop.py"} <= ours, "the engine's version is a hash of its sources"
    assert not [path for path in ours if "loop.cpython" in path], "which it does not run"
    assert [path for path in ours if path.startswith("lianghu-")]


# ------------------------------------------------------------------------------------------------ sizes


def sizes(worker: int, numeric: int) -> dict[str, Size]:
    told = {row.name: Size({"ours": MIB}, 1, "x") for row in FUNCTIONS}
    return told | {
        COMMON: Size({"numpy": 2 * MIB}, 1, "x"),
        NUMERIC: Size({"llvmlite": numeric}, 1, "x"),
        "worker": Size({"ours": worker}, 1, "x"),
    }


def test_a_function_is_as_large_as_its_zip_and_its_layers() -> None:
    worker = next(row for row in FUNCTIONS if row.name == "worker")
    assert of_function(worker, sizes(MIB, 5 * MIB)).unzipped == 8 * MIB
    assert of_function(worker, sizes(MIB, 5 * MIB)).zipped == 3


def test_what_is_too_large_is_named_with_its_largest_parts() -> None:
    assert too_large(sizes(MIB, 5 * MIB)) == []
    (told,) = too_large(sizes(MIB, LIMIT))
    assert told.startswith("worker takes 253.0 MiB unzipped with its layers") and told.endswith("llvmlite 250.0, numpy 2.0, ours 1.0")


def test_every_budget_is_within_the_platforms_limit() -> None:
    assert all(row.budget * MIB <= LIMIT for row in FUNCTIONS)
    assert as_json(sizes(1, 1))["functions"]["worker"]["budget"] <= LIMIT == 262_144_000
