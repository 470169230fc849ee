"""The section `universe`, of a strategy or of a backtest's context."""

from engine.indicators.catalog import FIELDS
from engine.language.check import did_you_mean
from engine.language.codes import CODE, INDEX
from engine.language.reading import Reading
from engine.language.tree import Listing, Scalar, Table, Tree
from engine.universe import Universe

RANKABLE = tuple(
    row.name for row in FIELDS if row.kind == "number" and row.scale == "plain" and not row.is_shared and row.name != "listed_days"
)

_WAYS = 'a list of codes, {index: "000300.SH"}, {all: true} or {rank: amount, top: 30}'


def read_universe(reading: Reading, tree: Tree | None) -> tuple[Universe | None, Tree | None]:
    """The universe and the expression of `where`, each None where the section leaves it out."""
    if tree is None:
        return None, None
    if isinstance(tree, Table) and (tree.get("from") or tree.get("where")):
        reading.table(tree, ("from", "where"))
        source = tree.get("from")
        return (_from(reading, source) if source else None), tree.get("where")
    return _from(reading, tree), None


def _from(reading: Reading, tree: Tree) -> Universe | None:
    if isinstance(tree, Listing):
        return _codes(reading, tree)
    kinds = [kind for kind in _READERS if tree.get(kind)] if isinstance(tree, Table) else []
    if not isinstance(tree, Table) or len(kinds) != 1:
        reading.refuse(tree, "must have exactly one of codes, index, all and rank", _WAYS)
        return None
    reading.table(tree, ("rank", "top", "lag") if kinds[0] == "rank" else kinds)
    value = tree.get(kinds[0])
    return _READERS[kinds[0]](reading, tree if value is None or kinds[0] == "rank" else value)


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
        reading.refuse(tree, "must be a list of at least one code", "as in [600519.SH, 000001.SZ]")
        return None
    codes = set()
    for item in items:
        if isinstance(item, Scalar) and CODE.fullmatch(item.text):
            codes.add(item.text)
        else:
            shown = repr(item.text[:20]) if isinstance(item, Scalar) else "this"
            reading.refuse(item, f"{shown} is no ts_code", "six digits and the exchange, as in 600519.SH, 000001.SZ, 430047.BJ")
    return Universe("codes", codes=tuple(sorted(codes)))


def _rank(reading: Reading, tree: Tree) -> Universe | None:
    field, top, lag = (tree.get(key) if isinstance(tree, Table) else None for key in ("rank", "top", "lag"))
    name = field.text if isinstance(field, Scalar) else ""
    if field and name not in RANKABLE:
        reading.refuse(
            field, "must be a field that stocks can be ranked by", did_you_mean(name, RANKABLE) or f"one of {', '.join(RANKABLE)}"
        )
    if top is None:
        reading.refuse(tree, "lacks `top`, how many stocks to take")
        return None
    count, sessions = reading.whole(top, 1, 10_000), reading.whole(lag, 0, 250) if lag else 1
    if count is None or sessions is None or name not in RANKABLE:
        return None
    return Universe("rank", field=name, top=count, lag=sessions)


_READERS = {"codes": _codes, "index": _index, "all": _all, "rank": _rank}
