"""A backtest of orders or weights from outside: they become trades, trades become figures. The door to the kernels for scripts."""

from engine.market import Market
from engine.results import Cell, Result, content_hash
from engine.simulation.run import Checkpoint, simulate_script
from engine.simulation.script import Script
from engine.simulation.tape import prepare
from engine.statistics import session_ends, statistics
from engine.terms import Terms


def evaluate_script(terms: Terms, market: Market, script: Script, checkpoint: Checkpoint | None = None) -> Result:
    """The figures and the ledger, as those of a strategy. MarketError or RulesError with all problems."""
    outcome = simulate_script(prepare(market, terms.conditions), script, terms, checkpoint)
    stats = statistics(outcome.equity, session_ends(market.sessions[market.window_start :]), terms.initial_cash, outcome.tallies)
    cell = Cell({}, outcome.equity, outcome.tallies, stats, content_hash(outcome.equity, outcome.tallies, stats))
    return Result(cell, outcome, market)
