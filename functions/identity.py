"""Names by content: which engine computes, and which result a run asks for."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

ENGINE = Path(__file__).parent.parent / "engine"
LIBRARIES = ("numba", "numpy", "llvmlite")


@cache
def engine_version(numba_cpu_name: str) -> str:
    """Short hash of everything that can change a byte of a result: the engine's sources, its libraries, the CPU target.

    The libraries' versions come from their metadata, so this needs no numba in the process: the API's package carries
    numba's and llvmlite's dist-info folders, not their code.
    """
    digest = hashlib.sha256()
    for path in sorted(ENGINE.rglob("*.py")):
        digest.update(f"{path.relative_to(ENGINE).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in LIBRARIES:
        digest.update(f"{name}={metadata.version(name)}\0".encode())
    digest.update(numba_cpu_name.encode())
    return digest.hexdigest()[:16]


def run_identity(strategy: str, params: Mapping[str, float | int], context: Mapping[str, Any], rules: str, engine: str) -> str:
    """The hash of everything that decides a result; `context` says what of the backtest's does: which panel, how much cash."""
    return content_identity({"strategy": strategy, "params": dict(params), "context": dict(context), "rules": rules, "engine": engine})


def content_identity(value: Any) -> str:
    """sha256 of a JSON value; the order of keys does not matter, 1 and 1.0 differ."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
