"""What Numba's compiler must find in the environment before it is first imported, the same for every process that computes."""

import platform
from pathlib import Path

from functions.identity import engine_version

CPU_TARGET = "x86-64-v3" if platform.machine().lower() in ("x86_64", "amd64") else "generic"
"""Results are the same bytes within one target; template.yaml names the same one."""


def compiler_environment(folder: Path) -> dict[str, str]:
    """Environment variables for a process whose compiled kernels are kept under `folder`.

    The cache lies in a folder named by the engine's version: Numba looks only at a function's own file to see whether its code is stale,
    not at the files of what it calls.
    """
    return {
        "NUMBA_CPU_NAME": CPU_TARGET,
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(folder.absolute() / "kernels" / engine_version(CPU_TARGET)),
    }
