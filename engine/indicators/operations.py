"""What is done to whole panels: stocks beside each other, and prices of orders. Everything else the machine does stock by stock."""

from collections.abc import Sequence

from engine.indicators import cross_section, prices, selection, weighting
from engine.indicators.workspace import BY_SESSION, TRUTH, Operation, Values, Workspace


def _select_entry(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    return selection.select_entry(space.bars, operands[0], operands[1], int(numbers[0]), int(numbers[1]))


def _select_exit(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    return selection.select_exit(space.bars, operands[0], operands[1], int(numbers[0]), int(numbers[1]))


def _select_weights(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    by, eligible, weight = operands
    return weighting.select_weights(space.bars, weighting.Wish(by, eligible, weight), *map(int, numbers))


def _order_price(space: Workspace, operands: Sequence[Values], numbers: tuple[float, ...]) -> Values:
    out = space.numbers()
    prices.order_price(space.bars, operands[0], operands[1] if len(operands) > 1 else None, bool(numbers[1]), out)
    return out


OPERATIONS: dict[str, Operation] = {
    **cross_section.OPERATIONS,
    "select_entry": Operation(_select_entry, TRUTH),
    "select_exit": Operation(_select_exit, TRUTH),
    "select_weights": Operation(_select_weights, BY_SESSION),
    "order_price": Operation(_order_price),
}
