"""The strategy templates that come with the engine. (The engine reads no files; its doors do.)"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "engine" / "templates"


@cache
def templates() -> dict[str, str]:
    """Name to YAML text, in the order of the names."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}
