"""What the rules, reasons and settings of a run are called, in both languages."""

from collections.abc import Mapping

from engine.words import Words


def named(words: Mapping[str, Words], key: str) -> Words:
    """By its key where nobody has given it a name."""
    return words.get(key, Words(key, key))


EXITS = {
    "signal": Words("信号", "signal"),
    "stop_loss": Words("止损", "stop loss"),
    "trailing_stop": Words("移动止损", "trailing stop"),
    "take_profit": Words("止盈", "take profit"),
    "max_holding": Words("到期", "max holding"),
    "max_drawdown": Words("回撤熔断", "max drawdown"),
    "order": Words("委托", "order"),
    "target": Words("权重", "target"),
    "delisted": Words("退市", "delisted"),
    "ex_date": Words("除权", "ex-date"),
}
"""Of trades, by engine.simulation.trades.Trade.exit_reason."""

ORIGINS = {
    "signal": Words("策略的定价委托", "the strategy's, at a price"),
    "order": Words("外部委托", "from outside"),
    "target": Words("目标权重", "towards target weights"),
}

ENDS = {
    "filled": Words("全部成交", "filled"),
    "partly": Words("部分成交", "partly filled"),
    "refused": Words("被拒", "refused"),
    "expired": Words("到期", "expired"),
    "cancelled": Words("撤销", "cancelled"),
    "replaced": Words("被替换", "replaced"),
    "open": Words("未了结", "open at the end"),
}
"""Of orders that may rest, by engine.simulation.placed.Order.ended; partly: ended before all was filled."""

SIDES = {"buy": Words("买", "buy"), "sell": Words("卖", "sell")}

FLOWS = (
    ("bought", Words("买入", "bought"), -1),
    ("sold", Words("卖出", "sold"), 1),
    ("commission", Words("佣金", "commission"), -1),
    ("duty", Words("印花税", "stamp duty"), -1),
    ("transfer", Words("过户费", "transfer fees"), -1),
    ("tax", Words("红利税", "tax on dividends"), -1),
    ("dividends", Words("现金红利", "dividends"), 1),
    ("fractions", Words("不足一股折现", "fractions of shares"), 1),
    ("delisted", Words("退市清算", "delisted"), 1),
)
"""Of engine.simulation.Tallies: the field, its name, and whether it came (1) or went (-1)."""

SEVERITIES = {"serious": Words("严重", "serious"), "warning": Words("提醒", "warning"), "info": Words("提示", "info")}
"""Of findings."""

SETTINGS = {
    "benchmark": Words("基准", "benchmark"),
    "costs": Words("费用", "costs"),
    "datasource_version": Words("数据版本", "dataset"),
    "dividends": Words("分红处理", "dividends"),
    "execution": Words("成交", "execution"),
    "frequency": Words("周期", "bars"),
    "initial_cash": Words("初始资金", "initial cash"),
    "universe": Words("股票池", "universe"),
    "window": Words("区间", "window"),
    "strategy": Words("策略", "strategy"),
    "table": Words("表格", "table"),
    "settings": Words("设置", "settings"),
    "engine version": Words("引擎版本", "engine version"),
    "rules version": Words("规则版本", "rules version"),
    "content hash": Words("内容哈希", "content hash"),
    "run": Words("运行", "run"),
    "grid": Words("网格", "grid"),
}
"""Of the configuration: keys of a context and of what identifies a result."""
