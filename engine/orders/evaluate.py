"""A backtest of orders or weights from outside: they become trades, trades become figures. The door to the kernels for scripts."""

from engine.market import Market
from engine.pulse import Checkpoint, Pulse
from engine.results import Result, cell_of, stopped
from engine.simulation import Interrupted
from engine.simulation.run import simulate_script
from engine.simulation.script import Script
from engine.simulation.tape import prepare
from engine.statistics import sessions_of
from engine.terms import Terms


def evaluate_script(terms: Terms, market: Market, script: Script, checkpoint: Checkpoint | None = None) -> Result:
    """The figures and the ledger, as those of a strategy. MarketError or RulesError with all problems; Stopped with what there is."""
    try:
        outcome = simulate_script(prepare(market, terms.conditions, Pulse(checkpoint)), script, terms, checkpoint)
    except Interrupted as stop:
        raise stopped(stop, {}, market, terms) from None
    sessions = sessions_of(market.sessions[market.window_start :])
    cell = cell_of({}, outcome, sessions, terms.initial_cash, market.benchmark)
    return Result(cell, outcome, market, terms)
