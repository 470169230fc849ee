/** Words of the public page of a shared run. */
import type { Words } from "@/words/language";

interface SharedWords {
  title: string;
  noToken: string;
  noTokenHelp: string;
  dead: string;
  deadHelp: string;
  home: string;
  synthetic: string;
  syntheticMeans: string;
  readOnly: string;
  frozen: (moment: string) => string;
  until: (moment: string) => string;
  strategy: (name: string) => string;
  adjusted: string;
  figures: string;
  equity: string;
  monthly: string;
  settings: string;
  parameters: string;
  noParameters: string;
  window: string;
  universe: string;
  hidden: string;
  frequency: string;
  data: string;
  cash: string;
  benchmark: string;
  none: string;
  trades: string;
  tradesShown: (shown: string, all: string) => string;
  tradesHidden: (count: string) => string;
  code: string;
  entry: string;
  exit: string;
  bought: string;
  sold: string;
  shares: string;
  pnl: string;
  gain: string;
  sessions: string;
  reason: string;
  report: string;
  reportHelp: string;
  disclaimer: string;
  own: string;
}

export const SHARED_WORDS: Words<SharedWords> = {
  zh: {
    title: "分享的回测结果",
    noToken: "链接不完整",
    noTokenHelp: "地址里缺少分享码，请向分享者要完整的链接。",
    dead: "这个分享已经看不到了",
    deadHelp: "它可能已过期、被分享者撤销，或者链接不完整。请向分享者要一个新的链接。",
    home: "了解量湖",
    synthetic: "样本市场",
    syntheticMeans: "数据为虚构的样本市场，不对应任何真实公司",
    readOnly: "只读",
    frozen: (moment) => `定格于 ${moment}`,
    until: (moment) => `有效至 ${moment}`,
    strategy: (name) => `策略 ${name}`,
    adjusted: "后复权信号，按不复权价格成交",
    figures: "绩效指标",
    equity: "净值与回撤",
    monthly: "月度收益",
    settings: "回测设置",
    parameters: "参数",
    noParameters: "无参数",
    window: "回测区间",
    universe: "股票池",
    hidden: "随策略（未公开）",
    frequency: "周期",
    data: "数据版本",
    cash: "初始资金（元）",
    benchmark: "基准",
    none: "无",
    trades: "平仓交易",
    tradesShown: (shown, all) => (shown === all ? `共 ${all} 笔` : `显示前 ${shown} 笔，共 ${all} 笔`),
    tradesHidden: (count) => `共 ${count} 笔平仓交易，分享者没有公开明细。`,
    code: "代码",
    entry: "买入日",
    exit: "卖出日",
    bought: "买入价（不复权）",
    sold: "卖出价（不复权）",
    shares: "股数",
    pnl: "盈亏（元）",
    gain: "收益率",
    sessions: "持有交易日",
    reason: "卖出原因",
    report: "打开完整报告",
    reportHelp: "分享者附上了完整的 HTML 报告。",
    disclaimer: "仅供研究：历史回测不代表未来收益，不构成投资建议。",
    own: "用量湖做自己的回测",
  },
  en: {
    title: "A shared result",
    noToken: "The link is not complete",
    noTokenHelp: "Its token is missing. Ask whoever sent it for the whole link.",
    dead: "This link works no more",
    deadHelp: "It has expired, was revoked, or is not complete. Ask whoever sent it for a new one.",
    home: "What LiangHu is",
    synthetic: "Sample market",
    syntheticMeans: "The data are an invented market; no real company is meant",
    readOnly: "Read-only",
    frozen: (moment) => `frozen ${moment}`,
    until: (moment) => `works until ${moment}`,
    strategy: (name) => `strategy ${name}`,
    adjusted: "Signals on back-adjusted prices, trades at real ones",
    figures: "Figures",
    equity: "Equity and drawdown",
    monthly: "Months",
    settings: "Settings",
    parameters: "Parameters",
    noParameters: "none",
    window: "Window",
    universe: "Universe",
    hidden: "the strategy's own (not disclosed)",
    frequency: "Bars",
    data: "Data",
    cash: "Initial cash (CNY)",
    benchmark: "Benchmark",
    none: "none",
    trades: "Closed trades",
    tradesShown: (shown, all) => (shown === all ? `${all} trades` : `the first ${shown} of ${all} trades`),
    tradesHidden: (count) => `${count} closed trades, which are not part of what is shared.`,
    code: "Code",
    entry: "Bought",
    exit: "Sold",
    bought: "Entry price (unadjusted)",
    sold: "Exit price (unadjusted)",
    shares: "Shares",
    pnl: "P&L (CNY)",
    gain: "Return",
    sessions: "Sessions held",
    reason: "Why sold",
    report: "Open the whole report",
    reportHelp: "The whole HTML report is part of what is shared.",
    disclaimer: "For research: past results say nothing certain about future ones, and are no advice.",
    own: "Backtest your own strategy",
  },
};
