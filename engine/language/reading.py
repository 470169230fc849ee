"""What every section of a strategy needs while it is read: one list of problems, and expressions parsed and checked at their place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from engine.errors import Problem, StrategyError
from engine.indicators.catalog import FIELD, FUNCTION, Kind
from engine.language.check import Checker, Meaning, did_you_mean
from engine.language.constants import shown
from engine.language.expression import KEYWORDS, Expression, Number, Unary, walk
from engine.language.parser import ExpressionError, parse
from engine.language.tree import LONGEST_NAME, MOST_PROBLEMS, Entry, Scalar, Table, Tree, first, problem_at

MOST_NODES = 500

Word = TypeVar("Word", bound=str)

Names = Mapping[str, Meaning | None]
"""None: the name exists, but its own definition is wrong, which was already said."""


@dataclass(frozen=True)
class Placed:
    """An expression and the text it was read from."""

    source: Scalar
    expression: Expression


class Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._nodes = 0

    def refuse(self, tree: Tree, message: str, hint: str | None = None) -> None:
        self.tell(problem_at(tree, message, hint))

    def tell(self, *problems: Problem) -> None:
        """Adds problems. StrategyError once there are more than anybody reads."""
        self.problems += problems
        if len(self.problems) > MOST_PROBLEMS:
            raise StrategyError(first(in_order(self.problems)))

    def stop_if_wrong(self) -> None:
        if self.problems:
            raise StrategyError(in_order(self.problems))

    def table(self, tree: Tree | None, keys: Iterable[str] | None, hints: Mapping[str, str] | None = None) -> tuple[Entry, ...]:
        """The entries of a mapping; with `keys`, only those known. `hints`: what to do instead of a key that is none of them."""
        if tree is None or (isinstance(tree, Scalar) and not tree.text):
            return ()
        if not isinstance(tree, Table):
            self.refuse(tree, "must be a mapping", "as in `key: value`, indented, one per line")
            return ()
        if keys is None:
            return tree.entries
        known = list(keys)
        for entry in tree.entries:
            if entry.key.text not in known:
                hint = (hints or {}).get(entry.key.text) or did_you_mean(entry.key.text, known) or f"known here: {', '.join(known)}"
                if ")" in entry.key.text:
                    hint = 'inside {...} a comma ends a value: put quotes around the expression, as in {stop: "lowest(low, 10)"}'
                self.tell(entry.key.problem(f"unknown key {shown(entry.key.text)}", hint))
        return tuple(entry for entry in tree.entries if entry.key.text in known)

    def expression(self, tree: Tree) -> Placed | None:
        if not isinstance(tree, Scalar):
            self.refuse(tree, "must be an expression", "in one line, as in cross_above(sma(close, 5), sma(close, 20))")
            return None
        if tree.text in ("", "~", "null"):
            self.refuse(tree, "is empty", "write an expression, or remove the key")
            return None
        try:
            expression = parse(tree.text)
        except ExpressionError as error:
            self.tell(tree.problem(error.message, error.hint, error.at))
            return None
        self._nodes += sum(1 for _ in walk(expression))
        if self._nodes > MOST_NODES:
            message = f"the strategy's expressions have more than {MOST_NODES} numbers, names and operations together"
            raise StrategyError(in_order([*self.problems, problem_at(tree, message)]))
        return Placed(tree, expression)

    def meaning(
        self, placed: Placed, wanted: Kind | None, names: Names, hidden: Mapping[str, str] | None = None, fields: bool = True
    ) -> Meaning | None:
        checker = Checker(placed.source, names, hidden, fields)
        meaning = checker.of_kind(placed.expression, wanted)
        self.tell(*checker.problems)
        self.warnings += checker.warnings
        return meaning

    def literal(self, tree: Tree) -> Number | Unary | None:
        """A number as such, maybe negative."""
        placed = self.expression(tree)
        if placed is None:
            return None
        inner = placed.expression.operand if isinstance(placed.expression, Unary) else placed.expression
        if (
            isinstance(inner, Number)
            and isinstance(placed.expression, Number | Unary)
            and getattr(placed.expression, "operator", "-") == "-"
        ):
            return placed.expression
        self.refuse(tree, "must be a plain number")
        return None

    def whole(self, tree: Tree, low: int, high: int) -> int | None:
        text = tree.text if isinstance(tree, Scalar) else ""
        if text.isascii() and text.isdecimal() and len(text) < 10 and low <= int(text) <= high:
            return int(text)
        self.refuse(tree, f"must be a whole number between {low} and {high}")
        return None

    def truth(self, tree: Tree) -> bool:
        text = tree.text if isinstance(tree, Scalar) else ""
        if text not in ("true", "false"):
            self.refuse(tree, "must be true or false")
        return text == "true"

    def word(self, tree: Tree, known: tuple[Word, ...]) -> Word:
        """One of the words; the first where it is none of them."""
        text = tree.text if isinstance(tree, Scalar) else ""
        found = next((word for word in known if word == text), None)
        if found is None:
            self.refuse(tree, f"{shown(text or 'this')} is none of {', '.join(known)}", did_you_mean(text, known))
        return found or known[0]

    def free_name(self, key: Scalar, taken: Iterable[str]) -> bool:
        """Whether a parameter or let may be called so."""
        name = key.text
        if not name.isidentifier() or not name.isascii():
            self.tell(key.problem(f"{shown(name)} is no name", "a letter, then letters, digits and _"))
        elif len(name) > LONGEST_NAME:
            self.tell(key.problem(f"{shown(name)} has {len(name):,} characters; a name has at most {LONGEST_NAME}"))
        elif name in KEYWORDS or name in FIELD or name in FUNCTION:
            what = "a word of the language" if name in KEYWORDS else "a field" if name in FIELD else "a function"
            self.tell(key.problem(f"{shown(name)} is already {what}", f"for example my_{name}"))
        elif name in taken:
            self.tell(key.problem(f"{shown(name)} is already a parameter", "choose another name"))
        else:
            return True
        return False


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """As the text is read from top to bottom; what has no place comes last."""
    return sorted(problems, key=lambda problem: (problem.line is None, problem.line or 0, problem.column or 0))
