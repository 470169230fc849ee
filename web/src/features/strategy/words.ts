import type { Words } from "@/words/language";

interface StrategyWords {
  editor: string;
  untitled: string;
  run: string;
  runHint: string;
  problems: (count: number) => string;
  fine: string;
  asking: string;
  warnings: (count: number) => string;
  at: (line: number) => string;
  single: string;
  grid: string;
  how: string;
  parameters: string;
  noParameters: string;
  bounds: (low: number, high: number) => string;
  candidates: string;
  candidatesHint: string;
  combinations: (count: number) => string;
  tooMany: string;
  estimate: (combinations: number, skipped: number) => string;
  takes: (time: string) => string;
  costs: (usd: string) => string;
  reused: (count: number) => string;
  context: string;
  dataset: string;
  frequency: string;
  start: string;
  end: string;
  cash: string;
  benchmark: string;
  benchmarkAuto: string;
  benchmarkNone: string;
  universe: string;
  universes: Record<"own" | "all" | "index" | "codes" | "boards" | "industry" | "rank", string>;
  members: Record<"index" | "codes" | "boards" | "industry" | "rank", string>;
  top: string;
  wrong: Record<"empty" | "number" | "whole" | "low" | "high" | "order", string>;
  submit: string;
  submitGrid: string;
  draft: string;
  discard: string;
  synthetic: string;
}

export const WORDS: Words<StrategyWords> = {
  zh: {
    editor: "策略文本",
    untitled: "未命名策略",
    run: "回测",
    runHint: "Ctrl+Enter",
    problems: (count) => `${count} 处问题`,
    fine: "没有问题",
    asking: "检查中…",
    warnings: (count) => `${count} 条提醒`,
    at: (line) => `第 ${line} 行`,
    single: "单次回测",
    grid: "参数网格",
    how: "怎么跑",
    parameters: "参数",
    noParameters: "这个策略没有参数。",
    bounds: (low, high) => `${low} 到 ${high}`,
    candidates: "候选值",
    candidatesHint: "如 5, 10, 20 或 5..60 step 5",
    combinations: (count) => `${count.toLocaleString("en-US")} 组`,
    tooMany: "一次最多 10,000 组",
    estimate: (combinations, skipped) =>
      `有效 ${combinations.toLocaleString("en-US")} 组${skipped ? `，约束排除 ${skipped.toLocaleString("en-US")} 组` : ""}`,
    takes: (time) => `约 ${time}`,
    costs: (usd) => `云端费用约 ${usd} 美元`,
    reused: (count) => `其中 ${count.toLocaleString("en-US")} 组算过，直接取用`,
    context: "回测环境",
    dataset: "数据版本",
    frequency: "周期",
    start: "开始",
    end: "结束",
    cash: "初始资金（元）",
    benchmark: "基准",
    benchmarkAuto: "自动（沪深 300 或数据的第一个指数）",
    benchmarkNone: "不比较",
    universe: "股票池",
    universes: {
      own: "按策略文本",
      all: "全市场",
      index: "指数成分",
      codes: "自选代码",
      boards: "板块",
      industry: "行业",
      rank: "排名前列",
    },
    members: {
      index: "指数代码，如 000300.SH",
      codes: "代码，用逗号或空格分开",
      boards: "main, chinext, star, bse",
      industry: "行业名，用逗号分开",
      rank: "按什么排，如 amount",
    },
    top: "取前几名",
    wrong: {
      empty: "请填写",
      number: "这不是数字",
      whole: "要填整数",
      low: "小于下限",
      high: "大于上限",
      order: "范围的顺序或步长不对",
    },
    submit: "开始回测",
    submitGrid: "开始网格",
    draft: "这是上次没有保存的草稿。",
    discard: "放弃草稿",
    synthetic: "样本数据：价格是编出来的，没有真实公司",
  },
  en: {
    editor: "Strategy text",
    untitled: "Untitled strategy",
    run: "Backtest",
    runHint: "Ctrl+Enter",
    problems: (count) => `${count} ${count === 1 ? "problem" : "problems"}`,
    fine: "No problems",
    asking: "Checking…",
    warnings: (count) => `${count} ${count === 1 ? "warning" : "warnings"}`,
    at: (line) => `line ${line}`,
    single: "One run",
    grid: "Grid",
    how: "What to run",
    parameters: "Parameters",
    noParameters: "This strategy has no parameters.",
    bounds: (low, high) => `${low} to ${high}`,
    candidates: "Candidates",
    candidatesHint: "like 5, 10, 20 or 5..60 step 5",
    combinations: (count) => `${count.toLocaleString("en-US")} combinations`,
    tooMany: "10,000 at most at a time",
    estimate: (combinations, skipped) =>
      `${combinations.toLocaleString("en-US")} valid${skipped ? `, ${skipped.toLocaleString("en-US")} excluded by require` : ""}`,
    takes: (time) => `about ${time}`,
    costs: (usd) => `about ${usd} USD in the cloud`,
    reused: (count) => `${count.toLocaleString("en-US")} of them known already`,
    context: "Context",
    dataset: "Data version",
    frequency: "Bars",
    start: "From",
    end: "To",
    cash: "Initial cash (CNY)",
    benchmark: "Benchmark",
    benchmarkAuto: "Automatic (CSI 300, or the data's first index)",
    benchmarkNone: "None",
    universe: "Universe",
    universes: {
      own: "As the text says",
      all: "Whole market",
      index: "Members of an index",
      codes: "Codes",
      boards: "Boards",
      industry: "Industries",
      rank: "First of a ranking",
    },
    members: {
      index: "Index, like 000300.SH",
      codes: "Codes, with commas or spaces",
      boards: "main, chinext, star, bse",
      industry: "Names of industries, with commas",
      rank: "Ranked by, like amount",
    },
    top: "How many",
    wrong: {
      empty: "is missing",
      number: "is no number",
      whole: "must be whole",
      low: "is below the bound",
      high: "is above the bound",
      order: "order or step of the range is wrong",
    },
    submit: "Start",
    submitGrid: "Start the grid",
    draft: "This is a draft that was not saved.",
    discard: "Discard it",
    synthetic: "Sample data: invented prices, no real company",
  },
};
