/** Words of the figures, charts and tables of the overview. */
import type { Words } from "@/words/language";

export type Preset = "1m" | "3m" | "6m" | "1y" | "3y" | "ytd" | "all";
export type Measure = "own" | "benchmark" | "excess";

interface ChartWords {
  noFigures: string;
  onlyWhole: string;
  toGrid: string;
  partialEquity: string;
  equity: string;
  strategy: string;
  underwater: string;
  benchmark: string;
  excess: string;
  linear: string;
  log: string;
  scale: string;
  range: string;
  presets: Record<Preset, string>;
  shown: (sessions: string) => string;
  worstWithin: string;
  shaded: string;
  brush: string;
  monthly: string;
  measure: string;
  measures: Record<Measure, string>;
  monthTitle: (sessions: string, own: string, benchmark: string | null) => string;
  year: string;
  whole: string;
  months: (month: number) => string;
  yearly: string;
  drawdowns: string;
  drawdownsHint: string;
  /** Of a run on minute bars. */
  deeperWithin: (depth: string) => string;
  noDrawdowns: string;
  rank: string;
  depth: string;
  peak: string;
  trough: string;
  recovery: string;
  length: string;
  falling: string;
  beginning: string;
  notYet: string;
  days: (count: string) => string;
  barsMean: string;
  sources: string;
  sourcesHint: string;
  madeMost: string;
  costMost: string;
  byReason: string;
  stock: string;
  reason: string;
  closed: string;
  wins: string;
  earned: string;
  noneOfIt: string;
  preparing: string;
  rollingTitle: string;
  rolling: (sessions: string) => string;
  rollingTooShort: string;
  sharpe: string;
  volatility: string;
  beta: string;
  tooSmall: string;
  tooSmallMeans: (least: string, what: string) => string;
  ofWhat: Readonly<Record<string, string>>;
  allFigures: string;
  figure: string;
  value: string;
  formula: string;
  symbols: string;
  undefinedFigure: string;
  groups: Record<"return" | "risk" | "relative" | "trades" | "costs", string>;
}

export const WORDS: Words<ChartWords> = {
  zh: {
    noFigures: "没有指标与图表",
    onlyWhole: "指标、曲线、诊断与报告只属于完整的回测。",
    toGrid: "查看网格中已完成的回测",
    partialEquity: "停止之前的净值",
    equity: "净值",
    strategy: "策略",
    underwater: "回撤",
    benchmark: "基准",
    excess: "超额",
    linear: "线性",
    log: "对数",
    scale: "坐标",
    range: "区间",
    presets: { "1m": "1个月", "3m": "3个月", "6m": "6个月", "1y": "1年", "3y": "3年", ytd: "今年", all: "全部" },
    shown: (sessions) => `${sessions} 个交易日`,
    worstWithin: "区间最大回撤",
    shaded: "阴影：最深的回撤，编号同下表",
    brush: "拖动下方滑块，或按住 Ctrl 滚动滚轮缩放",
    monthly: "月度收益",
    measure: "口径",
    measures: { own: "策略", benchmark: "基准", excess: "超额" },
    monthTitle: (sessions, own, benchmark) =>
      `${own}，${sessions} 个交易日${benchmark === null ? "" : `，基准 ${benchmark}`}`,
    year: "年份",
    whole: "全年",
    months: (month) => `${month}月`,
    yearly: "年度收益",
    drawdowns: "最大的回撤",
    drawdownsHint: "点一行，净值图就放大到那一段",
    deeperWithin: (depth) => `曲线与本表按每日收盘计；逐根 K 线计的最大回撤是 ${depth}。`,
    noDrawdowns: "区间内没有回撤",
    rank: "序",
    depth: "深度",
    peak: "高点",
    trough: "谷底",
    recovery: "修复",
    length: "历时",
    falling: "下跌",
    beginning: "起始资金",
    notYet: "尚未修复",
    days: (count) => `${count} 日`,
    barsMean: "彩色：策略；灰色：基准",
    sources: "盈亏来源",
    sourcesHint: "已平仓的交易，扣除费用与税、含分红。点一只股票，看它的 K 线与买卖点。",
    madeMost: "赚得最多",
    costMost: "亏得最多",
    byReason: "按离场原因",
    stock: "代码",
    reason: "原因",
    closed: "笔数",
    wins: "胜率",
    earned: "盈亏",
    noneOfIt: "没有",
    preparing: "正在准备图表…",
    rollingTitle: "滚动指标",
    rolling: (sessions) => `滚动指标（${sessions} 个交易日）`,
    rollingTooShort: "样本不足：区间短于滚动窗口，没有滚动指标",
    sharpe: "夏普比率",
    volatility: "年化波动率",
    beta: "贝塔",
    tooSmall: "样本不足",
    tooSmallMeans: (least, what) => `少于 ${least} ${what}时，这个数字说明不了什么`,
    ofWhat: { sessions: "个交易日", trades: "笔交易" },
    allFigures: "全部指标与公式",
    figure: "指标",
    value: "数值",
    formula: "公式",
    symbols:
      "E：每个交易日的权益，E[0] 是初始资金；r、b：策略与基准的日收益率；B：基准收盘价；S：交易日数；Y = 244 个交易日一年；无风险利率取 0。",
    undefinedFigure: "没有定义",
    groups: { return: "收益", risk: "风险", relative: "相对基准", trades: "交易", costs: "费用与分红" },
  },
  en: {
    noFigures: "There are no figures and no charts",
    onlyWhole: "Figures, curves, findings and the report belong to whole runs only.",
    toGrid: "See what the grid has finished",
    partialEquity: "Equity up to where it was stopped",
    equity: "Equity",
    strategy: "Strategy",
    underwater: "Drawdown",
    benchmark: "Benchmark",
    excess: "Excess",
    linear: "Linear",
    log: "Log",
    scale: "Scale",
    range: "Range",
    presets: { "1m": "1M", "3m": "3M", "6m": "6M", "1y": "1Y", "3y": "3Y", ytd: "YTD", all: "All" },
    shown: (sessions) => `${sessions} sessions`,
    worstWithin: "Deepest drawdown in range",
    shaded: "Shaded: the deepest drawdowns, numbered as below",
    brush: "Drag the slider below, or hold Ctrl and use the wheel, to zoom",
    monthly: "Monthly returns",
    measure: "Measure",
    measures: { own: "Strategy", benchmark: "Benchmark", excess: "Excess" },
    monthTitle: (sessions, own, benchmark) =>
      `${own}, ${sessions} sessions${benchmark === null ? "" : `, benchmark ${benchmark}`}`,
    year: "Year",
    whole: "Year",
    months: (month) => new Date(2000, month - 1, 1).toLocaleString("en-US", { month: "short" }),
    yearly: "Yearly returns",
    drawdowns: "Deepest drawdowns",
    drawdownsHint: "Choose a row to zoom the equity chart to it",
    deeperWithin: (depth) =>
      `Curves and this table go by daily closes; over every bar the maximum drawdown is ${depth}.`,
    noDrawdowns: "Nothing ever fell below its peak",
    rank: "No.",
    depth: "Depth",
    peak: "Peak",
    trough: "Trough",
    recovery: "Recovery",
    length: "Length",
    falling: "Falling",
    beginning: "Initial cash",
    notYet: "Not yet",
    days: (count) => `${count} d`,
    barsMean: "Coloured: strategy; grey: benchmark",
    sources: "Where the earnings come from",
    sourcesHint: "Closed trades, after fees and tax, with dividends. A stock leads to its chart with the trades on it.",
    madeMost: "Made most",
    costMost: "Cost most",
    byReason: "By reason to sell",
    stock: "Code",
    reason: "Reason",
    closed: "Trades",
    wins: "Won",
    earned: "Earned",
    noneOfIt: "None",
    preparing: "Charts are being prepared…",
    rollingTitle: "Rolling figures",
    rolling: (sessions) => `Rolling figures (${sessions} sessions)`,
    rollingTooShort: "Small sample: the window is shorter than the rolling one",
    sharpe: "Sharpe ratio",
    volatility: "Volatility",
    beta: "Beta",
    tooSmall: "Small sample",
    tooSmallMeans: (least, what) => `With fewer than ${least} ${what} this figure says little`,
    ofWhat: { sessions: "sessions", trades: "trades" },
    allFigures: "All figures with formulas",
    figure: "Figure",
    value: "Value",
    formula: "Formula",
    symbols:
      "E: equity at the close of each session, E[0] the initial cash; r, b: returns of strategy and benchmark by session; B: the benchmark's closes; S: sessions; Y = 244 sessions a year; the risk-free rate is 0.",
    undefinedFigure: "undefined",
    groups: {
      return: "Return",
      risk: "Risk",
      relative: "Against the benchmark",
      trades: "Trading",
      costs: "Costs and dividends",
    },
  },
};
