/** What the columns of the ledgers are called. */
import type { Words } from "@/words/language";

interface ColumnWords {
  date: string;
  time: string;
  security: string;
  side: string;
  price: string;
  shares: string;
  amount: string;
  commission: string;
  duty: string;
  transfer: string;
  tax: string;
  fees: string;
  entryDate: string;
  entryPrice: string;
  exitDate: string;
  exitPrice: string;
  dividends: string;
  pnl: string;
  cumulative: string;
  rate: string;
  held: string;
  exitReason: string;
  reason: string;
  meaning: string;
  wouldHave: string;
  sellable: string;
  lastPrice: string;
  value: string;
  share: string;
  floating: string;
  cash: string;
  frozen: string;
  receivable: string;
  marketValue: string;
  equity: string;
  bought: string;
  sold: string;
  fills: string;
  refusals: string;
  positions: string;
  origin: string;
  ordered: string;
  orderPrice: string;
  atMarket: string;
  filled: string;
  times: string;
  ended: string;
  endDate: string;
  kind: string;
  phase: string;
  told: string;
}

export const COLUMN_WORDS: Words<ColumnWords> = {
  zh: {
    date: "日期",
    time: "时间",
    security: "证券",
    side: "方向",
    price: "价格",
    shares: "数量（股）",
    amount: "成交额",
    commission: "佣金",
    duty: "印花税",
    transfer: "过户费",
    tax: "红利税",
    fees: "费用合计",
    entryDate: "买入日",
    entryPrice: "买入均价",
    exitDate: "卖出日",
    exitPrice: "卖出均价",
    dividends: "红利",
    pnl: "盈亏",
    cumulative: "累计盈亏",
    rate: "收益率",
    held: "持有（日）",
    exitReason: "卖出原因",
    reason: "原因",
    meaning: "说明",
    wouldHave: "若成交的收益",
    sellable: "可卖（股）",
    lastPrice: "最新价",
    value: "市值",
    share: "占持仓",
    floating: "浮动盈亏",
    cash: "现金",
    frozen: "挂单冻结",
    receivable: "应收红利",
    marketValue: "持仓市值",
    equity: "总权益",
    bought: "买入额",
    sold: "卖出额",
    fills: "成交笔数",
    refusals: "拒单数",
    positions: "持仓只数",
    origin: "来源",
    ordered: "委托量（股）",
    orderPrice: "委托价",
    atMarket: "市价",
    filled: "已成交（股）",
    times: "被拒次数",
    ended: "结果",
    endDate: "了结日",
    kind: "事件",
    phase: "阶段",
    told: "内容",
  },
  en: {
    date: "Date",
    time: "Time",
    security: "Security",
    side: "Side",
    price: "Price",
    shares: "Shares",
    amount: "Amount",
    commission: "Commission",
    duty: "Stamp duty",
    transfer: "Transfer fee",
    tax: "Dividend tax",
    fees: "Fees",
    entryDate: "Bought",
    entryPrice: "Buy price",
    exitDate: "Sold",
    exitPrice: "Sell price",
    dividends: "Dividends",
    pnl: "P&L",
    cumulative: "Running P&L",
    rate: "Return",
    held: "Sessions",
    exitReason: "Exit",
    reason: "Reason",
    meaning: "Meaning",
    wouldHave: "Would have returned",
    sellable: "Sellable",
    lastPrice: "Last price",
    value: "Value",
    share: "Of holdings",
    floating: "Unrealised P&L",
    cash: "Cash",
    frozen: "Kept by orders",
    receivable: "Dividends due",
    marketValue: "Holdings",
    equity: "Equity",
    bought: "Bought",
    sold: "Sold",
    fills: "Fills",
    refusals: "Refused",
    positions: "Positions",
    origin: "From",
    ordered: "Ordered",
    orderPrice: "Order price",
    atMarket: "Market",
    filled: "Filled",
    times: "Refused",
    ended: "Outcome",
    endDate: "Ended",
    kind: "Event",
    phase: "Phase",
    told: "What happened",
  },
};
