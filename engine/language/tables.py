"""The language's rows as Markdown, so that its page says what the code does."""

from collections.abc import Iterable

from engine.indicators.catalog import FIELDS, FUNCTIONS
from engine.language.check import NOT_YET
from engine.language.constants import as_text
from engine.language.settings import EVERY, FEES, KEEP_WITHIN, MAX_POSITIONS, SETTINGS, TOP


def field_table() -> str:
    rows = ((f"`{row.name}`", row.text, row.unit or ("true or false" if row.kind == "truth" else "")) for row in FIELDS)
    return _table(("field", "meaning", "unit"), rows)


def function_table() -> str:
    rows = ((f"`{row.signature}`", row.formula, row.look_back_text, row.missing, row.source) for row in FUNCTIONS)
    return _table(("function", "value", "looks back", "NaN", "as in, and where it differs"), rows)


def setting_table() -> str:
    settings = (MAX_POSITIONS, *SETTINGS, *FEES, TOP, KEEP_WITHIN, EVERY)
    rows = ((f"`{row.path}`", row.text, f"{as_text(row.low)} .. {as_text(row.high)}", row.default or "") for row in settings)
    return _table(("setting", "meaning", "bounds", "default"), rows)


def not_yet() -> str:
    return ", ".join(f"`{name}`" for name in sorted(NOT_YET))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
