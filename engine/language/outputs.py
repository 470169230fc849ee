"""The nodes that combinations trade by: named expressions once, then signals or a rotation, gates, and prices of orders."""

from collections.abc import Collection, Mapping

from engine.language.build import Builder, Value, constants
from engine.language.combinations import NOTHING, Combinations, Constants, Series
from engine.language.expression import Expression
from engine.language.graph import EVERY_MONTH, EVERY_WEEK, OWN, Graph
from engine.language.strategy import Rotation, Signals, Strategy


class Planner:
    """Adds the nodes of all combinations. Entries are gated: by the strategy's condition, the universe of the day, and `where`."""

    def __init__(self, strategy: Strategy, graph: Graph, combinations: Combinations) -> None:
        self._strategy, self._graph, self._combinations = strategy, graph, combinations
        self._known: dict[str, dict[str, Value]] = {}
        """Parameters and lets by name, as they are on some bars."""
        reached = frozenset[str]().union(*map(strategy.reached, strategy.roots().values()))
        self._builder = Builder(graph, combinations, self._named(reached, OWN), OWN, self._elsewhere)
        self._eligible = self._builder.add("member")
        for row in strategy.where:
            self._eligible = self._builder.add("and", self._eligible, self._builder.build(row))

    def outputs(self) -> dict[str, Series]:
        """By their name in Outputs; what is left out does not exist."""
        trading = self._strategy.trading
        return {**(self._rotation(trading) if isinstance(trading, Rotation) else self._signals(trading)), **self._prices()}

    def _signals(self, trading: Signals) -> dict[str, Series]:
        entry = self._builder.add("and", self._builder.build(trading.entry), self._eligible)
        exit_ = self._series(trading.exit) if trading.exit else self._never()
        return {"entry": entry, "exit": exit_, **({"rank": self._series(trading.rank)} if trading.rank else {})}

    def _rotation(self, trading: Rotation) -> dict[str, Series]:
        by = self._series(trading.by)
        top, keep = (constants(each, self._combinations) for each in (trading.top, trading.keep_within))
        every = _PERIODS[trading.every] if isinstance(trading.every, str) else constants(trading.every, self._combinations)
        exit_ = self._builder.add("select_exit", by, self._eligible, numbers=(keep, every))
        if trading.weight is None:
            entry = self._builder.add("select_entry", by, self._eligible, numbers=(top, every))
            return {"entry": entry, "exit": exit_, "rank": by}
        weight = self._builder.add("select_weights", by, self._eligible, self._series(trading.weight), numbers=(top, keep, every))
        return {"entry": self._never(), "exit": exit_, "rank": by, "weight": weight}

    def _prices(self) -> dict[str, Series]:
        """Rounded so that an order is never worse than what was asked for."""
        found = {}
        for place, price in self._strategy.prices().items():
            name = "_".join(place.split(".")[1:])  # execution.buy.limit
            numbers = [Constants(NOTHING, [int(each)]) for each in (price.is_adjusted, name in _ROUNDED_UP)]
            found[name] = self._builder.add("order_price", self._builder.build(price.expression), numbers=numbers)
        return found

    def _series(self, expression: Expression) -> Series:
        return self._builder.series(self._builder.build(expression))

    def _never(self) -> Series:
        return self._builder.series(Constants(NOTHING, [False]))

    def _named(self, reached: Collection[str], bars: str) -> dict[str, Value]:
        """Parameters, and at least the lets that are reached, as they are on some bars; a let comes after those that it names."""
        names = self._known.setdefault(bars, dict(self._combinations.constants))
        for let in self._strategy.lets:
            if let.name in reached and let.name not in names:
                names[let.name] = Builder(self._graph, self._combinations, names, bars, self._elsewhere).build(let.expression)
        return names

    def _elsewhere(self, expression: Expression, bars: str) -> Mapping[str, Value]:
        return self._named(self._strategy.reached(expression), bars)


_ROUNDED_UP = ("buy_stop", "sell_limit")
_PERIODS = {"week": Constants(NOTHING, [int(EVERY_WEEK)]), "month": Constants(NOTHING, [int(EVERY_MONTH)])}
