"""Where Numba finds compiled kernels: a folder that is the same on any path, with files of any age, read-only or not.

Numba's own cache is of the machine that compiled: it names its folders by where the sources lie, and wants to write. The variable
NUMBA_CACHE_LOCATOR_CLASSES names this one instead, everywhere: on the command line, in tests, in the local stack, in the deployed layer.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from engine.numba_loading import config  # isort: skip  (first, because Numba is loaded there without what it need not load)

from numba.core import event
from numba.core.caching import _CacheLocator

from functions.compiler import MARK
from functions.identity import engine_version

_config: Any = config


class KernelCache(_CacheLocator):
    """Looks in NUMBA_CACHE_DIR. What is found there is used if it was compiled from these sources; what is not is compiled, and kept where
    the folder can be written."""

    def __init__(self, function: Any, file: str) -> None:
        _watch()
        self._folder = _folder() / function.__module__
        self._file, self._line = file, function.__code__.co_firstlineno

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> "KernelCache | None":
        """None for code that is typed in, and where no folder is named."""
        return cls(py_func, py_file) if _config.CACHE_DIR and Path(py_file).exists() else None

    def get_cache_path(self) -> str:
        return str(self._folder)

    def ensure_cache_path(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    def get_source_stamp(self) -> str:
        """Kernels of another engine fit nothing here: of what a kernel calls in other files, Numba notices no change."""
        return f"not for {_mark()}" if _foreign() else _stamp(self._file)

    def get_disambiguator(self) -> str:
        return str(self._line)


class _Compiling(event.Listener):
    """Hears of each kernel that is compiled. Those that it calls, in their turn, are told as a part of it."""

    def __init__(self) -> None:
        self.tell: Callable[[str], None] = lambda kernel: None
        self._depth = 0

    def on_start(self, event: Any) -> None:
        dispatcher, self._depth = event.data["dispatcher"], self._depth + 1
        if not _may_be_written():
            dispatcher._cache.disable()  # else Numba writes, and what it computed is lost with the refusal
        if self._depth == 1:
            self.tell(f"{dispatcher.py_func.__module__}.{dispatcher.py_func.__qualname__}")

    def on_end(self, event: Any) -> None:
        self._depth -= 1


def tell_of_compiling(tell: Callable[[str], None]) -> None:
    """From now on somebody is told the name of each kernel that must be compiled, before it is: that may take a minute and more."""
    _watch().tell = tell


@cache
def _watch() -> _Compiling:
    """One for the process."""
    listener = _Compiling()
    event.register("numba:compile", listener)  # type: ignore[no-untyped-call]
    return listener


def _folder() -> Path:
    return Path(_config.CACHE_DIR)


@cache
def _mark() -> str:
    """The version of the engine for which everything is there; empty where nobody says that it is."""
    file = _folder() / MARK
    return file.read_text().strip() if file.exists() else ""


def _foreign() -> bool:
    return _mark() not in ("", engine_version(_config.CPU_NAME or "host"))


def _may_be_written() -> bool:
    """Asks the system, because a folder may be on a disk that is read-only. Kernels of another engine are left as they are."""
    try:
        _folder().mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(_folder(), os.W_OK) and not _foreign()


@cache
def _stamp(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
