"""A strategy's text in its normal writing: sections and keys in one order, expressions in normal form, comments where they belong."""

from collections.abc import Iterator

from engine.language.comments import Remarks, remarks
from engine.language.expression import write
from engine.language.parser import ExpressionError, parse
from engine.language.program import compile_strategy
from engine.language.read import KEYS
from engine.language.scalars import scalar_lines, scalar_text
from engine.language.sections.settings import KEYS as SETTINGS_KEYS
from engine.language.sections.universe import RANK_KEYS
from engine.language.source import read_source
from engine.language.tree import Entry, Listing, Scalar, Table, Tree

WIDTH = 100
"""Columns that a mapping or list in one line may take."""
STEP = "  "

GROUPS = (
    ("name", "description"),
    ("params", "require"),
    ("universe",),
    ("let", "entry", "exit", "rank", "select"),
    ("portfolio", "risk", "execution", "costs", "rules"),
)
"""Sections that stand together; between groups there is an empty line."""
_GROUP = {key: number for number, keys in enumerate(GROUPS) for key in keys}

_ORDER = {
    "": KEYS,
    "select": ("top", "by", "weight", "every", "keep_within"),
    "execution.buy": ("limit", "stop", "time_in_force"),
    "execution.sell": ("limit", "stop", "time_in_force"),
    **SETTINGS_KEYS,
}
"""The order of keys; elsewhere it is that of the text, which decides the order of a grid."""
_UNIVERSE = ("from", "where", *RANK_KEYS)
"""Of a universe, however deep inside another one."""
_PARAMETER = ("default", "min", "max")
_LINES = ("params", "require", "let")
"""Sections with a line for each entry, however short."""
_VERBATIM = ("name", "description")


def formatted(text: str) -> str:
    """The text in its normal writing, which has the same identity and the same comments, and which formatting does not change.

    StrategyError where the text is no strategy.
    """
    identity = compile_strategy(text).identity
    root = read_source(text)
    found = remarks(text, root)
    written = "\n".join(_whole(root, found)) + "\n"
    if compile_strategy(written).identity != identity or remarks(written, read_source(written)).texts != found.texts:
        raise AssertionError("formatting changed the strategy")  # who writes over a file must rather fail than lose something
    return written


def _whole(root: Table, found: Remarks) -> Iterator[str]:
    if found.header:
        yield from (*found.header, "")
    group = None
    for entry in _in_order("", root):
        if _is_empty(entry.value) and id(entry.value) not in found.notes:
            continue
        if group not in (None, _GROUP[entry.key.text]):
            yield ""
        group = _GROUP[entry.key.text]
        yield from _entry(entry, "", "", found)
    yield from found.footer


def _entry(entry: Entry, path: str, indent: str, found: Remarks) -> Iterator[str]:
    """One key with its value, and the comments around it."""
    path = f"{path}.{entry.key.text}" if path else entry.key.text
    notes = found.of(entry.value)
    key = scalar_text(entry.key.text, is_inside=False)
    first, *others = _value(entry.value, path, indent, len(key) + 2, found)
    yield from (f"{indent}{line}" for line in notes.before)
    yield f"{indent}{key}:{_led(first)}{''.join(f'  {line}' for line in notes.beside)}"
    yield from others
    yield from (f"{indent}{line}" for line in notes.after)


def _item(value: Tree, path: str, indent: str, found: Remarks) -> Iterator[str]:
    notes = found.of(value)
    yield from (f"{indent}{line}" for line in notes.before)
    yield f"{indent}- {_flow(value, path)}{''.join(f'  {line}' for line in notes.beside)}"
    yield from (f"{indent}{line}" for line in notes.after)


def _value(value: Tree, path: str, indent: str, used: int, found: Remarks) -> list[str]:
    """What stands behind a key, and the lines below it; `used`: columns that the key takes."""
    if isinstance(value, Scalar):
        return scalar_lines(_text(value, path), indent + STEP)
    if not _inner(value):
        return [_flow(value, path)]
    is_open = path in _LINES or (path == "universe" and isinstance(value, Table) and value.get("from") is not None)
    if not is_open and not found.are_inside(value):
        line = _flow(value, path)
        if len(indent) + used + len(line) <= WIDTH:
            return [line]
        if isinstance(value, Listing):
            return ["", *_filled([_flow(item, path) for item in value.items], indent + STEP)]
    below = indent + STEP
    if isinstance(value, Listing):
        return ["", *(line for item in value.items for line in _item(item, path, below, found))]
    return ["", *(line for entry in _in_order(path, value) for line in _entry(entry, path, below, found))]


def _filled(cells: list[str], indent: str) -> Iterator[str]:
    """A long list in one pair of brackets, as many cells on a line as fit."""
    line = f"{indent}["
    for number, cell in enumerate(cells):
        piece = f"{cell}{',' if number < len(cells) - 1 else ']'}"
        if len(line) + len(piece) + 1 > WIDTH and line.strip() != "[":
            yield line
            line = f"{indent} {piece}"
        else:
            line += piece if line.endswith("[") else f" {piece}"
    yield line


def _flow(value: Tree, path: str) -> str:
    """In one line, within brackets."""
    if isinstance(value, Scalar):
        return scalar_text(_text(value, path), is_inside=True) if path not in _LINES else scalar_text(_text(value, path), is_inside=False)
    if isinstance(value, Listing):
        return f"[{', '.join(_flow(item, path) for item in value.items)}]"
    inner = ((entry.key.text, _flow(entry.value, f"{path}.{entry.key.text}")) for entry in _in_order(path, value))
    return f"{{{', '.join(f'{scalar_text(key, is_inside=True)}: {text}' for key, text in inner)}}}"


def _in_order(path: str, table: Table) -> list[Entry]:
    order = _PARAMETER if path.startswith("params.") else _UNIVERSE if path.startswith("universe") else _ORDER.get(path, ())
    known = {key: number for number, key in enumerate(order)}
    return sorted(table.entries, key=lambda entry: known.get(entry.key.text, len(known)))


def _text(value: Scalar, path: str) -> str:
    """Expressions in their normal form; what is none stays as it is."""
    if path in _VERBATIM or (path.startswith("universe") and path != "universe.where"):
        return value.text if path in _VERBATIM else value.text.strip()
    try:
        return write(parse(value.text))
    except ExpressionError:
        return value.text


def _is_empty(value: Tree) -> bool:
    """A section that says nothing."""
    return not value.text if isinstance(value, Scalar) else not _inner(value)


def _inner(value: Table | Listing) -> tuple[object, ...]:
    return value.entries if isinstance(value, Table) else value.items


def _led(first: str) -> str:
    return f" {first}" if first else ""
