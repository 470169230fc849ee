import type { UniverseKind } from "@/jobs/context";
import type { Words } from "@/words/language";

interface ContextWords {
  context: string;
  summary: string;
  dataset: string;
  frequency: string;
  frequencies: Readonly<Record<string, string>>;
  made: (from: string) => string;
  start: string;
  end: string;
  startAfterEnd: string;
  least: (bound: string) => string;
  most: (bound: string) => string;
  covers: (first: string, last: string) => string;
  presets: string;
  years: (years: number) => string;
  everything: string;
  cash: string;
  benchmark: string;
  benchmarkAuto: string;
  benchmarkNone: string;
  benchmarkOther: string;
  benchmarkCode: string;
  universe: string;
  universes: Record<UniverseKind, string>;
  index: string;
  indexCode: string;
  codes: string;
  codesHint: string;
  boards: string;
  board: Readonly<Record<string, string>>;
  industry: string;
  industryHint: string;
  rank: string;
  rankEnd: string;
  rankEnds: Record<"top" | "bottom", string>;
  ranked: Readonly<Record<string, string>>;
  top: string;
  json: string;
  search: string;
  searchHint: string;
  found: (count: number) => string;
  nothing: string;
  add: string;
  added: string;
  delisted: (date: string) => string;
  notes: string;
  notesHint: string;
  synthetic: string;
  adjusted: string;
}

const BOARDS = { main: "主板", chinext: "创业板", star: "科创板", bse: "北交所", fund: "基金" };

export const CONTEXT_WORDS: Words<ContextWords> = {
  zh: {
    context: "回测环境",
    summary: "默认可直接运行",
    dataset: "数据版本",
    frequency: "K 线周期",
    frequencies: {
      "1d": "日线",
      "1w": "周线",
      "1mo": "月线",
      "60m": "60 分钟",
      "30m": "30 分钟",
      "15m": "15 分钟",
      "5m": "5 分钟",
      "1m": "1 分钟",
    },
    made: (from) => `由 ${from} 合成`,
    start: "开始日期",
    end: "结束日期",
    startAfterEnd: "开始日期晚于结束日期",
    least: (bound) => `不能小于 ${bound}`,
    most: (bound) => `不能大于 ${bound}`,
    covers: (first, last) => `数据 ${first} 至 ${last}`,
    presets: "区间",
    years: (years) => `近 ${years} 年`,
    everything: "全部",
    cash: "初始资金（元）",
    benchmark: "基准",
    benchmarkAuto: "自动：沪深 300，没有则取第一个指数",
    benchmarkNone: "不比较",
    benchmarkOther: "其他代码…",
    benchmarkCode: "基准代码（指数、股票或基金）",
    universe: "股票池",
    universes: {
      own: "按策略文本",
      all: "全市场股票",
      index: "指数成分股",
      codes: "自选代码",
      boards: "板块",
      industry: "行业",
      rank: "按排名选取",
      json: "自定义（JSON）",
    },
    index: "指数",
    indexCode: "指数代码，如 000300.SH",
    codes: "代码",
    codesHint: "用逗号、空格或换行分开；6 位数字会自动补上交易所",
    boards: "板块",
    board: BOARDS,
    industry: "行业",
    industryHint: "行业名，用逗号分开，如 银行, 白酒",
    rank: "排名依据",
    rankEnd: "方向",
    rankEnds: { top: "最高的", bottom: "最低的" },
    ranked: {
      amount: "成交额",
      volume: "成交量",
      return_20: "20 日涨幅",
      return_60: "60 日涨幅",
      return_250: "250 日涨幅",
      total_mv: "总市值",
      circ_mv: "流通市值",
      pe: "市盈率",
      pb: "市净率",
      turnover_rate: "换手率",
    },
    top: "取前几名",
    json: "股票池（JSON）",
    search: "查找证券",
    searchHint: "代码或名称的一部分",
    found: (count) => `找到 ${count} 只`,
    nothing: "没有找到",
    add: "加入",
    added: "已加入",
    delisted: (date) => `${date} 退市`,
    notes: "备注",
    notesHint: "给自己看的，会留在回测记录里",
    synthetic: "样本数据：价格是编出来的，没有真实公司",
    adjusted: "信号用后复权价，成交按当日实际价格",
  },
  en: {
    context: "Context",
    summary: "runs as it is",
    dataset: "Data version",
    frequency: "Bars",
    frequencies: {
      "1d": "daily",
      "1w": "weekly",
      "1mo": "monthly",
      "60m": "60 minutes",
      "30m": "30 minutes",
      "15m": "15 minutes",
      "5m": "5 minutes",
      "1m": "1 minute",
    },
    made: (from) => `made of ${from}`,
    start: "From",
    end: "To",
    startAfterEnd: "starts after it ends",
    least: (bound) => `must be at least ${bound}`,
    most: (bound) => `must be at most ${bound}`,
    covers: (first, last) => `data from ${first} to ${last}`,
    presets: "Window",
    years: (years) => (years === 1 ? "1 year" : `${years} years`),
    everything: "All",
    cash: "Initial cash (CNY)",
    benchmark: "Benchmark",
    benchmarkAuto: "Automatic: CSI 300, else the data's first index",
    benchmarkNone: "None",
    benchmarkOther: "Another code…",
    benchmarkCode: "Benchmark's code (index, stock or fund)",
    universe: "Universe",
    universes: {
      own: "As the text says",
      all: "All stocks",
      index: "Members of an index",
      codes: "Chosen codes",
      boards: "Boards",
      industry: "Industries",
      rank: "By a ranking",
      json: "Custom (JSON)",
    },
    index: "Index",
    indexCode: "Index, like 000300.SH",
    codes: "Codes",
    codesHint: "separated by commas, spaces or lines; six digits get their exchange",
    boards: "Boards",
    board: { main: "Main", chinext: "ChiNext", star: "STAR", bse: "Beijing", fund: "Funds" },
    industry: "Industries",
    industryHint: "names separated by commas, like 银行, 白酒",
    rank: "Ranked by",
    rankEnd: "Order",
    rankEnds: { top: "highest", bottom: "lowest" },
    ranked: {
      amount: "Amount traded",
      volume: "Volume",
      return_20: "Return, 20 sessions",
      return_60: "Return, 60 sessions",
      return_250: "Return, 250 sessions",
      total_mv: "Market value",
      circ_mv: "Float market value",
      pe: "P/E",
      pb: "P/B",
      turnover_rate: "Turnover rate",
    },
    top: "How many",
    json: "Universe (JSON)",
    search: "Find instruments",
    searchHint: "part of a code or a name",
    found: (count) => `${count} found`,
    nothing: "Nothing found",
    add: "Add",
    added: "added",
    delisted: (date) => `delisted ${date}`,
    notes: "Notes",
    notesHint: "for yourself; kept with the backtest",
    synthetic: "Sample data: invented prices, no real company",
    adjusted: "signals on back-adjusted prices, fills at those traded",
  },
};
