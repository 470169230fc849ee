"""A strategy's text, section by section, to a Strategy; every problem of every section at once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.errors import Problem
from engine.language.expression import Expression
from engine.language.manner import Manner
from engine.language.plain import from_plain
from engine.language.reading import Reading
from engine.language.sections.lets import read_lets
from engine.language.sections.parameters import read_parameters, read_require
from engine.language.sections.settings import KEYS as SETTINGS_KEYS
from engine.language.sections.settings import SECTIONS, find_settings, read_manner
from engine.language.sections.trading import Trading
from engine.language.sections.universe import read_universe
from engine.language.settings import EXITS, MAX_POSITIONS
from engine.language.source import read_source
from engine.language.strategy import Rotation, Strategy
from engine.language.tree import Scalar, Table, Tree, problem_at
from engine.universe import Universe

LONGEST_NAME = 100
KEYS = ("name", "description", "params", "require", "universe", "let", "entry", "exit", "rank", "select", *SECTIONS)
OVERRIDES = ("universe", "execution", "costs")


def read_strategy(text: str, context: Mapping[str, Any] | None) -> Strategy:
    """StrategyError with every problem. Without a context the text may leave the universe out: a backtest's context will name it."""
    root = read_source(text)
    reading = Reading()
    reading.table(root, KEYS)
    overrides = {entry.key.text: entry.value for entry in reading.table(from_plain(context or {}, "context"), OVERRIDES)}

    name = _name(reading, root)
    parameters, constants = read_parameters(reading, root.get("params"))
    require = read_require(reading, root.get("require"), parameters, constants)
    lets, names = read_lets(reading, root.get("let"), constants)
    hidden = dict.fromkeys(names.keys() - constants.keys(), "numbers that trading needs are expressions of parameters only")
    found = find_settings(reading, merged(root, overrides), SETTINGS_KEYS, {})
    manner = read_manner(reading, found, constants, hidden, SETTINGS_KEYS)
    trading = Trading(reading, names, constants, hidden)
    select = root.get("select")
    plan, manner = _rotation(trading, root, select, manner) if select else (trading.signals(root), manner)
    buy, sell = (trading.orders(found.get(f"execution.{side}")) for side in ("buy", "sell"))
    if not select:
        _look_for_exit(reading, root, manner, found.get("execution.sell"))
    universe, where = _universe(reading, trading, root, overrides)
    if universe is None and context is not None and "universe" not in overrides and not _has_source(root):
        reading.refuse(root, "neither the strategy nor the backtest names a universe", _UNIVERSE_HINT)

    reading.stop_if_wrong()
    if plan is None:
        raise AssertionError("a strategy without problems has signals or a rotation")
    strategy = Strategy(
        name, parameters, require, universe, where, lets, plan, manner, buy, sell, trading.look_back, trading.further_look_back
    )
    return replace(strategy, warnings=(*reading.warnings, *_unused(root, strategy)))


_UNIVERSE_HINT = 'add `universe: {from: {index: "000300.SH"}}`, a list of codes, {boards: main}, {all: true} or {rank: amount, top: 30}'


def _name(reading: Reading, root: Table) -> str:
    tree = root.get("name")
    if tree is None:
        reading.refuse(root, "the strategy has no name", "add `name: my-strategy`")
    elif not isinstance(tree, Scalar) or not tree.text.strip() or len(tree.text) > LONGEST_NAME or not tree.text.isprintable():
        reading.refuse(tree, f"must be one line of 1 to {LONGEST_NAME} characters")
    else:
        return tree.text.strip()
    return ""


def merged(root: Table, overrides: Mapping[str, Tree]) -> dict[str, tuple[Tree, ...]]:
    """Each section of settings as the strategy and then the context give it."""
    return {key: tuple(tree for tree in (root.get(key), overrides.get(key)) if tree is not None) for key in SECTIONS}


def _rotation(trading: Trading, root: Table, select: Tree, manner: Manner) -> tuple[Rotation | None, Manner]:
    """A rotation has as many slots as it buys stocks, so `portfolio.max_positions` has nothing to say beside it; nor has max_entries."""
    portfolio = root.get("portfolio")
    for key, reason in (("max_positions", "whose `top` is the number of slots"), ("max_entries", "which buys a stock once")):
        given = portfolio.get(key) if isinstance(portfolio, Table) else None
        if given is not None:
            trading.reading.refuse(given, f"cannot stand beside `select`, {reason}", "remove it")
    found = trading.rotation(root, select)
    others = tuple(given for given in manner.settings if given.setting is not MAX_POSITIONS)
    return (found[0], replace(manner, settings=(*others, found[1]))) if found else (None, manner)


def _look_for_exit(reading: Reading, root: Table, manner: Manner, sell: Tree | None) -> None:
    if not root.get("entry") or root.get("exit"):
        return
    if not any(given.setting.path in EXITS and given.high > 0 for given in manner.settings):
        hint = "add `exit: <condition>`, or one of " + ", ".join(EXITS)
        reading.refuse(root, "the strategy buys and never sells", hint)
    if sell is not None:
        reading.warnings.append(problem_at(sell, "is never used without `exit`", "the rules of risk sell at prices of their own"))


def _unused(root: Table, strategy: Strategy) -> Iterator[Problem]:
    """Names that nothing leads to are more often a slip than a wish."""
    used = strategy.used()
    for section in ("params", "let"):
        tree = root.get(section)
        for entry in tree.entries if isinstance(tree, Table) else ():
            if entry.key.text not in used:
                yield entry.key.problem("is never used", "remove it, or use it")


def _universe(
    reading: Reading, trading: Trading, root: Table, overrides: Mapping[str, Tree]
) -> tuple[Universe | None, tuple[Expression, ...]]:
    """The context says where the stocks come from if it says so; every `where` applies."""
    own, where = read_universe(reading, root.get("universe"))
    given, further = read_universe(reading, overrides.get("universe"))
    conditions = (trading.expression(tree, "truth") for tree in (where, further))
    return given or own, tuple(condition for condition in conditions if condition is not None)


def _has_source(root: Table) -> bool:
    """Whether the text names a universe, be it a wrong one."""
    tree = root.get("universe")
    return tree is not None and not (isinstance(tree, Table) and tree.get("from") is None and tree.get("where") is not None)
