import type { Words } from "@/words/language";

interface DataWords {
  title: string;
  lead: string;
  version: string;
  noVersion: (asked: string, shown: string) => string;
  source: string;
  published: string;
  invented: string;
  inventedText: string;
  none: string;
  noneText: string;
  coverage: string;
  frequency: string;
  from: string;
  to: string;
  origin: string;
  stored: string;
  madeFrom: (frequency: string) => string;
  tables: string;
  table: string;
  key: string;
  rows: string;
  timeless: string;
  quality: string;
  atImport: string;
  examined: (at: string) => string;
  notExamined: string;
  clean: string;
  errors: (many: string) => string;
  warnings: (many: string) => string;
  error: string;
  warning: string;
  where: string;
  days: string;
  many: string;
  what: string;
  examples: string;
  boards: string;
  instruments: (many: string) => string;
  board: string;
  listings: string;
  indices: string;
  index: string;
  benchmark: string;
  universe: string;
  yes: string;
  no: string;
  noIndices: string;
  pinned: string;
}

export const WORDS: Words<DataWords> = {
  zh: {
    title: "数据",
    lead: "回测用的是哪份数据，从哪天到哪天，入库时查出了什么。每次回测都记下数据版本，以后可以用同一份数据重算。",
    version: "数据版本",
    noVersion: (asked, shown) => `这里没有数据版本 ${asked}，下面是 ${shown}。`,
    source: "来源",
    published: "发布时间",
    invented: "虚构数据",
    inventedText: "这是虚构的样本市场：没有一家公司、一个价格或一个指数是真实的，在这里赚到的钱说明不了真实的股票。",
    none: "还没有数据",
    noneText:
      "请管理员运行 lianghu data sample 生成样本市场，或用 lianghu data import、lianghu data sync 导入真实行情。",
    coverage: "各频率的范围",
    frequency: "频率",
    from: "从",
    to: "到",
    origin: "怎么来的",
    stored: "原始入库",
    madeFrom: (frequency) => `由${/^\d/.test(frequency) ? " " : ""}${frequency}合成`,
    tables: "数据表",
    table: "表",
    key: "表名",
    rows: "行数",
    timeless: "不按日期",
    quality: "数据质量",
    atImport: "入库时的检查",
    examined: (at) => `整体复查（${at}）`,
    notExamined: "还没有做过整体复查。管理员可以运行 lianghu data check。",
    clean: "没有发现问题。",
    errors: (many) => `错误 ${many}`,
    warnings: (many) => `提醒 ${many}`,
    error: "错误",
    warning: "提醒",
    where: "表",
    days: "日期",
    many: "数量",
    what: "问题",
    examples: "例子",
    boards: "板块",
    instruments: (many) => `共 ${many} 个标的`,
    board: "板块",
    listings: "标的数",
    indices: "指数",
    index: "代码",
    benchmark: "可作基准",
    universe: "可作股票池",
    yes: "是",
    no: "否",
    noIndices: "这份数据里没有指数：回测没有基准可比。",
    pinned: "新的回测默认用最新的版本；要用别的，在策略页的“数据版本”里选。",
  },
  en: {
    title: "Data",
    lead: "Which data backtests run on, from when to when, and what was found when they came in. Every backtest pins its version, so it can be computed again on the same data.",
    version: "Dataset version",
    noVersion: (asked, shown) => `There is no dataset ${asked} here; below is ${shown}.`,
    source: "Source",
    published: "Published",
    invented: "Invented",
    inventedText:
      "This is an invented sample market: no company, price or index of it exists, and what is earned here says nothing about real stocks.",
    none: "There are no data yet",
    noneText:
      "The administrator makes the sample market with lianghu data sample, or brings in real bars with lianghu data import or lianghu data sync.",
    coverage: "Range of each frequency",
    frequency: "Frequency",
    from: "From",
    to: "To",
    origin: "Where from",
    stored: "stored",
    madeFrom: (frequency) => `made from ${frequency}`,
    tables: "Tables",
    table: "Table",
    key: "Name",
    rows: "Rows",
    timeless: "no dates",
    quality: "Quality",
    atImport: "Found when it came in",
    examined: (at) => `Looked at as a whole (${at})`,
    notExamined: "Nobody has looked at it as a whole yet; the administrator can run lianghu data check.",
    clean: "Nothing was found.",
    errors: (many) => `${many} errors`,
    warnings: (many) => `${many} warnings`,
    error: "error",
    warning: "warning",
    where: "Table",
    days: "Days",
    many: "Count",
    what: "What",
    examples: "Examples",
    boards: "Boards",
    instruments: (many) => `${many} instruments`,
    board: "Board",
    listings: "Instruments",
    indices: "Indices",
    index: "Code",
    benchmark: "Benchmark",
    universe: "Universe",
    yes: "yes",
    no: "no",
    noIndices: "There is no index in these data, so backtests have no benchmark.",
    pinned: "New backtests take the newest version; another one is chosen under “dataset version” beside the strategy.",
  },
};
