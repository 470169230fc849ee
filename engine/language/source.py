"""YAML text to a tree of texts that know their places. Nothing is interpreted here: `5`, `true` and `close > 1` are all text.

Only mappings, lists and scalars get through. Tags, anchors, aliases, duplicate keys and other YAML that could surprise are refused.
The tree is built from the parser's events, one by one, so that hostile nesting is met at its depth limit and not by the stack's end.
"""

from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from engine.errors import Problem, StrategyError
from engine.language.constants import printable, shorten
from engine.language.tree import DEEPEST, MOST_PROBLEMS, Entry, Listing, Place, Scalar, Span, Table, Tree, first, join, locate, problem_at

LARGEST_TEXT = 64 * 1024
MOST_VALUES = 10_000
"""Of which a list of codes may hold more than there are stocks."""


def read_source(text: str, wrong: str = "a strategy is a mapping", example: str = "name: my-strategy") -> Table:
    """The text's mapping. StrategyError with every problem; a YAML syntax error ends the reading and is the last of them.

    `wrong`, `example`: what is said of a text that is no mapping, and how it begins.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_TEXT:
        raise StrategyError([Problem("strategy", f"the text has {size:,} bytes; at most {LARGEST_TEXT:,} are allowed")])
    reader = _Reader(text)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        message = f"this is not YAML: {error.problem or error.context}"
        reader.problems.append(Problem("strategy", message, _YAML_HINTS.get(error.problem or ""), line, column))
    except yaml.reader.ReaderError as error:
        place = locate(text, error.position)
        message = f"the text has a character that YAML forbids: U+{int(error.character):04X}"
        reader.problems.append(Problem("strategy", message, None, place.line, place.column))
    except ValueError as error:  # PyYAML lets int() and chr() fall through for absurd escapes and %YAML directives
        reader.problems.append(Problem("strategy", f"this is not YAML: {error}"))
    root = reader.root
    if root is None and not reader.problems:
        reader.problems.append(Problem("strategy", "the text is empty", "a strategy is a mapping with name, universe, entry, exit ..."))
    elif isinstance(root, Scalar | Listing):
        reader.problems.append(problem_at(root, wrong, f"begin with `{example}`"))
    if reader.problems or not isinstance(root, Table):
        raise StrategyError(reader.problems)
    return root


@dataclass
class _Open:
    """A mapping or list whose end has not been met. A mapping with a key waits for that key's value."""

    path: str
    place: Place
    is_table: bool
    entries: list[Entry] = field(default_factory=list)
    items: list[Tree] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    key: Scalar | None = None

    def inside(self) -> str:
        if not self.is_table:
            return f"{self.path}[{len(self.items)}]"
        return join(self.path, self.key.text) if self.key else self.path

    def close(self) -> Tree:
        if self.is_table:
            return Table(self.path, self.place, tuple(self.entries))
        return Listing(self.path, self.place, tuple(self.items))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.root: Tree | None = None
        self._open: list[_Open] = []
        self._documents = self._values = 0

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:
                second = Problem("strategy", "the text holds a second document", "remove the `---`", *self.at(event))
                raise StrategyError([*self.problems, second])
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._put(self._open.pop().close())
        elif isinstance(event, AliasEvent):
            self._refuse(event, f"the alias *{shorten(event.anchor or '')} is not allowed", "write the value again, or name it under `let`")
            self._put(Scalar("", self._inside(), Place(*self.at(event))))
        elif isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            if event.anchor:
                self._refuse(event, f"the anchor &{shorten(event.anchor)} is not allowed", "write the value itself")
            if event.tag:
                self._refuse(
                    event, f"the tag {printable(event.tag[:80])} is not allowed", "remove it: types follow from where a value stands"
                )
            self._value(event)

    def _value(self, event: Event) -> None:
        place = Place(*self.at(event))
        self._values += 1
        if self._values > MOST_VALUES:
            many = Problem("strategy", f"the text has more than {MOST_VALUES:,} keys and values", None, place.line, place.column)
            raise StrategyError([*self.problems, many])
        if isinstance(event, ScalarEvent):
            self._put(Scalar(event.value, self._inside(), place, _span(self.text, event)))
            return
        if self._open and self._open[-1].is_table and self._open[-1].key is None:
            self._refuse(event, "a key must be a name", None)
        if len(self._open) >= DEEPEST:
            deep = Problem(self._inside(), f"is nested deeper than {DEEPEST} levels", None, place.line, place.column)
            raise StrategyError([*self.problems, deep])
        self._open.append(_Open(self._inside(), place, isinstance(event, MappingStartEvent)))

    def _put(self, tree: Tree) -> None:
        if not self._open:
            self.root = tree
            return
        outer = self._open[-1]
        if not outer.is_table:
            outer.items.append(tree)
        elif outer.key is None:
            path = join(outer.path, tree.text) if isinstance(tree, Scalar) else outer.path
            text = tree.text if isinstance(tree, Scalar) else ""
            outer.key = Scalar(text, path, tree.place)
            if text in outer.keys:
                self._tell(outer.key.problem("stands here twice", "keep one of the two"))
            outer.keys.add(text)
        else:
            outer.entries.append(Entry(outer.key, tree))
            outer.key = None

    def _refuse(self, event: Event, message: str, hint: str | None) -> None:
        self._tell(Problem(self._inside(), message, hint, *self.at(event)))

    def _tell(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) > MOST_PROBLEMS:
            raise StrategyError(first(self.problems))

    def _inside(self) -> str:
        return (self._open[-1].inside() if self._open else "") or "strategy"

    @staticmethod
    def at(event: Event) -> tuple[int | None, int | None]:
        mark = event.start_mark
        return (mark.line + 1, mark.column + 1) if mark else (None, None)


def _span(text: str, event: ScalarEvent) -> Span | None:
    start, end = event.start_mark, event.end_mark
    return Span(text, start.index, end.index, event.style) if start and end else None


_YAML_HINTS = {
    "mapping values are not allowed here": "a `: ` inside a value needs quotes around the value; or a line is indented wrongly",
    "found character '\\t' that cannot start any token": "indent with spaces, not tabs",
}
