/** Words of the tab of trades. */
import type { Words } from "@/words/language";

interface TradeWords {
  view: string;
  trips: string;
  fills: string;
  orders: string;
  tripsMean: string;
  fillsMean: string;
  ordersMean: string;
  noTrips: string;
  noFills: string;
  noOrders: string;
  closed: string;
  winning: string;
  sumPnl: string;
  sumFees: string;
  floating: string;
  wholePnl: string;
  exit: string;
  origins: Readonly<Record<string, string>>;
}

export const TRADE_WORDS: Words<TradeWords> = {
  zh: {
    view: "明细",
    trips: "完整交易",
    fills: "逐笔成交",
    orders: "挂单",
    tripsMean:
      "每行为一次从建仓到清仓的完整交易，按平仓先后排列；费用含佣金、印花税、过户费和红利税，累计盈亏按此顺序逐笔相加。",
    fillsMean: "每行为一笔成交，费用逐项列出；成交额为负表示支出，为正表示收入。",
    ordersMean: "限价、止损等可以挂在场内的委托及其结果；当即按市价成交的委托不在此列。",
    noTrips: "区间内没有平仓的交易。仍持有的证券在“持仓”中，被拒绝的委托在“拒单”中。",
    noFills: "区间内没有成交。被拒绝的委托在“拒单”中。",
    noOrders: "该策略没有使用挂单，所有委托都按市价撮合。",
    closed: "平仓交易",
    winning: "盈利笔数",
    sumPnl: "平仓盈亏",
    floating: "期末浮动盈亏",
    wholePnl: "总盈亏",
    sumFees: "费用与红利税",
    exit: "卖出原因",
    origins: { signal: "策略定价委托", order: "外部委托", target: "目标权重" },
  },
  en: {
    view: "View",
    trips: "Round trips",
    fills: "Fills",
    orders: "Resting orders",
    tripsMean:
      "A row is a position from its first purchase to its last sale, in the order of closing. Fees include commission, stamp duty, transfer fees and dividend tax; running P&L adds up in this order.",
    fillsMean: "A row is one fill with each fee by itself. Negative amounts are paid, positive ones received.",
    ordersMean:
      "Orders that may rest (limit, stop) and what became of them; those that went straight to the market are not here.",
    noTrips:
      "No position was closed in this time. What is still held is under Positions, refused orders are under Refused.",
    noFills: "Nothing was filled in this time. Refused orders are under Refused.",
    noOrders: "The strategy rests no orders: all of its orders go to the market at once.",
    closed: "Closed trades",
    winning: "Winners",
    sumPnl: "Realised P&L",
    floating: "Unrealised at the end",
    wholePnl: "Total P&L",
    sumFees: "Fees and dividend tax",
    exit: "Exit",
    origins: { signal: "Strategy, at a price", order: "Outside", target: "Target weights" },
  },
};
