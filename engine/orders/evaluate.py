"""A backtest of orders or weights from outside: they become trades, trades become figures. The door to the kernels for scripts."""

from engine.market import Market
from engine.results import Result, cell_of
from engine.simulation.run import Checkpoint, simulate_script
from engine.simulation.script import Script
from engine.simulation.tape import prepare
from engine.statistics import sessions_of
from engine.terms import Terms


def evaluate_script(terms: Terms, market: Market, script: Script, checkpoint: Checkpoint | None = None) -> Result:
    """The figures and the ledger, as those of a strategy. MarketError or RulesError with all problems."""
    outcome = simulate_script(prepare(market, terms.conditions), script, terms, checkpoint)
    sessions = sessions_of(market.sessions[market.window_start :])
    cell = cell_of({}, outcome, sessions, terms.initial_cash, market.benchmark)
    return Result(cell, outcome, market, terms)
