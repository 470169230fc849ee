"""The compiler's environment: one target, one cache for each version of the engine, and a word where the processor is too old."""

import subprocess
import sys
from pathlib import Path

import pytest

from functions.compiler import COMPILER, CPU_TARGET, compiler_environment, missing_instructions
from functions.identity import engine_version
from infra.local.template import parameter_names, read

NEW = "processor\t: 0\nflags\t\t: fpu avx avx2 bmi1 bmi2 f16c fma abm movbe xsave sse4_2\n"


def test_the_cache_is_named_by_the_engine(tmp_path: Path) -> None:
    environment = compiler_environment(tmp_path)
    assert environment["NUMBA_CACHE_DIR"] == str(tmp_path / "kernels" / engine_version(CPU_TARGET))
    assert engine_version(CPU_TARGET) != engine_version("generic")


@pytest.mark.skipif(CPU_TARGET == "generic", reason="only x86-64 has a named target")
def test_the_deployed_functions_are_compiled_for_the_same_target_and_find_the_same_kernels() -> None:
    given = {name: "x" for name in parameter_names() if name == "SupabaseUrl"}
    for function in read(given).functions(lambda name, attribute: "x").values():
        assert function.environment.items() >= COMPILER.items(), function.name


@pytest.mark.skipif(CPU_TARGET == "generic", reason="only x86-64 has a named target")
def test_an_old_processor_is_told() -> None:
    assert missing_instructions(NEW) == []
    assert missing_instructions(NEW.replace("avx2 ", "").replace("fma ", "")) == ["avx2", "fma"]


def test_nothing_is_claimed_of_an_unknown_processor() -> None:
    assert missing_instructions("") == []


def test_kernels_do_without_scipy_which_others_may_load() -> None:
    code = (
        "import sys, engine.compiled, numba; numba.njit(lambda x: x + 1)(1); "
        "assert not any(name.split('.')[0] == 'scipy' for name in sys.modules); import scipy.linalg; assert scipy.linalg.solve([[2]], [4])"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
