"""The section `let`: named expressions, which may name each other in any order but not in a circle."""

from engine.language.check import Meaning
from engine.language.expression import Name, walk
from engine.language.reading import Names, Placed, Reading
from engine.language.strategy import Let
from engine.language.tree import Tree

_SHOWN = 12
"""Names of a circle."""


def read_lets(reading: Reading, tree: Tree | None, parameters: Names) -> tuple[tuple[Let, ...], dict[str, Meaning | None]]:
    """The lets, each after those it names, and what every name means: parameters, lets, and those whose definition is wrong."""
    meanings: dict[str, Meaning | None] = dict(parameters)
    waiting: dict[str, Placed] = {}
    for entry in reading.table(tree, None):
        if reading.free_name(entry.key, parameters):
            placed = reading.expression(entry.value)
            if placed:
                waiting[entry.key.text] = placed
            else:
                meanings[entry.key.text] = None
    lets = []
    needs = {name: {inner.name for inner, _ in walk(placed.expression) if isinstance(inner, Name)} for name, placed in waiting.items()}
    while waiting:
        ready = [name for name in waiting if not needs[name] & waiting.keys()]
        if not ready:
            _refuse_circle(reading, waiting, needs)
            meanings |= dict.fromkeys(waiting)
            break
        for name in ready:
            placed = waiting.pop(name)
            meanings[name] = reading.meaning(placed, None, meanings)
            lets.append(Let(name, placed.expression))
    return tuple(lets), meanings


def _refuse_circle(reading: Reading, waiting: dict[str, Placed], needs: dict[str, set[str]]) -> None:
    path = [next(iter(waiting))]
    while len(set(path)) == len(path):
        path.append(min(needs[path[-1]] & waiting.keys()))
    circle = path[path.index(path[-1]) :]
    reading.refuse(
        waiting[circle[0]].source,
        f"is defined by itself: {' -> '.join(circle if len(circle) <= _SHOWN else [*circle[: _SHOWN - 1], '…', circle[-1]])}",
        "ref(x, 1) takes an earlier value of a field, not of itself",
    )
