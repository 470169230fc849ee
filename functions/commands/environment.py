"""What the command line settles before anything reads a setting or compiles a kernel."""

import os
from pathlib import Path

from functions.commands.failures import PLATFORM, CommandError
from functions.compiler import COMPILER, CPU_TARGET, compiler_environment, missing_instructions
from functions.settings import Settings, SettingsError, settings

PROCESSOR = Path("/proc/cpuinfo")
_FILLED: dict[str, str] = {}
"""By this process."""


def prepare_environment() -> Settings:
    """Fills in the compiler's environment and the folders of the stack on this machine, wherever the environment says nothing.

    So a backtest in this process is compiled for the same CPU target, from the same lake, as one through the local stack. Again in the same
    process, it is of the environment as it is by then: what an earlier call filled in is nobody's wish.
    """
    settings.cache_clear()
    missing = missing_instructions(PROCESSOR.read_text() if PROCESSOR.exists() else "")
    if missing:
        raise CommandError(
            f"this processor lacks {', '.join(missing)}", f"the engine is compiled for {CPU_TARGET} (2013 and newer)", PLATFORM
        )
    home = _checked().lianghu_home.absolute()
    defaults = {**compiler_environment(home), "LAKE_URL": (home / "lake").as_uri(), "DATA_CACHE_DIR": str(home / "cache")}
    # Another target would be another engine under the same version.
    for name, value in defaults.items():
        if name in COMPILER or os.environ.get(name, "") in ("", _FILLED.get(name)):
            os.environ[name] = _FILLED[name] = value
    settings.cache_clear()
    return settings()


def _checked() -> Settings:
    try:
        return settings()
    except SettingsError as error:
        raise CommandError(str(error), "settings come from the environment; docs/settings.md describes them") from None


def kernels_are_new() -> bool:
    """Whether the compiler has not yet kept anything for this version of the engine: then the first run takes longer."""
    return not Path(os.environ["NUMBA_CACHE_DIR"]).exists()


COMPILING = "the first time, the kernels are compiled: about a minute"
