"""When to buy and sell: `entry`, `exit` and `rank`, or `select`; `where`, which gates both; and at what price, of `execution`."""

from engine.indicators.catalog import LONGEST, Kind
from engine.language.check import Meaning
from engine.language.constants import shown
from engine.language.expression import Expression
from engine.language.manner import Given
from engine.language.reading import Names, Placed, Reading
from engine.language.sections.settings import read_setting
from engine.language.settings import EVERY, KEEP_WITHIN, TOP
from engine.language.strategy import Orders, Price, Rotation, Signals
from engine.language.tree import Scalar, Table, Tree

_LEVEL_HINT = "rank by a ratio such as roc(close, 20), or by raw_close"
_PRICE_HINT = "write raw_close * 0.98 in the day's yuan, or an adjusted level such as lowest(low, 20)"
_TIMES_IN_FORCE = ("day", "gtc")


class Trading:
    """Reads the expressions that signals come from, and keeps the longest look-back among them."""

    def __init__(self, reading: Reading, names: Names, constants: Names, hidden: dict[str, str]) -> None:
        self.look_back = self.further_look_back = 0
        self.reading, self._names, self._constants, self._hidden = reading, names, constants, hidden

    def signals(self, root: Table) -> Signals | None:
        entry, exit_, rank = (root.get(key) for key in ("entry", "exit", "rank"))
        if entry is None:
            self.reading.refuse(root, "the strategy never buys", "add `entry: <condition>`, or `select: {top: 10, by: ..., every: month}`")
        found = self.expression(entry, "truth"), self.expression(exit_, "truth"), self.expression(rank, "number", is_rank=True)
        return Signals(found[0], found[1], found[2]) if found[0] else None

    def rotation(self, root: Table, select: Tree) -> tuple[Rotation, Given] | None:
        """The rotation, and its number of slots."""
        for key in ("entry", "exit", "rank"):
            other = root.get(key)
            if other is not None:
                self.reading.refuse(
                    other, "cannot stand beside `select`, which buys and sells by its own ranking", f"remove {key} or select"
                )
        if not isinstance(select, Table):
            self.reading.refuse(select, "must be a mapping", "as in {top: 10, by: roc(close, 60), every: month}")
            return None
        entries = {entry.key.text: entry.value for entry in self.reading.table(select, ("top", "by", "every", "weight", "keep_within"))}
        missing = [key for key in ("top", "by", "every") if key not in entries]
        if missing:
            self.reading.refuse(select, f"lacks {' and '.join(missing)}", "as in {top: 10, by: roc(close, 60), every: month}")
        given = entries.get("weight")
        is_equal = isinstance(given, Scalar) and given.text == "equal"
        weight = None if is_equal else self.expression(given, "number", is_rank=True)
        by = self.expression(entries.get("by"), "number", is_rank=True)
        top = read_setting(self.reading, TOP, entries.get("top"), self._constants, self._hidden)
        keep = read_setting(self.reading, KEEP_WITHIN, entries.get("keep_within"), self._constants, self._hidden)
        every = self._every(entries.get("every"))
        if not (by and top and every) or (given is not None and not is_equal and weight is None):
            return None
        return Rotation(by, top.expression, (keep or top).expression, every, weight), top

    def orders(self, tree: Tree | None) -> Orders:
        """`execution.buy` or `execution.sell`."""
        if tree is None:
            return Orders()
        entries: dict[str, Tree] = {}
        if isinstance(tree, Table):
            entries = {entry.key.text: entry.value for entry in self.reading.table(tree, ("limit", "stop", "time_in_force"))}
        if "limit" not in entries and "stop" not in entries:
            self.reading.refuse(tree, "must say at what price: a limit, a stop, or both", "as in {limit: raw_close * 0.99}")
            return Orders()
        force = entries.get("time_in_force")
        until_cancelled = force is not None and self.reading.word(force, _TIMES_IN_FORCE) == "gtc"
        return Orders(self._price(entries.get("limit")), self._price(entries.get("stop")), until_cancelled)

    def expression(self, tree: Tree | None, kind: Kind, is_rank: bool = False) -> Expression | None:
        placed, meaning = self._meaning(tree, kind)
        if placed is None or meaning is None:
            return None
        if is_rank and meaning.scale == "adjusted":
            message = "ranks by an adjusted price level, which is arbitrary: it tells nothing about one stock against another"
            self.reading.warnings.append(placed.source.problem(message, _LEVEL_HINT))
        return placed.expression

    def _price(self, tree: Tree | None) -> Price | None:
        """Only what comes from prices is one: a number that is none would be another price for every stock, by chance."""
        placed, meaning = self._meaning(tree, "number")
        if placed is None or meaning is None:
            return None
        if meaning.scale == "plain":
            what = "it changes from bar to bar, but comes from no price" if meaning.is_series else "a constant suits one stock at one time"
            self.reading.refuse(placed.source, f"is not a price: {what}", _PRICE_HINT)
        return Price(placed.expression, meaning.scale == "adjusted")

    def _meaning(self, tree: Tree | None, kind: Kind) -> tuple[Placed | None, Meaning | None]:
        placed = self.reading.expression(tree) if tree is not None else None
        meaning = self.reading.meaning(placed, kind, self._names) if placed else None
        if placed is not None and meaning is not None:
            self.look_back = max(self.look_back, meaning.look_back)
            self.further_look_back = max(self.further_look_back, meaning.further)
            bars = meaning.look_back + meaning.further
            if bars > LONGEST:
                hint = "smaller maxima of parameters; an ema looks back over 5 n bars, an rsi over 10 n"
                self.reading.refuse(placed.source, f"looks back over {bars:,} bars; at most {LONGEST:,} are allowed", hint)
        return placed, meaning

    def _every(self, tree: Tree | None) -> Expression | str | None:
        if isinstance(tree, Scalar) and tree.text in ("week", "month"):
            return tree.text
        if isinstance(tree, Scalar) and tree.text in ("day", "daily", "quarter", "year", "weekly", "monthly"):
            self.reading.refuse(tree, f"{shown(tree.text)} is no period here", "week, month, or a number of sessions: 1 is every session")
            return None
        given = read_setting(self.reading, EVERY, tree, self._constants, self._hidden)
        return given.expression if given else None
