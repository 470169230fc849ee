"""The numbers of a strategy that are not signals, one row each: where they stand, what they become, and their bounds."""

from dataclasses import dataclass
from fractions import Fraction

from engine.terms import ONE
from engine.words import Words

ALMOST_ONE = 1 - Fraction(1, ONE)


@dataclass(frozen=True)
class Unit:
    """`factor`: the integers of Terms per unit written; a value must come out whole."""

    factor: int
    precision: str


WHOLE = Unit(1, "must be a whole number")
RATE = Unit(ONE, "has more than 7 decimals")
BASIS_POINTS = Unit(ONE // 10_000, "has more than 3 decimals")
YUAN = Unit(1000, "has more than 3 decimals")


@dataclass(frozen=True)
class Setting:
    """`term`: its name in Terms, or in a rotation. `default` None: the rule does not exist unless it is written.

    `choice`: what writing it chooses, a further name and word of Terms. Settings that choose the same thing exclude each other.
    """

    path: str
    term: str
    unit: Unit
    low: Fraction
    high: Fraction
    default: str | None
    text: Words
    choice: tuple[str, str] | None = None

    @property
    def section(self) -> str:
        return self.path.split(".")[0]

    @property
    def key(self) -> str:
        """Where it stands in its section: of settings that exclude each other the word above them."""
        return self.path.split(".")[1]


def _row(
    path: str,
    term: str,
    unit: Unit,
    bounds: tuple[str | Fraction, str | Fraction],
    default: str | None,
    text: Words,
    choice: tuple[str, str] | None = None,
) -> Setting:
    return Setting(path, term, unit, Fraction(bounds[0]), Fraction(bounds[1]), default, text, choice)


def _slippage(model: str, unit: Unit, most: str, default: str | None, text: Words) -> Setting:
    return _row(f"execution.slippage.{model}", "slippage", unit, ("0", most), default, text, ("slippage_model", model))


def _sizing(name: str, unit: Unit, bounds: tuple[str | Fraction, str | Fraction], text: Words) -> Setting:
    return _row(f"portfolio.sizing.{name}", "size", unit, bounds, None, text, ("sizing", name))


MAX_POSITIONS = _row(
    "portfolio.max_positions", "max_positions", WHOLE, ("1", "1000"), "10",
    Words("持仓位数；每个位子按 权益 / 位数 买入，或按 sizing", "slots; each buys for equity / slots, or by its sizing"),
)  # fmt: skip
TOP = _row(
    "select.top", "max_positions", WHOLE, ("1", "1000"), None,
    Words("买入多少只，也就是持仓位数", "how many stocks are bought, and the number of slots"),
)  # fmt: skip
KEEP_WITHIN = _row(
    "select.keep_within", "keep_within", WHOLE, ("1", "10000"), None,
    Words("持仓排在这么多名以内就继续持有（缺省：top）", "a holding stays while it is among so many (default: top)"),
)  # fmt: skip
EVERY = _row(
    "select.every", "every", WHOLE, ("1", "250"), None,
    Words("每隔多少个交易日调仓，或 `week`、`month`", "sessions between rebalances, or `week` or `month`"),
)  # fmt: skip

SETTINGS: tuple[Setting, ...] = (
    _sizing("amount", YUAN, ("1", "10000000000"), Words("每次买入最多花多少元，含费用", "yuan that a purchase may cost, fees included")),
    _sizing("shares", WHOLE, ("1", "1000000000"),
            Words("每次买入多少股，向下取整手；钱不够就不买",
                  "shares of a purchase, down to whole lots; all or nothing where cash is short")),
    _sizing("percent", RATE, (Fraction(1, ONE), "1"),
            Words("每次买入最多占权益的多少，含费用", "share of equity that a purchase may cost, fees included")),
    _row("portfolio.max_entries", "max_entries", WHOLE, ("1", "1000"), None,
         Words("同一只股票持有期间最多买几次，每个买入信号一次，均分一个位子",
               "purchases of a stock while it is held, one for each entry signal; they share an equal slot")),
    _row("portfolio.cash_reserve", "cash_reserve", RATE, ("0", ALMOST_ONE), "0",
         Words("买入时留着不动的现金占权益的多少", "share of equity that purchases leave untouched")),
    _row("risk.stop_loss", "stop_loss", RATE, ("0", ALMOST_ONE), "0",
         Words("比买入价低这么多就卖出（止损）", "sells at so far below the entry price")),
    _row("risk.take_profit", "take_profit", RATE, ("0", "100"), "0",
         Words("比买入价高这么多就卖出（止盈）", "sells at so far above the entry price")),
    _row("risk.trailing_stop", "trailing_stop", RATE, ("0", ALMOST_ONE), "0",
         Words("从买入以来的最高价回落这么多就卖出（移动止损）", "sells at so far below the highest price since the entry")),
    _row("risk.max_holding", "max_holding", WHOLE, ("0", "10000"), "0",
         Words("最多持有多少个交易日：第 b 日买入，第 b + 这么多日开盘卖出", "sessions; bought in b, sold at the open of b + so many")),
    _row("risk.max_drawdown", "max_drawdown", RATE, ("0", ALMOST_ONE), "0",
         Words("权益从最高点回撤这么多就全部卖出，不再买入", "equity so far below its peak sells all and ends entries")),
    _row("risk.daily_loss", "daily_loss", RATE, ("0", ALMOST_ONE), "0",
         Words("单日亏损这么多，下一个交易日不买入", "a day's loss of so much stops entries for the next session")),
    _row("risk.max_weight", "max_weight", RATE, ("0", "1"), None,
         Words("买入之后一只股票最多占权益的多少，含费用",
               "share of equity that a stock may be worth after a purchase, its fees included")),
    _row("risk.max_industry_weight", "max_industry_weight", RATE, ("0", "1"), None,
         Words("同一行业最多占权益的多少", "share of equity that one industry may be worth")),
    _row("risk.cool_down", "cool_down", WHOLE, ("0", "10000"), None,
         Words("卖出之后多少个交易日内不再买入该股票", "sessions after that of an exit in which the stock is not bought")),
    _slippage("bps", BASIS_POINTS, "1000", "0",
              Words("成交价的万分之几，总是对自己不利，取整到最小价位", "of the price, against the trader, rounded to the tick")),
    _slippage("ticks", WHOLE, "1000", None, Words("多少个最小价位，总是对自己不利", "so many ticks, against the trader")),
    _slippage("range", RATE, "1", None,
              Words("本根振幅（最高减最低）的多少，总是对自己不利，取整到最小价位",
                    "share of the bar's high - low, against the trader, rounded to the tick")),
    _slippage("impact", RATE, "1", None,
              Words("价格 × √(成交股数 / 本根成交量) 的多少，总是对自己不利，取整到最小价位",
                    "share of the price x sqrt(shares / the bar's volume), against the trader, rounded to the tick")),
    _row("execution.volume_cap", "volume_cap", RATE, (Fraction(1, ONE), "1"), None,
         Words("所有委托最多占本根成交量的多少", "share of the bar's volume that all orders may take")),
    _row("costs.commission", "commission", RATE, ("0", "0.003"), "0.00025", Words("佣金率，买卖双向", "of the amount, each side")),
    _row("costs.minimum", "commission_minimum", YUAN, ("0", "100"), "5", Words("每笔委托最低佣金，元", "yuan per order")),
)  # fmt: skip

FEES: tuple[Setting, ...] = (
    _row("costs.stamp_duty", "stamp_duty", RATE, ("0", "0.01"), None,
         Words("印花税率，只收卖方，代替当日的规则", "of every sale, instead of the rules of the day")),
    _row("costs.transfer_fee", "transfer_fee", RATE, ("0", "0.01"), None,
         Words("过户费率，买卖双向，代替当日的规则", "of the amount, each side, instead of the rules of the day")),
)  # fmt: skip
"""Rates that hold for a whole grid: they become Conditions, and name no parameters."""

EXITS = ("risk.stop_loss", "risk.take_profit", "risk.trailing_stop", "risk.max_holding")
"""Rules that sell: with one of them an entry needs no exit."""
