"""The section `universe`, of a strategy or of a backtest's context."""

from collections.abc import Callable

from engine.indicators.catalog import FIELDS
from engine.language.check import did_you_mean
from engine.language.codes import CODE, INDEX
from engine.language.constants import shown
from engine.language.reading import Reading
from engine.language.tree import LONGEST_NAME, Listing, Scalar, Table, Tree
from engine.universe import BOARDS, LONGEST_RETURN, Universe, ranked, return_sessions, union

RANKABLE = tuple(
    row.name for row in FIELDS if row.kind == "number" and row.scale == "plain" and not row.is_shared and row.name != "listed_days"
)
"""And `return_N`."""
RANK_KEYS = ("rank", "top", "bottom", "lag", "within")
MOST_RANKED, LONGEST_LAG = 10_000, 250
MOST_PARTS = 20
"""Universes that one is made of: each is looked up by itself."""

_WAYS = (
    'a list of codes, {index: "000300.SH"}, {industry: 银行}, {boards: [main, star]}, {all: true}, {rank: amount, top: 30} '
    "or {any: [...]} of several"
)


def read_universe(reading: Reading, tree: Tree | None) -> tuple[Universe | None, Tree | None]:
    """The universe and the expression of `where`, each None where the section leaves it out."""
    if tree is None:
        return None, None
    if isinstance(tree, Table) and (tree.get("from") or tree.get("where")):
        reading.table(tree, ("from", "where"))
        source = tree.get("from")
        return (_whole(reading, source) if source else None), tree.get("where")
    return _whole(reading, tree), None


def _whole(reading: Reading, tree: Tree) -> Universe | None:
    universe = _from(reading, tree)
    if universe and (parts := sum(1 for _ in universe.walk())) > MOST_PARTS:
        reading.refuse(tree, f"is made of {parts} universes; at most {MOST_PARTS} stand together", "lists of one kind count once")
    return universe


def _from(reading: Reading, tree: Tree) -> Universe | None:
    if isinstance(tree, Listing):
        return _codes(reading, tree)
    kinds = [kind for kind in _READERS if tree.get(kind)] if isinstance(tree, Table) else []
    if not isinstance(tree, Table) or len(kinds) != 1:
        reading.refuse(tree, f"must have exactly one of {', '.join(_READERS)}", _hint(tree, kinds))
        return None
    reading.table(tree, RANK_KEYS if kinds[0] == "rank" else kinds, {"where": "it stands beside `from`: {from: ..., where: ...}"})
    value = tree.get(kinds[0])
    return _READERS[kinds[0]](reading, tree if value is None or kinds[0] == "rank" else value)


def _hint(tree: Tree, kinds: list[str]) -> str:
    """What was probably meant: both, one code, or a kind that is written otherwise."""
    if len(kinds) > 1:
        return f"for whoever is in one of them: {{any: [{{{kinds[0]}: ...}}, {{{kinds[1]}: ...}}]}}"
    if isinstance(tree, Scalar) and CODE.fullmatch(tree.text):
        return f"one code is a list, too: [{tree.text}]"
    words = [entry.key.text for entry in tree.entries] if isinstance(tree, Table) else [tree.text] if isinstance(tree, Scalar) else []
    return next((near for word in words if (near := did_you_mean(word, _READERS))), _WAYS)


def _all(reading: Reading, tree: Tree) -> Universe | None:
    if isinstance(tree, Scalar) and tree.text == "true":
        return Universe("all")
    reading.refuse(tree, "must be true", "remove the key to take another universe")
    return None


def _index(reading: Reading, tree: Tree) -> Universe | None:
    if isinstance(tree, Scalar) and INDEX.fullmatch(tree.text):
        return Universe("index", index=tree.text)
    reading.refuse(tree, "must be the code of an index", 'as in "000300.SH"')
    return None


def _codes(reading: Reading, tree: Tree) -> Universe | None:
    items = tree.items if isinstance(tree, Listing) else ()
    if not items:
        message = "is empty: it must list at least one code" if isinstance(tree, Listing) else "must be a list of codes"
        reading.refuse(tree, message, "as in [600519.SH, 000001.SZ]")
        return None
    codes = set()
    for item in items:
        if isinstance(item, Scalar) and CODE.fullmatch(item.text):
            codes.add(item.text)
        elif isinstance(item, Table):
            reading.refuse(item, "is no ts_code", "universes of several kinds stand in {any: [...]}")
        else:
            said = repr(item.text[:20]) if isinstance(item, Scalar) else "this"
            reading.refuse(item, f"{said} is no ts_code", "six digits and the exchange, as in 600519.SH, 000001.SZ, 430047.BJ")
    return Universe("codes", codes=tuple(sorted(codes)))


def _industry(reading: Reading, tree: Tree) -> Universe | None:
    """Which names there are, the dataset knows."""
    names = _words(reading, tree, "the name of an industry", "as in 银行, or a list: [银行, 白酒]")
    for item in names:
        if len(item.text) > LONGEST_NAME:
            reading.refuse(item, f"{shown(item.text)} is longer than the name of an industry")
    return Universe("industry", industries=tuple(sorted({item.text.strip() for item in names}))) if names else None


def _boards(reading: Reading, tree: Tree) -> Universe | None:
    names = _words(reading, tree, "the name of a board", f"of {', '.join(BOARDS)}, or a list: [main, star]")
    for item in names:
        if item.text not in BOARDS:
            known = f"of {', '.join(BOARDS)}; fund is every exchange-traded fund"
            reading.refuse(item, f"{shown(item.text)} is no board", did_you_mean(item.text, BOARDS) or known)
    return union([Universe("boards", boards=tuple(item.text for item in names))]) if names else None


def _words(reading: Reading, tree: Tree, what: str, hint: str) -> list[Scalar]:
    """One word or a list of words; none where something is none, which is said."""
    items = tree.items if isinstance(tree, Listing) else (tree,)
    words = [item for item in items if isinstance(item, Scalar) and item.text.strip()]
    for item in items or (tree,):
        if not isinstance(item, Scalar) or not item.text.strip():
            reading.refuse(item, f"must be {what}", hint)
    return words if len(words) == len(items) else []


def _rank(reading: Reading, tree: Tree) -> Universe | None:
    field, top, bottom, lag, within = (tree.get(key) if isinstance(tree, Table) else None for key in RANK_KEYS)
    name = field.text if isinstance(field, Scalar) else ""
    is_known = name in RANKABLE or return_sessions(name) is not None
    if field and not is_known:
        reading.refuse(field, "must be a field that stocks can be ranked by", _rank_hint(name))
    if top is not None and bottom is not None:
        reading.refuse(bottom, "cannot stand beside `top`", "for both ends {any: [{rank: ..., top: ...}, {rank: ..., bottom: ...}]}")
    said = bottom if top is None else top
    if said is None:
        reading.refuse(tree, "lacks `top`, how many stocks to take", "or `bottom`, for those with the least")
        return None
    count, sessions = reading.whole(said, 1, MOST_RANKED), reading.whole(lag, 0, LONGEST_LAG) if lag else 1
    among = _from(reading, within) if within is not None else None
    if count is None or sessions is None or not is_known or (within is not None and among is None):
        return None
    return ranked(name, count, sessions, lowest=top is None, within=among)


def _rank_hint(name: str) -> str:
    if name.startswith("return"):
        return f"return_1 to return_{LONGEST_RETURN}: the change over so many sessions"
    return did_you_mean(name, RANKABLE) or f"one of {', '.join(RANKABLE)}, return_20"


def _any(reading: Reading, tree: Tree) -> Universe | None:
    if not isinstance(tree, Listing) or not tree.items:
        reading.refuse(tree, "must be a list of universes", 'as in [{index: "000300.SH"}, {boards: fund}, [600519.SH]]')
        return None
    parts = [_from(reading, item) for item in tree.items]
    known = [part for part in parts if part is not None]
    return union(known) if len(known) == len(parts) else None


_READERS: dict[str, Callable[[Reading, Tree], Universe | None]] = {
    "codes": _codes,
    "index": _index,
    "industry": _industry,
    "boards": _boards,
    "all": _all,
    "rank": _rank,
    "any": _any,
}
