/** A new strategy to begin with: short, right as it stands, with a word on each section in the reader's language. */
import { language } from "@/words/language";

const SAID = {
  zh: {
    params: "参数：默认值与上下限，供网格使用",
    require: "约束：不满足的参数组合会被跳过",
    universe: "股票池",
    let: "给表达式起名",
    entry: "买入条件，收盘判断，次日开盘成交",
    exit: "卖出条件",
    rank: "信号多于空位时谁先买",
    portfolio: "资金与仓位",
    risk: "止损等风控",
  },
  en: {
    params: "parameters: a default, and bounds that a grid walks through",
    require: "combinations that do not hold this are skipped",
    universe: "where stocks come from",
    let: "names for expressions",
    entry: "when to buy: judged at the close, filled at the next open",
    exit: "when to sell",
    rank: "who goes first when slots are short",
    portfolio: "money and slots",
    risk: "stops",
  },
};

export function fresh(): string {
  const said = SAID[language()];
  return `name: my-strategy
params:                               # ${said.params}
  fast: {default: 10, min: 2, max: 60}
  slow: {default: 30, min: 5, max: 250}
require: [fast < slow]                # ${said.require}
universe: {from: {all: true}}         # ${said.universe}
let:                                  # ${said.let}
  short: sma(close, fast)
  long: sma(close, slow)
entry: cross_above(short, long)       # ${said.entry}
exit: cross_below(short, long)        # ${said.exit}
rank: roc(close, 20)                  # ${said.rank}
portfolio: {max_positions: 10}        # ${said.portfolio}
risk: {stop_loss: 0.1}                # ${said.risk}
`;
}
