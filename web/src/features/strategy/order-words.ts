import { count as counted } from "@/format/numbers";
import type { Words } from "@/words/language";

interface OrderWords {
  single: string;
  grid: string;
  how: string;
  parameters: string;
  noParameters: string;
  noGrid: string;
  bounds: (low: number, high: number) => string;
  candidatesHint: string;
  varies: string;
  fixed: string;
  fix: string;
  vary: string;
  requires: string;
  requiresWhere: (line: number) => string;
  requiresNone: string;
  combinations: (count: number) => string;
  tooMany: string;
  skipped: (count: number) => string;
  takes: (time: string) => string;
  /** null: less than a cent. */
  costs: (usd: string | null) => string;
  reused: (count: number) => string;
  estimating: string;
  estimate: string;
  valid: (count: number) => string;
  limits: string;
  maxEvals: string;
  maxEvalsHint: string;
  budget: string;
  budgetHint: string;
  early: string;
  earlyNone: string;
  earlyHint: string;
  patience: string;
  patienceHint: string;
  anew: string;
  unlimited: string;
  wrong: Record<"empty" | "number" | "whole" | "low" | "high" | "order", string>;
  submit: string;
  submitGrid: string;
  blocked: string;
  notices: string;
}

export const ORDER_WORDS: Words<OrderWords> = {
  zh: {
    single: "单次回测",
    grid: "参数网格",
    how: "运行方式",
    parameters: "参数",
    noParameters: "这个策略没有参数，直接运行即可。",
    noGrid: "这个策略没有参数，无法做网格。在文本里加一节 params 就可以。",
    bounds: (low, high) => `${low} 到 ${high}`,
    candidatesHint: "候选值 5, 10, 20 或范围 5..60 step 5；只填一个值就是固定",
    varies: "变动",
    fixed: "固定",
    fix: "改为固定的默认值",
    vary: "填入建议的候选值",
    requires: "约束",
    requiresWhere: (line) => `文本第 ${line} 行 require`,
    requiresNone: "没有约束。在文本里加一行 require: [fast < slow] 可跳过无意义的组合。",
    combinations: (many) => `共 ${counted(many)} 组`,
    tooMany: "一次最多 10,000 组，请减少候选值",
    skipped: (many) => `约束排除 ${counted(many)} 组`,
    takes: (time) => `预计耗时${/^\d/.test(time) ? " " : ""}${time}`,
    costs: (usd) => `云端费用${usd ? `约 ${usd} 美元` : "不到 0.01 美元"}`,
    reused: (many) => `其中 ${counted(many)} 组已算过，直接取用`,
    estimating: "估算中…",
    estimate: "估算耗时与费用",
    valid: (many) => `将得到 ${counted(many)} 组结果`,
    limits: "上限与提前停止（可选）",
    maxEvals: "最多跑几组",
    maxEvalsHint: "按网格顺序取前若干组有效组合",
    budget: "计算预算（秒）",
    budgetHint: "超出后，余下的组合会被取消",
    early: "提前停止的依据",
    earlyNone: "不提前停止",
    earlyHint: "按网格顺序，连续若干组没有更好就停止。与“取用已算结果”不能同时生效。",
    patience: "连续几组没有更好",
    patienceHint: "到这么多组就停",
    anew: "全部重新计算，不取用已算过的结果",
    unlimited: "不限",
    wrong: {
      empty: "请填写",
      number: "这不是数字",
      whole: "要填整数",
      low: "小于下限",
      high: "大于上限",
      order: "范围要从小到大，步长要大于 0",
    },
    submit: "开始回测",
    submitGrid: "开始网格",
    blocked: "改正标出的问题后即可运行",
    notices: "提示",
  },
  en: {
    single: "One run",
    grid: "Grid",
    how: "What to run",
    parameters: "Parameters",
    noParameters: "This strategy has no parameters: just run it.",
    noGrid: "This strategy has no parameters to vary. Give it some in a section params.",
    bounds: (low, high) => `${low} to ${high}`,
    candidatesHint: "candidates 5, 10, 20 or a range 5..60 step 5; a single value is fixed",
    varies: "varies",
    fixed: "fixed",
    fix: "Fix it at its default",
    vary: "Suggest candidates",
    requires: "Constraint",
    requiresWhere: (line) => `require, line ${line} of the text`,
    requiresNone: "None. A line require: [fast < slow] in the text skips combinations that make no sense.",
    combinations: (many) => `${counted(many)} combinations`,
    tooMany: "10,000 at most at a time; take fewer candidates",
    skipped: (many) => `${counted(many)} excluded by require`,
    takes: (time) => `takes ${time}`,
    costs: (usd) => `${usd ? `about ${usd}` : "under 0.01"} USD in the cloud`,
    reused: (many) => `${counted(many)} of them already computed`,
    estimating: "Estimating…",
    estimate: "Estimate time and cost",
    valid: (many) => `${counted(many)} results`,
    limits: "Limits and early stop (optional)",
    maxEvals: "Combinations at most",
    maxEvalsHint: "the first valid ones in the grid's order",
    budget: "Compute budget (seconds)",
    budgetHint: "what is left when it runs out is cancelled",
    early: "Stop early by",
    earlyNone: "No early stop",
    earlyHint:
      "Ends where so many runs in a row, in the grid's order, were not better. Known results are then computed anew.",
    patience: "Patience (runs)",
    patienceHint: "stop after so many in a row without a better one",
    anew: "Compute everything anew, known results too",
    unlimited: "no limit",
    wrong: {
      empty: "must be filled in",
      number: "is not a number",
      whole: "must be a whole number",
      low: "is below the least allowed",
      high: "is above the most allowed",
      order: "the range runs backwards, or its step is not positive",
    },
    submit: "Run the backtest",
    submitGrid: "Run the grid",
    blocked: "It can run once the marked problems are fixed",
    notices: "Note",
  },
};
