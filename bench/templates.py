"""W7: the ten most different templates, as they are shipped, a hundred combinations of each over the market of W3."""

from bench.evaluating import evaluated
from bench.stored import stored_market
from bench.strategies import TEN
from bench.workload import Figures, Size


def run(size: Size) -> Figures:
    market = stored_market(size.stocks, size.bars, facts=True)
    return {row.template: evaluated(row.text(), market, row.combinations(size.combinations), size) for row in TEN}
