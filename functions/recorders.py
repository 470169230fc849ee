"""What a run's full account is made from: a text of rules, or a table of signals. Loads the compiled engine."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.evaluate import evaluate
from engine.language import Program, compile_strategy
from engine.market import Market
from engine.orders.evaluate import evaluate_script
from engine.orders.script import identity_of, script_for
from engine.prove import Proof, proved
from engine.pulse import Checkpoint
from engine.results import Result
from engine.terms import Terms
from functions.jobs.plan import initial_cash_li, overrides, told_context
from functions.jobs.records import BlockTask, Params
from functions.signals.document import Lines, Signals, trading_of


class Rules(NamedTuple):
    """A strategy's program in a backtest's context."""

    program: Program
    context: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def initial_cash(self) -> int:
        """li"""
        return initial_cash_li(self.context)

    @property
    def title(self) -> dict[str, str]:
        """Heads the run's log."""
        return {"strategy name": self.name}

    @property
    def identity(self) -> dict[str, str]:
        return {"strategy": self.program.identity}

    def record(self, market: Market, params: Params, checkpoint: Checkpoint | None) -> Result:
        return evaluate(self.program, market, params, self.initial_cash, checkpoint)

    def proof(self, market: Market, params: Params, checkpoint: Checkpoint | None = None) -> Proof | None:
        """Whether its signals know no future."""
        return proved(self.program, market, params, checkpoint)

    def told_context(self) -> dict[str, Any]:
        """As a report tells it."""
        return told_context(self.context, self.program)


class Traded(NamedTuple):
    """A table of orders or weights on the terms of a backtest's context."""

    name: str
    lines: Lines
    terms: Terms
    settings: str
    """Identity of how it is traded."""
    context: Mapping[str, Any]

    @property
    def initial_cash(self) -> int:
        """li"""
        return initial_cash_li(self.context)

    @property
    def title(self) -> dict[str, str]:
        return {"table name": self.name}

    @property
    def identity(self) -> dict[str, str]:
        return {"table": identity_of(self.lines), "settings": self.settings}

    def record(self, market: Market, params: Params, checkpoint: Checkpoint | None) -> Result:
        """OrdersError with every line that meets no bar. There are no params."""
        return evaluate_script(self.terms, market, script_for(self.lines, market), checkpoint)

    def proof(self, market: Market, params: Params, checkpoint: Checkpoint | None = None) -> Proof | None:
        """Nobody can prove what somebody else's signals knew."""
        return None

    def told_context(self) -> dict[str, Any]:
        return dict(self.context)


Recorder = Rules | Traded


def recorder_of(task: BlockTask) -> Recorder:
    if task.strategy_kind == "rules":
        return Rules(compile_strategy(task.source, overrides(task.context)), task.context)
    signals = Signals.from_source(task.source)
    return traded(signals.name, signals.lines, signals.settings, task.context)


def traded(name: str, lines: Lines, settings: str | None, context: Mapping[str, Any]) -> Traded:
    """`context` is the one that was resolved and pinned."""
    trading = trading_of(settings, context)
    return Traded(name, lines, trading.terms(initial_cash_li(context)), trading.identity, context)
