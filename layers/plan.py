"""Which library goes into which package."""

from collections.abc import Mapping
from dataclasses import dataclass

from layers.contents import Needs, image_needs, needs_of
from layers.errors import BuildError
from layers.rows import COMMON, FUNCTIONS, IMAGE, LAYERS, Function
from layers.target import Target


@dataclass(frozen=True)
class Plan:
    """What each function and the image need, and the distributions that each package holds."""

    needs: Mapping[str, Needs]
    holds: Mapping[str, frozenset[str]]

    @property
    def distributions(self) -> frozenset[str]:
        return frozenset().union(*(needs.distributions for needs in self.needs.values()))


def planned(target: Target) -> Plan:
    needs = {row.name: needs_of((row.module, *row.also), target) for row in FUNCTIONS}
    named = {layer.name: frozenset(layer.holds) for layer in LAYERS if layer.holds is not None}
    everybodys = frozenset.intersection(*(needs[row.name].distributions for row in FUNCTIONS)).difference(*named.values())
    layers = {**named, COMMON: everybodys}
    for name, held in layers.items():
        _all_needed(name, held, needs)
    own = {row.name: needs[row.name].distributions.difference(*(layers[name] for name in row.layers)) for row in FUNCTIONS}
    image = image_needs(target)
    return Plan({**needs, IMAGE: image}, {**layers, **own, IMAGE: image.distributions})


def _all_needed(layer: str, held: frozenset[str], needs: Mapping[str, Needs]) -> None:
    users: list[Function] = [row for row in FUNCTIONS if layer in row.layers]
    idle = sorted(held.difference(*(needs[row.name].distributions for row in users)))
    if idle:
        raise BuildError(f"{layer} holds {', '.join(idle)}, which none of its functions needs", "correct its row in layers/rows.py")
