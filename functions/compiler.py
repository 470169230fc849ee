"""What Numba's compiler must find in the environment before it is first imported, the same for every process that computes."""

import platform
import re
from pathlib import Path

from functions.identity import engine_version

CPU_TARGET = "x86-64-v3" if platform.machine().lower() in ("x86_64", "amd64") else "generic"
"""Results are the same bytes within one target; template.yaml names the same one."""

COMPILER = {
    "NUMBA_CPU_NAME": CPU_TARGET,
    "NUMBA_CPU_FEATURES": "",
    "NUMBA_CACHE_LOCATOR_CLASSES": "functions.kernel_cache.KernelCache",
}
"""The same for everybody, wherever kernels are kept; template.yaml says it again."""

MARK = "baked"
"""A file among kept kernels that says that every one is there, and for which version of the engine."""

X86_64_V3 = {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"}
"""Beyond x86-64-v2, as Linux names them: System V ABI, AMD64 supplement, section 3.1.1 (`abm` has lzcnt)."""


def compiler_environment(folder: Path) -> dict[str, str]:
    """Environment variables for a process whose compiled kernels are kept under `folder`.

    The cache lies in a folder named by the engine's version: Numba looks only at a function's own file to see whether its code is stale,
    not at the files of what it calls.
    """
    return {
        **COMPILER,
        "NUMBA_CACHE_DIR": str(folder.absolute() / "kernels" / engine_version(CPU_TARGET)),
    }


def missing_instructions(description: str) -> list[str]:
    """What a processor lacks of the CPU target, from the text of /proc/cpuinfo (empty on other systems: nothing is known)."""
    found = re.search(r"^flags\s*:(.*)$", description, re.MULTILINE)
    if CPU_TARGET != "x86-64-v3" or found is None:
        return []
    return sorted(X86_64_V3 - set(found[1].split()))
