"""Rankings by an expression of the strategy language, computed on the panel of the days that are asked for; nothing is kept of them."""

import json

import numpy as np

from datalake.errors import ContextError, Problem
from datalake.panels.panel import PanelSpec
from datalake.rankings.making import ranked
from datalake.rankings.ranking import Ranking
from datalake.rankings.spec import RankingSpec
from datalake.rankings.stored import Span, joined
from datalake.versions import Dataset
from engine.errors import EngineError
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals
from engine.language import Graph, Program, compile_strategy
from engine.universe import Universe
from functions.commands.environment import COMPILING, kernels_are_new
from functions.commands.local import market_of
from functions.commands.screen import notes
from functions.wiring import House


def rank_by_expression(house: House, dataset: Dataset, expression: str, spec: RankingSpec, span: Span) -> Ranking:
    """The sessions of the span. A stock without a bar, or for which the expression has no value yet, has no rank."""
    program = _program(expression)
    universe = Universe("boards", boards=spec.boards) if spec.boards else Universe("all")
    panel = PanelSpec.of(dataset, universe, span, program.look_back, fields=program.fields).reaching(program.further_look_back)
    market = market_of(panel, house)
    if kernels_are_new():
        notes.print(COMPILING)
    graph = Graph()
    found = next(signals(own_bars(market), graph, [program.outputs(graph, program.check_params({}))]))
    window = slice(market.window_start, None)
    values = found.rank[window, : len(market.codes)].copy()
    values[(market.member[window] == 0) | ~np.isfinite(values)] = np.nan
    order = np.argsort(market.codes)
    codes = tuple(market.codes[column] for column in order)
    return joined(spec, [ranked(market.sessions[window].astype(np.int64), codes, values[:, order], spec)])


def _program(expression: str) -> Program:
    """The expression as what a strategy buys by."""
    text = json.dumps({"name": "ranking", "universe": {"all": True}, "entry": "close > 0", "exit": "close < 0", "rank": expression})
    try:
        return compile_strategy(text)  # JSON is YAML
    except EngineError as error:
        raise ContextError([Problem(_place(each.field), each.message, each.hint) for each in error.problems]) from error


def _place(field: str) -> str:
    return field.replace("rank", "expression", 1)
